/** `<pl-icon name="inbox">`: one of our icons, 16 px unless `size` says 20. Decoration: never read aloud. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import { icons, type IconName } from './icons.ts';

@customElement('pl-icon')
export class PlIcon extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      width: 16px;
      height: 16px;
    }
    :host([size='20']) {
      width: 20px;
      height: 20px;
    }
    :host([size='32']) {
      width: 32px;
      height: 32px;
    }
    svg {
      width: 100%;
      height: 100%;
      stroke-width: 1.5px;
      vector-effect: non-scaling-stroke;
    }
    svg * {
      vector-effect: non-scaling-stroke;
    }
  `;

  @property() name: IconName = 'info';

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('aria-hidden', 'true');
  }

  override render() {
    // Built-in text of this repository's dependency, never anything from outside.
    return html`${unsafeSVG(icons[this.name])}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-icon': PlIcon;
  }
}
