/** The instant that a date and a time of some time zone mean (CMP-04), on the days when clocks change, too. */
import { wallClock } from './hours.ts';

const dayMs = 86_400_000;

/**
 * Epoch ms of `date` (2026-12-24) and `time` (08:50) in `timeZone`. A time that there is twice is the first one; one
 * that clocks jump over is as much later as they jump (02:30 is 03:30 then), as calendars have it (RFC 5545).
 */
export function instantOf(date: string, time: string, timeZone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  // Clocks do not change twice within two days: one of these offsets holds, or the time is jumped over.
  const before = wanted - offsetAt(timeZone, wanted - dayMs);
  const after = wanted - offsetAt(timeZone, wanted + dayMs);
  const meant = [before, after].sort((a, b) => a - b).find((at) => at + offsetAt(timeZone, at) === wanted);
  return meant ?? before;
}

/** How much later clocks show than UTC, ms. */
function offsetAt(timeZone: string, at: number): number {
  const { date, minute } = wallClock(timeZone, at);
  return Date.parse(`${date}T00:00:00Z`) + minute * 60_000 - Math.floor(at / 60_000) * 60_000;
}
