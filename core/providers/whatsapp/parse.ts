/**
 * WhatsApp's webhooks: up to a thousand messages and statuses in one POST, in any order, for any number of the
 * app. Every item is read by itself, so that one odd item costs no other.
 */
import * as z from 'zod';
import { sendErrorOf } from '../../sendError.ts';
import { jsonBody } from '../dialect.ts';
import type { InboundEvent } from '../events.ts';
import { graphErrorOf } from '../meta/graph.ts';
import { id, items, maybe, moment, read } from '../meta/loose.ts';
import type { ProviderChannel, WebhookRequest } from '../provider.ts';
import { contentOf, contextOf } from './content.ts';
import { addressOfWaId, customerOf, type Customer } from './customer.ts';
import { marketingStopped, whatsappError } from './errors.ts';

const text = maybe(z.string());
const envelope = z.object({ object: text, entry: items });
const entrySchema = z.object({ id: maybe(id), changes: items });
const changeSchema = z.object({ field: z.string(), value: z.looseObject({}) });
const valueSchema = z.object({
  metadata: maybe(z.object({ phone_number_id: maybe(id) })),
  contacts: items,
  messages: items,
  statuses: items,
  errors: items,
  message_echoes: items,
  user_preferences: items,
});
const messageSchema = z.looseObject({
  id,
  type: z.string().catch('message'),
  from: text,
  from_user_id: text,
  from_parent_user_id: text,
  to: text,
  to_user_id: text,
  group_id: maybe(id),
  timestamp: maybe(moment),
});
type Message = z.output<typeof messageSchema>;
const statusSchema = z.object({
  id,
  status: z.string(),
  timestamp: maybe(moment),
  recipient_id: text,
  recipient_user_id: text,
  biz_opaque_callback_data: text,
  errors: items,
});
const preferenceSchema = z.object({ wa_id: text, user_id: text, category: z.string(), value: z.string() });

/** What a verified request says. */
export function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const body = jsonBody(request);
  const said = read(envelope, body);
  if (said === null) return [{ kind: 'malformed', what: 'The body is not a JSON object.' }];
  if (said.object !== 'whatsapp_business_account') {
    return [{ kind: 'ignored', what: `object ${said.object ?? 'without a name'}` }];
  }
  const events = said.entry.flatMap((entry) => entryEvents(entry, channel));
  const accounts = new Set<string>();
  return events.filter((event) => {
    if (event.kind !== 'elsewhere') return true;
    const first = !accounts.has(event.account);
    accounts.add(event.account);
    return first;
  });
}

function entryEvents(raw: unknown, channel: ProviderChannel): InboundEvent[] {
  const entry = read(entrySchema, raw);
  if (entry === null) return [ignored('entry that is not readable')];
  return entry.changes.flatMap((item) => {
    const change = read(changeSchema, item);
    if (change === null) return [ignored('change that is not readable')];
    return changeEvents(change.field, change.value, entry.id, channel);
  });
}

function changeEvents(
  field: string,
  raw: Record<string, unknown>,
  account: string | undefined,
  channel: ProviderChannel,
): InboundEvent[] {
  const value = valueSchema.parse(raw);
  switch (field) {
    case 'messages':
    case 'smb_message_echoes':
    case 'user_preferences': {
      const phone = value.metadata?.phone_number_id;
      if (phone === undefined) return [ignored(`${field} for a number without an id`)];
      if (phone !== channel.fields['phoneNumberId']) return [{ kind: 'elsewhere', account: phone }];
      const number = channel.numbers[0] ?? channel.fields['phoneNumber'] ?? '';
      return [
        ...value.messages.flatMap((item) => messageEvents(item, value.contacts, number)),
        ...value.statuses.flatMap((item) => statusEvents(item, number)),
        ...value.message_echoes.flatMap((item) => echoEvents(item, number)),
        ...value.user_preferences.flatMap((item) => preferenceEvents(item, number)),
        ...value.errors.flatMap(accountErrors),
      ];
    }
    default:
      if (account !== channel.fields['wabaId']) return [ignored(`${field} of another account`)];
      if (templateFields.has(field)) return [{ kind: 'templatesChanged', text: templateNews(raw) }];
      if (accountFields.has(field)) return [{ kind: 'account', text: `${field}: ${summary(raw)}` }];
      return [ignored(`field ${field}`)];
  }
}

const templateFields = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
]);
const accountFields = new Set([
  'account_update',
  'account_alerts',
  'account_review_update',
  'business_capability_update',
  'phone_number_quality_update',
  'phone_number_name_update',
]);

// ── Messages ────────────────────────────────────────────────────────────────────────────────────────────

