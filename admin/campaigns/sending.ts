/** Section "Sending rules" of a campaign's form: when it is sent, and whether sessions are opened (CMP-04, CMP-05). */
import { html, nothing, type TemplateResult } from 'lit';
import type { Colleagues } from '../../core/api.ts';
import { radioField, selectField, textField } from '../elements/fields.ts';
import type { Form } from '../elements/form.ts';
import { ownTimeZone, timeZoneField } from '../elements/time-zone.ts';
import { instantOrNull, type CampaignDraft } from './draft.ts';
import { momentWords } from './words.ts';

const times = [
  { value: 'now', label: 'Send now', help: 'Sending begins when you save.' },
  { value: 'at', label: 'Schedule sending', help: 'Until then it can be changed and cancelled.' },
  { value: 'draft', label: 'Do not send, save as draft', help: 'Edit it or send it later.' },
] as const;

const modes = [
  {
    value: 'sessions',
    label: 'Create session and send message',
    help: 'The message stands in the chat logs, and answers come to who is chosen below. A session that is open already is used as it is.',
  },
  {
    value: 'direct',
    label: 'Send messages directly without creating session',
    help: 'The message does not stand in the chat logs. Who answers opens a session as if they wrote first.',
  },
] as const;

export function sendingSection(form: Form<CampaignDraft>, people: Colleagues): TemplateResult {
  const { send, mode, windowDays } = form.values;
  return html`<section>
    <header><h2>Sending rules</h2></header>
    ${radioField({
      label: 'Send time',
      value: send.kind,
      choices: times,
      change: (kind) => form.set({ send: { ...send, kind } }),
    })}
    ${send.kind === 'at' ? renderSchedule(form) : nothing}
    ${radioField({
      label: 'Send mode',
      value: mode.kind,
      choices: modes,
      change: (kind) => form.set({ mode: { ...mode, kind } }),
    })}
    ${mode.kind === 'sessions' ? renderDestination(form, people) : nothing}
    ${textField({
      label: 'Days in which an answer counts',
      type: 'number',
      inputmode: 'numeric',
      value: Number.isNaN(windowDays) ? '' : String(windowDays),
      error: form.error('windowDays'),
      help: 'Who writes within this time after their message counts in the response rate. 1 to 30 days.',
      change: (days) => form.set({ windowDays: days === '' ? NaN : Number(days) }),
    })}
  </section>`;
}

function renderSchedule(form: Form<CampaignDraft>): TemplateResult {
  const { send } = form.values;
  const set = (patch: Partial<CampaignDraft['send']>) => form.set({ send: { ...send, ...patch } });
  const at = instantOrNull(send);
  const own = ownTimeZone();
  return html`<div class="pair">
      ${textField({
        label: 'Date',
        type: 'date',
        value: send.date,
        error: form.error('send.date'),
        change: (date) => set({ date }),
      })}
      ${textField({
        label: 'Time',
        type: 'time',
        value: send.time,
        error: form.error('send.time'),
        change: (time) => set({ time }),
      })}
      ${timeZoneField({
        value: send.timeZone,
        error: form.error('send.timeZone'),
        help: 'The date and time are of this zone.',
        change: (timeZone) => set({ timeZone }),
      })}
    </div>
    ${
      at !== null && send.timeZone !== own
        ? html`<p class="quiet small">That is ${momentWords(at, own)} where you are.</p>`
        : nothing
    }`;
}

function renderDestination(form: Form<CampaignDraft>, people: Colleagues): TemplateResult {
  const { mode } = form.values;
  const { kind, id } = mode.destination;
  const set = (destination: CampaignDraft['mode']['destination']) =>
    form.set({ mode: { ...mode, destination } });
  const choices = kind === 'queue' ? people.queues : people.agents;
  return html`<div class="pair">
    ${selectField({
      label: 'Assign sessions to',
      value: kind,
      choices: [
        { value: 'queue', label: 'Message queue' },
        { value: 'agent', label: 'Agent' },
      ],
      change: (next) => set({ kind: next, id: '' }),
    })}
    ${selectField({
      label: kind === 'queue' ? 'Message queue' : 'Agent',
      value: id,
      error: form.errorWithin('mode.destination'),
      placeholder: choices.length > 0 ? `Choose ${kind === 'queue' ? 'a queue' : 'an agent'}` : 'None yet',
      choices: choices.map((one) => ({ value: one.id, label: one.name })),
      change: (next) => set({ kind, id: next }),
    })}
  </div>`;
}
