/** /groups: extension groups, which stand for their agents wherever agents are chosen. */
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { everyoneGroup, type Group } from '../../core/agent.ts';
import { listGroups } from '../data/people.ts';
import type { Column } from '../elements/data-table.ts';
import { Loading } from '../elements/loading.ts';
import { peoplePages } from '../elements/page-tabs.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/data-table.ts';
import '../elements/page-header.ts';

const columns: Column<Group>[] = [
  {
    label: 'Name',
    cell: (group) =>
      group.id === everyoneGroup.id
        ? html`<span>${group.name} <span class="quiet small">Every agent; cannot be changed</span></span>`
        : html`<a href=${`/groups/${encodeURIComponent(group.id)}`}>${group.name}</a>`,
  },
  { label: 'Agents', numeric: true, cell: (group) => group.agents.length },
];

@customElement('pl-groups')
export class PlGroups extends LitElement {
  static override styles = [base, page];

  private groups = new Loading(this, listGroups);

  override render() {
    return html`
      <pl-page-header heading="Groups" help="A group stands for its agents wherever agents can be chosen.">
        <wa-button slot="action" href="/groups/new" variant="brand" appearance="accent">
          <pl-icon slot="start" name="plus"></pl-icon>Add group
        </wa-button>
      </pl-page-header>
      <pl-page-tabs label="Agents and groups" .pages=${peoplePages} current="/groups"></pl-page-tabs>
      ${this.groups.render(({ groups }) => html`<pl-table caption="Groups" .columns=${columns} .rows=${groups}></pl-table>`)}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-groups': PlGroups;
  }
}
