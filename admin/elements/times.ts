/** Times as people read them: in the viewer's zone and language, short in lists, exact on hover. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const formatOf = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, options);
// Each is made once: to make one takes longer than to draw a row.
const formats = {
  clock: formatOf({ hour: '2-digit', minute: '2-digit' }),
  exact: formatOf({ dateStyle: 'long', timeStyle: 'medium' }),
  date: formatOf({ dateStyle: 'medium' }),
  weekday: formatOf({ weekday: 'short' }),
  dayOfYear: formatOf({ day: 'numeric', month: 'short' }),
  dayOfEarlierYear: formatOf({ day: 'numeric', month: 'short', year: 'numeric' }),
  whole: formatOf({ dateStyle: 'full' }),
};

/** Such as 14:05. */
export function clockTime(at: number): string {
  return formats.clock.format(at);
}

/** Such as 22 November 2026 at 14:05:09. */
export function exactTime(at: number): string {
  return formats.exact.format(at);
}

/** Such as 22 Nov 2026. */
export function dayDate(at: number): string {
  return formats.date.format(at);
}

/** How long ago, for lists: Now, 5 min, 14:05, Tue, 3 Nov, 3 Nov 2025. */
export function shortTime(at: number, now: number): string {
  if (now - at < minute) return 'Now';
  if (now - at < hour) return `${Math.floor((now - at) / minute)} min`;
  if (isSameDay(at, now)) return clockTime(at);
  if (now - at < 6 * day) return formats.weekday.format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? formats.dayOfYear : formats.dayOfEarlierYear).format(at);
}

/** The line between two days of a conversation: Today, Yesterday, or the date. */
export function dayName(at: number, now: number): string {
  if (isSameDay(at, now)) return 'Today';
  if (isSameDay(at, now - day)) return 'Yesterday';
  return formats.whole.format(at);
}

export function isSameDay(one: number, other: number): boolean {
  const [a, b] = [new Date(one), new Date(other)];
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
}
