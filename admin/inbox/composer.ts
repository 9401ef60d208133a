/** Where an agent writes: text, emoji, images. It is emptied only when what it held is safe. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { problem } from '../../core/errors.ts';
import { maxTextLength } from '../../core/message.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { desk } from '../data/desk.ts';
import { keepDraft, readDraft } from '../data/drafts.ts';
import { base, iconButton } from '../styles/shared.ts';
import { previewOf } from './bubble.ts';
import '../elements/icon.ts';
import './emoji.ts';
import type { PlEmoji } from './emoji.ts';

const maxImageBytes = 10 * 1024 * 1024;
/** The other side's notice runs out after a few seconds, so it is renewed while one types. */
const typingEveryMs = 3_000;

@customElement('pl-composer')
export class PlComposer extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        padding: var(--parley-space-2) var(--parley-space-4)
          calc(var(--parley-space-3) + env(safe-area-inset-bottom));
        border-block-start: 1px solid var(--parley-border);
      }
      .box {
        display: flex;
        align-items: flex-end;
        gap: var(--parley-space-1);
        max-width: 820px;
        margin: 0 auto;
        padding: var(--parley-space-1);
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface);
      }
      .box:focus-within {
        border-color: var(--parley-focus);
        box-shadow: 0 0 0 1px var(--parley-focus);
      }
      textarea {
        flex: 1;
        min-width: 0;
        min-height: 36px;
        max-height: calc(5 * 1.45em + 16px);
        padding: 8px;
        border: 0;
        resize: none;
        background: none;
        color: var(--parley-text-1);
        font: inherit;
        line-height: 1.45;
        field-sizing: content;
      }
      /* The box around it shows the focus. */
      textarea:focus-visible {
        outline: 0;
      }
      textarea::placeholder {
        color: var(--parley-text-3);
      }
      .send {
        background: var(--parley-accent);
        color: var(--parley-on-accent);
      }
      .send:hover:not(:disabled) {
        background: var(--parley-accent-hover);
        color: var(--parley-on-accent);
      }
      .send:disabled {
        background: var(--parley-surface-4);
        color: var(--parley-text-3);
        opacity: 1;
      }
      .files {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-2);
        max-width: 820px;
        margin: 0 auto var(--parley-space-2);
      }
      .file {
        position: relative;
      }
      .file img {
        display: block;
        width: 72px;
        height: 72px;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
        object-fit: cover;
      }
      .file button {
        position: absolute;
        inset-block-start: -8px;
        inset-inline-end: -8px;
        display: grid;
        place-items: center;
        width: 24px;
        height: 24px;
        padding: 0;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-full);
        background: var(--parley-surface-raised);
      }
      .error {
        max-width: 820px;
        margin: 0 auto var(--parley-space-2);
        color: var(--parley-red);
        font-size: var(--parley-text-small);
      }
      .closed {
        max-width: 820px;
        margin: 0 auto;
        padding: var(--parley-space-2) 0;
        color: var(--parley-text-3);
        text-align: center;
      }
      input {
        display: none;
      }
      @media (pointer: coarse) {
        textarea {
          min-height: 44px;
          padding: 10px 8px;
          font-size: var(--parley-text-large);
        }
      }
      @media (max-width: 767px) {
        :host {
          padding-inline: var(--parley-space-2);
          padding-block-end: calc(var(--parley-space-2) + env(safe-area-inset-bottom));
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: InboxSession;
  @state() private text = '';
  @state() private files: File[] = [];
  @state() private error = '';
  @state() private sending = false;
  @query('textarea') private area?: HTMLTextAreaElement;
  @query('input') private input?: HTMLInputElement;
  #session = '';
  #typedAt = 0;

  override willUpdate(): void {
    if (this.#session === this.session.id) return;
    this.stopTyping();
    this.#session = this.session.id;
    this.text = readDraft(this.session.id);
    this.files = [];
    this.error = '';
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
    this.stopTyping();
  }

  override focus(): void {
    this.area?.focus();
  }

  /** Puts images beside the text; others are refused with the reason. */
  attach(files: readonly File[]): void {
    this.error = '';
    for (const file of files) {
      if (!['image/png', 'image/jpeg'].includes(file.type)) this.error = problem('image_type').message;
      else if (file.size > maxImageBytes) this.error = problem('image_too_large').message;
      else this.files = [...this.files, file];
    }
    this.area?.focus();
  }

  private handleInput = (event: Event) => {
    this.setText((event.target as HTMLTextAreaElement).value);
  };

  private setText(text: string): void {
    this.text = text;
    this.error =
      text.length > maxTextLength
        ? `${problem('message_too_long').message} At most ${maxTextLength} characters.`
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
    // An input method's Enter chooses a word; a phone's Enter is a new line, its button sends.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    if (matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    void this.send();
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

  private async send(): Promise<void> {
    const { id } = this.session;
    const text = this.text.trim();
    if (this.sending || this.text.length > maxTextLength || (text === '' && this.files.length === 0)) return;
    this.sending = true;
    this.stopTyping();
    let left = false;
    for (const file of [...this.files]) {
      const safe = await desk.send(id, { kind: 'image', file, name: file.name, ticket: null });
      if (safe && this.session.id === id) this.files = this.files.filter((one) => one !== file);
      left ||= !safe;
    }
    if (text !== '') {
      const safe = await desk.send(id, { kind: 'text', text });
      left ||= !safe;
      if (safe) {
        keepDraft(id, '');
        if (this.session.id === id) this.text = '';
      }
    }
    this.sending = false;
    if (left) this.error = 'Not sent. Check your connection and send it again.';
    this.area?.focus();
  }

  private handleEmoji = (event: Event) => {
    const { area } = this;
    const emoji = (event.currentTarget as PlEmoji).chosen;
    const start = area?.selectionStart ?? this.text.length;
    const end = area?.selectionEnd ?? start;
    this.setText(this.text.slice(0, start) + emoji + this.text.slice(end));
    void this.updateComplete.then(() => {
      area?.focus();
      area?.setSelectionRange(start + emoji.length, start + emoji.length);
    });
  };

  override render() {
    if (this.session.status === 'closed') {
      return html`<p class="closed">
        This session is closed. When the customer writes again, a new session opens.
      </p>`;
    }
    const empty = this.text.trim() === '' && this.files.length === 0;
    return html`
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
        <button
          class="icon-button"
          aria-label="Attach images"
          title="Attach images"
          @click=${() => this.input?.click()}
        >
          <pl-icon name="image" size="20"></pl-icon>
        </button>
        <textarea
          rows="1"
          aria-label="Message"
          placeholder="Write a message"
          enterkeyhint="send"
          .value=${live(this.text)}
          @input=${this.handleInput}
          @keydown=${this.handleKey}
          @paste=${this.handlePaste}
          @blur=${() => this.stopTyping()}
        ></textarea>
        <button
          class="icon-button send"
          aria-label="Send"
          ?disabled=${empty || this.text.length > maxTextLength}
          @click=${() => void this.send()}
        >
          <pl-icon name="send" size="20"></pl-icon>
        </button>
        <input type="file" accept="image/png,image/jpeg" multiple tabindex="-1" @change=${this.handlePick} />
      </div>
    `;
  }

  private renderFile(file: File): TemplateResult {
    return html`<li class="file">
      <img src=${previewOf(file)} alt=${file.name} />
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
