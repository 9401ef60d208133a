/**
 * A small editor for formatted text: bold, italic, links. What is kept is runs of text (`core/richText.ts`),
 * never HTML; what is pasted loses its formatting.
 *
 * @fires change - `value` has changed.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { RichText } from '../../core/richText.ts';
import { base, iconButton } from '../styles/shared.ts';
import { nodesOf, richTextOf } from './rich-text-dom.ts';
import './icon.ts';
import './webawesome.ts';

@customElement('pl-rich-text')
export class PlRichText extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-1);
      }
      .label {
        font-weight: var(--parley-weight-medium);
      }
      .editor {
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
      }
      .editor:focus-within {
        outline: 2px solid var(--parley-focus);
        outline-offset: -1px;
      }
      .editor.invalid {
        border-color: var(--parley-red-dot);
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-1);
        padding: var(--parley-space-1);
        border-block-end: 1px solid var(--parley-border);
      }
      .tools input {
        flex: 1 1 160px;
        min-width: 0;
        height: 32px;
        padding: 0 var(--parley-space-2);
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: var(--parley-text-1);
        font: inherit;
      }
      .text {
        min-height: 96px;
        padding: var(--parley-space-3);
        outline: none;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .text p {
        margin: 0;
      }
      .text p + p {
        margin-block-start: var(--parley-space-2);
      }
      .error {
        color: var(--parley-red);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @property() label = '';
  @property() error = '';
  @property({ attribute: false }) value: RichText = [];
  /** The link address that is being typed; null when none is. */
  @state() private link: string | null = null;
  @state() private linkError = '';
  @query('.text') private text?: HTMLElement;
  #drawn: RichText | null = null;
  #range: Range | null = null;

  override updated(): void {
    // Only what comes from outside is drawn: drawing what was just typed would move the cursor.
    if (!this.text || JSON.stringify(this.#drawn) === JSON.stringify(this.value)) return;
    this.#drawn = this.value;
    this.text.replaceChildren(...nodesOf(this.value));
  }

  private handleInput = () => {
    if (!this.text) return;
    this.value = richTextOf(this.text);
    this.#drawn = this.value;
    this.dispatchEvent(new Event('change'));
  };

  private handlePaste = (event: ClipboardEvent) => {
    event.preventDefault();
    document.execCommand('insertText', false, event.clipboardData?.getData('text/plain') ?? '');
  };

  private format(command: 'bold' | 'italic'): void {
    this.text?.focus();
    document.execCommand(command);
    this.handleInput();
  }

  private handleLink = () => {
    this.#range = this.selectedRange();
    this.linkError = this.#range ? '' : 'Select the words that the link stands on first.';
    this.link = this.#range ? (this.linkAt(this.#range) ?? 'https://') : null;
  };

  private handleLinkDone = () => {
    const href = this.link?.trim() ?? '';
    if (href !== '' && !/^(https?:\/\/.|mailto:.)/i.test(href)) {
      this.linkError = 'Start with https://, http:// or mailto:.';
      return;
    }
    const range = this.#range;
    this.link = null;
    this.linkError = '';
    this.text?.focus();
    if (!range) return;
    const selection = this.selection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    if (href === '') document.execCommand('unlink');
    else document.execCommand('createLink', false, href);
    this.handleInput();
  };

  private handleLinkKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    if (event.key === 'Enter') this.handleLinkDone();
    else this.link = null;
  };

  /** Chromium answers a shadow root's selection only there; others only at the document. */
  private selection(): Selection | null {
    const root = this.renderRoot as unknown as { getSelection?: () => Selection | null };
    return root.getSelection?.() ?? document.getSelection();
  }

  private selectedRange(): Range | null {
    const selection = this.selection();
    if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    return this.text?.contains(range.commonAncestorContainer) ? range.cloneRange() : null;
  }

  private linkAt(range: Range): string | null {
    const at = range.startContainer;
    const element = at instanceof Element ? at : at.parentElement;
    return element?.closest('a')?.getAttribute('href') ?? null;
  }

  override render() {
    return html`
      <span class="label" id="label">${this.label}</span>
      <div class="editor ${this.error ? 'invalid' : ''}">
        <div class="tools" role="toolbar" aria-label="Format">
          <button type="button" class="icon-button" aria-label="Bold" @click=${() => this.format('bold')}>
            <pl-icon name="bold"></pl-icon>
          </button>
          <button type="button" class="icon-button" aria-label="Italic" @click=${() => this.format('italic')}>
            <pl-icon name="italic"></pl-icon>
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Link"
            aria-expanded=${this.link !== null}
            @click=${this.handleLink}
          >
            <pl-icon name="link"></pl-icon>
          </button>
          ${
            this.link === null
              ? nothing
              : html`<input
                    aria-label="Link address"
                    .value=${this.link}
                    @input=${(event: Event) => (this.link = (event.target as HTMLInputElement).value)}
                    @keydown=${this.handleLinkKey}
                  />
                  <wa-button size="s" appearance="outlined" @click=${this.handleLinkDone}>Apply</wa-button>`
          }
        </div>
        <div
          class="text"
          contenteditable="true"
          role="textbox"
          aria-multiline="true"
          aria-labelledby="label"
          aria-describedby="error"
          @input=${this.handleInput}
          @paste=${this.handlePaste}
        ></div>
      </div>
      <p class="error" id="error" role="status">${this.linkError || this.error}</p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-rich-text': PlRichText;
  }
}
