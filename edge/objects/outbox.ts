/**
 * What an object has to tell others, written in the same transaction as the change it tells of, and kept
 * until the receiver has acknowledged it: at least once, in order, and receivers are idempotent.
 */
import type { Timers } from './timers.ts';

export const outboxSchema = `
  CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, letter TEXT NOT NULL);
`;

export const outboxTimer = 'outbox';

/** Longest pause between two tries at the same letter. */
const maxPauseMs = 60_000;

export class Outbox<Letter> {
  private draining: Promise<void> | null = null;
  private failures = 0;

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly timers: Timers,
    private readonly deliver: (letter: Letter) => Promise<void>,
  ) {}

  /** Writes a letter. The alarm delivers it even if the process ends right after this transaction. */
  add(letter: Letter): void {
    this.storage.sql.exec('INSERT INTO outbox (letter) VALUES (?)', JSON.stringify(letter));
    if (this.timers.dueAt(outboxTimer) === null) this.timers.set(outboxTimer, Date.now());
  }

  /** Delivers all letters in order, stopping at the first that fails. One run at a time. */
  drain(): Promise<void> {
    this.draining ??= this.run().finally(() => (this.draining = null));
    return this.draining;
  }

  /** For the timer: drains, and answers when to try again (epoch ms), null when the box is empty. */
  async onTimer(now: number): Promise<number | null> {
    await this.drain();
    if (this.isEmpty()) return null;
    return now + Math.min(maxPauseMs, 500 * 2 ** Math.min(this.failures, 10));
  }

  private isEmpty(): boolean {
    return this.storage.sql.exec('SELECT 1 FROM outbox LIMIT 1').toArray().length === 0;
  }

  private async run(): Promise<void> {
    for (;;) {
      const row = this.storage.sql
        .exec<{ id: number; letter: string }>('SELECT id, letter FROM outbox ORDER BY id LIMIT 1')
        .toArray()[0];
      if (!row) return;
      try {
        await this.deliver(JSON.parse(row.letter) as Letter);
      } catch (error) {
        this.failures += 1;
        console.error(
          JSON.stringify({ event: 'outbox.failed', failures: this.failures, error: String(error) }),
        );
        return;
      }
      this.failures = 0;
      this.storage.sql.exec('DELETE FROM outbox WHERE id = ?', row.id);
    }
  }
}
