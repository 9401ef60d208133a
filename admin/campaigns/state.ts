/** A campaign's status in words, with its progress while it is being sent, and why it has stopped. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { settled } from '../../core/campaign.ts';
import type { CampaignRow } from '../../core/campaignApi.ts';
import { base } from '../styles/shared.ts';
import { statusTones, statusWords } from './words.ts';
import '../elements/status.ts';
import '../elements/webawesome.ts';

@customElement('pl-campaign-state')
export class PlCampaignState extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--parley-space-1);
        justify-items: start;
        min-width: 120px;
        max-width: 240px;
      }
      .progress {
        display: grid;
        gap: 2px;
        width: 100%;
      }
      wa-progress-bar {
        --track-height: 6px;
        --indicator-color: var(--parley-accent);
      }
      .reason {
        overflow-wrap: anywhere;
        color: var(--parley-red);
      }
      @media (max-width: 767px) {
        :host(:not([wide])) {
          justify-items: end;
          text-align: end;
        }
      }
      :host([wide]) {
        max-width: none;
      }
    `,
  ];

  @property({ attribute: false }) campaign!: CampaignRow;
  /** Alone on its line. */
  @property({ type: Boolean, reflect: true }) wide = false;

  override render() {
    const { status, totals, stopReason } = this.campaign;
    const isUnderWay = totals.total > 0 && ['executing', 'retrying', 'paused', 'stop'].includes(status);
    const done = settled(totals);
    return html`
      <pl-status tone=${statusTones[status]}>${statusWords[status]}</pl-status>
      ${
        isUnderWay
          ? html`<div class="progress">
              <wa-progress-bar
                label="Progress"
                value=${Math.floor((100 * done) / totals.total)}
              ></wa-progress-bar>
              <span class="quiet small number"
                >${done.toLocaleString()} of ${totals.total.toLocaleString()}</span
              >
            </div>`
          : nothing
      }
      ${stopReason ? html`<span class="small reason">${stopReason}</span>` : nothing}
      ${
        status === 'pending'
          ? html`<span class="quiet small">Waits for another campaign on this channel.</span>`
          : nothing
      }
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-state': PlCampaignState;
  }
}
