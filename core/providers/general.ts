/**
 * The guide's custom SMS API ("Integrate SMS Service Using SMS API"): any service that speaks it can join.
 * Its shapes are those of Telnyx's webhook, trimmed.
 */
import * as z from 'zod';
import { sendErrorOf, type ErrorCategory } from '../sendError.ts';
import {
  customerOf,
  hex,
  hmac,
  jsonBody,
  ownNumber,
  parseJson,
  phoneNumbersOf,
  reply,
  retryAfterMs,
  sameText,
  timeOf,
} from './dialect.ts';
import type { InboundEvent, InboundFile } from './events.ts';
import { isPublicHost } from '../publicHost.ts';
import type {
  ChannelHealth,
  FormField,
  HttpAnswer,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
  Verdict,
  WebhookRequest,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';

const form: FormField[] = [
  {
    name: 'apiKey',
    label: 'API Key',
    help: 'The key that the SMS service gave you. We send it as the Bearer token of every request.',
    kind: 'secret',
    required: true,
  },
  {
    name: 'secret',
    label: 'Secret',
    help: 'Signs what the service sends to us (X-Signature-256). Recommended: without it, whoever knows the webhook URL can send messages in its name.',
    kind: 'secret',
    required: false,
  },
  {
    name: 'sendUrl',
    label: 'API Address for Sending Messages',
    help: 'The HTTPS address that takes the messages of agents.',
    kind: 'url',
    required: true,
    placeholder: 'https://sms.example.com/messages',
  },
  {
    name: 'verifyUrl',
    label: 'API Address for Verifying Authentication',
    help: 'The HTTPS address that answers our random challenge. Without it the connection is not checked.',
    kind: 'url',
    required: false,
    placeholder: 'https://sms.example.com/verify',
  },
];

/** The contract sets no length for texts; this is what SMS services usually take, ten segments. */
const limits = { textLength: 1600, fileBytes: 100_000_000, files: 10, alphanumericFiles: true };

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

/** HMAC-SHA256 of the raw body, lower-case hex. The contract signs no time: ids guard against replays. */
async function verify(request: WebhookRequest, channel: ProviderChannel): Promise<Verdict> {
  const { secret } = channel.fields;
  if (secret === undefined) return { ok: true };
  const header = request.headers['x-signature-256'];
  const refuse = (log: string): Verdict => ({ ok: false, reply: reply(400, 'Wrong signature.'), log });
  if (header === undefined) return refuse('X-Signature-256 is missing.');
  if (!/^sha256=[0-9a-f]{64}$/.test(header)) return refuse('X-Signature-256 is malformed.');
  const expected = `sha256=${hex(await hmac('SHA-256', secret, request.body))}`;
  return sameText(header, expected) ? { ok: true } : refuse('X-Signature-256 does not match the body.');
}

const optionalText = z.string().optional().catch(undefined);

const event = z.object({
  data: z.object({
    event_type: z.string(),
    occurred_at: z.unknown().optional(),
    payload: z.unknown().optional(),
  }),
});
const received = z.object({
  id: z.union([z.string().trim().min(1), z.number().transform(String)]),
  from: z.unknown(),
  to: z.unknown(),
  text: z.string().catch(''),
  media: z.array(z.unknown()).catch([]),
  received_at: z.unknown().optional(),
});
const mediaItem = z.object({ url: z.string(), content_type: optionalText, sha256: optionalText });

function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  const body = event.safeParse(jsonBody(request));
  if (!body.success) return [{ kind: 'malformed', what: 'The body is not an event in JSON.' }];
  const { event_type: type, occurred_at: occurredAt, payload } = body.data.data;
  if (type !== 'message.received') return [{ kind: 'ignored', what: `event ${type.slice(0, 100)}` }];

  const message = received.safeParse(payload);
  if (!message.success) return [{ kind: 'malformed', what: 'The message has no id.' }];
  const { id, text, received_at: receivedAt } = message.data;
  const [sender] = phoneNumbersOf(message.data.from);
  const recipients = phoneNumbersOf(message.data.to);
  const files = message.data.media.flatMap(fileOf);
  if (id.length > 255) return [{ kind: 'malformed', what: 'The id has more than 255 characters.' }];
  if (sender === undefined) return [{ kind: 'malformed', what: 'The message has no from.' }];
  if (recipients.length === 0) return [{ kind: 'malformed', what: 'The message has no to.' }];
  if (text === '' && files.length === 0) {
    return [{ kind: 'malformed', what: 'The message has neither text nor media.' }];
  }
  const number = recipients.map((to) => ownNumberOf(to, channel)).find((own) => own !== null);
  if (number === undefined) {
    return [{ kind: 'ignored', what: `a message to ${recipients[0] ?? ''}, which is not of this channel` }];
  }
  const customer = customerOf(international(sender));
  if (customer === null) {
    return [{ kind: 'ignored', what: `a message from ${sender.slice(0, 50)}, which is no address` }];
  }
  const at = timeOf(receivedAt) ?? timeOf(occurredAt);
  return [{ kind: 'message', id, at, number, customer, content: { text, files } }];
}

