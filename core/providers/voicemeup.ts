/** VoiceMeUp, REST API v1.1: errors come with HTTP 200, and a repeated message is refused as a duplicate. */
import * as z from 'zod';
import { sendErrorOf, type SendError } from '../sendError.ts';
import { digitsOf, parseJson, reply } from './dialect.ts';
import { isPublicHost } from '../publicHost.ts';
import type {
  FormField,
  HttpAnswer,
  HttpRequest,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';
import { healthOf, isPage, refused, withoutSecrets, wordsOf } from './smsAnswer.ts';
import { parse } from './voicemeup/inbound.ts';
import { pieces } from './voicemeup/pieces.ts';

const defaultBaseUrl = 'https://clients.voicemeup.com/api/v1.1/json/';
/** Files of customers lie here. Webhooks are not signed, so a link to anywhere else is not followed. */
const hosts = ['clients.voicemeup.com', 'dev-clients.voicemeup.com'];

const form: FormField[] = [
  {
    name: 'username',
    label: 'Username',
    help: 'A portal user of type Standard with API access switched on.',
    kind: 'text',
    required: true,
  },
  {
    name: 'authToken',
    label: 'Auth Token',
    help: "From that user's Access tab. Regenerate makes the old one invalid.",
    kind: 'secret',
    required: true,
  },
  {
    name: 'baseUrl',
    label: 'API Base URL',
    help: 'The sandbox is https://dev-clients.voicemeup.com/api/v1.1/json/.',
    kind: 'url',
    required: false,
    initial: defaultBaseUrl,
    advanced: true,
  },
  {
    name: 'fileLimit',
    label: 'Files in Messages',
    help: 'VoiceMeUp does not publish what it carries; the first choice is safe.',
    kind: 'select',
    required: false,
    initial: 'usual',
    options: [
      { value: 'usual', label: 'JPEG, PNG, GIF and MP4 up to 1 MB' },
      { value: 'any', label: 'Any type up to 100 MB' },
    ],
    advanced: true,
  },
];

/** Characters of one request; the text as a whole may be five of them. */
const pieceLength = 1000;
const limits = { textLength: 5 * pieceLength, fileBytes: 100_000_000, files: 10, alphanumericFiles: true };
const usualFileBytes = 1_000_000;
const usualTypes = ['image/jpeg', 'image/png', 'image/gif', 'video/mp4'];

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function admit(message: Outgoing, _now: number, channel?: Pick<ProviderChannel, 'fields'>): SendError | null {
  if (channel?.fields['fileLimit'] === 'any') return refuseSms(message, limits);
  const error = refuseSms(message, { ...limits, fileBytes: usualFileBytes });
  if (error || message.content.kind !== 'files') return error;
  const other = message.content.files.find(({ type }) => !usualTypes.includes(type));
  if (!other) return null;
  const text = `${other.name} is ${other.type}; VoiceMeUp is known to carry JPEG, PNG, GIF and MP4.`;
  return sendErrorOf('unsupported_media', { text });
}

/** One file and 1000 characters a request: the text first, with the first file. */
function split(message: Outgoing): Outgoing[] {
  const { content, ref } = message;
  if (content.kind !== 'text' && content.kind !== 'files') return [message];
  const [first, ...more] = content.kind === 'files' ? content.files : [];
  const [text = '', ...texts] = pieces(content.text, pieceLength);
  const parts: Outgoing['content'][] = [
    first ? { kind: 'files', text, files: [first] } : { kind: 'text', text },
    ...texts.map((piece) => ({ kind: 'text' as const, text: piece })),
    ...more.map((file) => ({ kind: 'files' as const, text: '', files: [file] })),
  ];
  return parts.map((part, index) => ({
    ...message,
    ref: index === 0 ? ref : `${ref}-${index + 1}`,
    content: part,
  }));
}

function compose(message: Outgoing, { fields }: ProviderChannel): HttpRequest {
  const {
    text,
    media: [attachment],
  } = smsParts(message);
  const body = new URLSearchParams({
    username: fields['username'] ?? '',
    auth_token: fields['authToken'] ?? '',
    source_number: digitsOf(message.from),
    destination_number: digitsOf(message.to),
    ...(text === '' ? {} : { message: text }),
    ...(attachment === undefined ? {} : { attachment }),
  });
  return {
    method: 'POST',
    url: `${(fields['baseUrl'] ?? defaultBaseUrl).replace(/\/*$/, '/')}queue_sms`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: body.toString(),
  };
}

const optionalText = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(null);
const said = z.object({ code: optionalText, _content: optionalText });
const answered = z.object({
  response_details: z.object({
    response_status: z.string(),
    // A single object where the XML behind it had one message.
    response_messages: z
      .object({ message: z.union([z.array(said), said.transform((one) => [one])]) })
      .optional()
      .catch(undefined),
  }),
});

function interpret(answer: HttpAnswer, message: Outgoing, now: number): SendResult {
  const read = answered.safeParse(parseJson(answer.body));
  const isGood = answer.status >= 200 && answer.status < 300;
  if (!read.success) {
    const text = isPage(answer) ? 'A web page came instead of an answer.' : wordsOf(answer.body);
    const error = errorOf(answer.status, null, text);
    return isGood ? { kind: 'unknown', error } : refused(error, answer, now);
  }
  const { response_status: status, response_messages: list } = read.data.response_details;
  const messages = list?.message ?? [];
  if (isGood && status === 'success') {
    const hash = messages.find(({ code }) => code === 'queued_sms_hash')?._content;
    return { kind: 'accepted', providerId: hash || null, status: 'sent' };
  }
  const code = messages[0]?.code ?? null;
  if (code === 'duplicate_entry' && message.attempt > 0) {
    return { kind: 'accepted', providerId: null, status: 'sent' };
  }
  const words = messages.map(({ code, _content: content }) =>
    content === code ? code : `${code}: ${content}`,
  );
  return refused(errorOf(answer.status, code, words.join('; ')), answer, now);
}

/** Only two codes are known; all else goes by the words in code and text. */
function errorOf(status: number, code: string | null, text: string): SendError {
  const words = text.replaceAll('_', ' ');
  const is = (category: SendError['category']) =>
    sendErrorOf(category, { code: code ?? status, text: withoutSecrets(text || `HTTP ${status}`) });
  if (code === 'duplicate_entry') return is('unknown');
  if (status === 401) return is('auth_failed');
  if (status === 403 || code === 'permission_refused') return is('no_permission');
  if (status === 429) return is('too_many_requests');
  if (status >= 500) return is('service_unavailable');
  if (/\b(attachment|file)/i.test(words)) {
    return is(/\bsize|large/i.test(words) ? 'exceeds_size_limit' : 'unsupported_media');
  }
  if (/\bmime\b/i.test(words)) return is('unsupported_media');
  if (/\bauth|unauthori|\btoken\b|\busername\b|\blog ?in\b/i.test(words)) return is('auth_failed');
  if (/\bopt(ed)?[ -]?out\b|blacklist|\bstop\b/i.test(words)) return is('recipient_opted_out');
  if (/\bnumbers?\b|\bsource\b|\bdestination\b/i.test(words)) return is('invalid_phone_number');
  if (/\blimit|too many|throttl/i.test(words)) return is('too_many_requests');
  if (/missing|required|invalid|parameter/i.test(words) || [400, 404, 422].includes(status)) {
    return is('invalid_parameter');
  }
  return is('unknown');
}

export const voicemeup: Provider = {
  id: 'voicemeup',
  kind: 'sms',
  label: 'VoiceMeUp',
  origins({ fields }) {
    const url = fields['baseUrl'] ?? defaultBaseUrl;
    const own = URL.canParse(url) ? [new URL(url).origin] : [];
    return [...new Set([...own, ...hosts.map((host) => `https://${host}`)])];
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
    maxBytes: 1_048_576,
    methods: ['POST'],
    accepted: reply(200, 'OK'),
    malformed: reply(400, 'The body is not usable.'),
    busy: reply(503, 'Not stored. Try again.'),
    // For messages without any id.
    sameWithinMs: 60_000,
  },
  // VoiceMeUp does not sign: the unguessable URL and the numbers of the channel are all there is.
  verify: () => Promise.resolve({ ok: true }),
  parse,
  admit,
  split,
  compose,
  interpret,
  // The platform refuses the same text to the same number, and says so (`duplicate_entry`).
  repeatable: true,
  // No harmless request is known that would prove the token.
  checks: () => [],
  judge: (answer) => healthOf(answer, 'VoiceMeUp'),
  media: {
    download(url) {
      const parsed = URL.canParse(url) ? new URL(url) : null;
      if (parsed?.protocol !== 'https:' || !hosts.includes(parsed.host)) return null;
      // The host turns fetchers away that name themselves robots.
      const headers = { 'user-agent': 'Mozilla/5.0 (compatible; Parley)' };
      return { method: 'GET', url: parsed.href, headers, body: null };
    },
    hosts,
  },
};
