/** Who types, passed on to the others who see the session; nothing of it is kept. */
import { parseSessionId } from '../../../core/address.ts';
import type { AgentFrame } from '../../../core/protocol.ts';
import { sessionOf, type Env } from '../../env.ts';
import type { Connections } from './connections.ts';
import type { Sessions } from './sessions.ts';
import type { Views } from './views.ts';

export class Typing {
  constructor(
    private readonly env: Env,
    private readonly sessions: Sessions,
    private readonly connections: Connections,
    private readonly views: Views,
  ) {}

  byCustomer(session: string, on: boolean): void {
    const known = this.sessions.get(session);
    if (!known) return;
    for (const agent of this.views.audience(known.summary)) {
      this.connections.send(agent, { kind: 'typing', session, agent: null, on });
    }
  }

  async byAgent(agent: string, { session, on }: Extract<AgentFrame, { kind: 'typing' }>): Promise<void> {
    const known = this.sessions.get(session);
    if (!known || known.summary.status === 'closed' || !this.views.sees(known.summary, agent)) return;
    for (const other of this.views.audience(known.summary)) {
      if (other !== agent) this.connections.send(other, { kind: 'typing', session, agent, on });
    }
    await sessionOf(this.env, parseSessionId(session).conversation).agentTyping(on);
  }
}
