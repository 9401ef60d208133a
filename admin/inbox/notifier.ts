/** Tells an agent that somebody wrote: sound, browser notification, page title, icon and app badge (AG-13). */
import type { Desk } from '../data/desk.ts';
import { unreadTotal, type Effect } from '../data/desk-state.ts';
import { go } from '../router.ts';
import { chime } from './chime.ts';

const soundKey = 'parley.sound';

export function soundIsOn(): boolean {
  return localStorage.getItem(soundKey) !== 'off';
}

export function switchSound(on: boolean): void {
  if (on) localStorage.removeItem(soundKey);
  else localStorage.setItem(soundKey, 'off');
}

export class Notifier {
  #title = '';
  #unread = -1;

  constructor(
    private readonly desk: Desk,
    private readonly path: () => string,
  ) {
    desk.onEffect((effect) => this.tell(effect));
    desk.state.subscribe(() => this.draw());
  }

  setTitle(title: string): void {
    if (title === this.#title) return;
    this.#title = title;
    this.#unread = -1;
    this.draw();
  }

  private tell(effect: Effect): void {
    if (effect.kind !== 'inbound') return;
    const { session } = effect;
    const reads = document.visibilityState === 'visible' && this.path() === `/inbox/${session.id}`;
    if (reads) return;
    if (soundIsOn()) chime();
    if (document.visibilityState === 'visible') return;
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    // One notification a session: a later message replaces the earlier one.
    const shown = new Notification(session.customer.name, {
      body: effect.preview,
      tag: session.id,
      icon: '/admin/icon.svg',
    });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
      void go(`/inbox/${encodeURIComponent(session.id)}`);
    });
  }

  private draw(): void {
    const unread = unreadTotal(this.desk.state.value);
    if (unread === this.#unread) return;
    this.#unread = unread;
    document.title = unread > 0 ? `(${unread}) ${this.#title} · Parley` : `${this.#title} · Parley`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = unread > 0 ? badgedIcon : '/admin/icon.svg';
    const { setAppBadge, clearAppBadge } = navigator as Navigator & {
      setAppBadge?: (count: number) => Promise<void>;
      clearAppBadge?: () => Promise<void>;
    };
    const badge = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator);
    badge?.catch(() => undefined);
  }
}

const badgedIcon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="#2f5bea" d="M32 5C16 5 4 15.6 4 29.5c0 7.8 3.8 14.6 9.9 19L11.5 58a1.5 1.5 0 0 0 2.2 1.6l10.6-6.2c2.5.5 5 .8 7.7.8 16 0 28-10.7 28-24.7S48 5 32 5z"/><circle cx="49" cy="15" r="14" fill="#d92d20" stroke="#fff" stroke-width="3"/></svg>',
)}`;
