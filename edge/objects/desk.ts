/**
 * Desk: the agents' side of everything live. It holds their sockets, who is there, and an index of sessions
 * from which each agent's list is made; one notice of a Session reaches everybody who may see it.
 */
import { DurableObject } from 'cloudflare:workers';
import { parseSessionId } from '../../core/address.ts';
import type { ToCall } from '../../core/callProtocol.ts';
import { problem, type Problem } from '../../core/errors.ts';
import { closeCodes, type AgentFrame, type Reach, type SessionSummary } from '../../core/protocol.ts';
import { pusherOf, type Env } from '../env.ts';
import { handedOver } from '../handover.ts';
import type { CommandAnswer, DeskNotice, LogPage, SessionNotice, SignedIn } from './contracts.ts';
import { DeskCalls } from './desk/calls.ts';
import { Connections } from './desk/connections.ts';
import { ContactNames } from './desk/contactNames.ts';
import { keepMentions } from './desk/mentions.ts';
import { Notices } from './desk/notices.ts';
import { Pages } from './desk/pages.ts';
import { Pushes } from './desk/pushes.ts';
import { Requests, type CommandFrame } from './desk/requests.ts';
import { Sessions, lastSeq, type Own } from './desk/sessions.ts';
import { Search } from './desk/search.ts';
import { deskSchema } from './desk/schema.ts';
import { Staff } from './desk/staff.ts';
import { Typing } from './desk/typing.ts';
import { isElsewhere, Views } from './desk/views.ts';
import { migrate } from './migrations.ts';
import { Timers } from './timers.ts';

type Asked<K extends AgentFrame['kind']> = Extract<AgentFrame, { kind: K }>;

export class Desk extends DurableObject<Env> {
  private readonly staff: Staff;
  private readonly sessions: Sessions;
  private readonly connections: Connections;
  private readonly views: Views;
  private readonly calls: DeskCalls;
  private readonly typing: Typing;
  private readonly pages: Pages;
  private readonly search: Search;
  private readonly requests: Requests;
  private readonly notices: Notices;
  private readonly timers: Timers;
  private readonly pushes: Pushes;
  /** What an agent asks of one session happens in the order it was asked. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, deskSchema);
    this.staff = new Staff(ctx.storage.sql);
    this.sessions = new Sessions(ctx.storage.sql);
    this.connections = new Connections(ctx, env);
    const names = new ContactNames(ctx.storage.sql);
    this.views = new Views(this.staff, this.sessions, names, this.connections);
    this.calls = new DeskCalls(env, this.staff, this.sessions, this.connections, this.views);
    this.typing = new Typing(env, this.sessions, this.connections, this.views);
    this.pages = new Pages(this.staff, this.sessions, this.views);
    this.search = new Search(env, this.staff, this.sessions, this.views);
    this.requests = new Requests(env, this.staff, this.sessions);
    const { staff, sessions, connections, views, requests } = this;
    this.notices = new Notices(staff, sessions, names, connections, views, requests, (agent, signIns) =>
      this.disconnect(agent, signIns),
    );
    this.timers = new Timers(ctx.storage);
    this.pushes = new Pushes(
      ctx.storage.sql,
      this.timers,
      this.staff,
      this.sessions,
      this.connections,
      this.views,
      (orders) => pusherOf(env).push(orders),
    );
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, (_key, now) => this.pushes.onTimer(now));
  }

  // ── Sockets ───────────────────────────────────────────────────────────────────────────────────────────

  override fetch(request: Request): Response {
    const { agent, signIn, expiresAt } = handedOver<SignedIn>(request);
    if (!this.staff.agent(agent.id)) {
      const { id, name, extension, photo, role, enabled } = agent;
      this.staff.putAgent({ ref: { id, name, extension, photo }, role, enabled });
    }
    const response = this.connections.accept({ agent: agent.id, signIn, expiresAt, since: Date.now() });
    this.tellPresence(agent.id);
    return response;
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const read = this.connections.read(socket, data, Date.now());
    if (!read) return;
    const { frame, agent } = read;
    if (!this.staff.agent(agent)?.enabled) {
      socket.close(closeCodes.unauthorized, 'disabled');
      return;
    }
    try {
      await this.handle(socket, agent, frame);
    } catch (error) {
      console.error(JSON.stringify({ event: 'desk.failed', kind: frame.kind, error: String(error) }));
      if ('id' in frame) this.refuse(socket, frame.id, problem('unavailable'));
      // Who was not welcomed would wait for ever.
      else if (frame.kind === 'hello') socket.close(closeCodes.again, 'unavailable');
    }
  }

  override webSocketClose(socket: WebSocket): void {
    this.calls.closed(socket);
    const agent = this.connections.drop(socket);
    if (agent !== null) this.tellPresence(agent);
  }

  // ── What Sessions tell ────────────────────────────────────────────────────────────────────────────────

  /**
   * Passes changes on to everybody who may see them, then keeps them; resolves when they are kept. Repeated and old
   * notices do nothing. Told before it is kept: what agents see is safe in the Sessions already.
   */
  sessionsChanged(notices: SessionNotice[]): Promise<void> {
    for (const notice of notices) this.sessionChanged(notice);
    return this.sessions.kept();
  }

