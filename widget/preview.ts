/**
 * The preview in the console: the real launcher and the real panel, drawing a draft configuration that the
 * console posts from the same origin, with a sample conversation and no connection.
 */
import { matchLanguage } from '../core/language.ts';
import type { LoaderConfig } from '../core/loader.ts';
import type { ChatAuthor, ChatEventBody, ChatEvent } from '../core/log.ts';
import type { WidgetConfig } from '../core/visitorProtocol.ts';
import { callButton } from './call/entry.ts';
import { useCallLanguage } from './call/words.ts';
import type { CallParts } from './calls.ts';
import { emptyState, type Chat, type ChatState } from './chat.ts';
import { ParleyChat } from './elements/chat.ts';
import { ParleyLauncher } from './launcher.ts';
import { sampleWords } from './sample.ts';
import { lookSheets, viewportSheet } from './theme.ts';
import { current, useLanguage } from './words.ts';

/** What the console posts, whenever the draft changes. */
export interface PreviewMessage {
  kind: 'parley.preview';
  loader: LoaderConfig;
  widget: WidgetConfig;
  messages: { online: string; offline: string; closed: string };
  /** Shows this theme instead of the draft's. */
  theme?: 'light' | 'dark';
  /** What a visitor sees at first, with title and welcome, or a conversation under way. Default `start`. */
  view?: 'start' | 'conversation';
}

/** The panel takes the focus when it opens. Here it must not take it from the form beside it, where somebody types. */
const takeFocus = Object.getOwnPropertyDescriptor(HTMLElement.prototype, 'focus')
  ?.value as HTMLElement['focus'];
HTMLElement.prototype.focus = function (this: HTMLElement, options?: FocusOptions) {
  if (document.hasFocus()) takeFocus.call(this, options);
};

/** A conversation that answers nobody. */
class SampleChat implements Chat {
  state: ChatState = emptyState;
  #listeners = new Set<() => void>();

  show(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(text: string): Promise<void> {
    const seq = (this.state.events.at(-1)?.seq ?? 0) + 1;
    const body = message(`own-${seq}`, { kind: 'customer' }, text);
    this.show({ events: [...this.state.events, { seq, at: Date.now(), ordinal: 1, body }] });
    return Promise.resolve();
  }

  submitForm(): Promise<null> {
    this.show({ formDue: false });
    return Promise.resolve(null);
  }

  end(): Promise<null> {
    this.show({ open: false });
    return Promise.resolve(null);
  }

  readonly #nothing = () => Promise.resolve();
  sendImage = this.#nothing;
  resend = this.#nothing;
  discard = this.#nothing;
  loadOlder = this.#nothing;
  setTyping = (): void => undefined;
  seen = (): void => undefined;
}

/** A telephone that calls nobody. */
const samplePhone: CallParts = {
  sign: '',
  button: () => callButton(null, false, () => undefined),
  card: () => undefined,
  line: () => '',
};

const sample = new SampleChat();
const panel = new ParleyChat();
let launcher: ParleyLauncher | undefined;
customElements.define('parley-launcher', ParleyLauncher);

async function draw({ loader, widget, messages, theme, view }: PreviewMessage): Promise<void> {
  const wanted = loader.language === 'auto' ? matchLanguage(navigator.languages) : loader.language;
  if (wanted !== current.language) await useLanguage(wanted);
  const phone = widget.interaction === 'phoneAndChat';
  if (phone) await useCallLanguage();
  panel.calls = phone ? samplePhone : null;
  const config = { ...loader, ...(theme && { theme }) };
  document.documentElement.dataset['theme'] = config.theme;
  const talking = view === 'conversation';
  sample.show({
    config: widget,
    availability: { online: true, greeting: messages.online, opensAt: null },
    link: 'up',
    open: talking,
    events: talking ? sampleEvents(messages.online, widget.faces[0] ?? { name: '', photo: null }) : [],
    marks: { customer: { delivered: 4, read: 4 }, agents: { delivered: 4, read: 4 } },
    formDue: !talking && (widget.preChat !== null || widget.consent?.explicit === true),
  });
  panel.wear([...lookSheets(config), viewportSheet()]);
  if (!launcher) {
    launcher = new ParleyLauncher();
    launcher.addEventListener('click', () => toggle(!panel.open));
    panel.chat = sample;
    panel.addEventListener('parley-close', () => toggle(false));
    panel.addEventListener('parley-mute', () => (panel.muted = !panel.muted));
    document.body.append(launcher, panel);
  }
  launcher.draw(config);
  if (!config.launcher.label) launcher.words = current.words.chat;
  toggle(panel.open || !innerIsPhone());
  panel.requestUpdate();
}

function sampleEvents(greeting: string, face: WidgetConfig['faces'][number]): ChatEvent[] {
  const { visitor, agent } = sampleWords[current.language];
  const author = { kind: 'agent', agent: { id: 'sample', extension: '', ...face } } as const;
  const bodies: ChatEventBody[] = [
    { kind: 'opened', ordinal: 1, route: { queue: null, agent: null }, source: null },
    message('greeting', { kind: 'auto', reason: 'greeting' }, greeting),
    message('visitor', { kind: 'customer' }, visitor),
    message('agent', author, agent),
  ];
  return bodies.map((body, index) => ({ seq: index + 1, at: Date.now(), ordinal: 1, body }));
}

function message(id: string, author: ChatAuthor, text: string): ChatEventBody {
  return { kind: 'message', id, author, content: { kind: 'text', text } };
}

function toggle(open: boolean): void {
  panel.open = open;
  if (launcher) launcher.expanded = open;
}

function innerIsPhone(): boolean {
  return matchMedia('(max-width: 480px), (max-height: 480px)').matches;
}

function isPreview(data: unknown): data is PreviewMessage {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'parley.preview';
}

addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
  if (origin === location.origin && isPreview(data)) void draw(data);
});
// The console posts the first draft when it hears that somebody listens.
if (parent !== window) parent.postMessage({ kind: 'parley.preview.ready' }, location.origin);
