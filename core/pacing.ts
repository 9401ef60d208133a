/**
 * When the next message of a channel may leave: evenly spaced (GCRA), and never more in any window than the rate
 * allows (invariant 5). Times are epoch ms; nothing here reads a clock.
 */

/**
 * What the way to the provider may add to one message and not to the next, ms: the window is kept this much
 * longer, so that the provider does not see more than the rate either. Costs 0.8 % of a rate of whole messages.
 */
export const jitterMs = 8;

/** How much of the window's extra time may be used to catch up after a late start, ms. */
const catchUpMs = 2;
/**
 * Part of the usual distance that two messages keep at least. A crowd that leaves at once comes back a window later, and
 * then whatever is a little late on its way makes more than the rate of it.
 */
const closestShare = 0.95;
/** How far the schedule may lag before what was missed is given up, ms. */
const longestLagMs = 100;

export class Pacer {
  /** Messages in one window, and how long it is: a whole number of messages a second for 1 and more. */
  private readonly count: number;
  private readonly windowMs: number;
  private readonly intervalMs: number;
  /** The last `count` departures, oldest first. */
  private departures: number[];
  /** When the last message leaves, and how soon after it the next one may: what was missed is caught up gently. */
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
    this.windowMs = (this.count / perSecond) * 1000;
    this.intervalMs = (this.windowMs + jitterMs) / this.count;
    this.closestMs = this.intervalMs * closestShare;
    this.departures = [...recent].sort((a, b) => a - b).slice(-this.count);
    const last = this.departures.at(-1);
    this.due = last === undefined ? 0 : last + this.intervalMs;
  }

  /** The earliest time, not before `from`, at which one more message may leave. */
  next(from: number): number {
    const first = this.departures[this.departures.length - this.count];
    const windowEnds = first === undefined ? 0 : first + this.windowMs + jitterMs - catchUpMs;
    return Math.max(from, windowEnds, this.due - this.lagAllowed(from), this.last + this.closestMs);
  }

  /**
   * A message leaves at `at`, which `next` has answered. `slackMs` more than usual may pass before the provider has
   * it, where connections have to be made first.
   */
  take(at: number, slackMs = 0): void {
    this.due = Math.max(this.due, at - longestLagMs) + this.intervalMs;
    this.last = at;
    this.departures.push(at + slackMs);
    this.departures.sort((a, b) => a - b);
    if (this.departures.length > this.count) this.departures.splice(0, this.departures.length - this.count);
  }

  /** A message that was to leave at `planned` left at `actual`: the window counts what really happened. */
  move(planned: number, actual: number): void {
    const index = this.departures.lastIndexOf(planned);
    if (index < 0) return;
    this.departures[index] = actual;
    this.departures.sort((a, b) => a - b);
  }

  /** A departure that was taken did not happen. */
  release(at: number): void {
    const index = this.departures.lastIndexOf(at);
    if (index >= 0) {
      this.departures.splice(index, 1);
      this.due -= this.intervalMs;
      if (this.last === at) this.last = this.departures.at(-1) ?? -Infinity;
    }
  }

  /** One interval may be caught up at once, so that a late start does not make the schedule late for ever. */
  private lagAllowed(from: number): number {
    return this.due < from ? 0 : Math.min(this.intervalMs / 2, catchUpMs);
  }
}

/**
 * How late a message may leave after its slot, ms. Whatever leaves late is told to the `Pacer`, long before the
 * window is over; what would be later still gets another slot.
 */
export const longestDelayMs = 300;

/** Most connections that one object may have open at once (the platform's limit), and how many we plan with. */
export const connectionLimit = 6;
const plannedConnections = 4;

/** How many lanes a rate needs when one call takes `latencyMs`. */
export function lanesFor(perSecond: number, latencyMs: number): number {
  return Math.min(256, Math.max(1, Math.ceil((perSecond * latencyMs) / 1000 / plannedConnections)));
}

/**
 * How long to wait before try number `tries` + 1, ms, after `tries` failed ones: 2, 8, 32, 128 s and then every
 * 10 minutes, less up to a quarter by `random` (0 to 1) so that not all come back at once.
 */
export function backoffMs(tries: number, random: number): number {
  const full = Math.min(600_000, 2_000 * 4 ** Math.max(0, tries - 1));
  return Math.round(full * (1 - random / 4));
}
