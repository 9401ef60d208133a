/** What a campaign has come to, as figures that filter its recipients. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { responseRate, succeeded, type CampaignTotals, type RecipientResult } from '../../core/campaign.ts';
import { base } from '../styles/shared.ts';

const count = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: 'percent' });

interface Figure {
  label: string;
  value: number;
  /** Those whom it counts; empty for all. */
  results: readonly RecipientResult[];
  tone?: 'bad' | 'warning';
  detail?: string;
}

/** @fires choose - A figure was pressed (`chosen`). */
@customElement('pl-campaign-outcome')
export class PlCampaignOutcome extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        container-type: inline-size;
      }
      /* As wide as the words need, so that none wraps; what is left is shared. */
      ul {
        display: grid;
        grid-template-columns: repeat(2, minmax(max-content, 1fr));
        gap: var(--parley-space-2);
      }
      /* No gap at the end of the last row. */
      li:last-child:nth-child(odd) {
        grid-column: span 2;
      }
      li > * {
        display: grid;
        align-content: start;
        gap: 2px;
        width: 100%;
        height: 100%;
        padding: var(--parley-space-3);
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        background: var(--parley-surface);
        text-align: start;
      }
      button:hover {
        background: var(--parley-surface-2);
      }
      button[aria-pressed='true'] {
        border-color: var(--parley-accent);
        box-shadow: inset 0 0 0 1px var(--parley-accent);
      }
      strong {
        font-size: var(--parley-title);
        line-height: var(--parley-line-title);
        font-variant-numeric: tabular-nums;
      }
      .bad strong {
        color: var(--parley-red);
      }
      .warning strong {
        color: var(--parley-amber);
      }
      @container (min-width: 600px) {
        ul {
          grid-template-columns: repeat(4, minmax(max-content, 1fr));
          gap: var(--parley-space-3);
        }
      }
      @container (min-width: 1040px) {
        ul {
          grid-template-columns: none;
          grid-auto-columns: minmax(max-content, 1fr);
          grid-auto-flow: column;
        }
        li:last-child:nth-child(odd) {
          grid-column: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) totals!: CampaignTotals;
  /** The results that are shown below. */
  @property({ attribute: false }) shown: readonly RecipientResult[] = [];
  chosen: readonly RecipientResult[] = [];

  private handleChoose(results: readonly RecipientResult[]): void {
    const isShown = sameResults(results, this.shown);
    this.chosen = isShown ? [] : results;
    this.dispatchEvent(new Event('choose'));
  }

  override render() {
    return html`<ul aria-label="Result">
      ${figuresOf(this.totals).map((figure) => html`<li>${this.renderFigure(figure)}</li>`)}
      <li>${this.renderReplies()}</li>
    </ul>`;
  }

  private renderFigure({ label, value, results, tone, detail }: Figure): TemplateResult {
    return html`<button
      class=${value > 0 ? (tone ?? '') : ''}
      aria-pressed=${sameResults(results, this.shown)}
      @click=${() => this.handleChoose(results)}
    >
      <span class="quiet small">${label}</span>
      <strong>${count.format(value)}</strong>
      ${detail ? html`<span class="quiet small">${detail}</span>` : nothing}
    </button>`;
  }

  private renderReplies(): TemplateResult {
    const rate = responseRate(this.totals);
    return html`<div>
      <span class="quiet small">Replied</span>
      <strong>${count.format(this.totals.replied)}</strong>
      <span class="quiet small">${rate === null ? '' : `${percent.format(rate)} response rate`}</span>
    </div>`;
  }
}

function figuresOf(totals: CampaignTotals): Figure[] {
  const { total, waiting, queued, delivered, read, failed, unknown, optedOut, cancelled } = totals;
  const open = waiting + queued;
  return [
    {
      label: 'Recipients',
      value: total,
      results: [],
      ...(open > 0 ? { detail: `${count.format(open)} open` } : {}),
    },
    { label: 'Sent', value: succeeded(totals), results: ['sent', 'delivered', 'read'] },
    { label: 'Delivered', value: delivered + read, results: ['delivered', 'read'] },
    { label: 'Failed', value: failed, results: ['failed'], tone: 'bad' },
    { label: 'Unknown', value: unknown, results: ['unknown'], tone: 'warning' },
    { label: 'Opted out', value: optedOut, results: ['optedOut'] },
    ...(cancelled > 0
      ? [{ label: 'Cancelled', value: cancelled, results: ['cancelled'] as RecipientResult[] }]
      : []),
  ];
}

function sameResults(one: readonly RecipientResult[], other: readonly RecipientResult[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-outcome': PlCampaignOutcome;
  }
}
