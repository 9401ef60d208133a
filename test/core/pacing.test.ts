import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, lanesFor, Pacer, toldWaitMs } from '../../core/pacing.ts';

/** 22 November 2026, 10:00 UTC. */
const start = 1_795_341_600_000;
const wholeRates = [1, 2, 3, 10, 80, 200, 1000];
const fractions = [0.01, 0.2, 0.5, 1.5, 2.5, 33.3];
const anyRate = fc.oneof(fc.constantFrom(...wholeRates, ...fractions), fc.integer({ min: 1, max: 1000 }));

/** How soon after one departure the `n`th next one came at the earliest, ms. */
function closest(departures: readonly number[], n: number): number {
  const sorted = [...departures].sort((a, b) => a - b);
  return Math.min(...sorted.slice(n).map((at, index) => at - (sorted[index] ?? 0)));
}

/** Departures of a backlog: each is asked for as much later than the one before as `lateness` says, ms. */
function departuresOf(pacer: Pacer, count: number, lateness: (index: number) => number): number[] {
  const departures: number[] = [];
  let now = start;
  for (let index = 0; index < count; index += 1) {
    const at = pacer.next(now);
    pacer.take(at);
    departures.push(at);
    now = at + lateness(index);
  }
  return departures;
}

describe('the pace of a channel', () => {
  it('[CH-04] never lets more than the rate leave in any second, however late each one is', () => {
    fc.assert(
      fc.property(
        anyRate,
        fc.array(
          fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3000 })),
          {
            minLength: 1,
            maxLength: 50,
          },
        ),
        (rate, lateness) => {
          const most = Math.ceil(rate);
          const departures = departuresOf(
            new Pacer(rate),
            most * 3 + 20,
            (index) => lateness[index % lateness.length] ?? 0,
          );
          expect(closest(departures, most)).toBeGreaterThanOrEqual(1000);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('[CH-04] keeps to a fraction of a message a second, too', () => {
    for (const rate of fractions) {
      const most = Math.ceil(rate);
      const departures = departuresOf(new Pacer(rate), most * 4 + 5, (index) => (index % 3) * 7);
      expect(closest(departures, most), `${rate}/s`).toBeGreaterThanOrEqual((most / rate) * 1000);
    }
  });

  it.each([...wholeRates, ...fractions])(
    '[CH-04] reaches 99 %% of %d a second while there is work',
    (rate) => {
      const count = Math.max(100, Math.ceil(rate) * 20);
      const departures = departuresOf(new Pacer(rate), count, () => 0);
      const seconds = ((departures.at(-1) ?? 0) - (departures[0] ?? 0)) / 1000;
      expect((count - 1) / seconds / rate).toBeGreaterThanOrEqual(0.99);
    },
  );

  it('[CH-04] leaves at once after a pause, and spreads the rest', () => {
    const pacer = new Pacer(10);
    pacer.rest(start);
    const departures = departuresOf(pacer, 50, () => 0);
    expect(departures[0]).toBe(start);
    expect(closest(departures, 7)).toBeGreaterThan(500);
    expect(pacer.next(start + 60_000)).toBe(start + 60_000);
  });

  it('[CH-04] remembers over a restart what left before it', () => {
    fc.assert(
      fc.property(
        anyRate,
        fc.integer({ min: 0, max: 1500 }),
        fc.integer({ min: 1, max: 1000 }),
        (rate, gap, n) => {
          const before = departuresOf(new Pacer(rate), Math.min(n, 1000), () => 0);
          const restarted = new Pacer(rate, before);
          const most = Math.ceil(rate);
          const after: number[] = [];
          let now = (before.at(-1) ?? 0) + gap;
          for (let index = 0; index < Math.min(most, 50); index += 1) {
            now = restarted.next(now);
            restarted.take(now);
            after.push(now);
          }
          expect(closest([...before, ...after], most)).toBeGreaterThanOrEqual(1000);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('[CH-04] gives a slot away again that was not used, and still keeps to the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 300 }),
        (rate, used) => {
          const pacer = new Pacer(rate);
          const left: number[] = [];
          let now = start;
          for (const isUsed of used) {
            const at = pacer.next(now);
            pacer.take(at);
            if (isUsed) left.push(at);
            else pacer.release(at);
            now = isUsed ? at : at + 1;
          }
          if (left.length > rate) expect(closest(left, rate)).toBeGreaterThanOrEqual(1000);
        },
      ),
    );
    const pacer = new Pacer(1);
    const at = pacer.next(start);
    pacer.take(at);
    pacer.release(at);
    expect(pacer.next(start)).toBe(start);
  });
});

describe('lanes', () => {
  it('are as many as the rate and the latency need, and never none', () => {
    fc.assert(
      fc.property(anyRate, fc.integer({ min: 0, max: 30_000 }), (rate, latencyMs) => {
        const lanes = lanesFor(rate, latencyMs);
        expect(lanes).toBeGreaterThanOrEqual(1);
        expect(lanes).toBeLessThanOrEqual(256);
        // Calls under way at once, by Little's law, fit into five connections a lane.
        if (lanes < 256) expect((rate * latencyMs) / 1000 / lanes).toBeLessThanOrEqual(5);
      }),
    );
    expect(lanesFor(1, 150)).toBe(1);
  });
});

describe('backoff', () => {
  it('[ERR-02] grows from 2 seconds to 10 minutes, less up to a quarter', () => {
    expect([1, 2, 3, 4, 5, 9].map((tries) => backoffMs(tries, 0))).toEqual([
      2_000, 8_000, 32_000, 128_000, 512_000, 600_000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, random) => {
          const full = backoffMs(tries, 0);
          expect(backoffMs(tries, random)).toBeLessThanOrEqual(full);
          expect(backoffMs(tries, random)).toBeGreaterThanOrEqual(full * 0.75 - 1);
          expect(backoffMs(tries + 1, 0)).toBeGreaterThanOrEqual(full);
        },
      ),
    );
  });

  it('[ERR-02] comes back when the provider says, and later only where that proved wrong again and again', () => {
    expect([1, 2, 3, 4, 5, 6].map((refusals) => toldWaitMs(1_000, refusals, 0))).toEqual([
      1_000, 1_000, 1_000, 2_000, 8_000, 32_000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_600_000 }),
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (toldMs, refusals, random) => {
          expect(toldWaitMs(toldMs, refusals, random)).toBeGreaterThanOrEqual(toldMs);
        },
      ),
    );
  });
});
