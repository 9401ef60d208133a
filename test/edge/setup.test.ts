import { describe, expect, it } from 'vitest';
import type { AuditEntry, Me, State } from '../../core/api.ts';
import { Console, setupBody } from './console.ts';

describe('first start', () => {
  it('[GEN-01] serves nothing but health, pages, state and setup until there is an admin', async () => {
    const visitor = new Console();
    expect((await visitor.call('GET', '/health')).body).toEqual({ status: 'ok' });
    expect((await visitor.call<State>('GET', '/api/state')).body).toMatchObject({
      setupNeeded: true,
      me: null,
    });
    for (const [method, path] of [
      ['GET', '/api/me'],
      ['POST', '/api/sign-in'],
      ['GET', '/api/channels'],
      ['GET', '/api/nothing'],
      ['POST', '/visitor/hello'],
      ['GET', '/desk'],
      ['GET', '/files/x.png'],
      ['GET', '/media/x.png'],
      ['POST', '/anything'],
    ] as const) {
      const reply = await visitor.call(method, path, method === 'POST' ? {} : undefined);
      expect([path, reply.status, reply.body.error?.code]).toEqual([path, 503, 'setup_needed']);
    }
  });

  it('[GEN-01] refuses a setup with a weak or common password, and one without what it needs', async () => {
    const visitor = new Console();
    const short = await visitor.call('POST', '/api/setup', setupBody({ password: 'short' }));
    expect(short.body.error).toMatchObject({ code: 'invalid_input', field: 'password' });
    const common = await visitor.call('POST', '/api/setup', setupBody({ password: 'Password123' }));
    expect(common.body.error).toMatchObject({ code: 'password_weak', field: 'password' });
    const zone = await visitor.call('POST', '/api/setup', setupBody({ timeZone: 'Mars/Base' }));
    expect(zone.body.error).toMatchObject({ code: 'invalid_input', field: 'timeZone' });
    expect((await visitor.call<State>('GET', '/api/state')).body.setupNeeded).toBe(true);
  });

  it('[GEN-01] lets exactly one of several setups at once win, and none after it', async () => {
    const visitors = [1, 2, 3].map(() => new Console());
    const replies = await Promise.all(
      visitors.map((visitor, index) =>
        visitor.call<Me>('POST', '/api/setup', setupBody({ email: `admin${index}@example.com` })),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const winner = visitors[replies.findIndex(({ status }) => status === 200)];
    const agents = await winner?.ask<{ agents: { role: string }[] }>('GET', '/api/agents');
    expect(agents?.agents).toHaveLength(1);
    expect(agents?.agents[0]?.role).toBe('admin');

    const late = await new Console().call('POST', '/api/setup', setupBody({ email: 'late@example.com' }));
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'setup_done' } } });

    const state = await winner?.ask<State>('GET', '/api/state');
    expect(state).toMatchObject({ setupNeeded: false, workspaceName: 'Example Shop', me: { role: 'admin' } });
    const hours = await winner?.ask<{ hours: { timeZone: string }; now: string }>('GET', '/api/hours');
    expect(hours).toMatchObject({ hours: { timeZone: 'Europe/Berlin' }, now: 'open' });
    const audit = await winner?.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    expect(audit?.entries.map(({ action }) => action)).toEqual(['agent.created', 'workspace.setUp']);
  });
});
