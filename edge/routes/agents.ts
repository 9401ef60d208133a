/** Agents (GEN-04) and the links by which they choose a password (GEN-02). For admins. */
import { Hono, type Context } from 'hono';
import { agentInput } from '../../core/agent.ts';
import { newAgentInput } from '../../core/api.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { refuse, type Answer } from '../answer.ts';
import { workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';
import { hashPassword, isCommonPassword } from '../password.ts';
import { publicUrlOf } from '../publicUrl.ts';

export const agents = new Hono<ApiEnv>();

agents.use(require('admin'));

/** GET /api/agents */
agents.get('/', async (c) => c.json({ agents: await workspaceOf(c.env).listAgents() }));

/** POST /api/agents: with a password, or else with a link to choose one. */
agents.post('/', async (c) => {
  const body = await readJson(c.req.raw, newAgentInput);
  if ('refusal' in body) return reply(body);
  const { password, ...input } = body.value;
  if (password !== null && isCommonPassword(password, [input.email, input.name, input.extension])) {
    return reply(refuse('password_weak', { field: 'password' }));
  }
  const hash = password === null ? null : await hashPassword(password);
  const created = await workspaceOf(c.env).createAgent(actorOf(c), input, hash);
  if ('refusal' in created) return reply(created);
  const agent = created.value;
  if (password !== null) return c.json({ agent, passwordLink: null });
  const link = await passwordLink(c, agent.id);
  return 'refusal' in link ? reply(link) : c.json({ agent, passwordLink: link.value });
});

/** PATCH /api/agents/:id */
agents.patch('/:id', async (c) => {
  const body = await readJson(c.req.raw, agentInput.partial());
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeAgent(actorOf(c), c.req.param('id'), body.value));
});

/** DELETE /api/agents/:id */
agents.delete('/:id', async (c) =>
  reply(await workspaceOf(c.env).deleteAgent(actorOf(c), c.req.param('id'))),
);

/** POST /api/agents/:id/password-link: a new one-time link; an earlier one stops working. */
agents.post('/:id/password-link', async (c) => {
  const link = await passwordLink(c, c.req.param('id'));
  return 'refusal' in link ? reply(link) : c.json({ passwordLink: link.value });
});

/** POST /api/agents/:id/sign-out: everywhere. */
agents.post('/:id/sign-out', async (c) =>
  reply(await workspaceOf(c.env).signOutEverywhere(actorOf(c), c.req.param('id'))),
);

async function passwordLink(c: Context<ApiEnv>, id: string): Promise<Answer<string>> {
  const made = await workspaceOf(c.env).makePasswordLink(actorOf(c), id);
  if ('refusal' in made) return made;
  return { value: `${await publicUrlOf(c.req.raw, c.env)}/password/${made.value.token}` };
}
