/** /channels: the channels with their state and figures. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ChannelRow } from '../../core/channelApi.ts';
import type { Problem } from '../../core/errors.ts';
import { providers } from '../../core/providers/registry.ts';
import { deletionNotice } from '../channels/deletion.ts';
import { channelType, channelTypes } from '../channels/registry.ts';
import { deleteChannels, listChannels } from '../data/channels.ts';
import type { TimeRange } from '../data/periods.ts';
import type { Column, PlTable } from '../elements/data-table.ts';
import { Loading } from '../elements/loading.ts';
import { listStyles } from '../elements/paging.ts';
import type { PlPeriodFilter } from '../elements/period-filter.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { go } from '../router.ts';
import { base, page } from '../styles/shared.ts';
import '../channels/live-chat/embed-dialog.ts';
import '../channels/row-state.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import '../elements/period-filter.ts';
import '../elements/search.ts';

const count = new Intl.NumberFormat();

@customElement('pl-channels')
export class PlChannels extends LitElement {
  static override styles = [
    base,
    page,
    listStyles,
    css`
      :host {
        max-width: 1360px;
      }
      .filters {
        margin-block-end: var(--parley-space-4);
      }
    `,
  ];

  @state() private search = '';
  @state() private selected: ReadonlySet<string> = new Set();
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @state() private embed: ChannelRow | null = null;
  private range: TimeRange | null = null;
  private channels = new Loading(this, () => listChannels(this.range));

  private columns: Column<ChannelRow>[] = [
    {
      label: 'Name',
      cell: (row) => html`<a href=${`/channels/${encodeURIComponent(row.id)}`}>${row.name}</a>`,
    },
    { label: 'Status', cell: (row) => html`<pl-row-state .row=${row}></pl-row-state>` },
    { label: 'Type', cell: renderType },
    { label: 'Number', cell: renderNumber },
    { label: 'Destination', cell: (row) => row.destination },
    { label: 'Active', numeric: true, cell: (row) => count.format(row.activeSessions) },
    { label: 'Total', numeric: true, cell: (row) => count.format(row.statistics.total) },
    { label: 'Sent', numeric: true, cell: (row) => count.format(row.statistics.sent) },
    { label: 'Failed', numeric: true, cell: (row) => count.format(row.statistics.failed) },
    { label: 'Received', numeric: true, cell: (row) => count.format(row.statistics.received) },
    { label: '', cell: (row) => (row.type === 'liveChat' ? this.renderCode(row) : '') },
  ];

  private async deleteSelected(endSessions: boolean): Promise<void> {
    this.busy = true;
    const answer = await deleteChannels([...this.selected], endSessions);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.selected = new Set();
    await this.channels.reload();
  }

  private handleAdd = (event: CustomEvent<{ item: { value: string } }>) =>
    go(`/channels/new/${event.detail.item.value}`);

  override render() {
    return html`
      <pl-page-header
        heading="Channels"
        help="Where customers reach you. Each channel has a number and a destination for its messages."
      >
        <wa-dropdown slot="action" placement="bottom-end" @wa-select=${this.handleAdd}>
          <wa-button slot="trigger" variant="brand" appearance="accent" with-caret>
            <pl-icon slot="start" name="plus"></pl-icon>Add
          </wa-button>
          ${channelTypes.map(
            (type) =>
              html`<wa-dropdown-item value=${type.type}>
                <pl-icon slot="icon" name=${type.icon}></pl-icon>${type.label}
              </wa-dropdown-item>`,
          )}
        </wa-dropdown>
      </pl-page-header>
      <div class="stack">
        ${deletionNotice(this.problem, this.busy, () => void this.deleteSelected(true))}
        ${this.channels.render(({ channels }) => this.renderList(channels))}
      </div>
      <pl-embed-dialog
        .channel=${this.embed?.id ?? ''}
        .name=${this.embed?.name ?? ''}
        ?open=${this.embed !== null}
        @closed=${() => (this.embed = null)}
      ></pl-embed-dialog>
    `;
  }

  private renderCode(row: ChannelRow): TemplateResult {
    return html`<wa-button size="s" appearance="plain" title="Embed code" @click=${() => (this.embed = row)}
      ><pl-icon name="code"></pl-icon><span class="unseen">Code of ${row.name}</span></wa-button
    >`;
  }

  private renderList(channels: ChannelRow[]): TemplateResult {
    if (channels.length === 0) {
      return html`<pl-empty icon="message" heading="No channels yet">
        Start with Live Chat: a widget on your website, in two minutes. Or add your numbers and pages: SMS,
        WhatsApp, Facebook Messenger.
        <wa-button slot="action" href="/channels/new/liveChat" variant="brand" appearance="accent"
          >Add a live chat channel</wa-button
        >
      </pl-empty>`;
    }
    const shown = channels.filter((row) =>
      matches(this.search, [row.name, row.number, row.destination, ...typeWords(row)]),
    );
    return html`<div>
      <div class="filters">
        <pl-search
          label="Search channels"
          @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
        ></pl-search>
        <pl-period-filter
          @period=${(event: Event) => {
            this.range = (event.currentTarget as PlPeriodFilter).range;
            void this.channels.reload();
          }}
        ></pl-period-filter>
      </div>
      <pl-table
        caption="Channels"
        selectable
        dense
        .columns=${this.columns}
        .rows=${shown}
        .idOf=${(row: ChannelRow) => row.id}
        .nameOf=${(row: ChannelRow) => row.name}
        .selected=${this.selected}
        @selection=${(event: Event) => {
          this.selected = (event.target as PlTable).selected;
          this.problem = null;
        }}
      >
        <pl-confirm
          slot="bulk"
          size="s"
          label="Delete"
          question=${
            this.selected.size === 1
              ? 'Delete this channel? Customers no longer reach you there; the logs stay.'
              : `Delete ${this.selected.size} channels? Customers no longer reach you there; the logs stay.`
          }
          ?busy=${this.busy}
          @confirmed=${() => void this.deleteSelected(false)}
        ></pl-confirm>
      </pl-table>
      ${shown.length === 0 ? html`<p class="quiet">No channel matches the search.</p>` : nothing}
    </div>`;
  }
}

/** The channel's type as people call it, and its provider where the type leaves that open. */
function typeWords(row: ChannelRow): string[] {
  const type = channelType(row.type)?.label ?? row.type;
  const provider = row.type === 'sms' && row.provider ? providers[row.provider].label : null;
  return provider ? [type, provider] : [type];
}

function renderType(row: ChannelRow): TemplateResult {
  const [type, provider] = typeWords(row);
  return html`<div>${type} ${provider ? html`<div class="quiet small">${provider}</div>` : nothing}</div>`;
}

function renderNumber(row: ChannelRow): TemplateResult {
  return html`<div class="number">
    ${row.number}
    ${row.numbers > 1 ? html`<span class="quiet small">+${row.numbers - 1} more</span>` : nothing}
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channels': PlChannels;
  }
}
