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
  /** The timer whose handler runs right now, and whether it was set anew meanwhile. */
  private running: { key: string; setAgain: boolean } | null = null;

  constructor(private readonly storage: DurableObjectStorage) {}

  /** Sets or moves a timer. */
  set(key: string, dueAt: number): void {
    if (this.running?.key === key) this.running.setAgain = true;
    this.storage.sql.exec(
      'INSERT INTO timers VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at',
      key,
      dueAt,
    );
    this.arm();
  }

  /**
   * When a timer is due, epoch ms; null when it is not set. One whose handler runs right now counts as not set:
   * what happens meanwhile may be too late for that run, so whoever needs the timer sets it again.
   */
  dueAt(key: string): number | null {
    if (this.running?.key === key && !this.running.setAgain) return null;
    const row = this.storage.sql.exec<{ due_at: number }>('SELECT due_at FROM timers WHERE key = ?', key);
    return row.toArray()[0]?.due_at ?? null;
  }

  /** Runs what is due; call it from `alarm()`. A handler's error is logged and the timer tried again later. */
  async run(now: () => number, handler: TimerHandler): Promise<void> {
    this.armedAt = null;
    const due = this.storage.sql
      .exec<{ key: string }>('SELECT key FROM timers WHERE due_at <= ? ORDER BY due_at LIMIT 100', now())
      .toArray();
    try {
      for (const { key } of due) {
        const running = { key, setAgain: false };
        this.running = running;
        const next = await this.runOne(key, now(), handler);
        if (!running.setAgain) this.move(key, next);
        this.running = null;
      }
    } finally {
      this.running = null;
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

  private move(key: string, dueAt: number | null): void {
    if (dueAt === null) this.storage.sql.exec('DELETE FROM timers WHERE key = ?', key);
    else this.storage.sql.exec('UPDATE timers SET due_at = ? WHERE key = ?', dueAt, key);
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
