/** Small things that several providers' dialects share. */
import type { HttpReply, WebhookRequest } from './provider.ts';

const encoder = new TextEncoder();

/** `Basic …` of a user and a password, UTF-8 (RFC 7617). */
export function basic(user: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...encoder.encode(`${user}:${password}`)))}`;
}

export function reply(status: number, body: string | null = null, type = 'text/plain'): HttpReply {
  return { status, headers: body === null ? {} : { 'content-type': type }, body };
}

/** The body as JSON; undefined when it is not UTF-8 JSON. */
export function jsonBody(request: WebhookRequest): unknown {
  return parseJson(bodyText(request) ?? '');
}

/** `undefined` when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The body as text; null when it is not UTF-8. */
export function bodyText(request: WebhookRequest): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(request.body);
  } catch {
    return null;
  }
}

/** Whether two texts are the same, in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i += 1)
    difference |= (left[i] ?? 0) ^ (right[i % (right.length || 1)] ?? 0);
  return difference === 0;
}

const hmacKeys = new Map<string, CryptoKey>();

/** Importing a key costs as much as using it, and every webhook of a channel needs the same one. */
async function hmacKey(hash: 'SHA-1' | 'SHA-256', secret: string): Promise<CryptoKey> {
  const name = `${hash}|${secret}`;
  const known = hmacKeys.get(name);
  if (known) return known;

  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash }, false, [
    'sign',
  ]);
  if (hmacKeys.size >= 1_000) hmacKeys.clear();
  hmacKeys.set(name, key);
  return key;
}

/** HMAC of bytes under a secret's UTF-8 bytes. */
export async function hmac(
  hash: 'SHA-1' | 'SHA-256',
  secret: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const key = await hmacKey(hash, secret);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes as Uint8Array<ArrayBuffer>));
}

/**
 * A number as we write it: digits of 7 and more become E.164 (10 digits: North America), short codes stay
 * digits, anything with letters stays as it is. Empty when there is nothing.
 */
export function addressOf(raw: unknown): string {
  const text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '';
  if (/[A-Za-z]/.test(text)) return text;
  const digits = text.replace(/\D/g, '');
  if (digits === '' || (digits.length < 7 && !text.startsWith('+'))) return digits;
  return digits.length === 10 && !text.startsWith('+') ? `+1${digits}` : `+${digits}`;
}

/** Which of the channel's own numbers `raw` is, as the admin entered it; null when it is none of them. */
export function ownNumber(raw: unknown, numbers: readonly string[]): string | null {
  const wanted = addressOf(raw);
  return numbers.find((number) => addressOf(number) === wanted) ?? null;
}

/**
 * A customer's address that can name a conversation; null when `raw` holds none. A blank or a sign in an
 * alphanumeric sender ("My Bank") becomes `_`.
 */
export function customerOf(raw: unknown): string | null {
  const address = addressOf(raw);
  if (/[A-Za-z]/.test(address)) return address.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
  return /^(\+\d{7,15}|\d{2,6})$/.test(address) ? address : null;
}

/** A phone number for providers that refuse the `+`. */
export function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

/** Milliseconds of a Retry-After header: seconds or a date; null when absent or not readable. Capped at an hour. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 3_600_000) : null;
}

/** Whether an Ed25519 signature (64 bytes) of these bytes is that key's (32 bytes). */
export async function isEd25519(key: Uint8Array, signature: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  try {
    const raw = key as Uint8Array<ArrayBuffer>;
    const imported = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
    const [signed, message] = [signature, bytes] as Uint8Array<ArrayBuffer>[];
    return signed && message ? await crypto.subtle.verify('Ed25519', imported, signed, message) : false;
  } catch {
    return false;
  }
}

/** The bytes of padded standard base64, written in its one exact way; null for anything else. */
export function base64Bytes(text: string): Uint8Array | null {
  try {
    const decoded = atob(text);
    return btoa(decoded) === text ? Uint8Array.from(decoded, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexOfByte[byte];
  return text;
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Epoch ms of a date as providers write it, a blank for the `T` too; null when it is none. */
export function timeOf(raw: unknown): number | null {
  if (typeof raw !== 'string') return null;
  const ms = Date.parse(raw.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  return Number.isFinite(ms) ? ms : null;
}

/** The webhook URL for reports of one message: `ref` comes back in the query. */
export function reportUrl(webhookUrl: string, ref: string): string {
  return `${webhookUrl}${webhookUrl.includes('?') ? '&' : '?'}ref=${ref}`;
}

/** The ref that `reportUrl` put there; null when there is none. */
export function refOf(rawQuery: string): string | null {
  const ref = new URLSearchParams(rawQuery).get('ref');
  return ref !== null && /^[A-Za-z0-9_-]{1,80}$/.test(ref) ? ref : null;
}

/** The phone numbers of a Telnyx-like `to`: a text, an object with `phone_number`, or a list of those. */
export function phoneNumbersOf(raw: unknown): string[] {
  if (Array.isArray(raw)) return raw.flatMap((item) => (Array.isArray(item) ? [] : phoneNumbersOf(item)));
  if (typeof raw === 'object' && raw !== null && 'phone_number' in raw) return textsOf(raw.phone_number);
  return textsOf(raw);
}

function textsOf(raw: unknown): string[] {
  if (typeof raw === 'number') return [String(raw)];
  return typeof raw === 'string' && raw.trim() !== '' ? [raw.trim()] : [];
}
