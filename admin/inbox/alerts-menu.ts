/** How new messages make themselves known: sound, and the browser's notifications, which it asks to allow. */
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { base, iconButton } from '../styles/shared.ts';
import { soundIsOn, switchSound } from './notifier.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-alerts')
export class PlAlerts extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      .hint {
        max-width: 220px;
        padding: var(--parley-space-1) var(--parley-space-3) var(--parley-space-2);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
      }
    `,
  ];

  @state() private sound = soundIsOn();
  @state() private permission = typeof Notification === 'undefined' ? 'missing' : Notification.permission;

  private handleSelect = async (event: CustomEvent<{ item: { value: string } }>) => {
    if (event.detail.item.value === 'sound') {
      this.sound = !this.sound;
      switchSound(this.sound);
    } else if (this.permission === 'default') {
      this.permission = await Notification.requestPermission();
    }
  };

  override render() {
    const hints: Record<string, string> = {
      granted: 'Shown while this page is in the background.',
      denied: 'Blocked in the browser. Allow them in its settings for this site.',
      missing: 'This browser has none.',
      default: 'Your browser asks once.',
    };
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.handleSelect}>
      <button slot="trigger" class="icon-button" aria-label="Sound and notifications">
        <pl-icon name="bell" size="20"></pl-icon>
      </button>
      <wa-dropdown-item type="checkbox" value="sound" ?checked=${this.sound}>Sound</wa-dropdown-item>
      <wa-dropdown-item
        type="checkbox"
        value="notifications"
        ?checked=${this.permission === 'granted'}
        ?disabled=${this.permission !== 'default' && this.permission !== 'granted'}
        >Browser notifications</wa-dropdown-item
      >
      <p class="hint">${hints[this.permission]}</p>
    </wa-dropdown>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-alerts': PlAlerts;
  }
}