/** A file of `media`; none when it has no usable URL. The guide's own sample lacks the scheme. */
function fileOf(raw: unknown): InboundFile[] {
  const item = mediaItem.safeParse(raw);
  if (!item.success || item.data.url.trim() === '') return [];
  const { url: given, content_type: type, sha256 } = item.data;
  const url = /^[a-z][a-z0-9+.-]*:/i.test(given.trim()) ? given.trim() : `https://${given.trim()}`;
  if (!isWebUrl(url)) return [];
  return [
    {
      url,
      ...(type ? { type } : {}),
      ...(sha256 && /^[0-9a-f]{64}$/i.test(sha256) ? { sha256: sha256.toLowerCase() } : {}),
    },
  ];
}

/** E.164 is the contract, so digits without `+` are a whole number, never a national one. */
function international(raw: string): string {
  return /^\d{7,15}$/.test(raw) ? `+${raw}` : raw;
}

function ownNumberOf(raw: string, channel: ProviderChannel): string | null {
  return ownNumber(international(raw), channel.numbers) ?? ownNumber(raw, channel.numbers);
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

const accepted = z.object({
  data: z.object({ id: z.union([z.string().min(1), z.number().transform(String)]) }),
});
const errorBody = z.object({
  errors: z.tuple(
    [
      z.object({
        code: z
          .union([z.string(), z.number().transform(String)])
          .optional()
          .catch(undefined),
        title: optionalText,
        detail: optionalText,
      }),
    ],
    z.unknown(),
  ),
});

const categories: Partial<Record<string, ErrorCategory>> = {
  '10001': 'invalid_phone_number',
  '10002': 'invalid_parameter',
  '10003': 'unsupported_media',
  '10004': 'auth_failed',
  '10005': 'no_permission',
  '10006': 'too_many_requests',
  '10007': 'service_unavailable',
  '10008': 'exceeds_size_limit',
};

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  const json = parseJson(answer.body);
  const success = accepted.safeParse(json);
  if (answer.status >= 200 && answer.status < 300 && success.success) {
    return { kind: 'accepted', providerId: success.data.data.id, status: 'sent' };
  }
  const refused = (
    category: ErrorCategory,
    retried: boolean,
    code: string | null,
    text: string,
  ): SendResult => ({
    kind: 'refused',
    error: sendErrorOf(category, { code, text: text || `HTTP ${answer.status}` }),
    retry: retried ? { scope: 'channel', afterMs: retryAfterMs(answer.headers['retry-after'], now) } : null,
  });
  const byStatus = categoryOf(answer.status);
  const failure = errorBody.safeParse(json);
  if (!failure.success) return refused(byStatus.category, byStatus.retried, null, '');
  const { code = '', title, detail } = failure.data.errors[0];
  const text = [title, detail].filter(Boolean).join(': ');
  if (/opted[ -]?out|unsubscribed/i.test(text) || /\bSTOP\b/.test(text)) {
    return refused('recipient_opted_out', false, code || null, text);
  }
  const known = categories[code];
  if (!known) return refused(byStatus.category, byStatus.retried, code || null, text);
  return refused(known, known === 'too_many_requests' || known === 'service_unavailable', code, text);
}

