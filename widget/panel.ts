/** The panel's module: what the loader brings in. Ties the conversation, the elements and the launcher together. */
import { matchLanguage } from '../core/language.ts';
import type { ChatEvent } from '../core/log.ts';
import type { PanelApi } from './api.ts';
import type { CallEntry } from './call/entry.ts';
import { Client } from './client.ts';
import { ParleyChat } from './elements/chat.ts';
import type { PanelEvents } from './elements/element.ts';
import type { PanelHost } from './host.ts';
import { Memory } from './memory.ts';
import { chime, noticeInTitle } from './notices.ts';
import { unreadCount } from './store.ts';
import { lookSheets, viewportSheet } from './theme.ts';
import { current, fill, useLanguage } from './words.ts';

/** Wider than this the panel stands beside the page; narrower it covers it. */
const phone = '(max-width: 480px), (max-height: 480px)';

export function start(host: PanelHost): PanelApi {
  const { config, launcher } = host;
  const memory = new Memory(config.channelNumber);
  const chat = new ParleyChat();
  let unread = 0;
  let entry: Promise<CallEntry> | undefined;

  const client = new Client(host.gateway, config.channelNumber, {
    onFresh(events, leading) {
      for (const event of events) announce(event, leading);
    },
    onCall: (said) => {
      if (said !== null || entry) void withCalls((calls) => calls.hear(said));
    },
    onRefused: (reason) => host.refuse(reason),
  });

  /** Does something with the part for calls, which is fetched where there are any. */
  async function withCalls(what?: (calls: CallEntry) => void): Promise<void> {
    entry ??= import('./call/entry.ts').then(({ startCalls }) =>
      startCalls(client, chat, host, { open: () => setOpen(true), onChange: refresh }),
    );
    try {
      const calls = await entry;
      what?.(calls);
    } catch {
      // Offline, perhaps: the next need tries again.
      entry = undefined;
    }
  }

  /** Tells the website of a message, and the visitor of one that they are not looking at. */
  function announce({ at, body }: ChatEvent, leading: boolean): void {
    if (body.kind !== 'message') return;
    const { id, author, content } = body;
    const text = content.kind === 'text' ? content.text : null;
    host.emit('message', { id, from: author.kind === 'customer' ? 'visitor' : author.kind, text, at });
    const looking = chat.open && document.visibilityState === 'visible' && document.hasFocus();
    if (author.kind === 'agent' && leading && !looking && !chat.muted) chime();
  }

  function refresh(): void {
    const count = unreadCount(client.state);
    launcher.unread = count;
    launcher.label = count > 0 ? fill(current.words.unread, { count }) : current.words.openChat;
    noticeInTitle(document.visibilityState === 'hidden' || !chat.open ? count : 0, chat.calls?.sign ?? '');
    const { config, events } = client.state;
    if (config?.interaction === 'phoneAndChat' || events.some(({ body }) => body.kind === 'call'))
      void withCalls();
    if (count !== unread) host.emit('unread', { count });
    unread = count;
  }

  function setOpen(open: boolean): void {
    if (chat.open === open) return;
    chat.open = open;
    launcher.expanded = open;
    memory.set('tab', 'open', open);
    if (open) void client.activate();
    else launcher.focusButton();
    refresh();
    host.emit(open ? 'opened' : 'closed', undefined);
  }

  function setMuted(muted: boolean): void {
    chat.muted = muted;
    memory.set('site', 'muted', muted);
  }

  function on<K extends keyof PanelEvents>(name: K, handle: (detail: PanelEvents[K]) => void): void {
    chat.addEventListener(name, (event) => handle((event as CustomEvent<PanelEvents[K]>).detail));
  }

  chat.chat = client;
  chat.gateway = host.gateway;
  chat.muted = memory.get('site', 'muted');
  chat.greeted = memory.get('site', 'greeted');
  on('parley-close', () => setOpen(false));
  on('parley-open', () => setOpen(true));
  on('parley-mute', () => setMuted(!chat.muted));
  on('parley-dismiss', () => {
    chat.greeted = true;
    memory.set('site', 'greeted', true);
  });
  on('parley-view', ({ url, name }) => void view(chat, url, name));
  client.subscribe(refresh);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && chat.open) chat.requestUpdate();
    refresh();
  });

  const ready = useLanguage(
    config.language === 'auto' ? matchLanguage(navigator.languages) : config.language,
  ).then(() => {
    chat.wear([...lookSheets(config), viewportSheet()]);
    if (!config.launcher.label) launcher.words = current.words.chat;
    host.mount(chat);
    refresh();
    host.emit('ready', { channelNumber: config.channelNumber });
    if (memory.get('tab', 'open') && !matchMedia(phone).matches) setOpen(true);
    void client.start();
  });

  return {
    open: () => ready.then(() => setOpen(true)),
    close: () => ready.then(() => setOpen(false)),
    toggle: () => ready.then(() => setOpen(!chat.open)),
    identify: (token) => ready.then(() => client.identify(token)),
    setAttributes: (attributes) => ready.then(() => client.setAttributes(attributes)),
    async send(text) {
      await ready;
      if (typeof text !== 'string' || text.trim() === '') throw new Error('Parley.send() needs a text.');
      await client.send(text.trim());
    },
  };
}

/** Shows an image over the page. */
async function view(chat: ParleyChat, url: string, name: string): Promise<void> {
  const { ParleyLightbox } = await import('./elements/lightbox.ts');
  const box = new ParleyLightbox();
  Object.assign(box, { url, name });
  chat.renderRoot.append(box);
}
