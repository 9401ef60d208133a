/** A part of the profile page: what the agent is told of, how it sounds, and the devices that are pushed to (AG-13). */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { tone, type NotificationSettings, type PushDevice } from '../../core/notifications.ts';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import { changeNotifications, notifications, removeDevice, testDevice } from '../data/notifications.ts';
import { switchPushOff, switchPushOn, thisDevice } from '../data/push.ts';
import { Watch } from '../data/store.ts';
import { radioField, selectField, switchField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { dayDate, exactTime } from '../elements/times.ts';
import { aboutNames } from '../inbox/alerts-menu.ts';
import { toneNames, tryTone } from '../inbox/chime.ts';
import { base, fields, iconButton, section } from '../styles/shared.ts';
import '../elements/icon.ts';
import '../elements/webawesome.ts';

@customElement('pl-notification-settings')
export class PlNotificationSettings extends LitElement {
  static override styles = [
    base,
    section,
    fields,
    iconButton,
    css`
      .sound {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
        gap: var(--parley-space-4);
        align-items: end;
      }
      .volume {
        display: grid;
        gap: var(--parley-space-1);
      }
      input {
        width: 100%;
        height: var(--wa-form-control-height);
        margin: 0;
        accent-color: var(--parley-focus);
      }
      h3 {
        margin-block-start: var(--parley-space-2);
      }
      .devices {
        display: grid;
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius);
      }
      .devices li {
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        padding: var(--parley-space-2) var(--parley-space-2) var(--parley-space-2) var(--parley-space-3);
      }
      .devices li + li {
        border-block-start: 1px solid var(--parley-border);
      }
      .device {
        flex: 1;
        min-width: 0;
        line-height: 1.3;
      }
      @media (max-width: 599px) {
        .sound {
          grid-template-columns: minmax(0, 1fr);
          align-items: stretch;
        }
      }
    `,
  ];

  @state() private problem: Problem | null = null;
  @state() private busy = false;
  /** What was done last, for those who do not see it. */
  @state() private said = '';
  private notifications = new Watch(this, notifications);
  private device = new Watch(this, thisDevice);

  private change(change: Partial<NotificationSettings>): void {
    void this.run(() => changeNotifications(change));
  }

  private async run(request: () => Promise<Answer<unknown> | void>, said = 'Saved'): Promise<void> {
    this.busy = true;
    this.problem = null;
    const answer = await request();
    this.busy = false;
    this.problem = answer && 'problem' in answer ? answer.problem : null;
    this.said = this.problem ? '' : said;
  }

  override render() {
    const { value } = this.notifications;
    if (!value) return nothing;
    const { settings } = value;
    return html`<section>
      <header>
        <h2>Notifications</h2>
        <p>How you hear of new messages, wherever you are signed in. Do Not Disturb silences all of it.</p>
      </header>
      ${problemNotice(this.problem)}
      ${radioField({
        label: 'Tell me about',
        value: settings.about,
        choices: [
          { value: 'all', label: aboutNames.all },
          { value: 'mine', label: aboutNames.mine, help: 'Not about what waits in a queue.' },
          { value: 'mentions', label: aboutNames.mentions, help: 'When a colleague names you.' },
        ],
        change: (about) => this.change({ about }),
      })}
      ${switchField({
        label: 'Sound',
        checked: settings.sound,
        change: (sound) => this.change({ sound }),
      })}
      ${settings.sound ? this.renderSound(settings) : nothing}
      ${switchField({
        label: 'Notifications',
        checked: settings.notifications,
        help: 'Of the browser while no page is on the screen, and on the devices below.',
        change: (on) => this.change({ notifications: on }),
      })}
      ${switchField({
        label: 'Hide what was written',
        checked: settings.hideText,
        help: 'Notifications then say who wrote, and nothing more.',
        change: (hideText) => this.change({ hideText }),
      })}
      <h3>Devices</h3>
      ${this.renderDevices(value.devices)} ${this.renderThisDevice(value.publicKey, value.devices)}
      <span class="unseen" role="status">${this.said}</span>
    </section>`;
  }

  private renderSound(settings: NotificationSettings): TemplateResult {
    return html`<div class="sound">
      ${selectField({
        label: 'Tone',
        value: settings.tone,
        choices: tone.options.map((value) => ({ value, label: toneNames[value] })),
        change: (chosen) => {
          tryTone(chosen, settings.volume);
          this.change({ tone: chosen });
        },
      })}
      <label class="volume">
        <span class="field-label">Volume</span>
        <input
          type="range"
          min="0"
          max="100"
          step="5"
          .value=${String(settings.volume)}
          @change=${(event: Event) => {
            const volume = (event.currentTarget as HTMLInputElement).valueAsNumber;
            tryTone(settings.tone, volume);
            this.change({ volume });
          }}
        />
      </label>
      <wa-button appearance="outlined" @click=${() => tryTone(settings.tone, settings.volume)}
        >Play</wa-button
      >
    </div>`;
  }

  private renderDevices(devices: readonly PushDevice[]): TemplateResult {
    if (devices.length === 0) {
      return html`<p class="quiet">
        No device yet. A device is told of messages also while Parley is closed on it.
      </p>`;
    }
    const own = this.device.value.id;
    return html`<ul class="devices">
      ${devices.map(
        (device) =>
          html`<li>
            <div class="device">
              <div>${device.label}${device.id === own ? ' (this device)' : ''}</div>
              <div class="quiet small">${usage(device)}</div>
            </div>
            <wa-button
              size="s"
              appearance="plain"
              ?disabled=${this.busy}
              @click=${() => void this.run(() => testDevice(device.id), 'A test is on its way')}
              >Send test</wa-button
            >
            <button
              class="icon-button"
              aria-label=${`Remove ${device.label}`}
              title="Remove"
              ?disabled=${this.busy}
              @click=${() => void this.removeDevice(device.id)}
            >
              <pl-icon name="trash"></pl-icon>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private removeDevice(id: string): Promise<void> {
    return this.run(
      id === this.device.value.id ? () => switchPushOff() : () => removeDevice(id),
      'The device was removed',
    );
  }

  private renderThisDevice(
    publicKey: string,
    devices: readonly PushDevice[],
  ): TemplateResult | typeof nothing {
    const { permission, id } = this.device.value;
    if (permission === 'granted' && devices.some((device) => device.id === id)) return nothing;
    if (permission === 'missing') {
      return html`<p class="quiet">
        This browser cannot be told while Parley is closed. On an iPhone or iPad, add Parley to the home
        screen first (Share, then Add to Home Screen), and open it there. Push also needs HTTPS.
      </p>`;
    }
    if (permission === 'denied') {
      return html`<p class="quiet">
        Notifications are blocked in this browser. Allow them in its settings for this site.
      </p>`;
    }
    return html`<div class="row">
      <wa-button
        appearance="outlined"
        ?loading=${this.busy}
        @click=${() => void this.run(() => switchPushOn(publicKey), 'This device is told from now on')}
      >
        <pl-icon slot="start" name="bell"></pl-icon>Turn on for this device
      </wa-button>
    </div>`;
  }
}

function usage({ createdAt, lastUsedAt }: PushDevice): TemplateResult {
  const at = lastUsedAt ?? createdAt;
  const word = lastUsedAt === null ? 'Added' : 'Last used';
  return html`${word}
    <time datetime=${new Date(at).toISOString()} title=${exactTime(at)}>${dayDate(at)}</time>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-notification-settings': PlNotificationSettings;
  }
}
