import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Agent } from '../../core/agent.ts';
import type { AuditEntry } from '../../core/api.ts';
import { Desk } from '../../edge/objects/desk.ts';
import { Console, agentPassword, makeAgent, makeChannel, makeQueue, setUp, signInAs } from './console.ts';
import { bindings, recordNotices, sql } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});
afterEach(() => vi.restoreAllMocks());

const listed = async () => (await boss.ask<{ agents: Agent[] }>('GET', '/api/agents')).agents;
const patch = (agent: Agent, change: object) => boss.call<Agent>('PATCH', `/api/agents/${agent.id}`, change);

describe('agents', () => {
  it('[GEN-04] keeps number, name, e-mail, photo, role, groups and permission, and changes only what is sent', async () => {
    const group = await boss.ask<{ id: string }>('POST', '/api/groups', { name: 'Sales', agents: [] });
    const agent = await makeAgent(boss, { groups: [group.id, 'all', group.id], mayCallOut: true });
    expect(agent).toMatchObject({
      role: 'agent',
      enabled: true,
      mayCallOut: true,
      hasPassword: true,
      lastSignInAt: null,
    });
    expect(agent.groups).toEqual([group.id]);
    const photo = '/files/bbbbbbbbbbbbbbbbbbbbbbbb.jpg';
    const changed = await patch(agent, { name: 'Somebody Else', photo });
    expect(changed.body).toEqual({ ...agent, name: 'Somebody Else', photo });
    expect(await listed()).toContainEqual(changed.body);
    await signInAs(agent);
    expect((await listed()).find(({ id }) => id === agent.id)?.lastSignInAt).toBeGreaterThan(0);
  });

  it('[GEN-04] lists by extension number as numbers are counted', async () => {
    await makeAgent(boss, { extension: '99' });
    await makeAgent(boss, { extension: '100001' });
    const extensions = (await listed()).map(({ extension }) => Number(extension));
    expect(extensions).toEqual(extensions.toSorted((a, b) => a - b));
  });

  it('[GEN-04] names the field that is taken, not valid, or points nowhere', async () => {
    const [one, two] = [await makeAgent(boss), await makeAgent(boss)];
    const cases: [object, string, string][] = [
      [{ email: one.email.toUpperCase() }, 'conflict', 'email'],
      [{ extension: one.extension }, 'conflict', 'extension'],
      [{ extension: '12a' }, 'invalid_input', 'extension'],
      [{ email: 'nobody' }, 'invalid_input', 'email'],
      [{ name: '  ' }, 'invalid_input', 'name'],
      [{ role: 'owner' }, 'invalid_input', 'role'],
      [{ groups: ['gone'] }, 'invalid_input', 'groups'],
    ];
    for (const [change, code, field] of cases) {
      expect((await patch(two, change)).body).toMatchObject({ error: { code, field } });
    }
    expect((await patch(two, { email: two.email, extension: two.extension })).status).toBe(200);
    expect((await patch({ ...two, id: 'nobody' }, { name: 'Nobody' })).status).toBe(404);
    const weak = await boss.call('POST', '/api/agents', {
      ...two,
      email: 'z@example.com',
      extension: '77',
      password: 'qwertyuiop1',
    });
    expect(weak.body.error).toMatchObject({ code: 'password_weak', field: 'password' });
  });

  it('[GEN-04] a disabled agent is out at once, cannot come back in, and can be enabled again', async () => {
    const agent = await makeAgent(boss);
    const console = await signInAs(agent);
    const notices = recordNotices();
    expect((await patch(agent, { enabled: false })).status).toBe(200);
    expect((await console.call('GET', '/api/me')).status).toBe(401);
    await expect(signInAs(agent)).rejects.toThrow('sign_in_failed');
    expect(notices).toContainEqual({ kind: 'signedOut', agent: agent.id, signIns: null });
    expect(notices).toContainEqual({
      kind: 'agent',
      agent: {
        id: agent.id,
        name: agent.name,
        extension: agent.extension,
        photo: null,
        role: 'agent',
        enabled: false,
      },
    });
    const colleagues = await boss.ask<{ agents: { id: string }[] }>('GET', '/api/colleagues');
    expect(colleagues.agents.map(({ id }) => id)).not.toContain(agent.id);
    await patch(agent, { enabled: true });
    expect((await console.call('GET', '/api/me')).status).toBe(401);
    await signInAs(agent);
  });

  it('[GEN-03] a changed role counts from the next call on', async () => {
    const agent = await makeAgent(boss, { role: 'admin' });
    const console = await signInAs(agent);
    expect((await console.call('GET', '/api/agents')).status).toBe(200);
    await patch(agent, { role: 'agent' });
    expect((await console.call('GET', '/api/agents')).status).toBe(403);
    await patch(agent, { role: 'admin' });
    expect((await console.call('GET', '/api/agents')).status).toBe(200);
    await patch(agent, { role: 'agent' });
  });

  it('[GEN-03] never leaves the workspace without an admin who can sign in', async () => {
    const [first] = await listed().then((agents) => agents.filter(({ role }) => role === 'admin'));
    if (!first) throw new Error('no admin');
    const attempts = [
      () => patch(first, { role: 'agent' }),
      () => patch(first, { enabled: false }),
      () => boss.call('DELETE', `/api/agents/${first.id}`),
    ];
    for (const attempt of attempts) {
      expect(await attempt()).toMatchObject({ status: 409, body: { error: { code: 'last_admin' } } });
    }
    // An admin who has not chosen a password yet could not let anybody in.
    const { agent: invited } = await boss.ask<{ agent: Agent }>('POST', '/api/agents', {
      ...first,
      email: 'invited@example.com',
      extension: '4001',
      password: null,
    });
    for (const attempt of attempts) expect((await attempt()).status).toBe(409);
    await boss.ask('DELETE', `/api/agents/${invited.id}`);

    const second = await makeAgent(boss, { role: 'admin' });
    const other = await signInAs(second);
    expect((await other.call('PATCH', `/api/agents/${first.id}`, { role: 'agent' })).status).toBe(200);
    expect((await other.call('PATCH', `/api/agents/${second.id}`, { role: 'agent' })).status).toBe(409);
    await other.ask('PATCH', `/api/agents/${first.id}`, { role: 'admin' });
    await boss.ask('DELETE', `/api/agents/${second.id}`);
    expect((await other.call('GET', '/api/me')).status).toBe(401);
  });

  it('[GEN-04] an agent in use is neither deleted nor disabled: the message names the channels', async () => {
    const agent = await makeAgent(boss);
    const channel = await makeChannel(boss, { kind: 'agent', id: agent.id }, { name: 'Shop chat' });
    for (const attempt of [
      patch(agent, { enabled: false }),
      boss.call('DELETE', `/api/agents/${agent.id}`),
    ]) {
      const { status, body } = await (attempt as Promise<{ status: number; body: unknown }>);
      expect(status).toBe(409);
      expect(body).toMatchObject({
        error: {
          code: 'in_use',
          details: ['Shop chat'],
          message: expect.stringContaining('Shop chat') as string,
        },
      });
    }
    await boss.ask('POST', '/api/channels/delete', { ids: [channel.id], endSessions: false });
    const counting = vi.spyOn(Desk.prototype, 'openSessions').mockReturnValue(2);
    const busy = await boss.call('DELETE', `/api/agents/${agent.id}`);
    expect(busy.body.error.message).toContain('2 open sessions');
    counting.mockRestore();
    const notices = recordNotices();
    await boss.ask('DELETE', `/api/agents/${agent.id}`);
    expect(notices).toContainEqual({ kind: 'agentGone', id: agent.id });
    expect((await boss.call('DELETE', `/api/agents/${agent.id}`)).status).toBe(404);
  });
});

