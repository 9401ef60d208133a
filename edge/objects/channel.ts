/**
 * Channel: what is counted or paced per channel. Statistics, active sessions and the sweep of media for all of
 * them; for a provider's channel also the outbound queue, opt-outs, the event log and its health.
 */
import { DurableObject } from 'cloudflare:workers';
import type { HealthAnswer, ReplayAnswer, TemplatesAnswer, TestMessageInput } from '../../core/channelApi.ts';
import type { InboundEvent } from '../../core/providers/events.ts';
import { refuse, type Answer } from '../answer.ts';
import { sendErrorOf, type SendError } from '../../core/sendError.ts';
import { campaignOf, sessionOf, type Env } from '../env.ts';
import { messagingRouting } from '../routing.ts';
import { newId } from '../secrets.ts';
import { blobs } from '../store/blobs.ts';
import { sweepMedia } from '../store/media.ts';
import { Campaigns } from './channel/campaigns.ts';
import { EventLog, type KeptRequest, type NewEvent } from './channel/eventLog.ts';
import { Facts } from './channel/facts.ts';
import { Lines } from './channel/lines.ts';
import { OptOuts } from './channel/optOuts.ts';
import { partyOf } from './channel/party.ts';
import { queueTimer, SendQueue } from './channel/queue.ts';
import { channelSchema } from './channel/schema.ts';
import { Sends } from './channel/sends.ts';
import { Statistics } from './channel/statistics.ts';
import { Telling, type Told } from './channel/telling.ts';
import { Upkeep } from './channel/upkeep.ts';
import type { CampaignNews, ChannelStatistics, CountNotice, LaneReport, SendOrder } from './contracts.ts';
import { migrate } from './migrations.ts';
import { senderName } from './lanes.ts';
import { Timers } from './timers.ts';

const hourMs = 3_600_000;
const sweepTimer = 'sweep';
const checkTimer = 'check';
const templatesTimer = 'templates';
const tellTimer = 'tell';
/** A slot that was put aside and never used (the session's object ended in between) is free again then. */
const reservationMs = 60_000;
const tellBackstopMs = 2_000;

const campaignCancelled = sendErrorOf('unknown', { text: 'The campaign was cancelled before.' });

type StatusEvent = Extract<InboundEvent, { kind: 'status' }>;

