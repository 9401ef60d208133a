/** The first start (GEN-01): until there is an admin, nothing is served but health and the setup page. */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { emailAddress, password } from '../../core/agent.ts';
import { setupInput, type Me, type State } from '../../core/api.ts';
import { problem } from '../../core/errors.ts';
import type { ApiEnv } from '../access.ts';
import { refuse } from '../answer.ts';
import { signInCookie, signInToken } from '../cookie.ts';
import { workspaceOf, type Env } from '../env.ts';
import { clientAddress, problemResponse, readJson, reply } from '../http.ts';
import type { FreshSignIn } from '../objects/workspace/accounts.ts';
import { hashPassword, isCommonPassword } from '../password.ts';

export const setup = new Hono<ApiEnv>();

/** GET /api/state: what the app has to know before it shows anything. Also keeps the cookie alive. */
setup.get('/state', async (c) => {
  const setupNeeded = !(await isSetUp(c.env));
  const workspace = workspaceOf(c.env);
  const token = signInToken(c.req.raw);
  const [workspaceName, signedIn] = await Promise.all([
    workspace.workspaceName(),
    token === null ? null : workspace.signedIn(token),
  ]);
  if (token !== null && signedIn) {
    c.header('set-cookie', signInCookie(c.req.raw, token, signedIn.expiresAt, Date.now()));
  }
  const state: State = { setupNeeded, workspaceName, me: signedIn ? meOf(signedIn.agent) : null };
  return c.json(state);
});

/** POST /api/setup: makes the first admin and signs them in. Works once. */
setup.post('/setup', async (c) => {
  const body = await readJson(c.req.raw, setupInput);
  if ('refusal' in body) return reply(body);
  // Asked before hashing, so that a workspace in use cannot be made to hash for strangers.
  if (await isSetUp(c.env)) return problemResponse(problem('setup_done'));
  const { password: chosen, ...input } = body.value;
  if (isCommonPassword(chosen, [input.email, input.name, input.workspaceName])) {
    return reply(refuse('password_weak', { field: 'password' }));
  }
  const address = clientAddress(c.req.raw, c.env);
  const begun = await workspaceOf(c.env).setUp(input, await hashPassword(chosen), 'visitor', address);
  return 'refusal' in begun ? reply(begun) : signedInAnswer(c, begun.value);
});

/** `Me`, and the cookie that makes it so. */
export function signedInAnswer(c: Context<ApiEnv>, { agent, token, expiresAt }: FreshSignIn): Response {
  c.header('set-cookie', signInCookie(c.req.raw, token, expiresAt, Date.now()));
  return c.json(meOf(agent));
}

/** As much of an agent as the agent's own screen shows. */
export function meOf({ id, extension, name, email, role, photo, mayCallOut }: Me): Me {
  return { id, extension, name, email, role, photo, mayCallOut };
}

/** Answers 503 to everything but health, the setup page and its two calls, until there is an admin. */
export const requireSetup: MiddlewareHandler<{ Bindings: Env }> = async (c, next) => {
  if (isOpenBeforeSetup(c.req.method, c.req.path) || (await isSetUp(c.env))) return next();
  return problemResponse(problem('setup_needed'));
};

function isOpenBeforeSetup(method: string, path: string): boolean {
  if (path === '/health' || path === '/api/state' || path === '/api/setup') return true;
  return (
    (method === 'GET' || method === 'HEAD') && !/^\/(api|desk|visitor|media|files|webhook)(\/|$)/.test(path)
  );
}

/** A workspace never goes back to having no admin, so the answer yes is kept for good. */
let known = false;

async function isSetUp(env: Env): Promise<boolean> {
  known ||= (await workspaceOf(env).isSetUp()) || (await setUpFromEnvironment(env));
  return known;
}

/** Makes the first admin from PARLEY_ADMIN_EMAIL and PARLEY_ADMIN_PASSWORD, if the deployment names one. */
async function setUpFromEnvironment(env: Env): Promise<boolean> {
  if (!env.PARLEY_ADMIN_EMAIL || !env.PARLEY_ADMIN_PASSWORD) return false;
  const email = emailAddress.safeParse(env.PARLEY_ADMIN_EMAIL);
  const chosen = password.safeParse(env.PARLEY_ADMIN_PASSWORD);
  if (!email.success || !chosen.success || isCommonPassword(chosen.data, [email.data])) {
    const reason = email.success
      ? problem('password_weak').message
      : 'PARLEY_ADMIN_EMAIL is not an e-mail address.';
    console.error(JSON.stringify({ event: 'setup.refused', reason }));
    return false;
  }
  const name = email.data.split('@')[0] ?? email.data;
  const input = {
    workspaceName: 'Parley',
    name: name.slice(0, 80),
    email: email.data,
    extension: '1000',
    timeZone: 'UTC',
  };
  const begun = await workspaceOf(env).setUp(input, await hashPassword(chosen.data), 'environment', null);
  // Refused means that another request was faster: set up it is either way.
  return 'value' in begun || begun.refusal.code === 'setup_done';
}
