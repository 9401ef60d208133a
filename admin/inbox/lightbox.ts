/** An image on the whole screen. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { base, iconButton } from '../styles/shared.ts';
import type { Picture } from './attachments.ts';
import '../elements/icon.ts';

@customElement('pl-lightbox')
export class PlLightbox extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: contents;
      }
      dialog {
        width: 100vw;
        height: 100dvh;
        max-width: none;
        max-height: none;
        padding: 0;
        border: 0;
        background: rgb(10 12 16 / 88%);
        color: #fff;
      }
      dialog[open] {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        padding: calc(var(--parley-space-2) + env(safe-area-inset-top)) var(--parley-space-3)
          var(--parley-space-2) var(--parley-space-4);
      }
      header span {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      a {
        color: #fff;
      }
      .icon-button,
      .icon-button:hover:not(:disabled) {
        color: #fff;
        background: none;
      }
      img {
        place-self: center;
        max-width: 100%;
        max-height: 100%;
        padding: 0 var(--parley-space-4) var(--parley-space-4);
        object-fit: contain;
      }
    `,
  ];

  @state() private media: Picture | null = null;
  @query('dialog') private dialog?: HTMLDialogElement;

  show(media: Picture): void {
    this.media = media;
    this.dialog?.showModal();
  }

  private handleClick = (event: MouseEvent) => {
    if (event.target === this.dialog || event.target instanceof HTMLImageElement) this.dialog?.close();
  };

  override render() {
    const { media } = this;
    return html`<dialog
      aria-label=${media?.name ?? 'Image'}
      @click=${this.handleClick}
      @close=${() => (this.media = null)}
    >
      ${
        media
          ? html`<header>
                <span>${media.name}</span>
                <a href=${media.url} target="_blank" rel="noopener">Open in a tab</a>
                <button class="icon-button" aria-label="Close" @click=${() => this.dialog?.close()}>
                  <pl-icon name="x" size="20"></pl-icon>
                </button>
              </header>
              <img src=${media.url} alt=${media.name} />`
          : nothing
      }
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-lightbox': PlLightbox;
  }
}
