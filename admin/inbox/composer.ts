/**
 * Where an agent writes: text, emoji, files, and on WhatsApp places and templates. What could not be made safe comes back
 * into it. Where nothing can be written, the reason stands in its place.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { ref } from 'lit/directives/ref.js';
import type { Message } from '../../core/conversation.ts';
import { problem } from '../../core/errors.ts';
import { preview } from '../../core/message.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { filesOf, type OutgoingDraft } from '../data/desk-state.ts';
import { keepDraft, readDraft } from '../data/drafts.ts';
import { base, iconButton } from '../styles/shared.ts';
import { authorName } from './bubble.ts';
import { CannedPicker, cannedStyles } from './canned.ts';
import { areaStyles, composerStyles } from './composer-styles.ts';
import type { PlEmoji } from './emoji.ts';
import { isShown, localUrlOf } from './outgoing.ts';
import { renderSegments, segmentStyles } from './segments.ts';
import { fileRefusal, rulesOf, sizeWords, writingOf, type ChannelRules, type Writing } from './rules.ts';
import type { PlPlaceDialog } from './place-dialog.ts';
import type { PlTemplateDialog } from './template-dialog.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';
import './emoji.ts';
import './note-box.ts';
import type { PlNoteBox } from './note-box.ts';
import './place-dialog.ts';
import './template-dialog.ts';

/** The other side's notice runs out after a few seconds, so it is renewed while one types. */
const typingEveryMs = 3_000;
/** How often the time that is left is drawn again. */
const lookAtWindowMs = 5_000;

@customElement('pl-composer')
export class PlComposer extends LitElement {
  static override styles = [base, iconButton, areaStyles, segmentStyles, composerStyles, cannedStyles];

