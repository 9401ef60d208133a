/** /channels: the channels with their state and figures. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ChannelRow } from '../../core/api.ts';
import type { Problem } from '../../core/errors.ts';
import { channelType, channelTypes } from '../channels/registry.ts';
import { deleteChannels, listChannels } from '../data/channels.ts';
import type { Column, PlTable } from '../elements/data-table.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { go } from '../router.ts';
import { base, iconButton, page } from '../styles/shared.ts';
import '../channels/live-chat/embed-dialog.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import '../elements/search.ts';
import '../elements/status.ts';

const count = new Intl.NumberFormat();

@customElement('pl-channels')
export class PlChannels extends LitElement {
  static override styles = [
    base,
    page,
    iconButton,
    css`
      .in-use {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--parley-space-3);
      }
    `,
  ];

  @state() private search = '';
  @state() private selected: ReadonlySet<string> = new Set();
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @state() private embed: ChannelRow | null = null;
  private channels = new Loading(this, listChannels);

  private columns: Column<ChannelRow>[] = [
    {
      label: 'Name',
      cell: (row) => html`<a href=${`/channels/${encodeURIComponent(row.id)}`}>${row.name}</a>`,
    },
    {
      label: 'Status',
      cell: (row) =>
        row.status === 'connected'
          ? html`<pl-status tone="good">Connected</pl-status>`
          : html`<pl-status>Disabled</pl-status>`,
    },
    { label: 'Type', cell: (row) => channelType(row.type)?.label ?? row.type },
    { label: 'Number', cell: (row) => html`<span class="number">${row.number}</span>` },
    { label: 'Destination', cell: (row) => row.destination },
    { label: 'Active', numeric: true, cell: (row) => count.format(row.activeSessions) },
    { label: 'Total', numeric: true, cell: (row) => count.format(row.statistics.total) },
    { label: 'Sent', numeric: true, cell: (row) => count.format(row.statistics.sent) },
    { label: 'Failed', numeric: true, cell: (row) => count.format(row.statistics.failed) },
    { label: 'Received', numeric: true, cell: (row) => count.format(row.statistics.received) },
    {
      label: '',
      cell: (row) =>
        html`<wa-button size="s" appearance="plain" @click=${() => (this.embed = row)}
          ><pl-icon slot="start" name="code"></pl-icon>Code<span class="unseen">
            of ${row.name}</span
          ></wa-button
        >`,
    },
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
        ${this.renderProblem()} ${this.channels.render(({ channels }) => this.renderList(channels))}
      </div>
      <pl-embed-dialog
        .channel=${this.embed?.id ?? ''}
        .name=${this.embed?.name ?? ''}
        ?open=${this.embed !== null}
        @closed=${() => (this.embed = null)}
      ></pl-embed-dialog>
    `;
  }

  /** Open sessions refuse a deletion: says so, and offers to end them. */
  private renderProblem(): TemplateResult | typeof nothing {
    if (this.problem?.code !== 'in_use') return problemNotice(this.problem);
    return html`<pl-notice tone="error">
      <div class="in-use">
        <span
          >${this.problem.message}
          ${this.problem.details ? html`<strong>${this.problem.details.join(', ')}</strong>` : nothing}</span
        >
        <pl-confirm
          size="s"
          label="Delete and end the sessions"
          question="Open sessions are closed, and their customers told. Delete?"
          ?busy=${this.busy}
          @confirmed=${() => void this.deleteSelected(true)}
        ></pl-confirm>
      </div>
    </pl-notice>`;
  }

  private renderList(channels: ChannelRow[]): TemplateResult {
    if (channels.length === 0) {
      return html`<pl-empty icon="message" heading="No channels yet">
        Start with Live Chat: a widget on your website, in two minutes.
        <wa-button slot="action" href="/channels/new/liveChat" variant="brand" appearance="accent"
          >Add a live chat channel</wa-button
        >
      </pl-empty>`;
    }
    const shown = channels.filter((row) => matches(this.search, [row.name, row.number, row.destination]));
    return html`<div>
      <pl-search
        label="Search channels"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      <pl-table
        caption="Channels"
        selectable
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
              ? 'Delete this channel? Its widget stops working.'
              : `Delete ${this.selected.size} channels? Their widgets stop working.`
          }
          ?busy=${this.busy}
          @confirmed=${() => void this.deleteSelected(false)}
        ></pl-confirm>
      </pl-table>
      ${shown.length === 0 ? html`<p class="quiet">No channel matches the search.</p>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-channels': PlChannels;
  }
}
