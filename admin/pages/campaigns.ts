/** /campaigns: what was sent, is being sent and will be sent, with how it went. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { campaignStatus, responseRate, type CampaignStatus } from '../../core/campaign.ts';
import type { CampaignRow } from '../../core/campaignApi.ts';
import type { ChannelRow } from '../../core/channelApi.ts';
import type { Problem } from '../../core/errors.ts';
import type { PlCampaignActions } from '../campaigns/actions.ts';
import { isLively, momentWords, statusWords } from '../campaigns/words.ts';
import { deleteCampaigns, listCampaigns, mostCampaigns } from '../data/campaigns.ts';
import { listChannels } from '../data/channels.ts';
import type { TimeRange } from '../data/periods.ts';
import type { Column, PlTable } from '../elements/data-table.ts';
import { selectField } from '../elements/fields.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { listStyles, Paging, stillThere } from '../elements/paging.ts';
import type { PlPeriodFilter } from '../elements/period-filter.ts';
import { Polling } from '../elements/polling.ts';
import type { PlSearch } from '../elements/search.ts';
import { ownTimeZone } from '../elements/time-zone.ts';
import { exactTime } from '../elements/times.ts';
import { base, fields, page } from '../styles/shared.ts';
import '../campaigns/actions.ts';
import '../campaigns/state.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import '../elements/period-filter.ts';
import '../elements/search.ts';

const count = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: 'percent' });
/** Ms between looks while figures change, and while they do not. */
const pauses = { lively: 1_000, still: 15_000 };

