import { beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../../core/agent.ts';
import type { AuditEntry, Me } from '../../core/api.ts';
import { Console, admin, agentPassword, makeAgent, origin, setUp, signInAs } from './console.ts';
import { recordNotices, sql } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});

const hour = 3_600_000;
const tokenOf = (console: Console) => console.cookie.split('=')[1] ?? '';

describe('signing in', () => {
  it('[GEN-02] signs in by e-mail in any case or by extension number, and out again', async () => {
    for (const login of ['ADMIN@example.com ', admin.email, admin.extension]) {
      const console = new Console();
      const me = await console.ask<Me>('POST', '/api/sign-in', { login, password: admin.password });
      expect(me).toMatchObject({ email: admin.email, extension: '1000', role: 'admin' });
      expect(me).not.toHaveProperty('hasPassword');
      expect(await console.ask('GET', '/api/me')).toEqual(me);
      const stolen = console.cookie;
      await console.ask('POST', '/api/sign-out', {});
      expect(console.cookie).toBe('');
      console.cookie = stolen;
      expect(await console.call('GET', '/api/me')).toMatchObject({
        status: 401,
        body: { error: { code: 'sign_in_required' } },
      });
    }
  });

  it('[GEN-02] answers an unknown login and a wrong password alike', async () => {
    const wrong = await new Console().call('POST', '/api/sign-in', {
      login: admin.email,
      password: 'not this one',
    });
    const unknown = await new Console().call('POST', '/api/sign-in', {
      login: 'who@example.com',
      password: 'not this one',
    });
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.code).toBe('sign_in_failed');
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  });

  it('[GEN-02] keeps the token in a host-only cookie, and in the database only its digest', async () => {
    const console = new Console();
    const reply = await console.call('POST', '/api/sign-in', {
      login: admin.email,
      password: admin.password,
    });
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^__Host-parley=[\w-]{43}; Max-Age=1209\d{3}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const rows = JSON.stringify(await sql('SELECT * FROM sign_ins'));
    expect(rows).not.toContain(tokenOf(console));
  });

  it('[GEN-02] leaves the prefix and Secure out over plain HTTP only', async () => {
    const credentials = { login: admin.email, password: admin.password };
    const plain = await new Console('203.0.113.7', 'http://chat.example.com').call(
      'POST',
      '/api/sign-in',
      credentials,
    );
    expect(plain.headers.get('set-cookie')).toMatch(
      /^parley=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const behindProxy = await new Console('203.0.113.7', 'http://chat.example.com').call(
      'POST',
      '/api/sign-in',
      credentials,
      { origin: 'https://chat.example.com' },
    );
    expect(behindProxy.headers.get('set-cookie')).toMatch(/^__Host-parley=.*Secure/);
  });

  it('[GEN-02] allows ten tries for an account, then asks to wait, whatever address they come from', async () => {
    const agent = await makeAgent(boss);
    for (let n = 0; n < 10; n++) {
      const reply = await new Console(`198.51.100.${n}`).call('POST', '/api/sign-in', {
        login: n % 2 === 0 ? agent.email : agent.extension,
        password: 'a wrong password',
      });
      expect(reply.status).toBe(401);
    }
    const right = { login: agent.email, password: agentPassword };
    const limited = await new Console('198.51.100.99').call('POST', '/api/sign-in', right);
    expect(limited).toMatchObject({ status: 429, body: { error: { code: 'too_many_requests' } } });
    const seconds = Number(limited.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThanOrEqual(30);

    await sql('UPDATE buckets SET at = at - 30000 WHERE key = ?', `account:${agent.id}`);
    expect((await new Console('198.51.100.99').call('POST', '/api/sign-in', right)).status).toBe(200);
    // Being right clears the account, so that the next slip is not punished.
    expect(await sql('SELECT * FROM buckets WHERE key = ?', `account:${agent.id}`)).toEqual([]);
  });

  it('[GEN-02] allows ten wrong tries from an address, whatever accounts they are for', async () => {
    const attacker = new Console('192.0.2.66');
    for (let n = 0; n < 10; n++) {
      const reply = await attacker.call('POST', '/api/sign-in', {
        login: `guess${n}@example.com`,
        password: 'a wrong password',
      });
      expect(reply.status).toBe(401);
    }
    const limited = await attacker.call('POST', '/api/sign-in', {
      login: admin.email,
      password: admin.password,
    });
    expect(limited.status).toBe(429);
    const elsewhere = await new Console('192.0.2.67').call('POST', '/api/sign-in', {
      login: admin.email,
      password: admin.password,
    });
    expect(elsewhere.status).toBe(200);
  });

  it('[GEN-08] writes failed tries down without what may be a password typed in the wrong field', async () => {
    await new Console('192.0.2.1').call('POST', '/api/sign-in', { login: 'hunter2 hunter2', password: 'x' });
    await new Console('192.0.2.1').call('POST', '/api/sign-in', {
      login: 'nobody@example.com',
      password: 'x',
    });
    await new Console('192.0.2.1').call('POST', '/api/sign-in', { login: admin.email, password: 'x' });
    const { entries } = await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    const failed = entries.slice(0, 3);
    expect(failed.map(({ action, who, address }) => [action, who.name, address])).toEqual([
      ['signIn.failed', 'First Admin', '192.0.2.1'],
      ['signIn.failed', 'nobody@example.com', '192.0.2.1'],
      ['signIn.failed', 'unknown', '192.0.2.1'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
  });
});

describe('the life of a sign-in', () => {
  it('[GEN-02] lasts 14 days from its last use, written at most once an hour', async () => {
    const agent = await makeAgent(boss);
    const console = await signInAs(agent);
    const expiry = async () => {
      const [row] = await sql<{ expires_at: number }>(
        'SELECT expires_at FROM sign_ins WHERE agent_id = ?',
        agent.id,
      );
      return row?.expires_at ?? 0;
    };
    const first = await expiry();
    await console.ask('GET', '/api/me');
    expect(await expiry()).toBe(first);
    await sql(
      'UPDATE sign_ins SET slid_at = slid_at - ?, expires_at = expires_at - ? WHERE agent_id = ?',
      2 * hour,
      2 * hour,
      agent.id,
    );
    await console.ask('GET', '/api/me');
    expect(await expiry()).toBeGreaterThanOrEqual(first);

    // The app asks for the state at every start, and gets the cookie prolonged with it.
    const state = await console.call('GET', '/api/state');
    expect(state.headers.get('set-cookie')).toContain(console.cookie);

    await sql('UPDATE sign_ins SET expires_at = ? WHERE agent_id = ?', Date.now() - 1, agent.id);
    expect((await console.call('GET', '/api/me')).status).toBe(401);
    expect(await console.ask('GET', '/api/state')).toMatchObject({ me: null });
  });

  it('[GEN-02] signs out everywhere, and an admin can do that for others', async () => {
    const agent = await makeAgent(boss);
    const [phone, desktop] = [await signInAs(agent), await signInAs(agent)];
    const notices = recordNotices();
    await phone.ask('POST', '/api/sign-out-everywhere', {});
    expect((await desktop.call('GET', '/api/me')).status).toBe(401);
    expect(notices).toEqual([{ kind: 'signedOut', agent: agent.id, signIns: null }]);

    const again = await signInAs(agent);
    await boss.ask('POST', `/api/agents/${agent.id}/sign-out`, {});
    expect((await again.call('GET', '/api/me')).status).toBe(401);
    expect((await boss.call('POST', '/api/agents/nobody/sign-out', {})).status).toBe(404);
  });

  it('[GEN-02] changes the password: other sign-ins end, this one gets a new token', async () => {
    const agent = await makeAgent(boss);
    const [here, there] = [await signInAs(agent), await signInAs(agent)];
    const wrong = await here.call('POST', '/api/me/password', {
      current: 'not this one',
      password: 'a brand new one',
    });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: { code: 'password_wrong', field: 'current' } },
    });
    const weak = await here.call('POST', '/api/me/password', {
      current: agentPassword,
      password: agent.email,
    });
    expect(weak.body.error).toMatchObject({ code: 'password_weak', field: 'password' });

    const old = here.cookie;
    const notices = recordNotices();
    await here.ask('POST', '/api/me/password', { current: agentPassword, password: 'a brand new one' });
    expect(here.cookie).not.toBe(old);
    expect((await here.call('GET', '/api/me')).status).toBe(200);
    expect((await there.call('GET', '/api/me')).status).toBe(401);
    expect(notices).toMatchObject([{ kind: 'signedOut', agent: agent.id, signIns: [expect.any(String)] }]);
    there.cookie = old;
    expect((await there.call('GET', '/api/me')).status).toBe(401);
    await signInAs(agent, 'a brand new one');
    await expect(signInAs(agent)).rejects.toThrow('sign_in_failed');
  });

  it('[GEN-03] changes the own profile, and nothing else of it', async () => {
    const agent = await makeAgent(boss);
    const console = await signInAs(agent);
    const photo = '/files/aaaaaaaaaaaaaaaaaaaaaaaa.png';
    const me = await console.ask<Me>('PATCH', '/api/me', {
      name: 'Renamed',
      photo,
      role: 'admin',
      email: 'x@example.com',
    });
    expect(me).toMatchObject({ name: 'Renamed', photo, role: 'agent', email: agent.email });
    const bad = await console.call('PATCH', '/api/me', { photo: 'https://elsewhere.example/x.png' });
    expect(bad.body.error).toMatchObject({ code: 'invalid_input', field: 'photo' });
    const colleagues = await console.ask<{ agents: { id: string; name: string }[] }>(
      'GET',
      '/api/colleagues',
    );
    expect(colleagues.agents.find(({ id }) => id === agent.id)?.name).toBe('Renamed');
    expect(JSON.stringify(colleagues)).not.toContain('@example.com');
  });
});

describe('one-time password links', () => {
  const linkOf = async (path: string, body: unknown) => {
    const { passwordLink } = await boss.ask<{ passwordLink: string }>('POST', path, body);
    expect(passwordLink).toMatch(/^https:\/\/chat\.example\.com\/password\/[\w-]{43}$/);
    return `/api/password-link/${passwordLink.split('/').at(-1)}`;
  };

  it('[GEN-02] a new agent chooses a password by a link that works once', async () => {
    const input = {
      extension: '3001',
      name: 'Newcomer',
      email: 'new@example.com',
      role: 'agent',
      photo: null,
      groups: [],
    };
    const made = { ...input, mayCallOut: false, enabled: true, password: null };
    const { agent, passwordLink } = await boss.ask<{ agent: Agent; passwordLink: string }>(
      'POST',
      '/api/agents',
      made,
    );
    expect(agent.hasPassword).toBe(false);
    const path = `/api/password-link/${passwordLink.split('/').at(-1)}`;
    const rows = JSON.stringify(await sql('SELECT * FROM password_links'));
    expect(rows).not.toContain(path.split('/').at(-1));

    const console = new Console();
    expect(await console.ask('GET', path)).toEqual({ name: 'Newcomer' });
    const weak = await console.call('POST', path, { password: '1234567890' });
    expect(weak.body.error.code).toBe('password_weak');
    const me = await console.ask<Me>('POST', path, { password: 'chosen by the newcomer' });
    expect(me.id).toBe(agent.id);
    expect((await console.call('GET', '/api/me')).status).toBe(200);
    expect(await new Console().call('GET', path)).toMatchObject({
      status: 404,
      body: { error: { code: 'link_expired' } },
    });
    expect((await new Console().call('POST', path, { password: 'somebody else’s choice' })).status).toBe(404);
    await signInAs(agent, 'chosen by the newcomer');
  });

  it('[GEN-02] an admin resets a password: the old one and all sign-ins end', async () => {
    const agent = await makeAgent(boss);
    const console = await signInAs(agent);
    const path = await linkOf(`/api/agents/${agent.id}/password-link`, {});
    expect((await console.call('GET', '/api/me')).status).toBe(200);
    await new Console().ask('POST', path, { password: 'after the reset' });
    expect((await console.call('GET', '/api/me')).status).toBe(401);
    await expect(signInAs(agent)).rejects.toThrow('sign_in_failed');
    await signInAs(agent, 'after the reset');
  });

  it('[GEN-02] a link expires after 24 hours, with the next link, and with its agent', async () => {
    const agent = await makeAgent(boss);
    const make = () => linkOf(`/api/agents/${agent.id}/password-link`, {});
    const first = await make();
    const second = await make();
    expect((await new Console().call('GET', first)).status).toBe(404);
    expect((await new Console().call('GET', second)).status).toBe(200);
    const [row] = await sql<{ expires_at: number }>(
      'SELECT expires_at FROM password_links WHERE agent_id = ?',
      agent.id,
    );
    expect(Math.abs((row?.expires_at ?? 0) - Date.now() - 24 * hour)).toBeLessThan(60_000);
    await sql('UPDATE password_links SET expires_at = ? WHERE agent_id = ?', Date.now(), agent.id);
    expect((await new Console().call('GET', second)).status).toBe(404);
    const third = await make();
    await boss.ask('PATCH', `/api/agents/${agent.id}`, { enabled: false });
    expect((await new Console().call('POST', third, { password: 'too late for this' })).status).toBe(404);
    expect((await new Console().call('GET', '/api/password-link/guess')).status).toBe(404);
  });
});

describe('changes from other pages', () => {
  it('[GEN-03] accepts changes only from our own pages, and only as JSON', async () => {
    const body = { name: 'First Admin', photo: null };
    const attempts: [Record<string, string | null>, number][] = [
      [{}, 200],
      [{ origin: 'https://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: null }, 403],
      [{ origin: `${origin}.evil.example` }, 403],
      [{ origin, 'sec-fetch-site': 'cross-site' }, 403],
      [{ origin, 'sec-fetch-site': 'same-site' }, 403],
      [{ origin: null, 'sec-fetch-site': 'same-origin' }, 200],
      [{ 'content-type': 'text/plain' }, 400],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, 400],
      [{ 'content-type': null }, 400],
    ];
    for (const [headers, status] of attempts) {
      const reply = await boss.call('PATCH', '/api/me', body, headers);
      expect([headers, reply.status]).toEqual([headers, status]);
    }
  });

  it('[GEN-03] refuses what is not JSON, not UTF-8, or larger than 256 KB', async () => {
    const json = { 'content-type': 'application/json' };
    expect((await boss.call('PATCH', '/api/me', '{"name":', json)).body.error.code).toBe('invalid_input');
    expect((await boss.call('PATCH', '/api/me', new Uint8Array([0xff, 0xfe, 0x22]), json)).status).toBe(400);
    const large = await boss.call('PATCH', '/api/me', { name: 'x'.repeat(300_000) });
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
  });

  it('[GEN-03] answers unknown addresses and data with headers fit for data', async () => {
    const reply = await boss.call('GET', '/api/nothing');
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });
});