/**
 * Without a usable code. Only 401 and 403 have a prompt of their own in the guide, which is why a 5xx is
 * `unknown` ("Failed to send") although it is tried again.
 */
function categoryOf(status: number): { category: ErrorCategory; retried: boolean } {
  if (status === 401) return { category: 'auth_failed', retried: false };
  if (status === 403) return { category: 'service_unavailable', retried: false };
  if (status === 429) return { category: 'too_many_requests', retried: true };
  return { category: 'unknown', retried: status >= 500 };
}

// ── The periodic connectivity check ─────────────────────────────────────────────────────────────────────

/** The guide's table of channel statuses. Here 403 and 404 mean Unauthorized, unlike on a send. */
function judge(answer: HttpAnswer | null, _index: number, challenge: string): ChannelHealth {
  if (!answer) return { status: 'requestFailed', cause: 'The verifying address does not answer.' };
  const { status, body } = answer;
  if (status === 200) {
    const said = body.trim();
    if (said === challenge || parseJson(said) === challenge) return { status: 'connected', cause: '' };
    return { status: 'unauthorized', cause: 'The answer is not the challenge that was sent.' };
  }
  if (status === 401 || status === 403 || status === 404) {
    return { status: 'unauthorized', cause: `The verifying address answered HTTP ${status}.` };
  }
  if (status === 500) return { status: 'unavailable', cause: 'The verifying address answered HTTP 500.' };
  const failure = errorBody.safeParse(parseJson(body));
  if (!failure.success) {
    return { status: 'requestFailed', cause: `The verifying address answered HTTP ${status}.` };
  }
  const { code, title, detail } = failure.data.errors[0];
  const words = [code, title, detail].filter(Boolean).join(': ').slice(0, 300);
  return { status: 'unknown', cause: `The verifying address answered HTTP ${status}: ${words}` };
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function originsOf({ fields }: Pick<ProviderChannel, 'fields'>): string[] {
  const urls = [fields['sendUrl'], fields['verifyUrl']].filter(
    (url) => url !== undefined && URL.canParse(url),
  );
  return [...new Set(urls.map((url) => new URL(url ?? '').origin))];
}

export const general: Provider = {
  id: 'general',
  kind: 'sms',
  label: 'General',
  origins: originsOf,
  form,
  validate(fields) {
    for (const field of ['sendUrl', 'verifyUrl']) {
      const text = fields[field];
      if (text === undefined) continue;
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
        return { field, message: 'Use an address that begins with https:// and holds no password.' };
      }
      if (!isPublicHost(url)) return { field, message: 'Use an address on the public internet.' };
    }
    return null;
  },
  ours: [],
  webhookFragment: '',
  numbers: { kind: 'many', alphanumeric: true },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'recordOnly',
  windows: null,
  webhook: {
    maxBytes: 1_048_576,
    methods: ['POST'],
    accepted: reply(204),
    malformed: reply(400, 'The body is not usable.'),
    busy: reply(503, 'Not stored. Try again.'),
    sameWithinMs: 0,
  },
  verify,
  parse,
  admit: (message) => refuseSms(message, limits),
  split: (message) => [message],
  compose(message, { fields }) {
    const { text, media } = smsParts(message);
    return {
      method: 'POST',
      url: fields['sendUrl'] ?? '',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${fields['apiKey'] ?? ''}` },
      body: JSON.stringify({
        from: message.from,
        to: message.to,
        ...(text === '' ? {} : { text }),
        ...(media.length === 0 ? {} : { media_urls: media }),
      }),
    };
  },
  interpret,
  repeatable: false,
  checks({ fields }, challenge) {
    if (fields['verifyUrl'] === undefined) return [];
    const url = new URL(fields['verifyUrl']);
    url.hash = '';
    url.search += `${url.search === '' ? '?' : '&'}challenge=${challenge}`;
    return [
      {
        method: 'GET',
        url: url.href,
        headers: { authorization: `Bearer ${fields['apiKey'] ?? ''}` },
        body: null,
      },
    ];
  },
  judge,
  media: {
    download: (url) => (isWebUrl(url) ? { method: 'GET', url, headers: {}, body: null } : null),
    hosts: null,
  },
};
