/** The frame of the pages before the console: the mark, a title, one form. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../styles/shared.ts';

@customElement('pl-entrance')
export class PlEntrance extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        align-content: center;
        justify-content: center;
        grid-template-columns: minmax(0, 400px);
        min-height: 100dvh;
        padding: var(--parley-space-8) var(--parley-space-4);
        background: var(--parley-surface-2);
      }
      .card {
        display: grid;
        gap: var(--parley-space-6);
        padding: var(--parley-space-8);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface);
        box-shadow: var(--parley-raised);
      }
      header {
        display: grid;
        gap: var(--parley-space-2);
      }
      img {
        width: 40px;
        height: 40px;
        margin-block-end: var(--parley-space-2);
      }
      h1 {
        font-size: var(--parley-title);
      }
      header p {
        color: var(--parley-text-3);
      }
      @media (max-width: 480px) {
        :host {
          align-content: start;
          background: var(--parley-surface);
        }
        .card {
          padding: var(--parley-space-2) var(--parley-space-1);
          border: 0;
          box-shadow: none;
        }
      }
    `,
  ];

  @property() heading = '';
  @property() help = '';

  override render() {
    return html`<div class="card">
      <header>
        <img src="/admin/icon.svg" alt="" />
        <h1>${this.heading}</h1>
        <p>${this.help}</p>
      </header>
      <slot></slot>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-entrance': PlEntrance;
  }
}
