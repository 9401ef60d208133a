/**
 * The messages of a session: stays at the newest, loads older ones on scroll up without a jump.
 *
 * @fires reply - A message is to be answered (the `Message` in `detail`).
 * @fires edit - What was refused goes back to the composer (the `OutgoingDraft` in `detail`).
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { nameOf } from '../../core/customer.ts';
import type { Message } from '../../core/conversation.ts';
import type { LogEvent } from '../../core/log.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import type { OutboxEntry, SessionLog } from '../data/desk-state.ts';
import { nameOfColleague } from '../data/inbox.ts';
import { Watch } from '../data/store.ts';
import { dayName } from '../elements/times.ts';
import { base, iconButton } from '../styles/shared.ts';
import type { Picture } from './attachments.ts';
import { bubbleStyles, renderGroup, type BubbleContext } from './bubble.ts';
import { renderCall } from './call-entry.ts';
import { Chunks } from './chunks.ts';
import { Fold, type Folded } from './fold.ts';
import { showMessage } from './jump.ts';
import { messagesStyles } from './messages-styles.ts';
import { noteStyles, renderNote } from './note.ts';
import { renderOutgoing } from './outgoing.ts';
import { writingOf } from './rules.ts';
import { chunkOf, type Chunk, type Item } from './timeline.ts';
import '../elements/icon.ts';
import '../elements/notice.ts';
import './lightbox.ts';
import type { PlLightbox } from './lightbox.ts';

/** Closer than this to the end counts as reading the newest message, px. */
const nearEnd = 80;
/** Closer than this to the oldest loaded one the page before it is wanted, px. */
const nearTop = 600;
const noEvents: readonly LogEvent[] = [];

@customElement('pl-messages')
export class PlMessages extends LitElement {
  static override styles = [base, iconButton, bubbleStyles, noteStyles, messagesStyles];

