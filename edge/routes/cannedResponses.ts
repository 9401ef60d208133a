/** Canned responses (AG-15): agents keep their own, admins also those that everybody has. */
import { Hono, type Context } from 'hono';
import { cannedResponseInput } from '../../core/cannedResponse.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';
import type { CannedResponseChange } from '../objects/workspace/cannedResponses.ts';

export const cannedResponses = new Hono<ApiEnv>();

/** GET /api/canned-responses */
cannedResponses.get('/', require('agent'), async (c) =>
  c.json({ cannedResponses: await workspaceOf(c.env).cannedResponsesOf(c.get('signedIn').agent.id) }),
);

/** POST /api/canned-responses */
cannedResponses.post('/', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, cannedResponseInput);
  return 'refusal' in body ? reply(body) : change(c, { kind: 'create', input: body.value });
});

/** PATCH /api/canned-responses/:id */
cannedResponses.patch('/:id', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, cannedResponseInput);
  if ('refusal' in body) return reply(body);
  return change(c, { kind: 'change', id: c.req.param('id'), input: body.value });
});

/** DELETE /api/canned-responses/:id */
cannedResponses.delete('/:id', require('agent'), (c) => change(c, { kind: 'delete', id: c.req.param('id') }));

async function change(c: Context<ApiEnv>, wanted: CannedResponseChange): Promise<Response> {
  const { id, role } = c.get('signedIn').agent;
  const keeper = { actor: actorOf(c), agent: id, role };
  return reply(await workspaceOf(c.env).changeCannedResponses(keeper, wanted));
}
