/** A place while it is typed. Pure. */

/** As typed; a place only once both coordinates are numbers. */
export interface PlaceDraft {
  latitude: string;
  longitude: string;
  name: string;
  address: string;
}

export const noPlace: PlaceDraft = { latitude: '', longitude: '', name: '', address: '' };

/** A coordinate as a number; null where it is none or out of range. */
export function coordinate(text: string, limit: 90 | 180): number | null {
  const number = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(number) || Math.abs(number) > limit ? null : number;
}
