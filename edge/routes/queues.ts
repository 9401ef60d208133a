/** Message queues (MQ-01). For admins. */
import { Hono } from 'hono';
import { idsInput } from '../../core/api.ts';
import { queueInput } from '../../core/queue.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';

export const queues = new Hono<ApiEnv>();

queues.use(require('admin'));

/** GET /api/queues */
queues.get('/', async (c) => c.json({ queues: await workspaceOf(c.env).listQueues() }));

/** POST /api/queues */
queues.post('/', async (c) => {
  const body = await readJson(c.req.raw, queueInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).createQueue(actorOf(c), body.value));
});

/** POST /api/queues/delete: all of them or none. */
queues.post('/delete', async (c) => {
  const body = await readJson(c.req.raw, idsInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).deleteQueues(actorOf(c), body.value.ids));
});

/** PATCH /api/queues/:id */
queues.patch('/:id', async (c) => {
  const body = await readJson(c.req.raw, queueInput.partial());
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeQueue(actorOf(c), c.req.param('id'), body.value));
});
