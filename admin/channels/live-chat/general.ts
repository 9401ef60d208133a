/** Tab "General": where the widget works, what visitors can do, where their messages go. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Colleagues } from '../../../core/api.ts';
import type { LiveChatInput } from '../../../core/channel.ts';
import type { Destination } from '../../../core/destination.ts';
import { checkboxField, radioField, selectField, switchField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';
import type { PlTextList } from '../../elements/text-list.ts';
import '../../elements/text-list.ts';

type LiveChatForm = Form<LiveChatInput>;

const interactions = [
  { value: 'chat', label: 'Chat Only', help: 'Visitors write messages.' },
  {
    value: 'phoneAndChat',
    label: 'Phone and Chat',
    help: 'Visitors write and call. Calls need HTTPS on your website.',
  },
] as const;

const supports = [
  { value: 'text', label: 'Text Only', help: 'Text and emoji.' },
  {
    value: 'textAndImage',
    label: 'Text and Image',
    help: 'Text, emoji and images: .png, .jpg or .jpeg, up to 10 MB each.',
  },
] as const;

export function generalTab(form: LiveChatForm, people: Colleagues): TemplateResult {
  const { values } = form;
  return html`
    <section>
      <header><h2>Basic</h2></header>
      ${textField({
        label: 'Name',
        value: values.name,
        error: form.error('name'),
        help: 'Only your team sees it.',
        change: (name) => form.set({ name }),
      })}
      <pl-text-list
        label="Website domain"
        help="The widget loads only here. *.example.com stands for all subdomains."
        item="Domain"
        placeholder="www.example.com"
        .values=${values.domains}
        .error=${form.errorWithin('domains') ?? ''}
        ?data-invalid=${form.errorWithin('domains') !== undefined}
        @change=${(event: Event) => form.set({ domains: (event.currentTarget as PlTextList).values })}
      ></pl-text-list>
      ${switchField({
        label: 'Enabled',
        help: 'Switched off, the widget does not show anywhere.',
        checked: values.enabled,
        change: (enabled) => form.set({ enabled }),
      })}
    </section>
    <section>
      <header><h2>Interaction mode</h2></header>
      ${radioField({
        label: 'Visitors can',
        value: values.interaction,
        choices: interactions,
        change: (interaction) => form.set({ interaction }),
      })}
      ${destinationFields(form, people)}
    </section>
    ${advanced(form)}
  `;
}

function destinationFields(form: LiveChatForm, people: Colleagues): TemplateResult {
  const { destination } = form.values;
  const kinds: { value: Destination['kind']; label: string }[] = [
    { value: 'queue', label: 'Message Queue' },
    { value: 'agent', label: 'Agent' },
  ];
  if (destination.kind === 'platform') kinds.push({ value: 'platform', label: 'Third-party platform (API)' });
  return html`<div class="pair">
    ${selectField({
      label: 'Destination',
      value: destination.kind,
      choices: kinds,
      help: 'A change applies to new sessions; open ones stay where they are.',
      change: (kind) => form.set({ destination: kind === 'platform' ? { kind } : { kind, id: '' } }),
    })}
    ${
      destination.kind === 'queue'
        ? selectField({
            label: 'Message queue',
            value: destination.id,
            choices: people.queues.map(({ id, name }) => ({ value: id, label: name })),
            error: form.errorWithin('destination'),
            placeholder: people.queues.length > 0 ? 'Choose a queue' : 'No queues yet',
            help: 'Its agents all see new sessions.',
            change: (id) => form.set({ destination: { kind: 'queue', id } }),
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
            error: form.errorWithin('destination'),
            placeholder: 'Choose an agent',
            help: 'Only this agent gets the messages.',
            change: (id) => form.set({ destination: { kind: 'agent', id } }),
          })
        : nothing
    }
  </div>`;
}

function advanced(form: LiveChatForm): TemplateResult {
  const { values } = form;
  return html`<section>
    <header><h2>Advanced</h2></header>
    ${radioField({
      label: 'Supported message types for visitors',
      value: values.supports,
      choices: supports,
      change: (value) => form.set({ supports: value }),
    })}
    ${checkboxField({
      label: 'Close session automatically',
      help: 'When nobody has written for this long.',
      checked: values.timeoutDays !== null,
      change: (on) => form.set({ timeoutDays: on ? 1 : null }),
    })}
    ${
      values.timeoutDays === null
        ? nothing
        : textField({
            label: 'Session timeout (days)',
            type: 'number',
            inputmode: 'numeric',
            value: numberText(values.timeoutDays),
            error: form.error('timeoutDays') && 'Use 1 to 365 days.',
            change: (text) => form.set({ timeoutDays: toNumber(text) }),
          })
    }
    ${
      values.interaction === 'phoneAndChat'
        ? textField({
            label: 'Maximum concurrent calls',
            type: 'number',
            inputmode: 'numeric',
            value: numberText(values.maxCalls),
            error: form.error('maxCalls') && 'Use a number from 1 to 100,000.',
            help: 'Calls by visitors and by agents both count. Further ones are told that all lines are busy.',
            change: (text) => form.set({ maxCalls: toNumber(text) }),
          })
        : nothing
    }
    ${checkboxField({
      label: 'Limit active sessions',
      help: 'Visitors over the limit are asked to try again later.',
      checked: values.sessionLimit !== null,
      change: (on) => form.set({ sessionLimit: on ? 20 : null }),
    })}
    ${
      values.sessionLimit === null
        ? nothing
        : textField({
            label: 'Active sessions at once',
            type: 'number',
            inputmode: 'numeric',
            value: numberText(values.sessionLimit),
            error: form.error('sessionLimit') && 'Use a number from 1 to 1,000,000.',
            change: (text) => form.set({ sessionLimit: toNumber(text) }),
          })
    }
  </section>`;
}

/** An emptied field is not a number; the schema says so beside it. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}
