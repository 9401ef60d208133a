/** `<parley-lightbox>`: an image over the whole page, fetched when one is first opened. */
import { html, type TemplateResult } from 'lit';
import { cross } from '../icons.ts';
import { current } from '../words.ts';
import { PanelElement, define, icon, styles } from './element.ts';
import css from './lightbox.css?inline';

export class ParleyLightbox extends PanelElement {
  static override styles = styles(css);
  static override properties = { url: {}, name: {} };

  declare url: string;
  declare name: string;

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  #close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  protected override render(): TemplateResult {
    const { words } = current;
    return html`
      <dialog aria-label=${this.name} @click=${this.#close} @close=${() => this.remove()}>
        <button aria-label=${words.closeImage} title=${words.closeImage}>${icon(cross)}</button>
        <img src=${this.url} alt=${this.name} />
      </dialog>
    `;
  }
}

define('parley-lightbox', ParleyLightbox);
