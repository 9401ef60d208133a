/** Labels of sessions (AG-15): everybody reads and makes them, admins change and delete them. */
import { Hono } from 'hono';
import { labelInput } from '../../core/label.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';

export const labels = new Hono<ApiEnv>();

/** GET /api/labels */
labels.get('/', require('agent'), async (c) => c.json({ labels: await workspaceOf(c.env).listLabels() }));

/** POST /api/labels */
labels.post('/', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, labelInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeLabels(actorOf(c), { kind: 'create', input: body.value }));
});

/** PATCH /api/labels/:id */
labels.patch('/:id', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, labelInput);
  if ('refusal' in body) return reply(body);
  return reply(
    await workspaceOf(c.env).changeLabels(actorOf(c), {
      kind: 'change',
      id: c.req.param('id'),
      input: body.value,
    }),
  );
});

/** DELETE /api/labels/:id */
labels.delete('/:id', require('admin'), async (c) =>
  reply(await workspaceOf(c.env).changeLabels(actorOf(c), { kind: 'delete', id: c.req.param('id') })),
);
