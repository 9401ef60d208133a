/** /pbx: the company's telephone exchange, through which agents call customers' numbers, and whose extension is which. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Agent } from '../../core/agent.ts';
import { pbxExtensionInput, pbxInput, type PbxInput, type PbxSettings } from '../../core/pbx.ts';
import type { Problem } from '../../core/errors.ts';
import { together } from '../data/api.ts';
import { readPbx, removeExtension, saveExtension, savePbx } from '../data/pbx.ts';
import { listAgents } from '../data/people.ts';
import type { Column } from '../elements/data-table.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import * as z from 'zod';
import '../elements/confirm.ts';
import '../elements/data-table.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';
import { callPages } from '../elements/page-tabs.ts';
import '../elements/webawesome.ts';

/** An agent who may call out, and their extension. */
interface Row {
  agent: Agent;
  user: string | null;
}

interface ServerValues {
  server: { url: string; domain: string };
}

/** An address left empty switches the PBX off. */
const switchedOff = z.unknown().transform((): PbxInput => ({ server: null }));

@customElement('pl-pbx')
export class PlPbx extends LitElement {
  static override styles = [
    base,
    page,
    section,
    fields,
    css`
      .extensions {
        margin-block-start: var(--parley-space-6);
      }
      .extension {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
        align-items: start;
        gap: var(--parley-space-3);
        margin-block-start: var(--parley-space-4);
      }
      .extension h3 {
        grid-column: 1 / -1;
      }
      @media (max-width: 599px) {
        .extension {
          grid-template-columns: minmax(0, 1fr);
        }
        .extension .beside {
          margin: 0;
        }
      }
    `,
  ];

  private server = new Form<ServerValues>(this, { server: { url: '', domain: '' } });
  private extension = new Form(this, { user: '', password: '' });
  @state() private rows: readonly Row[] = [];
  /** Whose extension is being entered. */
  @state() private editing: Row | null = null;
  @state() private problem: Problem | null = null;
  private loaded = new Loading(
    this,
    async () => {
      const answer = await together(listAgents(), readPbx());
      if ('problem' in answer) return answer;
      const [{ agents }, pbx] = answer.value;
      return { value: { agents, pbx } };
    },
    ({ agents, pbx }) => {
      this.server.reset(editable(pbx));
      this.rows = rowsOf(agents, pbx);
    },
  );

  private take(pbx: PbxSettings): void {
    this.rows = rowsOf(this.loaded.value?.agents ?? [], pbx);
  }

  private handleServer = onSubmit(async () => {
    const isOff = this.server.values.server.url.trim() === '';
    const saved = await this.server.submit<PbxInput, PbxSettings>(isOff ? switchedOff : pbxInput, savePbx);
    if (!saved) return;
    await this.server.markSaved(editable(saved));
  });