  private sessionChanged({ rev, session, events }: SessionNotice): void {
    const known = this.sessions.get(session.id);
    if (known && (rev < known.rev || (rev === known.rev && session.seq <= known.summary.seq))) return;
    const fresh = known ? events.filter((event) => event.seq > known.summary.seq) : events;
    if (known && isElsewhere(known.summary, session))
      this.sessions.arrives(session, session.route.agent?.id ?? null);
    keepMentions(this.sessions, this.staff, session.id, fresh);
    this.views.change(known?.summary ?? null, session, fresh);
    this.sessions.put(rev, session);
    this.pushes.note(known?.summary ?? null, session, fresh, Date.now());
  }

  customerTyping(session: string, on: boolean): void {
    this.typing.byCustomer(session, on);
  }

  callFrame(agent: string, session: string, call: ToCall): void {
    this.calls.pass(agent, session, call);
  }

  visitorReach(session: string, reach: Reach): void {
    this.calls.reach(session, reach);
  }

  // ── What Workspace and the routes ask ─────────────────────────────────────────────────────────────────

  notice(notice: DeskNotice): Promise<void> {
    return this.notices.apply(notice);
  }

  /** Whether a visitor would reach this agent now: there, and set to Available (LC-13). */
  isAvailable(agent: string): boolean {
    const member = this.staff.agent(agent);
    return (
      member?.enabled === true &&
      this.staff.presence(agent) === 'available' &&
      this.connections.isConnected(agent, Date.now())
    );
  }

  openSessions(kind: 'agent' | 'queue' | 'channel', id: string): number {
    return this.sessions.lists.openOf(kind, id).length;
  }

  /** Closes every open session of a channel. */
  async endAll({ channel }: { channel: string }): Promise<void> {
    for (const id of this.sessions.lists.openOf('channel', channel)) {
      await this.stub(id).channelEnds();
    }
  }

  /** Whether an agent may add something to a session: asked before a file is stored for it. */
  mayWrite(agent: string, session: string): Problem | null {
    const known = this.sessions.get(session);
    if (!known || !this.views.sees(known.summary, agent)) return problem('session_not_yours');
    return known.summary.status === 'open' ? null : problem('session_closed');
  }

  // ── Frames ────────────────────────────────────────────────────────────────────────────────────────────

  private async handle(socket: WebSocket, agent: string, frame: AgentFrame): Promise<void> {
    switch (frame.kind) {
      case 'hello':
        return this.hello(socket, agent);
      case 'list':
        return this.connections.tell(socket, this.pages.later(agent, frame));
      case 'show':
        return this.show(socket, agent, frame);
      case 'open':
        return this.page(socket, agent, frame, { after: frame.after });
      case 'history':
        return this.page(socket, agent, frame, { before: frame.before, through: frame.through });
      case 'search':
        return this.connections.tell(socket, await this.search.find(agent, frame));
      case 'send':
      case 'resend':
      case 'pickUp':
      case 'end':
      case 'transfer':
      case 'note':
      case 'label':
      case 'dialled':
      case 'call':
        return this.inTurn(frame.session, () => this.command(socket, agent, frame));
      case 'callNote':
        return this.inTurn(frame.session, () => this.calls.note(socket, agent, frame));
      case 'start':
        return this.start(socket, agent, frame);
      case 'archive':
        return this.keepOwn(socket, agent, frame, (summary) => ({
          archivedSeq: frame.on ? lastSeq(summary) : -1,
        }));
      case 'remove':
        return this.keepOwn(socket, agent, frame, (summary) => ({ removedSeq: lastSeq(summary) }));
      case 'unread':
        return this.keepOwn(socket, agent, frame, (summary) => ({
          readInbound: Math.min(
            this.sessions.own(summary.id, agent).readInbound,
            Math.max(0, summary.inbound - 1),
          ),
        }));
      case 'mark':
        return this.mark(agent, frame);
      case 'typing':
        return this.typing.byAgent(agent, frame);
      case 'presence':
        this.staff.setPresence(agent, frame.presence);
        this.tellPresence(agent);
        return this.connections.tell(socket, { kind: 'done', id: frame.id });
      case 'visible':
        return this.connections.setVisible(socket, frame.on, Date.now());
    }
  }

  private hello(socket: WebSocket, agent: string): void {
    const presence = this.staff.agentIds().map((id) => this.presenceOf(id));
    this.connections.tell(socket, {
      kind: 'welcome',
      now: Date.now(),
      agent,
      ...this.pages.first(agent),
      presence,
    });
  }

  private show(socket: WebSocket, agent: string, { id, session }: Asked<'show'>): void {
    const known = this.sessions.get(session);
    if (!known || !this.views.reads(known.summary, agent))
      return this.refuse(socket, id, problem('session_not_yours'));
    this.views.show(known.summary, agent);
    this.connections.tell(socket, { kind: 'done', id });
  }

