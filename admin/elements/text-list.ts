/**
 * A list of short texts (domains, addresses): one row each, with one empty row to type the next.
 *
 * @fires change - `values` has changed.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { base, iconButton } from '../styles/shared.ts';
import './icon.ts';
import './webawesome.ts';

@customElement('pl-text-list')
export class PlTextList extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    iconButton,
    css`
      :host,
      .rows {
        display: grid;
        gap: var(--parley-space-2);
      }
      .label {
        font-weight: var(--parley-weight-medium);
      }
      .item {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
      }
      input {
        flex: 1;
        min-width: 0;
        height: var(--wa-form-control-height);
        padding: 0 12px;
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: var(--parley-text-1);
        font: inherit;
        font-size: var(--wa-font-size-m);
      }
      input:focus-visible {
        outline-offset: -1px;
      }
      input::placeholder {
        color: var(--parley-text-3);
      }
      [aria-invalid='true'] {
        border-color: var(--parley-red-dot);
      }
      p {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
      p.error {
        color: var(--parley-red);
      }
    `,
  ];

  @property() label = '';
  @property() help = '';
  /** What one row is called. */
  @property() item = '';
  @property() placeholder = '';
  @property() error = '';
  @property({ attribute: false }) values: string[] = [];

  private change(values: string[]): void {
    this.values = values;
    this.dispatchEvent(new Event('change'));
  }

  private handleInput(index: number, event: Event): void {
    const { value } = event.target as HTMLInputElement;
    const next = [...this.values];
    next[index] = value;
    this.change(next);
  }

  /** Rows that were emptied go when one leaves them, so that the others do not jump while typing. */
  private handleBlur = () => {
    const filled = this.values.map((value) => value.trim()).filter(Boolean);
    if (filled.length !== this.values.length) this.change(filled);
  };

  override render() {
    const rows = [...this.values, ''];
    return html`
      <span class="label" id="label">${this.label}</span>
      <div class="rows" role="group" aria-labelledby="label" aria-describedby="help">
        ${rows.map(
          (value, index) =>
            html`<div class="item">
              <input
                aria-label=${`${this.item} ${index + 1}`}
                aria-invalid=${this.error ? 'true' : 'false'}
                aria-describedby="help"
                placeholder=${index === this.values.length ? this.placeholder : ''}
                autocapitalize="off"
                spellcheck="false"
                .value=${live(value)}
                @input=${(event: Event) => this.handleInput(index, event)}
                @blur=${this.handleBlur}
              />
              ${
                index < this.values.length
                  ? html`<button
                      type="button"
                      class="icon-button"
                      aria-label=${`Remove ${value}`}
                      @click=${() => this.change(this.values.filter((_, at) => at !== index))}
                    >
                      <pl-icon name="x"></pl-icon>
                    </button>`
                  : nothing
              }
            </div>`,
        )}
      </div>
      <p id="help" class=${this.error ? 'error' : ''}>${this.error || this.help}</p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-text-list': PlTextList;
  }
}
