import { describe, expect, it } from 'vitest';
import { Lanes } from '../../core/lanes.ts';
import { lanesFor } from '../../core/pacing.ts';

const start = 1_795_341_600_000;
const latencyMs = 150;

/** The most calls that any lane has at once when messages leave evenly and lanes tell late. */
function mostAtOnce(rate: number, toldMs: number): number {
  const lanes = new Lanes();
  const count = lanesFor(rate, latencyMs);
  const calls: { ref: string; lane: number; at: number }[] = [];
  let told = 0;
  for (let index = 0; index < rate * 3; index += 1) {
    const at = start + (index * 1_000) / rate;
    for (; calls[told] && (calls[told]?.at ?? 0) + latencyMs + toldMs < at; told += 1) lanes.over(`${told}`);
    const lane = lanes.next(count, at, latencyMs, at);
    lanes.took(`${index}`, lane, at);
    calls.push({ ref: `${index}`, lane, at });
  }
  const atOnce = (lane: number, at: number) =>
    calls.filter((call) => call.lane === lane && call.at <= at && at < call.at + latencyMs).length;
  return Math.max(...calls.map(({ lane, at }) => atOnce(lane, at)));
}

describe('the lanes of a channel', () => {
  it.each([80, 200, 1_000])('[CH-04] have a connection free for each of %i messages a second', (rate) => {
    for (const toldMs of [10, 300]) expect(mostAtOnce(rate, toldMs)).toBeLessThanOrEqual(3);
  });

  it('[CH-04] leave out a lane whose calls hang, and take it again when they are over', () => {
    const lanes = new Lanes();
    for (const ref of ['a', 'b', 'c']) lanes.took(ref, 1, start);
    const later = start + 10_000;
    const chosen = () => {
      const lane = lanes.next(2, later, latencyMs, later);
      lanes.took(`${lane} next`, lane, later);
      lanes.over(`${lane} next`);
      return lane;
    };
    expect([chosen(), chosen()]).toEqual([0, 0]);
    lanes.over('a');
    expect([chosen(), chosen()]).toEqual([1, 0]);
  });

  it('[CH-04] take the one with the fewest calls when none has a connection free', () => {
    const lanes = new Lanes();
    for (const ref of ['a', 'b', 'c', 'd']) lanes.took(ref, 0, start);
    for (const ref of ['e', 'f', 'g']) lanes.took(ref, 1, start);
    expect(lanes.next(2, start + 1, latencyMs, start)).toBe(1);
  });
});
