/** What the editor of a provider's channel starts with, and what is wrong with it before it is sent. */
import * as z from 'zod';
import type { Colleagues } from '../../../core/api.ts';
import type { ChannelDraft } from '../../../core/channelApi.ts';
import { everyoneGroup } from '../../../core/agent.ts';
import {
  isShown,
  messagingInput,
  numberProblem,
  refuseFields,
  type ChannelNumber,
  type MessagingChannel,
  type MessagingInput,
} from '../../../core/messagingChannel.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import type { ProviderId } from '../../../core/providers/registry.ts';

/** Before anything is loaded. */
export const blank: MessagingInput = {
  type: 'sms',
  provider: 'general',
  name: '',
  enabled: true,
  rate: 1,
  timeoutDays: null,
  fields: {},
  webhookBase: '',
  numbers: [],
};

/** A new number goes to the only queue there is, when there is one, and everybody may write from it. */
export function newNumber(people: Colleagues): ChannelNumber {
  const queue = people.queues.length === 1 ? people.queues[0] : undefined;
  return {
    number: '',
    destination: { kind: 'queue', id: queue?.id ?? '' },
    starters: { agents: [], groups: [everyoneGroup.id] },
  };
}

/** What a new channel of a provider starts with. */
export function newMessaging(
  id: ProviderId,
  provider: Provider,
  draft: ChannelDraft,
  people: Colleagues,
): MessagingInput {
  return {
    type: provider.kind,
    provider: id,
    name: provider.kind === 'sms' ? `${provider.label} SMS` : provider.label,
    enabled: true,
    rate: provider.rate,
    timeoutDays: null,
    fields: Object.fromEntries(provider.form.map((field) => [field.name, field.initial ?? ''])),
    webhookBase: draft.webhooks[0]?.base ?? location.origin,
    numbers: [newNumber(people)],
  };
}

/** A stored channel as its form holds it: secrets that are set are left out, and stay as they are. */
export function editedMessaging(channel: MessagingChannel, provider: Provider): MessagingInput {
  const fields: Record<string, string> = {};
  for (const { name, initial } of provider.form) {
    if (!channel.secretsSet.includes(name)) fields[name] = channel.fields[name] ?? initial ?? '';
  }
  const { type, name, enabled, rate, timeoutDays, webhookBase, numbers } = channel;
  return { type, provider: channel.provider, name, enabled, rate, timeoutDays, fields, webhookBase, numbers };
}

/**
 * The schema of the form: everything that is wrong at once. Its own refinements wait until all else is right, so
 * numbers and provider's fields are looked at here as well.
 */
export function messagingForm(provider: Provider, secretsSet: readonly string[]): z.ZodType<MessagingInput> {
  return z.custom<MessagingInput>().transform((input, context) => {
    const wrong = new Map<string, { path: PropertyKey[]; message: string }>();
    const add = (path: PropertyKey[], message: string) => {
      const key = path.join('.');
      if (!wrong.has(key)) wrong.set(key, { path, message });
    };
    input.numbers.forEach(({ number }, index) => {
      const problem = number.trim() === '' ? null : numberProblem(number.trim(), provider);
      if (problem) add(['numbers', index, 'number'], problem);
    });
    for (const { field, message } of fieldProblems(provider, input.fields, secretsSet)) {
      add(['fields', field], message);
    }
    const parsed = messagingInput.safeParse(input);
    for (const issue of parsed.error?.issues ?? []) add(issue.path, issue.message);
    for (const { path, message } of wrong.values()) context.addIssue({ code: 'custom', path, message });
    return parsed.success ? parsed.data : z.NEVER;
  });
}

/** Required fields that are empty; and what the provider says of the others, once it can see them all. */
function fieldProblems(
  provider: Provider,
  fields: Readonly<Record<string, string>>,
  secretsSet: readonly string[],
): { field: string; message: string }[] {
  const isKept = (name: string) => secretsSet.includes(name) && fields[name] === undefined;
  const shown = provider.form.filter((field) => isShown(field, fields));
  const missing = shown.filter(
    ({ name, required }) => required && !isKept(name) && (fields[name] ?? '').trim() === '',
  );
  if (missing.length > 0) {
    return missing.map(({ name, label }) => ({ field: name, message: `Enter the ${label}.` }));
  }
  if (shown.some(({ name }) => isKept(name))) return [];
  // A field that is left empty is absent for the provider.
  const filled = Object.entries(fields)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== '');
  const refused = refuseFields(provider, Object.fromEntries(filled));
  return refused ? [{ field: refused.field.replace(/^fields\./, ''), message: refused.message }] : [];
}
