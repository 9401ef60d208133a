/** `<pl-status tone="good">Connected</pl-status>`: a coloured dot that never stands without its word. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';

@customElement('pl-status')
export class PlStatus extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: var(--parley-space-2);
        white-space: nowrap;
      }
      i {
        width: 8px;
        height: 8px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-border-strong);
      }
      :host([tone='good']) i {
        background: var(--parley-green-dot);
      }
      :host([tone='info']) i {
        background: var(--parley-blue);
      }
      :host([tone='warning']) i {
        background: var(--parley-amber-dot);
      }
      :host([tone='bad']) i {
        background: var(--parley-red-dot);
      }
    `,
  ];

  @property({ reflect: true }) tone: 'good' | 'info' | 'warning' | 'bad' | 'off' = 'off';

  override render() {
    return html`<i></i><span><slot></slot></span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-status': PlStatus;
  }
}
