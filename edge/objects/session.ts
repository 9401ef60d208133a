/**
 * Session: the truth about the conversation with one customer on one number. It holds the log, runs the
 * reducer of `core/session.ts` over it, and tells the visitor's sockets, Desk and Channel what changed.
 */
import { DurableObject } from 'cloudflare:workers';
import { isLiveChat, parseConversationName, sessionIdOf } from '../../core/address.ts';
import type { AgentRef } from '../../core/agent.ts';
import type { CallNote, ToCall } from '../../core/callProtocol.ts';
import { problem, type Problem } from '../../core/errors.ts';
import { advanceMarks, type EventBody, type Side } from '../../core/log.ts';
import { decide, evolve, place, type Command } from '../../core/session.ts';
import { recordEvent, type SessionRecord } from '../../core/summary.ts';
import { deskOf, workspaceOf, type Env } from '../env.ts';
import { liveChatRouting, messagingRouting } from '../routing.ts';
import type {
  AgentCommand,
  CampaignSend,
  CommandAnswer,
  DeliveryNotice,
  Letter,
  LiveChatRouting,
  LogPage,
  MessagingRouting,
  StartAnswer,
  Told,
} from './contracts.ts';
import { migrate } from './migrations.ts';
import { Deliveries } from './session/deliveries.ts';
import { AgentCommands } from './session/agentCommands.ts';
import { Calls, callsSchema, callTimer } from './session/calls.ts';
import { CallAsks } from './session/callAsks.ts';
import { Inbound, keysOf, type ConversationEvent, type Taken } from './session/inbound.ts';
import { handTimer, needsHanding, Outbound } from './session/outbound.ts';
import { Letters } from './session/letters.ts';
import { Media, mediaTimer } from './session/media.ts';
import { Profiles, profileTimer } from './session/profiles.ts';
import { Publisher } from './session/publisher.ts';
import { Settling } from './session/settling.ts';
import {
  exchangeSchema,
  SessionLog,
  sessionSchema,
  startsSchema,
  type ConversationRow,
} from './session/log.ts';
import { Visitors } from './session/visitors.ts';
import { Timers, timersSchema } from './timers.ts';

/** Tells others in a pause what they do not have to know at once. */
const publishTimer = 'publish';
/** Closes the session when nobody has written for the channel's time (LC-07). */
const timeoutTimer = 'timeout';
const dayMs = 86_400_000;
/** A shortened timeout is noticed within this time, though nobody writes. */
const longestSleepMs = dayMs;

