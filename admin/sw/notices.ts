/** Notifications of the service worker: shown when a push comes, and what a click on one does. */
import { readPush, type PushMessage } from '../../core/pushMessage.ts';

declare const self: ServiceWorkerGlobalScope;

/** A push that cannot be read is still told: browsers take the right to push from who shows nothing. */
const unreadable: Omit<PushMessage, 'at'> = {
  title: 'Parley',
  body: 'New message',
  session: null,
  unread: null,
};

export async function showPush(text: string): Promise<void> {
  const { title, body, session, unread, at } = readPush(text) ?? { ...unreadable, at: Date.now() };
  const options: NotificationOptions & { renotify?: boolean; timestamp?: number } = {
    body,
    icon: '/admin/icon-192.png',
    badge: '/admin/badge-96.png',
    dir: 'auto',
    timestamp: at,
    data: { path: session === null ? '/inbox' : `/inbox/${encodeURIComponent(session)}` },
    // One notification for each session, which makes itself known again when it changes.
    ...(session === null ? {} : { tag: session, renotify: true }),
  };
  await self.registration.showNotification(title, options);
  if (unread !== null) await self.navigator.setAppBadge?.(unread).catch(() => undefined);
}

/** Brings an open page to the front and leads it to the session, or opens one. */
export async function openFrom(notification: Notification): Promise<void> {
  notification.close();
  const { path = '/inbox' } = (notification.data ?? {}) as { path?: string };
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const inApp = pages.filter((page) => new URL(page.url).origin === location.origin);
  const page = inApp.find(({ url }) => new URL(url).pathname.startsWith('/inbox')) ?? inApp[0];
  if (!page) {
    await self.clients.openWindow(path);
    return;
  }
  page.postMessage({ kind: 'open', path });
  await page.focus().catch(() => undefined);
}

/** The browser has ended a subscription by itself: takes a new one, and tells the edge. */
export async function renewSubscription({ oldSubscription }: PushSubscriptionChangeEvent): Promise<void> {
  const key = oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const renewed = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = renewed.toJSON();
  await fetch('/api/me/devices', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys }),
  });
}
