/**
 * When the next message of a channel may leave: evenly spaced (GCRA), and never more in any window than the rate
 * allows (invariant 5). Times are epoch ms; nothing here reads a clock.
 */

/** Windows are this much longer, because the clocks at both ends tell whole milliseconds, ms. */
const clockMs = 1;
/** The usual distance is a little wider than the window asks for, so that there is something to catch up with, ms. */
const spareMs = 1;
/**
 * Part of the usual distance that two messages keep at least. What was missed while the thread was busy is made up
 * for quickly: a late message comes late in every window after it, so the fewer are late the better.
 */
const closestShare = 0.25;
/** How far the schedule may lag before what was missed is given up, ms. */
const longestLagMs = 300;

export class Pacer {
  /** Messages in one window, and how long it is: a whole number of messages a second for 1 and more. */
  private readonly count: number;
  private readonly windowMs: number;
  private readonly intervalMs: number;
  /** The last `count` messages and more: when each counts as arrived at the provider, oldest first. */
  private departures: number[];
  /** When the last message leaves, and how soon after it the next one may: what was missed does not leave all at once. */
  private last = -Infinity;
  private readonly closestMs: number;
  /** Theoretical arrival time: when the next message leaves if nothing was late. */
  private due: number;

  /** `perSecond` above 0, fractions too; `recent` are departures of the last window before a restart. */
  constructor(
    readonly perSecond: number,
    recent: readonly number[] = [],
  ) {
    this.count = Math.max(1, Math.ceil(perSecond));
    this.windowMs = (this.count / perSecond) * 1000 + clockMs;
    this.intervalMs = (this.windowMs + spareMs) / this.count;
    this.closestMs = this.intervalMs * closestShare;
    this.departures = [...recent].sort((a, b) => a - b);
    const last = this.departures.at(-1);
    this.due = last === undefined ? 0 : last + this.intervalMs;
  }

  /** The earliest time, not before `from`, at which one more message may leave. */
  next(from: number): number {
    const first = this.departures[this.departures.length - this.count];
    const windowEnds = first === undefined ? 0 : first + this.windowMs;
    return Math.max(from, windowEnds, this.due, this.last + this.closestMs);
  }

  /**
   * A message leaves at `at`, which `next` has answered, and reaches the provider at most `travelMs` later than one
   * that nothing holds up.
   */
  take(at: number, travelMs = 0): void {
    this.due = Math.max(this.due, at - longestLagMs) + this.intervalMs;
    this.last = at;
    this.insert(at + travelMs);
    // Twice as many as a window needs: some may turn out not to have left.
    if (this.departures.length > 2 * this.count) this.departures.shift();
  }

  /** What was counted at `before` is counted at `after`: the window counts what really happened. */
  move(before: number, after: number): void {
    if (this.free(before)) this.insert(after);
  }

  /** A message that was taken for `planned`, and is counted at `counted`, has not left. */
  release(planned: number, counted = planned): void {
    if (!this.free(counted)) return;
    this.due -= this.intervalMs;
    if (this.last === planned) this.last -= this.intervalMs;
  }

  /** Windows hold one place less at `counted`; answers whether there was one. */
  free(counted: number): boolean {
    const index = this.departures.lastIndexOf(counted);
    if (index < 0) return false;
    this.departures.splice(index, 1);
    return true;
  }

  /** Nothing waited until `now`: nothing was missed that would have to be made up for. */
  rest(now: number): void {
    this.due = Math.max(this.due, now);
  }

  /** Departures come nearly in order, so the place is near the end. */
  private insert(at: number): void {
    let index = this.departures.length;
    while (index > 0 && (this.departures[index - 1] ?? 0) > at) index -= 1;
    this.departures.splice(index, 0, at);
  }
}

/** What may be assumed of a way that nothing is known about yet, where answers come evenly and where they do not, ms. */
const steadyTravelMs = 20;
const unsteadyTravelMs = 8;
/** Latencies that differ by more than this on average tell of the provider's work and no more of the way to it, ms. */
const steadySpreadMs = 12;
/** Longest that an even answer is taken to be late because its message was; and what one says about the others, ms. */
const longestTravelMs = 100;
const longestSpreadMs = 25;
/** A message that was out of our hands so soon met a thread that was free, ms. */
const promptMs = 3;
/** The fastest answer is that of so many, or of twice as many. */
const answersCompared = 500;

