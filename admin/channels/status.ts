/** `<pl-channel-status .status=${'connected'}>`: a channel's status by the guide's names, with icon and colour. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChannelStatus } from '../../core/messagingChannel.ts';
import type { IconName } from '../elements/icons.ts';
import { base } from '../styles/shared.ts';
import '../elements/icon.ts';

type Tone = 'good' | 'warning' | 'bad' | 'off';

export const statusWords: Record<ChannelStatus, { label: string; tone: Tone; icon: IconName }> = {
  connected: { label: 'Connected', tone: 'good', icon: 'circleCheck' },
  unauthorized: { label: 'Unauthorized', tone: 'bad', icon: 'key' },
  unavailable: {
    label: 'Services of the recipient platform are unavailable',
    tone: 'bad',
    icon: 'unplug',
  },
  unknown: { label: 'Unknown', tone: 'warning', icon: 'question' },
  requestFailed: { label: 'Request Failed', tone: 'bad', icon: 'circleAlert' },
  unchecked: { label: 'Not checked yet', tone: 'off', icon: 'clock' },
  disabled: { label: 'Disabled', tone: 'off', icon: 'ban' },
};

@customElement('pl-channel-status')
export class PlChannelStatus extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        align-items: flex-start;
        gap: var(--parley-space-2);
        text-align: start;
        color: var(--parley-text-2);
      }
      pl-icon {
        margin-block-start: 2px;
      }
      .good {
        color: var(--parley-green);
      }
      .warning {
        color: var(--parley-amber);
      }
      .bad {
        color: var(--parley-red);
      }
    `,
  ];

  @property({ attribute: false }) status: ChannelStatus = 'unchecked';

  override render() {
    const { label, tone, icon } = statusWords[this.status];
    return html`<pl-icon class=${tone} name=${icon}></pl-icon><span>${label}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channel-status': PlChannelStatus;
  }
}
