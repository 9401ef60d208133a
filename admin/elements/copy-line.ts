/** One value to be pasted elsewhere, on one line, with Copy. `secret` keeps it covered until it is asked for. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { base, iconButton } from '../styles/shared.ts';
import './icon.ts';

@customElement('pl-copy-line')
export class PlCopyLine extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-1);
        min-width: 0;
      }
      .label {
        font-weight: var(--parley-weight-medium);
        line-height: 1.4;
      }
      .line {
        display: flex;
        align-items: stretch;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
        background: var(--parley-surface-2);
      }
      output {
        flex: 1;
        min-width: 0;
        padding: var(--parley-space-2) var(--parley-space-3);
        font: var(--parley-text-small) / var(--parley-line) var(--parley-font-code);
        overflow-wrap: anywhere;
        user-select: all;
      }
      .help {
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @property() label = '';
  @property() help = '';
  @property() text = '';
  @property({ type: Boolean }) secret = false;
  @state() private uncovered = false;
  @state() private outcome: 'none' | 'copied' | 'failed' = 'none';

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.outcome = 'none';
  }

  private handleCopy = async () => {
    try {
      await navigator.clipboard.writeText(this.text);
      this.outcome = 'copied';
    } catch {
      // No clipboard without HTTPS: the text is selected instead, ready for the keyboard.
      this.uncovered = true;
      await this.updateComplete;
      const output = this.renderRoot.querySelector('output');
      if (output) getSelection()?.selectAllChildren(output);
      this.outcome = 'failed';
    }
  };

  override render() {
    const covered = this.secret && !this.uncovered;
    return html`
      <span class="label" id="label">${this.label}</span>
      <div class="line">
        <output aria-labelledby="label">${covered ? '•'.repeat(12) : this.text}</output>
        ${
          this.secret
            ? html`<button
                type="button"
                class="icon-button"
                aria-label=${`${covered ? 'Show' : 'Hide'} ${this.label}`}
                @click=${() => (this.uncovered = covered)}
              >
                <pl-icon name=${covered ? 'eye' : 'eyeOff'}></pl-icon>
              </button>`
            : nothing
        }
        <button
          type="button"
          class="icon-button"
          aria-label=${`Copy ${this.label}`}
          @click=${this.handleCopy}
        >
          <pl-icon name=${this.outcome === 'copied' ? 'check' : 'copy'}></pl-icon>
        </button>
      </div>
      ${this.help ? html`<span class="help">${this.help}</span>` : nothing}
      <span class=${this.outcome === 'failed' ? 'help' : 'unseen'} role="status"
        >${
          {
            none: '',
            copied: 'Copied',
            failed: 'This browser does not let the page copy. The text is selected: press Ctrl+C.',
          }[this.outcome]
        }</span
      >
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-copy-line': PlCopyLine;
  }
}
