/** /queues: message queues, who is in them and how sessions are picked up. */
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { everyoneGroup } from '../../core/agent.ts';
import type { Problem } from '../../core/errors.ts';
import { pickupModeNames, type Queue } from '../../core/queue.ts';
import { deleteQueues, listQueues } from '../data/queues.ts';
import type { Column, PlTable } from '../elements/data-table.ts';
import { problemNotice } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import '../elements/search.ts';

const columns: Column<Queue>[] = [
  {
    label: 'Name',
    cell: (queue) => html`<a href=${`/queues/${encodeURIComponent(queue.id)}`}>${queue.name}</a>`,
  },
  { label: 'Mode', cell: (queue) => pickupModeNames[queue.mode] },
  {
    label: 'Agents',
    numeric: true,
    cell: (queue) => (queue.groups.includes(everyoneGroup.id) ? 'All' : queue.agents.length),
  },
  { label: 'Groups', numeric: true, cell: (queue) => queue.groups.length },
];

@customElement('pl-queues')
export class PlQueues extends LitElement {
  static override styles = [base, page];

  @state() private search = '';
  @state() private selected: ReadonlySet<string> = new Set();
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  private queues = new Loading(this, listQueues);

  private handleDelete = async () => {
    this.busy = true;
    const answer = await deleteQueues([...this.selected]);
    this.busy = false;
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('problem' in answer) return;
    this.selected = new Set();
    await this.queues.reload();
  };

  override render() {
    return html`
      <pl-page-header
        heading="Queues"
        help="A queue gives new sessions to several agents at once, so that whoever is free answers."
      >
        <wa-button slot="action" href="/queues/new" variant="brand" appearance="accent">
          <pl-icon slot="start" name="plus"></pl-icon>Add queue
        </wa-button>
      </pl-page-header>
      <div class="stack">
        ${problemNotice(this.problem)} ${this.queues.render(({ queues }) => this.renderList(queues))}
      </div>
    `;
  }

  private renderList(queues: Queue[]) {
    if (queues.length === 0) {
      return html`<pl-empty icon="layers" heading="No queues yet">
        Create one, put agents into it, and choose it as the destination of a channel.
        <wa-button slot="action" href="/queues/new" variant="brand" appearance="accent"
          >Create a queue</wa-button
        >
      </pl-empty>`;
    }
    const shown = queues.filter((queue) => matches(this.search, [queue.name, pickupModeNames[queue.mode]]));
    return html`<div>
      <pl-search
        label="Search queues"
        @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
      ></pl-search>
      <pl-table
        caption="Queues"
        selectable
        .columns=${columns}
        .rows=${shown}
        .idOf=${(queue: Queue) => queue.id}
        .nameOf=${(queue: Queue) => queue.name}
        .selected=${this.selected}
        @selection=${(event: Event) => (this.selected = (event.target as PlTable).selected)}
      >
        <pl-confirm
          slot="bulk"
          size="s"
          label="Delete"
          question=${this.selected.size === 1 ? 'Delete this queue?' : `Delete ${this.selected.size} queues?`}
          ?busy=${this.busy}
          @confirmed=${this.handleDelete}
        ></pl-confirm>
      </pl-table>
      ${shown.length === 0 ? html`<p class="quiet">No queue matches the search.</p>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-queues': PlQueues;
  }
}
