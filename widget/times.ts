/** Times in the widget's language and the visitor's zone. */
import { current } from './words.ts';

/** `10:32` */
export function clockTime(at: number): string {
  return format(at, { timeStyle: 'short' });
}

/** The exact moment, for those who ask. */
export function exactTime(at: number): string {
  return format(at, { dateStyle: 'full', timeStyle: 'short' });
}

/** Today, yesterday, or a date. */
export function dayName(at: number, now: number): string {
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0 || days === -1) {
    const text = new Intl.RelativeTimeFormat(current.language, { numeric: 'auto' }).format(days, 'day');
    return text.charAt(0).toLocaleUpperCase(current.language) + text.slice(1);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!sameYear && { year: 'numeric' }),
  });
}

/** When the business opens: the hour alone if that is today, else with its day. */
export function openingTime(at: number, now: number): string {
  if (midnight(at) === midnight(now)) return clockTime(at);
  const near = at - now < 6 * 86_400_000;
  const day: Intl.DateTimeFormatOptions = near ? { weekday: 'long' } : { day: 'numeric', month: 'long' };
  return format(at, { ...day, hour: 'numeric', minute: '2-digit' });
}

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(current.language, options).format(at);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
