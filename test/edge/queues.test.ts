import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Agent } from '../../core/agent.ts';
import type { Queue } from '../../core/queue.ts';
import type { DeskNotice } from '../../edge/objects/contracts.ts';
import { Desk } from '../../edge/objects/desk.ts';
import { systemActor } from '../../edge/objects/workspace/audit.ts';
import { workspaceOf } from '../../edge/env.ts';
import { type Console, makeAgent, makeChannel, makeQueue, setUp } from './console.ts';
import { bindings, recordNotices, sql } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});
afterEach(() => vi.restoreAllMocks());

const listed = async () => (await boss.ask<{ queues: Queue[] }>('GET', '/api/queues')).queues;

describe('message queues', () => {
  it('[MQ-01] makes, lists, changes and deletes queues', async () => {
    const agent = await makeAgent(boss);
    const queue = await makeQueue(boss, {
      name: 'Support',
      mode: 'auto',
      agents: [agent.id, agent.id],
      groups: ['all'],
    });
    expect(queue).toMatchObject({ name: 'Support', mode: 'auto', agents: [agent.id], groups: ['all'] });
    expect(await listed()).toContainEqual(queue);
    const changed = await boss.ask<Queue>('PATCH', `/api/queues/${queue.id}`, { mode: 'disabled' });
    expect(changed).toEqual({ ...queue, mode: 'disabled' });
    const colleagues = await boss.ask<{ queues: unknown[] }>('GET', '/api/colleagues');
    expect(colleagues.queues).toContainEqual({ id: queue.id, name: 'Support' });
    const cases: [object, string, string][] = [
      [{ name: 'SUPPORT', mode: 'auto', agents: [], groups: [] }, 'conflict', 'name'],
      [{ name: '', mode: 'auto', agents: [], groups: [] }, 'invalid_input', 'name'],
      [{ name: 'Other', mode: 'random', agents: [], groups: [] }, 'invalid_input', 'mode'],
      [{ name: 'Other', mode: 'auto', agents: ['gone'], groups: [] }, 'invalid_input', 'agents'],
      [{ name: 'Other', mode: 'auto', agents: [], groups: ['gone'] }, 'invalid_input', 'groups'],
    ];
    for (const [input, code, field] of cases) {
      expect((await boss.call('POST', '/api/queues', input)).body.error).toMatchObject({ code, field });
    }
    const notices = recordNotices();
    await boss.ask('POST', '/api/queues/delete', { ids: [queue.id] });
    expect(notices).toEqual([{ kind: 'queueGone', id: queue.id }]);
    expect(await listed()).not.toContainEqual(expect.objectContaining({ id: queue.id }));
    expect((await boss.call('PATCH', `/api/queues/${queue.id}`, {})).status).toBe(404);
  });

  it('[MQ-01] deletes several at once or none: the message names the channels that use one', async () => {
    const [free, used] = [await makeQueue(boss), await makeQueue(boss)];
    const channel = await makeChannel(boss, { kind: 'queue', id: used.id }, { name: 'Front page' });
    const both = { ids: [free.id, used.id] };
    const refused = await boss.call('POST', '/api/queues/delete', both);
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'in_use', details: ['Front page'] } },
    });
    expect(refused.body.error.message).toContain('Front page');
    expect((await listed()).filter(({ id }) => both.ids.includes(id))).toHaveLength(2);

    await boss.ask('POST', '/api/channels/delete', { ids: [channel.id], endSessions: false });
    vi.spyOn(Desk.prototype, 'openSessions').mockImplementation((_kind, queue) =>
      queue === used.id ? 3 : 0,
    );
    const waiting = await boss.call('POST', '/api/queues/delete', both);
    expect(waiting).toMatchObject({
      status: 409,
      body: { error: { code: 'in_use', details: [`${used.name}: 3`] } },
    });
    vi.restoreAllMocks();
    expect((await boss.call('POST', '/api/queues/delete', { ids: [free.id, 'gone'] })).status).toBe(404);
    await boss.ask('POST', '/api/queues/delete', both);
    expect((await listed()).filter(({ id }) => both.ids.includes(id))).toEqual([]);
  });
});

