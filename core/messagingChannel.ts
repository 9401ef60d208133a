/**
 * Channels of providers (SMS, Facebook Messenger, WhatsApp) as edited, stored and sent. Which fields a form has,
 * and what a number looks like, the provider itself says (`core/providers`).
 */
import { isPossiblePhoneNumber } from 'libphonenumber-js';
import * as z from 'zod';
import { destination } from './destination.ts';
import type { FormField, Provider } from './providers/provider.ts';
import { providerIds, providers } from './providers/registry.ts';

/** Alphanumeric sender IDs: 3 to 11 letters, digits and spaces, at least one letter (CH-06). */
const alphanumericSender = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}$/;
const shortCode = /^\d{3,8}$/;

/** Messages a second; fractions are for numbers that may send one in several seconds. */
const rate = z
  .number('Enter a number of messages a second.')
  .min(0.01, 'Use 0.01 or more messages a second.')
  .max(1000, 'Use at most 1,000 messages a second.');

export const channelNumber = z.object({
  number: z.string().trim().min(1, 'Enter a number.').max(80, 'Use at most 80 characters.'),
  destination,
  /** Who may start sessions from this number. */
  starters: z.object({ agents: z.array(z.string()).max(1000), groups: z.array(z.string()).max(1000) }),
});
export type ChannelNumber = z.infer<typeof channelNumber>;

const edited = z.object({
  type: z.enum(['sms', 'facebook', 'whatsapp']),
  provider: z.enum(providerIds),
  name: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  enabled: z.boolean(),
  rate,
  /** Days without activity after which a session closes by itself; null keeps it open (CH-05). */
  timeoutDays: z.int().min(1, 'Use 1 to 365 days.').max(365, 'Use 1 to 365 days.').nullable(),
  /** The provider's form by field name. A secret that is left out stays as it is; empty removes a value. */
  fields: z.record(z.string(), z.string().trim().max(4096, 'Use at most 4,096 characters.')),
  /** Start of the webhook URL that the admin was shown, such as https://chat.example.com. */
  webhookBase: z.url({ protocol: /^https?$/, error: 'Use an address such as https://chat.example.com.' }),
  numbers: z.array(channelNumber).min(1, 'Add at least one number.').max(1000, 'Use at most 1,000 numbers.'),
});

/** What an admin edits. Field-level problems are found by `refuseFields` and by the schema itself. */
export const messagingInput = edited.superRefine((input, context) => {
  const provider: Provider = providers[input.provider];
  const wrong = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if (provider.kind !== input.type) wrong(['type'], 'This provider is of another type.');
  for (const [name] of Object.entries(input.fields)) {
    if (!provider.form.some((field) => field.name === name))
      wrong(['fields', name], 'There is no such field.');
  }
  const seen = new Set<string>();
  input.numbers.forEach(({ number }, index) => {
    const message =
      numberProblem(number, provider) ?? (seen.has(number) ? 'This number is listed twice.' : null);
    if (message) wrong(['numbers', index, 'number'], message);
    seen.add(number);
  });
  if (provider.numbers.kind === 'one' && input.numbers.length > 1) {
    wrong(['numbers', 1, 'number'], 'A channel of this type has one number.');
  }
});
export type MessagingInput = z.infer<typeof messagingInput>;

/** Status of a channel as the list shows it (CH-12). `unchecked` until the first check has an answer. */
export const channelStatus = z.enum([
  'connected',
  'unauthorized',
  'unavailable',
  'unknown',
  'requestFailed',
  'unchecked',
  'disabled',
]);
export type ChannelStatus = z.infer<typeof channelStatus>;

/** As sent to a browser: secrets are only named. */
export const messagingChannel = edited.extend({
  id: z.string(),
  createdAt: z.number(),
  /** Names of the secret fields that have a value. */
  secretsSet: z.array(z.string()),
  /** What the admin pastes at the provider, with its fragment. */
  webhookUrl: z.string(),
});
export type MessagingChannel = z.infer<typeof messagingChannel>;

/** What is wrong with a number of this provider; null when it is fine. */
export function numberProblem(number: string, provider: Provider): string | null {
  if (provider.numbers.kind === 'one') {
    if (provider.kind === 'facebook')
      return /^\d{5,20}$/.test(number) ? null : 'Use the Page ID: digits only.';
    return isPhone(number) ? null : 'Use the full number with + and country code, such as +15559871234.';
  }
  if (isPhone(number) || shortCode.test(number)) return null;
  if (provider.numbers.alphanumeric && alphanumericSender.test(number)) return null;
  return provider.numbers.alphanumeric
    ? 'Use the full number with + and country code, such as +14155550102, or a sender ID of 3 to 11 letters and digits.'
    : 'Use the full number with + and country code, such as +14155550102.';
}

/** Whether a field belongs to the form as it is filled in. */
export function isShown(field: FormField, fields: Readonly<Record<string, string>>): boolean {
  return !field.onlyIf || fields[field.onlyIf.field] === field.onlyIf.value;
}

/**
 * What is wrong with the provider's form, with the path of its field; `fields` are all values as they will be,
 * secrets included. Null when nothing is.
 */
export function refuseFields(
  provider: Provider,
  fields: Readonly<Record<string, string>>,
): { field: string; message: string } | null {
  for (const field of provider.form) {
    if (!isShown(field, fields)) continue;
    const value = fields[field.name] ?? '';
    if (field.required && value === '')
      return { field: `fields.${field.name}`, message: `Enter the ${field.label}.` };
    if (field.options && value !== '' && !field.options.some((option) => option.value === value)) {
      return { field: `fields.${field.name}`, message: 'Choose one of the list.' };
    }
  }
  const wrong = provider.validate?.(fields) ?? null;
  return wrong && { field: `fields.${wrong.field}`, message: wrong.message };
}

function isPhone(number: string): boolean {
  return /^\+\d{7,15}$/.test(number) && isPossiblePhoneNumber(number);
}
