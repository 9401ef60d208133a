/** What providers of plain SMS and MMS have in common: texts and files between phone numbers, nothing else. */
import { sendErrorOf, type SendError } from '../sendError.ts';
import { addressOf, retryAfterMs } from './dialect.ts';
import type { ChannelHealth, HttpAnswer, Outgoing, OutgoingFile, SendResult } from './provider.ts';

export interface SmsLimits {
  /** UTF-16 code units. */
  textLength: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Bytes of the text and all files together; absent where nothing is said about it. */
  totalBytes?: number;
  files: number;
}

/** The message's text; empty when it has none. */
export function textOf({ content }: Outgoing): string {
  return content.kind === 'text' || content.kind === 'files' ? content.text : '';
}

export function filesOf({ content }: Outgoing): OutgoingFile[] {
  return content.kind === 'files' ? content.files : [];
}

/** Why this can never go as SMS or MMS; null when it can. */
export function refuseSms(message: Outgoing, limits: SmsLimits): SendError | null {
  const { content, to } = message;
  if (content.kind !== 'text' && content.kind !== 'files') {
    return sendErrorOf('unsupported_media', { text: 'SMS and MMS carry texts and files only.' });
  }
  if (!/^\+?\d{3,15}$/.test(to)) {
    return sendErrorOf('invalid_phone_number', { text: `${to} is not a phone number.` });
  }
  const text = textOf(message);
  const files = filesOf(message);
  if (text.trim() === '' && files.length === 0) {
    return sendErrorOf('invalid_parameter', { text: 'The message is empty.' });
  }
  if (text.length > limits.textLength) {
    const words = `The text has ${text.length} characters; at most ${limits.textLength} are possible.`;
    return sendErrorOf('invalid_parameter', { text: words });
  }
  if (files.length > limits.files) {
    const words = `The message has ${files.length} files; at most ${limits.files} are possible.`;
    return sendErrorOf('unsupported_media', { text: words });
  }
  const large = files.find((file) => file.size > limits.fileBytes);
  if (large) {
    const words = `${large.name} has ${large.size} bytes; at most ${limits.fileBytes} are possible.`;
    return sendErrorOf('exceeds_size_limit', { text: words });
  }
  const total = new TextEncoder().encode(text).length + files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > 0 && limits.totalBytes !== undefined && total > limits.totalBytes) {
    const words = `Text and files have ${total} bytes in all; at most ${limits.totalBytes} are possible.`;
    return sendErrorOf('exceeds_size_limit', { text: words });
  }
  return null;
}

/** A number as providers want it that refuse the `+`. */
export function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

/** A customer's address that can name a conversation; null when there is none in it. */
export function customerOf(raw: unknown): string | null {
  const address = addressOf(raw);
  return /^(\+\d{7,15}|\d{2,6}|[A-Za-z0-9_-]{1,80})$/.test(address) ? address : null;
}

// ── Our reference in the address that reports come back to ──────────────────────────────────────────────

export function withRef(webhookUrl: string, ref: string): string {
  return `${webhookUrl}${webhookUrl.includes('?') ? '&' : '?'}ref=${encodeURIComponent(ref)}`;
}

/** The reference that `withRef` has put in; null when there is none. */
export function refOf(rawQuery: string): string | null {
  const ref = new URLSearchParams(rawQuery).get('ref') ?? '';
  return /^[A-Za-z0-9_-]{1,64}$/.test(ref) ? ref : null;
}

/** Epoch ms of an ISO 8601 time, UTC where it names no zone; null when it is none. */
export function instantOf(text: string | null | undefined): number | null {
  if (!text || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return null;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────

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

/** What the answer to a harmless signed-in request says about the channel, by its status alone. */
export function healthOf(answer: HttpAnswer | null, label: string): ChannelHealth {
  if (answer === null) return { status: 'requestFailed', cause: `${label} did not answer.` };
  if (answer.status === 401 || answer.status === 403) {
    return { status: 'unauthorized', cause: `${label} refused the credentials (HTTP ${answer.status}).` };
  }
  if (answer.status >= 500) {
    return { status: 'unavailable', cause: `${label} is out of service (HTTP ${answer.status}).` };
  }
  if (isPage(answer)) return { status: 'requestFailed', cause: `${label} answered with a web page.` };
  if (answer.status >= 200 && answer.status < 300) return { status: 'connected', cause: '' };
  return { status: 'unknown', cause: `${label} answered with HTTP ${answer.status}.` };
}
