/** Reports of delivery that came before the answer of the send call: kept until their message is known and done. */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { SendError } from '../../../core/sendError.ts';

const keepMs = 86_400_000;

export class EarlyReports {
  /** Whether there are any at all, once that was looked at: most channels have none, ever. */
  private hasEarly: boolean | null = null;

  constructor(private readonly sql: SqlStorage) {}

  /** Keeps a report of a message that is not known yet, or not done: reports overtake answers. */
  keep(key: string, status: DeliveryStatus, error: SendError | null, now: number): void {
    const before = this.sql
      .exec<{ status: DeliveryStatus }>('SELECT status FROM early_reports WHERE key = ?', key)
      .toArray()[0];
    if (before && advance(before.status, status) === before.status) return;
    this.hasEarly = true;
    this.sql.exec(
      'INSERT OR REPLACE INTO early_reports VALUES (?, ?, ?, ?)',
      key,
      status,
      error ? JSON.stringify(error) : null,
      now,
    );
  }

  /** The reports that were kept under these keys; they are kept no longer. */
  take(keys: readonly string[]): { status: DeliveryStatus; error: SendError | null }[] {
    this.hasEarly ??= this.sql.exec('SELECT 1 FROM early_reports LIMIT 1').toArray().length > 0;
    if (!this.hasEarly) return [];
    return this.sql
      .exec<{ status: DeliveryStatus; error: string | null }>(
        'DELETE FROM early_reports WHERE key IN (SELECT value FROM json_each(?)) RETURNING status, error',
        JSON.stringify(keys),
      )
      .toArray()
      .map(({ status, error }) => ({
        status,
        error: error === null ? null : (JSON.parse(error) as SendError),
      }));
  }

  /** Forgets those that never found their message. */
  sweep(now: number): void {
    this.sql.exec('DELETE FROM early_reports WHERE at < ?', now - keepMs);
  }
}