  private async page(
    socket: WebSocket,
    agent: string,
    frame: Asked<'open'> | Asked<'history'>,
    page: LogPage,
  ): Promise<void> {
    const known = this.sessions.get(frame.session);
    const allowed =
      known && (this.views.reads(known.summary, agent) || this.staff.agent(agent)?.role === 'admin');
    if (!allowed) return this.refuse(socket, frame.id, problem('session_not_yours'));
    const { events, complete, marks, reach } = await this.stub(frame.session).page(
      parseSessionId(frame.session).ordinal,
      page,
    );
    this.connections.tell(socket, {
      kind: 'events',
      id: frame.id,
      session: frame.session,
      events,
      complete,
    });
    this.connections.tell(socket, { kind: 'marks', session: frame.session, marks });
    if (reach) this.connections.tell(socket, { kind: 'reach', session: frame.session, reach });
  }

  private async command(
    socket: WebSocket,
    agent: string,
    frame: CommandFrame | Asked<'call'>,
  ): Promise<void> {
    const known = this.sessions.get(frame.session);
    const member = this.staff.agent(agent);
    if (!known || !member) return this.refuse(socket, frame.id, problem('session_not_yours'));
    const standing = this.views.standing(known.summary, agent);
    const common = { ordinal: parseSessionId(frame.session).ordinal, agent: member.ref, standing };
    const asked =
      frame.kind === 'call'
        ? this.calls.asked(agent, frame)
        : await this.requests.command(frame, this.views.reads(known.summary, agent));
    if ('refusal' in asked) return this.refuse(socket, frame.id, asked.refusal);
    const answer: CommandAnswer = await this.stub(frame.session).agentCommand({ ...common, ...asked });
    if ('refusal' in answer) return this.refuse(socket, frame.id, answer.refusal);
    this.calls.tell(socket, frame.session, answer.frames);
    this.connections.tell(socket, { kind: 'done', id: frame.id, seq: answer.seq });
  }

  private async start(socket: WebSocket, agent: string, frame: Asked<'start'>): Promise<void> {
    const member = this.staff.agent(agent);
    if (!member) return this.refuse(socket, frame.id, problem('forbidden'));
    const answer = await this.requests.start(member, frame);
    if ('refusal' in answer) return this.refuse(socket, frame.id, answer.refusal);
    const known = this.sessions.get(answer.session);
    if (known) this.views.show(known.summary, agent);
    this.connections.tell(socket, { kind: 'done', id: frame.id, session: answer.session });
  }

  private keepOwn(
    socket: WebSocket,
    agent: string,
    frame: Asked<'archive'> | Asked<'remove'> | Asked<'unread'>,
    change: (summary: SessionSummary) => Partial<Own>,
  ): void {
    const known = this.sessions.get(frame.session);
    if (!known || !this.views.reads(known.summary, agent)) {
      return this.refuse(socket, frame.id, problem('session_not_yours'));
    }
    this.sessions.setOwn(frame.session, agent, change(known.summary));
    if (frame.kind === 'remove') {
      this.connections.send(agent, { kind: 'gone', session: frame.session, by: null });
    } else {
      this.views.show(known.summary, agent);
    }
    this.connections.tell(socket, { kind: 'done', id: frame.id });
  }

  private async mark(agent: string, { session, read }: Asked<'mark'>): Promise<void> {
    const known = this.sessions.get(session);
    if (!known || !this.views.reads(known.summary, agent)) return;
    const { summary } = known;
    const own = this.sessions.own(session, agent);
    const isNews = own.readInbound < summary.inbound || own.mentions > 0;
    if (read >= lastSeq(summary) && isNews) {
      this.sessions.setOwn(session, agent, { readInbound: summary.inbound, mentions: 0 });
      this.pushes.read(session, agent);
      this.views.show(summary, agent);
    }
    // Who only reads along has not read for those who answer.
    if (!this.views.sees(summary, agent)) return;
    if (read > summary.marks.agents.read) await this.stub(session).agentsMark(read);
  }

  // ── Small things ──────────────────────────────────────────────────────────────────────────────────────

  private presenceOf(agent: string) {
    return {
      agent,
      presence: this.staff.presence(agent),
      connected: this.connections.isConnected(agent, Date.now()),
    };
  }

  private disconnect(agent: string, signIns: readonly string[] | null): void {
    this.connections.close(agent, signIns);
    this.tellPresence(agent);
  }

  private tellPresence(agent: string): void {
    const entry = this.presenceOf(agent);
    for (const other of this.connections.agents()) this.connections.send(other, { kind: 'presence', entry });
  }

  private stub(session: string) {
    return this.env.SESSION.getByName(parseSessionId(session).conversation);
  }

  private refuse(socket: WebSocket, id: string, refusal: Problem): void {
    this.connections.tell(socket, { kind: 'refused', id, problem: refusal });
  }

  private inTurn(session: string, task: () => Promise<void>): Promise<void> {
    const before = this.turns.get(session) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(task);
    this.turns.set(session, turn);
    const forget = () => {
      if (this.turns.get(session) === turn) this.turns.delete(session);
    };
    turn.then(forget, forget);
    return turn;
  }
}
