/** Who may call: the sign-in and role that a route asks for, and the page that a change has to come from. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Role } from '../core/agent.ts';
import { problem } from '../core/errors.ts';
import { signInToken } from './cookie.ts';
import { workspaceOf, type Env } from './env.ts';
import { clientAddress, isJson, problemResponse } from './http.ts';
import type { SignedIn } from './objects/contracts.ts';
import type { Actor } from './objects/workspace/audit.ts';

/** What Hono carries through the API's routes. */
export interface ApiEnv {
  Bindings: Env;
  Variables: { signedIn: SignedIn };
}

/** The valid sign-in that a request carries; null when it has none. */
export async function signedInOf(request: Request, env: Env): Promise<SignedIn | null> {
  const token = signInToken(request);
  return token === null ? null : workspaceOf(env).signedIn(token);
}

/** Lets through agents who are signed in (`agent`), or only admins. */
export function require(role: Role): MiddlewareHandler<ApiEnv> {
  return async function requireRole(c, next) {
    const signedIn = await signedInOf(c.req.raw, c.env);
    if (!signedIn) return problemResponse(problem('sign_in_required'));
    if (role === 'admin' && signedIn.agent.role !== 'admin') return problemResponse(problem('forbidden'));
    c.set('signedIn', signedIn);
    await next();
  };
}

/**
 * Refuses changes that a page of another site could have sent with our cookie: they have to come from our own
 * origin, and what they carry has to be JSON or an image, which no plain form can send.
 */
export const refuseForeignChanges: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const request = c.req.raw;
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  if (!isFromOwnPage(request)) return problemResponse(problem('origin_refused'));
  const type = request.headers.get('content-type');
  if (type !== null && !isJson(request) && !/^image\/(png|jpeg)$/i.test(type)) {
    const message = 'Send the request as JSON (content-type application/json).';
    return problemResponse(problem('invalid_input', { message }));
  }
  return next();
};

/**
 * Whether the browser says that a request comes from a page of ours. Only the host is compared with Origin:
 * behind a proxy that ends TLS we cannot know the scheme.
 */
export function isFromOwnPage(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}

/** The signed-in agent, as the audit log names who did something. */
export function actorOf(c: Context<ApiEnv>): Actor {
  const { id, name } = c.get('signedIn').agent;
  return { id, name, address: clientAddress(c.req.raw, c.env) };
}
