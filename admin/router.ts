/** Addresses of the console: which page stands at which path, and leaving a page with changes. */
import { Store } from './data/store.ts';

export interface Place {
  path: string;
  /** What stands behind the path, with its `?`; empty for nothing. */
  query: string;
  /** Whether the browser's back leads to a page of ours. */
  inside: boolean;
}

export const place = new Store<Place>({
  path: location.pathname,
  query: location.search,
  inside: false,
});

/** Asks whether the page may be left; answers false to stay. */
type Guard = () => Promise<boolean>;
let guard: Guard | null = null;
/** The next step back was asked about already. */
let allowed = false;

/** Puts a question before leaving the page, until the answered function is called. */
export function guardLeaving(question: Guard): () => void {
  guard = question;
  return () => {
    if (guard === question) guard = null;
  };
}

/** Goes to an address of ours (a path, with a query or not), unless the page's guard says no. */
export async function go(address: string, options: { replace?: boolean } = {}): Promise<void> {
  if (address === location.pathname + location.search) return;
  if (!(await mayLeave())) return;
  if (options.replace) {
    history.replaceState(history.state, '', address);
    place.set({ ...placeOf(address), inside: place.value.inside });
    return;
  }
  history.pushState({ inside: true }, '', address);
  place.set({ ...placeOf(address), inside: true });
}

/** A value of the query, which is taken off the address: it asks for something once. */
export function takeFromQuery(name: string): string | null {
  const value = new URLSearchParams(place.value.query).get(name);
  if (value === null) return null;
  history.replaceState(history.state, '', place.value.path);
  place.set({ ...place.value, query: '' });
  return value;
}

/** Goes back where we came from, or to `fallback` when that was not here. */
export function goBack(fallback: string): void {
  if (place.value.inside) history.back();
  else void go(fallback, { replace: true });
}

/** The values of `:name` parts when `path` matches `pattern`, else null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const expected = pattern.split('/');
  const actual = path.replace(/\/+$/, '').split('/');
  if (actual.length === 1) actual.push('');
  if (expected.length !== actual.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = actual[index] ?? '';
    if (part.startsWith(':')) {
      const decoded = decode(value);
      if (!decoded) return null;
      params[part.slice(1)] = decoded;
    } else if (part !== value) {
      return null;
    }
  }
  return params;
}

/** Starts following links and the browser's back and forward. */
export function startRouter(): void {
  document.addEventListener('click', (event) => {
    const link = localLink(event);
    if (!link) return;
    event.preventDefault();
    void go(link);
  });
  addEventListener('popstate', () => void follow());
}

async function mayLeave(): Promise<boolean> {
  return guard === null || guard();
}

async function follow(): Promise<void> {
  const target = location.pathname + location.search;
  if (target === place.value.path + place.value.query) return;
  if (guard && !allowed) {
    // The browser has moved already: show the old address while the person decides.
    history.pushState(history.state, '', place.value.path + place.value.query);
    if (!(await mayLeave())) return;
    allowed = true;
    history.back();
    return;
  }
  allowed = false;
  const inside = Boolean((history.state as { inside?: unknown } | null)?.inside);
  place.set({ ...placeOf(target), inside });
}

function placeOf(address: string): Pick<Place, 'path' | 'query'> {
  const { pathname, search } = new URL(address, location.origin);
  return { path: pathname, query: search };
}

/** The address that a plain click on a link of ours leads to. */
function localLink(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const anchor = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!anchor || anchor.target || anchor.hasAttribute('download') || !anchor.href) return null;
  const url = new URL(anchor.href);
  if (url.origin !== location.origin || /^\/(files|media|widget|admin)\//.test(url.pathname)) return null;
  return url.pathname + url.search;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
