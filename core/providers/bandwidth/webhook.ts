/** What Bandwidth posts: lists of events under Basic credentials, without any signature. */
import * as z from 'zod';
import type { DeliveryStatus } from '../../delivery.ts';
import { base64Bytes, customerOf, jsonBody, ownNumber, sameText, timeOf } from '../dialect.ts';
import type { InboundEvent, InboundFile } from '../events.ts';
import type { ProviderChannel, Verdict, WebhookRequest } from '../provider.ts';
import { errorOfEvent } from './errors.ts';

/** The first request of each event has no credentials by design: it is refused without a word in the log. */
export function verify(request: WebhookRequest, channel: ProviderChannel): Promise<Verdict> {
  const refuse = (log: string | null): Verdict => ({
    ok: false,
    reply: {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="gateway"' },
      body: null,
    },
    log,
  });
  const header = request.headers['authorization'];
  if (header === undefined) return Promise.resolve(refuse(null));
  const pair = credentialsOf(header);
  if (!pair) return Promise.resolve(refuse('The callback credentials are not readable.'));
  const { user, password } = channel.ours;
  const sameUser = sameText(pair.user, user);
  const samePassword = sameText(pair.password, password);
  if (sameUser && samePassword) return Promise.resolve({ ok: true });
  return Promise.resolve(refuse('The callback user name or password is wrong.'));
}

/** User and password of a Basic header, in UTF-8, parted at the first colon; null when it is none. */
function credentialsOf(header: string): { user: string; password: string } | null {
  const encoded = /^basic +(\S+)$/i.exec(header)?.[1];
  const bytes = encoded === undefined ? null : base64Bytes(encoded);
  if (!bytes) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const colon = text.indexOf(':');
    return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return null;
  }
}

const text = z.string().nullish().catch(null);
const event = z.object({
  type: z.string(),
  time: z.unknown().optional(),
  to: z.unknown().optional(),
  description: text,
  errorCode: z
    .union([z.number().transform(String), z.string()])
    .nullish()
    .catch(null),
  message: z.object({
    id: z.string().min(1).max(255),
    owner: z.unknown().optional(),
    applicationId: text,
    time: z.unknown().optional(),
    direction: text,
    from: z.unknown().optional(),
    text,
    media: z.array(z.unknown()).nullish().catch(null),
    tag: text,
  }),
});
type Event = z.infer<typeof event>;

/** The body is a list of events; some examples show one event alone. A bad one must not lose the others. */
export function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const body = jsonBody(request);
  if (typeof body !== 'object' || body === null)
    return [{ kind: 'malformed', what: 'The body is not JSON.' }];
  const events = (Array.isArray(body) ? body : [body]) as unknown[];
  if (events.length === 0) return [{ kind: 'ignored', what: 'an empty list' }];
  return events.map((item) => {
    const read = event.safeParse(item);
    return read.success
      ? eventOf(read.data, channel)
      : { kind: 'ignored', what: 'an event of an unknown form' };
  });
}

function eventOf(data: Event, channel: ProviderChannel): InboundEvent {
  const application = data.message.applicationId;
  if (application && application.toLowerCase() !== channel.fields['applicationId']?.toLowerCase()) {
    return { kind: 'ignored', what: 'an event of another application' };
  }
  if (data.type === 'message-received') return messageEvent(data, channel);
  return statusEvent(data, channel);
}

function messageEvent({ to, time, message }: Event, channel: ProviderChannel): InboundEvent {
  if (message.direction === 'out') return { kind: 'ignored', what: 'a message of our own' };
  // `message.to` has the other recipients of a group message, too.
  const number = ownNumber(message.owner, channel.numbers) ?? ownNumber(to, channel.numbers);
  if (number === null) {
    return {
      kind: 'ignored',
      what: `a message to ${short(message.owner ?? to)}, which is not of this channel`,
    };
  }
  const customer = customerOf(message.from);
  if (customer === null) return { kind: 'ignored', what: 'a message from nobody' };
  const words = message.text ?? '';
  const optOut = isTollFree(number) ? tollFreeKeywords.get(words.trim().toUpperCase()) : undefined;
  return {
    kind: 'message',
    id: message.id,
    at: timeOf(message.time) ?? timeOf(time),
    number,
    customer,
    content: { text: words, files: (message.media ?? []).flatMap(fileOf) },
    ...(optOut ? { optOut } : {}),
  };
}

/** On toll-free numbers the network itself blocks and answers; elsewhere nobody does. */
const tollFreeKeywords = new Map<string, 'stop' | 'start'>([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['UNSTOP', 'start'],
]);

function isTollFree(number: string): boolean {
  return /^\+?1?8(00|33|44|55|66|77|88)\d{7}$/.test(number);
}

/** A file by its URL; the layout of an MMS (.smil, .xml) is none. */
function fileOf(raw: unknown): InboundFile[] {
  if (typeof raw !== 'string' || !URL.canParse(raw)) return [];
  const segment = new URL(raw).pathname.split('/').at(-1) ?? '';
  if (/\.(smil|xml)$/i.test(segment)) return [];
  return [{ url: raw, ...(segment === '' ? {} : { name: decoded(segment) }) }];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function short(raw: unknown): string {
  return typeof raw === 'string' ? raw.slice(0, 50) : 'nobody';
}

const statuses = new Map<string, DeliveryStatus>([
  ['message-sending', 'queued'],
  ['message-sent', 'sent'],
  ['message-delivered', 'delivered'],
  ['message-failed', 'failed'],
  ['message-read', 'read'],
]);

/** No receipt came in time, which does not mean that the message did not arrive. */
const noReceipt = '9902';

function statusEvent(data: Event, channel: ProviderChannel): InboundEvent {
  const { type, description, errorCode, message, time } = data;
  const named = statuses.get(type);
  if (!named) return { kind: 'ignored', what: `event ${type.slice(0, 100)}` };
  // `message.owner` may be the recipient here.
  if (ownNumber(message.from, channel.numbers) === null) {
    return { kind: 'ignored', what: `a report for ${short(message.from)}, which is not of this channel` };
  }
  const onlyToCarrier = named === 'delivered' && /delivered to carrier/i.test(description ?? '');
  const status = onlyToCarrier || (named === 'failed' && errorCode === noReceipt) ? 'sent' : named;
  const error = named === 'failed' ? errorOfEvent(errorCode ?? '', description ?? type) : null;
  const ref = /^[A-Za-z0-9_-]{1,80}$/.test(message.tag ?? '') ? (message.tag ?? null) : null;
  return { kind: 'status', id: message.id, ref, status, error, at: timeOf(time) };
}
