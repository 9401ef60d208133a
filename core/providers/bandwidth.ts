/**
 * Bandwidth Messaging API v2. Its webhooks carry no signature: they authenticate by user and password, and only
 * after they were refused once.
 */
import * as z from 'zod';
import { sendErrorOf } from '../sendError.ts';
import { errorOfAnswer } from './bandwidth/errors.ts';
import { parse, verify } from './bandwidth/webhook.ts';
import { basic, parseJson, reply, retryAfterMs } from './dialect.ts';
import type {
  ChannelHealth,
  FormField,
  HttpAnswer,
  HttpRequest,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
} from './provider.ts';
import { refuseSms, smsParts } from './smsAdmission.ts';
import { healthOf } from './smsAnswer.ts';

const messagingOrigin = 'https://messaging.bandwidth.com';
const tokenOrigin = 'https://api.bandwidth.com';

const oauth = { field: 'auth', value: 'oauth' };
const apiUser = { field: 'auth', value: 'basic' };
const form: FormField[] = [
  {
    name: 'applicationId',
    label: 'Application ID',
    help: 'Of the messaging application, a UUID. Link it to the location (SIP peer) that holds the numbers, or nothing comes and goes.',
    kind: 'text',
    required: true,
  },
  {
    name: 'accountId',
    label: 'Account ID',
    help: 'The number of your Bandwidth account, at the top of the dashboard.',
    kind: 'text',
    required: true,
  },
  {
    name: 'auth',
    label: 'Authentication',
    help: 'Bandwidth ends API users on 2 December 2026; new channels use OAuth 2.0.',
    kind: 'select',
    required: true,
    options: [
      { value: 'oauth', label: 'Client ID and Client Secret (OAuth 2.0)' },
      { value: 'basic', label: 'Username and Password (until 2 December 2026)' },
    ],
    initial: 'oauth',
  },
  {
    name: 'clientId',
    label: 'Client ID',
    help: 'Of API credentials with a messaging role: Bandwidth dashboard, Account, API credentials.',
    kind: 'text',
    required: true,
    onlyIf: oauth,
  },
  {
    name: 'clientSecret',
    label: 'Client Secret',
    help: 'Shown once at Bandwidth, when the credentials are made.',
    kind: 'secret',
    required: true,
    onlyIf: oauth,
  },
  {
    name: 'username',
    label: 'Username',
    help: 'Of an API user with the messaging role.',
    kind: 'text',
    required: true,
    onlyIf: apiUser,
  },
  {
    name: 'password',
    label: 'Password',
    help: 'Of the same API user.',
    kind: 'secret',
    required: true,
    onlyIf: apiUser,
  },
];

/** A file may have 3.5 MB by one page of Bandwidth and 3.75 MB by another. */
const limits = { textLength: 2048, files: 10, fileBytes: 3_500_000, alphanumericFiles: false };

// ── Out ─────────────────────────────────────────────────────────────────────────────────────────────────

function compose(message: Outgoing, channel: ProviderChannel): HttpRequest {
  const { text: words, media } = smsParts(message);
  return {
    method: 'POST',
    url: `${accountUrl(channel)}/messages`,
    headers: {
      authorization: authorization(channel),
      'content-type': 'application/json; charset=utf-8',
      accept: 'application/json',
    },
    body: JSON.stringify({
      applicationId: channel.fields['applicationId'] ?? '',
      // More than one recipient would make it a group.
      to: [message.to],
      from: message.from,
      ...(words === '' ? {} : { text: words }),
      ...(media.length === 0 ? {} : { media }),
      tag: message.ref,
    }),
  };
}

const accepted = z.object({ id: z.string().min(1) });

/** The account's queue holds 15 minutes of messages, so a full one is left alone for a while, ms. */
const queueFullMs = 60_000;

function interpret(answer: HttpAnswer, _message: Outgoing, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300) {
    const read = accepted.safeParse(parseJson(answer.body));
    if (read.success) return { kind: 'accepted', providerId: read.data.id, status: 'queued' };
    return { kind: 'unknown', error: sendErrorOf('unknown', { text: 'The answer has no message id.' }) };
  }
  // Bandwidth states that a 4xx or 5xx means neither sent nor billed.
  const error = errorOfAnswer(answer);
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  if (answer.status === 401) {
    return { kind: 'refused', error, retry: { scope: 'channel', afterMs: 0, tries: 2, newToken: true } };
  }
  if (answer.status === 429) {
    return { kind: 'refused', error, retry: { scope: 'channel', afterMs: afterMs ?? queueFullMs } };
  }
  return { kind: 'refused', error, retry: answer.status >= 500 ? { scope: 'channel', afterMs } : null };
}

