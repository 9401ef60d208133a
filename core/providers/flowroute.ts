/** Flowroute, Messaging API v2.1 (JSON:API). Numbers travel without `+` in both directions. */
import * as z from 'zod';
import { sendErrorOf, type SendError } from '../sendError.ts';
import {
  basic,
  customerOf,
  digitsOf,
  jsonBody,
  ownNumber,
  parseJson,
  refOf,
  reply,
  reportUrl,
  timeOf,
} from './dialect.ts';
import type { InboundEvent, InboundFile } from './events.ts';
import { isReceipt, receiptEvent } from './flowroute/receipt.ts';
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
import { healthOf, isPage, namesANumber, refused } from './smsAnswer.ts';

const api = 'https://api.flowroute.com';

const form: FormField[] = [
  {
    name: 'accessKey',
    label: 'Access Key',
    help: 'At Flowroute: Preferences > API Control. Usually all digits.',
    kind: 'text',
    required: true,
  },
  {
    name: 'secretKey',
    label: 'Secret Key',
    help: 'The secret that belongs to the access key. Flowroute shows it once, when the key is made.',
    kind: 'secret',
    required: true,
  },
];

/** Text and files together; Flowroute says 750 kB and enforces this. Text length is not published: ten segments. */
const totalBytes = 767_840;
const limits = { textLength: 1600, fileBytes: totalBytes, files: 10, alphanumericFiles: true };

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

const optionalText = z.string().nullish().catch(null);
const textOrNumber = z.union([z.string(), z.number().transform(String)]);
const list = z.array(z.unknown()).catch([]);

const envelope = z.object({
  data: z.object({
    type: optionalText,
    id: textOrNumber.nullish().catch(null),
    attributes: z.record(z.string(), z.unknown()),
    relationships: z.unknown().optional(),
    included: list,
  }),
  included: list,
});
const attributesOf = z.object({
  from: textOrNumber,
  to: textOrNumber,
  body: optionalText,
  timestamp: optionalText,
  direction: optionalText,
});
/** What comes when the account's "SMS Webhook Version" is v2: no type, no time, no media. */
const flat = z.object({ id: textOrNumber, from: textOrNumber, to: textOrNumber, body: optionalText });

const media = z.object({
  id: textOrNumber.nullish().catch(null),
  attributes: z.object({ url: z.string().min(1), mime_type: optionalText, file_name: optionalText }),
});
const mediaOrder = z.object({ media: z.object({ data: z.array(z.object({ id: textOrNumber })) }) });

function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const json = jsonBody(request);
  const body = envelope.safeParse(json);
  if (!body.success) return parseFlat(json, channel);
  const { type = null, id = null, attributes, relationships, included } = body.data.data;
  if (isReceipt(type, attributes)) return [receiptEvent(id, refOf(request.rawQuery), attributes)];
  if (type !== null && type !== 'message') {
    return [{ kind: 'ignored', what: `data of type ${type.slice(0, 100)}` }];
  }
  const message = attributesOf.safeParse(attributes);
  if (id === null || id === '' || id.length > 255 || !message.success) {
    return [{ kind: 'malformed', what: 'A message needs an id, from and to.' }];
  }
  const { from, to, body: text, timestamp, direction } = message.data;
  if (direction && direction !== 'inbound') {
    return [{ kind: 'ignored', what: `a message with direction ${direction.slice(0, 100)}` }];
  }
  // One published client expects the media inside of `data`.
  const files = filesOf([...body.data.included, ...included], relationships);
  return [received({ id, at: timeOf(timestamp), from, to, text: text ?? '', files }, channel)];
}

function parseFlat(json: unknown, channel: ProviderChannel): InboundEvent[] {
  const message = flat.safeParse(json);
  if (!message.success) return [{ kind: 'malformed', what: 'The body is not a Flowroute message in JSON.' }];
  const { id, from, to, body } = message.data;
  if (id === '' || id.length > 255) return [{ kind: 'malformed', what: 'The message has no usable id.' }];
  const warning =
    'Flowroute sends webhooks of version v2, which carry no media. Set SMS Webhook Version to v2.1 under Preferences > API Control.';
  return [
    received({ id, at: null, from, to, text: body ?? '', files: [] }, channel),
    { kind: 'account', text: warning },
  ];
}

interface Received {
  id: string;
  at: number | null;
  from: string;
  to: string;
  text: string;
  files: InboundFile[];
}

function received({ id, at, from, to, text, files }: Received, channel: ProviderChannel): InboundEvent {
  const number = ownNumber(to, channel.numbers);
  if (number === null) {
    return { kind: 'ignored', what: `a message to ${to.slice(0, 40)}, which is not of this channel` };
  }
  const customer = customerOf(from);
  if (customer === null) return { kind: 'malformed', what: 'The sender is no phone number.' };
  return { kind: 'message', id, at, number, customer, content: { text, files } };
}

