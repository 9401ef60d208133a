/** Times as people read them: in the viewer's zone and language, short in lists, exact on hover. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Such as 14:05. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** Such as 22 November 2026 at 14:05:09. */
export function exactTime(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' }).format(at);
}

/** Such as 22 Nov 2026. */
export function dayDate(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(at);
}

/** How long ago, for lists: Now, 5 min, 14:05, Tue, 3 Nov, 3 Nov 2025. */
export function shortTime(at: number, now: number): string {
  if (now - at < minute) return 'Now';
  if (now - at < hour) return `${Math.floor((now - at) / minute)} min`;
  if (isSameDay(at, now)) return clockTime(at);
  if (now - at < 6 * day) return new Intl.DateTimeFormat(undefined, { weekday: 'short' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** The line between two days of a conversation: Today, Yesterday, or the date. */
export function dayName(at: number, now: number): string {
  if (isSameDay(at, now)) return 'Today';
  if (isSameDay(at, now - day)) return 'Yesterday';
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(at);
}

export function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
