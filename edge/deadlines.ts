/**
 * Ends calls that take too long, with one timer for all of an object's and one signal for those that end together. Each
 * call with a timer and a signal of its own would leave thousands of them to the collector of garbage every second, and
 * no message leaves while it works.
 */

/** A call may take longer than asked by so much of its time: so it shares its end with others. */
const roundedShare = 0.1;

interface Shared {
  controller: AbortController;
  /** Calls that are under way. */
  open: number;
}

export class Deadlines {
  /** By the time at which they end, epoch ms. */
  private readonly shared = new Map<number, Shared>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private timerAt = Infinity;

  /** Carries out a task, whose signal aborts after `ms`, or up to a tenth later. */
  async within<T>(ms: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const step = Math.max(1, Math.round(ms * roundedShare));
    const deadline = Math.ceil((Date.now() + ms) / step) * step;
    const shared = this.shared.get(deadline) ?? { controller: new AbortController(), open: 0 };
    this.shared.set(deadline, shared);
    shared.open += 1;
    if (deadline < this.timerAt) this.wakeAt(deadline);
    try {
      return await task(shared.controller.signal);
    } finally {
      shared.open -= 1;
      if (shared.open === 0) this.forget(deadline);
    }
  }

  private forget(deadline: number): void {
    this.shared.delete(deadline);
    // A pending timer would keep the object awake.
    if (this.shared.size === 0) this.rest();
  }

  private abortLate(): void {
    this.rest();
    const now = Date.now();
    let next = Infinity;
    for (const [deadline, { controller }] of this.shared) {
      if (deadline <= now) controller.abort(new DOMException('It took too long.', 'TimeoutError'));
      else next = Math.min(next, deadline);
    }
    if (next < Infinity) this.wakeAt(next);
  }

  private wakeAt(at: number): void {
    this.rest();
    this.timerAt = at;
    this.timer = setTimeout(() => this.abortLate(), at - Date.now());
  }

  private rest(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Infinity;
  }
}
