/** Telnyx Messaging API v2: JSON both ways, webhooks signed with Ed25519. */
import * as z from 'zod';
import type { DeliveryStatus } from '../delivery.ts';
import { segmentsOf } from '../segments.ts';
import { sendErrorOf, type SendError } from '../sendError.ts';
import {
  base64Bytes,
  customerOf,
  isEd25519,
  jsonBody,
  ownNumber,
  parseJson,
  phoneNumbersOf,
  refOf,
  reply,
  reportUrl,
  retryAfterMs,
  timeOf,
} from './dialect.ts';
import type { InboundEvent, InboundFile } from './events.ts';
import type {
  FormField,
  HttpAnswer,
  HttpRequest,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
  Verdict,
  WebhookRequest,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';
import { healthOf } from './smsAnswer.ts';
import { categoryOfStatus, sendErrorOfTelnyx, telnyxErrors } from './telnyx/errors.ts';

const origin = 'https://api.telnyx.com';

const form: FormField[] = [
  {
    name: 'apiKey',
    label: 'API Key',
    help: 'A v2 key, which begins with KEY. Telnyx portal: Keys & Credentials, API Keys.',
    kind: 'secret',
    required: true,
    placeholder: 'KEY…',
  },
  {
    name: 'publicKey',
    label: 'Public Key',
    help: 'Checks that webhooks are from Telnyx; a wrong one lets nothing in. Telnyx portal: Keys & Credentials, Public Key.',
    kind: 'text',
    required: true,
  },
  {
    name: 'messagingProfileId',
    label: 'Messaging Profile ID',
    help: 'Needed to send from an alphanumeric sender ID, and for nothing else.',
    kind: 'text',
    required: false,
    advanced: true,
  },
];

/** Ten segments is the most for SMS; 1,600 characters for the text of an MMS. All files together: 1 MB. */
const limits = {
  textLength: 1600,
  segments: 10,
  files: 10,
  fileBytes: 1_000_000,
  totalBytes: 1_000_000,
  alphanumericFiles: false,
};

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

/** How far the signed time may be from ours, either way, in seconds. */
const toleranceSeconds = 300;

/** Signed are the time as the header has it, `|`, and the raw body. */
async function verify(request: WebhookRequest, channel: ProviderChannel, now: number): Promise<Verdict> {
  const refuse = (log: string): Verdict => ({ ok: false, reply: reply(403), log });
  const time = request.headers['telnyx-timestamp'];
  const header = request.headers['telnyx-signature-ed25519'];
  if (time === undefined || header === undefined) return refuse('The signature is missing.');
  if (!/^\d{1,12}$/.test(time)) return refuse('The time of the signature is not in seconds.');
  if (Math.abs(Math.floor(now / 1000) - Number(time)) > toleranceSeconds) {
    return refuse('The signature is too old, or a clock is wrong.');
  }
  const signature = base64Bytes(header);
  const key = base64Bytes(channel.fields['publicKey'] ?? '');
  if (signature?.length !== 64) return refuse('The signature is not 64 bytes in base64.');
  if (key?.length !== 32) return refuse('The Public Key is not 32 bytes in base64.');
  const prefix = new TextEncoder().encode(`${time}|`);
  const signed = new Uint8Array(prefix.length + request.body.length);
  signed.set(prefix);
  signed.set(request.body, prefix.length);
  if (await isEd25519(key, signature, signed)) return { ok: true };
  return refuse('The signature does not match: another Public Key, or a changed body.');
}

const text = z.string().nullish().catch(null);
const event = z.object({
  data: z.object({
    event_type: z.string(),
    id: text,
    occurred_at: z.unknown().optional(),
    payload: z.unknown(),
  }),
});
type EventData = z.infer<typeof event>['data'];

function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const body = event.safeParse(jsonBody(request));
  if (!body.success) return [{ kind: 'malformed', what: 'The body is not an event in JSON.' }];
  const type = body.data.data.event_type;
  if (type === 'message.received') return [messageEvent(body.data.data, channel)];
  if (type === 'message.sent' || type === 'message.finalized') return [statusEvent(body.data.data, request)];
  return [{ kind: 'ignored', what: `event ${type.slice(0, 100)}` }];
}

const received = z.object({
  id: text,
  direction: text,
  type: text,
  from: z.unknown(),
  to: z.unknown(),
  cc: z.unknown().optional(),
  text,
  media: z.array(z.unknown()).catch([]),
  received_at: z.unknown().optional(),
  autoresponse_type: text,
});
const mediaItem = z.object({ url: z.string().min(1), content_type: text });

