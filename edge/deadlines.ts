/**
 * Ends calls that take too long, with one timer for all of an object's. `AbortSignal.timeout` would keep a timer and
 * its signal for the whole time, long after the call is over: tens of thousands of them at a thousand calls a second.
 */
export class Deadlines {
  private readonly calls = new Map<AbortController, number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private timerAt = Infinity;

  /** Carries out a task, whose signal aborts after `ms`. */
  async within<T>(ms: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const deadline = Date.now() + ms;
    this.calls.set(controller, deadline);
    if (deadline < this.timerAt) this.wakeAt(deadline);
    try {
      return await task(controller.signal);
    } finally {
      this.calls.delete(controller);
      // A pending timer would keep the object awake.
      if (this.calls.size === 0) this.rest();
    }
  }

  private abortLate(): void {
    this.rest();
    const now = Date.now();
    let next = Infinity;
    for (const [controller, deadline] of this.calls) {
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
