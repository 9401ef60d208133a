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

/** The webhook that a line tells of; `genuine` when it was verified. */
export interface Origin {
  request: WebhookRequest;
  genuine: boolean;
}

/** A webhook for replaying; null when it is too large. */
function keep({ request: { method, rawQuery, headers, body }, genuine }: Origin): KeptRequest | null {
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

/** Good news that is kept of one such moment: of a thousand webhooks in a second nobody reads each. */
const linesOfGood = 20;
const linesOfAll = 50;

/** Adds a line soon, without holding anybody up; `origin` lets it be replayed. */
export function logEvent(
  env: Env,
  context: Context,
  channel: string,
  event: NewEvent,
  origin?: Origin,
): void {
  const waiting = unlogged.get(channel);
  if (waiting && waiting.length >= (event.result === 'ok' ? linesOfGood : linesOfAll)) return;
  const request = origin ? keep(origin) : null;
  const line = request ? { ...event, request } : event;
  if (waiting) {
    waiting.push(line);
    return;
  }
  const lines = [line];
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
