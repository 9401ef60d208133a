/** A campaign's recipients with what became of their messages (CMP-08): searched, filtered, exported. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { failedReason, recipientResult, type RecipientResult } from '../../core/campaign.ts';
import type { Campaign, Recipient } from '../../core/campaignApi.ts';
import { resultsToCsv } from '../../core/campaignCsv.ts';
import type { Problem } from '../../core/errors.ts';
import { allRecipients, listRecipients, mostRecipients } from '../data/campaigns.ts';
import { saveCsv } from '../data/csv.ts';
import { counted } from '../elements/counts.ts';
import type { Column } from '../elements/data-table.ts';
import { selectField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { listStyles, Paging } from '../elements/paging.ts';
import type { PlSearch } from '../elements/search.ts';
import { exactTime, shortTime } from '../elements/times.ts';
import { base, fields } from '../styles/shared.ts';
import { resultTones, resultWords } from './words.ts';
import '../elements/data-table.ts';
import '../elements/icon.ts';
import '../elements/search.ts';
import '../elements/status.ts';

/** @fires filter - `results` has changed. */
@customElement('pl-campaign-results')
export class PlCampaignResults extends LitElement {
  static override styles = [
    base,
    fields,
    listStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--parley-space-4);
      }
      .filters h2 {
        flex: 1 0 100%;
      }
    `,
  ];

  /** Its recipients are read again whenever its figures change. */
  @property({ attribute: false }) campaign!: Campaign;
  /** Only these; empty for all. */
  @property({ attribute: false }) results: readonly RecipientResult[] = [];
  @state() private search = '';
  /** Why something was not done; stays until the next try. */
  @state() private refusal: Problem | null = null;
  @state() private exporting = false;
  private recipients = new Paging<Recipient>(
    this,
    (wanted) => listRecipients(this.campaign.id, { ...this.wanted, ...wanted }),
    mostRecipients,
  );

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('campaign') as Campaign | undefined;
    if (!this.hasUpdated || changed.has('results') || changed.has('search')) void this.recipients.begin();
    else if (before && isOther(before, this.campaign) && !this.recipients.busy) void this.recipients.reload();
  }

  private get wanted() {
    return { search: this.search, result: this.results.join(',') };
  }

  private handleExport = async () => {
    this.exporting = true;
    const answer = await allRecipients(this.campaign.id, this.wanted);
    this.exporting = false;
    this.refusal = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    const name = this.campaign.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
    saveCsv(
      `campaign-${name || this.campaign.id}`,
      resultsToCsv(answer.value, (result) => resultWords[result]),
    );
  };

  private filter(results: readonly RecipientResult[]): void {
    this.results = results;
    this.dispatchEvent(new Event('filter'));
  }

  override render() {
    const { rows, total, problem } = this.recipients;
    return html`
      <div class="filters">
        <h2>Recipients</h2>
        <pl-search
          label="Search recipients"
          @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
        ></pl-search>
        ${this.renderFilter()}
        <span class="count number" role="status">${counted(total, 'recipient')}</span>
        <wa-button
          appearance="outlined"
          ?loading=${this.exporting}
          ?disabled=${total === 0}
          @click=${() => void this.handleExport()}
        >
          <pl-icon slot="start" name="download"></pl-icon>Export
        </wa-button>
      </div>
      ${problemNotice(this.refusal ?? problem)} ${rows === null ? nothing : this.renderTable(rows)}
    `;
  }

  private renderFilter(): TemplateResult {
    const [only] = this.results;
    const value = this.results.length === 0 ? 'all' : this.results.length === 1 && only ? only : 'several';
    return selectField({
      label: 'Result',
      value,
      choices: [
        { value: 'all', label: 'All' },
        ...(value === 'several'
          ? [{ value, label: this.results.map((result) => resultWords[result]).join(', ') }]
          : []),
        ...recipientResult.options.map((result) => ({ value: result, label: resultWords[result] })),
      ],
      change: (chosen) => {
        const result = recipientResult.safeParse(chosen).data;
        if (chosen !== 'several') this.filter(result ? [result] : []);
      },
    });
  }

  private renderTable(recipients: readonly Recipient[]): TemplateResult {
    if (recipients.length === 0) {
      const isFiltered = this.search !== '' || this.results.length > 0;
      return html`<p class="quiet">
        ${isFiltered ? 'Nobody matches. Change or clear the filters.' : this.emptyWords()}
      </p>`;
    }
    return html`<pl-table
        caption="Recipients"
        whole
        dense
        .columns=${columns}
        .rows=${recipients}
        .idOf=${(one: Recipient) => one.number}
        .nameOf=${(one: Recipient) => one.number}
      ></pl-table>
      ${this.recipients.renderMore()}`;
  }

  private emptyWords(): string {
    return this.campaign.phonebooks
      ? 'The phonebooks are read when sending begins. Who gets the message stands here then.'
      : 'There are no recipients yet.';
  }
}

function isOther(before: Campaign, now: Campaign): boolean {
  return before.status !== now.status || JSON.stringify(before.totals) !== JSON.stringify(now.totals);
}

const columns: Column<Recipient>[] = [
  { label: 'Number', cell: ({ number }) => html`<span class="number">${number}</span>` },
  { label: 'Contact name', cell: ({ name }) => name },
  {
    label: 'Result',
    cell: ({ result, replied }) =>
      html`<pl-status tone=${resultTones[result]}
        >${resultWords[result]}${replied ? ', replied' : nothing}</pl-status
      >`,
  },
  { label: 'Failed reason', cell: ({ error }) => failedReason(error) },
  {
    label: 'Time',
    cell: ({ at }) =>
      at === null
        ? ''
        : html`<time style="white-space: nowrap" datetime=${new Date(at).toISOString()} title=${exactTime(at)}
            >${shortTime(at, Date.now())}</time
          >`,
  },
];

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaign-results': PlCampaignResults;
  }
}
