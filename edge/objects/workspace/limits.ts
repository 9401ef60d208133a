/** Token buckets of sign-ins, kept in a table, one per account and one per address. */
import ipaddr from 'ipaddr.js';
import { take, type Allowance, type Bucket } from '../../../core/limits.ts';

/** Ten tries at once, then one every 30 seconds. */
export const signInAllowance: Allowance = { burst: 10, perSecond: 1 / 30 };

/**
 * What an address counts as for limits: itself, or for IPv6 the /64 that it is in, since whoever has one
 * address there has all of them.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

export class Limits {
  constructor(private readonly sql: SqlStorage) {}

  /**
   * Takes one try from every bucket named. Answers 0, or the milliseconds until all of them have one, and
   * then takes none.
   */
  take(keys: readonly string[], allowance: Allowance, now: number): number {
    const taken = keys.map((key) => ({ key, ...take(this.read(key), allowance, now) }));
    const waitMs = Math.max(0, ...taken.map((one) => one.waitMs));
    if (waitMs === 0) for (const { key, bucket } of taken) this.write(key, bucket);
    return waitMs;
  }

  /** Gives a try back, such as after it turned out to be right. */
  giveBack(key: string, allowance: Allowance): void {
    this.sql.exec('UPDATE buckets SET tokens = MIN(?, tokens + 1) WHERE key = ?', allowance.burst, key);
  }

  forget(key: string): void {
    this.sql.exec('DELETE FROM buckets WHERE key = ?', key);
  }

  /** Deletes buckets that are full again, which says the same as no bucket. */
  sweep(allowance: Allowance, now: number): void {
    this.sql.exec('DELETE FROM buckets WHERE at < ?', now - (allowance.burst / allowance.perSecond) * 1000);
  }

  private read(key: string): Bucket | undefined {
    return this.sql
      .exec<{ tokens: number; at: number }>('SELECT tokens, at FROM buckets WHERE key = ?', key)
      .toArray()[0];
  }

  private write(key: string, { tokens, at }: Bucket): void {
    this.sql.exec(
      'INSERT INTO buckets VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, at = excluded.at',
      key,
      tokens,
      at,
    );
  }
}
