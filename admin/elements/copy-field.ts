/** Text to be taken elsewhere (a link, a code, a secret), with Copy. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import './icon.ts';
import './webawesome.ts';

@customElement('pl-copy')
export class PlCopy extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-2);
      }
      pre {
        margin: 0;
        padding: var(--parley-space-3);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
        background: var(--parley-surface-2);
        font: var(--parley-text-small) / var(--parley-line) var(--parley-font-code);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  @property() text = '';
  @property() label = 'Copy';
  /** What the text is, for those who hear the page. */
  @property() name = '';
  @state() private outcome: 'none' | 'copied' | 'failed' = 'none';

  private handleCopy = async () => {
    try {
      await navigator.clipboard.writeText(this.text);
      this.outcome = 'copied';
    } catch {
      // No clipboard without HTTPS: the text is selected instead, ready for the keyboard.
      const pre = this.renderRoot.querySelector('pre');
      if (pre) getSelection()?.selectAllChildren(pre);
      this.outcome = 'failed';
    }
  };

  override render() {
    return html`
      <pre tabindex="0" role="region" aria-label=${this.name}>${this.text}</pre>
      <div class="row">
        <wa-button appearance="outlined" @click=${this.handleCopy}>
          <pl-icon slot="start" name=${this.outcome === 'copied' ? 'check' : 'copy'}></pl-icon>
          ${this.outcome === 'copied' ? 'Copied' : this.label}
        </wa-button>
        <span class="quiet small" role="status"
          >${this.outcome === 'failed' ? 'This browser does not let the page copy. The text is selected: press Ctrl+C.' : ''}</span
        >
        <slot></slot>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-copy': PlCopy;
  }
}
