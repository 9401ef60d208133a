/** A channel's status in the list, with its cause; and below what waits, or what nobody knows the outcome of. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChannelRow } from '../../core/channelApi.ts';
import { base } from '../styles/shared.ts';
import './status.ts';

const count = new Intl.NumberFormat();

@customElement('pl-row-state')
export class PlRowState extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 2px;
        justify-items: start;
        min-width: 128px;
        max-width: 220px;
      }
      .cause {
        display: -webkit-box;
        overflow: hidden;
        overflow-wrap: anywhere;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .unknown {
        color: var(--parley-amber);
      }
      @media (max-width: 767px) {
        :host {
          justify-items: end;
          text-align: end;
        }
        /* Nothing hovers on a phone: the cause stands there as a whole. */
        .cause {
          display: inline;
        }
      }
    `,
  ];

  @property({ attribute: false }) row: ChannelRow | null = null;

  override render() {
    const { row } = this;
    if (!row) return nothing;
    const { unknown } = row.statistics;
    return html`
      <pl-channel-status .status=${row.status}></pl-channel-status>
      ${row.cause ? html`<span class="quiet small cause" title=${row.cause}>${row.cause}</span>` : nothing}
      ${row.queued > 0 ? html`<span class="quiet small">${queuedWords(row)}</span>` : nothing}
      ${
        unknown > 0
          ? html`<span class="small unknown"
              >${unknown === 1 ? '1 outcome unknown' : `${count.format(unknown)} outcomes unknown`}</span
            >`
          : nothing
      }
    `;
  }
}

function queuedWords({ queued, oldestQueuedAt }: ChannelRow): string {
  const words = `${count.format(queued)} queued`;
  return oldestQueuedAt === null ? words : `${words} for up to ${ageWords(Date.now() - oldestQueuedAt)}`;
}

/** Such as 40 s, 12 min, 3 h, 2 d. */
function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-row-state': PlRowState;
  }
}
