/**
 * Business hours and holidays (GEN-06). All arithmetic is on the wall clock of the configured time zone, read
 * with Intl for the instant in question, so that days of 23 and 25 hours need no special case.
 */
import * as z from 'zod';

const minutesInDay = 24 * 60;

/** Minutes from midnight, `to` exclusive; 24:00 is 1440. */
export const period = z
  .object({
    from: z
      .int()
      .min(0)
      .max(minutesInDay - 1),
    to: z.int().min(1).max(minutesInDay),
  })
  .refine((p) => p.to > p.from, { error: 'The end has to be after the start.', path: ['to'] });

const isoDate = z.iso.date('Use a date such as 2026-12-24.');
const timeZone = z.string().refine(isTimeZone, 'Use a time zone such as Europe/Berlin.');

export const holiday = z
  .object({
    name: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
    from: isoDate,
    /** Inclusive; equal to `from` for one day. */
    to: isoDate,
    /** Repeats every year on the same dates; a range may then run over New Year. */
    yearly: z.boolean(),
  })
  .refine((h) => h.to >= h.from, { error: 'The last day has to be after the first.', path: ['to'] });
export type Holiday = z.infer<typeof holiday>;

const weekday = z.array(period).max(12, 'Use at most 12 periods a day.');

export const businessHours = z.object({
  timeZone,
  /** Monday first. Several periods a day; a day without any is closed. */
  week: z.tuple([weekday, weekday, weekday, weekday, weekday, weekday, weekday]),
  holidays: z.array(holiday).max(500),
});
export type BusinessHours = z.infer<typeof businessHours>;

export type HoursState = 'open' | 'closed' | 'holiday';

/** Open around the clock in `timeZone`: what a new workspace starts with. */
export function alwaysOpen(timeZone: string): BusinessHours {
  const day = [{ from: 0, to: minutesInDay }];
  return { timeZone, week: [day, day, day, day, day, day, day], holidays: [] };
}

/** Whether the business is open at `now` (epoch ms). A holiday wins over the weekly periods. */
export function hoursState(hours: BusinessHours, now: number): HoursState {
  const clock = wallClock(hours.timeZone, now);
  if (hours.holidays.some((h) => isOn(h, clock.date))) return 'holiday';
  const periods = hours.week[clock.weekday] ?? [];
  return periods.some((p) => clock.minute >= p.from && clock.minute < p.to) ? 'open' : 'closed';
}

/**
 * The next instant (epoch ms, to the minute) at which the business opens, null if it is open at `now` or does
 * not open within 370 days. Looks minute by minute only inside a day that has periods.
 */
export function nextOpening(hours: BusinessHours, now: number): number | null {
  if (hoursState(hours, now) === 'open') return null;
  const start = now - (now % 60_000) + 60_000;
  const hour = 3_600_000;
  let at = start;
  while (at < start + 370 * 24 * hour) {
    const clock = wallClock(hours.timeZone, at);
    const periods = hours.week[clock.weekday] ?? [];
    const closedToday =
      hours.holidays.some((h) => isOn(h, clock.date)) || !periods.some((p) => p.to > clock.minute);
    if (closedToday) {
      // To the next wall-clock hour: zone offsets are whole minutes, so midnight is never jumped over.
      at += (60 - (clock.minute % 60)) * 60_000;
      continue;
    }
    if (periods.some((p) => clock.minute >= p.from && clock.minute < p.to)) return at;
    at += 60_000;
  }
  return null;
}

export interface WallClock {
  /** ISO date, such as 2026-03-29. */
  date: string;
  /** Monday is 0. */
  weekday: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks and calendars of a time zone show at an instant (epoch ms), to the minute. */
export function wallClock(timeZone: string, at: number): WallClock {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map((p) => [p.type, p.value]));
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    date: `${read('year').padStart(4, '0')}-${read('month')}-${read('day')}`,
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(read('weekday')),
    minute: Number(read('hour')) * 60 + Number(read('minute')),
  };
}

function isOn(h: Holiday, date: string): boolean {
  if (!h.yearly) return date >= h.from && date <= h.to;
  const [day, from, to] = [date.slice(5), h.from.slice(5), h.to.slice(5)];
  const overNewYear = h.from.slice(0, 4) !== h.to.slice(0, 4);
  return overNewYear ? day >= from || day <= to : day >= from && day <= to;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
