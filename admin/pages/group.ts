/** /groups/new and /groups/:id: a group's name and agents. */
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { everyoneGroup, groupInput, type Agent, type GroupInput } from '../../core/agent.ts';
import { problem } from '../../core/errors.ts';
import { together, type Answer } from '../data/api.ts';
import { changeGroup, createGroup, deleteGroup, listAgents, listGroups } from '../data/people.ts';
import { textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import type { PlPicker } from '../elements/picker.ts';
import { go } from '../router.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/page-header.ts';
import '../elements/picker.ts';

@customElement('pl-group')
export class PlGroup extends LitElement {
  static override styles = [base, page, section, fields];

  /** An id, or `new`. */
  @property({ attribute: false }) group = 'new';
  private form = new Form<GroupInput>(this, { name: '', agents: [] });
  private loaded = new Loading(
    this,
    () => read(this.group),
    ({ input }) => this.form.reset(input),
  );

  private handleSubmit = onSubmit(async () => {
    const saved = await this.form.submit(groupInput, (input) =>
      this.group === 'new' ? createGroup(input) : changeGroup(this.group, input),
    );
    if (!saved) return;
    await this.form.markSaved();
    if (this.group === 'new') await go('/groups', { replace: true });
  });

  private handleDelete = async () => {
    const gone = await this.form.delete(() => deleteGroup(this.group));
    if (gone) await go('/groups', { replace: true });
  };

  override render() {
    const isNew = this.group === 'new';
    const { form } = this;
    return html`
      <pl-page-header
        heading=${isNew ? 'New group' : this.loaded.value?.input.name || 'Group'}
        back="/groups"
        back-label="Groups"
      ></pl-page-header>
      ${this.loaded.render(
        ({ agents }) =>
          html`<form novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            <section>
              ${textField({
                label: 'Name',
                value: form.values.name,
                error: form.error('name'),
                change: (name) => form.set({ name }),
              })}
            </section>
            <section>
              <header><h2>Agents</h2></header>
              <pl-picker
                .items=${agents.map((agent) => ({
                  id: agent.id,
                  label: agent.name,
                  detail: agent.extension,
                  photo: agent.photo,
                }))}
                .selected=${form.values.agents}
                @change=${(event: Event) => form.set({ agents: (event.currentTarget as PlPicker).selected })}
              ></pl-picker>
            </section>
            ${saveBar(form, {
              fresh: isNew,
              label: isNew ? 'Create group' : 'Save',
              deletion: isNew
                ? null
                : {
                    label: 'Delete group',
                    question: 'Delete this group? Its agents stay.',
                    confirmed: this.handleDelete,
                  },
            })}
          </form>`,
      )}
    `;
  }
}

async function read(id: string): Promise<Answer<{ input: GroupInput; agents: Agent[] }>> {
  const answer = await together(listAgents(), listGroups());
  if ('problem' in answer) return answer;
  const [{ agents }, { groups }] = answer.value;
  const found = groups.find((group) => group.id === id && id !== everyoneGroup.id);
  if (!found && id !== 'new') return { problem: problem('not_found') };
  const input = found ? { name: found.name, agents: found.agents } : { name: '', agents: [] };
  return { value: { input, agents } };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-group': PlGroup;
  }
}
