/**
 * What the Worker has checked and hands to an object along with a socket's request, which can carry nothing but
 * headers. Percent-encoded, because names have letters that headers may not have.
 */
const header = 'x-parley-handover';

/** The request with `value` (JSON) in it; whatever the client put there is replaced. */
export function handOver(request: Request, value: unknown): Request {
  const headers = new Headers(request.headers);
  headers.set(header, encodeURIComponent(JSON.stringify(value)));
  return new Request(request, { headers });
}

/** What the Worker handed over. Throws when it has not: no client reaches an object past the Worker. */
export function handedOver<T>(request: Request): T {
  return JSON.parse(decodeURIComponent(request.headers.get(header) ?? '')) as T;
}
