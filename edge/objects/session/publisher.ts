/**
 * Tells Desk what changed in a conversation: one notice at a time and in order, whatever piles up meanwhile
 * going with the next. The log is the outbox and `published` its cursor, so a message costs no extra row.
 */
import type { LogEvent } from '../../../core/log.ts';

/** Events kept in memory for the next notice; beyond it the log is read instead. */
const maxPending = 200;

export class Publisher<Letter> {
  private pending: LogEvent[] = [];
  private running: Promise<void> | null = null;
  private paused = false;

  constructor(
    private readonly next: () => Promise<Letter | null>,
    private readonly deliver: (letter: Letter) => Promise<void>,
  ) {}

  add(events: readonly LogEvent[]): void {
    this.pending.push(...events);
    if (this.pending.length > maxPending) this.pending = this.pending.slice(-maxPending);
  }

  /** The events after `seq` if memory has them all; null when the log has to be read. */
  pendingAfter(seq: number): LogEvent[] | null {
    this.pending = this.pending.filter((event) => event.seq > seq);
    return this.pending[0]?.seq === seq + 1 ? this.pending : null;
  }

  /** Does `task`, which changes the conversation, and leaves it to the caller to tell Desk of that. */
  pausedWhile<T>(task: () => T): T {
    this.paused = true;
    try {
      return task();
    } finally {
      this.paused = false;
    }
  }

  /** Delivers until Desk knows everything. A failure is logged; the timer's backstop tries again. */
  run(): Promise<void> {
    if (this.paused) return Promise.resolve();
    this.running ??= this.loop().finally(() => (this.running = null));
    return this.running;
  }

  private async loop(): Promise<void> {
    try {
      for (;;) {
        const letter = await this.next();
        if (!letter) return;
        await this.deliver(letter);
      }
    } catch (error) {
      console.error(JSON.stringify({ event: 'publish.failed', error: String(error) }));
    }
  }
}
