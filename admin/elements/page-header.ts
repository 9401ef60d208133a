/** The head of a page: its name, one line of help, the primary action at the end side. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { goBack } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import './icon.ts';

@customElement('pl-page-header')
export class PlPageHeader extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        margin-block-end: var(--parley-space-6);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: var(--parley-space-4);
        align-items: flex-start;
      }
      .back {
        display: inline-flex;
        align-items: center;
        gap: var(--parley-space-1);
        margin: calc(-1 * var(--parley-space-2)) 0 var(--parley-space-2) -6px;
        padding: 6px;
        border: 0;
        border-radius: var(--parley-radius);
        background: none;
        color: var(--parley-text-3);
      }
      .back:hover {
        color: var(--parley-text-1);
      }
      .titles {
        flex: 1 1 260px;
        min-width: 0;
        display: grid;
        gap: var(--parley-space-1);
      }
      h1 {
        overflow-wrap: anywhere;
      }
      h1:focus {
        outline: none;
      }
      p {
        max-width: 76ch;
        text-wrap: pretty;
        color: var(--parley-text-3);
      }
      @media (max-width: 767px) {
        h1 {
          font-size: var(--parley-title);
        }
      }
    `,
  ];

  @property() heading = '';
  @property() help = '';
  /** The list that this page belongs to, as a path; shows a way back to it. */
  @property() back = '';
  @property({ attribute: 'back-label' }) backLabel = 'Back';

  override render() {
    return html`
      ${
        this.back
          ? html`<button class="back" @click=${() => goBack(this.back)}>
              <pl-icon name="chevronLeft"></pl-icon>${this.backLabel}
            </button>`
          : nothing
      }
      <header>
        <div class="titles">
          <h1 tabindex="-1">${this.heading}</h1>
          ${this.help ? html`<p>${this.help}</p>` : nothing}
        </div>
        <slot name="action"></slot>
      </header>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-page-header': PlPageHeader;
  }
}
