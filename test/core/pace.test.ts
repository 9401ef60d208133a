/**
 * The pace on a machine that is busy now and then: threads stand still at either end, lanes tell late, answers come
 * unevenly. Simulated without a clock, so that each run is the same.
 */
import { describe, expect, it } from 'vitest';
import { Pace } from '../../core/pace.ts';

/** 22 November 2026, 10:00 UTC. */
const start = 1_795_341_600_000;
const seconds = 20;
const answerMs = 150;
/** Lanes tell what they did this much later; the queue hands out this far ahead, and at least so far. */
const toldMs = 100;
const horizonMs = 400;
const leadMs = 2;

interface Noise {
  /** How often a second a thread stands still, and for how long, on average: ours and the provider's. */
  ours: { perSecond: number; ms: number };
  theirs: { perSecond: number; ms: number };
  /** What the provider takes beyond `answerMs`, on average. */
  answersMs: number;
}

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When messages of a long queue arrive at the provider. */
function arrivalsOf(rate: number, noise: Noise, seed: number): number[] {
  const random = randomOf(seed);
  const about = (mean: number) => -Math.log(1 - random()) * mean;
  const standstills = ({ perSecond, ms }: Noise['ours']) => {
    const found: [from: number, to: number][] = [];
    for (let at = start; at < start + seconds * 1_300;) {
      const from = at + about(1_000 / perSecond);
      at = from + about(ms);
      found.push([from, at]);
    }
    return (at: number) => found.find(([from, to]) => from <= at && at < to)?.[1] ?? at;
  };
  const [ours, writing, theirs] = [
    standstills(noise.ours),
    standstills(noise.ours),
    standstills(noise.theirs),
  ];

  const pace = new Pace(() => []);
  pace.keep(rate, start);
  pace.heard(start);
  pace.rest(start, false);
  const events: { at: number; run: () => void }[] = [];
  const later = (at: number, run: () => void) => {
    let index = events.length;
    while (index > 0 && (events[index - 1]?.at ?? 0) < at) index -= 1;
    events.splice(index, 0, { at, run });
  };
  const arrivals: number[] = [];
  let now = start;
  let given = 0;
  let freeAt = start;
  const leave = (ref: string, at: number) => {
    const left = Math.max(ours(now), freeAt);
    freeAt = left + 0.4;
    const written = writing(left);
    const arrived = theirs(written + 0.5);
    arrivals.push(arrived);
    const answered = ours(arrived + answerMs + about(noise.answersMs));
    // Clocks tell whole milliseconds.
    const leftAt = Math.floor(left);
    if (leftAt > at + 5) later(left + toldMs, () => pace.left(ref, leftAt));
    // On a new connection it is not known when the message left.
    const outMs = random() < 0.1 ? null : Math.floor(written) - leftAt;
    const call = { latencyMs: Math.floor(answered) - leftAt, outMs };
    later(answered + toldMs, () => pace.answered(ref, leftAt, call));
  };
  const plan = () => {
    for (; given < rate * seconds; given += 1) {
      const at = pace.next(now + leadMs);
      if (at > now + horizonMs) break;
      const ref = `message ${given}`;
      pace.give(ref, at, 0);
      later(at, () => leave(ref, at));
    }
    if (given < rate * seconds) later(now + horizonMs / 4, plan);
  };
  plan();
  for (let next = events.pop(); next; next = events.pop()) {
    now = Math.max(now, next.at);
    next.run();
  }
  return arrivals.sort((a, b) => a - b);
}

function mostInASecond(arrivals: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? 0) >= 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

const quiet = { ours: { perSecond: 1, ms: 8 }, theirs: { perSecond: 1, ms: 2 }, answersMs: 0.5 };
const busy = { ours: { perSecond: 2, ms: 15 }, theirs: { perSecond: 1, ms: 3 }, answersMs: 1 };
const uneven = { ours: { perSecond: 1, ms: 5 }, theirs: { perSecond: 1, ms: 2 }, answersMs: 60 };

