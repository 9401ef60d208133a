/** The time filter of the channel list, where days have 23 and 25 hours and weeks cross years. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customRange, rangeOf } from '../../admin/data/periods.ts';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const hour = 3_600_000;
const local = (text: string) => new Date(text).getTime();

describe('the time filter', () => {
  it('[CH-01] covers whole days, weeks from Monday, and months of the calendar', () => {
    // A Sunday.
    const now = local('2026-11-22T15:30:00');
    expect(rangeOf('all', now)).toBeNull();
    expect(rangeOf('today', now)).toEqual({
      from: local('2026-11-22T00:00:00'),
      to: local('2026-11-23T00:00:00'),
    });
    expect(rangeOf('yesterday', now)).toEqual({
      from: local('2026-11-21T00:00:00'),
      to: local('2026-11-22T00:00:00'),
    });
    expect(rangeOf('thisWeek', now)).toEqual({
      from: local('2026-11-16T00:00:00'),
      to: local('2026-11-23T00:00:00'),
    });
    expect(rangeOf('lastWeek', now)).toEqual({
      from: local('2026-11-09T00:00:00'),
      to: local('2026-11-16T00:00:00'),
    });
    expect(rangeOf('thisMonth', now)).toEqual({
      from: local('2026-11-01T00:00:00'),
      to: local('2026-12-01T00:00:00'),
    });
    expect(rangeOf('lastMonth', now)).toEqual({
      from: local('2026-10-01T00:00:00'),
      to: local('2026-11-01T00:00:00'),
    });
  });

  it('[CH-01] goes back over the turn of the year', () => {
    const now = local('2027-01-01T00:00:00');
    expect(rangeOf('yesterday', now)?.from).toBe(local('2026-12-31T00:00:00'));
    expect(rangeOf('lastMonth', now)?.from).toBe(local('2026-12-01T00:00:00'));
    expect(rangeOf('thisWeek', now)?.from).toBe(local('2026-12-28T00:00:00'));
  });

  it('[CH-01] keeps to midnight when the clocks change', () => {
    const spring = rangeOf('today', local('2026-03-29T12:00:00'));
    const autumn = rangeOf('today', local('2026-10-25T12:00:00'));
    expect((spring?.to ?? 0) - (spring?.from ?? 0)).toBe(23 * hour);
    expect((autumn?.to ?? 0) - (autumn?.from ?? 0)).toBe(25 * hour);
  });

  it('[CH-01] takes a range of dates, the last one included, and none that ends before it starts', () => {
    expect(customRange('2026-11-01', '2026-11-01')).toEqual({
      from: local('2026-11-01T00:00:00'),
      to: local('2026-11-02T00:00:00'),
    });
    expect(customRange('2026-11-02', '2026-11-01')).toBeNull();
    expect(customRange('', '2026-11-01')).toBeNull();
    expect(customRange('2026-11-01', 'soon')).toBeNull();
  });
});
