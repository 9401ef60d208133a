/** Section "General": the channel's name, its pace, and when its sessions close. */
import { html, nothing, type TemplateResult } from 'lit';
import type { MessagingInput } from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { checkboxField, switchField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';

const count = new Intl.NumberFormat('en');

export function generalSection(form: Form<MessagingInput>, provider: Provider): TemplateResult {
  const { values } = form;
  return html`<section>
    <header><h2>General</h2></header>
    ${textField({
      label: 'Name',
      value: values.name,
      error: form.error('name'),
      help: 'Helps you identify the channel. Only your team sees it.',
      change: (name) => form.set({ name }),
    })}
    ${switchField({
      label: 'Enabled',
      help: 'Switched off, the channel takes no messages and sends none.',
      checked: values.enabled,
      change: (enabled) => form.set({ enabled }),
    })}
    ${textField({
      label: 'Message Sending Rate (messages a second)',
      type: 'number',
      value: numberText(values.rate),
      error: form.error('rate'),
      help: `What exceeds it waits in a queue and leaves at this rate; fractions such as 0.2 work. New channels start with ${count.format(provider.rate)}. Above what the provider allows your account, messages fail.`,
      change: (text) => form.set({ rate: toNumber(text) }),
    })}
    ${checkboxField({
      label: 'Close Session Automatically',
      help: 'When nobody has written for this long.',
      checked: values.timeoutDays !== null,
      change: (on) => form.set({ timeoutDays: on ? 1 : null }),
    })}
    ${
      values.timeoutDays === null
        ? nothing
        : textField({
            label: 'Session Timeout (Days)',
            type: 'number',
            inputmode: 'numeric',
            value: numberText(values.timeoutDays),
            error: form.error('timeoutDays') && 'Use 1 to 365 days.',
            change: (text) => form.set({ timeoutDays: toNumber(text) }),
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