export class Channel extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly statisticsOf: Statistics;
  private readonly events: EventLog;
  private readonly facts: Facts;
  private readonly optOuts: OptOuts;
  private readonly lines: Lines;
  private readonly upkeep: Upkeep;
  private readonly telling: readonly Telling[];
  private readonly campaigns: Campaigns;
  private readonly sends: Sends;
  private readonly queue: SendQueue;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, channelSchema);
    const { sql } = ctx.storage;
    this.timers = new Timers(ctx.storage);
    this.statisticsOf = new Statistics(sql);
    this.events = new EventLog(sql);
    this.facts = new Facts(sql);
    this.optOuts = new OptOuts(sql);
    this.lines = new Lines(sql);
    this.upkeep = new Upkeep(env, () => this.id(), this.facts, this.events);
    this.telling = [
      new Telling(sql, 'session', (conversation, told) => sessionOf(env, conversation).delivered(told)),
      new Telling(sql, 'campaign', (campaign, told) =>
        campaignOf(env, campaign).hears({ reports: told.map(reportOf), replies: [] }),
      ),
    ];
    const sender = (lane: number) => env.SENDER.getByName(senderName(this.id(), lane));
    this.sends = new Sends(sql);
    this.campaigns = new Campaigns(sql, this.sends, {
      turn: (campaign) => campaignOf(env, campaign).hasTurn(),
      hears: (campaign, news) => campaignOf(env, campaign).hears(news),
    });
    this.queue = new SendQueue(ctx.storage, this.timers, this.sends, this.statisticsOf, {
      routing: () => messagingRouting(env, this.id()),
      hand: (lane, slots) => sender(lane).take(slots),
      recall: (lane, asked) => sender(lane).recall(asked),
      resolve: (lane, slots) => sender(lane).resolve(slots),
      log: (events) => this.events.add(events),
      unauthorized: (error) => this.upkeep.unauthorized(error),
      worked: () => this.upkeep.worked(),
      optedOut: (party) => void this.heedOptOut(party),
      refuses: (order, party) => this.refusalOf(order, party),
      awaits: (order, key, party) => this.campaigns.sent(order, key, party),
      changed: () => this.tellOthers(),
    });
  }

  // ── Counting ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Counts a conversation's messages once each: a notice that starts elsewhere than where this channel
   * stands changes nothing. Answers where it stands now.
   */
  count(notice: CountNotice): number {
    const { conversation, from, to, messages, open } = notice;
    const counted = this.counted(conversation);
    if (counted !== from) return counted;
    const active = open ? 1 : 0;
    this.ctx.storage.sql.exec(
      `INSERT INTO conversations VALUES (?1, ?2, ?3, 0)
       ON CONFLICT (name) DO UPDATE SET counted = ?2, active = ?3, reserved_until = 0`,
      conversation,
      to,
      active,
    );
    for (const { at, inbound } of messages)
      this.statisticsOf.add(at, inbound ? { received: 1 } : { sent: 1 });
    if (this.campaigns.heed(notice)) this.tellOthers();
    return to;
  }

  /** Puts one of `limit` active sessions aside for a conversation; false when all are taken (LC-15). */
  reserve(conversation: string, limit: number): boolean {
    const now = Date.now();
    const { sql } = this.ctx.storage;
    const others = sql
      .exec<{ n: number }>(
        // Two questions to the index: one with OR would go through every conversation that there ever was.
        `SELECT (SELECT COUNT(*) FROM conversations WHERE active = 1 AND name <> ?1)
           + (SELECT COUNT(*) FROM conversations WHERE active = 0 AND reserved_until > ?2 AND name <> ?1) AS n`,
        conversation,
        now,
      )
      .one().n;
    if (others >= limit) return false;
    sql.exec(
      `INSERT INTO conversations VALUES (?1, 0, 0, ?2)
       ON CONFLICT (name) DO UPDATE SET reserved_until = ?2`,
      conversation,
      now + reservationMs,
    );
    return true;
  }

  /** Takes one of `limit` telephone lines for a call; false when all are taken (LC-05). */
  takeLine(call: string, limit: number): boolean {
    return this.lines.take(call, limit, Date.now());
  }

  /** A call goes on, or is over. Both may be said again. */
  holdLine(call: string): void {
    this.lines.hold(call, Date.now());
  }

  giveLineBack(call: string): void {
    this.lines.giveBack(call, Date.now());
  }

  /** Traffic from `from` until before `to` (epoch ms, null is open), and what is going on now. */
  statistics(from: number | null, to: number | null): ChannelStatistics {
    const traffic = this.statisticsOf.between(from, to);
    const activeSessions = this.ctx.storage.sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM conversations WHERE active = 1')
      .one().n;
    return {
      ...traffic,
      total: traffic.sent + traffic.failed,
      activeSessions,
      ...this.sends.backlog(),
      health: this.upkeep.health(),
    };
  }

  /** A file is about to be stored: makes sure that somebody wakes up to delete it. */
  mediaStored(): void {
    if (this.timers.dueAt(sweepTimer) === null) this.timers.set(sweepTimer, Date.now() + hourMs);
  }

  // ── Sending ───────────────────────────────────────────────────────────────────────────────────────────

  /** Takes messages in, those of campaigns giving way to conversations; the same order again changes nothing. */
  enqueue(orders: SendOrder[]): Promise<void> {
    this.mediaStored();
    return this.queue.enqueue(orders);
  }

  /** What Senders say of the calls that they made. */
  report(reports: LaneReport[]): Promise<void> {
    return this.queue.report(reports);
  }

  /** What the provider says of messages; what is not known yet is kept for when it is. */
  delivered(reports: StatusEvent[]): number {
    return this.queue.delivered(reports);
  }

  /** A conversation says that its customer wants no messages, or wants them again (CH-14). */
  setOptOut(number: string, customer: string, out: boolean, scope: 'all' | 'marketing'): void {
    this.optOuts.set(partyOf(number, customer), out, scope);
  }

  /** Whether a customer wants no messages from one of our numbers. */
  isOptedOut(number: string, customer: string): boolean {
    return this.optOuts.has(partyOf(number, customer));
  }

  /** One address for a customer with several: the one under which they were first seen. */
  customerOf(customer: string, aliases: string[]): string {
    return this.facts.customerOf([customer, ...aliases]);
  }

  /** "Send test message" (CH-16): paced and reported like any other. */
  async sendTest({ from, to, text }: TestMessageInput): Promise<Answer<{ ref: string }>> {
    const surroundings = await this.upkeep.surroundings();
    if (!surroundings) return refuse('not_found');
    const { provider, channel } = surroundings;
    if (!channel.numbers.includes(from)) return refuse('invalid_input', { field: 'from' });
    const outgoing = {
      from,
      to,
      content: { kind: 'text' as const, text },
      replyTo: null,
      byHuman: true,
      lastInboundAt: provider.windows ? Date.now() : null,
    };
    const message = `test-${newId()}`;
    await this.queue.enqueue([{ conversation: '', message, round: 1, outgoing, exempt: false }]);
    return { value: { ref: message } };
  }

  // ── Campaigns ─────────────────────────────────────────────────────────────────────────────────────────

  /** A campaign wants to send; whether it may now. If not, it is told when it may: one goes at a time. */
  campaignWants(campaign: string, sendAt: number, windowMs: number): boolean {
    const may = this.campaigns.wants(campaign, sendAt, windowMs);
    this.tellOthers();
    return may;
  }

  /** A campaign has nothing more to send for now. */
  campaignLeaves(campaign: string): void {
    this.campaigns.leaves(campaign, 'done');
    this.tellOthers();
  }

  /** What of a campaign has not left does not leave; answers those messages. Later ones of it are refused. */
  campaignCancelled(campaign: string): string[] {
    this.campaigns.leaves(campaign, 'cancelled');
    const withdrawn = this.queue.withdraw(campaign, campaignCancelled);
    this.tellOthers();
    return withdrawn;
  }

  /** How many messages of a campaign had their turn more than `ms` ago, and nobody knows yet what became of them. */
  inDoubt(campaign: string, ms: number): number {
    return this.sends.inDoubt(campaign, Date.now() - ms);
  }

  /** Whose these phone numbers are (a customer may have other addresses), and whether campaigns must not go there. */
  screen(number: string, to: string[], haveAliases: boolean): { customer: string; optedOut: boolean }[] {
    return to.map((address) => {
      const customer = haveAliases ? this.facts.customerOf([address]) : address;
      return { customer, optedOut: this.optOuts.has(partyOf(number, customer), true) };
    });
  }

  /** Customers of one of our numbers to whom no campaign may go. */
  optedOutOf(number: string): string[] {
    return this.optOuts.ofNumber(number);
  }

  // ── The event log, health and templates ───────────────────────────────────────────────────────────────

  logEvents(events: NewEvent[]): void {
    this.events.add(events);
  }

  eventPage(before: number | null) {
    return this.events.page(before);
  }

  /** Sends a failed message again, or hands out the webhook for the gateway to take in once more. */
  async replay(
    event: number,
  ): Promise<Answer<{ kind: 'sent'; answer: ReplayAnswer } | { kind: 'webhook'; request: KeptRequest }>> {
    const kept = this.events.get(event);
    if (kept?.request) return { value: { kind: 'webhook', request: kept.request } };
    if (kept?.ref && (await this.queue.sendAgain(kept.ref))) {
      return {
        value: { kind: 'sent', answer: { result: 'ok', summary: 'The message is queued once more.' } },
      };
    }
    return refuse('not_resendable');
  }

  /** Asks the provider now. */
  check(): Promise<HealthAnswer> {
    return this.upkeep.check();
  }

  /** What a webhook tells of the account itself. */
  accountSays(text: string, health: 'unauthorized' | 'unknown' | undefined): void {
    this.upkeep.accountSays(text, health);
  }

  templates(): TemplatesAnswer {
    return this.upkeep.templates();
  }

  /** Reads the templates from the provider now. */
  refreshTemplates(): Promise<TemplatesAnswer> {
    return this.upkeep.refreshTemplates();
  }

  /** The channel was saved or deleted: asks the provider whether it works, and goes on sending. */
  configured(): void {
    const now = Date.now();
    this.upkeep.forget();
    this.queue.configured();
    this.timers.set(checkTimer, now);
    this.timers.set(templatesTimer, now);
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async (key, now) => {
      switch (key) {
        case sweepTimer:
          return this.sweep(now);
        case queueTimer:
          return this.queue.onTimer(now);
        case tellTimer:
          return (await this.tellAll()) ? null : now + tellBackstopMs;
        case checkTimer:
          return this.upkeep.checkRegularly(now);
        case templatesTimer:
          return this.upkeep.readTemplatesDaily(now);
        default:
          return null;
      }
    });
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  private id(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error('channels are addressed by name');
    return name;
  }

  /** For SMS it is a fact that lasts; Messenger says it also of people who cannot be reached right now. */
  private async heedOptOut(party: string): Promise<void> {
    const routing = await messagingRouting(this.env, this.id());
    if (routing?.type === 'sms') this.optOuts.set(party, true, 'all');
  }

  private refusalOf({ exempt, campaign, round }: SendOrder, party: string): SendError | null {
    if (!exempt && this.optOuts.has(party, campaign !== undefined)) return sendErrorOf('recipient_opted_out');
    // What an agent sends again afterwards is theirs.
    const isCancelled = campaign !== undefined && round === 1 && this.campaigns.isCancelled(campaign);
    return isCancelled ? campaignCancelled : null;
  }

  private tellOthers(): void {
    if (this.timers.dueAt(tellTimer) === null) this.timers.set(tellTimer, Date.now() + tellBackstopMs);
    void this.tellAll();
  }

  private async tellAll(): Promise<boolean> {
    const told = await Promise.all([...this.telling.map((one) => one.run()), this.campaigns.tell()]);
    return told.every(Boolean);
  }

  private async sweep(now: number): Promise<number | null> {
    this.sends.sweep(now);
    this.campaigns.sweep(now);
    const left = await sweepMedia(blobs(this.env), this.id(), now);
    return left || this.sends.backlog().queued > 0 ? now + hourMs : null;
  }

  private counted(conversation: string): number {
    const row = this.ctx.storage.sql
      .exec<{ counted: number }>('SELECT counted FROM conversations WHERE name = ?', conversation)
      .toArray()[0];
    return row?.counted ?? 0;
  }
}

function reportOf({ message, round, status, error, left }: Told): CampaignNews['reports'][number] {
  return { message, round, status, error, left };
}
