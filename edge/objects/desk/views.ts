/** Who sees which session, and telling them: the rules of `core/queue.ts` over Desk's index and sockets. */
import type { LogEvent } from '../../../core/log.ts';
import type { InboxSession, SessionSummary } from '../../../core/protocol.ts';
import { mayRead, maySee, type Standing } from '../../../core/queue.ts';
import { assignmentOf } from '../../../core/session.ts';
import type { Connections } from './connections.ts';
import type { ContactNames } from './contactNames.ts';
import { inboxSession, isRemoved, type Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';

export class Views {
  constructor(
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly contactNames: ContactNames,
    private readonly connections: Connections,
  ) {}

  standing(summary: SessionSummary, agent: string): Standing {
    const queue = summary.route.queue?.id ?? null;
    return { agent, queue, inQueue: this.staff.isMember(queue, agent), mode: this.staff.mode(queue) };
  }

  /** Whether the session is the agent's to answer, as far as its queue's mode lets them. */
  sees(summary: SessionSummary, agent: string): boolean {
    return maySee(assignmentOf(summary.route), this.standing(summary, agent));
  }

  /** Whether the agent may read the session: it is theirs, or they were mentioned in it. */
  reads(summary: SessionSummary, agent: string): boolean {
    const { mentioned } = this.sessions.own(summary.id, agent);
    const open = summary.status === 'open';
    return mayRead(assignmentOf(summary.route), this.standing(summary, agent), { open, mentioned });
  }

  /** The connected agents who have a session in their list. */
  audience(summary: SessionSummary): Set<string> {
    const { agent } = summary.route;
    const connected = this.connections.agents();
    const candidates = agent ? [agent.id, ...this.sessions.mentionedIn(summary.id)] : connected;
    return new Set([...candidates].filter((id) => connected.has(id) && this.reads(summary, id)));
  }

  /** The session as this agent's list shows it. */
  view(summary: SessionSummary, agent: string): InboxSession {
    const mode = this.staff.mode(summary.route.queue?.id ?? null);
    const role = this.sees(summary, agent) ? 'answers' : 'reads';
    const contact = this.contactNames.of(summary);
    return inboxSession(summary, this.sessions.own(summary.id, agent), mode, role, contact);
  }

  /** Tells who sees the session now what it has become, and who no longer does that it is gone. */
  change(before: SessionSummary | null, after: SessionSummary, events: readonly LogEvent[]): void {
    const audience = this.audience(after);
    // Agents whose view is the same share one text: a queue may have hundreds of them.
    const frames = new Map<string, string>();
    for (const agent of audience) {
      const session = this.view(after, agent);
      const key = [session.unread, session.archived, session.role, session.mentions].join('|');
      let frame = frames.get(key);
      if (frame === undefined) {
        frame = JSON.stringify({ kind: 'session', session, events });
        frames.set(key, frame);
      }
      this.connections.sendText(agent, frame);
    }
    if (before === null || !isElsewhere(before, after)) return;
    const transferred = events.some(({ body }) => body.kind === 'transferred');
    for (const agent of this.audience(before)) {
      if (!audience.has(agent)) this.tellGone(agent, after, transferred);
    }
  }

  show(summary: SessionSummary, agent: string): void {
    if (isRemoved(summary, this.sessions.own(summary.id, agent))) return;
    this.connections.send(agent, { kind: 'session', session: this.view(summary, agent), events: [] });
  }

  /** Shows what waits in a queue to agents who joined it, or whose queue has changed its mode. */
  showQueue(queue: string, agents: readonly string[]): void {
    if (agents.length === 0) return;
    for (const id of this.sessions.lists.waitingIn(queue)) {
      const known = this.sessions.get(id);
      if (known) for (const agent of agents) this.show(known.summary, agent);
    }
  }

  /** Takes what nobody has picked up off the lists of agents who left the queue. */
  hideQueue(queue: string, agents: readonly string[]): void {
    const connected = this.connections.agents();
    const there = agents.filter((agent) => connected.has(agent));
    if (there.length === 0) return;
    for (const session of this.sessions.lists.unclaimedIn(queue)) {
      for (const agent of there) this.connections.send(agent, { kind: 'gone', session, by: null });
    }
  }

  private tellGone(agent: string, session: SessionSummary, transferred: boolean): void {
    const { route } = session;
    this.connections.send(agent, {
      kind: 'gone',
      session: session.id,
      by: route.agent?.name ?? route.queue?.name ?? null,
      transferred,
    });
  }
}

/** Whether a session has another agent, or waits in another queue, than before. */
export function isElsewhere(before: SessionSummary, after: SessionSummary): boolean {
  return before.route.agent?.id !== after.route.agent?.id || before.route.queue?.id !== after.route.queue?.id;
}
