/** Section "Numbers": where the messages to each number go, and who may start sessions from it (CH-06). */
import { html, nothing, type TemplateResult } from 'lit';
import type { Group } from '../../../core/agent.ts';
import type { Colleagues } from '../../../core/api.ts';
import type { Destination } from '../../../core/destination.ts';
import type { ChannelNumber, MessagingInput } from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { selectField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';
import type { PickerItem, PlPicker } from '../../elements/picker.ts';
import { newNumber } from './input.ts';
import '../../elements/icon.ts';
import '../../elements/picker.ts';

export interface Numbers {
  form: Form<MessagingInput>;
  provider: Provider;
  people: Colleagues;
  groups: readonly Group[];
  /** Which number is unfolded. */
  open: number;
  unfold: (index: number) => void;
  /** Focuses what the selector finds, once it is drawn. */
  focusOn: (selector: string) => void;
}

/** Both kinds stand in one picker; the prefix tells them apart. */
const groupKey = (id: string) => `group:${id}`;

export function numbersSection(shown: Numbers): TemplateResult {
  const { form, provider } = shown;
  const [only] = form.values.numbers;
  if (provider.numbers.kind === 'one') {
    return html`<section>
      <header>
        <h2>Messaging</h2>
        <p>What happens with messages to this ${provider.numbers.label}.</p>
      </header>
      ${only ? renderRouting(shown, only, 0) : nothing}
    </section>`;
  }
  return html`<section>
    <header>
      <h2>Numbers</h2>
      <p>Each number has its own destination for inbound messages.</p>
    </header>
    <ul class="numbers">
      ${form.values.numbers.map((number, index) => renderNumber(shown, number, index))}
    </ul>
    ${form.error('numbers') ? html`<p class="field-error" data-invalid tabindex="-1">${form.error('numbers')}</p>` : nothing}
    <div>
      <wa-button class="add" appearance="outlined" @click=${() => addNumber(shown)}>
        <pl-icon slot="start" name="plus"></pl-icon>Add a number
      </wa-button>
    </div>
  </section>`;
}

/** A number is one line until it is opened, so that a thousand of them can be looked through. */
function renderNumber(shown: Numbers, number: ChannelNumber, index: number): TemplateResult {
  const { form, provider } = shown;
  const isWrong = form.errorWithin(`numbers.${index}`) !== undefined;
  const isOpen = shown.open === index || isWrong;
  const name = number.number || 'New number';
  return html`<li>
    <div class="line">
      <button
        type="button"
        class="fold"
        aria-expanded=${isOpen}
        @click=${() => shown.unfold(isOpen ? -1 : index)}
      >
        <pl-icon name="chevronRight"></pl-icon>
        <span class="number">${name}</span>
        <span class="quiet">${isOpen ? '' : routingWords(shown, number)}</span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label=${`Remove ${name}`}
        @click=${() => removeNumber(shown, index)}
      >
        <pl-icon name="trash"></pl-icon>
      </button>
    </div>
    ${
      isOpen
        ? html`<div class="folded">
            ${textField({
              label: 'Number',
              value: number.number,
              error: form.error(`numbers.${index}.number`),
              placeholder: '+14155550102',
              autocomplete: 'off',
              help:
                provider.numbers.kind === 'many' && provider.numbers.alphanumeric
                  ? 'In E.164 format, such as +14155550102; or an alphanumeric sender ID of 3 to 11 characters.'
                  : 'In E.164 format: + and country code first, such as +14155550102.',
              change: (text) => changeNumber(form, index, { number: text.trim() }),
            })}
            ${renderRouting(shown, number, index)}
          </div>`
        : nothing
    }
  </li>`;
}

function renderRouting(shown: Numbers, number: ChannelNumber, index: number): TemplateResult {
  const { form, provider, people, groups } = shown;
  const items = starterItems(people, groups);
  return html`${renderDestination(shown, number.destination, index)}
  ${
    provider.canStart
      ? html`<div class="starters">
          <span class="field-label">Agents allowed to create messaging sessions</span>
          <span class="quiet small"
            >They may write first from this number. Anybody else can only answer.</span
          >
          <pl-picker
            noun="agents and groups"
            .items=${items}
            .selected=${[...number.starters.groups.map(groupKey), ...number.starters.agents]}
            @change=${(event: Event) => {
              const { selected } = event.currentTarget as PlPicker;
              changeNumber(form, index, { starters: startersOf(selected) });
            }}
          ></pl-picker>
        </div>`
      : html`<p class="quiet small">Agents answer customers here; they cannot write first.</p>`
  }`;
}

function renderDestination(shown: Numbers, destination: Destination, index: number): TemplateResult {
  const { form, people } = shown;
  const error = form.errorWithin(`numbers.${index}.destination`);
  const set = (next: Destination) => changeNumber(form, index, { destination: next });
  const kinds: { value: Destination['kind']; label: string }[] = [
    { value: 'queue', label: 'Message Queue' },
    { value: 'agent', label: 'Agent' },
  ];
  if (destination.kind === 'platform') kinds.push({ value: 'platform', label: 'Third-party platform (API)' });
  return html`<div class="pair">
    ${selectField({
      label: 'Destination for Inbound Messaging',
      value: destination.kind,
      choices: kinds,
      ...(destination.kind === 'platform' ? { error } : {}),
      help: 'A change applies to new sessions; open ones stay where they are.',
      change: (kind) => set(kind === 'platform' ? { kind } : { kind, id: '' }),
    })}
    ${
      destination.kind === 'queue'
        ? selectField({
            label: 'Message Queue',
            value: destination.id,
            choices: people.queues.map(({ id, name }) => ({ value: id, label: name })),
            error,
            placeholder: people.queues.length > 0 ? 'Choose a queue' : 'No queues yet',
            help: 'Its agents all see new sessions.',
            change: (id) => set({ kind: 'queue', id }),
          })
        : nothing
    }
    ${
      destination.kind === 'agent'
        ? selectField({
            label: 'Agent',
            value: destination.id,
            choices: people.agents.map(({ id, name, extension }) => ({
              value: id,
              label: `${name} (${extension})`,
            })),
            error,
            placeholder: 'Choose an agent',
            help: 'Only this agent gets the messages.',
            change: (id) => set({ kind: 'agent', id }),
          })
        : nothing
    }
  </div>`;
}

function routingWords({ people, provider }: Numbers, { destination, starters }: ChannelNumber): string {
  const all = [...people.queues, ...people.agents];
  const target =
    destination.kind === 'platform'
      ? 'Third-party platform'
      : all.find(({ id }) => id === destination.id)?.name;
  const words = [target ? `to ${target}` : 'no destination yet'];
  const count = starters.agents.length + starters.groups.length;
  if (provider.canStart && count === 0) words.push('nobody writes first');
  return words.join(' · ');
}

function starterItems(people: Colleagues, groups: readonly Group[]): PickerItem[] {
  return [
    ...groups.map((group) => ({
      id: groupKey(group.id),
      label: group.name,
      detail: group.agents.length === 1 ? 'Group of 1 agent' : `Group of ${group.agents.length} agents`,
      icon: 'users' as const,
    })),
    ...people.agents.map(({ id, name, extension, photo }) => ({ id, label: name, detail: extension, photo })),
  ];
}

function startersOf(keys: readonly string[]): ChannelNumber['starters'] {
  const prefix = groupKey('');
  return {
    agents: keys.filter((key) => !key.startsWith(prefix)),
    groups: keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
  };
}

function changeNumber(form: Form<MessagingInput>, index: number, change: Partial<ChannelNumber>): void {
  form.set({ numbers: form.values.numbers.map((one, at) => (at === index ? { ...one, ...change } : one)) });
}

function addNumber({ form, people, unfold, focusOn }: Numbers): void {
  const { numbers } = form.values;
  const last = numbers.at(-1);
  // Numbers of one channel mostly go to the same place.
  form.set({ numbers: [...numbers, last ? { ...last, number: '' } : newNumber(people)] });
  unfold(numbers.length);
  focusOn('.numbers li:last-child wa-input');
}

function removeNumber({ form, unfold, focusOn }: Numbers, index: number): void {
  form.set({ numbers: form.values.numbers.filter((_, at) => at !== index) });
  unfold(-1);
  focusOn('.add');
}
