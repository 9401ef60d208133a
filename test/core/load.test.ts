import { describe, expect, it } from 'vitest';
import { Load, pulseMs } from '../../core/load.ts';

/** One thread that needs `costMs` for each that it takes and a tenth of that for each that it sends away. */
class Thread {
  private readonly load = new Load();
  private now = 1_000;
  taken = 0;
  refused = 0;
  longestRoundMs = 0;

  constructor(private readonly costMs: number) {}

  /** A round in which so many come. Answers how long it took, ms. */
  round(arrivals: number): number {
    this.load.wantsPulse(this.now);
    let workMs = 0;
    for (let i = 0; i < arrivals; i += 1) {
      const admitted = this.load.admits();
      if (admitted) this.taken += 1;
      else this.refused += 1;
      workMs += admitted ? this.costMs : this.costMs / 10;
    }
    const tookMs = Math.max(pulseMs, workMs);
    this.now += tookMs;
    this.longestRoundMs = Math.max(this.longestRoundMs, tookMs);
    this.load.beat(this.now);
    return tookMs;
  }

  /** So many a second for so long, each arriving whether or not those before it are done. */
  pour(perSecond: number, seconds: number): void {
    let tookMs = pulseMs;
    let due = 0;
    for (const end = this.now + seconds * 1_000; this.now < end;) {
      due += (perSecond * tookMs) / 1_000;
      const arrivals = Math.floor(due);
      due -= arrivals;
      tookMs = this.round(arrivals);
    }
  }
}

describe('a thread under load', () => {
  it('[CH-08] refuses nobody while it keeps up, however busy it is', () => {
    const thread = new Thread(1);
    thread.pour(900, 30);
    expect(thread.refused).toBe(0);
  });

  it('[CH-08] refuses nobody of a burst that is soon over', () => {
    const thread = new Thread(1);
    thread.round(150);
    thread.pour(300, 5);
    expect(thread.refused).toBe(0);
  });

  it('[CH-08] refuses nobody because a few took long', () => {
    const thread = new Thread(1);
    for (let i = 0; i < 50; i += 1) thread.round(1);
    thread.round(12);
    thread.pour(500, 2);
    expect(thread.refused).toBe(0);
  });

  it('[CH-08] keeps its rounds short at three times what it can do, and goes on doing all it can', () => {
    const thread = new Thread(1);
    thread.pour(900, 2);
    const before = thread.taken;
    thread.pour(3_000, 1);
    expect(thread.longestRoundMs).toBeLessThan(500);
    thread.longestRoundMs = 0;
    thread.pour(3_000, 19);
    expect(thread.refused).toBeGreaterThan(0);
    expect(thread.longestRoundMs).toBeLessThan(60);
    expect((thread.taken - before) / 20).toBeGreaterThan(500);
  });

  it('[CH-08] takes everybody again once it is over', () => {
    const thread = new Thread(1);
    thread.pour(3_000, 5);
    thread.pour(500, 2);
    const before = thread.refused;
    thread.pour(800, 20);
    expect(thread.refused).toBe(before);
  });

  it('[CH-08] sends another pulse when one was lost, and none while there is nothing to do', () => {
    const load = new Load();
    expect(load.wantsPulse(0)).toBe(true);
    expect(load.wantsPulse(100)).toBe(false);
    expect(load.wantsPulse(6_000)).toBe(true);
    load.admits();
    expect(load.beat(6_010)).toBe(true);
    expect(load.beat(6_020)).toBe(false);
    expect(load.wantsPulse(6_030)).toBe(true);
  });
});
