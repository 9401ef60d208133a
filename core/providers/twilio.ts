/** Twilio Programmable Messaging: forms in, forms out, JSON answers. */
import * as z from 'zod';
import type { DeliveryStatus } from '../delivery.ts';
import { sendErrorOf } from '../sendError.ts';
import { basic, customerOf, ownNumber, parseJson, refOf, reply, reportUrl, retryAfterMs } from './dialect.ts';
import type { InboundEvent, InboundFile } from './events.ts';
import type {
  ChannelHealth,
  FormField,
  HttpAnswer,
  LookUpResult,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
  Verdict,
  WebhookRequest,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';
import { errorOfAnswer, errorOfCallback } from './twilio/errors.ts';
import { formOf, isJson, isSigned } from './twilio/signature.ts';

const origin = 'https://api.twilio.com';

const form: FormField[] = [
  {
    name: 'accountSid',
    label: 'Account SID',
    help: 'Begins with AC. Of the account (or sub-account) that owns the numbers; on the first page of the Twilio Console.',
    kind: 'text',
    required: true,
    placeholder: 'AC…',
  },
  {
    name: 'authToken',
    label: 'Auth Token',
    help: 'The primary token of the same account. An API key cannot check webhooks, so it does not work here.',
    kind: 'secret',
    required: true,
  },
  {
    name: 'messagingServiceSid',
    label: 'Messaging Service SID',
    help: 'Begins with MG. Only if the numbers belong to a Messaging Service; set it there to use our webhook URL.',
    kind: 'text',
    required: false,
    advanced: true,
    placeholder: 'MG…',
  },
];

/** The body takes 1,600 characters; files may have 5 MB together. */
const limits = {
  textLength: 1600,
  files: 10,
  fileBytes: 5_000_000,
  totalBytes: 5_000_000,
  alphanumericFiles: false,
};

// ── In ──────────────────────────────────────────────────────────────────────────────────────────────────

async function verify(request: WebhookRequest, channel: ProviderChannel): Promise<Verdict> {
  const refuse = (log: string): Verdict => ({ ok: false, reply: reply(403), log });
  const signature = request.headers['x-twilio-signature'];
  const { authToken } = channel.fields;
  if (!signature) return refuse('X-Twilio-Signature is missing.');
  if (!authToken) return refuse('The channel has no Auth Token.');
  if (await isSigned(request, signature, authToken, channel.webhookUrl)) return { ok: true };
  return refuse('X-Twilio-Signature does not match: another Auth Token, or another URL set at Twilio.');
}

function parse(request: WebhookRequest, channel: ProviderChannel): InboundEvent[] {
  if (isJson(request)) return [{ kind: 'ignored', what: 'a body in JSON, which is no message' }];
  const pairs = request.method === 'GET' ? [...new URLSearchParams(request.rawQuery)] : formOf(request);
  if (pairs === null) return [{ kind: 'malformed', what: 'The body is not a form.' }];
  const fields = new Map(pairs);
  const id = fields.get('MessageSid') || fields.get('SmsSid') || fields.get('SmsMessageSid');
  if (!id || id.length > 255) return [{ kind: 'malformed', what: 'The request has no MessageSid.' }];
  if (fields.get('AccountSid') !== channel.fields['accountSid']) {
    return [{ kind: 'ignored', what: 'a request for another Account SID' }];
  }
  const status = fields.get('MessageStatus');
  if (status !== undefined) return [statusEvent(id, status, fields, request)];
  return [messageEvent(id, fields, channel)];
}

const statuses: Partial<Record<string, DeliveryStatus>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

function statusEvent(
  id: string,
  word: string,
  fields: ReadonlyMap<string, string>,
  request: WebhookRequest,
): InboundEvent {
  const status = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
  if (!status) return { kind: 'ignored', what: `status ${word.slice(0, 50)}` };
  const code = fields.get('ErrorCode') ?? '';
  const error = status === 'failed' ? errorOfCallback(code, fields.get('ErrorMessage') ?? word) : null;
  return { kind: 'status', id, ref: refOf(request.rawQuery), status, error, at: null };
}

/** Twilio sends no time, so it is the time of receipt. */
function messageEvent(
  id: string,
  fields: ReadonlyMap<string, string>,
  channel: ProviderChannel,
): InboundEvent {
  const from = fields.get('From') ?? '';
  const to = fields.get('To') ?? '';
  if (/^[a-z]+:/i.test(from)) return { kind: 'ignored', what: `a message of ${from.split(':')[0] ?? ''}` };
  const number = ownNumber(to, channel.numbers);
  const customer = customerOf(from);
  if (number === null) {
    return { kind: 'ignored', what: `a message to ${to.slice(0, 50)}, which is not of this channel` };
  }
  if (customer === null) return { kind: 'ignored', what: 'a message from nobody' };
  const text = (fields.get('Body') ?? '').replaceAll('\0', '');
  const optOut = optOuts[fields.get('OptOutType')?.toUpperCase() ?? ''];
  return {
    kind: 'message',
    id,
    at: null,
    number,
    customer,
    content: { text, files: filesOf(fields) },
    ...(optOut ? { optOut } : {}),
  };
}

const optOuts: Partial<Record<string, 'stop' | 'start' | 'help'>> = {
  STOP: 'stop',
  START: 'start',
  HELP: 'help',
};

function filesOf(fields: ReadonlyMap<string, string>): InboundFile[] {
  return Array.from({ length: limits.files }, (_, index) => index).flatMap((index) => {
    const url = fields.get(`MediaUrl${index}`);
    const type = fields.get(`MediaContentType${index}`);
    return url ? [{ url, ...(type ? { type } : {}) }] : [];
  });
}

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function compose(message: Outgoing, channel: ProviderChannel) {
  const { text, media } = smsParts(message);
  const service = channel.fields['messagingServiceSid'];
  const body = new URLSearchParams({ To: message.to, From: message.from });
  if (service !== undefined) body.append('MessagingServiceSid', service);
  if (text !== '') body.append('Body', text);
  for (const url of media) body.append('MediaUrl', url);
  body.append('StatusCallback', reportUrl(channel.webhookUrl, message.ref));
  return {
    method: 'POST' as const,
    url: `${accountUrl(channel)}/Messages.json`,
    headers: {
      authorization: authorization(channel),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: body.toString(),
  };
}

const sent = z.object({
  sid: z.string().min(1),
  status: z.string().optional().catch(undefined),
  error_code: z.union([z.number(), z.string()]).nullish().catch(null),
  error_message: z.string().nullish().catch(null),
});

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300) {
    const read = sent.safeParse(parseJson(answer.body));
    if (!read.success) {
      return { kind: 'unknown', error: sendErrorOf('unknown', { text: 'The answer has no message SID.' }) };
    }
    const { sid, status = 'queued', error_code: code, error_message: text } = read.data;
    if (statuses[status] === 'failed') {
      const error = errorOfCallback(String(code ?? ''), text ?? status);
      return { kind: 'refused', error, retry: null };
    }
    return { kind: 'accepted', providerId: sid, status: status === 'sent' ? 'sent' : 'queued' };
  }
  const error = errorOfAnswer(answer);
  // Twilio says of a 429 that it was not processed, but of nothing above, and it has no idempotency key.
  if (answer.status >= 500 || answer.status === 408) return { kind: 'unknown', error };
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  return {
    kind: 'refused',
    error,
    retry: error.category === 'too_many_requests' ? { scope: 'channel', afterMs } : null,
  };
}

