/** Who sees which session, and telling them: the rules of `core/queue.ts` over Desk's index and sockets. */
import type { LogEvent } from '../../../core/log.ts';
import type { InboxSession, SessionSummary } from '../../../core/protocol.ts';
import { maySee, type Standing } from '../../../core/queue.ts';
import { assignmentOf } from '../../../core/session.ts';
import type { Connections } from './connections.ts';
import { inboxSession, isRemoved, type Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';

export class Views {
  constructor(
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly connections: Connections,
  ) {}

  standing(summary: SessionSummary, agent: string): Standing {
    const queue = summary.route.queue?.id ?? null;
    return { agent, inQueue: this.staff.isMember(queue, agent), mode: this.staff.mode(queue) };
  }

  sees(summary: SessionSummary, agent: string): boolean {
    return maySee(assignmentOf(summary.route), this.standing(summary, agent));
  }

  /** The connected agents who see a session. */
  audience(summary: SessionSummary): Set<string> {
    const { agent } = summary.route;
    const candidates = agent ? [agent.id] : this.connections.agents();
    return new Set([...candidates].filter((id) => this.sees(summary, id)));
  }

  /** The session as this agent's list shows it. */
  view(summary: SessionSummary, agent: string): InboxSession {
    const mode = this.staff.mode(summary.route.queue?.id ?? null);
    return inboxSession(summary, this.sessions.own(summary.id, agent), mode);
  }

  /** Tells who sees the session now what it has become, and who no longer does that it is gone. */
  change(before: SessionSummary | null, after: SessionSummary, events: readonly LogEvent[]): void {
    const audience = this.audience(after);
    // Agents whose view is the same share one text: a queue may have hundreds of them.
    const frames = new Map<string, string>();
    for (const agent of audience) {
      const session = this.view(after, agent);
      const key = `${session.unread}|${session.archived}`;
      let frame = frames.get(key);
      if (frame === undefined) {
        frame = JSON.stringify({ kind: 'session', session, events });
        frames.set(key, frame);
      }
      this.connections.sendText(agent, frame);
    }
    if (before === null || before.route.agent?.id === after.route.agent?.id) return;
    for (const agent of this.audience(before)) {
      if (!audience.has(agent)) this.tellGone(agent, after);
    }
  }

  show(summary: SessionSummary, agent: string): void {
    if (isRemoved(summary, this.sessions.own(summary.id, agent))) return;
    this.connections.send(agent, { kind: 'session', session: this.view(summary, agent), events: [] });
  }

  /** Shows what waits in a queue to agents who joined it, or whose queue has changed its mode. */
  showQueue(queue: string, agents: readonly string[]): void {
    if (agents.length === 0) return;
    for (const id of this.sessions.waitingIn(queue)) {
      const known = this.sessions.get(id);
      if (known) for (const agent of agents) this.show(known.summary, agent);
    }
  }

  /** Takes what nobody has picked up off the lists of agents who left the queue. */
  hideQueue(queue: string, agents: readonly string[]): void {
    const connected = this.connections.agents();
    const there = agents.filter((agent) => connected.has(agent));
    if (there.length === 0) return;
    for (const session of this.sessions.unclaimedIn(queue)) {
      for (const agent of there) this.connections.send(agent, { kind: 'gone', session, by: null });
    }
  }

  private tellGone(agent: string, session: SessionSummary): void {
    this.connections.send(agent, {
      kind: 'gone',
      session: session.id,
      by: session.route.agent?.name ?? null,
    });
  }
}
