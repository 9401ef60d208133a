/** Looks and meddles inside the Workspace object, for what no call can show or wait for. */
import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';
import { Desk } from '../../edge/objects/desk.ts';
import type { DeskNotice } from '../../edge/objects/contracts.ts';
import type { Env } from '../../edge/env.ts';

export const bindings = env as unknown as Env;

/** Runs SQL in the Workspace's database and answers its rows. */
export function sql<T extends Record<string, SqlStorageValue>>(
  query: string,
  ...binds: unknown[]
): Promise<T[]> {
  const stub = bindings.WORKSPACE.getByName('workspace');
  return runInDurableObject(stub, (_, state) => state.storage.sql.exec<T>(query, ...binds).toArray());
}

/** Everything that the Workspace tells the Desk from now on; the Desk hears it, too. */
export function recordNotices(): DeskNotice[] {
  const notices: DeskNotice[] = [];
  vi.restoreAllMocks();
  const real = Desk.prototype.notice;
  vi.spyOn(Desk.prototype, 'notice').mockImplementation(function (this: Desk, notice) {
    notices.push(notice);
    return real.call(this, notice);
  });
  return notices;
}