  @property({ attribute: false }) session!: InboxSession;
  @state() private text = '';
  @state() private files: File[] = [];
  @state() private error = '';
  @state() private mode: 'reply' | 'note' = 'reply';
  /** The message that is being answered. */
  @state() private answered: Message | null = null;
  @query('textarea') private area?: HTMLTextAreaElement;
  @query('input') private input?: HTMLInputElement;
  @query('pl-template-dialog') private templates?: PlTemplateDialog;
  @query('pl-note-box') private notes?: PlNoteBox;
  @query('pl-place-dialog') private places?: PlPlaceDialog;
  private canned = new CannedPicker(this);
  #session = '';
  /** What is sent later goes out later, however long a browser takes. */
  #sent: Promise<void> = Promise.resolve();
  #typedAt = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), lookAtWindowMs);
  }

  override willUpdate(): void {
    if (this.#session === this.session.id) return;
    this.stopTyping();
    this.#session = this.session.id;
    this.text = readDraft(this.session.id);
    this.files = [];
    this.error = '';
    this.answered = null;
    this.mode = 'reply';
  }

  override updated(): void {
    // Firefox and Safari do not grow a text area by themselves yet.
    const { area } = this;
    if (!area || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.stopTyping();
  }

  override focus(): void {
    this.area?.focus();
  }

  /** Turns to messages or notes, ready for typing. */
  write(mode: 'reply' | 'note'): void {
    this.mode = mode;
    void this.updateComplete.then(() => (mode === 'note' ? this.notes : this.area)?.focus());
  }

  /** Puts files beside the text; those that the channel does not take are refused with the reason. */
  attach(files: readonly File[]): void {
    const { rules } = this;
    this.error = '';
    for (const file of files) {
      const refusal = fileRefusal(file, this.files.length, rules);
      if (refusal) this.error = refusal;
      else this.files = [...this.files, file];
    }
    this.area?.focus();
  }

  /** Starts an answer to a message. */
  answer(message: Message): void {
    this.answered = message;
    this.area?.focus();
  }

  /** Puts back what was not taken: its text before what has been typed since, its files beside those there are. */
  restore(draft: OutgoingDraft): void {
    const text = draft.kind === 'text' || draft.kind === 'files' ? draft.text : '';
    const files = filesOf(draft).map(({ file, name }) => new File([file], name, { type: file.type }));
    this.setText([text, this.text].filter(Boolean).join('\n'));
    if (files.length > 0) this.attach(files);
    this.area?.focus();
  }

  /** Puts words in place of a part of the text, with the caret behind them. */
  replace(start: number, end: number, words: string): void {
    this.setText(this.text.slice(0, start) + words + this.text.slice(end));
    void this.updateComplete.then(() => {
      this.area?.focus();
      this.area?.setSelectionRange(start + words.length, start + words.length);
    });
  }

  private get rules(): ChannelRules {
    return rulesOf(this.session);
  }

  private handleInput = (event: Event) => {
    this.setText((event.target as HTMLTextAreaElement).value);
    this.canned.follow();
  };

  private setText(text: string): void {
    const { textLength } = this.rules;
    this.text = text;
    this.error =
      text.length > textLength
        ? `${problem('message_too_long').message} At most ${textLength} characters.`
        : '';
    keepDraft(this.session.id, text);
    if (text.trim() === '') this.stopTyping();
    else if (Date.now() - this.#typedAt > typingEveryMs) {
      this.#typedAt = Date.now();
      desk.typing(this.session.id, true);
    }
  }

  private stopTyping(): void {
    if (this.#typedAt === 0) return;
    this.#typedAt = 0;
    desk.typing(this.#session, false);
  }

  private handleKey = (event: KeyboardEvent) => {
    if (this.canned.handleKey(event)) return;
    if (event.key === 'Escape' && this.answered) {
      event.preventDefault();
      this.answered = null;
      return;
    }
    // An input method's Enter chooses a word; a phone's Enter is a new line, its button sends.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    if (matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    this.send();
  };

  private handlePaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.attach(files);
  };

  private handlePick = () => {
    this.attach([...(this.input?.files ?? [])]);
    if (this.input) this.input.value = '';
  };

  private handleMenu = (event: CustomEvent<{ item: { value: string } }>) => {
    if (event.detail.item.value === 'template') this.templates?.show();
    else this.places?.show();
  };

  /** Takes what is written out of the composer at once, so that it is free for the next. */
  private send(): void {
    const { session, text: written, answered } = this;
    const text = written.trim();
    if (written.length > this.rules.textLength || (text === '' && this.files.length === 0)) return;
    const drafts = this.drafts(text);
    this.stopTyping();
    this.text = '';
    this.files = [];
    this.answered = null;
    this.error = '';
    this.area?.focus();
    this.#sent = this.#sent.then(() => this.handOver(session.id, written, drafts, answered));
  }

  /** Gives the drafts to the outbox, one after the other; what it cannot keep safe comes back. */
  private async handOver(
    id: string,
    written: string,
    drafts: readonly OutgoingDraft[],
    answered: Message | null,
  ): Promise<void> {
    const left: OutgoingDraft[] = [];
    for (const draft of drafts)
      if (!(await desk.delivery.send(id, draft, answered?.id ?? null))) left.push(draft);
    if (this.session.id !== id) {
      // Its words are still this device's draft, unless more was typed before the agent went on.
      if (left.length === 0 && readDraft(id) === written) keepDraft(id, '');
      return;
    }
    keepDraft(id, this.text);
    if (left.length === 0) return;
    for (const draft of left) this.restore(draft);
    this.answered ??= answered;
    this.error = 'Not sent. Check your connection and send it again.';
  }

  /** What leaves: in live chat each image and the text by themselves, elsewhere everything in one message. */
  private drafts(text: string): OutgoingDraft[] {
    const outbox = (file: File) => ({ file, name: file.name, ticket: null });
    const files = this.files.map(outbox);
    if (files.length === 0) return [{ kind: 'text', text }];
    if (!this.rules.imagesOnly) return [{ kind: 'files', text, files }];
    const images = files.map((file) => ({ kind: 'files' as const, text: '', files: [file] }));
    return text === '' ? images : [...images, { kind: 'text', text }];
  }

  private handleEmoji = (event: Event) => {
    const start = this.area?.selectionStart ?? this.text.length;
    this.replace(start, this.area?.selectionEnd ?? start, (event.currentTarget as PlEmoji).chosen);
  };

  override render() {
    const { rules, session } = this;
    const writing = writingOf(session, Date.now() + desk.state.value.skew);
    return html`
      ${this.renderModes()}
      ${
        this.mode === 'note'
          ? html`<pl-note-box .session=${session}></pl-note-box>`
          : writing.kind === 'refused'
            ? this.renderRefused(writing)
            : this.renderBox(writing, rules)
      }
      ${rules.templates ? html`<pl-template-dialog .session=${session}></pl-template-dialog>` : nothing}
      ${rules.places ? html`<pl-place-dialog .session=${session}></pl-place-dialog>` : nothing}
    `;
  }

  private renderModes(): TemplateResult {
    const mode = (one: 'reply' | 'note', words: string) =>
      html`<button aria-pressed=${this.mode === one} @click=${() => this.write(one)}>${words}</button>`;
    return html`<div class="modes" role="group" aria-label="Write">
      ${mode('reply', 'Reply')} ${mode('note', 'Note')}
    </div>`;
  }

  private renderRefused({ reason, template }: Extract<Writing, { kind: 'refused' }>): TemplateResult {
    return html`<div class="closed">
      <p>${reason}</p>
      ${
        template
          ? html`<wa-button variant="brand" appearance="accent" @click=${() => this.templates?.show()}>
              <pl-icon slot="start" name="template"></pl-icon>Choose a template
            </wa-button>`
          : nothing
      }
    </div>`;
  }

  private renderBox(writing: Writing, rules: ChannelRules): TemplateResult {
    const empty = this.text.trim() === '' && this.files.length === 0;
    const attach = rules.imagesOnly ? 'Attach images' : 'Attach files';
    return html`
      ${
        writing.kind === 'window'
          ? html`<p class="window ${writing.soon ? 'soon' : ''}">
              <pl-icon name="clock"></pl-icon>${writing.words}
            </p>`
          : nothing
      }
      ${this.answered ? this.renderAnswered(this.answered) : nothing}
      ${
        this.files.length > 0
          ? html`<ul class="files">
              ${this.files.map((file) => this.renderFile(file))}
            </ul>`
          : nothing
      }
      <p class="error" role="alert" ?hidden=${this.error === ''}>${this.error}</p>
      <div class="box">
        <pl-emoji @emoji=${this.handleEmoji}></pl-emoji>
        <button class="icon-button" aria-label=${attach} title=${attach} @click=${() => this.input?.click()}>
          <pl-icon name=${rules.imagesOnly ? 'image' : 'paperclip'} size="20"></pl-icon>
        </button>
        ${this.canned.render()} ${rules.templates || rules.places ? this.renderMenu() : nothing}
        <textarea
          ${ref(this.canned.attach)}
          rows="1"
          dir="auto"
          aria-label="Message"
          placeholder="Write a message"
          enterkeyhint="send"
          .value=${live(this.text)}
          @input=${this.handleInput}
          @keydown=${this.handleKey}
          @paste=${this.handlePaste}
          @blur=${() => this.stopTyping()}
        ></textarea>
        ${rules.segments && this.text.trim() !== '' ? renderSegments(this.text.trim()) : nothing}
        <button
          class="icon-button send"
          aria-label="Send"
          ?disabled=${empty || this.text.length > rules.textLength}
          @click=${() => this.send()}
        >
          <pl-icon name="send" size="20"></pl-icon>
        </button>
        <input
          type="file"
          accept=${rules.imagesOnly ? 'image/png,image/jpeg' : '*/*'}
          multiple
          tabindex="-1"
          @change=${this.handlePick}
        />
      </div>
    `;
  }

  private renderMenu(): TemplateResult {
    return html`<wa-dropdown placement="top-start" @wa-select=${this.handleMenu}>
      <button
        slot="trigger"
        class="icon-button"
        aria-label="Template or location"
        title="Template or location"
      >
        <pl-icon name="plus" size="20"></pl-icon>
      </button>
      <wa-dropdown-item value="template">
        <pl-icon slot="icon" name="template"></pl-icon>Template
      </wa-dropdown-item>
      <wa-dropdown-item value="place"><pl-icon slot="icon" name="mapPin"></pl-icon>Location</wa-dropdown-item>
    </wa-dropdown>`;
  }

  private renderAnswered(message: Message): TemplateResult {
    const name = authorName(message.author, { session: this.session, self: desk.state.value.agent });
    return html`<div class="answered">
      <span><strong>${name}</strong> ${preview(message.content)}</span>
      <button class="icon-button" aria-label="Do not reply to it" @click=${() => (this.answered = null)}>
        <pl-icon name="x"></pl-icon>
      </button>
    </div>`;
  }

  private renderFile(file: File): TemplateResult {
    return html`<li class="file">
      ${
        isShown(file)
          ? html`<img src=${localUrlOf(file)} alt=${file.name} />`
          : html`<div class="paper">
              <span>${file.name}</span><span class="quiet">${sizeWords(file.size)}</span>
            </div>`
      }
      <button
        aria-label=${`Remove ${file.name}`}
        @click=${() => (this.files = this.files.filter((one) => one !== file))}
      >
        <pl-icon name="x"></pl-icon>
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-composer': PlComposer;
  }
}
