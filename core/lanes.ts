/**
 * Which lane of a channel makes which call. Lanes are objects with a few connections each: calls that come to one lane
 * closer together than it has connections would wait for one another, and leave late. Times are epoch ms; nothing here
 * reads a clock.
 */
import { plannedConnections } from './pacing.ts';

/** A call that should be over, and of which nothing was heard for so long, still takes its connection, ms. */
const overdueMs = 500;

interface Call {
  lane: number;
  at: number;
}

export class Lanes {
  /** Calls of each lane that are not known to be over. */
  private readonly calls = new Map<number, Map<string, Call>>();
  private readonly byRef = new Map<string, Call>();
  private last = -1;

  /**
   * The lane out of `count` for a call at `at`, when each takes about `latencyMs`: in turn, without those whose
   * connections are in use then; where that is all of them, the one with the fewest calls.
   */
  next(count: number, at: number, latencyMs: number, now: number): number {
    let best = 0;
    let fewest = Infinity;
    for (let step = 1; step <= count; step += 1) {
      const lane = (this.last + step) % count;
      const busy = this.busy(lane, at, latencyMs, now);
      if (busy < plannedConnections) return lane;
      if (busy < fewest) {
        best = lane;
        fewest = busy;
      }
    }
    return best;
  }

  /** A lane got a call for `at`. */
  took(ref: string, lane: number, at: number): void {
    const call = { lane, at };
    this.byRef.set(ref, call);
    const calls = this.calls.get(lane);
    if (calls) calls.set(ref, call);
    else this.calls.set(lane, new Map([[ref, call]]));
    this.last = lane;
  }

  /** A call is made at another time than planned. */
  moved(ref: string, at: number): void {
    const call = this.byRef.get(ref);
    if (call) call.at = at;
  }

  /** A call is over, or is not made. */
  over(ref: string): void {
    const call = this.byRef.get(ref);
    if (!call) return;
    this.byRef.delete(ref);
    this.calls.get(call.lane)?.delete(ref);
  }

  /** How many connections a lane needs at `at`. Lanes tell late, so a call is taken to be over when it should be. */
  private busy(lane: number, at: number, latencyMs: number, now: number): number {
    let busy = 0;
    for (const call of this.calls.get(lane)?.values() ?? []) {
      const end = call.at + latencyMs;
      if (end > at || end + overdueMs < now) busy += 1;
    }
    return busy;
  }
}
