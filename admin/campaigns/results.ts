/** A campaign's recipients with what became of their messages (CMP-08): searched, filtered, exported. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { failedReason, recipientResult, type RecipientResult } from '../../core/campaign.ts';
import type { Campaign, Recipient } from '../../core/campaignApi.ts';
import { resultsToCsv } from '../../core/campaignCsv.ts';
import type { Problem } from '../../core/errors.ts';
import { allRecipients, listRecipients, mostRecipients } from '../data/campaigns.ts';
import { saveCsv } from '../data/csv.ts';
import type { Column } from '../elements/data-table.ts';
import { selectField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
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
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--parley-space-4);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--parley-space-3);
      }
      .head h2 {
        flex: 1 0 100%;
      }
      pl-search {
        flex: 1 1 220px;
        margin: 0;
      }
      wa-select {
        flex: 0 1 200px;
        min-width: 160px;
      }
      .count {
        flex: 1 0 auto;
        color: var(--parley-text-3);
        text-align: end;
      }
      .more {
        padding: var(--parley-space-4);
        text-align: center;
      }
    `,
  ];

  /** Its recipients are read again whenever its figures change. */
  @property({ attribute: false }) campaign!: Campaign;
  /** Only these; empty for all. */
  @property({ attribute: false }) results: readonly RecipientResult[] = [];
  @state() private search = '';
  @state() private recipients: Recipient[] | null = null;
  @state() private total = 0;
  @state() private next: string | null = null;
  @state() private problem: Problem | null = null;
  @state() private busy: 'more' | 'export' | null = null;
  #turn = 0;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('campaign') as Campaign | undefined;
    if (!this.hasUpdated || changed.has('results') || changed.has('search')) void this.load(true);
    else if (before && isOther(before, this.campaign) && this.busy !== 'more') void this.load();
  }

  private get wanted() {
    return { search: this.search, result: this.results.join(',') };
  }

  private async load(anew = false): Promise<void> {
    const turn = ++this.#turn;
    const shown = anew ? 0 : (this.recipients?.length ?? 0);
    const answer = await listRecipients(this.campaign.id, {
      ...this.wanted,
      ...(shown > 0 ? { limit: Math.min(shown, mostRecipients) } : {}),
    });
    if (turn !== this.#turn) return;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    const { recipients, next, total } = answer.value;
    const further = anew ? [] : (this.recipients ?? []).slice(mostRecipients);
    this.recipients = [...recipients, ...further];
    if (further.length === 0) this.next = next;
    this.total = total;
  }

  private handleMore = async () => {
    const turn = ++this.#turn;
    this.busy = 'more';
    const answer = await listRecipients(this.campaign.id, { ...this.wanted, after: this.next });
    this.busy = null;
    if (turn !== this.#turn) return;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.recipients = [...(this.recipients ?? []), ...answer.value.recipients];
    this.next = answer.value.next;
  };

  private handleExport = async () => {
    this.busy = 'export';
    const answer = await allRecipients(this.campaign.id, this.wanted);
    this.busy = null;
    this.problem = 'problem' in answer ? answer.problem : null;
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
    const { recipients, total } = this;
    return html`
      <div class="head">
        <h2>Recipients</h2>
        <pl-search
          label="Search recipients"
          @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
        ></pl-search>
        ${this.renderFilter()}
        <span class="count number" role="status"
          >${total === 1 ? '1 recipient' : `${total.toLocaleString()} recipients`}</span
        >
        <wa-button
          appearance="outlined"
          ?loading=${this.busy === 'export'}
          ?disabled=${total === 0}
          @click=${() => void this.handleExport()}
        >
          <pl-icon slot="start" name="download"></pl-icon>Export
        </wa-button>
      </div>
      ${problemNotice(this.problem)} ${recipients === null ? nothing : this.renderTable(recipients)}
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

  private renderTable(recipients: Recipient[]): TemplateResult {
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
      ${
        this.next === null
          ? nothing
          : html`<p class="more">
              <wa-button
                appearance="plain"
                ?loading=${this.busy === 'more'}
                @click=${() => void this.handleMore()}
                >Show more (${(this.total - recipients.length).toLocaleString()} left)</wa-button
              >
            </p>`
      }`;
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
