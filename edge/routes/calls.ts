/** How calls find their way through networks (CALL-01): STUN and TURN. For admins. */
import { Hono } from 'hono';
import { callSettingsInput, type CallSettings, type CallSettingsInput } from '../../core/callSettings.ts';
import { problem } from '../../core/errors.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { problemResponse, readJson, reply } from '../http.ts';
import { iceServers } from '../iceServers.ts';

export const calls = new Hono<ApiEnv>();

calls.use(require('admin'));

/** GET /api/calls */
calls.get('/', async (c) => c.json(withoutSecret(await workspaceOf(c.env).callSetup())));

/** PUT /api/calls: an empty secret stays what it is. */
calls.put('/', async (c) => {
  const body = await readJson(c.req.raw, callSettingsInput);
  if ('refusal' in body) return reply(body);
  const changed = await workspaceOf(c.env).changeCallSetup(actorOf(c), body.value);
  return 'refusal' in changed ? reply(changed) : c.json(withoutSecret(changed.value));
});

/** POST /api/calls/test: what a call would be given now, for the admin's browser to try. */
calls.post('/test', async (c) => {
  const setup = await workspaceOf(c.env).callSetup();
  try {
    return c.json({ servers: await iceServers(c.env, setup, 'test', Date.now()) });
  } catch (error) {
    const message = `Cloudflare gave no servers (${String(error)}). Check the TURN key ID and its API token.`;
    return problemResponse(problem('provider_silent', { message }));
  }
});

function withoutSecret({ turn, ...rest }: CallSettingsInput): CallSettings {
  if (turn.kind === 'none') return { ...rest, turn, secretSet: false };
  return { ...rest, turn: { ...turn, secret: '' }, secretSet: turn.secret !== '' };
}
