/** Says quietly that there is a newer version; the person decides when to take it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { installation } from '../data/installation.ts';
import { Watch } from '../data/store.ts';
import { base, iconButton } from '../styles/shared.ts';
import './icon.ts';
import './webawesome.ts';

@customElement('pl-update-notice')
export class PlUpdateNotice extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      .notice {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: var(--parley-space-3);
        padding: var(--parley-space-1) var(--parley-space-4);
        border-block-end: 1px solid var(--parley-blue-border);
        background: var(--parley-blue-tint);
        color: var(--parley-blue);
      }
      @media (max-width: 767px) {
        .notice {
          padding-block-start: calc(var(--parley-space-1) + env(safe-area-inset-top));
        }
      }
    `,
  ];

  @state() private dismissed = false;
  private installation = new Watch(this, installation);

  override render() {
    const shown = this.installation.value.outdated && !this.dismissed;
    return html`<div role="status">
      ${
        shown
          ? html`<div class="notice">
              <span>A new version is ready.</span>
              <wa-button size="s" appearance="outlined" @click=${() => location.reload()}
                >Reload to update</wa-button
              >
              <button class="icon-button" aria-label="Later" @click=${() => (this.dismissed = true)}>
                <pl-icon name="x"></pl-icon>
              </button>
            </div>`
          : nothing
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-update-notice': PlUpdateNotice;
  }
}