function messageEvent(data: EventData, channel: ProviderChannel): InboundEvent {
  const read = received.safeParse(data.payload);
  const id = (read.success ? read.data.id : null) || data.id;
  if (!read.success || !id || id.length > 255) return { kind: 'malformed', what: 'The message has no id.' };
  const { direction, type, from, to, cc, media, received_at: at, autoresponse_type: keyword } = read.data;
  if (direction === 'outbound') return { kind: 'ignored', what: 'a message of our own' };
  if (type && type !== 'SMS' && type !== 'MMS')
    return { kind: 'ignored', what: `a message of ${type.slice(0, 50)}` };
  // Our own number may be among the other recipients of a group message.
  const recipients = [...phoneNumbersOf(to), ...phoneNumbersOf(cc)];
  const number = recipients.map((raw) => ownNumber(raw, channel.numbers)).find((own) => own !== null);
  if (number === undefined) {
    return {
      kind: 'ignored',
      what: `a message to ${recipients[0]?.slice(0, 50) ?? 'nobody'}, which is not of this channel`,
    };
  }
  const customer = customerOf(phoneNumbersOf(from)[0]);
  if (customer === null) return { kind: 'ignored', what: 'a message from nobody' };
  const optOut = keyword ? optOuts.get(keyword.toUpperCase()) : undefined;
  return {
    kind: 'message',
    id,
    at: timeOf(at) ?? timeOf(data.occurred_at),
    number,
    customer,
    content: { text: read.data.text ?? '', files: media.flatMap(fileOf) },
    ...(optOut ? { optOut } : {}),
  };
}

const optOuts = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
] as const) as ReadonlyMap<string, 'stop' | 'start' | 'help'>;

/** The digest that comes along has two names and no documented encoding, so it is not relied on. */
function fileOf(raw: unknown): InboundFile[] {
  const item = mediaItem.safeParse(raw);
  if (!item.success) return [];
  const { url, content_type: type } = item.data;
  return [{ url, ...(type ? { type } : {}) }];
}

