/**
 * SIPTRUNK. Its dialect looks like Flowroute's but differs in what breaks a shared adapter: another id field,
 * numbers with `+`, the root path, and flags as text. Nothing is documented in public, so all is read loosely.
 */
import * as z from 'zod';
import { sendErrorOf, type SendError } from '../sendError.ts';
import {
  addressOf,
  basic,
  customerOf,
  jsonBody,
  ownNumber,
  parseJson,
  refOf,
  reply,
  timeOf,
} from './dialect.ts';
import type { InboundEvent, InboundFile } from './events.ts';
import { isReceipt, receiptEvent } from './flowroute/receipt.ts';
import { isPublicHost } from '../publicHost.ts';
import type {
  FormField,
  HttpAnswer,
  HttpRequest,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
  WebhookRequest,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';
import { healthOf, isPage, namesANumber, refused, wordsOf } from './smsAnswer.ts';

const defaultSendUrl = 'https://messaging.siptrunk.com';

const form: FormField[] = [
  {
    name: 'accessKey',
    label: 'Access Key',
    help: 'At SIPTRUNK: Messaging > API Keys > Create New API Key. Looks like a UUID.',
    kind: 'text',
    required: true,
  },
  {
    name: 'secretKey',
    label: 'Secret Key',
    help: 'From the same pop-up, which shows it once. Looks like a UUID; the JCK API Token is not asked for.',
    kind: 'secret',
    required: true,
  },
  {
    name: 'sendUrl',
    label: 'Address for Sending Messages',
    help: 'Change it only when SIPTRUNK tells you another one.',
    kind: 'url',
    required: false,
    initial: defaultSendUrl,
    advanced: true,
  },
];

/** Not published: files as at Flowroute, which has the same owner; texts as ten segments. */
const totalBytes = 767_840;
const limits = { textLength: 1600, fileBytes: totalBytes, files: 10, alphanumericFiles: true };

/** Basic auth. The portal's "JCK API Token" is the finished `access:secret` in base64, and gets pasted too. */
function authorization(fields: ProviderChannel['fields']): string {
  const { accessKey = '', secretKey = '' } = fields;
  const [access, secret] = pairIn(secretKey) ?? pairIn(accessKey) ?? [accessKey, secretKey];
  return basic(access, secret);
}

/** What a token holds, split at the first colon; null when `value` is no token. */
function pairIn(value: string): [string, string] | null {
  const token = value.replace(/^Basic\s+/i, '');
  if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(token) || token.length % 4 !== 0) return null;
  const [, access, secret] = /^([\x21-\x39\x3b-\x7e]+):([\x21-\x7e]+)$/.exec(atob(token)) ?? [];
  return access && secret ? [access, secret] : null;
}

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

const optionalText = z.string().nullish().catch(null);
const textOrNumber = z.union([z.string(), z.number().transform(String)]);
const idText = textOrNumber.nullish().catch(null);
const envelope = z.object({
  data: z.object({
    type: optionalText,
    message_id: idText,
    id: idText,
    attributes: z.record(z.string(), z.unknown()),
  }),
  included: z.array(z.unknown()).catch([]),
});
const attributesOf = z.object({
  from: textOrNumber,
  to: textOrNumber,
  body: optionalText,
  message_id: idText,
  timestamp: optionalText,
});
/** `type` may be absent, so the URL tells that it is a file. */
const media = z.object({
  attributes: z.object({ url: z.string().min(1), file_name: optionalText, mime_type: optionalText }),
});

function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const body = envelope.safeParse(jsonBody(request));
  if (!body.success) return [{ kind: 'malformed', what: 'The body is not a SIPTRUNK message in JSON.' }];
  const { type = null, message_id: messageId, id: otherId, attributes } = body.data.data;
  if (isReceipt(type, attributes)) {
    return [receiptEvent(messageId || otherId || null, refOf(request.rawQuery), attributes)];
  }
  if (type !== null && type !== 'message') {
    return [{ kind: 'ignored', what: `data of type ${type.slice(0, 100)}` }];
  }
  const message = attributesOf.safeParse(attributes);
  if (!message.success) return [{ kind: 'malformed', what: 'A message needs from and to.' }];
  const { from, to, body: text, message_id: innerId, timestamp } = message.data;
  const id = messageId || otherId || innerId || null;
  if (id !== null && id.length > 255) {
    return [{ kind: 'malformed', what: 'The id has more than 255 characters.' }];
  }
  const number = ownNumber(to, channel.numbers);
  if (number === null) {
    return [{ kind: 'ignored', what: `a message to ${to.slice(0, 40)}, which is not of this channel` }];
  }
  const customer = customerOf(from);
  if (customer === null) return [{ kind: 'malformed', what: 'The sender is no phone number.' }];
  const content = { text: text ?? '', files: body.data.included.flatMap(fileOf) };
  return [{ kind: 'message', id, at: timeOf(timestamp), number, customer, content }];
}

