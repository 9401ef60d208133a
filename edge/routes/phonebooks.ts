/** Phonebooks (GEN-07): everybody reads them, admins change them. */
import { Hono } from 'hono';
import { phonebookInput } from '../../core/contact.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';

export const phonebooks = new Hono<ApiEnv>();

/** GET /api/phonebooks */
phonebooks.get('/', require('agent'), async (c) =>
  c.json({ phonebooks: await workspaceOf(c.env).listPhonebooks() }),
);

/** POST /api/phonebooks */
phonebooks.post('/', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, phonebookInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changePhonebooks(actorOf(c), { kind: 'create', input: body.value }));
});

/** PATCH /api/phonebooks/:id */
phonebooks.patch('/:id', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, phonebookInput);
  if ('refusal' in body) return reply(body);
  const change = { kind: 'change' as const, id: c.req.param('id'), input: body.value };
  return reply(await workspaceOf(c.env).changePhonebooks(actorOf(c), change));
});

/** DELETE /api/phonebooks/:id: its contacts stay. */
phonebooks.delete('/:id', require('admin'), async (c) =>
  reply(await workspaceOf(c.env).changePhonebooks(actorOf(c), { kind: 'delete', id: c.req.param('id') })),
);
