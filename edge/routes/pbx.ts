/** The company's telephone exchange (CALL-06): where it is, and whose extension is which. */
import { Hono, type Context } from 'hono';
import { pbxExtensionInput, pbxInput } from '../../core/pbx.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';
import { iceServersOrStun } from '../iceServers.ts';
import type { PbxChange } from '../objects/workspace/pbx.ts';

export const pbx = new Hono<ApiEnv>();

pbx.use('/pbx/*', require('admin'));

/** GET /api/pbx */
pbx.get('/pbx', async (c) => c.json(await workspaceOf(c.env).pbx()));

/** PUT /api/pbx */
pbx.put('/pbx', async (c) => {
  const body = await readJson(c.req.raw, pbxInput);
  return 'refusal' in body ? reply(body) : change(c, { kind: 'server', server: body.value.server });
});

/** PUT /api/pbx/extensions/:agent: an empty password stays what it is. */
pbx.put('/pbx/extensions/:agent', async (c) => {
  const body = await readJson(c.req.raw, pbxExtensionInput);
  if ('refusal' in body) return reply(body);
  return change(c, { kind: 'extension', agent: c.req.param('agent'), input: body.value });
});

/** DELETE /api/pbx/extensions/:agent */
pbx.delete('/pbx/extensions/:agent', (c) =>
  change(c, { kind: 'removeExtension', agent: c.req.param('agent') }),
);

/** GET /api/me/phone: one's own extension with its password, for one's own page. Nobody gets another's. */
pbx.get('/me/phone', require('agent'), async (c) => {
  const { id } = c.get('signedIn').agent;
  const workspace = workspaceOf(c.env);
  const pass = await workspace.pbxPass(id);
  if (!pass) return c.json({ pass: null });
  const servers = await iceServersOrStun(c.env, await workspace.callSetup(), id, Date.now());
  return c.json({ pass: { ...pass, servers } });
});

async function change(c: Context<ApiEnv>, asked: PbxChange): Promise<Response> {
  return reply(await workspaceOf(c.env).changePbx(actorOf(c), asked));
}