describe('telling the Desk', () => {
  it('[MQ-07] tells changes in order, keeps them while the Desk is away, and tells each once', async () => {
    const notices = recordNotices();
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const away = vi.spyOn(Desk.prototype, 'notice').mockRejectedValue(new Error('away') as never);
    const agent = await makeAgent(boss);
    await makeQueue(boss, { agents: [agent.id] });
    expect(await sql('SELECT * FROM outbox')).toHaveLength(2);
    away.mockRestore();
    const told = recordNotices();
    expect(notices).toEqual([]);
    await sql('UPDATE timers SET due_at = 0');
    await runDurableObjectAlarm(bindings.WORKSPACE.getByName('workspace'));
    expect(told.map(({ kind }) => kind)).toEqual(['agent', 'queue']);
    expect(await sql('SELECT * FROM outbox')).toEqual([]);
  });

  it('[GEN-02] closes sockets whose sign-in has expired, and forgets what is out of date', async () => {
    const agent = await makeAgent(boss);
    await signInAs(agent);
    const [row] = await sql<{ id: string }>('SELECT id FROM sign_ins WHERE agent_id = ?', agent.id);
    await sql('UPDATE sign_ins SET expires_at = 1 WHERE agent_id = ?', agent.id);
    await boss.ask('POST', `/api/agents/${agent.id}/password-link`, {});
    await sql('UPDATE password_links SET expires_at = 1');
    await sql(`INSERT INTO buckets VALUES ('account:old', 0, 1)`);
    await sql(`INSERT INTO audit (at, who_name, action, changes) VALUES (1, 'old', 'signIn.failed', '[]')`);
    await sql(`UPDATE timers SET due_at = 0 WHERE key = 'sweep'`);
    const notices = recordNotices();
    await runDurableObjectAlarm(bindings.WORKSPACE.getByName('workspace'));
    await expect.poll(() => notices).toEqual([{ kind: 'signedOut', agent: agent.id, signIns: [row?.id] }]);
    expect(await sql('SELECT * FROM password_links')).toEqual([]);
    expect(await sql(`SELECT * FROM buckets WHERE key = 'account:old'`)).toEqual([]);
    expect(await sql(`SELECT * FROM audit WHERE at = 1`)).toEqual([]);
    const [timer] = await sql<{ due_at: number }>(`SELECT due_at FROM timers WHERE key = 'sweep'`);
    expect(timer?.due_at).toBeGreaterThan(Date.now());
  });
});

