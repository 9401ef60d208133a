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
      :host {
        position: fixed;
        z-index: 20;
        inset-block-end: calc(var(--parley-space-4) + env(safe-area-inset-bottom));
        inset-inline: 0;
        display: grid;
        justify-items: center;
        pointer-events: none;
      }
      .notice {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        max-width: calc(100% - 2 * var(--parley-space-4));
        padding: var(--parley-space-2) var(--parley-space-2) var(--parley-space-2) var(--parley-space-4);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface-raised);
        box-shadow: var(--parley-floating);
        pointer-events: auto;
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
              <wa-button size="s" variant="brand" appearance="accent" @click=${() => location.reload()}
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