// ── Finding out what became of a message ────────────────────────────────────────────────────────────────

const listed = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      body: z.string().nullish().catch(null),
      from: z.string().nullish().catch(null),
      to: z.string(),
      direction: z.string(),
      num_media: z.coerce.number().catch(0),
      date_created: z.string(),
    }),
  ),
  next_page_uri: z.string().nullish().catch(null),
});

/** How far Twilio's clock may be behind ours, ms. */
const skewMs = 10_000;
/** How long after our attempt, by its clock, Twilio may have made the message, ms. */
const underWayMs = 120_000;

function interpretList(answer: HttpAnswer, message: Outgoing, attemptedAt: number): LookUpResult {
  const read = listed.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !read.success) return { kind: 'unclear' };
  const { text, media } = smsParts(message);
  const near = read.data.messages.filter((entry) => {
    const laterMs = Date.parse(entry.date_created) - attemptedAt;
    return (
      entry.direction.startsWith('outbound') &&
      (entry.from ?? message.from) === message.from &&
      entry.to === message.to &&
      laterMs >= -skewMs &&
      laterMs <= underWayMs
    );
  });
  const [match, ...more] = near.filter(
    (entry) => (entry.body ?? '').trim() === text.trim() && entry.num_media === media.length,
  );
  if (match && more.length === 0) return { kind: 'found', providerId: match.sid };
  // Others at the same time may be this one with an altered text, as trial accounts have it.
  return near.length === 0 && !read.data.next_page_uri ? { kind: 'absent' } : { kind: 'unclear' };
}

