/** `X-Twilio-Signature`: HMAC-SHA1 over the webhook's URL and the decoded form, in base64. */
import { bodyText, hex, hmac, sameText, sha256 } from '../dialect.ts';
import type { WebhookRequest } from '../provider.ts';

/** Name and value pairs of a form, in order; null when it is none that Twilio would write. */
export function formOf(request: WebhookRequest): [string, string][] | null {
  const text = bodyText(request);
  if (text === null) return null;
  // The signature does not cover where a name ends, so at least every pair has to be one.
  if (text !== '' && !text.split('&').every((pair) => /^[^=]+=[^=]*$/.test(pair))) return null;
  return [...new URLSearchParams(text)];
}

/** Whether the body is JSON, which Twilio signs by its digest in the query. */
export function isJson(request: WebhookRequest): boolean {
  return /\bjson\b/i.test(request.headers['content-type'] ?? '');
}

/** Whether Twilio signed the request. `webhookUrl` is the one that the admin was shown. */
export async function isSigned(
  request: WebhookRequest,
  signature: string,
  authToken: string,
  webhookUrl: string,
): Promise<boolean> {
  if (isJson(request)) {
    const digest = new URLSearchParams(request.rawQuery).get('bodySHA256') ?? '';
    if (!sameText(digest.toLowerCase(), hex(await sha256(request.body)))) return false;
  }
  const form = isJson(request) ? [] : formOf(request);
  if (form === null) return false;
  const parameters = request.method === 'GET' ? '' : joined(form);
  const [base = ''] = webhookUrl.split(/[?#]/);
  const url = request.rawQuery === '' ? base : `${base}?${request.rawQuery}`;
  for (const candidate of formsOf(url)) {
    const bytes = new TextEncoder().encode(candidate + parameters);
    const expected = btoa(String.fromCharCode(...(await hmac('SHA-1', authToken, bytes))));
    if (sameText(signature, expected)) return true;
  }
  return false;
}

/** Sorted by name; of a repeated name each distinct value once, sorted. */
function joined(form: [string, string][]): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of form) values.set(name, (values.get(name) ?? new Set()).add(value));
  return [...values.keys()]
    .sort()
    .flatMap((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value))
    .join('');
}

/**
 * The ways in which Twilio's back ends write one URL: as configured, without port, with the default port, each
 * also with an apostrophe escaped or not, and as the URL standard normalizes it. All are the same resource.
 */
function formsOf(url: string): Set<string> {
  const spelled = [url, url.replaceAll('%27', "'"), url.replaceAll("'", '%27'), new URL(url).href];
  return new Set(spelled.flatMap((text) => [text, withPort(text, ''), withPort(text, defaultPort(text))]));
}

function defaultPort(url: string): string {
  return /^https:/i.test(url) ? ':443' : ':80';
}

/** Replaces the port without touching anything else; `new URL` would normalize the rest. */
function withPort(url: string, port: string): string {
  return url.replace(
    /^([a-z]+:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*))(?::\d+)?/i,
    (_all, before: string) => before + port,
  );
}