export class Session extends DurableObject<Env> {
  readonly log: SessionLog;
  private readonly timers: Timers;
  private readonly visitors: Visitors;
  readonly calls: Calls;
  readonly callAsks: CallAsks;
  private readonly deliveries: Deliveries;
  private readonly inbound: Inbound;
  private readonly outbound: Outbound;
  private readonly agentCommands: AgentCommands;
  readonly profiles: Profiles;
  readonly media: Media;
  private readonly publisher: Publisher<Letter>;
  private readonly letters: Letters;
  private row: ConversationRow;
  private readonly settling: Settling;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, [sessionSchema + timersSchema, exchangeSchema, startsSchema, callsSchema]);
    this.log = new SessionLog(ctx.storage.sql);
    this.timers = new Timers(ctx.storage);
    this.row = this.log.load();
    this.visitors = new Visitors(ctx, this);
    this.calls = new Calls(ctx.storage.sql, this, (make) => this.visitors.sendCall(make));
    this.callAsks = new CallAsks(this, this.calls, () => this.visitors.reach());
    this.deliveries = new Deliveries(ctx.storage.sql, this);
    this.inbound = new Inbound(ctx.storage.sql, this, this.deliveries);
    this.outbound = new Outbound(ctx.storage.sql, this, this.deliveries);
    this.agentCommands = new AgentCommands(this, this.outbound);
    this.media = new Media(ctx.storage.sql, this);
    this.profiles = new Profiles(this);
    this.settling = new Settling(this, () => this.publisher.run());
    this.letters = new Letters(this, (seq) => this.publisher.pendingAfter(seq));
    this.publisher = new Publisher(
      () => this.letters.next(),
      async ({ notice, told }) => {
        await deskOf(env).sessionsChanged([notice]);
        this.deskHasHeard(told);
      },
    );
  }

  // ── What others call ──────────────────────────────────────────────────────────────────────────────────

  /** The visitor's socket; the Worker has checked token and origin, and passes the claims on. */
  override fetch(request: Request): Response {
    return this.visitors.accept(request);
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.visitors.onMessage(socket, data);
  }

  override webSocketClose(socket: WebSocket): void {
    this.visitors.onClose(socket);
  }

  /** Whether this visitor has written before. */
  isKnown(): boolean {
    return this.row.state.ordinal > 0;
  }

  agentCommand(command: AgentCommand): Promise<CommandAnswer> {
    return this.agentCommands.run(command);
  }

  /** An agent starts a session, unless one is open. Desk knows of it when this answers. */
  async start(agent: AgentRef): Promise<StartAnswer> {
    const answer = this.run({ kind: 'start', agent });
    if ('refusal' in answer) return answer;
    await this.publisher.run();
    const { open, ordinal } = this.row.state;
    if (!open) return { refusal: problem('unavailable') };
    return { session: sessionIdOf(this.name, ordinal), route: open.route };
  }

  /**
   * A campaign's message; it opens a session unless one is open, and goes out by the log like any other. Stored when
   * this answers.
   */
  campaignSends({ id, campaign, route, content, prepared }: CampaignSend): CommandAnswer {
    const known = this.log.seqOfMessage(id);
    if (known !== null) return { seq: known, changed: false };
    const answer = this.run({ kind: 'campaignMessage', message: { id, content }, campaign, route });
    if ('seq' in answer && prepared) this.outbound.keepPrepared(id, prepared);
    void this.outbound.hand();
    return answer;
  }

  /** A session's agent is there no more: it waits in its queue again, if it came from one. */
  giveBack(ordinal: number, agent: string): void {
    this.run({ kind: 'giveBack', ordinal, agent });
  }

  /**
   * What a webhook brought, in order; each event once. Stored when this answers. The gateway takes along what Desk
   * has to hear, with what it has of other conversations; `told` is what Desk is known to have heard of this one.
   */
  async receive(
    events: ConversationEvent[],
    told: Told | null,
  ): Promise<{ taken: Taken[]; letter: Letter | null }> {
    const routing = await this.messagingRouting();
    if (!routing) throw new Error('the channel is gone');
    const keys = await keysOf(events);
    if (told) this.deskHasHeard(told);
    const taken = this.publisher.pausedWhile(() => this.inbound.receive(events, keys, routing));
    void this.outbound.hand();
    const letter = await this.letters.next();
    if (!letter || letter.told.rev === this.row.rev) return { taken, letter };
    // There is more than one notice can say.
    void this.publisher.run();
    return { taken, letter: null };
  }

  /** How far messages of ours have got. */
  delivered(notices: DeliveryNotice[]): Promise<void> {
    return this.deliveries.delivered(notices);
  }

  /** A page of one session for its agent. `marks` come along because they are not events. */
  async page(ordinal: number, page: LogPage) {
    const { events, complete } = this.log.page(ordinal, page);
    return { events, complete, marks: this.row.marks, reach: await this.visitors.reachForAgents() };
  }

  /** What the end of an agent says of a call; answers what to tell it. */
  callNote(agent: AgentRef, note: CallNote): ToCall | null {
    return this.callAsks.noteFromAgent(agent, note);
  }

  /** The socket of an agent's end has closed. */
  callEndLost(end: string): void {
    this.calls.run({ kind: 'lost', side: 'agent', end });
  }

  /** Agents have seen this much. */
  agentsMark(read: number): void {
    this.mark('agents', { read });
  }

  agentTyping(on: boolean): void {
    this.visitors.sendTyping(on);
  }

  /** Closes what is open because its channel goes away. */
  async channelEnds(): Promise<CommandAnswer> {
    // By its id: a channel that is being deleted has no number any more.
    const { channel } = parseConversationName(this.name);
    const routing = this.isLiveChat() ? await workspaceOf(this.env).liveChatById(channel) : null;
    return this.run({ kind: 'channelEnds', closedMessage: routing?.channel.messages.closed ?? '' });
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async (key, now) => {
      if (key === publishTimer) return this.settling.settle(now);
      if (key === timeoutTimer) return this.checkTimeout(now);
      if (key === handTimer) return this.outbound.onTimer(now);
      if (key === mediaTimer) return this.media.onTimer();
      if (key === profileTimer) return this.profiles.onTimer(now);
      if (key === callTimer) return this.calls.onTimer(now);
      return null;
    });
  }

  // ── What its parts call ───────────────────────────────────────────────────────────────────────────────

  get current(): Readonly<ConversationRow> {
    return this.row;
  }

  get environment(): Env {
    return this.env;
  }

  get name(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error('sessions are addressed by name');
    return name;
  }

  isLiveChat(): boolean {
    return isLiveChat(parseConversationName(this.name).number);
  }

  routing(): Promise<LiveChatRouting | null> {
    return liveChatRouting(this.env, parseConversationName(this.name).number);
  }

  messagingRouting(): Promise<MessagingRouting | null> {
    return messagingRouting(this.env, parseConversationName(this.name).channel);
  }

  /** Wakes at `at` (epoch ms) at the latest for a timer of its parts. */
  arm(timer: string, at: number): void {
    if (this.timers.dueAt(timer) === null) this.timers.set(timer, at);
  }

  /** The same for one that may be set to a later time. */
  hurry(timer: string, at: number): void {
    const due = this.timers.dueAt(timer);
    if (due === null || due > at) this.timers.set(timer, at);
  }

  /** Agents at whom the call does not ring any more, which is no event. */
  callDeclined(declined: string[]): void {
    const { record } = this.row;
    if (!record?.call) return;
    this.change({ record: { ...record, call: { ...record.call, declined } } });
    void this.publisher.run();
  }

  /** How far Channel has counted, or the archive has read. */
  hasTold(told: Partial<Pick<ConversationRow, 'counted' | 'archived'>>): void {
    this.row = { ...this.row, ...told };
    this.log.save(this.row);
  }

  /** The channel's queue has everything up to this place of the log. */
  handedThrough(seq: number): void {
    this.row = { ...this.row, handed: Math.max(this.row.handed, seq) };
    this.log.save(this.row);
  }

  /** The one way in which anything changes: decides, writes, and tells everybody. */
  run(command: Command): CommandAnswer {
    const decision = decide(this.row.state, command, Date.now());
    if ('refusal' in decision) return decision;
    if (decision.events.length > 0) this.append(this.calls.endedBy(decision.events));
    return { seq: this.row.state.seq, changed: decision.events.length > 0 };
  }

  /** Moves one side's marks; tells the others only when something moved. */
  mark(side: Side, to: { delivered?: number | undefined; read?: number | undefined }): void {
    const marks = advanceMarks(this.row.marks, side, to, this.row.state.seq);
    if (marks === this.row.marks) return;
    this.change({ marks });
    if (side === 'agents') this.visitors.sendMarks(marks);
    void this.publisher.run();
  }

  /** Tells the agents that the customer types; nothing is kept, and nobody hears of it without a session. */
  customerTyping(on: boolean): void {
    if (!this.row.state.open) return;
    const session = sessionIdOf(this.name, this.row.state.ordinal);
    void deskOf(this.env)
      .customerTyping(session, on)
      .catch(() => undefined);
  }

  /** Puts a slot of the channel's session limit aside (LC-15). Only channels with a limit are asked. */
  async reserve(routing: LiveChatRouting): Promise<Problem | null> {
    const limit = routing.channel.sessionLimit;
    if (limit === null || this.row.state.open) return null;
    const stub = this.env.CHANNEL.getByName(routing.channel.id);
    return (await stub.reserve(this.name, limit)) ? null : problem('session_limit');
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  /** Writes events that are decided, and tells everybody. */
  append(bodies: readonly EventBody[]): void {
    const events = place(this.row.state, bodies, Date.now());
    let { state, record } = this.row;
    const isChat = this.isLiveChat();
    // What has nothing to send is handed over by being written.
    const handsOver = !isChat && bodies.some(needsHanding);
    for (const event of events) {
      // A customer who writes again starts another session; the one before keeps its record.
      state = evolve(state, event);
      record = recordEvent(record, event);
      this.log.append(event);
      if (event.body.kind === 'opened') this.timers.set(timeoutTimer, event.at);
      if (event.body.kind === 'closed') this.closed(record);
    }
    if (handsOver) this.arm(handTimer, Date.now() + 2_000);
    const isIdle = !handsOver && this.row.handed === this.row.state.seq;
    this.change({ state, record, ...(isIdle ? { handed: state.seq } : {}) });
    this.publisher.add(events);
    this.visitors.sendEvents(events);
    void this.publisher.run();
  }

  private closed(record: SessionRecord | null): void {
    if (record) this.log.keepClosed(record);
    // Channel hears at once, so that the slot of a limited channel is free for the next visitor.
    this.timers.set(publishTimer, Date.now());
  }

  private change(change: Partial<ConversationRow>): void {
    this.row = { ...this.row, ...change, rev: this.row.rev + 1 };
    this.log.save(this.row);
    const settleAt = this.settling.changed(Date.now());
    if (this.timers.dueAt(publishTimer) === null) this.timers.set(publishTimer, settleAt);
  }

  /** Not saved: telling Desk twice is harmless, and the next write or the backstop saves it. */
  private deskHasHeard({ seq, rev }: Told): void {
    const { published, publishedRev } = this.row;
    this.row = {
      ...this.row,
      published: Math.max(published, seq),
      publishedRev: Math.max(publishedRev, rev),
    };
  }

  private async checkTimeout(now: number): Promise<number | null> {
    if (!this.row.state.open) return null;
    const days = this.isLiveChat()
      ? (await this.routing())?.channel.timeoutDays
      : (await this.messagingRouting())?.timeoutDays;
    if (days === undefined || days === null) return now + longestSleepMs;
    const afterMs = days * dayMs;
    this.run({ kind: 'timeout', afterMs, closedMessage: await this.closedMessage() });
    const { open } = this.row.state;
    return open ? Math.min(open.lastActivityAt + afterMs, now + longestSleepMs) : null;
  }

  async closedMessage(): Promise<string> {
    return this.isLiveChat() ? ((await this.routing())?.channel.messages.closed ?? '') : '';
  }
}
