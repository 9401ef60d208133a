/** CALL-06: where the company's PBX is, and that an agent's extension reaches only that agent. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { PbxSettings } from '../../core/pbx.ts';
import { type Console, makeAgent, setUp, signInAs, type Refused } from './console.ts';
import { sql } from './rows.ts';

const server = { url: 'wss://pbx.example.com:8089/ws', domain: 'pbx.example.com' };

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});

interface Answered {
  pass: { url: string; domain: string; user: string; password: string; servers: unknown[] } | null;
}

describe('the PBX', () => {
  it('[CALL-06] [GEN-09] gives an agent their own extension, seals its password, and tells nobody else', async () => {
    const caller = await makeAgent(boss, { mayCallOut: true });
    const other = await makeAgent(boss, { mayCallOut: true });
    const [own, others] = [await signInAs(caller), await signInAs(other)];
    expect(await own.ask<Answered>('GET', '/api/me/phone')).toEqual({ pass: null });

    await boss.ask('PUT', '/api/pbx', { server });
    const secret = 'correct horse 1001';
    const kept = await boss.ask<PbxSettings>('PUT', `/api/pbx/extensions/${caller.id}`, {
      user: '1001',
      password: secret,
    });
    expect(kept).toEqual({ server, extensions: [{ agent: caller.id, user: '1001' }] });

    const { pass } = await own.ask<Answered>('GET', '/api/me/phone');
    expect(pass).toMatchObject({ ...server, user: '1001', password: secret });
    expect(await others.ask<Answered>('GET', '/api/me/phone')).toEqual({ pass: null });
    const rows = await sql<{ password: string }>('SELECT password FROM pbx_extensions');
    expect(rows.map(({ password }) => password.startsWith('v1.'))).toEqual([true]);
    expect(JSON.stringify(await boss.ask('GET', '/api/audit'))).not.toContain(secret);
    expect(JSON.stringify(await boss.ask('GET', '/api/pbx'))).not.toContain(secret);

    // An empty password stays what it is; the extension changes.
    await boss.ask('PUT', `/api/pbx/extensions/${caller.id}`, { user: '1002', password: '' });
    const changed = await own.ask<Answered>('GET', '/api/me/phone');
    expect(changed.pass).toMatchObject({ user: '1002', password: secret });
  });

  it('[CALL-06] gives none without the permission, without a server, and after it was taken away', async () => {
    const agent = await makeAgent(boss, { mayCallOut: true });
    const console = await signInAs(agent);
    const phone = async () => (await console.ask<Answered>('GET', '/api/me/phone')).pass?.user ?? null;
    await boss.ask('PUT', '/api/pbx', { server });
    await boss.ask('PUT', `/api/pbx/extensions/${agent.id}`, { user: '1003', password: 'secret 1003' });
    expect(await phone()).toBe('1003');
    await boss.ask('PATCH', `/api/agents/${agent.id}`, { mayCallOut: false });
    expect(await phone()).toBeNull();
    await boss.ask('PATCH', `/api/agents/${agent.id}`, { mayCallOut: true });
    await boss.ask('PUT', '/api/pbx', { server: null });
    expect(await phone()).toBeNull();
    await boss.ask('PUT', '/api/pbx', { server });
    expect(await phone()).toBe('1003');
    await boss.ask('DELETE', `/api/pbx/extensions/${agent.id}`);
    expect(await phone()).toBeNull();
    await boss.ask('PUT', `/api/pbx/extensions/${agent.id}`, { user: '1003', password: 'secret 1003' });
    await boss.ask('DELETE', `/api/agents/${agent.id}`);
    expect(await sql('SELECT 1 FROM pbx_extensions WHERE agent_id = ?', agent.id)).toEqual([]);
  });

  it('[CALL-06] says which field of the settings is wrong, and what to enter', async () => {
    const agent = await makeAgent(boss);
    const cases: [string, object, string][] = [
      ['/api/pbx', { server: { ...server, url: 'https://pbx.example.com' } }, 'server.url'],
      ['/api/pbx', { server: { ...server, url: 'ws://pbx.example.com/ws' } }, 'server.url'],
      ['/api/pbx', { server: { ...server, domain: 'not a domain' } }, 'server.domain'],
      [`/api/pbx/extensions/${agent.id}`, { user: '10 01', password: 'x' }, 'user'],
      [`/api/pbx/extensions/${agent.id}`, { user: '1009', password: '' }, 'password'],
    ];
    for (const [path, body, field] of cases) {
      const { status, body: refused } = await boss.call<Refused>('PUT', path, body);
      expect([status, refused.error.field]).toEqual([400, field]);
    }
    const unknown = await boss.call('PUT', '/api/pbx/extensions/nobody', { user: '1', password: 'x' });
    expect(unknown.status).toBe(404);
    const local = { ...server, url: 'ws://127.0.0.1:5066/ws' };
    expect(await boss.ask<PbxSettings>('PUT', '/api/pbx', { server: local })).toMatchObject({
      server: local,
    });
  });
});
