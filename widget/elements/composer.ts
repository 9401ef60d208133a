/** `<parley-composer>`: where the visitor writes. What is sent is the outbox's from then on, and the field free. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Chat, Image } from '../chat.ts';
import { cross, image as imageIcon, send as sendIcon, smile } from '../icons.ts';
import { inspect } from '../images.ts';
import { current, explain } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import css from './composer.css?inline';

/** As `maxTextLength` of `core/message.ts`, which the panel is too small to carry. */
const maxLength = 5000;

interface Attachment extends Image {
  url: string;
}

export class ParleyComposer extends PanelElement {
  static override styles = styles(css);
  static override properties = {
    chat: { attribute: false },
    images: { type: Boolean },
    text: { state: true },
    attachments: { state: true },
    problem: { state: true },
    picking: { state: true },
  };

  declare chat: Chat;
  /** Whether the channel takes images. */
  declare images: boolean;
  declare private text: string;
  declare private attachments: readonly Attachment[];
  declare private problem: string;
  declare private picking: boolean;

  constructor() {
    super();
    this.images = false;
    this.text = '';
    this.attachments = [];
    this.problem = '';
    this.picking = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { url } of this.attachments) URL.revokeObjectURL(url);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.#field?.focus());
  }

  /** Adds pictures to what is about to be sent; those that cannot be sent say why. */
  async attach(files: Iterable<File>): Promise<void> {
    this.problem = '';
    for (const file of files) {
      const result = await inspect(file);
      if ('problem' in result) this.problem = explain(result.problem);
      else this.attachments = [...this.attachments, { ...result.image, url: URL.createObjectURL(file) }];
    }
    this.focus();
  }

  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  #handleInput(): void {
    this.text = this.#field?.value ?? '';
    this.problem = this.text.length > maxLength ? explain('message_too_long') : '';
    this.chat.setTyping(this.text !== '');
  }

  #handleKey(event: KeyboardEvent): void {
    // While an input method composes, Enter picks a word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #handlePaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!this.images || files.length === 0) return;
    event.preventDefault();
    void this.attach(files);
  }

  #handlePick(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    void this.attach([...(event.target.files ?? [])]);
    event.target.value = '';
  }

  #detach(attachment: Attachment): void {
    URL.revokeObjectURL(attachment.url);
    this.attachments = this.attachments.filter((other) => other !== attachment);
    this.focus();
  }

  async #handleEmoji(): Promise<void> {
    if (!this.picking) await import('./emoji.ts');
    this.picking = !this.picking;
  }

  #insert(emoji: string): void {
    const field = this.#field;
    if (!field) return;
    field.setRangeText(emoji, field.selectionStart, field.selectionEnd, 'end');
    this.#handleInput();
  }

  #closePicker(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.picking) return;
    event.preventDefault();
    this.picking = false;
    this.renderRoot.querySelector<HTMLElement>('.emoji')?.focus();
  }

  #send(): void {
    const text = this.text.trim();
    const { attachments } = this;
    if (text.length > maxLength || (text === '' && attachments.length === 0)) return;
    for (const { file, name, width, height, url } of attachments) {
      URL.revokeObjectURL(url);
      void this.chat.sendImage({ file, name, width, height });
    }
    if (text !== '') void this.chat.send(text);
    // At once, so that the next can be written and sent while the browser still stores these.
    this.attachments = [];
    this.text = '';
    this.picking = false;
    if (this.#field) this.#field.value = '';
    this.#field?.focus();
  }

  protected override render(): TemplateResult {
    const { words } = current;
    const ready = this.text.trim() !== '' || this.attachments.length > 0;
    return html`
      <div class="composer" @paste=${this.#handlePaste} @keydown=${this.#closePicker}>
        ${
          this.picking
            ? html`<parley-emoji
                @parley-emoji=${(event: CustomEvent<string>) => this.#insert(event.detail)}
              ></parley-emoji>`
            : nothing
        }
        <p class="problem" role="alert">${this.problem}</p>
        ${this.attachments.length > 0 ? this.#renderAttachments() : nothing}
        <div class="grow">
          <textarea
            rows="1"
            dir=${this.text ? 'auto' : nothing}
            enterkeyhint="send"
            aria-label=${words.writeMessage}
            placeholder=${words.writeMessage}
            @input=${this.#handleInput}
            @keydown=${this.#handleKey}
          ></textarea>
          <div class="mirror" aria-hidden="true">${this.text}</div>
        </div>
        <div class="tools">
          <button
            class="icon-button emoji"
            aria-label=${words.emoji}
            title=${words.emoji}
            aria-expanded=${this.picking}
            @click=${this.#handleEmoji}
          >
            ${icon(smile)}
          </button>
          ${
            this.images
              ? html`<label class="icon-button" title=${words.attachImage}>
                  <input
                    class="unseen"
                    type="file"
                    accept="image/png,image/jpeg"
                    multiple
                    aria-label=${words.attachImage}
                    @change=${this.#handlePick}
                  />
                  ${icon(imageIcon)}
                </label>`
              : nothing
          }
          <button
            class="send"
            aria-label=${words.send}
            title=${words.send}
            aria-disabled=${!ready}
            @click=${this.#send}
          >
            ${icon(sendIcon)}
          </button>
        </div>
      </div>
    `;
  }

  #renderAttachments(): TemplateResult {
    const { words } = current;
    return html`<ul class="attachments">
      ${this.attachments.map(
        (attachment) =>
          html`<li>
            <img src=${attachment.url} alt=${attachment.name} />
            <button
              aria-label=${`${words.removeImage} ${attachment.name}`}
              title=${words.removeImage}
              @click=${() => this.#detach(attachment)}
            >
              ${icon(cross)}
            </button>
          </li>`,
      )}
    </ul>`;
  }
}

define('parley-composer', ParleyComposer);

declare global {
  interface HTMLElementTagNameMap {
    'parley-composer': ParleyComposer;
  }
}
