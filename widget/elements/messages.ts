/** `<parley-messages>`: the conversation, with its history above and the newest in view. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Media } from '../../core/content.ts';
import type { Closer } from '../../core/log.ts';
import type { CallParts } from '../calls.ts';
import type { Chat, ChatState, Pending } from '../chat.ts';
import { check, checks, clock, down } from '../icons.ts';
import { lastSeq } from '../store.ts';
import { clockTime, dayName } from '../times.ts';
import { isUnanswered, timeline, type Item } from '../timeline.ts';
import { current, fill } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import { face } from './face.ts';
import { message, type MessageActions } from './message.ts';
import css from './messages.css?inline';

/** Closer to the end than this, in pixels, counts as reading the newest. */
const nearPx = 80;
/** Between groups closer than this the time is not worth a line. */
const gapMs = 5 * 60_000;

export class ParleyMessages extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    chat: { attribute: false },
    state: { attribute: false },
    gateway: {},
    calls: { attribute: false },
    atEnd: { state: true },
    heard: { state: true },
  };

  declare chat: Chat;
  declare state: ChatState;
  declare gateway: string;
  declare calls: CallParts | null;
  declare private atEnd: boolean;
  /** Agents' messages that a screen reader is to say, once each. */
  declare private heard: readonly string[];
  #fromEnd = 0;
  #firstSeq = 0;
  #saidSeq = 0;
  #loading = false;
  #failedImages = new Set<string>();
  #previews = new Map<string, string>();
  #observer: IntersectionObserver | undefined;
  #resizing: ResizeObserver | undefined;

  constructor() {
    super();
    this.atEnd = true;
    this.heard = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#handleVisible);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#handleVisible);
    this.#observer?.disconnect();
    this.#resizing?.disconnect();
    for (const url of this.#previews.values()) URL.revokeObjectURL(url);
    this.#previews.clear();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const list = this.#list;
    if (list) this.#fromEnd = list.scrollHeight - list.scrollTop;
    if (changed.has('state')) this.#listen();
    this.#forgetPreviews(this.state.pending);
  }

  protected override firstUpdated(): void {
    const list = this.#list;
    const top = this.renderRoot.querySelector('.top');
    if (!list || !top) return;
    const look = (seen: IntersectionObserverEntry[]) => {
      if (seen.some((entry) => entry.isIntersecting)) void this.#older();
    };
    this.#observer = new IntersectionObserver(look, { root: list, rootMargin: '200px 0px 0px' });
    this.#observer.observe(top);
    // The composer grows, and phones' keyboards come: the newest message stays in view.
    this.#resizing = new ResizeObserver(() => this.atEnd && list.scrollTo(0, list.scrollHeight));
    this.#resizing.observe(list);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const list = this.#list;
    if (!list || !changed.has('state')) return;
    const first = this.state.events[0]?.seq ?? 0;
    const mine = this.state.pending.length > (changed.get('state')?.pending.length ?? 0);
    if (this.atEnd || mine) list.scrollTop = list.scrollHeight;
    else if (first < this.#firstSeq) list.scrollTop = list.scrollHeight - this.#fromEnd;
    this.#firstSeq = first;
    this.#handleVisible();
  }

  #handleVisible = (): void => {
    if (this.atEnd && document.visibilityState === 'visible') this.chat.seen();
  };

  get #list(): HTMLElement | null {
    return this.hasUpdated ? this.renderRoot.querySelector<HTMLElement>('.list') : null;
  }

  #handleScroll(): void {
    const list = this.#list;
    if (!list) return;
    this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearPx;
    this.#handleVisible();
  }

  #toEnd(): void {
    const list = this.#list;
    list?.scrollTo({ top: list.scrollHeight });
    list?.focus();
  }

  async #older(): Promise<void> {
    if (this.#loading || this.state.complete) return;
    this.#loading = true;
    await this.chat.loadOlder();
    this.#loading = false;
  }

  /** What arrives while the panel is open is read out; what was there before is not. */
  #listen(): void {
    const last = lastSeq(this.state);
    if (this.#saidSeq > 0) {
      const fresh = this.state.events.flatMap(({ seq, body }) =>
        seq > this.#saidSeq && body.kind === 'message' && body.author.kind !== 'customer'
          ? [body.content.kind === 'text' ? body.content.text : current.words.image]
          : [],
      );
      if (fresh.length > 0) this.heard = [...this.heard, ...fresh].slice(-5);
    }
    if (this.state.link === 'up') this.#saidSeq = Math.max(last, 1);
  }

  #preview(id: string, file: Blob): string {
    const url = this.#previews.get(id) ?? URL.createObjectURL(file);
    this.#previews.set(id, url);
    return url;
  }

  #forgetPreviews(pending: readonly Pending[]): void {
    for (const [id, url] of this.#previews) {
      if (pending.some((message) => message.id === id)) continue;
      URL.revokeObjectURL(url);
      this.#previews.delete(id);
    }
  }

  #actions(): MessageActions {
    return {
      now: Date.now() + this.state.clockOffset,
      address: (media: Media) => this.gateway + media.url,
      preview: (id, file) => this.#preview(id, file),
      failedImages: this.#failedImages,
      onView: (url, name) => this.tell('parley-view', { url, name }),
      onImageError: (url) => {
        this.#failedImages.add(url);
        this.requestUpdate();
      },
      onResend: (id) => void this.chat.resend(id),
      onDiscard: (id) => void this.chat.discard(id),
    };
  }

  protected override render(): TemplateResult {
    const { words } = current;
    const { state } = this;
    const items = timeline(state.events, state.pending, state.clockOffset);
    const lastOwn = items.findLast((item) => item.kind === 'group' && item.side === 'visitor');
    const actions = this.#actions();
    const greeting = !state.open && items.length === 0 ? state.availability?.greeting : undefined;
    return html`
      <div
        class="list"
        role="log"
        aria-live="off"
        aria-label=${words.chat}
        tabindex="0"
        @scroll=${this.#handleScroll}
      >
        <div class="top">${state.complete ? nothing : html`<p class="system">${words.loadingOlder}</p>`}</div>
        ${greeting ? this.#renderGreeting(greeting) : nothing}
        ${repeat(
          items,
          ({ key }) => key,
          (item, index) => this.#renderItem(item, items[index + 1], item === lastOwn, actions),
        )}
        ${
          state.open && isUnanswered(state.events) && state.pending.length === 0
            ? html`<p class="system">${words.received}</p>`
            : nothing
        }
        ${
          state.agentTyping
            ? html`<p class="typing"><span class="unseen">${words.typing}</span><i></i><i></i><i></i></p>`
            : nothing
        }
      </div>
      <div class="unseen" role="status">${this.heard.map((text) => html`<p>${text}</p>`)}</div>
      <button
        class="jump"
        ?hidden=${this.atEnd}
        aria-label=${words.toNewest}
        title=${words.toNewest}
        @click=${this.#toEnd}
      >
        ${icon(down)}
      </button>
    `;
  }

  #renderGreeting(text: string): TemplateResult {
    const first = this.state.config?.faces[0] ?? null;
    return html`<div class="group agent bare">
      ${face(first, this.gateway)}
      <div class="stack">
        <div class="message"><p class="bubble" dir="auto">${text}</p></div>
      </div>
    </div>`;
  }

  #renderItem(
    item: Item,
    next: Item | undefined,
    isLastOwn: boolean,
    actions: MessageActions,
  ): TemplateResult {
    const { words } = current;
    switch (item.kind) {
      case 'day':
        return html`<h3 class="day">${dayName(item.at, actions.now)}</h3>`;
      case 'joined':
        return html`<p class="system">${fill(words.joined, { name: item.name || words.agent })}</p>`;
      case 'closed':
        return html`<p class="system">${endWords(item.by)}</p>`;
      case 'call':
        return html`<p class="system">${this.calls?.line(item.event)}</p>`;
      case 'group':
        return this.#renderGroup(item, isLastOwn, isBeforeGap(item, next), actions);
    }
  }

  #renderGroup(
    group: Extract<Item, { kind: 'group' }>,
    isLastOwn: boolean,
    timed: boolean,
    actions: MessageActions,
  ): TemplateResult {
    const { words } = current;
    const last = group.bubbles.at(-1);
    const at = last?.at ?? 0;
    const own = group.side === 'visitor';
    const name = own ? words.you : group.agent?.name;
    return html`<div class="group ${group.side} ${timed || (own && isLastOwn) ? '' : 'bare'}">
      ${own ? nothing : face(group.agent ?? this.state.config?.faces[0] ?? null, this.gateway)}
      <div class="stack">
        <p class=${own || !name ? 'unseen' : 'name'}>${name || words.agent}</p>
        ${repeat(
          group.bubbles,
          ({ id }) => id,
          (bubble) => message(bubble, actions),
        )}
        <p class="meta">
          <time class=${timed ? '' : 'unseen'} datetime=${new Date(at).toISOString()}>${clockTime(at)}</time>
          ${own && last && isLastOwn ? this.#renderTicks(last.seq, last.pending) : nothing}
        </p>
      </div>
    </div>`;
  }

  #renderTicks(seq: number, pending: Pending | undefined): TemplateResult | typeof nothing {
    const { words } = current;
    const { agents } = this.state.marks;
    if (pending?.problem || pending?.entering) return nothing;
    if (seq === 0) return html`${icon(clock)}<span class="unseen">${words.waiting}</span>`;
    if (agents.read >= seq) return html`<span class="read">${icon(checks)}</span><span>${words.read}</span>`;
    if (agents.delivered >= seq) return html`${icon(checks)}<span>${words.delivered}</span>`;
    return html`${icon(check)}<span>${words.sent}</span>`;
  }
}

/** Whether the conversation pauses after a group, or has come to its end. */
function isBeforeGap(group: Extract<Item, { kind: 'group' }>, next: Item | undefined): boolean {
  if (next?.kind !== 'group') return true;
  return (next.bubbles[0]?.at ?? 0) - (group.bubbles.at(-1)?.at ?? 0) >= gapMs;
}

function endWords(by: Closer): string {
  const { words } = current;
  if (by.kind === 'customer') return words.endedByYou;
  if (by.kind === 'timeout') return words.endedByTime;
  if (by.kind === 'agent') return fill(words.endedByAgent, { name: by.agent.name || words.agent });
  return words.ended;
}

define('parley-messages', ParleyMessages);
