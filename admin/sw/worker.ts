/**
 * The service worker: opens the app without a network, and tells of messages while no page is open (AG-13, AG-14).
 * A new version takes over at once: pages of the old one keep their parts, because old caches stay for a while.
 */
import { answerPage, answerPart, isPage, isPart, keepShell, sweepShells } from './shell.ts';
import { openFrom, renewSubscription, showPush } from './notices.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  // The page is asked for while the worker still wakes up.
  event.waitUntil(Promise.all([sweepShells(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && isPage(url.pathname)) event.respondWith(answerPage(event));
  else if (isPart(url.pathname)) event.respondWith(answerPart(request));
});

self.addEventListener('push', (event) => event.waitUntil(showPush(event.data?.text() ?? '')));

self.addEventListener('notificationclick', (event) => event.waitUntil(openFrom(event.notification)));

self.addEventListener('pushsubscriptionchange', (event) =>
  event.waitUntil(renewSubscription(event as PushSubscriptionChangeEvent)),
);
