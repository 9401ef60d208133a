/**
 * Whom to push to when a customer writes (AG-13): agents who see the session, have not read it, look at no page of
 * ours, and want to be told. It is decided a moment later and not while the message passes, so that it costs the way
 * of messages next to nothing, and what was read meanwhile disturbs nobody.
 */
import { mayNotify, notificationText } from '../../../core/notifications.ts';
import type { SessionSummary } from '../../../core/protocol.ts';
import type { PushOrder } from '../contracts.ts';
import type { Timers } from '../timers.ts';
import type { Connections } from './connections.ts';
import { isRemoved, lastSeq, type Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';
import type { Views } from './views.ts';

export const pushesSchema = `
  -- A session in which something happened that agents may have to be pushed to about.
  CREATE TABLE pushes (session TEXT PRIMARY KEY, seq INTEGER NOT NULL, due_at INTEGER NOT NULL) WITHOUT ROWID;
`;

export const pushTimer = 'push';
/** Who reads it within this time, or comes back from a reload, is not pushed to. */
const graceMs = 1_000;
/** An agent is pushed to about a session once in this time, unless they read it in between. */
const gapMs = 10_000;

type PushRow = { session: string; seq: number; due_at: number };

/** What an agent was told of a session last. */
interface Told {
  at: number;
  inbound: number;
  owner: string | null;
}

export class Pushes {
  /** By session, then agent. Lost with the instance, which costs a repeated push at most. */
  private readonly told = new Map<string, Map<string, Told>>();

  constructor(
    private readonly sql: SqlStorage,
    private readonly timers: Timers,
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly connections: Connections,
    private readonly views: Views,
    private readonly send: (orders: PushOrder[]) => Promise<void>,
  ) {}

  /** Looks at a change of a session as it passes. */
  note(before: SessionSummary | null, after: SessionSummary, now: number): void {
    if (after.status !== 'open') return;
    const wrote = after.inbound > (before?.inbound ?? 0);
    const given = before !== null && after.route.agent?.id !== before.route.agent?.id;
    if (!(wrote || given)) return;
    // Who still looks is asked later: a page that was just closed, or fell asleep, looks as if it were there.
    if (this.candidates(after).length === 0) return;
    this.sql.exec(
      'INSERT INTO pushes VALUES (?1, ?2, ?3) ON CONFLICT (session) DO UPDATE SET seq = ?2',
      after.id,
      after.seq,
      now + graceMs,
    );
    this.wake();
  }

  /** The agent has read the session: the next message is news again. */
  read(session: string, agent: string): void {
    this.told.get(session)?.delete(agent);
  }

  /** For the timer: orders what is due, and answers when to look again (epoch ms), null when nothing waits. */
  async onTimer(now: number): Promise<number | null> {
    this.forgetOld(now);
    const rows = this.sql.exec<PushRow>('SELECT * FROM pushes WHERE due_at <= ?', now).toArray();
    const judged = rows.map((row) => ({ row, ...this.judge(row.session, now) }));
    const orders = judged.flatMap((one) => one.orders);
    if (orders.length > 0) await this.send(orders);
    for (const { row, summary, orders: sent, laterAt } of judged) {
      for (const { agent } of sent) if (summary) this.remember(summary, agent, now);
      // What came meanwhile stands in the same row, and is judged in its turn.
      if (laterAt === null) {
        this.sql.exec('DELETE FROM pushes WHERE session = ? AND seq = ?', row.session, row.seq);
      } else {
        this.sql.exec('UPDATE pushes SET due_at = ? WHERE session = ?', laterAt, row.session);
      }
    }
    return this.nextAt();
  }

  private judge(
    session: string,
    now: number,
  ): { summary: SessionSummary | null; orders: PushOrder[]; laterAt: number | null } {
    const summary = this.sessions.get(session)?.summary ?? null;
    const orders: PushOrder[] = [];
    let laterAt: number | null = null;
    if (!summary || summary.status !== 'open') return { summary, orders, laterAt };
    for (const agent of this.candidates(summary)) {
      if (!this.wants(summary, agent, now)) continue;
      const told = this.told.get(session)?.get(agent);
      if (told?.inbound === summary.inbound && told.owner === ownerOf(summary)) continue;
      if (told && told.at + gapMs > now) {
        laterAt = Math.min(laterAt ?? Infinity, told.at + gapMs);
        continue;
      }
      orders.push(this.order(summary, agent, now));
    }
    return { summary, orders, laterAt };
  }

  private wants(summary: SessionSummary, agent: string, now: number): boolean {
    const own = this.sessions.own(summary.id, agent);
    if (own.readInbound >= summary.inbound || isRemoved(summary, own)) return false;
    if (own.archivedSeq >= lastSeq(summary) || this.connections.isVisible(agent, now)) return false;
    const occasion = { mine: ownerOf(summary) === agent, mentioned: false };
    return mayNotify('push', this.staff.notifications(agent), this.staff.presence(agent), occasion);
  }

  private order(summary: SessionSummary, agent: string, now: number): PushOrder {
    const { hideText } = this.staff.notifications(agent);
    const unread = this.sessions.unreadOf(agent, this.staff.queuesOf(agent));
    return {
      agent,
      message: { ...notificationText(summary, hideText), session: summary.id, unread, at: now },
    };
  }

  /** Those with a device who see the session. */
  private candidates(summary: SessionSummary): string[] {
    const { agent, queue } = summary.route;
    const among = agent ? [agent.id] : queue ? this.staff.membersOf(queue.id) : [];
    return this.staff
      .withDevices(among)
      .filter((id) => this.staff.agent(id)?.enabled === true && this.views.sees(summary, id));
  }

  private remember(summary: SessionSummary, agent: string, at: number): void {
    const agents = this.told.get(summary.id) ?? new Map<string, Told>();
    agents.set(agent, { at, inbound: summary.inbound, owner: ownerOf(summary) });
    this.told.set(summary.id, agents);
  }

  private forgetOld(now: number): void {
    for (const [session, agents] of this.told) {
      for (const [agent, { at }] of agents) if (at + 2 * gapMs < now) agents.delete(agent);
      if (agents.size === 0) this.told.delete(session);
    }
  }

  private wake(): void {
    const at = this.nextAt();
    const set = this.timers.dueAt(pushTimer);
    if (at !== null && (set === null || set > at)) this.timers.set(pushTimer, at);
  }

  private nextAt(): number | null {
    return this.sql.exec<{ at: number | null }>('SELECT MIN(due_at) AS at FROM pushes').one().at;
  }
}

function ownerOf({ route }: SessionSummary): string | null {
  return route.agent?.id ?? null;
}
