/**
 * Whom to push to when a customer writes or a note mentions somebody (AG-13): agents who see the session, have not read
 * it, look at no page of ours, and want to be told. It is decided a moment later and not while the message passes, so
 * that it costs the way of messages next to nothing, and what was read meanwhile disturbs nobody.
 */
import type { LogEvent } from '../../../core/log.ts';
import { mayNotify, mentionText, notificationText } from '../../../core/notifications.ts';
import type { SessionSummary } from '../../../core/protocol.ts';
import type { PushOrder } from '../contracts.ts';
import type { Timers } from '../timers.ts';
import type { Connections } from './connections.ts';
import { firstPage } from './lists.ts';
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
/** A page that may be a lid closed in the meantime is looked at again after this time. */
const doubtMs = 10_000;
/** A badge says 99+ from 100 on, so more sessions need not be counted. */
const badgeSessions = 100;

type PushRow = { session: string; seq: number; due_at: number };

/** What an agent was told of a session last. */
interface Told {
  at: number;
  inbound: number;
  mentions: number;
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
  note(before: SessionSummary | null, after: SessionSummary, events: readonly LogEvent[], now: number): void {
    if (after.status !== 'open') return;
    const wrote = after.inbound > (before?.inbound ?? 0);
    const given = before !== null && after.route.agent?.id !== before.route.agent?.id;
    const missed = callMissed(before, after);
    const mentions = events.some(({ body }) => body.kind === 'note' && body.mentions.length > 0);
    if (!(wrote || given || missed || mentions)) return;
    // Who was told that it rings is told that it was missed.
    if (missed) this.told.delete(after.id);
    // Who still looks is asked later: a page that was just closed, or fell asleep, looks as if it were there.
    if (this.candidates(after).length === 0) return;
    this.sql.exec(
      `INSERT INTO pushes VALUES (?1, ?2, ?3)
       ON CONFLICT (session) DO UPDATE SET seq = ?2, due_at = MIN(due_at, ?3)`,
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
      const { session, seq } = row;
      if (laterAt === null) {
        this.sql.exec('DELETE FROM pushes WHERE session = ? AND seq = ?', session, seq);
      } else {
        this.sql.exec('UPDATE pushes SET due_at = ? WHERE session = ? AND seq = ?', laterAt, session, seq);
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
      const body = this.news(summary, agent);
      if (body === null) continue;
      const looks = this.connections.looks(agent, now);
      // A page that has been on the screen since has told them. One that seems to be there may be gone for good.
      if (looks.lastAt >= summary.lastActivityAt) continue;
      const told = this.told.get(session)?.get(agent);
      const waitsUntil = looks.on ? now + doubtMs : (told?.at ?? 0) + gapMs;
      if (waitsUntil > now) laterAt = Math.min(laterAt ?? Infinity, waitsUntil);
      else orders.push(this.order(summary, agent, body, now));
    }
    return { summary, orders, laterAt };
  }

  /** The line that would tell the agent what is new to them; null when there is nothing to tell them. */
  private news(summary: SessionSummary, agent: string): string | null {
    const own = this.sessions.own(summary.id, agent);
    const settings = this.staff.notifications(agent);
    if (isRemoved(summary, own)) return null;
    const told = this.told.get(summary.id)?.get(agent);
    const may = (mentioned: boolean) =>
      mayNotify('push', settings, this.staff.presence(agent), {
        mine: ownerOf(summary) === agent,
        mentioned,
      });
    if (own.mentions > (told?.mentions ?? 0) && may(true)) return mentionText;
    const isUnread = own.readInbound < summary.inbound && own.archivedSeq < lastSeq(summary);
    const isTold = told?.inbound === summary.inbound && told.owner === ownerOf(summary);
    // It rings at who is available; others are told once it was missed.
    if (summary.call?.phase === 'ringing' && this.staff.presence(agent) !== 'available') return null;
    if (!isUnread || isTold || !this.views.sees(summary, agent) || !may(false)) return null;
    return notificationText(summary, settings.hideText).body;
  }

  private order(summary: SessionSummary, agent: string, body: string, now: number): PushOrder {
    const { title } = notificationText(this.views.view(summary, agent), true);
    const unread = this.unreadOf(agent);
    return { agent, message: { title, body, session: summary.id, unread, at: now } };
  }

  /** As the inbox counts: messages that are theirs to answer, and notes that mention them. */
  private unreadOf(agent: string): number {
    const open = this.sessions.lists.open(agent, this.staff.queuesOf(agent), firstPage, badgeSessions);
    return open.reduce((sum, summary) => {
      const { readInbound, mentions } = this.sessions.own(summary.id, agent);
      const unread = this.views.sees(summary, agent) ? Math.max(0, summary.inbound - readInbound) : 0;
      return sum + unread + mentions;
    }, 0);
  }

  /** Those with a device who see the session, or are mentioned in it. */
  private candidates(summary: SessionSummary): string[] {
    const { agent, queue } = summary.route;
    const holders = agent ? [agent.id] : queue ? this.staff.membersOf(queue.id) : [];
    const among = new Set([...holders, ...this.sessions.mentionedIn(summary.id)]);
    return this.staff
      .withDevices(among)
      .filter((id) => this.staff.agent(id)?.enabled === true && this.views.reads(summary, id));
  }

  private remember(summary: SessionSummary, agent: string, at: number): void {
    const agents = this.told.get(summary.id) ?? new Map<string, Told>();
    const { mentions } = this.sessions.own(summary.id, agent);
    agents.set(agent, { at, inbound: summary.inbound, mentions, owner: ownerOf(summary) });
    this.told.set(summary.id, agents);
  }

  private forgetOld(now: number): void {
    const waiting = new Set(
      this.sql
        .exec<{ session: string }>('SELECT session FROM pushes')
        .toArray()
        .map(({ session }) => session),
    );
    for (const [session, agents] of this.told) {
      if (waiting.has(session)) continue;
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

/** Whether a visitor's call has stopped ringing without an answer. */
function callMissed(before: SessionSummary | null, { call }: SessionSummary): boolean {
  return before?.call?.from === 'customer' && before.call.phase === 'ringing' && !call;
}

function ownerOf({ route }: SessionSummary): string | null {
  return route.agent?.id ?? null;
}
