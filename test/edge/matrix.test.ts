import { beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../edge/routes/api.ts';
import { Console, makeAgent, setUp, signInAs } from './console.ts';
import { sql } from './rows.ts';

type Access = 'open' | 'agent' | 'admin';

/** Every route of core/api.ts's table that the console's API serves, and who may call it. */
const routes: [string, string, Access][] = [
  ['GET', '/state', 'open'],
  ['POST', '/setup', 'open'],
  ['POST', '/sign-in', 'open'],
  ['GET', '/password-link/:token', 'open'],
  ['POST', '/password-link/:token', 'open'],
  ['POST', '/sign-out', 'agent'],
  ['POST', '/sign-out-everywhere', 'agent'],
  ['GET', '/me', 'agent'],
  ['PATCH', '/me', 'agent'],
  ['POST', '/me/password', 'agent'],
  ['GET', '/me/notifications', 'agent'],
  ['PATCH', '/me/notifications', 'agent'],
  ['PUT', '/me/devices', 'agent'],
  ['DELETE', '/me/devices/:id', 'agent'],
  ['POST', '/me/devices/:id/test', 'agent'],
  ['GET', '/me/phone', 'agent'],
  ['GET', '/colleagues', 'agent'],
  ['PUT', '/files', 'agent'],
  ['GET', '/agents', 'admin'],
  ['POST', '/agents', 'admin'],
  ['PATCH', '/agents/:id', 'admin'],
  ['DELETE', '/agents/:id', 'admin'],
  ['POST', '/agents/:id/password-link', 'admin'],
  ['POST', '/agents/:id/sign-out', 'admin'],
  ['GET', '/groups', 'admin'],
  ['POST', '/groups', 'admin'],
  ['PATCH', '/groups/:id', 'admin'],
  ['DELETE', '/groups/:id', 'admin'],
  ['GET', '/queues', 'admin'],
  ['POST', '/queues', 'admin'],
  ['PATCH', '/queues/:id', 'admin'],
  ['POST', '/queues/delete', 'admin'],
  ['GET', '/channels', 'admin'],
  ['GET', '/channels/:id', 'admin'],
  ['POST', '/channels', 'admin'],
  ['PATCH', '/channels/:id', 'admin'],
  ['POST', '/channels/delete', 'admin'],
  ['POST', '/channels/:id/identity-secret', 'admin'],
  ['DELETE', '/channels/:id/identity-secret', 'admin'],
  ['GET', '/channels/:id/embed', 'admin'],
  ['POST', '/channels/:id/embed/email', 'admin'],
  ['POST', '/channels/drafts', 'admin'],
  ['GET', '/channels/:id/webhook', 'admin'],
  ['POST', '/channels/:id/webhook', 'admin'],
  ['POST', '/channels/:id/check', 'admin'],
  ['POST', '/channels/:id/test', 'admin'],
  ['GET', '/channels/:id/events', 'admin'],
  ['POST', '/channels/:id/events/:event/replay', 'admin'],
  ['GET', '/channels/:id/templates', 'admin'],
  ['POST', '/channels/:id/templates/refresh', 'admin'],
  ['GET', '/campaigns', 'admin'],
  ['POST', '/campaigns', 'admin'],
  ['GET', '/campaigns/count', 'admin'],
  ['POST', '/campaigns/delete', 'admin'],
  ['GET', '/campaigns/:id', 'admin'],
  ['PUT', '/campaigns/:id', 'admin'],
  ['POST', '/campaigns/:id/recipients', 'admin'],
  ['POST', '/campaigns/:id/recipients/delete', 'admin'],
  ['GET', '/campaigns/:id/recipients', 'admin'],
  ['PUT', '/campaigns/:id/file', 'admin'],
  ['GET', '/campaigns/:id/file', 'admin'],
  ['DELETE', '/campaigns/:id/file', 'admin'],
  ['POST', '/campaigns/:id/pause', 'admin'],
  ['POST', '/campaigns/:id/resume', 'admin'],
  ['POST', '/campaigns/:id/cancel', 'admin'],
  ['POST', '/campaigns/:id/retry', 'admin'],
  ['POST', '/campaigns/:id/duplicate', 'admin'],
  ['GET', '/labels', 'agent'],
  ['POST', '/labels', 'agent'],
  ['PATCH', '/labels/:id', 'admin'],
  ['DELETE', '/labels/:id', 'admin'],
  ['GET', '/canned-responses', 'agent'],
  ['POST', '/canned-responses', 'agent'],
  ['PATCH', '/canned-responses/:id', 'agent'],
  ['DELETE', '/canned-responses/:id', 'agent'],
  ['GET', '/contacts', 'agent'],
  ['GET', '/contacts/duplicates', 'admin'],
  ['GET', '/contacts/:id', 'agent'],
  ['POST', '/contacts', 'agent'],
  ['PUT', '/contacts/:id', 'agent'],
  ['POST', '/contacts/delete', 'admin'],
  ['POST', '/contacts/merge', 'admin'],
  ['POST', '/contacts/import', 'admin'],
  ['GET', '/phonebooks', 'agent'],
  ['POST', '/phonebooks', 'admin'],
  ['PATCH', '/phonebooks/:id', 'admin'],
  ['DELETE', '/phonebooks/:id', 'admin'],
  ['GET', '/hours', 'admin'],
  ['PUT', '/hours', 'admin'],
  ['GET', '/settings', 'admin'],
  ['PATCH', '/settings', 'admin'],
  ['POST', '/settings/test-email', 'admin'],
  ['GET', '/calls', 'admin'],
  ['PUT', '/calls', 'admin'],
  ['POST', '/calls/test', 'admin'],
  ['GET', '/pbx', 'admin'],
  ['PUT', '/pbx', 'admin'],
  ['PUT', '/pbx/extensions/:agent', 'admin'],
  ['DELETE', '/pbx/extensions/:agent', 'admin'],
  ['GET', '/audit', 'admin'],
];

const callers = {
  anonymous: () => Promise.resolve(new Console()),
  forged: async () => withCookie('__Host-parley=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  agent: async () => signInAs(await makeAgent(boss)),
  admin: async () => signInAs(await makeAgent(boss, { role: 'admin' })),
  disabled: async () => {
    const admin = await makeAgent(boss, { role: 'admin' });
    const console = await signInAs(admin);
    // Past the API, which would have ended the sign-in, too: being disabled has to be enough.
    await sql('UPDATE agents SET enabled = 0 WHERE id = ?', admin.id);
    return console;
  },
  expired: async () => {
    const admin = await makeAgent(boss, { role: 'admin' });
    const console = await signInAs(admin);
    await sql('UPDATE sign_ins SET expires_at = ? WHERE agent_id = ?', Date.now() - 1, admin.id);
    return console;
  },
};

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});