/** Departures of a queue in which every `nth` message is slow: each plan gives what its horizon has room for. */
function twoPaces(rate: number, slowRate: number, nth: number, lateMs: number) {
  const pace = new Pace(() => []);
  const all: number[] = [];
  const slow: number[] = [];
  const waiting = Array.from({ length: rate * seconds }, (_, index) => index % nth === 0);
  pace.heard(start);
  for (let now = start; waiting.length > 0 && now < start + seconds * 2_000; now += horizonMs / 4) {
    pace.keep(rate, now, slowRate);
    for (let index = 0; index < waiting.length;) {
      const at = pace.next(now + leadMs);
      if (at > now + horizonMs) break;
      const isSlow = waiting[index] === true;
      if (isSlow && pace.slowNext(at) > at) {
        index += 1;
        continue;
      }
      const ref = `message ${all.length}`;
      pace.give(ref, at, 0, isSlow);
      waiting.splice(index, 1);
      const arrived = at + (all.length % 3 === 0 ? lateMs : 0);
      if (arrived > at) pace.left(ref, arrived);
      all.push(arrived);
      if (isSlow) slow.push(arrived);
    }
  }
  return { all: all.sort((a, b) => a - b), slow: slow.sort((a, b) => a - b) };
}

describe('what a provider takes more slowly', () => {
  it.each([
    [40, 5, 2, 0],
    [40, 5, 2, 30],
    [40, 5, 20, 30],
    [80, 10, 3, 10],
    [10, 1, 1, 0],
  ])(
    '[CH-04] leaves at its own pace: %i and %i a second, one in %i, %i ms late',
    (rate, slowRate, nth, lateMs) => {
      const { all, slow } = twoPaces(rate, slowRate, nth, lateMs);
      expect(mostInASecond(all)).toBeLessThanOrEqual(rate);
      expect(mostInASecond(slow)).toBeLessThanOrEqual(slowRate);
      const secondsTaken = ((slow.at(-1) ?? 0) - (slow[0] ?? 0)) / 1_000;
      // As fast as it may, where there is enough of it.
      if (rate / nth > slowRate) expect((slow.length - 1) / secondsTaken).toBeGreaterThan(slowRate * 0.9);
    },
  );

  it('[CH-04] holds up nothing else', () => {
    const { all, slow } = twoPaces(40, 5, 2, 0);
    const slowOnes = new Set(slow);
    const others = all.filter((at) => !slowOnes.has(at));
    // Of each second, five places are those of slow messages.
    expect((others.at(-1) ?? 0) - start).toBeLessThan(((others.length / (40 - 5)) * 1_000 + 1_000) * 1.02);
  });

  it('[CH-04] is remembered over a restart', () => {
    const asked: boolean[] = [];
    const pace = new Pace((since, limit, slowOnly) => {
      asked.push(slowOnly);
      return [start - 100, start - 200].slice(0, limit).filter((at) => at > since);
    });
    pace.keep(40, start, 1);
    expect(asked).toEqual([false, true]);
    expect(pace.next(start)).toBeLessThan(start + 100);
    expect(pace.slowNext(start)).toBeGreaterThanOrEqual(start + 900);
    pace.keep(40, start);
    expect(pace.slowNext(start)).toBe(start);
  });
});

describe('the pace on a machine that is busy now and then', () => {
  it.each([
    ['quiet', quiet],
    ['busy', busy],
    ['quiet, with a provider that answers unevenly', uneven],
  ])('[CH-04] %s: reaches 99 %% of the rate and never exceeds it', (_name, noise) => {
    for (const rate of [1, 10, 80, 200]) {
      for (const seed of [1, 2, 3]) {
        const arrivals = arrivalsOf(rate, noise, seed);
        const span = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
        const achieved = (((arrivals.length - 1) / span) * 1_000) / rate;
        expect(achieved, `${rate} a second, seed ${seed}`).toBeGreaterThanOrEqual(0.99);
        expect(mostInASecond(arrivals), `${rate} a second, seed ${seed}`).toBeLessThanOrEqual(rate);
      }
    }
  });
});
