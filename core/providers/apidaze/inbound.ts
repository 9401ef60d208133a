/** Apidaze's webhooks: messages as flat JSON, receipts as a form, and calls, which are not for us. */
import * as z from 'zod';
import type { DeliveryStatus } from '../../delivery.ts';
import { sendErrorOf } from '../../sendError.ts';
import { bodyText, customerOf, ownNumber, parseJson } from '../dialect.ts';
import type { InboundEvent } from '../events.ts';
import type { ProviderChannel, WebhookRequest } from '../provider.ts';
import { filesIn } from './files.ts';

const value = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);

/** Names differ between reports; the first of each group is what the platform sends today. */
const webhook = z.object({
  type: value,
  caller_id_number: value,
  from: value,
  source: value,
  destination_number: value,
  to: value,
  destination: value,
  text: value,
  body: value,
  message: value,
  reference_id: value,
  message_uuid: value,
  uuid: value,
  id: value,
  files: z.unknown().optional(),
  status: value,
  msgid: value,
  message_id: value,
});
type Webhook = z.infer<typeof webhook>;

const statuses: Record<string, DeliveryStatus> = {
  queued: 'queued',
  pending: 'queued',
  accepted: 'queued',
  sent: 'sent',
  submitted: 'sent',
  enroute: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  success: 'delivered',
  failed: 'failed',
  undelivered: 'failed',
  undeliverable: 'failed',
  rejected: 'failed',
  expired: 'failed',
  error: 'failed',
};

export function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const source = bodyText(request)?.trim() ?? '';
  const form = /^[\w.[\]%]+=/.test(source) ? Object.fromEntries(new URLSearchParams(source)) : undefined;
  const read = webhook.safeParse(form ?? parseJson(source));
  if (!read.success) return [{ kind: 'malformed', what: 'The body is not an Apidaze message.' }];
  const { type, status } = read.data;
  const from = read.data.caller_id_number || read.data.from || read.data.source || '';
  const to = read.data.destination_number || read.data.to || read.data.destination || '';
  const text = read.data.text ?? read.data.body ?? read.data.message ?? '';
  const isSilent = from === '' || (text === '' && read.data.files === undefined);
  if (status && (form || isSilent)) return [receiptOf(read.data, status)];
  if (type && !/sms|mms|message/i.test(type)) {
    return [{ kind: 'ignored', what: `a webhook of type ${type.slice(0, 100)}` }];
  }
  return messageOf(read.data, { from, to, text }, channel);
}

function messageOf(
  data: Webhook,
  { from, to, text }: { from: string; to: string; text: string },
  channel: ProviderChannel,
): InboundEvent[] {
  if (from === '' || to === '') return [{ kind: 'malformed', what: 'A message needs both numbers.' }];
  const number = ownNumber(to, channel.numbers);
  if (number === null) {
    return [{ kind: 'ignored', what: `a message to ${to.slice(0, 40)}, which is not of this channel` }];
  }
  const customer = customerOf(from);
  if (customer === null) return [{ kind: 'malformed', what: 'The sender is no phone number.' }];
  const id = data.reference_id || data.message_uuid || data.uuid || data.id || null;
  if (id !== null && id.length > 255) {
    return [{ kind: 'malformed', what: 'The id has more than 255 characters.' }];
  }
  const { files, unreadable } = filesIn(data.files, text);
  const isBare = text === '' && files.length === 0;
  const content = { text, files, ...(isBare && unreadable > 0 ? { unsupported: 'MMS' } : {}) };
  return [
    { kind: 'message', id, at: null, number, customer, content },
    ...(unreadable > 0 ? [{ kind: 'ignored' as const, what: 'files of an MMS that could not be read' }] : []),
  ];
}

/** Whether its id is the one that we were given is not known, so a receipt may well find no message. */
function receiptOf(data: Webhook, word: string): InboundEvent {
  const id = data.msgid || data.uuid || data.message_id || data.id || null;
  const key = word.trim().toLowerCase();
  const status = Object.hasOwn(statuses, key) ? statuses[key] : undefined;
  if (id === null || status === undefined) {
    return {
      kind: 'ignored',
      what: `a delivery receipt "${word.slice(0, 100)}"${id ? '' : ' without an id'}`,
    };
  }
  const error = status === 'failed' ? sendErrorOf('unknown', { code: key, text: word }) : null;
  return { kind: 'status', id, ref: null, status, error, at: null };
}