describe('who is in a queue', () => {
  it('[MQ-07] tells the Desk whenever the agents change, by any way, and only then', async () => {
    const [one, two, three] = [await makeAgent(boss), await makeAgent(boss), await makeAgent(boss)];
    const group = await boss.ask<{ id: string }>('POST', '/api/groups', { name: 'Team', agents: [two.id] });
    const notices = recordNotices();
    const agentsTold = () => {
      const told = notices.splice(0).filter((notice) => notice.kind === 'queue');
      return told.map(({ queue }) => new Set(queue.agents));
    };
    const change = async (method: string, path: string, body?: unknown) => {
      await boss.ask(method, path, body);
      return agentsTold();
    };
    const queue = await makeQueue(boss, { agents: [one.id], groups: [group.id] });
    expect(agentsTold()).toEqual([new Set([one.id, two.id])]);
    const path = `/api/queues/${queue.id}`;
    const agentPath = (agent: Agent) => `/api/agents/${agent.id}`;

    // A name or a photo is no change of the queue; neither is an agent who is in it twice.
    expect(await change('PATCH', agentPath(one), { name: 'Renamed' })).toEqual([]);
    expect(await change('PATCH', path, { agents: [one.id, two.id] })).toEqual([]);
    expect(await change('PATCH', path, { agents: [one.id] })).toEqual([]);
    // Through the group, from both of its sides.
    expect(await change('PATCH', `/api/groups/${group.id}`, { agents: [two.id, three.id] })).toEqual([
      new Set([one.id, two.id, three.id]),
    ]);
    expect(await change('PATCH', agentPath(three), { groups: [] })).toEqual([new Set([one.id, two.id])]);
    expect(await change('PATCH', agentPath(three), { groups: [group.id] })).toEqual([
      new Set([one.id, two.id, three.id]),
    ]);
    // Disabled, enabled, deleted.
    expect(await change('PATCH', agentPath(two), { enabled: false })).toEqual([new Set([one.id, three.id])]);
    expect(await change('PATCH', agentPath(two), { enabled: true })).toEqual([
      new Set([one.id, two.id, three.id]),
    ]);
    expect(await change('DELETE', agentPath(two))).toEqual([new Set([one.id, three.id])]);
    expect(await change('DELETE', `/api/groups/${group.id}`)).toEqual([new Set([one.id])]);
    // Name and mode are part of what the Desk knows.
    await boss.ask('PATCH', path, { mode: 'auto' });
    expect(notices.splice(0)).toEqual([
      { kind: 'queue', queue: { id: queue.id, name: queue.name, mode: 'auto', agents: [one.id] } },
    ]);
    // Everybody, whoever joins later.
    await change('PATCH', path, { groups: ['all'] });
    const newcomer = await makeAgent(boss);
    expect(agentsTold().some((agents) => agents.has(newcomer.id) && agents.has(one.id))).toBe(true);
    await boss.ask('POST', '/api/queues/delete', { ids: [queue.id] });
  });

  it(
    '[MQ-06] holds 1,000 queues of 500 agents, and changes one agent of all of them at once',
    { timeout: 120_000 },
    async () => {
      const workspace = workspaceOf(bindings);
      const ids = Array.from({ length: 500 }, (_, n) => `bulk-agent-${String(n).padStart(5, '0')}`);
      await sql(
        `INSERT INTO agents SELECT value, 50000 + key, value || '@example.com', value, 'agent', NULL, 0, 1, NULL, 1, NULL
       FROM json_each(?)`,
        JSON.stringify(ids),
      );
      vi.spyOn(Desk.prototype, 'notice').mockResolvedValue(undefined);
      const group = await workspace.createGroup(systemActor, { name: 'Everybody of these', agents: ids });
      if ('refusal' in group) throw new Error(group.refusal.message);
      // Every fifth queue lists its agents one by one; the others have them by way of the group.
      for (let n = 0; n < 1000; n++) {
        const members = n % 5 === 0 ? { agents: ids, groups: [] } : { agents: [], groups: [group.value.id] };
        const made = await workspace.createQueue(systemActor, {
          name: `Bulk ${n}`,
          mode: 'manual',
          ...members,
        });
        if ('refusal' in made) throw new Error(made.refusal.message);
      }
      const queues = (await workspace.listQueues()).filter(({ name }) => name.startsWith('Bulk '));
      expect(queues).toHaveLength(1000);

      const told: DeskNotice[] = [];
      vi.spyOn(Desk.prototype, 'notice').mockImplementation((notice) =>
        Promise.resolve(void told.push(notice)),
      );
      const changed = await workspace.changeAgent(systemActor, ids[0] ?? '', { enabled: false });
      expect('value' in changed).toBe(true);
      const lists = told.filter((notice) => notice.kind === 'queue').map(({ queue }) => queue.agents);
      expect(lists).toHaveLength(1000);
      expect(lists.every((agents) => agents.length === 499 && !agents.includes(ids[0] ?? ''))).toBe(true);

      const channel = await makeChannel(boss, { kind: 'queue', id: queues[500]?.id ?? '' });
      const routing = await workspace.liveChat(channel.number);
      expect(routing).toMatchObject({ queue: { id: queues[500]?.id }, agent: null });
      expect(routing?.faces).toHaveLength(3);
    },
  );
});
