/** Calls a customer's number: through the PBX where the agent has an extension there, else with the device's own phone. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { dialler } from '../data/dialler.ts';
import { phone } from '../data/phone.ts';
import { Watch } from '../data/store.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-dial')
export class PlDial extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      :host {
        display: inline-block;
      }
    `,
  ];

  @property({ attribute: false }) number = '';
  /** The customer's name. */
  @property({ attribute: false }) name = '';
  /** The session whose timeline is to hold the call; null: the newest one with this number. */
  @property({ attribute: false }) session: string | null = null;
  /** Whether it is a button with words, not only an icon. */
  @property({ type: Boolean }) wide = false;
  private dialler = new Watch(this, dialler.state);
  private phone = new Watch(this, phone.state);

  /** Does what pressing it does. */
  press(): void {
    this.renderRoot.querySelector<HTMLElement>('a, button, wa-button')?.click();
  }

  private handleDial = () => {
    const { number, name, session } = this;
    void dialler.dial({ number, name: name || number, session });
  };

  override render() {
    const { number } = this;
    const { ready, call } = this.dialler.value;
    const busy = call !== null || this.phone.value.call !== null;
    const title = busy ? 'You are in a call. Hang up first.' : `Call ${number}`;
    if (this.wide) {
      const words = html`<pl-icon slot="start" name="phone"></pl-icon>Call ${number}`;
      return ready
        ? html`<wa-button appearance="outlined" title=${title} ?disabled=${busy} @click=${this.handleDial}
            >${words}</wa-button
          >`
        : html`<wa-button appearance="outlined" href=${`tel:${number}`}>${words}</wa-button>`;
    }
    const icon = html`<pl-icon name="phone" size="20"></pl-icon>`;
    return ready
      ? html`<button
          class="icon-button"
          aria-label=${`Call ${number}`}
          title=${title}
          ?disabled=${busy}
          @click=${this.handleDial}
        >
          ${icon}
        </button>`
      : html`<a class="icon-button" href=${`tel:${number}`} aria-label=${`Call ${number}`} title="Call">
          ${icon}
        </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-dial': PlDial;
  }
}