function messageEvents(raw: unknown, contacts: unknown, number: string): InboundEvent[] {
  const message = read(messageSchema, raw);
  if (message === null) return [ignored('message without an id')];
  if (message.group_id !== undefined) return [ignored('message in a group')];
  if (message.type === 'system') return [systemEvent(message, number)];
  const customer = customerOf(
    { from: message.from, userId: message.from_user_id, parentId: message.from_parent_user_id },
    contacts,
  );
  if (customer === null) return [ignored(`${message.type} without a sender`)];
  const party = { number, customer: customer.address };
  const at = message.timestamp ?? null;
  switch (message.type) {
    case 'reaction': {
      const reaction = read(z.object({ message_id: id, emoji: text }), message['reaction']);
      if (reaction === null) return [ignored('reaction to nothing')];
      return [
        {
          kind: 'reaction',
          id: message.id,
          message: reaction.message_id,
          emoji: reaction.emoji || null,
          at,
          ...party,
          ...identity(customer),
        },
      ];
    }
    case 'edit': {
      const edit = read(editSchema, message['edit']);
      if (edit === null) return [ignored('edit of nothing')];
      const { type = 'message' } = edit.message;
      const text = contentOf(type, edit.message).content.text;
      return [{ kind: 'edited', id: message.id, message: edit.original_message_id, text, at, ...party }];
    }
    case 'revoke': {
      const original = read(z.object({ original_message_id: id }), message['revoke'])?.original_message_id;
      if (original === undefined) return [ignored('revoke of nothing')];
      return [{ kind: 'revoked', id: message.id, message: original, at, ...party }];
    }
    default: {
      const { content, payload } = contentOf(message.type, message);
      const context = contextOf(message, payload);
      return [
        {
          kind: 'message',
          id: message.id,
          at,
          content,
          ...(context ? { context } : {}),
          ...party,
          ...identity(customer),
        },
      ];
    }
  }
}

const editSchema = z.object({ original_message_id: id, message: z.looseObject({ type: text }) });

function identity({ aliases, name }: Customer): { aliases?: string[]; name?: string } {
  return { ...(aliases.length > 0 ? { aliases } : {}), ...(name ? { name } : {}) };
}

const systemSchema = z.object({
  type: text,
  wa_id: text,
  new_wa_id: text,
  user_id: text,
  previous_user_id: text,
  customer: text,
});

/** A customer who changed the number or got another user id; anything else needs nothing. */
function systemEvent(message: Message, number: string): InboundEvent {
  const system = read(systemSchema, message['system']);
  const phone = addressOfWaId(system?.wa_id ?? system?.new_wa_id);
  const change =
    system?.type === 'user_changed_user_id'
      ? {
          customer: addressOfWaId(system.previous_user_id ?? message.from_user_id),
          to: addressOfWaId(system.user_id),
        }
      : { customer: addressOfWaId(message.from ?? system?.customer ?? message.from_user_id), to: phone };
  const { customer, to } = change;
  return customer !== null && to !== null && customer !== to
    ? { kind: 'moved', number, customer, to }
    : ignored(`system ${system?.type ?? 'message'}`);
}

/** A message that went out from the WhatsApp Business app on the same number. */
function echoEvents(raw: unknown, number: string): InboundEvent[] {
  const message = read(messageSchema, raw);
  const customer = message && customerOf({ from: message.to, userId: message.to_user_id }, []);
  if (!message || !customer) return [ignored('echo without an id or a recipient')];
  const { content } = contentOf(message.type, message);
  return [
    {
      kind: 'echo',
      id: message.id,
      at: message.timestamp ?? null,
      content,
      number,
      customer: customer.address,
    },
  ];
}

// ── Statuses and the rest ───────────────────────────────────────────────────────────────────────────────

const statuses = new Map(
  Object.entries({
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    played: 'read',
    failed: 'failed',
  } as const),
);

function statusEvents(raw: unknown, number: string): InboundEvent[] {
  const report = read(statusSchema, raw);
  if (report === null) return [ignored('status without an id')];
  const status = statuses.get(report.status);
  if (status === undefined) return [ignored(`status ${report.status}`)];
  const [reason] = report.errors.flatMap((item) => graphErrorOf(item) ?? []);
  const ref = report.biz_opaque_callback_data;
  const customer = customerOf({ from: report.recipient_id, userId: report.recipient_user_id }, []);
  return [
    {
      kind: 'status',
      id: report.id,
      ref: ref && /^[\w-]{1,64}$/.test(ref) ? ref : null,
      status,
      error: status !== 'failed' ? null : reason ? whatsappError(reason) : sendErrorOf('unknown'),
      at: report.timestamp ?? null,
    },
    ...(reason?.code === marketingStopped && customer
      ? [{ kind: 'optOut', out: true, scope: 'marketing', number, customer: customer.address } as const]
      : []),
  ];
}

function preferenceEvents(raw: unknown, number: string): InboundEvent[] {
  const preference = read(preferenceSchema, raw);
  const customer = preference && customerOf({ from: preference.wa_id, userId: preference.user_id }, []);
  if (!preference || !customer || preference.category !== 'marketing_messages') {
    return [ignored('preference that is not readable')];
  }
  const out = preference.value === 'stop';
  return [{ kind: 'optOut', out, scope: 'marketing', number, customer: customer.address }];
}

function accountErrors(raw: unknown): InboundEvent[] {
  const error = graphErrorOf(raw);
  return error ? [{ kind: 'account', text: `WhatsApp reports error ${error.code}: ${error.text}` }] : [];
}

const templateSchema = z.object({
  event: text,
  message_template_name: text,
  message_template_language: text,
  reason: text,
});

function templateNews(raw: unknown): string {
  const news = read(templateSchema, raw);
  const { message_template_name: name, message_template_language: language, event, reason } = news ?? {};
  const because = reason && reason !== 'NONE' ? ` (${reason})` : '';
  return `Template ${name ?? ''} ${language ?? ''}: ${event ?? 'changed'}${because}`;
}

/** The plain values of an object, for an admin to read. */
function summary(value: Record<string, unknown>): string {
  const parts = Object.entries(value)
    .filter(([, item]) => typeof item === 'string' || typeof item === 'number')
    .map(([name, item]) => `${name} ${String(item)}`);
  return parts.join(', ').slice(0, 300);
}

function ignored(what: string): InboundEvent {
  return { kind: 'ignored', what: what.slice(0, 200) };
}
