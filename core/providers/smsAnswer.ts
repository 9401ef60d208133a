/** What the answers of SMS providers' APIs have in common. */
import type { SendError } from '../sendError.ts';
import { parseJson, retryAfterMs } from './dialect.ts';
import type { ChannelHealth, HttpAnswer, SendResult } from './provider.ts';

/** Whether a web page came where data was expected: a wrong address, or a maintenance notice. */
export function isPage(answer: HttpAnswer): boolean {
  return (
    /\bhtml\b/i.test(answer.headers['content-type'] ?? '') || /^\s*<(!doctype|html)\b/i.test(answer.body)
  );
}

/** Not sent. Tried again by itself only where the provider was too busy or down. */
export function refused(error: SendError, answer: HttpAnswer, now: number): SendResult {
  const again = error.category === 'too_many_requests' || error.category === 'service_unavailable';
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  return { kind: 'refused', error, retry: again ? { scope: 'channel', afterMs } : null };
}

/** Whether an error's words are about the sender's or the recipient's number; "to" alone is too common. */
export function namesANumber(words: string): boolean {
  return /\bnumber\b|['"`](to|from)['"`]|[/.](to|from)\b|\b(to|from) (is|was|must|has)\b/i.test(words);
}

/** The words of an error whose shape is not documented: from JSON what its usual keys say, else the text. */
export function wordsOf(body: string): string {
  const json = parseJson(body);
  const words = typeof json === 'object' && json !== null ? leaves(json, false, 6) : [plain(body)];
  return [...new Set(words)].join(': ').slice(0, 500);
}

/** Credentials that an error may quote from our request are taken out of its words. */
export function withoutSecrets(text: string): string {
  return text.replace(/(api_secret|auth_token|password)(["']?\s*[=:]\s*["']?)[^\s&"',}<]+/gi, '$1$2***');
}

const speaking = /^(code|title|detail|message|msg|error|reason|description|_content)/i;

/** Texts and numbers under a speaking key; keys in between may be any. */
function leaves(value: unknown, spoken: boolean, depth: number): string[] {
  if (typeof value === 'string') return spoken && value.trim() !== '' ? [plain(value)] : [];
  if (typeof value === 'number') return spoken ? [String(value)] : [];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.slice(0, 10).flatMap((item) => leaves(item, spoken, depth - 1));
  return Object.entries(value).flatMap(([key, item]) => leaves(item, speaking.test(key), depth - 1));
}

function plain(text: string): string {
  return text
    .slice(0, 2000)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What the answer to a harmless request with credentials says about the channel, by its status alone. */
export function healthOf(answer: HttpAnswer | null, label: string): ChannelHealth {
  if (answer === null) return { status: 'requestFailed', cause: `${label} did not answer.` };
  const http = `HTTP ${answer.status}`;
  if (answer.status === 401 || answer.status === 403) {
    return { status: 'unauthorized', cause: `${label} refused the credentials (${http}).` };
  }
  if (answer.status >= 500) return { status: 'unavailable', cause: `${label} is out of service (${http}).` };
  if (isPage(answer)) {
    return { status: 'requestFailed', cause: `A web page came instead of an answer (${http}).` };
  }
  if (answer.status >= 200 && answer.status < 300) return { status: 'connected', cause: '' };
  return { status: 'unknown', cause: `${label} answered ${http}.` };
}
