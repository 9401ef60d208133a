/** How new messages make themselves known, in short: the profile page has all of it. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { defaultNotifications, notifyAbout, type NotifyAbout } from '../../core/notifications.ts';
import { desk } from '../data/desk.ts';
import { changeNotifications, notifications } from '../data/notifications.ts';
import { Watch } from '../data/store.ts';
import { go } from '../router.ts';
import { base, iconButton } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

/** What the three choices are called, here and on the profile page. */
export const aboutNames: Record<NotifyAbout, string> = {
  all: 'All in my queues',
  mine: 'Only my sessions',
  mentions: 'Only mentions',
};

@customElement('pl-alerts')
export class PlAlerts extends LitElement {
  static override styles = [
    base,
    iconButton,
    css`
      h3,
      .hint {
        max-width: 240px;
        padding: var(--parley-space-2) var(--parley-space-3) var(--parley-space-1);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
      }
      .hint {
        font-weight: var(--parley-weight);
      }
    `,
  ];

  @state() private permission: NotificationPermission | 'missing' =
    typeof Notification === 'undefined' ? 'missing' : Notification.permission;
  private notifications = new Watch(this, notifications);
  private desk = new Watch(this, desk.state);

  private handleSelect = async (event: CustomEvent<{ item: { value: string } }>) => {
    const { value } = event.detail.item;
    const settings = this.notifications.value?.settings ?? defaultNotifications;
    const about = notifyAbout.options.find((option) => `about:${option}` === value);
    if (value === 'sound') await changeNotifications({ sound: !settings.sound });
    else if (value === 'notifications') await this.switchNotifications(settings.notifications);
    else if (value === 'settings') await go('/profile');
    else if (about) await changeNotifications({ about });
  };

  /** Switching them on asks for the browser's permission where that is missing. */
  private async switchNotifications(on: boolean): Promise<void> {
    const asks = this.permission === 'default';
    if (asks) this.permission = await Notification.requestPermission();
    // What was on but could not be shown is what the person has just switched on.
    if (!(asks && on)) await changeNotifications({ notifications: !on });
  }

  override render() {
    const { settings } = this.notifications.value ?? { settings: defaultNotifications };
    const { agent, presence } = this.desk.value;
    const own = agent === null ? undefined : presence.get(agent)?.presence;
    const quiet = own === 'doNotDisturb';
    const silent = quiet || !(settings.sound || settings.notifications);
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.handleSelect}>
      <button slot="trigger" class="icon-button" aria-label="Sound and notifications">
        <pl-icon name=${silent ? 'bellOff' : 'bell'} size="20"></pl-icon>
      </button>
      ${quiet ? html`<p class="hint" role="note">Quiet while you are in Do Not Disturb.</p>` : nothing}
      <wa-dropdown-item type="checkbox" value="sound" ?checked=${settings.sound}>Sound</wa-dropdown-item>
      <wa-dropdown-item
        type="checkbox"
        value="notifications"
        ?checked=${settings.notifications && this.permission === 'granted'}
        ?disabled=${this.permission === 'denied' || this.permission === 'missing'}
        >Browser notifications</wa-dropdown-item
      >
      <p class="hint">${hints[this.permission]}</p>
      <wa-divider></wa-divider>
      <h3>About</h3>
      ${notifyAbout.options.map(
        (option) =>
          html`<wa-dropdown-item
            type="checkbox"
            value=${`about:${option}`}
            ?checked=${option === settings.about}
            >${aboutNames[option]}</wa-dropdown-item
          >`,
      )}
      <wa-divider></wa-divider>
      <wa-dropdown-item value="settings">All settings</wa-dropdown-item>
    </wa-dropdown>`;
  }
}

const hints: Record<NotificationPermission | 'missing', string> = {
  granted: 'Shown while no page is on the screen.',
  denied: 'Blocked in the browser. Allow them in its settings for this site.',
  missing: 'This browser has none.',
  default: 'Your browser asks once.',
};

declare global {
  interface HTMLElementTagNameMap {
    'pl-alerts': PlAlerts;
  }
}
