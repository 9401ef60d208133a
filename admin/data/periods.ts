/** The times that statistics can be asked for (CH-01), on the wall clock of whoever looks. */

export const periods = [
  { id: 'all', label: 'All' },
  { id: 'today', label: 'Today' },
  { id: 'yesterday', label: 'Yesterday' },
  { id: 'thisWeek', label: 'This week' },
  { id: 'lastWeek', label: 'Last week' },
  { id: 'thisMonth', label: 'This month' },
  { id: 'lastMonth', label: 'Last month' },
  { id: 'custom', label: 'Custom range' },
] as const;
export type Period = (typeof periods)[number]['id'];

/** Epoch ms; `to` is exclusive. */
export interface TimeRange {
  from: number;
  to: number;
}

/** The range of a named period at `now` (epoch ms); null is all time. Weeks start on Monday. */
export function rangeOf(period: Exclude<Period, 'custom'>, now: number): TimeRange | null {
  const today = new Date(now);
  const year = today.getFullYear();
  const month = today.getMonth();
  const date = today.getDate();
  const monday = date - ((today.getDay() + 6) % 7);
  const days = (from: number, to: number) => between(new Date(year, month, from), new Date(year, month, to));
  switch (period) {
    case 'all':
      return null;
    case 'today':
      return days(date, date + 1);
    case 'yesterday':
      return days(date - 1, date);
    case 'thisWeek':
      return days(monday, monday + 7);
    case 'lastWeek':
      return days(monday - 7, monday);
    case 'thisMonth':
      return between(new Date(year, month, 1), new Date(year, month + 1, 1));
    case 'lastMonth':
      return between(new Date(year, month - 1, 1), new Date(year, month, 1));
  }
}

/** From the start of one date to the end of another, both such as 2026-11-22; null where they are none. */
export function customRange(first: string, last: string): TimeRange | null {
  const from = midnight(first, 0);
  const to = midnight(last, 1);
  return from !== null && to !== null && from < to ? { from, to } : null;
}

function midnight(date: string, daysLater: number): number | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  return day === undefined
    ? null
    : new Date(Number(year), Number(month) - 1, Number(day) + daysLater).getTime();
}

function between(from: Date, to: Date): TimeRange {
  return { from: from.getTime(), to: to.getTime() };
}