function fileOf(item: unknown): InboundFile[] {
  const read = media.safeParse(item);
  if (!read.success) return [];
  const { url, file_name: name, mime_type: type } = read.data.attributes;
  return [{ url, ...(name ? { name } : {}), ...(type ? { type } : {}) }];
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function admit(message: Outgoing): SendError | null {
  const textBytes = new TextEncoder().encode(smsParts(message).text).length;
  return refuseSms(message, { ...limits, totalBytes: totalBytes - textBytes });
}

function compose(message: Outgoing, { fields }: ProviderChannel): HttpRequest {
  const { text, media: urls } = smsParts(message);
  const attributes = {
    to: addressOf(message.to),
    from: addressOf(message.from),
    body: text,
    // The text "true": without it the files stay behind.
    ...(urls.length === 0 ? {} : { is_mms: 'true', media_urls: urls }),
  };
  return {
    method: 'POST',
    url: fields['sendUrl'] ?? defaultSendUrl,
    headers: {
      authorization: authorization(fields),
      'content-type': 'application/vnd.api+json',
      accept: 'application/vnd.api+json, application/json',
    },
    body: JSON.stringify({ data: { type: 'message', attributes } }),
  };
}

const ids = z.object({ message_id: idText, id: idText });
const success = ids.extend({ data: ids.nullish().catch(null) });
const failure = z.object({ errors: z.array(z.unknown()).min(1) });

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  const json = parseJson(answer.body);
  const error = errorOf(answer.status, wordsOf(answer.body));
  if (answer.status >= 200 && answer.status < 300) {
    if (failure.safeParse(json).success) return refused(error, answer, now);
    if (isPage(answer)) {
      const text = 'A web page came instead of an answer.';
      return { kind: 'unknown', error: sendErrorOf('unknown', { code: answer.status, text }) };
    }
    // The answer's shape is not documented, so one without an id is as good.
    const read = success.safeParse(json);
    const { data = null, message_id: messageId, id } = read.success ? read.data : {};
    const providerId = data?.message_id || data?.id || messageId || id || null;
    return { kind: 'accepted', providerId, status: 'sent' };
  }
  // A gateway that ran out of time cannot say whether the message behind it went out.
  if (answer.status === 504) return { kind: 'unknown', error };
  return refused(error, answer, now);
}

function errorOf(status: number, words: string): SendError {
  const is = (category: SendError['category']) =>
    sendErrorOf(category, { code: status, text: words || `HTTP ${status}` });
  if (status === 401) return is('auth_failed');
  if (status === 403) return is('no_permission');
  if (status === 429) return is('too_many_requests');
  if (status >= 500) return is('service_unavailable');
  if (/\b1110\b|opted[ -]out/i.test(words) || /\bSTOP\b/.test(words)) return is('recipient_opted_out');
  if (status === 413 || /byte limit|too large/i.test(words)) return is('exceeds_size_limit');
  // The standard words of a 415 are about the type of our request, not of the customer's file.
  if (
    /media|fetch|unsupported/i.test(status === 415 ? words.replace(/unsupported media type/i, '') : words)
  ) {
    return is('unsupported_media');
  }
  if ((status === 400 || status === 422) && namesANumber(words)) return is('invalid_phone_number');
  return is([400, 404, 405, 415, 422].includes(status) ? 'invalid_parameter' : 'unknown');
}

export const siptrunk: Provider = {
  id: 'siptrunk',
  kind: 'sms',
  label: 'SIPTRUNK',
  origins({ fields }) {
    const url = fields['sendUrl'] ?? defaultSendUrl;
    return URL.canParse(url) ? [new URL(url).origin] : [];
  },
  form,
  validate({ sendUrl = defaultSendUrl }) {
    const url = URL.canParse(sendUrl) ? new URL(sendUrl) : null;
    if (url?.protocol === 'https:' && !url.username && !url.password && isPublicHost(url)) return null;
    return { field: 'sendUrl', message: 'Use a public address that begins with https://.' };
  },
  ours: [],
  webhookFragment: '',
  numbers: { kind: 'many', alphanumeric: false },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'recordOnly',
  windows: null,
  webhook: {
    maxBytes: 1_048_576,
    methods: ['POST'],
    accepted: reply(200, 'OK'),
    malformed: reply(400, 'The body is not usable.'),
    busy: reply(503, 'Not stored. Try again.'),
    // For messages without any id.
    sameWithinMs: 60_000,
  },
  // No signing is known: the unguessable URL and the numbers of the channel are all there is.
  verify: () => Promise.resolve({ ok: true }),
  parse,
  admit,
  split: (message) => [message],
  compose,
  interpret,
  repeatable: false,
  // No harmless request is known that would prove the keys.
  checks: () => [],
  judge: (answer) => healthOf(answer, 'SIPTRUNK'),
  media: {
    download: (url) =>
      /^https?:\/\//i.test(url) && URL.canParse(url) ? { method: 'GET', url, headers: {}, body: null } : null,
    hosts: null,
  },
};