const statuses = new Map<string, DeliveryStatus>([
  ['queued', 'queued'],
  ['sending', 'queued'],
  ['scheduled', 'queued'],
  ['sent', 'sent'],
  // Final: no receipt came.
  ['delivery_unconfirmed', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['sending_failed', 'failed'],
  ['delivery_failed', 'failed'],
  ['expired', 'failed'],
  ['cancelled', 'failed'],
]);

const reported = z.object({
  id: z.string().min(1).max(255),
  type: text,
  to: z.unknown(),
  completed_at: z.unknown().optional(),
  errors: z.unknown().optional(),
});
const recipient = z.object({ status: z.string() });

/** The recipient's status tells: `message.finalized` means success and failure alike. */
function statusEvent(data: EventData, request: WebhookRequest): InboundEvent {
  const read = reported.safeParse(data.payload);
  if (!read.success) return { kind: 'malformed', what: 'The report has no message id.' };
  const { id, type, to, completed_at: completedAt } = read.data;
  const [first] = (Array.isArray(to) ? to : [to]) as unknown[];
  const word = recipient.safeParse(first).data?.status ?? '';
  const status = statuses.get(word);
  if (!status) return { kind: 'ignored', what: `status ${word.slice(0, 50) || 'of nobody'}` };
  const error = status === 'failed' ? failureOf(read.data, word, type === 'MMS') : null;
  const at = timeOf(completedAt) ?? timeOf(data.occurred_at);
  return { kind: 'status', id, ref: refOf(request.rawQuery), status, error, at };
}

function failureOf(report: { errors?: unknown }, word: string, hadMedia: boolean): SendError {
  const [first] = telnyxErrors.safeParse(report).data?.errors ?? [];
  return first ? sendErrorOfTelnyx(first, hadMedia, null) : sendErrorOf('unknown', { text: word });
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function compose(message: Outgoing, channel: ProviderChannel): HttpRequest {
  const { text: words, media } = smsParts(message);
  const profile = channel.fields['messagingProfileId'];
  const body = {
    from: message.from,
    to: message.to,
    ...(words === '' ? {} : { text: words }),
    ...(media.length === 0 ? {} : { media_urls: media }),
    ...(profile !== undefined && /[A-Za-z]/.test(message.from) ? { messaging_profile_id: profile } : {}),
    webhook_url: reportUrl(channel.webhookUrl, message.ref),
  };
  return {
    method: 'POST',
    url: `${origin}/v2/messages`,
    headers: {
      authorization: bearer(channel),
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify(body),
  };
}

const accepted = z.object({
  data: z.object({ id: z.string().min(1), to: z.unknown().optional(), errors: z.unknown().optional() }),
});

function interpret(answer: HttpAnswer, message: Outgoing, now: number): SendResult {
  const json = parseJson(answer.body);
  const hadMedia = smsParts(message).media.length > 0;
  if (answer.status >= 200 && answer.status < 300) {
    const read = accepted.safeParse(json);
    if (!read.success) {
      return { kind: 'unknown', error: sendErrorOf('unknown', { text: 'The answer has no message id.' }) };
    }
    const { id, to } = read.data.data;
    const word = recipient.safeParse(Array.isArray(to) ? to[0] : to).data?.status ?? '';
    const status = statuses.get(word) ?? 'queued';
    if (status === 'failed') {
      return { kind: 'refused', error: failureOf(read.data.data, word, hadMedia), retry: null };
    }
    return { kind: 'accepted', providerId: id, status: status === 'queued' ? 'queued' : 'sent' };
  }
  const [first] = telnyxErrors.safeParse(json).data?.errors ?? [];
  const error = first
    ? sendErrorOfTelnyx(first, hadMedia, answer.status)
    : sendErrorOf(categoryOfStatus(answer.status), { text: `HTTP ${answer.status}` });
  // There is no idempotency key. Only a 503 that is Telnyx's own refusal tells that nothing was sent.
  const known = answer.status < 500 ? answer.status !== 408 : answer.status === 503 && first !== undefined;
  if (!known) return { kind: 'unknown', error };
  return { kind: 'refused', error, retry: retryOf(answer, error, now) };
}

/** How long to leave a full queue or a spent allowance alone where the answer does not say, ms. */
const queueFullMs = 60_000;

function retryOf(
  answer: HttpAnswer,
  error: SendError,
  now: number,
): (SendResult & { kind: 'refused' })['retry'] {
  const afterMs = waitMs(answer.headers, now);
  const code = error.code ?? '';
  if (/^(40001|40003|40010|40300|40314|40322)$/.test(code)) return null;
  if (code === '40016' || code === '40018') {
    return { scope: 'recipient', afterMs: afterMs ?? queueFullMs };
  }
  if (code === '40011' || code === '40318') return { scope: 'channel', afterMs: afterMs ?? queueFullMs };
  if (code === '40006' || code === '40008') return { scope: 'recipient', afterMs };
  const busy = answer.status === 429 || answer.status === 409 || answer.status >= 500;
  return busy || error.category === 'too_many_requests' ? { scope: 'channel', afterMs } : null;
}

/** `x-ratelimit-reset` is documented both as seconds to wait and as a Unix time. */
function waitMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const inMs = headers['retry-after-ms'];
  if (inMs !== undefined && /^\d+(\.\d+)?$/.test(inMs)) return retryAfterMs(String(Number(inMs) / 1000), now);
  const said = retryAfterMs(headers['retry-after'], now);
  if (said !== null) return said;
  const reset = headers['x-ratelimit-reset'];
  if (reset === undefined || !/^\d+(\.\d+)?$/.test(reset)) return null;
  const seconds = Number(reset) > 1_000_000_000 ? Number(reset) - now / 1000 : Number(reset);
  return retryAfterMs(String(seconds), now);
}

function admit(message: Outgoing): SendError | null {
  const refusal = refuseSms(message, limits);
  if (refusal || message.content.kind !== 'text') return refusal;
  const { count } = segmentsOf(message.content.text);
  if (count <= limits.segments) return null;
  return sendErrorOf('invalid_parameter', {
    text: `The text needs ${count} SMS segments; ${limits.segments} are allowed.`,
  });
}

function bearer({ fields }: ProviderChannel): string {
  return `Bearer ${fields['apiKey'] ?? ''}`;
}

/** Telnyx says both that the links need the key and that they do not: so without it first, then with it. */
function download(
  url: string,
  channel: ProviderChannel,
  _redirected: boolean,
  refused = false,
): HttpRequest | null {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (!target || !/^https?:$/.test(target.protocol)) return null;
  if (!refused) return { method: 'GET', url, headers: {}, body: null };
  const isTelnyx = target.protocol === 'https:' && /(^|\.)telnyx\.com$/.test(target.hostname);
  return isTelnyx ? { method: 'GET', url, headers: { authorization: bearer(channel) }, body: null } : null;
}

export const telnyx: Provider = {
  id: 'telnyx',
  kind: 'sms',
  label: 'Telnyx',
  origins: () => [origin, 'https://media.telnyx.com'],
  form,
  validate({ publicKey, messagingProfileId }) {
    if (publicKey !== undefined && base64Bytes(publicKey)?.length !== 32) {
      return { field: 'publicKey', message: 'A Public Key has 44 characters and ends in =.' };
    }
    if (
      messagingProfileId !== undefined &&
      !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(messagingProfileId)
    ) {
      return {
        field: 'messagingProfileId',
        message: 'A Messaging Profile ID is a UUID such as 40019f3e-7d5b-4c1e-8e2a-0b6d9c3f1a22.',
      };
    }
    return null;
  },
  ours: [],
  webhookFragment: '',
  numbers: { kind: 'many', alphanumeric: true },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'provider',
  windows: null,
  webhook: {
    maxBytes: 1_000_000,
    methods: ['POST'],
    accepted: reply(200),
    malformed: reply(400),
    busy: reply(503),
    sameWithinMs: 0,
  },
  verify,
  parse,
  admit,
  split: (message) => [message],
  compose,
  interpret,
  repeatable: false,
  checks: (channel) => [
    {
      method: 'GET',
      url: `${origin}/v2/messaging_profiles?page[size]=1`,
      headers: { authorization: bearer(channel), accept: 'application/json' },
      body: null,
    },
  ],
  judge: (answer) => healthOf(answer, 'Telnyx'),
  media: { download, hosts: null },
};
