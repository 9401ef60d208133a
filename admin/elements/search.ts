/** Search over a list. @fires search - `value` has changed. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import './icon.ts';

@customElement('pl-search')
export class PlSearch extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    base,
    css`
      :host {
        max-width: 320px;
        margin-block-end: var(--parley-space-4);
      }
      label {
        display: flex;
        align-items: center;
        gap: var(--parley-space-2);
        padding: 0 var(--parley-space-3);
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface);
        color: var(--parley-text-3);
      }
      label:focus-within {
        outline: 2px solid var(--parley-focus);
        outline-offset: -1px;
      }
      input {
        flex: 1;
        min-width: 0;
        height: calc(var(--wa-form-control-height) - 2px);
        border: 0;
        outline: 0;
        background: none;
        color: var(--parley-text-1);
        font: inherit;
        font-size: var(--wa-font-size-m);
      }
      /* The frame around it shows the focus. */
      input:focus-visible {
        outline: 0;
      }
      input::placeholder {
        color: var(--parley-text-3);
      }
      @media (max-width: 767px) {
        :host {
          max-width: none;
        }
      }
    `,
  ];

  @property() value = '';
  @property() label = 'Search';

  private handleInput = (event: Event) => {
    this.value = (event.target as HTMLInputElement).value;
    this.dispatchEvent(new Event('search'));
  };

  override render() {
    return html`<label>
      <pl-icon name="search"></pl-icon>
      <input
        type="search"
        placeholder=${this.label}
        aria-label=${this.label}
        .value=${this.value}
        @input=${this.handleInput}
      />
    </label>`;
  }
}

/** Whether each word of `search` is somewhere in `texts`. */
export function matches(search: string, texts: readonly string[]): boolean {
  const text = texts.join('\n').toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-search': PlSearch;
  }
}
