import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../core/api.ts';
import worker from '../../edge/worker.ts';
import type { Env } from '../../edge/env.ts';
import { Console, origin } from './console.ts';
import { bindings } from './rows.ts';

const get = (path: string, env: Env) =>
  worker.fetch(new Request(`${origin}${path}`), env, createExecutionContext());
const deployment = (email: string, password: string) => ({
  ...bindings,
  PARLEY_ADMIN_EMAIL: email,
  PARLEY_ADMIN_PASSWORD: password,
});

describe('unattended setup', () => {
  it('[GEN-01] refuses a weak first password and says so in the log only', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined);
    for (const [email, password] of [
      ['root@example.com', 'short'],
      ['root@example.com', 'password1234'],
      ['root', 'a fine long password'],
    ] as const) {
      const state = await (await get('/api/state', deployment(email, password))).json();
      expect(state).toMatchObject({ setupNeeded: true });
    }
    expect(log).toHaveBeenCalledTimes(3);
    expect(JSON.stringify(log.mock.calls)).not.toContain('password1234');
    log.mockRestore();
  });

  it('[GEN-01] takes the first admin from the environment, once, and not after somebody else', async () => {
    const env = deployment('Root.Person@example.com', 'a fine long password');
    const states = await Promise.all([1, 2, 3].map(async () => (await get('/api/state', env)).json()));
    for (const state of states) expect(state).toMatchObject({ setupNeeded: false });

    const console = new Console();
    const me = await console.ask('POST', '/api/sign-in', { login: '1000', password: 'a fine long password' });
    expect(me).toMatchObject({ name: 'root.person', email: 'root.person@example.com', role: 'admin' });
    const { entries } = await console.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    expect(entries.map(({ action, who }) => [action, who.name])).toEqual([
      ['agent.created', 'system'],
      ['workspace.setUp', 'system'],
    ]);
    await get('/api/state', deployment('other@example.com', 'a fine long password'));
    const { agents } = await console.ask<{ agents: unknown[] }>('GET', '/api/agents');
    expect(agents).toHaveLength(1);
  });
});
