/** What the gateway writes into a channel's event log (CH-16), and the webhooks that it keeps for replaying. */
import type { WebhookRequest } from '../core/providers/provider.ts';
import { channelOf, type Env } from './env.ts';
import type { KeptRequest, NewEvent } from './objects/channel/eventLog.ts';

/** Longest body that is kept for replaying, bytes. */
const maxKeptBytes = 32 * 1024;
/** Headers that say nothing for a replay, or too much for a log. */
const notKept = /^(authorization|cookie|x-forwarded-.*|cf-.*|x-parley-.*|connection|host)$/;

/** What outlives a request. */
export interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

/** A webhook for replaying; null when it is too large. `genuine`: it was verified. */
export function keep(
  { method, rawQuery, headers, body }: WebhookRequest,
  genuine: boolean,
): KeptRequest | null {
  if (body.length > maxKeptBytes) return null;
  const kept = Object.entries(headers).filter(([name]) => !notKept.test(name));
  return {
    method,
    rawQuery,
    headers: {
      ...Object.fromEntries(kept),
      'x-parley-received': String(Date.now()),
      'x-parley-genuine': genuine ? 'yes' : 'no',
    },
    body: body.toBase64(),
  };
}

/** Lines are gathered for a moment: they explain, and must not slow down what they tell of. */
const gatherMs = 200;
const unlogged = new Map<string, NewEvent[]>();

/** Adds a line soon, without holding anybody up. */
export function logEvent(env: Env, context: Context, channel: string, event: NewEvent): void {
  const waiting = unlogged.get(channel);
  if (waiting) {
    waiting.push(event);
    if (waiting.length > 200) waiting.shift();
    return;
  }
  const lines = [event];
  unlogged.set(channel, lines);
  context.waitUntil(
    new Promise((resolve) => setTimeout(resolve, gatherMs)).then(async () => {
      unlogged.delete(channel);
      await channelOf(env, channel)
        .logEvents(lines)
        .catch((error: unknown) => {
          console.error(JSON.stringify({ event: 'log.failed', channel, error: String(error) }));
        });
    }),
  );
}
