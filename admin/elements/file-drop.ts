/**
 * Takes one file: chosen by a button, or dropped.
 *
 * @fires file - One was given (`file`).
 */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import './webawesome.ts';

@customElement('pl-file-drop')
export class PlFileDrop extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      .drop {
        display: grid;
        justify-items: center;
        gap: var(--parley-space-3);
        padding: var(--parley-space-6);
        border: 2px dashed var(--parley-border-strong);
        border-radius: var(--parley-radius-card);
        text-align: center;
      }
      .drop.over {
        border-color: var(--parley-accent);
        background: var(--parley-accent-tint);
      }
      :host([data-invalid]) .drop {
        border-color: var(--parley-red-dot);
      }
    `,
  ];

  /** What the button says. */
  @property() action = 'Choose a file';
  /** What the file is, for those who hear the page. */
  @property() label = 'File';
  @property() accept = '*/*';
  @state() private over = false;
  @query('input') private input!: HTMLInputElement;
  file: File | null = null;

  private take(file: File | undefined): void {
    if (!file) return;
    this.file = file;
    this.dispatchEvent(new Event('file'));
  }

  private handleDrop = (event: DragEvent) => {
    event.preventDefault();
    this.over = false;
    this.take(event.dataTransfer?.files[0]);
  };

  private handlePick = () => {
    this.take(this.input.files?.[0]);
    // So that the same file, once corrected, can be chosen again.
    this.input.value = '';
  };

  override render() {
    return html`<div
      class="drop ${this.over ? 'over' : ''}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${this.handleDrop}
    >
      <input
        class="unseen"
        type="file"
        accept=${this.accept}
        tabindex="-1"
        aria-label=${this.label}
        @change=${this.handlePick}
      />
      <wa-button appearance="outlined" @click=${() => this.input.click()}>${this.action}</wa-button>
      <span class="quiet">or drop it here</span>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-file-drop': PlFileDrop;
  }
}
