/** What agents ask for by name: where a session is to go, whom to start one with, the labels to give it. */
import { addressPart, conversationName, parseSessionId } from '../../../core/address.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import type { Route } from '../../../core/log.ts';
import { phoneNumber } from '../../../core/phone.ts';
import type { AgentFrame, TransferTarget } from '../../../core/protocol.ts';
import { maySee } from '../../../core/queue.ts';
import { assignmentOf } from '../../../core/session.ts';
import { channelOf, sessionOf, workspaceOf, type Env } from '../../env.ts';
import { messagingRouting } from '../../routing.ts';
import type { AgentCommand } from '../contracts.ts';
import { compose, noteOf } from './composing.ts';
import type { Sessions } from './sessions.ts';
import type { Staff, StaffMember } from './staff.ts';

type Frame<K extends AgentFrame['kind']> = Extract<AgentFrame, { kind: K }>;
/** Frames that a session answers. */
export type CommandFrame = Frame<
  'send' | 'resend' | 'pickUp' | 'end' | 'transfer' | 'note' | 'label' | 'dialled'
>;
type WithoutGiver<C> = C extends AgentCommand ? Omit<C, 'ordinal' | 'agent' | 'standing'> : never;

export class Requests {
  constructor(
    private readonly env: Env,
    private readonly staff: Staff,
    private readonly sessions: Sessions,
  ) {}

  /** What a frame asks of its session, with all that the session does not know, but without who asks. */
  async command(
    frame: CommandFrame,
    reads: boolean,
  ): Promise<WithoutGiver<AgentCommand> | { refusal: Problem }> {
    switch (frame.kind) {
      case 'send': {
        const composed = await compose(this.env, parseSessionId(frame.session).conversation, frame);
        if ('refusal' in composed) return composed;
        const { replyTo } = frame;
        return { kind: 'send', id: frame.id, ...composed, ...(replyTo ? { replyTo } : {}) };
      }
      case 'resend':
        return { kind: 'resend', message: frame.message };
      case 'transfer': {
        const found = this.route(frame.to);
        return 'refusal' in found ? found : { kind: 'transfer', to: found.route };
      }
      case 'note': {
        const note = noteOf(frame);
        return 'refusal' in note ? note : { kind: 'note', note, reads };
      }
      case 'label':
        return { kind: 'label', labels: await this.labels(frame.labels), reads };
      case 'dialled':
        return { kind: 'dialled', id: frame.id, report: frame.report, reads };
      case 'pickUp':
      case 'end':
        return { kind: frame.kind };
    }
  }

  /** Where a transfer leads. Nobody is there for the third-party platform before one is set up. */
  private route(target: TransferTarget): { route: Route } | { refusal: Problem } {
    if (target.kind === 'platform') return { refusal: problem('platform_missing') };
    if (target.kind === 'queue') {
      const queue = this.staff.queue(target.id);
      return queue ? { route: { queue, agent: null } } : { refusal: problem('transfer_unknown') };
    }
    const member = this.staff.agent(target.id);
    if (!member?.enabled) return { refusal: problem('transfer_unknown') };
    return { route: { queue: null, agent: member.ref } };
  }

  /** Starts a session for an agent (AG-02), or finds the one that is open; its id. */
  async start(
    { ref }: StaffMember,
    { channel, number, to }: Frame<'start'>,
  ): Promise<{ session: string } | { refusal: Problem }> {
    const routing = await messagingRouting(this.env, channel);
    if (!routing?.enabled) return { refusal: problem('start_not_permitted') };
    if (routing.type === 'facebook') return { refusal: problem('start_channel') };
    const senders = await workspaceOf(this.env).sendersOf(ref.id);
    if (!senders.some((one) => one.channel === channel && one.number === number)) {
      return { refusal: problem('start_not_permitted', { field: 'number' }) };
    }
    const e164 = phoneNumber(to);
    if (e164 === null) return { refusal: problem('number_invalid', { field: 'to' }) };
    const customer = await channelOf(this.env, channel).customerOf(e164, []);
    // Also those whom only the channel knows of, such as by a provider's error.
    if (await channelOf(this.env, channel).isOptedOut(number, customer))
      return { refusal: problem('opted_out') };
    const conversation = conversationName({
      channel,
      number: addressPart(number),
      customer: addressPart(customer),
    });
    const answer = await sessionOf(this.env, conversation).start(ref);
    if ('refusal' in answer) return answer;
    const { route, session } = answer;
    const queue = route.queue?.id ?? null;
    const standing = {
      agent: ref.id,
      queue,
      inQueue: this.staff.isMember(queue, ref.id),
      mode: this.staff.mode(queue),
    };
    if (maySee(assignmentOf(route), standing)) {
      // One that was open already may have been off this agent's list.
      this.sessions.setOwn(session, ref.id, { archivedSeq: -1, removedSeq: -1 });
      return { session };
    }
    const holder = route.agent?.name ?? route.queue?.name;
    return { refusal: problem('start_taken', holder === undefined ? {} : { details: [holder] }) };
  }

  /** What an agent who is there no more had picked up waits in its queue again, if that is still there. */
  async giveBack(agent: string): Promise<void> {
    for (const id of this.sessions.lists.openOf('agent', agent)) {
      const queue = this.sessions.get(id)?.summary.route.queue?.id ?? null;
      if (this.staff.mode(queue) === null) continue;
      const { conversation, ordinal } = parseSessionId(id);
      await sessionOf(this.env, conversation).giveBack(ordinal, agent);
    }
  }

  /** Labels with their names; those that are not there any more are left out. */
  private async labels(ids: readonly string[]): Promise<{ id: string; name: string }[]> {
    const all = await workspaceOf(this.env).listLabels();
    return all.filter(({ id }) => ids.includes(id)).map(({ id, name }) => ({ id, name }));
  }
}
