/**
 * VoiceMeUp's webhooks: flat, every value a text, as JSON or as a form. One MMS comes as several of them, each
 * with one attachment, of which the first is an HTML page around the text and no file of the customer.
 */
import * as z from 'zod';
import { sendErrorOf } from '../../sendError.ts';
import { bodyText, customerOf, ownNumber, parseJson } from '../dialect.ts';
import type { InboundEvent } from '../events.ts';
import type { ProviderChannel, WebhookRequest } from '../provider.ts';

/** A text; numbers are taken as such, anything else as missing. */
const value = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);

const webhook = z.object({
  sms_hash: value,
  sms_log_id: value,
  direction: value,
  source_number: value,
  destination_number: value,
  message: value,
  attachment: value,
  attachment_url: value,
  attachment_mime_type: value,
  attachment_type: value,
  datetime_transmission: value,
  transmission_status: value,
});
type Webhook = z.infer<typeof webhook>;

/** How long parts of one MMS may be apart, ms; they usually are a second. */
const partsWithinMs = 60_000;

export function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const text = bodyText(request)?.trim() ?? '';
  const form = /^[\w.]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  const read = webhook.safeParse(form ?? parseJson(text));
  if (!read.success) return [{ kind: 'malformed', what: 'The body is not a VoiceMeUp message.' }];
  const id = read.data.sms_hash || read.data.sms_log_id || null;
  if (id !== null && id.length > 255) {
    return [{ kind: 'malformed', what: 'The id has more than 255 characters.' }];
  }
  const { direction = 'inbound' } = read.data;
  return [direction === 'inbound' ? messageOf(read.data, id, channel) : statusOf(read.data, id, direction)];
}

function messageOf(data: Webhook, id: string | null, channel: ProviderChannel): InboundEvent {
  const { source_number: from = '', destination_number: to = '', message: text = '' } = data;
  const url = data.attachment || data.attachment_url;
  const type = data.attachment_mime_type || data.attachment_type;
  if (to === '' || from === '') return { kind: 'malformed', what: 'A message needs both numbers.' };
  const number = ownNumber(to, channel.numbers);
  if (number === null) {
    return { kind: 'ignored', what: `a message to ${to.slice(0, 40)}, which is not of this channel` };
  }
  const customer = customerOf(from);
  if (customer === null) return { kind: 'malformed', what: 'The sender is no phone number.' };
  if (text === '' && !url) return { kind: 'ignored', what: 'a message with neither text nor attachment' };
  const files = !url || isWrapper(url, type) ? [] : [{ url, ...(type ? { type } : {}) }];
  // Their times name no zone, so they tell parts of one MMS but no moment.
  const key = [from, to, data.datetime_transmission].join('|');
  const isPart = url !== undefined && url !== '' && Boolean(data.datetime_transmission);
  const content = { text, files };
  return {
    kind: 'message',
    id,
    at: null,
    number,
    customer,
    content,
    ...(isPart ? { part: { key, withinMs: partsWithinMs } } : {}),
  };
}

/** Whether the attachment is the page that VoiceMeUp makes around the text of an MMS. */
function isWrapper(url: string, type: string | undefined): boolean {
  return /\.mms\.html?([?#]|$)/i.test(url) || /^text\/html\b/i.test(type ?? '');
}

/** What is not inbound is about a message of ours. That `completed` means delivered is not certain. */
function statusOf(data: Webhook, id: string | null, direction: string): InboundEvent {
  const status = data.transmission_status ?? '';
  if (id !== null && /^completed$/i.test(status)) {
    return { kind: 'status', id, ref: null, status: 'sent', error: null, at: null };
  }
  if (id !== null && /fail|error|reject/i.test(status)) {
    const error = sendErrorOf('unknown', { code: status.slice(0, 100), text: status });
    return { kind: 'status', id, ref: null, status: 'failed', error, at: null };
  }
  return { kind: 'ignored', what: `a webhook of direction ${direction.slice(0, 40)}` };
}