/** What is known of a call that is over: how long it took, and how soon its message was out of our hands, if that is known; ms. */
export interface Call {
  latencyMs: number;
  outMs: number | null;
}

/**
 * How long messages are on their way to the provider, as far as their answers tell. The provider counts when they
 * arrive, we know when they leave: an answer that came later than the fastest one may have been late on its way there,
 * because a thread was busy or connections had to be made.
 */
export class Travel {
  private fastestMs = Infinity;
  private fastestBefore = Infinity;
  private compared = 0;
  private answers = 0;
  private spreadMs = 0;

  /** How much longer than usual a message may be on its way that has no answer yet, ms. */
  get allowanceMs(): number {
    return this.isSteady() ? steadyTravelMs : unsteadyTravelMs;
  }

  /**
   * Takes in a call; answers how much longer than usual its message was on its way at most, ms. `allowedMs` is what was
   * assumed before, and what left promptly may have met another delay for `doubtMs`.
   */
  answered({ latencyMs, outMs }: Call, allowedMs: number, doubtMs: number): number {
    if (this.compared >= answersCompared) {
      this.fastestBefore = this.fastestMs;
      this.fastestMs = Infinity;
      this.compared = 0;
    }
    this.compared += 1;
    this.fastestMs = Math.min(this.fastestMs, latencyMs);
    const laterMs = latencyMs - Math.min(this.fastestMs, this.fastestBefore);
    this.answers += 1;
    const weight = Math.max(0.02, 1 / this.answers);
    this.spreadMs += weight * (Math.min(laterMs, longestSpreadMs) - this.spreadMs);
    // Most of what the answer is late by was after its message had left.
    if (outMs !== null && outMs <= promptMs) return Math.min(laterMs, outMs + doubtMs);
    const trustedMs = this.isSteady() ? Math.max(allowedMs, longestTravelMs) : allowedMs;
    return Math.min(laterMs, (outMs ?? 0) + trustedMs);
  }

  private isSteady(): boolean {
    return this.spreadMs <= steadySpreadMs;
  }
}

/**
 * How late a message may leave after its slot, ms. Whatever leaves late is told to the `Pacer`, long before the
 * window is over; what would be later still gets another slot.
 */
export const longestDelayMs = 300;

/** Most connections that one object may have open at once (the platform's limit), and how many we plan with. */
export const connectionLimit = 6;
export const plannedConnections = 3;

/**
 * How many lanes a rate needs when one call takes `latencyMs`: 1, 2, 3, 4, 6, 8, 12 … 256. In steps, because with
 * their number recipients change their lane.
 */
export function lanesFor(perSecond: number, latencyMs: number): number {
  const needed = (perSecond * latencyMs) / 1000 / plannedConnections;
  let lanes = 1;
  while (lanes < needed && lanes < 256)
    lanes = lanes & (lanes - 1) ? (lanes / 3) * 4 : Math.max(lanes + 1, lanes * 1.5);
  return lanes;
}

/**
 * How long to wait before try number `tries` + 1, ms, after `tries` failed ones: 2, 8, 32, 128 s and then every
 * 10 minutes, less up to a quarter by `random` (0 to 1) so that not all come back at once.
 */
export function backoffMs(tries: number, random: number): number {
  const full = Math.min(600_000, 2_000 * 4 ** Math.max(0, tries - 1));
  return Math.round(full * (1 - random / 4));
}

/** Refusals in a row after which the provider's own word on when to come back is taken as it is. */
const trustedRefusals = 3;

/**
 * How long to wait after `refusals` in a row, ms, where the provider said to come back in `toldMs`: as it said, and longer
 * when its word has proved wrong again and again. `random` as for `backoffMs`.
 */
export function toldWaitMs(toldMs: number, refusals: number, random: number): number {
  if (refusals <= trustedRefusals) return toldMs;
  return Math.max(toldMs, backoffMs(refusals - trustedRefusals, random));
}
