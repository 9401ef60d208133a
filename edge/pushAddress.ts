/** Where a push really goes: to the browser's push service, whose address came from a browser and is not trusted. */
import { isPublicHost } from '../core/publicHost.ts';
import type { Env } from './env.ts';
import { standInOf } from './outbound.ts';

/** Whether an endpoint is one that may be called: HTTPS at a public host, on the usual port, without credentials. */
export function isPushAddress(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    isPublicHost(url)
  );
}

/** The URL to call: the endpoint, or what stands in for every push service here. Throws for one that may not be. */
export function pushUrl(env: Env, endpoint: string): string {
  if (!isPushAddress(endpoint)) throw new Error('not the address of a push service');
  const standIn = standInOf(env, 'push');
  if (standIn === null) return endpoint;
  const { pathname, search } = new URL(endpoint);
  const base = new URL(standIn);
  return `${base.origin}${base.pathname.replace(/\/$/, '')}${pathname}${search}`;
}
