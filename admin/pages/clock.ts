/** Minutes from midnight as clock fields show them; 24:00, which such a field cannot say, is its 00:00. */

export function toClock(minutes: number): string {
  const of = minutes % (24 * 60);
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
}

/** An empty field is midnight; midnight as an end is the end of the day. */
export function fromClock(text: string, which: 'start' | 'end'): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const of = hours * 60 + minutes;
  return of === 0 && which === 'end' ? 24 * 60 : of;
}
