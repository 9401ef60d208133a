/** One push to one device: encrypted for it alone (RFC 8291), signed by us (RFC 8292), over RFC 8030. */
import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import { retryAfterMs } from '../core/providers/dialect.ts';
import type { Env } from './env.ts';
import type { PushTarget } from './objects/contracts.ts';
import type { Vapid } from './objects/workspace/vapid.ts';
import type { Connections } from './outbound.ts';
import { pushUrl } from './pushAddress.ts';
import { digest } from './secrets.ts';

export interface Push extends Pick<PushTarget, 'subscription' | 'contact'> {
  /** A newer push of the same topic takes the place of one that waits at the push service; empty for none. */
  topic: string;
  text: string;
  /** How long the push service keeps it for a device that is off. */
  ttlSeconds: number;
}

export type PushOutcome =
  | { kind: 'taken' }
  /** The subscription has ended; it never comes back. */
  | { kind: 'gone'; status: number }
  /** To be tried again, after `afterMs` when the push service says so. */
  | { kind: 'later'; status: number | null; afterMs: number | null }
  /** Trying again would change nothing. */
  | { kind: 'refused'; status: number | null; reason: string };

const timeoutMs = 10_000;
/** All texts are filled up to steps of this many bytes, so that their length says nothing of what was written. */
const stepBytes = 1024;

/** Makes the call. Never throws. */
export async function sendPush(
  env: Env,
  push: Push,
  vapid: Vapid,
  connections: Connections,
): Promise<PushOutcome> {
  let url: string;
  let headers: Record<string, string>;
  let body: Uint8Array<ArrayBuffer>;
  try {
    url = pushUrl(env, push.subscription.endpoint);
    const subscription = { ...push.subscription, expirationTime: null };
    const signed = await vapidHeaders(subscription, { ...vapid, subject: push.contact });
    body = await encryptNotification(subscription, padded(push.text), { pad: false });
    headers = {
      ...signed.headers,
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(push.ttlSeconds),
      urgency: 'high',
      ...(push.topic === '' ? {} : { topic: (await digest(push.topic)).slice(0, 32) }),
    };
  } catch (error) {
    return { kind: 'refused', status: null, reason: String(error) };
  }
  try {
    return await connections.use(timeoutMs, async (signal) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal,
      });
      const reason = (await firstBytes(answer)).slice(0, 200);
      return outcomeOf(answer.status, answer.headers.get('retry-after'), reason);
    });
  } catch {
    return { kind: 'later', status: null, afterMs: null };
  }
}

function outcomeOf(status: number, retryAfter: string | null, reason: string): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 404 || status === 410) return { kind: 'gone', status };
  if (status === 429 || status >= 500) {
    return { kind: 'later', status, afterMs: retryAfterMs(retryAfter ?? undefined, Date.now()) };
  }
  return { kind: 'refused', status, reason };
}

/** White space at the end, which JSON does not mind. */
function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const whole = new Uint8Array(Math.ceil(bytes.length / stepBytes) * stepBytes).fill(0x20);
  whole.set(bytes);
  return whole;
}

/** As much of an answer as a log needs; the rest is not read. */
async function firstBytes(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  if (!reader) return '';
  const { value } = await reader.read();
  await reader.cancel();
  return value ? new TextDecoder().decode(value as Uint8Array) : '';
}
