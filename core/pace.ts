/**
 * The pace of a channel with all its lanes: which time each message gets, and when it counts as arrived at the
 * provider, as far as its lane and the provider's answer tell. Times are epoch ms; nothing here reads a clock.
 */
import { Lanes } from './lanes.ts';
import { lanesFor, Pacer, Travel, type Call } from './pacing.ts';

/** What a channel's provider takes for a call before any was measured, ms. */
const assumedLatencyMs = 200;
/** Lanes that were not heard of for so long are asleep, or wake up. */
const coldAfterMs = 2_000;
/** How long lanes take to make their connections, and how much later a message may arrive meanwhile. */
const warmUpMs = 600;
const coldTravelMs = 250;
/**
 * How long the provider may have held up a message that left in time. At a high rate little is in doubt: what many
 * messages seem to be late by would cost more than it saves.
 */
const longestDoubtMs = 8;

/** A message that is with a lane. */
interface Counted {
  at: number;
  travelMs: number;
  isSlow: boolean;
  /** Places that it takes beyond its own. */
  spares: { pacer: Pacer; at: number }[];
}

export class Pace {
  private pacer: Pacer | null = null;
  /** Of those that the provider takes more slowly, which count in both; null where it makes no difference. */
  private slowPacer: Pacer | null = null;
  private readonly travel = new Travel();
  private doubtMs = longestDoubtMs;
  private latencyMs = assumedLatencyMs;
  /** What was heard last, to be reckoned with when more is heard. */
  private latencies: number[] = [];
  /** When messages that are with lanes count as arrived, and how much longer than usual their way may take. */
  private readonly counted = new Map<string, Counted>();
  /** When a lane last said something, and until when lanes make their connections. */
  private heardAt = 0;
  private warmAt = 0;

  private readonly lanesOf = new Lanes();

  /**
   * `recentSlots` answers the times given since `since` (epoch ms), newest first, `limit` at most; with `slowOnly` those
   * of slow messages.
   */
  constructor(private readonly recentSlots: (since: number, limit: number, slowOnly: boolean) => number[]) {}

  /** How many lanes messages are spread over at this rate, a second. */
  lanes(rate: number): number {
    return lanesFor(rate, this.latencyMs);
  }

  /** Lanes that wake up are late, and how late is heard from the first few. */
  isCold(now: number): boolean {
    return now - this.heardAt > coldAfterMs;
  }

  /** The rate of what is given from now on, and that of slow messages among it; what left before it counts too. */
  keep(rate: number, now: number, slowRate: number | null = null): void {
    this.doubtMs = Math.min(longestDoubtMs, 2 * (1_000 / rate));
    this.pacer = this.kept(this.pacer, rate, now, false);
    this.slowPacer = slowRate === null ? null : this.kept(this.slowPacer, slowRate, now, true);
  }

  private kept(pacer: Pacer | null, rate: number, now: number, slowOnly: boolean): Pacer {
    if (pacer?.perSecond === rate) return pacer;
    const windowMs = Math.max(1_000, 1_000 / rate) + 100;
    const before = this.recentSlots(now - windowMs, Math.ceil(rate), slowOnly);
    const { allowanceMs } = this.travel;
    return new Pacer(
      rate,
      before.map((at) => at + allowanceMs),
    );
  }

  /** Nothing waited until `now`, or connections have to be made: nothing was missed. */
  rest(now: number, isCold: boolean): void {
    this.pacer?.rest(now);
    if (isCold) this.warmAt = Infinity;
  }

  /** The earliest time, not before `from`, at which one more message may leave. */
  next(from: number): number {
    return this.pacer?.next(from) ?? from;
  }

  /** The earliest time, not before `from`, at which the pace of slow messages lets one more leave. */
  slowNext(from: number): number {
    return this.slowPacer?.next(from) ?? from;
  }

  /** The lane out of `count` for a message that leaves at `at`. */
  lane(count: number, at: number, now: number): number {
    return this.lanesOf.next(count, at, this.latencyMs, now);
  }

  /** A message leaves by this lane at `at`, which `next` has answered, and for a slow one `slowNext`, too. */
  give(ref: string, at: number, lane: number, isSlow = false): void {
    this.lanesOf.took(ref, lane, at);
    const isWarm = at >= this.warmAt;
    const travelMs = isWarm ? this.travel.allowanceMs : coldTravelMs;
    const spares = this.pacersOf(isSlow).flatMap((pacer) => {
      pacer.take(at, travelMs);
      if (isWarm) return [];
      // While connections are made everything comes late and close together: each message takes two places until it is
      // known when it came.
      const spareAt = pacer.next(at);
      pacer.take(spareAt, travelMs);
      return [{ pacer, at: spareAt + travelMs }];
    });
    this.counted.set(ref, { at: at + travelMs, travelMs, isSlow, spares });
  }

  /** Lanes have something to say. */
  heard(now: number): void {
    if (this.warmAt === Infinity) this.warmAt = now + warmUpMs;
    this.heardAt = now;
    this.reckon();
  }

  /**
   * The median of what was heard together counts as one: when a thread stood still for a moment, many answers are late
   * at once, and that asks for no further lanes.
   */
  private reckon(): void {
    const sorted = this.latencies.sort((a, b) => a - b);
    this.latencies = [];
    const median = sorted[Math.floor(sorted.length / 2)];
    if (median !== undefined) this.latencyMs = this.latencyMs * 0.9 + median * 0.1;
  }

  /** A message left at `leftAt`, later than planned. */
  left(ref: string, leftAt: number): void {
    this.lanesOf.moved(ref, leftAt);
    this.count(ref, leftAt + (this.counted.get(ref)?.travelMs ?? 0));
  }

  /** A message that was to leave at `plannedAt` has not, and its place is free. */
  notLeft(ref: string, plannedAt: number): void {
    const counted = this.counted.get(ref);
    for (const pacer of this.pacersOf(counted?.isSlow ?? false)) pacer.release(plannedAt, counted?.at);
    this.forget(ref);
  }

  /** The call that began at `leftAt` is over; null when nothing is known of it. */
  answered(ref: string, leftAt: number, call: Call | null): void {
    const counted = this.counted.get(ref);
    if (call) {
      this.latencies.push(call.latencyMs);
      const travelMs = this.travel.answered(call, counted?.travelMs ?? 0, this.doubtMs);
      this.count(ref, leftAt + travelMs);
    }
    this.forget(ref);
  }

  private forget(ref: string): void {
    for (const { pacer, at } of this.counted.get(ref)?.spares ?? []) pacer.free(at);
    this.counted.delete(ref);
    this.lanesOf.over(ref);
  }

  /** A message counts as arrived at `at`. */
  private count(ref: string, at: number): void {
    const counted = this.counted.get(ref);
    if (!counted) return;
    for (const pacer of this.pacersOf(counted.isSlow)) pacer.move(counted.at, at);
    counted.at = at;
  }

  /** Where a message counts. */
  private pacersOf(isSlow: boolean): Pacer[] {
    return [this.pacer, isSlow ? this.slowPacer : null].filter((pacer) => pacer !== null);
  }
}