  private edit(row: Row): void {
    this.editing = row;
    this.extension.reset({ user: row.user ?? row.agent.extension, password: '' });
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('.extension wa-input')?.focus(),
    );
  }

  private handleExtension = onSubmit(async () => {
    const { editing } = this;
    if (!editing) return;
    const saved = await this.extension.submit(pbxExtensionInput, (input) =>
      saveExtension(editing.agent.id, input),
    );
    if (!saved) return;
    this.editing = null;
    this.take(saved);
  });

  private async drop(row: Row): Promise<void> {
    const answer = await removeExtension(row.agent.id);
    this.problem = 'problem' in answer ? answer.problem : null;
    if ('value' in answer) this.take(answer.value);
  }

  private get columns(): Column<Row>[] {
    return [
      { label: 'Agent', cell: ({ agent }) => agent.name },
      { label: 'Extension at the PBX', cell: ({ user }) => user ?? 'None' },
      {
        label: 'Operations',
        cell: (row) =>
          html`<div class="row">
            <wa-button size="s" appearance="outlined" @click=${() => this.edit(row)}
              >${row.user === null ? 'Add' : 'Replace'}</wa-button
            >
            ${
              row.user === null
                ? nothing
                : html`<pl-confirm
                    size="s"
                    label="Remove"
                    question="Remove this extension? The agent's calls are then dialled by their own device."
                    @confirmed=${() => void this.drop(row)}
                  ></pl-confirm>`
            }
          </div>`,
      },
    ];
  }

  override render() {
    const { server } = this;
    return html`
      <pl-page-header
        heading="Calls"
        help="Through your PBX, agents who may call out reach customers' numbers from the inbox. It needs SIP over WebSocket: a WebRTC trunk or WebRTC extensions."
      ></pl-page-header>
      <pl-page-tabs label="Calls" .pages=${callPages} current="/pbx"></pl-page-tabs>
      ${this.problem ? problemNotice(this.problem) : nothing}
      ${this.loaded.render(
        () =>
          html`<form class="narrow server" novalidate @submit=${this.handleServer}>
              ${problemNotice(server.problem)}
              <section>
                <header>
                  <h2>PBX</h2>
                  <p>Without an address, calls are dialled by the agent's own device.</p>
                </header>
                ${textField({
                  label: 'WebSocket address',
                  value: server.values.server.url,
                  error: server.error('server.url'),
                  help: 'Where the PBX takes SIP over WebSocket, such as wss://pbx.example.com:8089/ws.',
                  change: (url) => server.set({ server: { ...server.values.server, url } }),
                })}
                ${textField({
                  label: 'Domain',
                  value: server.values.server.domain,
                  error: server.error('server.domain'),
                  help: 'What stands after the @ of extensions, such as pbx.example.com.',
                  change: (domain) => server.set({ server: { ...server.values.server, domain } }),
                })}
              </section>
              ${saveBar(server)}
            </form>
            <section class="narrow extensions">
              <header>
                <h2>Extensions</h2>
                <p>Each agent's own, with its password. Only that agent's page ever gets it.</p>
              </header>
              ${
                this.rows.length > 0
                  ? html`<pl-table
                      caption="Extensions"
                      .columns=${this.columns}
                      .rows=${this.rows}
                    ></pl-table>`
                  : html`<pl-empty icon="phone" heading="Nobody may call out"
                      >Allow it to agents on their pages, under Agents.</pl-empty
                    >`
              }
              ${this.editing ? this.renderExtension(this.editing) : nothing}
            </section>`,
      )}
    `;
  }

  private renderExtension({ agent, user }: Row): TemplateResult {
    const { extension } = this;
    return html`<form class="extension" novalidate @submit=${this.handleExtension}>
      <h3>Extension of ${agent.name}</h3>
      ${problemNotice(extension.problem)}
      ${textField({
        label: 'Extension',
        value: extension.values.user,
        error: extension.error('user'),
        autocomplete: 'off',
        change: (changed) => extension.set({ user: changed }),
      })}
      ${textField({
        label: 'Password',
        type: 'password',
        value: extension.values.password,
        error: extension.error('password'),
        autocomplete: 'new-password',
        ...(user === null ? {} : { help: 'One is stored. Leave this empty to keep it.' }),
        change: (password) => extension.set({ password }),
      })}
      <div class="row beside">
        <wa-button type="submit" variant="brand" appearance="accent" ?loading=${extension.busy}
          >Save</wa-button
        >
        <wa-button appearance="outlined" @click=${() => (this.editing = null)}>Cancel</wa-button>
      </div>
    </form>`;
  }
}

function editable({ server }: PbxSettings): ServerValues {
  return { server: server ?? { url: '', domain: '' } };
}

/** Those who may call out, and those who have an extension from when they might. */
function rowsOf(agents: readonly Agent[], { extensions }: PbxSettings): Row[] {
  const users = new Map(extensions.map(({ agent, user }) => [agent, user]));
  return agents
    .filter(({ id, mayCallOut }) => mayCallOut || users.has(id))
    .map((agent) => ({ agent, user: users.get(agent.id) ?? null }));
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-pbx': PlPbx;
  }
}