/** The media among `included`, in the order that the message names. */
function filesOf(included: unknown[], relationships: unknown): InboundFile[] {
  const order = mediaOrder.safeParse(relationships);
  const places = new Map(order.success ? order.data.media.data.map(({ id }, place) => [id, place]) : []);
  return included
    .flatMap((item) => {
      const read = media.safeParse(item);
      return read.success ? [read.data] : [];
    })
    .map((item, index) => ({ item, place: places.get(item.id ?? '') ?? places.size + index }))
    .sort((a, b) => a.place - b.place)
    .map(({ item: { attributes } }) => ({
      url: attributes.url,
      ...(attributes.file_name ? { name: attributes.file_name } : {}),
      ...(attributes.mime_type ? { type: attributes.mime_type } : {}),
    }));
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function admit(message: Outgoing): SendError | null {
  const textBytes = new TextEncoder().encode(smsParts(message).text).length;
  return refuseSms(message, { ...limits, totalBytes: totalBytes - textBytes });
}

function compose(message: Outgoing, { fields, webhookUrl }: ProviderChannel): HttpRequest {
  const { text, media: urls } = smsParts(message);
  const attributes = {
    to: digitsOf(message.to),
    from: digitsOf(message.from),
    ...(text === '' ? {} : { body: text }),
    ...(urls.length === 0 ? {} : { is_mms: true, media_urls: urls }),
    dlr_callback: reportUrl(webhookUrl, message.ref),
  };
  return {
    method: 'POST',
    url: `${api}/v2.1/messages`,
    headers: {
      authorization: basic(fields['accessKey'] ?? '', fields['secretKey'] ?? ''),
      'content-type': 'application/vnd.api+json',
      accept: 'application/vnd.api+json',
    },
    body: JSON.stringify({ data: { type: 'message', attributes } }),
  };
}

const acceptedBody = z.object({ data: z.object({ id: z.string().min(1) }) });
const errorBody = z.object({
  errors: z.tuple(
    [
      z.object({
        id: textOrNumber.nullish().catch(null),
        code: textOrNumber.nullish().catch(null),
        title: optionalText,
        detail: optionalText,
      }),
    ],
    z.unknown(),
  ),
});

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  const json = parseJson(answer.body);
  const failure = errorBody.safeParse(json);
  const first = failure.success ? failure.data.errors[0] : null;
  const words = [first?.title, first?.detail].filter(Boolean).join(': ');
  const error = errorOf(answer.status, first?.code ?? null, words, first?.id ?? null);
  if (answer.status >= 200 && answer.status < 300 && first === null) {
    const success = acceptedBody.safeParse(json);
    if (success.success) return { kind: 'accepted', providerId: success.data.data.id, status: 'sent' };
    const text = isPage(answer) ? 'A web page came instead of an answer.' : 'The answer has no message id.';
    return { kind: 'unknown', error: sendErrorOf('unknown', { code: answer.status, text }) };
  }
  // A gateway that ran out of time cannot say whether the message behind it went out.
  if (answer.status === 504) return { kind: 'unknown', error };
  return refused(error, answer, now);
}

/** The sheet of errors. `id` is what Flowroute's support asks for. */
function errorOf(status: number, code: string | null, words: string, id: string | null): SendError {
  const text = [words || `HTTP ${status}`, ...(id ? [`(error id ${id})`] : [])].join(' ');
  const clue = `${code ?? ''} ${words}`;
  if (status < 500 && /\b1110\b|opted out|phone rejected the message/i.test(clue)) {
    return sendErrorOf('recipient_opted_out', { code: '1110', text });
  }
  const is = (category: SendError['category']) => sendErrorOf(category, { code: code ?? status, text });
  if (status === 401) return is('auth_failed');
  if (status === 403) return is('no_permission');
  if (status === 429) return is('too_many_requests');
  if (status >= 500) return is('service_unavailable');
  if (/error fetching media/i.test(clue)) {
    return is(/byte limit/i.test(clue) ? 'exceeds_size_limit' : 'unsupported_media');
  }
  if ((status === 400 || status === 422) && namesANumber(clue)) return is('invalid_phone_number');
  return is([400, 404, 405, 415, 422].includes(status) ? 'invalid_parameter' : 'unknown');
}

export const flowroute: Provider = {
  id: 'flowroute',
  kind: 'sms',
  label: 'Flowroute',
  origins: () => [api],
  form,
  ours: [],
  webhookFragment: '',
  numbers: { kind: 'many', alphanumeric: false },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'provider',
  windows: null,
  webhook: {
    maxBytes: 1_048_576,
    methods: ['POST'],
    // Anything but 200 counts as a failure and is sent again.
    accepted: reply(200, 'OK'),
    malformed: reply(400, 'The body is not usable.'),
    busy: reply(503, 'Not stored. Try again.'),
    sameWithinMs: 0,
  },
  // Flowroute does not sign: the unguessable URL and the numbers of the channel are all there is.
  verify: () => Promise.resolve({ ok: true }),
  parse,
  admit,
  split: (message) => [message],
  compose,
  interpret,
  repeatable: false,
  checks: ({ fields }) => [
    {
      method: 'GET',
      url: `${api}/v2.1/messages?start_date=2026-01-01T00:00:00Z&limit=1`,
      headers: {
        authorization: basic(fields['accessKey'] ?? '', fields['secretKey'] ?? ''),
        accept: 'application/vnd.api+json',
      },
      body: null,
    },
  ],
  judge: (answer) => healthOf(answer, 'Flowroute'),
  media: {
    // Links lead to temporary storage that wants no credentials.
    download: (url) =>
      /^https?:\/\//i.test(url) && URL.canParse(url) ? { method: 'GET', url, headers: {}, body: null } : null,
    hosts: null,
  },
};
