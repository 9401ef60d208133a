/** The Graph API as both of Meta's channels use it: addresses, errors, and what they say of a channel. */
import * as z from 'zod';
import { parseJson, retryAfterMs } from '../dialect.ts';
import type { ChannelHealth, FormField, HttpAnswer, HttpRequest, ProviderChannel } from '../provider.ts';
import { maybe, numeric, read } from './loose.ts';

export const graphOrigin = 'https://graph.facebook.com';
/** Of 18 February 2026; served until 29 July 2028. */
const graphVersion = 'v25.0';

export const versionField: FormField = {
  name: 'version',
  label: 'Graph API Version',
  help: 'Which version of the Graph API is called. Change it only when Meta ends this one.',
  kind: 'text',
  required: false,
  initial: graphVersion,
  placeholder: graphVersion,
  advanced: true,
};

/** What is wrong with the version; null when all is well. */
export function versionProblem(fields: Readonly<Record<string, string>>) {
  const version = fields['version'];
  return version === undefined || /^v\d{1,3}\.\d{1,2}$/.test(version)
    ? null
    : { field: 'version', message: `Write the version as Meta does, such as ${graphVersion}.` };
}

/** What is wrong with a field that holds one of Meta's ids; null when all is well. */
export function idProblem(fields: Readonly<Record<string, string>>, field: string, label: string) {
  return /^\d{1,40}$/.test(fields[field] ?? '')
    ? null
    : { field, message: `The ${label} consists of digits only.` };
}

/** The address of a node or edge, such as `['1000', 'messages']`. */
export function graphUrl(
  channel: ProviderChannel,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): string {
  const version = channel.fields['version'] ?? graphVersion;
  const url = [graphOrigin, version, ...path.map(encodeURIComponent)].join('/');
  const search = new URLSearchParams(query).toString();
  return search === '' ? url : `${url}?${search}`;
}

export function graphHeaders(channel: ProviderChannel) {
  return { authorization: `Bearer ${channel.fields['accessToken'] ?? ''}`, accept: 'application/json' };
}

export function graphGet(
  channel: ProviderChannel,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): HttpRequest {
  return { method: 'GET', url: graphUrl(channel, path, query), headers: graphHeaders(channel), body: null };
}

export function graphPost(
  channel: ProviderChannel,
  path: readonly string[],
  body: unknown,
  query: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    method: 'POST',
    url: graphUrl(channel, path, query),
    headers: { ...graphHeaders(channel), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────

export interface GraphError {
  code: number;
  subcode: number | null;
  /** Meta's words, localised to the owner of the token: for reading only, never to decide on. */
  text: string;
  /** Meta itself says that it will pass. */
  transient: boolean;
}

/** An error as it stands in answers (`error`) and in WhatsApp's webhooks (`errors[]`). */
const graphError = z.object({
  code: numeric,
  error_subcode: maybe(numeric),
  message: maybe(z.string()),
  title: maybe(z.string()),
  details: maybe(z.string()),
  error_data: maybe(z.object({ details: maybe(z.string()) })),
  error_user_msg: maybe(z.string()),
  is_transient: maybe(z.boolean()),
});

/** Reads one error; null when it is none. */
export function graphErrorOf(value: unknown): GraphError | null {
  const error = read(graphError, value);
  if (error === null) return null;
  const { message, title, details, error_data, error_user_msg } = error;
  const words = [message ?? title, error_data?.details ?? details, error_user_msg];
  return {
    code: error.code,
    subcode: error.error_subcode ?? null,
    text: withoutSecrets([...new Set(words.filter((part) => part))].join(' ')),
    transient: error.is_transient ?? false,
  };
}

/** Meta quotes malformed tokens in its errors. */
function withoutSecrets(text: string): string {
  return text.replace(/malformed access token \S+/gi, 'Malformed access token').replace(/\bEAA[\w-]+/g, '…');
}

/** The answer's error, or its JSON, or neither where it is no answer of the Graph API at all. */
export function graphResult(answer: HttpAnswer): { error: GraphError } | { data: unknown } | null {
  const json = parseJson(answer.body);
  if (typeof json !== 'object' || json === null) return null;
  const error = 'error' in json ? graphErrorOf(json.error) : null;
  if (error) return { error: { ...error, transient: error.transient || answer.status >= 500 } };
  return answer.status >= 200 && answer.status < 300 ? { data: json } : null;
}

const usage = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: maybe(z.number()) })).catch([]),
);

/** How long to pause after a limit, ms: Retry-After, or the minutes of Meta's usage header; null if untold. */
export function pauseMs(answer: HttpAnswer, now: number): number | null {
  const header = retryAfterMs(answer.headers['retry-after'], now);
  if (header !== null) return header;
  const told = read(usage, parseJson(answer.headers['x-business-use-case-usage'] ?? '')) ?? {};
  const minutes = Object.values(told)
    .flat()
    .map((use) => use.estimated_time_to_regain_access ?? 0);
  const most = Math.max(0, ...minutes);
  return most > 0 ? Math.min(most * 60_000, 3_600_000) : null;
}

// ── Channel status ──────────────────────────────────────────────────────────────────────────────────────

export const connected: ChannelHealth = { status: 'connected', cause: '' };

/** What an answer to a check says when it is no success (CH-12); null when it is one. */
export function failedHealth(answer: HttpAnswer | null): ChannelHealth | null {
  if (answer === null) return { status: 'requestFailed', cause: 'The Graph API could not be reached.' };
  const result = graphResult(answer);
  if (result && 'data' in result) return null;
  const error = result?.error;
  const cause = error
    ? `Meta answered: ${error.text || 'no text'} (code ${error.code})`
    : `Meta answered with HTTP status ${answer.status} and nothing readable.`;
  if (error && isRefused(error.code)) return { status: 'unauthorized', cause };
  if (answer.status >= 500 || (error && (error.transient || error.code === 2))) {
    return { status: 'unavailable', cause };
  }
  if (error?.code === 100 || [401, 403, 404].includes(answer.status))
    return { status: 'unauthorized', cause };
  return { status: 'unknown', cause };
}

/** Dead tokens and missing permissions; 100 is how a node looks that the token may not see. */
function isRefused(code: number): boolean {
  return [0, 3, 10, 102, 104, 190].includes(code) || (code >= 200 && code <= 299);
}
