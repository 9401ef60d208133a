/** What holds the workspace's parts together: its tables, its alarm, and the one way in which anything changes. */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../env.ts';
import { migrate } from '../migrations.ts';
import { outboxTimer } from '../outbox.ts';
import { signInAllowance } from './limits.ts';
import { Parts } from './parts.ts';
import { workspaceSchema } from './schema.ts';

const sweepTimer = 'sweep';
const sweepEveryMs = 6 * 3_600_000;

export abstract class WorkspaceObject extends DurableObject<Env> {
  protected readonly parts: Parts;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.parts = new Parts(ctx.storage, env);
    void ctx.blockConcurrencyWhile(async () => migrate(ctx.storage, workspaceSchema));
  }

  override alarm(): Promise<void> {
    return this.parts.timers.run(Date.now, (key, now) =>
      key === outboxTimer ? this.parts.outbox.onTimer(now) : this.sweep(now),
    );
  }

  protected change<T>(work: () => T): Promise<T> {
    return this.parts.changes.run(work);
  }

  protected startSweeping(): void {
    this.parts.timers.set(sweepTimer, Date.now() + sweepEveryMs);
  }

  private sweep(now: number): number {
    const { signIns, links, audit, limits } = this.parts;
    for (const part of [signIns, links, audit]) part.sweep(now);
    limits.sweep(signInAllowance, now);
    return now + sweepEveryMs;
  }
}
