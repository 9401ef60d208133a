/** What stands where there is nothing yet: what would be here, and the next step. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import type { IconName } from './icons.ts';
import './icon.ts';

@customElement('pl-empty')
export class PlEmpty extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: var(--parley-space-2);
        padding: var(--parley-space-12) var(--parley-space-6);
        text-align: center;
      }
      pl-icon {
        color: var(--parley-border-strong);
        margin-block-end: var(--parley-space-2);
      }
      p {
        max-width: 44ch;
        color: var(--parley-text-3);
      }
      ::slotted(wa-button) {
        margin-block-start: var(--parley-space-3);
      }
    `,
  ];

  @property() icon: IconName = 'inbox';
  @property() heading = '';

  override render() {
    return html`
      <pl-icon name=${this.icon} size="32"></pl-icon>
      <h2>${this.heading}</h2>
      <p><slot></slot></p>
      <slot name="action"></slot>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-empty': PlEmpty;
  }
}
