/** `<pl-notice tone="error">`: one thing to know, with an action beside it; and the placeholder while waiting. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';
import './icon.ts';

type Tone = 'info' | 'good' | 'warning' | 'error';
const toneIcons = { info: 'info', good: 'circleCheck', warning: 'warning', error: 'circleAlert' } as const;

@customElement('pl-notice')
export class PlNotice extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        gap: var(--parley-space-3);
        align-items: flex-start;
        padding: var(--parley-space-3) var(--parley-space-4);
        border: 1px solid var(--parley-blue-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-blue-tint);
        color: var(--parley-text-1);
      }
      pl-icon {
        margin-block-start: 2px;
        color: var(--parley-blue);
      }
      :host([tone='good']) {
        border-color: var(--parley-green-border);
        background: var(--parley-green-tint);
      }
      :host([tone='good']) pl-icon {
        color: var(--parley-green);
      }
      :host([tone='warning']) {
        border-color: var(--parley-amber-border);
        background: var(--parley-amber-tint);
      }
      :host([tone='warning']) pl-icon {
        color: var(--parley-amber);
      }
      :host([tone='error']) {
        border-color: var(--parley-red-border);
        background: var(--parley-red-tint);
      }
      :host([tone='error']) pl-icon {
        color: var(--parley-red);
      }
      .content {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ reflect: true }) tone: Tone = 'info';

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = -1;
    this.role = this.tone === 'error' ? 'alert' : 'status';
  }

  override render() {
    return html`
      <pl-icon name=${toneIcons[this.tone]}></pl-icon>
      <div class="content"><slot></slot></div>
      <slot name="action"></slot>
    `;
  }
}

/** Grey lines where a list will be; they show only when the answer takes longer than a blink. */
@customElement('pl-placeholder')
export class PlPlaceholder extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-3);
        padding: var(--parley-space-4) 0;
        animation: appear 200ms 250ms backwards;
      }
      i {
        height: 20px;
        border-radius: var(--parley-radius);
        background: var(--parley-surface-3);
      }
      i:nth-child(2) {
        width: 80%;
      }
      i:nth-child(3) {
        width: 60%;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];

  override render() {
    return html`<i></i><i></i><i></i><span class="unseen" role="status">Loading</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-notice': PlNotice;
    'pl-placeholder': PlPlaceholder;
  }
}
