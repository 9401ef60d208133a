/** When the inbox tries its connection again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../admin/data/retry.ts';

describe('a connection that was lost', () => {
  it('is tried at once, then after 0.5, 1, 2, 4 and 8 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 60, 5_000].map((failures) => retryAfter(failures, 0.5))).toEqual([
      0, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000,
    ]);
  });

  it('is tried by everybody at another moment, and never much later than it was lost for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const wait = retryAfter(failures, chance);
          const middle = retryAfter(failures, 0.5);
          expect(wait).toBeGreaterThanOrEqual(middle * 0.75);
          expect(wait).toBeLessThanOrEqual(middle * 1.25);
        },
      ),
    );
  });
});