describe('groups', () => {
  it('[GEN-04] Default_All_Extensions comes first, holds everybody, and stays as it is', async () => {
    const { groups } = await boss.ask<{ groups: { id: string; name: string; agents: string[] }[] }>(
      'GET',
      '/api/groups',
    );
    expect(groups[0]).toMatchObject({ id: 'all', name: 'Default_All_Extensions' });
    expect(new Set(groups[0]?.agents)).toEqual(new Set((await listed()).map(({ id }) => id)));
    expect((await boss.call('PATCH', '/api/groups/all', { name: 'Few' })).body.error.code).toBe('forbidden');
    expect((await boss.call('DELETE', '/api/groups/all')).body.error.code).toBe('forbidden');
    const taken = await boss.call('POST', '/api/groups', { name: 'default_all_extensions', agents: [] });
    expect(taken.body.error).toMatchObject({ code: 'conflict', field: 'name' });
  });

  it('[GEN-04] makes, changes and deletes groups; agents see theirs', async () => {
    const [one, two] = [await makeAgent(boss), await makeAgent(boss)];
    type Group = { id: string; name: string; agents: string[] };
    const group = await boss.ask<Group>('POST', '/api/groups', {
      name: 'Night shift',
      agents: [one.id, one.id],
    });
    expect(group.agents).toEqual([one.id]);
    const changed = await boss.ask<Group>('PATCH', `/api/groups/${group.id}`, { agents: [two.id] });
    expect(changed).toEqual({ id: group.id, name: 'Night shift', agents: [two.id] });
    const groupsOf = async (id: string) => (await listed()).find((agent) => agent.id === id)?.groups;
    expect([await groupsOf(one.id), await groupsOf(two.id)]).toEqual([[], [group.id]]);
    expect(
      (await boss.call('POST', '/api/groups', { name: 'NIGHT SHIFT', agents: [] })).body.error.field,
    ).toBe('name');
    expect((await boss.call('PATCH', `/api/groups/${group.id}`, { agents: ['gone'] })).body.error.field).toBe(
      'agents',
    );
    await boss.ask('DELETE', `/api/groups/${group.id}`);
    expect(await groupsOf(two.id)).toEqual([]);
    expect((await boss.call('DELETE', `/api/groups/${group.id}`)).status).toBe(404);
    expect((await boss.call('PATCH', `/api/groups/${group.id}`, {})).status).toBe(404);
  });

  it('[GEN-08] the audit log names who left and who came', async () => {
    const [one, two] = [await makeAgent(boss), await makeAgent(boss)];
    const group = await boss.ask<{ id: string }>('POST', '/api/groups', {
      name: 'Early shift',
      agents: [one.id],
    });
    await boss.ask('PATCH', `/api/groups/${group.id}`, { name: 'Earliest shift', agents: [two.id] });
    const { entries } = await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    expect(entries[0]).toMatchObject({
      who: { name: 'First Admin' },
      action: 'group.changed',
      target: { kind: 'group', id: group.id, name: 'Earliest shift' },
      changes: [
        { field: 'name', before: 'Early shift', after: 'Earliest shift' },
        { field: 'agents', before: [one.name], after: [two.name] },
      ],
      address: '203.0.113.7',
    });
    expect(JSON.stringify(entries)).not.toContain(agentPassword);
    expect(JSON.stringify(entries)).not.toContain('scrypt');
  });
});
