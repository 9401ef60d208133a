/** The sheet of keys. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import '../elements/webawesome.ts';
import { fixedKeys, keys } from './keys.ts';

@customElement('pl-help-dialog')
export class PlHelpDialog extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: var(--parley-space-2) var(--parley-space-4);
      }
      kbd {
        display: inline-block;
        min-width: 28px;
        padding: 2px 8px;
        border: 1px solid var(--parley-border-strong);
        border-radius: var(--parley-radius);
        background: var(--parley-surface-2);
        font: inherit;
        text-align: center;
      }
    `,
  ];

  @state() private open = false;

  show(): void {
    this.open = true;
  }

  private handleHide = (event: Event) => {
    if (event.target === event.currentTarget) this.open = false;
  };

  override render() {
    return html`<wa-dialog label="Keys" light-dismiss ?open=${this.open} @wa-after-hide=${this.handleHide}>
      ${
        this.open
          ? html`<dl>
              ${[...keys, ...fixedKeys].map(
                ({ key, words }) =>
                  html`<dt><kbd>${key.length === 1 ? key.toUpperCase() : key}</kbd></dt>
                    <dd>${words}</dd>`,
              )}
            </dl>`
          : nothing
      }
    </wa-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-help-dialog': PlHelpDialog;
  }
}
