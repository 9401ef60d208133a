/**
 * Pusher: carries what agents are to be told to the push services of their browsers (RFC 8030), apart from the Desk,
 * which must not wait for anybody. Orders are written down before they are taken, and tried until they are taken or
 * too old; nothing goes to a device that was removed meanwhile.
 */
import { DurableObject } from 'cloudflare:workers';
import { workspaceOf, type Env } from '../env.ts';
import { Connections } from '../outbound.ts';
import { sendPush, type PushOutcome } from '../webPush.ts';
import type { PushOrder, PushTarget, PushTargets } from './contracts.ts';
import { migrate } from './migrations.ts';
import { Timers, timersSchema } from './timers.ts';

const schema = `
  -- One push on its way: the newest about a session for a device.
  CREATE TABLE pushes (
    device TEXT NOT NULL,
    session TEXT NOT NULL,
    agent TEXT NOT NULL,
    message TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (device, session)
  ) WITHOUT ROWID;
  CREATE INDEX pushes_due ON pushes (due_at);
`;

const sendTimer = 'send';
/** Calls at once: one of the platform's six connections is left. */
const calls = 5;
/** How long a push is worth being told, at the push service too. */
const lifetimeMs = 12 * 3_600_000;
const firstPauseMs = 1_000;
const longestPauseMs = 600_000;
/** An instance that ends leaves its calls to the next one after this time. */
const backstopMs = 5_000;
/** Devices that were just looked up are not looked up again. */
const targetsFreshMs = 1_000;

type PushRow = {
  device: string;
  session: string;
  agent: string;
  message: string;
  tries: number;
  due_at: number;
  expires_at: number;
};

export class Pusher extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly connections = new Connections();
  private readonly underWay = new Map<string, Promise<void>>();
  private known: { at: number; agents: Set<string>; targets: PushTargets } | null = null;
  private pumping: Promise<void> | null = null;
  private again = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, [schema + timersSchema]);
    this.timers = new Timers(ctx.storage);
  }

  /** Takes orders; resolves when they are written down. */
  async push(orders: PushOrder[]): Promise<void> {
    const { devices } = await this.targets([...new Set(orders.map(({ agent }) => agent))], 0);
    const now = Date.now();
    for (const { agent, device, message } of orders) {
      for (const target of devices) {
        if (target.agent !== agent || (device !== undefined && target.id !== device)) continue;
        this.ctx.storage.sql.exec(
          'INSERT OR REPLACE INTO pushes VALUES (?, ?, ?, ?, 0, ?, ?)',
          target.id,
          message.session ?? '',
          agent,
          JSON.stringify(message),
          now,
          now + lifetimeMs,
        );
      }
    }
    this.wake();
    void this.pump();
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async () => {
      await this.pump();
      await Promise.allSettled(this.underWay.values());
      return this.nextAt();
    });
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  /** Starts what is due, as far as there are connections. One run at a time; whoever comes meanwhile starts another. */
  private pump(): Promise<void> {
    this.again = true;
    this.pumping ??= (async () => {
      try {
        while (this.again) {
          this.again = false;
          await this.start();
        }
      } catch (error) {
        console.error(JSON.stringify({ event: 'push.failed', error: String(error) }));
      } finally {
        this.pumping = null;
        this.wake();
      }
    })();
    return this.pumping;
  }

  private async start(): Promise<void> {
    const now = Date.now();
    this.ctx.storage.sql.exec('DELETE FROM pushes WHERE expires_at <= ?', now);
    const due = this.ctx.storage.sql
      .exec<PushRow>(
        'SELECT * FROM pushes WHERE due_at <= ? ORDER BY due_at LIMIT ?',
        now,
        calls + this.underWay.size,
      )
      .toArray()
      .filter((row) => !this.underWay.has(keyOf(row)));
    if (due.length === 0) return;
    const { vapid, devices } = await this.targets(
      [...new Set(due.map(({ agent }) => agent))],
      targetsFreshMs,
    );
    for (const row of due) {
      if (this.underWay.size >= calls) return;
      const target = devices.find(({ id, agent }) => id === row.device && agent === row.agent);
      if (!target || !vapid) {
        this.done(row);
        continue;
      }
      const call = this.carry(row, target, vapid).finally(() => {
        this.underWay.delete(keyOf(row));
        void this.pump();
      });
      this.underWay.set(keyOf(row), call);
    }
  }

  private async carry(
    row: PushRow,
    target: PushTarget,
    vapid: NonNullable<PushTargets['vapid']>,
  ): Promise<void> {
    const ttlSeconds = Math.ceil((row.expires_at - Date.now()) / 1000);
    const outcome = await sendPush(
      this.env,
      { ...target, topic: row.session, text: row.message, ttlSeconds },
      vapid,
      this.connections,
    );
    await this.settle(row, outcome);
  }

  private async settle(row: PushRow, outcome: PushOutcome): Promise<void> {
    const now = Date.now();
    if (outcome.kind !== 'taken') {
      console.warn(JSON.stringify({ event: 'push.refused', device: row.device, ...outcome }));
    }
    if (outcome.kind === 'later') {
      const pauseMs = outcome.afterMs ?? Math.min(longestPauseMs, firstPauseMs * 4 ** row.tries);
      // Of a push that was replaced meanwhile the newer one is due already.
      this.ctx.storage.sql.exec(
        'UPDATE pushes SET due_at = ?, tries = tries + 1 WHERE device = ? AND session = ? AND message = ?',
        now + pauseMs,
        row.device,
        row.session,
        row.message,
      );
      return;
    }
    if (outcome.kind === 'gone') {
      this.ctx.storage.sql.exec('DELETE FROM pushes WHERE device = ?', row.device);
    } else {
      this.done(row);
    }
    const used = outcome.kind === 'taken' ? [row.device] : [];
    const gone = outcome.kind === 'gone' ? [row.device] : [];
    if (used.length + gone.length === 0) return;
    try {
      await workspaceOf(this.env).pushesReported({ used, gone, at: now });
    } catch (error) {
      // A device that stays is found to be gone again with the next push.
      console.error(JSON.stringify({ event: 'push.unreported', error: String(error) }));
    }
  }

  /** Forgets a push, unless a newer one has taken its place. */
  private done({ device, session, message }: PushRow): void {
    this.ctx.storage.sql.exec(
      'DELETE FROM pushes WHERE device = ? AND session = ? AND message = ?',
      device,
      session,
      message,
    );
  }

  private async targets(agents: string[], freshMs: number): Promise<PushTargets> {
    const { known } = this;
    const isFresh = known && Date.now() - known.at < freshMs && agents.every((id) => known.agents.has(id));
    if (isFresh) return known.targets;
    const at = Date.now();
    const targets = await workspaceOf(this.env).pushTargets(agents);
    this.known = { at, agents: new Set(agents), targets };
    return targets;
  }

  /** Sets the timer for what nobody works on, and for the case that whoever does ends. */
  private wake(): void {
    const at = this.nextAt();
    if (at !== null && this.timers.dueAt(sendTimer) !== at) this.timers.set(sendTimer, at);
  }

  private nextAt(): number | null {
    const { at } = this.ctx.storage.sql
      .exec<{ at: number | null }>('SELECT MIN(due_at) AS at FROM pushes')
      .one();
    if (at === null) return null;
    return this.underWay.size > 0 || this.pumping ? Math.max(at, Date.now() + backstopMs) : at;
  }
}

function keyOf({ device, session }: Pick<PushRow, 'device' | 'session'>): string {
  return `${device}|${session}`;
}
