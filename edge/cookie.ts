/**
 * The sign-in cookie: `__Host-parley` over HTTPS, `parley` over plain HTTP, where browsers refuse the prefix
 * (Safari on localhost, too). Both are HttpOnly and SameSite=Lax.
 */
import { parse, serialize } from 'hono/utils/cookie';

const secureName = '__Host-parley';
const plainName = 'parley';

/** The sign-in token that a request carries; null when it has none. */
export function signInToken(request: Request): string | null {
  const header = request.headers.get('cookie');
  if (!header) return null;
  const cookies = parse(header);
  return cookies[secureName] ?? cookies[plainName] ?? null;
}

/** The Set-Cookie line that keeps `token` until `expiresAt` (epoch ms). */
export function signInCookie(request: Request, token: string, expiresAt: number, now: number): string {
  return line(request, token, Math.max(0, Math.floor((expiresAt - now) / 1000)));
}

/** The Set-Cookie line that forgets the sign-in. */
export function signOutCookie(request: Request): string {
  return line(request, '', 0);
}

function line(request: Request, value: string, maxAge: number): string {
  const secure = isSecure(request);
  return serialize(secure ? secureName : plainName, value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure,
    maxAge,
  });
}

/**
 * Whether the browser is on HTTPS. A proxy may end TLS before us; the Origin header, which browsers send
 * with every change, then tells what the page's address really is, and so does the cookie they sent.
 */
function isSecure(request: Request): boolean {
  return (
    new URL(request.url).protocol === 'https:' ||
    (request.headers.get('origin') ?? '').startsWith('https://') ||
    (request.headers.get('cookie') ?? '').includes(`${secureName}=`)
  );
}
