/**
 * Apidaze (VoIP Innovations, IP Communications): the secret travels in the query of each request, so URLs are
 * never shown or logged. A file never goes without text.
 */
import * as z from 'zod';
import { sendErrorOf, type SendError } from '../sendError.ts';
import { parse } from './apidaze/inbound.ts';
import { digitsOf, parseJson, reply } from './dialect.ts';
import { isPublicHost } from '../publicHost.ts';
import type {
  ChannelHealth,
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
import { healthOf, isPage, namesANumber, refused, withoutSecrets, wordsOf } from './smsAnswer.ts';

const defaultBaseUrl = 'https://api.apidaze.io';

const form: FormField[] = [
  {
    name: 'apiKey',
    label: 'API Key',
    help: 'The key of your application at Apidaze.',
    kind: 'text',
    required: true,
  },
  {
    name: 'secret',
    label: 'Secret',
    help: 'The secret of the same application.',
    kind: 'secret',
    required: true,
  },
  {
    name: 'accompanyingText',
    label: 'Accompanying Text for Chat File',
    help: 'Apidaze sends no file without text: customers see this beside files that agents send without words.',
    kind: 'text',
    required: true,
    initial: 'Sent by Parley',
  },
  {
    name: 'baseUrl',
    label: 'API Base URL',
    help: 'The host that your account lives on, such as https://cpaas-api.voipinnovations.com.',
    kind: 'url',
    required: false,
    initial: defaultBaseUrl,
    advanced: true,
  },
  {
    name: 'encoding',
    label: 'Encoding of Requests',
    help: 'Change it only when Apidaze asks for JSON.',
    kind: 'select',
    required: false,
    initial: 'form',
    options: [
      { value: 'form', label: 'Form' },
      { value: 'json', label: 'JSON' },
    ],
    advanced: true,
  },
  {
    name: 'fileLimit',
    label: 'Files in Messages',
    help: 'Apidaze does not publish what it carries; the first choice is safe.',
    kind: 'select',
    required: false,
    initial: 'usual',
    options: [
      { value: 'usual', label: 'Up to 1 MB' },
      { value: 'any', label: 'Up to 100 MB' },
    ],
    advanced: true,
  },
];

/** The length of texts is not published: ten segments. */
const limits = { textLength: 1600, fileBytes: 100_000_000, files: 10, alphanumericFiles: true };
const usualFileBytes = 1_000_000;

function endpoint({ fields }: ProviderChannel, path: string): string {
  const base = (fields['baseUrl'] ?? defaultBaseUrl).replace(/\/+$/, '');
  const secret = encodeURIComponent(fields['secret'] ?? '');
  return `${base}/${encodeURIComponent(fields['apiKey'] ?? '')}/${path}?api_secret=${secret}`;
}

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Nothing is signed. A GET is a voice call that asks what to do: the URL was pasted into the wrong field. */
function verify(request: WebhookRequest): Promise<Verdict> {
  if (request.method !== 'GET') return Promise.resolve({ ok: true });
  const log =
    'A call asked for a script here: this URL belongs into the SMS destination (API POST), not into the external script of calls.';
  return Promise.resolve({ ok: false, reply: reply(405, 'Messages only.'), log });
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function admit(message: Outgoing, _now: number, channel?: Pick<ProviderChannel, 'fields'>): SendError | null {
  const fileBytes = channel?.fields['fileLimit'] === 'any' ? limits.fileBytes : usualFileBytes;
  return refuseSms(message, { ...limits, fileBytes });
}

function compose(message: Outgoing, channel: ProviderChannel): HttpRequest {
  const { fields } = channel;
  const { text, media } = smsParts(message);
  const isMms = media.length > 0;
  const common = {
    from: digitsOf(message.from),
    to: digitsOf(message.to),
    // Required even beside a file; a blank passes.
    body: text.trim() === '' ? (fields['accompanyingText'] ?? ' ') : text,
    message_type: isMms ? 'MMS' : 'SMS',
  };
  const isJson = fields['encoding'] === 'json';
  // A file that cannot be fetched fails the message instead of being left out.
  const json = { ...common, ...(isMms ? { file_urls: media, skip_file_error: false } : {}) };
  const entries: Record<string, string> = { ...common, ...(isMms ? { skip_file_error: '0' } : {}) };
  for (const [index, url] of media.entries()) entries[`file_urls[${index}]`] = url;
  return {
    method: 'POST',
    url: endpoint(channel, 'sms/send'),
    headers: {
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: isJson ? JSON.stringify(json) : new URLSearchParams(entries).toString(),
  };
}

const idText = z
  .union([z.string().min(1), z.number().transform(String)])
  .optional()
  .catch(undefined);
const answered = z.object({
  ok: z.unknown().optional(),
  success: z.unknown().optional(),
  status: z.unknown().optional(),
  code: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.unknown().optional(),
  message_id: idText,
  id: idText,
  uuid: idText,
  details: z.object({ uuid: idText }).optional().catch(undefined),
});
const sentStatus = z.object({ message: z.string() });

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  const isGood = answer.status >= 200 && answer.status < 300;
  const read = answered.safeParse(parseJson(answer.body));
  const said = read.success ? verdictOf(read.data) : xmlVerdict(answer.body);
  if (isGood && said.verdict === 'sent') return { kind: 'accepted', providerId: said.id, status: 'sent' };
  const words = isPage(answer) ? 'A web page came: the API Base URL may be wrong.' : wordsOf(answer.body);
  const code = read.success && typeof read.data.code === 'string' ? read.data.code : null;
  const error = errorOf(answer.status, code, words);
  // A gateway that ran out of time cannot say whether the message behind it went out.
  if ((isGood && said.verdict === 'unclear') || answer.status === 504) return { kind: 'unknown', error };
  return refused(error, answer, now);
}

type Said = { verdict: 'sent'; id: string | null } | { verdict: 'refused' | 'unclear' };

function verdictOf(body: z.infer<typeof answered>): Said {
  const isCode = typeof body.code === 'string' && body.code.startsWith('E_');
  if (isNo(body.ok) || isNo(body.success) || isCode || isSet(body.error) || isSet(body.errors)) {
    return { verdict: 'refused' };
  }
  const status = sentStatus.safeParse(body.status);
  const id = body.details?.uuid ?? body.message_id ?? body.id ?? body.uuid ?? null;
  const isSaid = isYes(body.ok) || isYes(body.success);
  if (isSaid || id !== null || (status.success && /\bsent\b/i.test(status.data.message))) {
    return { verdict: 'sent', id };
  }
  return { verdict: 'unclear' };
}

function isNo(value: unknown): boolean {
  return value === false || value === 'false' || value === 0;
}

function isYes(value: unknown): boolean {
  return value === true || value === 'true' || value === 1;
}

function isSet(value: unknown): boolean {
  return Boolean(value) && !(Array.isArray(value) && value.length === 0);
}

/** One integration gets `<ok><uuid>…</uuid></ok>` or `<error>…</error>` under HTTP 200. */
function xmlVerdict(body: string): Said {
  if (/<error[\s>]/i.test(body)) return { verdict: 'refused' };
  const [, inner] = /<ok>([^]*?)<\/ok>/i.exec(body.slice(0, 4000)) ?? [];
  if (inner === undefined) return { verdict: 'unclear' };
  const [, id] = /<uuid>\s*([\w-]{1,100})\s*<\/uuid>/i.exec(inner) ?? [];
  return { verdict: 'sent', id: id ?? null };
}

/** Texts are matched by fragments, since nothing about them is published. */
function errorOf(status: number, code: string | null, words: string): SendError {
  const is = (category: SendError['category']) =>
    sendErrorOf(category, { code: code ?? status, text: withoutSecrets(words || `HTTP ${status}`) });
  if (status === 401 || isNoPair(words)) return is('auth_failed');
  if (status === 429) return is('too_many_requests');
  if (status >= 500) return is('service_unavailable');
  if (/opt(ed)?[ -]?out|unsubscribed|blocked by (the )?recipient/i.test(words) || /\bSTOP\b/.test(words)) {
    return is('recipient_opted_out');
  }
  if (status === 403 || isForeignSender(words)) return is('no_permission');
  if (status === 413 || /\bfile.{0,20}(size|large)|(size|large).{0,20}\bfile/i.test(words)) {
    return is('exceeds_size_limit');
  }
  if (status === 415 || /\bfile|\bfetch|\bmedia\b|\bmime\b/i.test(words)) return is('unsupported_media');
  if (status === 400 || status === 422) {
    const isNumber = namesANumber(words) || /destination/i.test(words);
    return is(isNumber ? 'invalid_phone_number' : 'invalid_parameter');
  }
  return is(status === 404 ? 'invalid_parameter' : 'unknown');
}

function isNoPair(words: string): boolean {
  return /api.?secret and api.?key are not a pair/i.test(words);
}

/** Whether the words are about a sender that is none of the application's numbers. */
function isForeignSender(words: string): boolean {
  return /\bfrom\b.*\bnot\b.*\b(application|account)\b|\bnot\b.*\bfrom\b.*\b(application|account)\b/i.test(
    words,
  );
}

// ── Channel status ──────────────────────────────────────────────────────────────────────────────────────

function judge(answer: HttpAnswer | null): ChannelHealth {
  if (answer?.status === 404 && isNoPair(wordsOf(answer.body))) {
    return { status: 'unauthorized', cause: 'API Key and Secret do not belong together.' };
  }
  return healthOf(answer, 'Apidaze');
}

export const apidaze: Provider = {
  id: 'apidaze',
  kind: 'sms',
  label: 'Apidaze',
  origins({ fields }) {
    const url = fields['baseUrl'] ?? defaultBaseUrl;
    return URL.canParse(url) ? [new URL(url).origin] : [];
  },
  form,
  validate({ baseUrl = defaultBaseUrl }) {
    const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
    const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
    if (url?.protocol === 'https:' && isPlain && isPublicHost(url)) return null;
    return { field: 'baseUrl', message: 'Use a public address that begins with https://.' };
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
    // Files come inside of the body, in base64.
    maxBytes: 20 * 1_048_576,
    methods: ['POST', 'GET'],
    accepted: reply(200, 'OK'),
    malformed: reply(400, 'The body is not usable.'),
    busy: reply(503, 'Not stored. Try again.'),
    // Messages carry no id, and people do send "ok" twice.
    sameWithinMs: 60_000,
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
      url: endpoint(channel, 'validates'),
      headers: { accept: 'application/json' },
      body: null,
    },
  ],
  judge,
  media: {
    download: (url) =>
      /^https?:\/\//i.test(url) && URL.canParse(url) ? { method: 'GET', url, headers: {}, body: null } : null,
    hosts: null,
  },
};