@customElement('pl-campaigns')
export class PlCampaigns extends LitElement {
  static override styles = [
    base,
    page,
    fields,
    listStyles,
    css`
      :host {
        max-width: 1440px;
      }
      .filters {
        margin-block-end: var(--parley-space-4);
      }
      @media (max-width: 767px) {
        .filters {
          display: grid;
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .filters wa-select {
          min-width: 0;
        }
        .filters pl-search,
        pl-period-filter {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @state() private search = '';
  @state() private status: CampaignStatus | '' = '';
  @state() private channel = '';
  @state() private range: TimeRange | null = null;
  @state() private channels: ChannelRow[] = [];
  @state() private selected: ReadonlySet<string> = new Set();
  /** Why something was not done; stays until the next try. */
  @state() private refusal: Problem | null = null;
  @state() private deleting = false;
  private campaigns = new Paging<CampaignRow>(
    this,
    (wanted) => listCampaigns({ ...this.wanted, ...wanted }),
    mostCampaigns,
    (rows) => {
      this.selected = stillThere(this.selected, rows);
      this.polling.wait();
    },
  );
  private polling = new Polling(
    this,
    () => (this.campaigns.busy || this.deleting ? Promise.resolve() : this.campaigns.reload()),
    () => (this.campaigns.rows?.some((one) => isLively(one, Date.now())) ? pauses.lively : pauses.still),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void this.campaigns.begin();
    void this.loadChannels();
  }

  private get wanted() {
    const { search, status, channel, range } = this;
    return { search, status, channel, from: range?.from ?? null, to: range?.to ?? null };
  }

  private get isFiltered(): boolean {
    return this.search !== '' || this.status !== '' || this.channel !== '' || this.range !== null;
  }

  private async loadChannels(): Promise<void> {
    const answer = await listChannels();
    if ('problem' in answer) return;
    this.channels = answer.value.channels.filter(({ type }) => type === 'sms' || type === 'whatsapp');
  }

  private handleDelete = async () => {
    this.deleting = true;
    const answer = await deleteCampaigns([...this.selected]);
    this.deleting = false;
    this.refusal = 'problem' in answer ? answer.problem : null;
    if (this.refusal) return;
    this.selected = new Set();
    await this.campaigns.reload();
  };

  override render() {
    return html`
      <pl-page-header
        heading="Campaigns"
        help="One message to many people, by SMS or WhatsApp: now, or at a time of your choice."
      >
        <wa-button slot="action" href="/campaigns/new" variant="brand" appearance="accent">
          <pl-icon slot="start" name="plus"></pl-icon>Add campaign
        </wa-button>
      </pl-page-header>
      <div class="stack">
        ${problemNotice(this.refusal ?? this.campaigns.problem)}
        ${
          this.campaigns.rows
            ? this.renderList(this.campaigns.rows)
            : this.campaigns.problem
              ? nothing
              : html`<pl-placeholder></pl-placeholder>`
        }
      </div>
    `;
  }

  private renderList(campaigns: readonly CampaignRow[]): TemplateResult {
    if (this.campaigns.total === 0 && !this.isFiltered) {
      return html`<pl-empty icon="megaphone" heading="No campaigns yet">
        Write a message, choose who gets it from a CSV file or a phonebook, and see who answers.
        <wa-button slot="action" href="/campaigns/new" variant="brand" appearance="accent"
          >Add a campaign</wa-button
        >
      </pl-empty>`;
    }
    return html`<div>
      ${this.renderFilters()}
      ${campaigns.length > 0 ? this.renderTable(campaigns) : html`<p class="quiet">No campaign matches. Change or clear the filters.</p>`}
      ${this.campaigns.renderMore()}
    </div>`;
  }

  private renderFilters(): TemplateResult {
    return html`<div class="filters">
      <pl-search
        label="Search campaigns"
        @search=${(event: Event) => {
          this.search = (event.target as PlSearch).value;
          void this.campaigns.begin();
        }}
      ></pl-search>
      ${selectField({
        label: 'Status',
        value: this.status || 'all',
        choices: [
          { value: 'all', label: 'All' },
          ...campaignStatus.options.map((value) => ({ value, label: statusWords[value] })),
        ],
        change: (status) => {
          this.status = status === 'all' ? '' : status;
          void this.campaigns.begin();
        },
      })}
      ${selectField({
        label: 'Channel',
        value: this.channel || 'all',
        choices: [
          { value: 'all', label: 'All' },
          ...this.channels.map(({ id, name }) => ({ value: id, label: name })),
        ],
        change: (channel) => {
          this.channel = channel === 'all' ? '' : channel;
          void this.campaigns.begin();
        },
      })}
      <pl-period-filter
        label="Send time"
        @period=${(event: Event) => {
          this.range = (event.currentTarget as PlPeriodFilter).range;
          void this.campaigns.begin();
        }}
      ></pl-period-filter>
    </div>`;
  }

  private renderTable(campaigns: readonly CampaignRow[]): TemplateResult {
    return html`<pl-table
      caption="Campaigns"
      whole
      dense
      selectable
      .columns=${this.columns}
      .rows=${campaigns}
      .idOf=${(one: CampaignRow) => one.id}
      .nameOf=${(one: CampaignRow) => one.name}
      .selected=${this.selected}
      @selection=${(event: Event) => (this.selected = (event.target as PlTable).selected)}
    >
      <pl-confirm
        slot="bulk"
        size="s"
        label="Delete"
        question=${
          this.selected.size === 1
            ? 'Delete this campaign with its results?'
            : `Delete ${this.selected.size} campaigns with their results?`
        }
        ?busy=${this.deleting}
        @confirmed=${() => void this.handleDelete()}
      ></pl-confirm>
    </pl-table>`;
  }

  private columns: Column<CampaignRow>[] = [
    { label: 'Name', cell: renderName },
    {
      label: 'Status',
      cell: (one) => html`<pl-campaign-state .campaign=${one}></pl-campaign-state>`,
    },
    { label: 'Channel', cell: ({ channel }) => (channel.gone ? `${channel.name} (deleted)` : channel.name) },
    { label: 'Sender', cell: ({ number }) => html`<span class="number">${number}</span>` },
    { label: 'Recipients', cell: ({ phonebooks }) => phonebooks?.join(', ') ?? 'Input & import' },
    { label: 'Send time', cell: renderTime },
    {
      label: 'Send mode',
      cell: ({ destination }) => (destination ? `Sessions for ${destination.name}` : 'No sessions'),
    },
    {
      label: 'Result (failed/total)',
      numeric: true,
      wide: true,
      cell: ({ totals }) => `${count.format(totals.failed)}/${count.format(totals.total)}`,
    },
    {
      label: 'Response rate',
      numeric: true,
      wide: true,
      cell: ({ totals }) => {
        const rate = responseRate(totals);
        return rate === null ? '–' : percent.format(rate);
      },
    },
    {
      label: '',
      cell: (one) =>
        html`<pl-campaign-actions
          .campaign=${one}
          @changed=${() => {
            this.refusal = null;
            void this.campaigns.reload();
          }}
          @refused=${(event: Event) => {
            this.refusal = (event.currentTarget as PlCampaignActions).problem;
          }}
        ></pl-campaign-actions>`,
    },
  ];
}

/** A draft is opened to go on with it, everything else to see how it went. */
function renderName({ id, name, status }: CampaignRow): TemplateResult {
  const at = `/campaigns/${encodeURIComponent(id)}`;
  return html`<a href=${status === 'draft' ? `${at}/edit` : at}>${name}</a>`;
}

/** By the campaign's own clock; the viewer's on hover. */
function renderTime({ sendAt, timeZone }: CampaignRow): TemplateResult | string {
  if (sendAt === null) return '';
  const zone = timeZone ?? ownTimeZone();
  return html`<time datetime=${new Date(sendAt).toISOString()} title=${exactTime(sendAt)}
    >${momentWords(sendAt, zone)}${zone === ownTimeZone() ? nothing : html` <span class="quiet small">${zone}</span>`}</time
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-campaigns': PlCampaigns;
  }
}