// ── Channel status ──────────────────────────────────────────────────────────────────────────────────────

const account = z.object({ status: z.string() });

function judge(answer: HttpAnswer | null): ChannelHealth {
  if (!answer) return { status: 'requestFailed', cause: 'Twilio does not answer.' };
  if (answer.status >= 500) {
    return { status: 'unavailable', cause: `Twilio is out of service (HTTP ${answer.status}).` };
  }
  if (answer.status === 200) {
    const read = account.safeParse(parseJson(answer.body));
    if (!read.success) return { status: 'requestFailed', cause: 'The answer is not from Twilio.' };
    if (read.data.status === 'active') return { status: 'connected', cause: '' };
    return { status: 'unauthorized', cause: `The account at Twilio is ${read.data.status.slice(0, 50)}.` };
  }
  const { text, category } = errorOfAnswer(answer);
  const unauthorized = category === 'auth_failed' || category === 'no_permission';
  return { status: unauthorized ? 'unauthorized' : 'unknown', cause: `Twilio answered: ${text}` };
}

// ── Requests ────────────────────────────────────────────────────────────────────────────────────────────

function accountUrl({ fields }: ProviderChannel): string {
  return `${origin}/2010-04-01/Accounts/${fields['accountSid'] ?? ''}`;
}

function authorization({ fields }: ProviderChannel): string {
  return basic(fields['accountSid'] ?? '', fields['authToken'] ?? '');
}

function get(url: string, headers: Record<string, string>) {
  return { method: 'GET' as const, url, headers, body: null };
}

export const twilio: Provider = {
  id: 'twilio',
  kind: 'sms',
  label: 'Twilio',
  origins: () => [origin],
  form,
  validate({ accountSid, authToken, messagingServiceSid }) {
    if (accountSid !== undefined && !/^AC[0-9a-f]{32}$/i.test(accountSid)) {
      return { field: 'accountSid', message: 'An Account SID is AC and 32 digits and letters a to f.' };
    }
    if (authToken !== undefined && !/^[0-9a-f]{32}$/i.test(authToken)) {
      return { field: 'authToken', message: 'An Auth Token is 32 digits and letters a to f.' };
    }
    if (messagingServiceSid !== undefined && !/^MG[0-9a-f]{32}$/i.test(messagingServiceSid)) {
      return {
        field: 'messagingServiceSid',
        message: 'A Messaging Service SID is MG and 32 digits and letters a to f.',
      };
    }
    return null;
  },
  ours: [],
  // Without it Twilio tries again only when it cannot connect, so that a 503 would lose the message.
  webhookFragment: '#rc=3&rp=ct,rt,5xx',
  numbers: { kind: 'many', alphanumeric: true },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'provider',
  windows: null,
  webhook: {
    maxBytes: 1_000_000,
    methods: ['POST', 'GET'],
    // A text/plain answer would be sent to the customer as an SMS.
    accepted: reply(200, '<?xml version="1.0" encoding="UTF-8"?><Response/>', 'text/xml'),
    malformed: reply(400),
    busy: reply(503),
    sameWithinMs: 0,
  },
  verify,
  parse,
  admit: (message) => refuseSms(message, limits),
  split: (message) => [message],
  compose,
  interpret,
  repeatable: false,
  lookUp: {
    // No filter by DateSent: a message that still waits in Twilio's queue has none.
    request: (message, channel) =>
      get(
        `${accountUrl(channel)}/Messages.json?${new URLSearchParams({ To: message.to, PageSize: '100' }).toString()}`,
        { authorization: authorization(channel), accept: 'application/json' },
      ),
    interpret: interpretList,
  },
  checks: (channel) => [get(`${accountUrl(channel)}.json`, { authorization: authorization(channel) })],
  judge,
  media: {
    /** Twilio redirects to a content network, which gets no credentials. */
    download(url, channel, redirected) {
      const target = URL.canParse(url) ? new URL(url) : null;
      if (!target || !/^https?:$/.test(target.protocol)) return null;
      if (redirected) return get(url, {});
      const isTwilio = target.protocol === 'https:' && /(^|\.)twilio\.com$/.test(target.hostname);
      return isTwilio ? get(url, { authorization: authorization(channel) }) : null;
    },
    hosts: null,
  },
};
