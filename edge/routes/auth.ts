/** Signing in and out, one's own profile and password (GEN-02). */
import { Hono, type Context } from 'hono';
import { changePasswordInput, newPasswordInput, profileInput, signInInput, type Me } from '../../core/api.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { refuse, type Answer } from '../answer.ts';
import { signInCookie, signInToken, signOutCookie } from '../cookie.ts';
import { workspaceOf } from '../env.ts';
import { clientAddress, readJson, reply } from '../http.ts';
import { hashPassword, isCommonPassword, verifyPassword } from '../password.ts';
import { meOf, signedInAnswer } from './setup.ts';

export const auth = new Hono<ApiEnv>();

/** POST /api/sign-in: by e-mail or extension number. */
auth.post('/sign-in', async (c) => {
  const body = await readJson(c.req.raw, signInInput);
  if ('refusal' in body) return reply(body);
  const { login, password } = body.value;
  const workspace = workspaceOf(c.env);
  const checked = await checkPassword(c, login, password);
  if ('refusal' in checked) return reply(checked);
  const { agent, hash } = checked.value;
  const address = clientAddress(c.req.raw, c.env);
  if (agent === null || hash === null) {
    await workspace.signInFailed(login, address);
    return reply(refuse('sign_in_failed'));
  }
  const begun = await workspace.signIn(agent, hash, address);
  return 'refusal' in begun ? reply(begun) : signedInAnswer(c, begun.value);
});

/** POST /api/sign-out: ends the sign-in of this browser. */
auth.post('/sign-out', require('agent'), async (c) => {
  const token = signInToken(c.req.raw);
  if (token !== null) await workspaceOf(c.env).signOut(token);
  c.header('set-cookie', signOutCookie(c.req.raw));
  return c.json({});
});

/** POST /api/sign-out-everywhere: ends all sign-ins of this agent, this one too. */
auth.post('/sign-out-everywhere', require('agent'), async (c) => {
  await workspaceOf(c.env).signOutEverywhere(actorOf(c), c.get('signedIn').agent.id);
  c.header('set-cookie', signOutCookie(c.req.raw));
  return c.json({});
});

/** GET /api/password-link/:token: whom the link is for. */
auth.get('/password-link/:token', async (c) => {
  const found = await workspaceOf(c.env).passwordLink(c.req.param('token'));
  return 'refusal' in found ? reply(found) : c.json({ name: found.value.name });
});

/** POST /api/password-link/:token: chooses a password and signs in. Works once. */
auth.post('/password-link/:token', async (c) => {
  const body = await readJson(c.req.raw, newPasswordInput);
  if ('refusal' in body) return reply(body);
  const token = c.req.param('token');
  const workspace = workspaceOf(c.env);
  const found = await workspace.passwordLink(token);
  if ('refusal' in found) return reply(found);
  const { password } = body.value;
  if (isCommonPassword(password, namesOf(found.value))) return reply(weak);
  const address = clientAddress(c.req.raw, c.env);
  const begun = await workspace.usePasswordLink(token, await hashPassword(password), address);
  return 'refusal' in begun ? reply(begun) : signedInAnswer(c, begun.value);
});

/** GET /api/me */
auth.get('/me', require('agent'), (c) => c.json(meOf(c.get('signedIn').agent)));

/** PATCH /api/me: name and photo. */
auth.patch('/me', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, profileInput.partial());
  if ('refusal' in body) return reply(body);
  const changed = await workspaceOf(c.env).changeAgent(actorOf(c), c.get('signedIn').agent.id, body.value);
  return 'refusal' in changed ? reply(changed) : c.json(meOf(changed.value));
});

/** POST /api/me/password: ends this agent's other sign-ins, and gives this one a new token. */
auth.post('/me/password', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, changePasswordInput);
  if ('refusal' in body) return reply(body);
  const { agent, signIn, expiresAt } = c.get('signedIn');
  const checked = await checkPassword(c, agent.email, body.value.current);
  if ('refusal' in checked) return reply(checked);
  const { hash } = checked.value;
  if (hash === null) return reply(refuse('password_wrong', { field: 'current' }));
  if (isCommonPassword(body.value.password, namesOf(agent))) return reply(weak);
  const newHash = await hashPassword(body.value.password);
  const changed = await workspaceOf(c.env).changePassword(actorOf(c), signIn, hash, newHash);
  if ('refusal' in changed) return reply(changed);
  c.header('set-cookie', signInCookie(c.req.raw, changed.value.token, expiresAt, Date.now()));
  return c.json({});
});

/** GET /api/colleagues: whom a session can be given to. */
auth.get('/colleagues', require('agent'), async (c) => c.json(await workspaceOf(c.env).colleagues()));

const weak = refuse('password_weak', { field: 'password' });

/**
 * The agent and hash that a login and password match; nulls when they do not. Counts as a try. An unknown
 * login takes as long as a wrong password.
 */
async function checkPassword(
  c: Context<ApiEnv>,
  login: string,
  password: string,
): Promise<Answer<{ agent: string | null; hash: string | null }>> {
  const stored = await workspaceOf(c.env).passwordOf(login, clientAddress(c.req.raw, c.env));
  if ('refusal' in stored) return stored;
  const matches = await verifyPassword(password, stored.value.hash);
  return matches ? stored : { value: { agent: null, hash: null } };
}

function namesOf({ email, name, extension }: Pick<Me, 'email' | 'name' | 'extension'>): string[] {
  return [email, name, extension];
}
