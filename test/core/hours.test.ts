import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alwaysOpen, businessHours, hoursState, nextOpening, type BusinessHours } from '../../core/hours.ts';

const nineToFive = [{ from: 9 * 60, to: 17 * 60 }];
const office = (timeZone: string, more: Partial<BusinessHours> = {}): BusinessHours => ({
  timeZone,
  week: [nineToFive, nineToFive, nineToFive, nineToFive, nineToFive, [], []],
  holidays: [],
  ...more,
});
const at = (iso: string) => Date.parse(iso);

describe('business hours', () => {
  it('[GEN-06] are read on the wall clock of their own time zone', () => {
    const berlin = office('Europe/Berlin');
    expect(hoursState(berlin, at('2026-11-23T07:59:59Z'))).toBe('closed');
    expect(hoursState(berlin, at('2026-11-23T08:00:00Z'))).toBe('open');
    expect(hoursState(berlin, at('2026-11-23T15:59:59Z'))).toBe('open');
    expect(hoursState(berlin, at('2026-11-23T16:00:00Z'))).toBe('closed');
    expect(hoursState(berlin, at('2026-11-22T12:00:00Z'))).toBe('closed');
  });

  it('[GEN-06] follow the clock over both changes of daylight saving time', () => {
    const sunday = office('Europe/Berlin', { week: [[], [], [], [], [], [], [{ from: 60, to: 210 }]] });
    // 2026-03-29: 01:59 CET is followed by 03:00 CEST; the period 01:00–03:30 then lasts 90 minutes.
    expect(hoursState(sunday, at('2026-03-29T00:59:00Z'))).toBe('open');
    expect(hoursState(sunday, at('2026-03-29T01:29:00Z'))).toBe('open');
    expect(hoursState(sunday, at('2026-03-29T01:30:00Z'))).toBe('closed');
    // 2026-10-25: 02:00–03:00 comes twice; the period lasts 210 minutes.
    expect(hoursState(sunday, at('2026-10-24T22:59:00Z'))).toBe('closed');
    expect(hoursState(sunday, at('2026-10-24T23:00:00Z'))).toBe('open');
    expect(hoursState(sunday, at('2026-10-25T02:29:00Z'))).toBe('open');
    expect(hoursState(sunday, at('2026-10-25T02:30:00Z'))).toBe('closed');
  });

  it('[GEN-06] have several periods a day, and reach midnight', () => {
    const day = [
      { from: 0, to: 60 },
      { from: 23 * 60, to: 24 * 60 },
    ];
    const hours = { ...alwaysOpen('UTC'), week: [day, day, day, day, day, day, day] } as BusinessHours;
    expect(hoursState(hours, at('2026-11-23T23:59:59Z'))).toBe('open');
    expect(hoursState(hours, at('2026-11-24T00:59:59Z'))).toBe('open');
    expect(hoursState(hours, at('2026-11-24T01:00:00Z'))).toBe('closed');
  });

  it('[GEN-06] holidays: a date, a range, every year, and over New Year', () => {
    const holidays = [
      { name: 'Founding day', from: '2026-06-01', to: '2026-06-01', yearly: true },
      { name: 'Summer', from: '2026-08-03', to: '2026-08-14', yearly: false },
      { name: 'Winter', from: '2025-12-24', to: '2026-01-01', yearly: true },
    ];
    const hours = { ...alwaysOpen('Asia/Tokyo'), holidays };
    expect(hoursState(hours, at('2026-05-31T15:00:00Z'))).toBe('holiday');
    expect(hoursState(hours, at('2031-05-31T14:59:00Z'))).toBe('open');
    expect(hoursState(hours, at('2031-06-01T03:00:00Z'))).toBe('holiday');
    expect(hoursState(hours, at('2026-08-14T14:59:00Z'))).toBe('holiday');
    expect(hoursState(hours, at('2027-08-10T00:00:00Z'))).toBe('open');
    expect(hoursState(hours, at('2030-12-30T00:00:00Z'))).toBe('holiday');
    expect(hoursState(hours, at('2031-01-01T00:00:00Z'))).toBe('holiday');
    expect(hoursState(hours, at('2031-01-02T00:00:00Z'))).toBe('open');
  });

  it('[GEN-06] say when they open next: the first open minute after a closed one', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'UTC',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: at('2026-01-01'), max: at('2027-01-01') }), (zone, now) => {
        const hours = office(zone, {
          holidays: [{ name: 'x', from: '2026-12-24', to: '2027-01-03', yearly: false }],
        });
        const opens = nextOpening(hours, now);
        if (hoursState(hours, now) === 'open') {
          expect(opens).toBeNull();
          return;
        }
        expect(opens).toBeGreaterThan(now);
        expect(hoursState(hours, opens ?? 0)).toBe('open');
        expect(hoursState(hours, (opens ?? 0) - 60_000)).not.toBe('open');
      }),
      { numRuns: 200 },
    );
  });

  it('[GEN-06] that never open say so', () => {
    const never = { ...alwaysOpen('UTC'), week: [[], [], [], [], [], [], []] } as BusinessHours;
    expect(nextOpening(never, at('2026-11-23T00:00:00Z'))).toBeNull();
  });

  it('[GEN-06] refuse unknown zones, dates and turned-round periods, naming the field', () => {
    const wrong = businessHours.safeParse({
      ...alwaysOpen('Mars/Olympus'),
      week: [[{ from: 600, to: 500 }], [], [], [], [], [], []],
      holidays: [{ name: 'x', from: '2026-02-30', to: '2026-02-30', yearly: false }],
    });
    const paths = wrong.error?.issues.map((issue) => issue.path.join('.'));
    expect(paths).toEqual(expect.arrayContaining(['timeZone', 'week.0.0.to', 'holidays.0.from']));
  });
});
