/** What visitors and agents ask of a call: who may, whether there is a line, and what the one who asks gets. */
import { parseConversationName } from '../../../core/address.ts';
import type { Party } from '../../../core/call.ts';
import type { CallAsk, CallNote, ToCall } from '../../../core/callProtocol.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import { hoursState } from '../../../core/hours.ts';
import type { SourcePage } from '../../../core/log.ts';
import type { Reach } from '../../../core/protocol.ts';
import { workspaceOf } from '../../env.ts';
import { iceServersOrStun } from '../../iceServers.ts';
import type { AgentCommand, CommandAnswer, LiveChatRouting } from '../contracts.ts';
import type { Session } from '../session.ts';
import type { Calls } from './calls.ts';

type AgentAsk = Extract<AgentCommand, { kind: 'call' }>;

const customer: Party = { side: 'customer' };

export class CallAsks {
  constructor(
    private readonly session: Session,
    private readonly calls: Calls,
    private readonly reach: () => Reach,
  ) {}

  /** `mayBegin` says whether the visitor may open a session now, and may call again so soon. */
  async fromVisitor(
    ask: CallAsk,
    routing: LiveChatRouting,
    source: SourcePage | null,
    mayBegin: () => Promise<Problem | null>,
  ): Promise<CommandAnswer> {
    const { calls } = this;
    switch (ask.kind) {
      case 'start': {
        const known = this.known(ask.call);
        if (known) return known;
        if (routing.channel.interaction !== 'phoneAndChat') return { refusal: problem('calls_off') };
        if (calls.current) return { refusal: problem('call_running') };
        // It would ring at nobody; what is written is there when they come.
        if (hoursState(routing.hours, Date.now()) !== 'open') return { refusal: problem('calls_closed') };
        const refusal = await mayBegin();
        if (refusal) return { refusal };
        const line = await calls.takeLine(ask.call, routing.channel.maxCalls);
        const { queue, agent } = routing;
        const route = { queue: queue && { id: queue.id, name: queue.name }, agent };
        const { call, end } = ask;
        return this.begun(
          call,
          line,
          calls.run({ kind: 'customerCalls', call, end, opening: { route, source }, line }),
        );
      }
      case 'answer':
        return this.withIce(ask.call, calls.run({ ...ask, kind: 'customerAnswers' }));
      case 'decline':
        return calls.run({ ...ask, party: customer, ringing: [] });
      case 'hangUp':
        return calls.run({ ...ask, party: customer, failed: ask.failed ?? false });
      case 'join':
        return this.withIce(ask.call, calls.run({ ...ask, party: customer }));
    }
  }

  async fromAgent({ ask, ringing, ordinal, agent, standing }: AgentAsk): Promise<CommandAnswer> {
    const { calls } = this;
    const party: Party = { side: 'agent', agent };
    switch (ask.kind) {
      case 'start': {
        const known = this.known(ask.call);
        if (known) return known;
        const routing = this.session.isLiveChat() ? await this.session.routing() : null;
        if (!routing?.channel.enabled || routing.channel.interaction !== 'phoneAndChat')
          return { refusal: problem('calls_off') };
        if (calls.current) return { refusal: problem('call_running') };
        const there = this.reach();
        if (there !== 'ready')
          return { refusal: problem(there === 'away' ? 'visitor_away' : 'visitor_unable') };
        const { call, end } = ask;
        const line = await calls.takeLine(call, routing.channel.maxCalls);
        if (!line) return { refusal: problem('call_busy') };
        return this.begun(call, line, calls.run({ kind: 'agentCalls', call, end, ordinal, agent, standing }));
      }
      case 'answer':
        return this.withIce(ask.call, calls.run({ ...ask, kind: 'agentAnswers', agent, standing }));
      case 'decline':
        return calls.run({ ...ask, party, ringing });
      case 'hangUp':
        return calls.run({ ...ask, party, failed: ask.failed ?? false });
      case 'join': {
        const answer = await this.withIce(ask.call, calls.run({ ...ask, party }));
        if ('refusal' in answer) return answer;
        return { ...answer, frames: [...(answer.frames ?? []), calls.standing(calls.view())] };
      }
    }
  }

  /** What an agent's end says; what to tell it when there is no such call. */
  noteFromAgent(agent: Extract<Party, { side: 'agent' }>['agent'], note: CallNote): ToCall | null {
    return this.calls.note({ side: 'agent', agent }, note);
  }

  /** The answer to a call that was begun before; null for one that is new. */
  private known(call: string): Promise<CommandAnswer> | null {
    const seq = this.session.log.seqOfMessage(call);
    if (seq === null) return null;
    if (this.calls.current?.id !== call) return Promise.resolve({ refusal: problem('call_over') });
    return this.withIce(call, { seq, changed: false });
  }

  private begun(call: string, line: boolean, answer: CommandAnswer): CommandAnswer | Promise<CommandAnswer> {
    if ('refusal' in answer) {
      if (line) this.calls.giveLineBack(call);
      return answer;
    }
    return line ? this.withIce(call, answer) : { refusal: problem('call_busy') };
  }

  /** Whoever begins, answers or comes back gets the servers by which both ends find each other. */
  private async withIce(call: string, answer: CommandAnswer): Promise<CommandAnswer> {
    if ('refusal' in answer) return answer;
    const { environment, name } = this.session;
    const setup = await workspaceOf(environment).callSetup();
    const user = parseConversationName(name).channel;
    const servers = await iceServersOrStun(environment, setup, user, Date.now());
    return { ...answer, frames: [{ kind: 'ice', call, servers, relayOnly: setup.relayOnly }] };
  }
}
