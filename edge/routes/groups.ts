/** Extension groups (GEN-04). For admins. */
import { Hono } from 'hono';
import { groupInput } from '../../core/agent.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';

export const groups = new Hono<ApiEnv>();

groups.use(require('admin'));

/** GET /api/groups: Default_All_Extensions first. */
groups.get('/', async (c) => c.json({ groups: await workspaceOf(c.env).listGroups() }));

/** POST /api/groups */
groups.post('/', async (c) => {
  const body = await readJson(c.req.raw, groupInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).createGroup(actorOf(c), body.value));
});

/** PATCH /api/groups/:id */
groups.patch('/:id', async (c) => {
  const body = await readJson(c.req.raw, groupInput.partial());
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeGroup(actorOf(c), c.req.param('id'), body.value));
});

/** DELETE /api/groups/:id */
groups.delete('/:id', async (c) =>
  reply(await workspaceOf(c.env).deleteGroup(actorOf(c), c.req.param('id'))),
);
