/** /queues/new and /queues/:id: name, pickup mode, agents and groups. */
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { problem } from '../../core/errors.ts';
import type { Agent, Group } from '../../core/agent.ts';
import { pickupModeNames, queueInput, type QueueInput } from '../../core/queue.ts';
import { together, type Answer } from '../data/api.ts';
import { listAgents, listGroups } from '../data/people.ts';
import { changeQueue, createQueue, deleteQueues, listQueues } from '../data/queues.ts';
import { radioField, textField } from '../elements/fields.ts';
import { Form } from '../elements/form.ts';
import { onSubmit, problemNotice, saveBar } from '../elements/form-parts.ts';
import { Loading } from '../elements/loading.ts';
import type { PickerItem, PlPicker } from '../elements/picker.ts';
import { go } from '../router.ts';
import { base, fields, page, section } from '../styles/shared.ts';
import '../elements/page-header.ts';
import '../elements/picker.ts';

interface Loaded {
  input: QueueInput;
  agents: Agent[];
  groups: Group[];
}

const modes = [
  {
    value: 'manual',
    label: pickupModeNames.manual,
    help: 'All agents see and may answer a session until one presses Pick Up.',
  },
  {
    value: 'auto',
    label: pickupModeNames.auto,
    help: 'All agents see a session; the first to answer picks it up. Tell your agents before you choose this.',
  },
  {
    value: 'disabled',
    label: pickupModeNames.disabled,
    help: 'All agents see and may answer every session; nobody can pick one up.',
  },
] as const;

const empty: QueueInput = { name: '', mode: 'manual', agents: [], groups: [] };

/** Both kinds stand in one picker; the prefix tells them apart. */
const groupKey = (id: string) => `group:${id}`;

@customElement('pl-queue')
export class PlQueue extends LitElement {
  static override styles = [base, page, section, fields];

  /** An id, or `new`. */
  @property({ attribute: false }) queue = 'new';
  private form = new Form<QueueInput>(this, empty);
  private loaded = new Loading(
    this,
    () => read(this.queue),
    ({ input }) => this.form.reset(input),
  );

  private handleSubmit = onSubmit(async () => {
    const saved = await this.form.submit(queueInput, (input) =>
      this.queue === 'new' ? createQueue(input) : changeQueue(this.queue, input),
    );
    if (!saved) return;
    await this.form.markSaved();
    if (this.queue === 'new') await go('/queues', { replace: true });
  });

  private handleDelete = async () => {
    const gone = await this.form.delete(() => deleteQueues([this.queue]));
    if (gone) await go('/queues', { replace: true });
  };

  private handlePick = (event: Event) => {
    const { selected } = event.currentTarget as PlPicker;
    this.form.set({
      agents: selected.filter((key) => !key.startsWith('group:')),
      groups: selected.filter((key) => key.startsWith('group:')).map((key) => key.slice('group:'.length)),
    });
  };

  override render() {
    const isNew = this.queue === 'new';
    const { form } = this;
    return html`
      <pl-page-header
        heading=${isNew ? 'New queue' : this.loaded.value?.input.name || 'Queue'}
        back="/queues"
        back-label="Queues"
      ></pl-page-header>
      ${this.loaded.render(
        ({ agents, groups }) =>
          html`<form novalidate @submit=${this.handleSubmit}>
            ${problemNotice(form.problem)}
            <section>
              ${textField({
                label: 'Name',
                value: form.values.name,
                error: form.error('name'),
                change: (name) => form.set({ name }),
              })}
              ${radioField({
                label: 'Chat assignment mode',
                value: form.values.mode,
                choices: modes,
                change: (mode) => form.set({ mode }),
              })}
            </section>
            <section>
              <header>
                <h2>Agents</h2>
                <p>A group counts with whoever is in it at the time.</p>
              </header>
              <pl-picker
                noun="agents and groups"
                .items=${itemsOf(agents, groups)}
                .selected=${[...form.values.groups.map(groupKey), ...form.values.agents]}
                @change=${this.handlePick}
              ></pl-picker>
            </section>
            ${saveBar(form, {
              fresh: isNew,
              label: isNew ? 'Create queue' : 'Save',
              deletion: isNew
                ? null
                : {
                    label: 'Delete queue',
                    question: 'Delete this queue?',
                    confirmed: this.handleDelete,
                  },
            })}
          </form>`,
      )}
    `;
  }
}

function itemsOf(agents: Agent[], groups: Group[]): PickerItem[] {
  return [
    ...groups.map((group) => ({
      id: groupKey(group.id),
      label: group.name,
      detail: group.agents.length === 1 ? 'Group of 1 agent' : `Group of ${group.agents.length} agents`,
      icon: 'users' as const,
    })),
    ...agents.map((agent) => ({
      id: agent.id,
      label: agent.name,
      detail: agent.enabled ? agent.extension : `${agent.extension} · disabled`,
      photo: agent.photo,
    })),
  ];
}

async function read(id: string): Promise<Answer<Loaded>> {
  const answer = await together(listAgents(), listGroups(), listQueues());
  if ('problem' in answer) return answer;
  const [{ agents }, { groups }, { queues }] = answer.value;
  const found = queues.find((queue) => queue.id === id);
  if (!found && id !== 'new') return { problem: problem('not_found') };
  const input = found
    ? { name: found.name, mode: found.mode, agents: found.agents, groups: found.groups }
    : empty;
  return { value: { input, agents, groups } };
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-queue': PlQueue;
  }
}
