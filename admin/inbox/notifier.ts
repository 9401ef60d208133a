/** Tells an agent that somebody wrote: sound, browser notification, page title, icon and app badge (AG-13). */
import { mayNotify, mentionText, notificationText, type Way } from '../../core/notifications.ts';
import type { Presence } from '../../core/agent.ts';
import type { InboxSession } from '../../core/protocol.ts';
import type { Desk } from '../data/desk.ts';
import { unreadTotal, type Effect } from '../data/desk-state.ts';
import { settingsNow } from '../data/notifications.ts';
import { newIn } from '../data/sessions.ts';
import { go, match } from '../router.ts';
import { chime } from './chime.ts';
import { Ringer } from './ringer.ts';
import { Shown, Teller } from './tab-locks.ts';

export class Notifier {
  #title = '';
  #unread = -1;
  #calling: ReadonlyMap<string, InboxSession> = new Map();
  readonly #teller = new Teller();
  readonly #shown = new Shown();

  constructor(
    private readonly desk: Desk,
    private readonly path: () => string,
  ) {
    new Ringer(desk, () => this.#teller.isThis).start();
    desk.onEffect((effect) => void this.tell(effect));
    desk.state.subscribe(() => {
      this.draw();
      this.followCalls();
    });
  }

  /** Says which page is on the screen now. */
  setTitle(title: string): void {
    this.#shown.session = this.openSession;
    if (title === this.#title) return;
    this.#title = title;
    this.#unread = -1;
    this.draw();
  }

  private get openSession(): string | null {
    return match('/inbox/:session', this.path())?.session ?? null;
  }

  private async tell(effect: Effect): Promise<void> {
    if (effect.kind !== 'inbound' || !this.#teller.isThis) return;
    const { session, mentioned } = effect;
    // Who only reads along is told of what is meant for them.
    if (session.role === 'reads' && !mentioned) return;
    // A call rings at who is available, and with a sound of its own.
    const calls = session.call?.phase === 'ringing' && session.call.from === 'customer';
    if (calls && this.presence !== 'available') return;
    const { looks, reads } = await this.#shown.onScreen(session.id);
    if (reads) return;
    const { tone, volume } = settingsNow();
    if (!calls && this.may('sound', session, mentioned)) chime(tone, volume);
    if (!looks && this.may('notification', session, mentioned)) await show(session, mentioned);
  }

  /** What was told to ring is told to be missed, where nobody has answered. */
  private followCalls(): void {
    const { calling } = this.desk.state.value.sessions;
    if (calling === this.#calling) return;
    const over = new Set([...this.#calling.keys()].filter((id) => !calling.has(id)));
    this.#calling = calling;
    if (over.size > 0) void this.retell(over);
  }

  private async retell(ids: ReadonlySet<string>): Promise<void> {
    for (const { tag } of (await (await registration())?.getNotifications()) ?? []) {
      const session = ids.has(tag) ? this.desk.state.value.sessions.get(tag) : undefined;
      if (session && newIn(session) > 0) await show(session, false);
    }
  }

  private may(way: Way, session: InboxSession, mentioned: boolean): boolean {
    const occasion = { mine: session.route.agent?.id === this.desk.state.value.agent, mentioned };
    return mayNotify(way, settingsNow(), this.presence, occasion);
  }

  private get presence(): Presence {
    const { agent, presence } = this.desk.state.value;
    return (agent === null ? undefined : presence.get(agent)?.presence) ?? 'available';
  }

  private draw(): void {
    const { value } = this.desk.state;
    const unread = unreadTotal(value);
    if (unread === this.#unread) return;
    this.#unread = unread;
    const count = `${unread}${value.older.open === null ? '' : '+'}`;
    document.title = unread > 0 ? `(${count}) ${this.#title} · Parley` : `${this.#title} · Parley`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = unread > 0 ? badgedIcon : '/admin/icon.svg';
    if (!value.ready) return;
    const { setAppBadge, clearAppBadge } = navigator as Navigator & {
      setAppBadge?: (count: number) => Promise<void>;
      clearAppBadge?: () => Promise<void>;
    };
    const badge = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator);
    badge?.catch(() => undefined);
    void this.closeRead();
  }

  /** Takes notifications away whose session has been read, here or elsewhere. */
  private async closeRead(): Promise<void> {
    const { sessions } = this.desk.state.value;
    for (const shown of (await (await registration())?.getNotifications()) ?? []) {
      const session = sessions.get(shown.tag);
      if (shown.tag !== '' && (!session || newIn(session) === 0)) shown.close();
    }
  }
}

/** One notification a session: a later message replaces the earlier one, and a push that told of the same. */
async function show(session: InboxSession, mentioned: boolean): Promise<void> {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const text = notificationText(session, settingsNow().hideText);
  const { title, body } = mentioned ? { ...text, body: mentionText } : text;
  const path = `/inbox/${encodeURIComponent(session.id)}`;
  const options: NotificationOptions & { renotify: boolean } = {
    body,
    tag: session.id,
    renotify: true,
    icon: '/admin/icon-192.png',
    data: { path },
  };
  const worker = await registration();
  // Phones know only the worker's notifications; its click handler leads here.
  if (worker) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
    void go(path);
  });
}

async function registration(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  const found = await navigator.serviceWorker.getRegistration('/');
  return found?.active ? found : null;
}

const badgedIcon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="#2f5bea" d="M32 5C16 5 4 15.6 4 29.5c0 7.8 3.8 14.6 9.9 19L11.5 58a1.5 1.5 0 0 0 2.2 1.6l10.6-6.2c2.5.5 5 .8 7.7.8 16 0 28-10.7 28-24.7S48 5 32 5z"/><circle cx="49" cy="15" r="14" fill="#d92d20" stroke="#fff" stroke-width="3"/></svg>',
)}`;