  @property({ attribute: false }) session!: InboxSession;
  @property({ attribute: false }) log: SessionLog | null = null;
  @property({ attribute: false }) outbox: OutboxEntry[] = [];
  @state() private loadingOlder = false;
  @state() private problem = '';
  @state() private behind = false;
  /** A message that could not be sent once more, and why. */
  @state() private refused: BubbleContext['refused'] = null;
  @query('.scroller') private scroller?: HTMLElement;
  @query('pl-lightbox') private lightbox?: PlLightbox;
  private desk = new Watch(this, desk.state);
  #atEnd = true;
  /** The log is drawn as far as it is near the screen. */
  private chunks = new Chunks(this);
  readonly #fold = new Fold();
  #drawnSession = '';
  #lastSeq = 0;
  #resize = new ResizeObserver(() => this.#atEnd && this.scrollToEnd());

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.markRead);
    addEventListener('focus', this.markRead);
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.markRead);
    removeEventListener('focus', this.markRead);
    this.#resize.disconnect();
  }

  override focus(): void {
    this.scroller?.focus();
  }

  override willUpdate(): void {
    if (this.#drawnSession !== this.session.id) {
      this.#drawnSession = this.session.id;
      this.#atEnd = true;
      this.#lastSeq = 0;
      this.behind = false;
      this.problem = '';
      this.refused = null;
    }
    if (this.desk.value.connection === 'online' && (!this.log || this.log.stale)) void this.load();
    if (!this.#atEnd) this.chunks.hold();
    this.chunks.take(this.session.id, this.folded.chunks);
  }

  #loading: { session: string; done: Promise<void> } | null = null;
  private load(): Promise<void> {
    const { id } = this.session;
    if (this.#loading?.session === id) return this.#loading.done;
    const done = desk.open(id).then((refusal) => {
      if (this.#loading?.session === id) this.#loading = null;
      if (this.session.id === id) this.problem = refusal?.message ?? '';
    });
    this.#loading = { session: id, done };
    return done;
  }

  override updated(): void {
    const last = (this.log?.events.at(-1)?.seq ?? 0) + this.outbox.length;
    const newer = last > this.#lastSeq;
    this.#lastSeq = last;
    if (this.#atEnd) this.scrollToEnd();
    else {
      this.chunks.keep();
      if (newer) this.behind = true;
    }
    this.markRead();
    this.loadNearTop();
  }

  /** Also without a scroll: a page may not fill the pane, and who stands at the top stays there while one comes. */
  private loadNearTop(): void {
    const { scroller, log } = this;
    if (!scroller || !log || log.complete || log.stale || this.desk.value.connection !== 'online') return;
    if (scroller.scrollTop < nearTop) void this.loadOlder();
  }

  private markRead = () => {
    if (!this.#atEnd || document.visibilityState !== 'visible' || !document.hasFocus()) return;
    const last = this.log?.events.at(-1)?.seq;
    if (last !== undefined) desk.markRead(this.session.id, last);
  };

  private handleScroll = () => {
    const { scroller } = this;
    if (!scroller) return;
    this.#atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
    if (this.#atEnd && this.behind) this.behind = false;
    if (this.#atEnd) this.markRead();
    this.loadNearTop();
  };

  private async loadOlder(): Promise<void> {
    if (this.loadingOlder || !this.log || this.log.complete) return;
    this.loadingOlder = true;
    const refusal = await desk.older(this.session.id);
    // Not in a loop while the edge refuses.
    await new Promise((resolve) => setTimeout(resolve, refusal ? 2_000 : 0));
    this.loadingOlder = false;
  }

  private scrollToEnd = () => {
    if (this.scroller) this.scroller.scrollTop = this.scroller.scrollHeight;
  };

  private handleJump = () => {
    this.#atEnd = true;
    this.behind = false;
    this.scrollToEnd();
    this.markRead();
  };

  private showImage = (picture: Picture) => this.lightbox?.show(picture);
  private handleLoaded = () => this.#atEnd && this.scrollToEnd();
  private handleQuote = async (id: string) => {
    const message = this.folded.messages.get(id);
    if (message) await this.chunks.draw(chunkOf(message.seq));
    showMessage(this.renderRoot, id);
  };
  /** Brings the message or note at a place of the log into view, and loads the log down to it first. */
  async showAt(seq: number): Promise<void> {
    const { id } = this.session;
    await this.load();
    const refusal = await desk.through(id, seq);
    if (this.session.id !== id) return;
    this.problem = refusal?.message ?? '';
    const events = desk.state.value.logs.get(id)?.events ?? [];
    const body = events.find((event) => event.seq === seq)?.body;
    if (body?.kind !== 'message' && body?.kind !== 'note') return;
    this.#atEnd = false;
    await this.updateComplete;
    await this.chunks.draw(chunkOf(seq));
    showMessage(this.renderRoot, body.id);
  }

  private handleReply = (message: Message) =>
    this.dispatchEvent(new CustomEvent('reply', { detail: message }));

  private handleEdit = ({ id, content }: OutboxEntry) => {
    desk.delivery.discard(id);
    this.dispatchEvent(new CustomEvent('edit', { detail: content }));
  };

  private handleAgain = async (id: string) => {
    this.refused = null;
    const refusal = await desk.resend(this.session.id, id);
    if (refusal) this.refused = { id, problem: refusal.message };
  };

  override render() {
    const { value } = this.desk;
    const { messages, chunks } = this.folded;
    const context = this.bubbleContext(messages);
    const typing = [...(value.typing.get(this.session.id) ?? [])];
    return html`
      <div class="scroller" tabindex="0" role="region" aria-label="Conversation" @scroll=${this.handleScroll}>
        <div
          class="log"
          role="log"
          aria-label=${`Messages with ${nameOf(this.session)}`}
          aria-busy=${this.loadingOlder || !this.log}
        >
          ${this.loadingOlder ? html`<p class="older quiet small">Loading older messages…</p>` : nothing}
          ${
            this.problem
              ? html`<pl-notice tone="error"
                  >${this.problem}
                  <wa-button slot="action" size="s" appearance="outlined" @click=${() => void this.load()}
                    >Try again</wa-button
                  >
                </pl-notice>`
              : nothing
          }
          ${!this.log && !this.problem ? html`<pl-placeholder></pl-placeholder>` : nothing}
          ${keyed(
            this.session.id,
            html`<div class="chunks">
              ${repeat(
                chunks,
                (chunk) => chunk.number,
                (chunk) => this.renderChunk(chunk, context),
              )}
            </div>`,
          )}
          ${this.outbox.length > 0 ? this.renderOutbox(context) : nothing}
          <div class="typing" aria-live="off">${typing.length > 0 ? this.typingText(typing) : nothing}</div>
        </div>
      </div>
      ${
        this.behind
          ? html`<button class="jump" @click=${this.handleJump}>
              <pl-icon name="arrowDown"></pl-icon>New messages
            </button>`
          : nothing
      }
      <pl-lightbox></pl-lightbox>
    `;
  }

  private typingText(typing: (string | null)[]): string {
    if (typing.includes(null)) return `${nameOf(this.session)} is writing…`;
    const names = typing.flatMap((id) => (id === null ? [] : (nameOfColleague(id) ?? [])));
    return names.length > 0
      ? `${new Intl.ListFormat('en').format(names)} ${names.length === 1 ? 'is' : 'are'} writing an answer…`
      : 'A colleague is writing an answer…';
  }

  private get folded(): Folded {
    return this.#fold.of(this.log?.events ?? noEvents, this.desk.value.agent);
  }

  #context: (BubbleContext & { depends: readonly unknown[] }) | null = null;

  /** The same one until something in it changes: what is drawn with it is not drawn again. */
  private bubbleContext(messages: ReadonlyMap<string, Message>): BubbleContext {
    const { session, refused } = this;
    const { agent, skew } = this.desk.value;
    const now = Date.now() + skew;
    // Times are shown by the minute.
    const depends = [session, refused, agent, messages, Math.floor(now / 60_000)];
    if (this.#context && depends.every((one, at) => one === this.#context?.depends[at])) return this.#context;
    const writing = writingOf(session, now).kind !== 'refused';
    this.#context = {
      depends,
      session,
      self: agent,
      now,
      find: (id) => messages.get(id),
      jump: (id) => void this.handleQuote(id),
      reply: writing ? this.handleReply : null,
      again: session.status === 'open' ? (id) => void this.handleAgain(id) : null,
      refused,
      showImage: this.showImage,
      loaded: this.handleLoaded,
    };
    return this.#context;
  }

  private renderChunk(chunk: Chunk, context: BubbleContext): TemplateResult {
    const near = this.chunks.isNear(chunk);
    return html`<div
      class=${near ? 'chunk drawn' : 'chunk'}
      data-chunk=${chunk.number}
      style=${styleMap(near ? {} : { height: `${this.chunks.heightOf(chunk)}px` })}
    >
      ${guard([near, chunk, context], () =>
        near
          ? repeat(
              chunk.items,
              (item) => item.key,
              (item) => this.renderItem(item, context),
            )
          : nothing,
      )}
    </div>`;
  }

  /** What is still on its way stands at the end. */
  private renderOutbox(context: BubbleContext): TemplateResult {
    const edit = context.reply ? this.handleEdit : null;
    return html`<div class="group end">${this.outbox.map((entry) => renderOutgoing(entry, edit))}</div>`;
  }

  private renderItem(item: Item, context: BubbleContext): TemplateResult {
    switch (item.kind) {
      case 'day':
        return html`<div class="day">${dayName(item.at, context.now)}</div>`;
      case 'system':
        return html`<p class="system">${item.text}</p>`;
      case 'call':
        return renderCall(item, context.self);
      case 'note':
        return renderNote(item, context.self);
      case 'group':
        return renderGroup(item, context);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-messages': PlMessages;
  }
}