// ── Credentials ─────────────────────────────────────────────────────────────────────────────────────────

function usesOauth({ fields }: Pick<ProviderChannel, 'fields'>): boolean {
  return fields['auth'] !== 'basic';
}

function authorization(channel: ProviderChannel): string {
  if (usesOauth(channel)) return `Bearer ${channel.token ?? ''}`;
  return basic(channel.fields['username'] ?? '', channel.fields['password'] ?? '');
}

function tokenRequest({ fields }: ProviderChannel): HttpRequest {
  return {
    method: 'POST',
    url: `${tokenOrigin}/api/v1/oauth2/token`,
    headers: {
      authorization: basic(fields['clientId'] ?? '', fields['clientSecret'] ?? ''),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: 'grant_type=client_credentials',
  };
}

const token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().min(0).catch(3600) });

function readToken(answer: HttpAnswer, now: number): { token: string; expiresAt: number } | null {
  const read = token.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !read.success) return null;
  const { access_token: value, expires_in: seconds } = read.data;
  return { token: value, expiresAt: now + seconds * 1000 };
}

function judge(
  answer: HttpAnswer | null,
  _index: number,
  _challenge: string,
  channel: ProviderChannel,
): ChannelHealth {
  const health = healthOf(answer, 'Bandwidth');
  if (!answer || !usesOauth(channel)) return health;
  // OAuth refuses unknown clients with 400 as well as with 401.
  if (answer.status === 400) {
    return { status: 'unauthorized', cause: 'Bandwidth refused the Client ID and Client Secret (HTTP 400).' };
  }
  if (health.status === 'connected' && !readToken(answer, 0)) {
    return { status: 'requestFailed', cause: 'The answer of Bandwidth has no token.' };
  }
  return health;
}

function accountUrl({ fields }: ProviderChannel): string {
  return `${messagingOrigin}/api/v2/users/${fields['accountId'] ?? ''}`;
}

/** Media is behind the API's authorization, which only the account's own media gets. */
function download(url: string, channel: ProviderChannel): HttpRequest | null {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (!target?.href.startsWith(`${accountUrl(channel)}/media/`)) return null;
  return { method: 'GET', url: target.href, headers: { authorization: authorization(channel) }, body: null };
}

export const bandwidth: Provider = {
  id: 'bandwidth',
  kind: 'sms',
  label: 'Bandwidth',
  origins: () => [messagingOrigin, tokenOrigin],
  form,
  validate({ applicationId, accountId }) {
    if (applicationId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(applicationId)) {
      return { field: 'applicationId', message: 'An Application ID is a UUID, 36 characters long.' };
    }
    if (accountId !== undefined && !/^\d{4,12}$/.test(accountId)) {
      return { field: 'accountId', message: 'An Account ID is a number.' };
    }
    return null;
  },
  ours: [
    {
      key: 'user',
      label: 'Callback user name',
      help: "Enter it in the application at Bandwidth, for the inbound and for the status callbacks. It is not your API user's.",
    },
    {
      key: 'password',
      label: 'Callback password',
      help: 'Enter it beside the user name, at both places. Without it nothing is accepted.',
    },
  ],
  webhookFragment: '',
  numbers: { kind: 'many', alphanumeric: true },
  rate: 1,
  limits: { textLength: limits.textLength, fileBytes: limits.fileBytes, files: limits.files, segments: true },
  canStart: true,
  optOut: 'ours',
  windows: null,
  webhook: {
    maxBytes: 1_000_000,
    methods: ['POST'],
    accepted: reply(200),
    // Anything but 2xx comes back for a whole day.
    malformed: reply(200),
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
  token: {
    request: (channel) => (usesOauth(channel) ? tokenRequest(channel) : null),
    interpret: readToken,
  },
  checks: (channel) => [
    usesOauth(channel)
      ? tokenRequest(channel)
      : {
          method: 'GET',
          url: `${accountUrl(channel)}/media`,
          headers: { authorization: authorization(channel), accept: 'application/json' },
          body: null,
        },
  ],
  judge,
  media: { download, hosts: ['messaging.bandwidth.com'] },
};
