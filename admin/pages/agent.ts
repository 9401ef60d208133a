/** /agents/new and /agents/:id: who somebody is, what they may do, and how they sign in. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { agentInput, everyoneGroup, type Agent, type AgentInput, type Group } from '../../core/agent.ts';
import { problem } from '../../core/errors.ts';
import { account } from '../data/account.ts';
import { together, type Answer } from '../data/api.ts';
import {
  changeAgent,
  createAgent,
  deleteAgent,
  listAgents,
  listGroups,
  makePasswordLink,
  signAgentOut,
} from '../data/people.ts';
import { checkboxField, radioField, switchField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import type { PlPicture } from '../elements/picture-field.ts';
import { go } from '../router.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/confirm.ts';
import '../elements/copy-field.ts';
import '../elements/page-header.ts';
import '../elements/picture-field.ts';

const roles = [
  { value: 'agent', label: 'Agent', help: 'Answers customers in the inbox.' },
  { value: 'admin', label: 'Admin', help: 'Sees and sets up everything, and answers customers too.' },
] as const;

const empty: AgentInput = {
  extension: '',
  name: '',
  email: '',
  role: 'agent',
  photo: null,
  groups: [],
  mayCallOut: false,
  enabled: true,
};

interface Loaded {
  agent: Agent | null;
  groups: Group[];
  nextExtension: string;
}

@customElement('pl-agent')
export class PlAgent extends LitElement {
  static override styles = [base, page, section, fields];

  /** An id, or `new`. */
  @property({ attribute: false }) agent = 'new';
  @state() private link: { url: string; name: string } | null = null;
  @state() private note = '';
  private form = new Form<AgentInput>(this, empty);
  private loaded = new Loading(
    this,
    () => read(this.agent),
    ({ agent, nextExtension }) =>
      this.form.reset(agent ? agentInput.parse(agent) : { ...empty, extension: nextExtension }),
  );

  private handleSubmit = onSubmit(async () => {
    if (this.agent === 'new') {
      const made = await this.form.submit(agentInput, (input) => createAgent({ ...input, password: null }));
      if (!made) return;
      await this.form.markSaved();
      this.link = made.passwordLink === null ? null : { url: made.passwordLink, name: made.agent.name };
      if (!this.link) await go('/agents', { replace: true });
      return;
    }
    if (await this.form.submit(agentInput, (input) => changeAgent(this.agent, input)))
      await this.form.markSaved();
  });

  private handleLink = async () => {
    const answer = await makePasswordLink(this.agent);
    if ('problem' in answer) return this.showProblem(answer);
    this.link = { url: answer.value.passwordLink, name: this.form.values.name };
  };

  private handleSignOut = async () => {
    const answer = await signAgentOut(this.agent);
    if ('problem' in answer) return this.showProblem(answer);
    this.note = 'Signed out on all devices.';
  };

  private handleDelete = async () => {
    const gone = await this.form.delete(() => deleteAgent(this.agent));
    if (gone) await go('/agents', { replace: true });
  };

  private showProblem(answer: Extract<Answer<unknown>, { problem: unknown }>): void {
    this.form.refuse(answer.problem);
  }

  override render() {
    const isNew = this.agent === 'new';
    const heading = isNew ? 'New agent' : (this.loaded.value?.agent?.name ?? 'Agent');
    return html`
      <pl-page-header heading=${heading} back="/agents" back-label="Agents"></pl-page-header>
      ${
        isNew && this.link
          ? html`<div class="stack narrow">
              ${this.renderLink(this.link)}
              <div><wa-button href="/agents" appearance="outlined">Done</wa-button></div>
            </div>`
          : this.loaded.render((loaded) => this.renderForm(loaded, isNew))
      }
    `;
  }

  private renderLink(link: { url: string; name: string }): TemplateResult {
    return html`<section>
      <header>
        <h2>Password link for ${link.name}</h2>
        <p>Send it to them. It works once, within 24 hours, and lets them choose their password.</p>
      </header>
      <pl-copy name="Password link" .text=${link.url}></pl-copy>
    </section>`;
  }

  private renderForm(loaded: Loaded, isNew: boolean): TemplateResult {
    const { form } = this;
    const { values } = form;
    return html`<form class="narrow" novalidate @submit=${this.handleSubmit}>
      ${problemNotice(form.problem)}
      <section>
        <pl-picture
          .name=${values.name}
          .url=${values.photo}
          @change=${(event: Event) => form.set({ photo: (event.currentTarget as PlPicture).url })}
        ></pl-picture>
        ${textField({
          label: 'Name',
          value: values.name,
          error: form.error('name'),
          change: (name) => form.set({ name }),
        })}
        <div class="pair">
          ${textField({
            label: 'Extension',
            value: values.extension,
            error: form.error('extension'),
            inputmode: 'numeric',
            help: 'They can sign in with it.',
            change: (extension) => form.set({ extension }),
          })}
          ${textField({
            label: 'E-mail',
            type: 'email',
            value: values.email,
            error: form.error('email'),
            change: (email) => form.set({ email }),
          })}
        </div>
      </section>
      <section>
        <header><h2>What they may do</h2></header>
        ${radioField({
          label: 'Role',
          value: values.role,
          choices: roles,
          change: (role) => form.set({ role }),
        })}
        ${switchField({
          label: 'May call out',
          help: 'Call customers from a session, once calls are set up.',
          checked: values.mayCallOut,
          change: (mayCallOut) => form.set({ mayCallOut }),
        })}
        ${switchField({
          label: 'Enabled',
          help: 'A disabled agent is signed out and cannot sign in.',
          checked: values.enabled,
          change: (enabled) => form.set({ enabled }),
        })}
        ${this.renderGroups(loaded.groups)}
      </section>
      ${loaded.agent ? this.renderSignIn(loaded.agent) : nothing}
      ${saveBar(form, { fresh: isNew, label: isNew ? 'Add agent' : 'Save' })}
    </form>`;
  }

  private renderGroups(groups: Group[]): TemplateResult | typeof nothing {
    const own = groups.filter((group) => group.id !== everyoneGroup.id);
    if (own.length === 0) return nothing;
    const { groups: chosen } = this.form.values;
    return html`<div role="group" aria-label="Groups" class="choices">
      <span class="field-label">Groups</span>
      ${own.map((group) =>
        checkboxField({
          label: group.name,
          checked: chosen.includes(group.id),
          change: (on) =>
            this.form.set({ groups: on ? [...chosen, group.id] : chosen.filter((id) => id !== group.id) }),
        }),
      )}
    </div>`;
  }

  private renderSignIn(agent: Agent): TemplateResult {
    const self = agent.id === account.value?.me?.id;
    return html`
      ${this.link ? this.renderLink(this.link) : nothing}
      <section>
        <header>
          <h2>Sign-in</h2>
          <p>${agent.hasPassword ? 'Has a password.' : 'Has not chosen a password yet: send them a link.'}</p>
        </header>
        <div class="row">
          <wa-button appearance="outlined" @click=${this.handleLink}>
            <pl-icon slot="start" name="key"></pl-icon>Make a password link
          </wa-button>
          ${
            self
              ? nothing
              : html`<pl-confirm
                    label="Sign out everywhere"
                    question=${`Sign ${agent.name} out on all devices?`}
                    action="Sign out"
                    @confirmed=${this.handleSignOut}
                  ></pl-confirm>
                  <pl-confirm
                    label="Delete agent"
                    question=${`Delete ${agent.name}? Their messages stay.`}
                    @confirmed=${this.handleDelete}
                  ></pl-confirm>`
          }
        </div>
        <span role="status">${this.note}</span>
      </section>
    `;
  }
}

async function read(id: string): Promise<Answer<Loaded>> {
  const answer = await together(listAgents(), listGroups());
  if ('problem' in answer) return answer;
  const [{ agents }, { groups }] = answer.value;
  const agent = agents.find((one) => one.id === id) ?? null;
  if (!agent && id !== 'new') return { problem: problem('not_found') };
  const taken = agents.map((one) => Number(one.extension));
  return {
    value: { agent, groups, nextExtension: String(Math.max(1000, ...taken) + 1) },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-agent': PlAgent;
  }
}
