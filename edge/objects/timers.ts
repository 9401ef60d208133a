/**
 * Many timers on the one alarm that an object has: a table of due times, and the alarm set to the earliest.
 * Alarms come at least once, so what a timer does has to be idempotent.
 */

export const timersSchema = `
  CREATE TABLE timers (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX timers_due ON timers (due_at);
`;

/** A handler answers when it wants to run again (epoch ms), or null when it is done. */
export type TimerHandler = (key: string, now: number) => number | null | Promise<number | null>;

/** How long a timer whose handler threw waits before it runs again. */
const retryMs = 5_000;

export class Timers {
  /** What the alarm is set to, as far as this instance knows; undefined until it has set it. */
  private armedAt: number | null | undefined;

  constructor(private readonly storage: DurableObjectStorage) {}

  /** Sets or moves a timer. */
  set(key: string, dueAt: number): void {
    this.storage.sql.exec(
      'INSERT INTO timers VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at',
      key,
      dueAt,
    );
    this.arm();
  }

  dueAt(key: string): number | null {
    const row = this.storage.sql.exec<{ due_at: number }>('SELECT due_at FROM timers WHERE key = ?', key);
    return row.toArray()[0]?.due_at ?? null;
  }

  /** Runs what is due; call it from `alarm()`. A handler's error is logged and the timer tried again later. */
  async run(now: () => number, handler: TimerHandler): Promise<void> {
    this.armedAt = null;
    const due = this.storage.sql
      .exec<{ key: string; due_at: number }>(
        'SELECT key, due_at FROM timers WHERE due_at <= ? ORDER BY due_at LIMIT 100',
        now(),
      )
      .toArray();
    try {
      for (const { key, due_at } of due) {
        const next = await this.runOne(key, now(), handler);
        // A handler may have moved its own timer while it ran; what it set then wins.
        if (this.dueAt(key) !== due_at) continue;
        if (next === null) this.storage.sql.exec('DELETE FROM timers WHERE key = ?', key);
        else this.storage.sql.exec('UPDATE timers SET due_at = ? WHERE key = ?', next, key);
      }
    } finally {
      this.arm();
    }
  }

  private async runOne(key: string, now: number, handler: TimerHandler): Promise<number | null> {
    try {
      return await handler(key, now);
    } catch (error) {
      console.error(JSON.stringify({ event: 'timer.failed', key, error: String(error) }));
      return now + retryMs;
    }
  }

  private arm(): void {
    const row = this.storage.sql.exec<{ at: number | null }>('SELECT MIN(due_at) AS at FROM timers').one();
    if (row.at === this.armedAt) return;
    this.armedAt = row.at;
    // Not awaited: the write joins the transaction of the change that called for it, and a failure to
    // store resets the object like any other write.
    if (row.at === null) void this.storage.deleteAlarm();
    else void this.storage.setAlarm(row.at);
  }
}
