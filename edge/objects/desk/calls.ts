/** Calls as far as Desk has to do with them: whom one reaches, and what goes between an agent's page and the Session. */
import { parseSessionId } from '../../../core/address.ts';
import type { CallAsk, ToCall } from '../../../core/callProtocol.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import type { AgentFrame, Reach, SessionSummary } from '../../../core/protocol.ts';
import { sessionOf, type Env } from '../../env.ts';
import type { AgentCommand } from '../contracts.ts';
import type { Connections } from './connections.ts';
import type { Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';
import type { Views } from './views.ts';

type Frame<K extends AgentFrame['kind']> = Extract<AgentFrame, { kind: K }>;

export class DeskCalls {
  constructor(
    private readonly env: Env,
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly connections: Connections,
    private readonly views: Views,
  ) {}

  /** What an agent's frame asks of its session. Only those at whom it rings can make it stop there. */
  asked(
    agent: string,
    { session, ask }: { session: string; ask: CallAsk },
  ): Pick<Extract<AgentCommand, { kind: 'call' }>, 'kind' | 'ask' | 'ringing'> | { refusal: Problem } {
    const summary = this.sessions.get(session)?.summary;
    if (!summary) return { refusal: problem('session_not_yours') };
    if (ask.kind === 'decline' && !this.views.sees(summary, agent))
      return { refusal: problem('session_not_yours') };
    return { kind: 'call', ask, ringing: this.reached(summary) };
  }

  /** Passes on what an agent's end says, and tells it when there is no such call. */
  async note(socket: WebSocket, agent: string, { session, note }: Frame<'callNote'>): Promise<void> {
    const member = this.staff.agent(agent);
    if (!member || !this.sessions.get(session)) return;
    if (note.kind === 'beat') this.connections.speaksFor(socket, session, note.end);
    const answer = await this.stub(session).callNote(member.ref, note);
    if (answer) this.tell(socket, session, [answer]);
  }

  /** Tells the page that asked what comes with the answer. */
  tell(socket: WebSocket, session: string, frames: readonly ToCall[] = []): void {
    for (const call of frames) this.connections.tell(socket, { kind: 'call', session, call });
  }

  /** Something about a call, to all pages of the agent who takes part. */
  pass(agent: string, session: string, call: ToCall): void {
    this.connections.send(agent, { kind: 'call', session, call });
  }

  /** Whether a visitor can be called, to everybody who has the session in their list. */
  reach(session: string, reach: Reach): void {
    const known = this.sessions.get(session);
    if (!known) return;
    for (const agent of this.views.audience(known.summary))
      this.connections.send(agent, { kind: 'reach', session, reach });
  }

  /** A page with an end of a call is gone, which its Session would notice a little later. */
  closed(socket: WebSocket): void {
    const spoke = this.connections.spokeFor(socket);
    if (spoke)
      void this.stub(spoke.session)
        .callEndLost(spoke.end)
        .catch(() => undefined);
  }

  /** Who sees the session and is there for calls: connected, or with a device that is pushed to. */
  private reached(summary: SessionSummary): string[] {
    const { agent, queue } = summary.route;
    const among = agent ? [agent.id] : queue ? [...this.staff.membersOf(queue.id)] : [];
    const withDevices = new Set(this.staff.withDevices(among));
    const now = Date.now();
    return among.filter(
      (id) =>
        this.staff.presence(id) === 'available' &&
        this.views.sees(summary, id) &&
        (withDevices.has(id) || this.connections.isConnected(id, now)),
    );
  }

  private stub(session: string) {
    return sessionOf(this.env, parseSessionId(session).conversation);
  }
}
