/** The app around the pages (AG-14): its service worker, a newer version of it, and installing it. */
import { go } from '../router.ts';
import { Store } from './store.ts';

export interface Installation {
  /** The server has a newer version than this page. */
  outdated: boolean;
  /** The browser offers to install the app. */
  offered: boolean;
}

export const installation = new Store<Installation>({ outdated: false, offered: false });

/** Chromium's event; other browsers install from their own menus. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let prompt: InstallPrompt | null = null;
let started = false;
/** A page that stays open for days looks for a newer version so often. */
const lookEveryMs = 3_600_000;

/** Registers the service worker, once; without one the app works as before, but not without a network. */
export function startWorker(): void {
  if (started || !('serviceWorker' in navigator)) return;
  started = true;
  navigator.serviceWorker.addEventListener('message', handleMessage);
  navigator.serviceWorker
    .register('/sw.js', { updateViaCache: 'none' })
    .then((registration) => {
      registration.addEventListener('updatefound', () => watch(registration.installing));
      setInterval(() => void registration.update().catch(() => undefined), lookEveryMs);
    })
    .catch(() => undefined);
}

/** Asks the person whether to install; the browser lets a page ask once. */
export async function install(): Promise<void> {
  const asked = prompt;
  prompt = null;
  patch({ offered: false });
  await asked?.prompt();
}

addEventListener('beforeinstallprompt', (event) => {
  // Our own menu offers it, and not a banner of the browser over the conversation.
  event.preventDefault();
  prompt = event as InstallPrompt;
  patch({ offered: true });
});
addEventListener('appinstalled', () => patch({ offered: false }));

/** A click on a notification, which the service worker has brought us to the front for. */
function handleMessage({ data }: MessageEvent<unknown>): void {
  const { kind, path } = (data ?? {}) as { kind?: unknown; path?: unknown };
  if (kind === 'open' && typeof path === 'string') void go(path);
}

function watch(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    if (worker.state === 'activated') void compare().catch(() => undefined);
  });
}

/** Whether the server's page is still this one: the name of its script says so. */
async function compare(): Promise<void> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src');
  const answer = await fetch('/inbox', { headers: { accept: 'text/html' }, cache: 'no-cache' });
  if (!own || !answer.ok) return;
  if (!(await answer.text()).includes(own)) patch({ outdated: true });
}

function patch(change: Partial<Installation>): void {
  installation.set({ ...installation.value, ...change });
}
