/** What agents ask of a conversation. Desk has checked who asks; the reducer checks whether they may. */
import { problem } from '../../../core/errors.ts';
import type { AgentCommand, CommandAnswer } from '../contracts.ts';
import type { Session } from '../session.ts';
import type { Outbound } from './outbound.ts';

export class AgentCommands {
  constructor(
    private readonly session: Session,
    private readonly outbound: Outbound,
  ) {}

  async run(command: AgentCommand): Promise<CommandAnswer> {
    const { session } = this;
    switch (command.kind) {
      case 'send':
        return this.send(command);
      case 'resend':
        return this.outbound.resend(command);
      case 'pickUp':
      case 'transfer':
        return session.run(command);
      case 'note':
      case 'label':
        return this.remark(command);
      case 'dialled':
        return this.dialled(command);
      case 'call':
        return session.callAsks.fromAgent(command);
      case 'end':
        return session.run({ ...command, kind: 'agentEnds', closedMessage: await session.closedMessage() });
    }
  }

  /** What agents say about the newest session, closed or not. */
  private remark(command: Extract<AgentCommand, { kind: 'note' | 'label' }>): CommandAnswer {
    const { log, current } = this.session;
    if (command.ordinal !== current.state.ordinal) return { refusal: problem('session_closed') };
    const known = command.kind === 'note' ? log.seqOfMessage(command.note.id) : null;
    return known === null ? this.session.run(command) : { seq: known, changed: false };
  }

  /** A call through the PBX that is over. It is kept also when another session has opened meanwhile. */
  private dialled({ id, agent, report, reads }: Extract<AgentCommand, { kind: 'dialled' }>): CommandAnswer {
    if (!reads) return { refusal: problem('session_not_yours') };
    const known = this.session.log.seqOfMessage(id);
    if (known !== null) return { seq: known, changed: false };
    return this.session.run({ kind: 'remark', events: [{ kind: 'dialled', id, agent, report }] });
  }

  private async send(command: Extract<AgentCommand, { kind: 'send' }>): Promise<CommandAnswer> {
    const { session, outbound } = this;
    const known = session.log.seqOfMessage(command.id);
    if (known !== null) return { seq: known, changed: false };
    const { id, content, prepared, replyTo, ordinal, agent, standing } = command;
    if (!session.isLiveChat()) {
      const routing = await session.messagingRouting();
      if (!routing) return { refusal: problem('not_found') };
      const refusal = outbound.refuse(content, prepared ?? null, replyTo ?? null, routing);
      if (refusal) return { refusal };
    } else if (content.kind !== 'text' && content.kind !== 'image') {
      return { refusal: problem('not_sendable') };
    }
    const message = { id, content, ...(replyTo === undefined ? {} : { context: { replyTo } }) };
    const answer = session.run({ kind: 'agentMessage', message, ordinal, agent, standing });
    if ('seq' in answer && prepared) outbound.keepPrepared(id, prepared);
    if (!session.isLiveChat()) void outbound.hand();
    return answer;
  }
}
