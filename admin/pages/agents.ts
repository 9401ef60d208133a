/** /agents: everybody who can sign in. */
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Agent } from '../../core/agent.ts';
import { listAgents } from '../data/people.ts';
import { presences, presenceWord } from '../data/presence.ts';
import { Watch } from '../data/store.ts';
import type { Column } from '../elements/data-table.ts';
import { Loading } from '../elements/loading.ts';
import { matches, type PlSearch } from '../elements/search.ts';
import { exactTime, shortTime } from '../elements/times.ts';
import { peoplePages } from '../elements/page-tabs.ts';
import { base, page } from '../styles/shared.ts';
import '../elements/avatar.ts';
import '../elements/data-table.ts';
import '../elements/page-header.ts';
import '../elements/search.ts';
import '../elements/status.ts';

@customElement('pl-agents')
export class PlAgents extends LitElement {
  static override styles = [base, page];

  @state() private search = '';
  private agents = new Loading(this, listAgents);
  private presences = new Watch(this, presences);

  private columns: Column<Agent>[] = [
    {
      label: 'Name',
      cell: (agent) =>
        html`<span class="person">
          <pl-avatar size="28" .name=${agent.name} .photo=${agent.photo}></pl-avatar>
          <a href=${`/agents/${encodeURIComponent(agent.id)}`}>${agent.name}</a>
        </span>`,
    },
    { label: 'Extension', cell: (agent) => html`<span class="number">${agent.extension}</span>` },
    { label: 'E-mail', cell: (agent) => agent.email },
    { label: 'Role', cell: (agent) => (agent.role === 'admin' ? 'Admin' : 'Agent') },
    { label: 'Status', cell: (agent) => this.renderStatus(agent) },
    {
      label: 'Last sign-in',
      cell: (agent) =>
        agent.lastSignInAt === null
          ? 'Never'
          : html`<span title=${exactTime(agent.lastSignInAt)}
              >${shortTime(agent.lastSignInAt, Date.now())}</span
            >`,
    },
  ];

  private renderStatus(agent: Agent) {
    if (!agent.enabled) return html`<pl-status>Disabled</pl-status>`;
    const entry = this.presences.value.get(agent.id);
    if (!entry?.connected) return html`<pl-status>${presenceWord(entry)}</pl-status>`;
    const tone =
      entry.presence === 'available' ? 'good' : entry.presence === 'doNotDisturb' ? 'bad' : 'warning';
    return html`<pl-status tone=${entry.presence === 'offWork' ? 'off' : tone}
      >${presenceWord(entry)}</pl-status
    >`;
  }

  override render() {
    return html`
      <pl-page-header
        heading="Agents"
        help="Agents answer customers in the inbox; admins set up the workspace as well."
      >
        <wa-button slot="action" href="/agents/new" variant="brand" appearance="accent">
          <pl-icon slot="start" name="plus"></pl-icon>Add agent
        </wa-button>
      </pl-page-header>
      <pl-page-tabs label="Agents and groups" .pages=${peoplePages} current="/agents"></pl-page-tabs>
      ${this.agents.render(({ agents }) => {
        const shown = agents.filter((agent) =>
          matches(this.search, [agent.name, agent.extension, agent.email]),
        );
        return html`
          <pl-search
            label="Search agents"
            @search=${(event: Event) => (this.search = (event.target as PlSearch).value)}
          ></pl-search>
          <pl-table caption="Agents" .columns=${[...this.columns]} .rows=${shown}></pl-table>
          ${shown.length === 0 ? html`<p class="quiet">No agent matches the search.</p>` : nothing}
        `;
      })}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-agents': PlAgents;
  }
}
