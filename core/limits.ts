/** A token bucket as a value: whoever stores it decides where. */

export interface Bucket {
  tokens: number;
  /** Epoch ms of the last refill. */
  at: number;
}

export interface Allowance {
  /** Most that may come at once. */
  burst: number;
  /** Tokens that come back each second. */
  perSecond: number;
}

/**
 * Takes `cost` tokens. Answers the bucket to store and, when there were too few, the milliseconds until the
 * same request would pass. A clock that goes backwards refills nothing and takes nothing away.
 */
export function take(
  bucket: Bucket | undefined,
  allowance: Allowance,
  now: number,
  cost = 1,
): { bucket: Bucket; waitMs: number } {
  const before = bucket ?? { tokens: allowance.burst, at: now };
  const elapsed = Math.max(0, now - before.at);
  const tokens = Math.min(allowance.burst, before.tokens + (elapsed / 1000) * allowance.perSecond);
  const at = Math.max(now, before.at);
  if (tokens >= cost) return { bucket: { tokens: tokens - cost, at }, waitMs: 0 };
  return { bucket: { tokens, at }, waitMs: Math.ceil(((cost - tokens) / allowance.perSecond) * 1000) };
}
