/**
 * The messages of a conversation that the channel's queue has to have. The log is the outbox: `handed` says up to
 * where they have been given to it.
 */
import { addressOfPart, parseConversationName } from '../../../core/address.ts';
import type { Content } from '../../../core/content.ts';
import { problem, type Problem, type ProblemCode } from '../../../core/errors.ts';
import { outgoingContent } from '../../../core/exchange.ts';
import type { Author, EventBody } from '../../../core/log.ts';
import type { Outgoing, OutgoingContent, Provider } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { promptOf, type ErrorCategory, type SendError } from '../../../core/sendError.ts';
import { channelView } from '../../channelView.ts';
import { channelOf } from '../../env.ts';
import type { CommandAnswer, MessagingRouting, SendOrder } from '../contracts.ts';
import type { Command } from '../../../core/session.ts';
import type { Session } from '../session.ts';
import type { Deliveries } from './deliveries.ts';

export const handTimer = 'hand';
const handBackstopMs = 2_000;
/** Orders in one call. */
const handBatch = 100;

export class Outbound {
  private handing: Promise<boolean> | null = null;

  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
    private readonly deliveries: Deliveries,
  ) {}

  /** Why an agent's message cannot go; null when it can. `prepared` is what a template needs. */
  refuse(
    content: Content,
    prepared: OutgoingContent | null,
    replyTo: string | null,
    routing: MessagingRouting,
  ): Problem | null {
    if (this.session.current.state.optedOut) return problem('opted_out');
    const outgoing = this.outgoing(content, prepared, replyTo, true, routing);
    if (!outgoing) return problem('not_sendable');
    const provider: Provider = providers[routing.provider];
    const error = provider.admit({ ...outgoing, ref: 'x', attempt: 0 }, Date.now(), channelView(routing));
    return error && refusalOf(error);
  }

  /** Keeps what a message needs for being sent beside what its log entry shows. */
  keepPrepared(message: string, content: OutgoingContent): void {
    this.sql.exec('INSERT OR REPLACE INTO outgoing VALUES (?, ?)', message, JSON.stringify(content));
  }

  /** Sends a message once more that failed, or whose outcome is unknown. */
  resend(command: Omit<Extract<Command, { kind: 'resend' }>, 'before'>): CommandAnswer {
    const before = this.deliveries.delivery(command.message);
    const answer = this.session.run({ ...command, before });
    if ('seq' in answer) this.deliveries.restart(command.message, before.round + 1);
    void this.hand();
    return answer;
  }

  /** Gives messages that the queue does not have yet to it; false when it could not be reached. */
  hand(): Promise<boolean> {
    this.handing ??= this.handAll().finally(() => (this.handing = null));
    return this.handing;
  }

  /** For the timer: when to try again (epoch ms), null when everything is handed over. */
  async onTimer(now: number): Promise<number | null> {
    return (await this.hand()) ? null : now + handBackstopMs;
  }

  private async handAll(): Promise<boolean> {
    try {
      for (;;) {
        const { handed, state } = this.session.current;
        if (handed >= state.seq) return true;
        const routing = await this.session.messagingRouting();
        if (!routing) return true;
        const events = this.session.log.after(handed, handBatch);
        const through = events.at(-1)?.seq ?? state.seq;
        const orders = events.flatMap(({ body }) => this.orderOf(body, routing) ?? []);
        const channel = channelOf(this.session.environment, routing.id);
        const { number, customer } = this.party();
        for (const { body } of events) {
          if (body.kind === 'optOut') await channel.setOptOut(number, customer, body.out, body.scope);
        }
        if (orders.length > 0) await channel.enqueue(orders);
        this.session.handedThrough(through);
      }
    } catch (error) {
      console.error(JSON.stringify({ event: 'hand.failed', error: String(error) }));
      return false;
    }
  }

  private orderOf(body: EventBody, routing: MessagingRouting): SendOrder | null {
    const again = body.kind === 'resent';
    const message = again ? this.session.log.message(body.message) : body;
    if (message?.kind !== 'message') return null;
    const { id, author, content, context } = message;
    if (!isOurs(author)) return null;
    const kept = this.sql
      .exec<{ content: string }>('SELECT content FROM outgoing WHERE message = ?', id)
      .toArray()[0];
    const prepared = kept ? (JSON.parse(kept.content) as OutgoingContent) : null;
    const byHuman = author.kind === 'agent';
    const answered = context?.replyTo ?? null;
    const outgoing = this.outgoing(content, prepared, answered, byHuman, routing);
    if (!outgoing) return null;
    return {
      conversation: this.session.name,
      message: id,
      round: again ? body.round : 1,
      outgoing,
      ...(answered !== null && outgoing.replyTo === null ? { answers: answered } : {}),
      exempt: author.kind === 'auto' && author.reason === 'optOut',
      ...(author.kind === 'campaign' ? { campaign: author.campaign.id } : {}),
    };
  }

  private outgoing(
    content: Content,
    prepared: OutgoingContent | null,
    replyTo: string | null,
    byHuman: boolean,
    routing: MessagingRouting,
  ): Omit<Outgoing, 'ref' | 'attempt'> | null {
    const made = prepared ?? outgoingContent(content, routing.webhookBase);
    if (!made) return null;
    const { number, customer } = this.party();
    return {
      from: number,
      to: customer,
      content: made,
      replyTo: replyTo === null ? null : this.deliveries.providerIdOf(replyTo),
      byHuman,
      lastInboundAt: this.session.current.state.lastInboundAt,
    };
  }

  private party(): { number: string; customer: string } {
    const { number, customer } = parseConversationName(this.session.name);
    return { number: addressOfPart(number), customer: addressOfPart(customer) };
  }
}

/** Whether the channel's queue has to hear of an event. */
export function needsHanding(body: EventBody): boolean {
  if (body.kind === 'message') return isOurs(body.author);
  return body.kind === 'resent' || body.kind === 'optOut';
}

/** Whether a message of this author goes to the customer. */
function isOurs({ kind }: Author): boolean {
  return kind === 'agent' || kind === 'auto' || kind === 'campaign';
}

/** A refusal for the composer, before anything is stored. */
function refusalOf({ category, text, hint }: SendError): Problem {
  const message = [text || promptOf(category), hint].filter(Boolean).join(' ');
  return problem(refusals[category] ?? 'not_sendable', { message });
}

const refusals: Partial<Record<ErrorCategory, ProblemCode>> = {
  window_closed: 'window_closed',
  exceeds_size_limit: 'file_too_large',
  unsupported_media: 'file_type',
};