function withCookie(cookie: string): Console {
  const console = new Console();
  console.cookie = cookie;
  return console;
}

function refusalFor(access: Access, caller: keyof typeof callers): 401 | 403 | null {
  if (access === 'open' || caller === 'admin') return null;
  if (caller !== 'agent') return 401;
  return access === 'admin' ? 403 : null;
}

describe('every route of the API', () => {
  it('[GEN-03] stands in the table below', () => {
    const served = api.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.length > 1 ? path.replace(/\/$/, '') : path}`);
    expect(new Set(served)).toEqual(new Set(routes.map(([method, path]) => `${method} ${path}`)));
  });

  for (const caller of Object.keys(callers) as (keyof typeof callers)[]) {
    it(`[GEN-03] lets in or refuses a caller who is: ${caller}`, { timeout: 60_000 }, async () => {
      const signIn = callers[caller];
      const shared = await signIn();
      for (const [method, path, access] of routes) {
        const endsSignIn = path.startsWith('/sign-out') && refusalFor(access, caller) === null;
        const console = endsSignIn ? await signIn() : withCookie(shared.cookie);
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        const reply = await console.call(method, `/api${path.replace(/:\w+/, 'nobody')}`, body);
        const expected = refusalFor(access, caller);
        const what = `${caller} ${method} ${path} → ${reply.status}`;
        if (expected !== null) expect(reply.status, what).toBe(expected);
        else expect([200, 400, 404, 409, 415, 503], what).toContain(reply.status);
      }
    });
  }

  it('[GEN-03] refuses admins from another page, whatever the route', async () => {
    for (const [method, path] of routes.filter(([way]) => way !== 'GET')) {
      const reply = await boss.call(
        method,
        `/api${path.replace(/:\w+/, 'nobody')}`,
        {},
        { origin: 'https://evil.example' },
      );
      expect([method, path, reply.status, reply.body.error.code]).toEqual([
        method,
        path,
        403,
        'origin_refused',
      ]);
    }
  });
});
