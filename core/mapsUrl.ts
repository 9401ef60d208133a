/** The place that a Google Maps address shows, for the location header of templates (WA-05). */

export interface MapsPlace {
  latitude: number;
  longitude: number;
  /** Empty when the address names none. */
  name: string;
}

/**
 * Reads an address as it stands in the browser on Google Maps. The pin (`!3d…!4d…`) counts before the middle
 * of the map (`@…`). `short` links (maps.app.goo.gl) say nothing by themselves: they have to be opened first.
 */
export function placeOfMapsUrl(text: string): { place: MapsPlace } | { reason: 'short' | 'noPlace' } {
  const trimmed = text.trim();
  const url = URL.parse(/^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (!url) return { reason: 'noPlace' };
  if (isShort(url)) return { reason: 'short' };
  if (!isGoogleMaps(url)) return { reason: 'noPlace' };
  const path = decoded(url.pathname);
  const { searchParams: query } = url;
  const named = ['query', 'q'].map((key) => query.get(key) ?? '').find((value) => value !== '') ?? '';
  const spot =
    pinIn(path) ??
    middleIn(path) ??
    pairIn(named) ??
    pairIn(query.get('ll') ?? '') ??
    pairIn(query.get('center') ?? '') ??
    pairIn(/^\/maps\/(?:place|search)\/([^/]+)/.exec(path)?.[1] ?? '');
  if (!spot) return { reason: 'noPlace' };
  return { place: { ...spot, name: nameIn(url.pathname) || nameOf(named) } };
}

interface Spot {
  latitude: number;
  longitude: number;
}

function isShort({ hostname, pathname }: URL): boolean {
  return (
    hostname === 'maps.app.goo.gl' ||
    (hostname === 'goo.gl' && pathname.startsWith('/maps')) ||
    hostname === 'g.co' ||
    hostname === 'share.google'
  );
}

/** Google under any country's domain, on its maps. */
function isGoogleMaps({ hostname, pathname }: URL): boolean {
  if (/^maps\.google\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$/.test(hostname)) return true;
  return /^(?:www\.)?google\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$/.test(hostname) && /^\/maps(?:\/|$)/.test(pathname);
}

const number = String.raw`([+-]?\d{1,3}(?:\.\d+)?)`;

/** The last pin: those before it are stops on the way. */
function pinIn(path: string): Spot | null {
  const pins = [...path.matchAll(new RegExp(`!3d${number}!4d${number}`, 'g'))];
  return spotOf(pins.at(-1));
}

function middleIn(path: string): Spot | null {
  return spotOf(new RegExp(`/@${number},${number}(?:,|/|$)`).exec(path));
}

/** `47.37,8.54`, also with spaces, or with a label in brackets behind it. */
function pairIn(text: string): Spot | null {
  const pair = new RegExp(String.raw`^\s*(?:loc:)?\s*${number}\s*,[\s+]*${number}\s*(?:\(.*\))?\s*$`);
  return spotOf(pair.exec(text));
}

function spotOf(match: RegExpMatchArray | null | undefined): Spot | null {
  if (!match) return null;
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** The name in `/maps/place/NAME/…`; coordinates are no name. */
function nameIn(pathname: string): string {
  const [, part = ''] = /^\/maps\/place\/([^/@]+)/.exec(pathname) ?? [];
  return nameOf(decoded(part.replaceAll('+', ' ')));
}

function nameOf(text: string): string {
  const [, label] = /\(([^()]+)\)\s*$/.exec(text) ?? [];
  const isCoordinates = pairIn(text) !== null || /\d\s*°/.test(text) || text.startsWith('data=');
  return (isCoordinates ? (pairIn(text) ? (label ?? '') : '') : text).trim().slice(0, 200);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
