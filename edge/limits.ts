/** How much of everything is allowed. Generous for people, tight for scripts. */
import { take, type Allowance, type Bucket } from '../core/limits.ts';
import type { Env } from './env.ts';

const standard = {
  /** Frames of one visitor's socket; beyond it the socket is closed. */
  visitorFrames: { burst: 60, perSecond: 20 },
  /** Messages of one visitor. */
  visitorMessages: { burst: 20, perSecond: 2 },
  /** Frames of one agent's socket. */
  agentFrames: { burst: 200, perSecond: 50 },
  /** Per client address: new visitors and page loads, sockets, uploads. */
  addressHellos: { burst: 60, perSecond: 2 },
  addressSockets: { burst: 60, perSecond: 2 },
  addressUploads: { burst: 20, perSecond: 0.5 },
} satisfies Record<string, Allowance>;

export type LimitName = keyof typeof standard;

let scaled: { factor: string | undefined; table: Record<LimitName, Allowance> } | null = null;

/** The allowances of this deployment: the standard ones times `PARLEY_RATE_FACTOR` (default 1). */
export function allowances(env: Env): Record<LimitName, Allowance> {
  if (scaled?.factor === env.PARLEY_RATE_FACTOR && scaled) return scaled.table;
  const factor = Math.max(0.01, Number(env.PARLEY_RATE_FACTOR ?? '1') || 1);
  const table = Object.fromEntries(
    Object.entries(standard).map(([name, { burst, perSecond }]) => [
      name,
      { burst: burst * factor, perSecond: perSecond * factor },
    ]),
  ) as Record<LimitName, Allowance>;
  scaled = { factor: env.PARLEY_RATE_FACTOR, table };
  return table;
}

const maxAddresses = 20_000;
const buckets = new Map<string, Bucket>();

/**
 * Takes one from an address's allowance; answers the milliseconds to wait, 0 when it may pass. Kept in the
 * isolate's memory: exact on one machine, per location on Cloudflare, which is enough against abuse.
 */
export function takeForAddress(env: Env, limit: LimitName, address: string | null, now: number): number {
  if (address === null) return 0;
  const key = `${limit}|${address}`;
  const { bucket, waitMs } = take(buckets.get(key), allowances(env)[limit], now);
  buckets.delete(key);
  buckets.set(key, bucket);
  if (buckets.size > maxAddresses) {
    const oldest = buckets.keys().next().value;
    if (oldest !== undefined) buckets.delete(oldest);
  }
  return waitMs;
}
