/** The inbox's data: keeps the state in step with the edge, and asks it for what agents do. */
import type { Presence } from '../../core/agent.ts';
import { problem, type Problem } from '../../core/errors.ts';
import { advanceMarks } from '../../core/log.ts';
import type { AgentFrame, SearchPlace, ToAgentFrame, TransferTarget } from '../../core/protocol.ts';
import { forget } from './account.ts';
import { Delivery } from './delivery.ts';
import { applyFrame, emptyDesk, type DeskState, type Effect, type Pile } from './desk-state.ts';
import { LocalCopy } from './local.ts';
import { DeskSocket, type Found } from './socket.ts';
import { Store } from './store.ts';

export { unreadTotal } from './desk-state.ts';

/** Typing goes out of date when its end gets lost on the way. */
const typingForMs = 6_000;

export class Desk {
  readonly state = new Store<DeskState>(emptyDesk);
  /** Gets what agents write out of the page safely. */
  readonly delivery = new Delivery(this.state, (frame, id) => this.ask(frame, id));
  #socket: DeskSocket | null = null;
  #agent: string | null = null;
  readonly #local = new LocalCopy(this.state);
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<(effect: Effect) => void>();

  constructor() {
    document.addEventListener('visibilitychange', this.tellVisible);
  }

  /** Connects for `agent`, unless that is what it does already. */
  connect(agent: string): void {
    if (this.#agent === agent) return;
    this.disconnect();
    this.#agent = agent;
    this.#socket = new DeskSocket({
      open: () => {
        this.#socket?.tell({ kind: 'hello' });
        this.tellVisible();
      },
      lost: () => this.patch({ connection: 'offline', typing: new Map() }),
      signedOut: () => forget(),
      frame: (frame) => this.receive(frame),
    });
    this.#local.start(agent);
    this.delivery.start(agent);
  }

  /** Devices are pushed to while no page is on the screen. */
  private tellVisible = () => {
    this.#socket?.tell({ kind: 'visible', on: document.visibilityState === 'visible' });
  };

  disconnect(): void {
    if (this.#agent === null) return;
    this.#agent = null;
    this.#local.stop();
    this.#socket?.close();
    this.#socket = null;
    this.delivery.stop();
    this.state.set(emptyDesk);
  }

  /** Calls `listener` with what people should be told of. */
  onEffect(listener: (effect: Effect) => void): void {
    this.#listeners.add(listener);
  }

  /** Loads a session's newest events, or what is missing after a break. */
  open(session: string): Promise<Problem | null> {
    const log = this.state.value.logs.get(session);
    if (log && !log.stale) return Promise.resolve(null);
    return this.ask({ kind: 'open', session, after: log?.events.at(-1)?.seq ?? 0 });
  }

  /** Loads the page before what is loaded. */
  older(session: string): Promise<Problem | null> {
    const first = this.state.value.logs.get(session)?.events[0]?.seq;
    if (first === undefined) return Promise.resolve(null);
    return this.ask({ kind: 'history', session, before: first });
  }

  /** Loads the next page of the list, where there is one. */
  olderSessions(pile: Pile): Promise<Problem | null> {
    const from = this.state.value.older[pile];
    if (!from) return Promise.resolve(null);
    return this.ask({ kind: 'list', archived: pile === 'archived', before: from.at, beforeId: from.id });
  }

  /** Loads a session's log down to one event, such as one that was searched for. */
  async through(session: string, seq: number): Promise<Problem | null> {
    for (;;) {
      const log = this.state.value.logs.get(session);
      const first = log?.events[0]?.seq;
      if (!log || first === undefined) return problem('unavailable');
      if (log.complete || first <= seq) return null;
      const refusal = await this.ask({ kind: 'history', session, before: first, through: seq });
      if (refusal) return refusal;
    }
  }

  /** Contacts, sessions and messages that the agent may see and that have these words. */
  async search(text: string, from: SearchPlace | null): Promise<Found | { problem: Problem }> {
    const answer = await this.#socket?.request({ kind: 'search', text, ...(from ? { from } : {}) });
    if (answer && 'kind' in answer && answer.kind === 'found') return answer;
    return { problem: answer && 'code' in answer ? answer : problem('unavailable') };
  }

  /** Asks for one session that the pages so far do not hold. */
  find(session: string): Promise<Problem | null> {
    return this.ask({ kind: 'show', session });
  }

  pickUp(session: string): Promise<Problem | null> {
    return this.ask({ kind: 'pickUp', session });
  }

  end(session: string): Promise<Problem | null> {
    return this.ask({ kind: 'end', session });
  }

  /** Gives the session away; it leaves this agent's list. */
  transfer(session: string, to: TransferTarget): Promise<Problem | null> {
    return this.ask({ kind: 'transfer', session, to });
  }

  /** Opens a session with a customer, or finds the one that is open; its id, or why not. */
  async start(
    channel: string,
    number: string,
    to: string,
  ): Promise<{ session: string } | { problem: Problem }> {
    const answer = await this.#socket?.request({ kind: 'start', channel, number, to });
    if (answer && 'session' in answer && answer.session !== undefined) return { session: answer.session };
    return { problem: answer && 'code' in answer ? answer : problem('unavailable') };
  }

  /** Notes something for colleagues. The same `id` again is the same note. */
  note(id: string, session: string, text: string, mentions: string[]): Promise<Problem | null> {
    return this.ask({ kind: 'note', session, text, mentions }, id);
  }

  /** Puts these labels on the session, and no others. */
  label(session: string, labels: string[]): Promise<Problem | null> {
    return this.ask({ kind: 'label', session, labels });
  }

  archive(session: string, on: boolean): Promise<Problem | null> {
    return this.ask({ kind: 'archive', session, on });
  }

  remove(session: string): Promise<Problem | null> {
    return this.ask({ kind: 'remove', session });
  }

  /** Makes a session unread again, in all of the agent's clients. */
  markUnread(session: string): Promise<Problem | null> {
    return this.ask({ kind: 'unread', session });
  }

  setPresence(presence: Presence): Promise<Problem | null> {
    return this.ask({ kind: 'presence', presence });
  }

  typing(session: string, on: boolean): void {
    this.#socket?.tell({ kind: 'typing', session, on });
  }

  /** Says that everything up to `seq` has been seen. */
  markRead(session: string, seq: number): void {
    const known = this.state.value.sessions.get(session);
    if (!known || !this.#socket?.isOpen) return;
    const marks = advanceMarks(known.marks, 'agents', { read: seq }, seq);
    if (marks === known.marks && known.unread === 0) return;
    this.#socket.tell({ kind: 'mark', session, read: seq });
    this.patch({ sessions: this.state.value.sessions.with([{ ...known, marks, unread: 0 }]) });
  }

  /** Forgets the notice about a session that went away. */
  dismissGone(session: string): void {
    const gone = new Map(this.state.value.gone);
    if (gone.delete(session)) this.patch({ gone });
  }

  /** Sends a stored message once more that failed at the provider, or whose outcome is unknown. */
  resend(session: string, message: string): Promise<Problem | null> {
    return this.ask({ kind: 'resend', session, message });
  }

  /** Any request; null when it is stored, else why not. */
  ask(frame: Parameters<DeskSocket['ask']>[0], id?: string): Promise<Problem | null> {
    return this.#socket?.ask(frame, id) ?? Promise.resolve(null);
  }

  /** A frame without an answer; dropped while there is no connection. */
  tell(frame: AgentFrame): void {
    this.#socket?.tell(frame);
  }

  private receive(frame: ToAgentFrame): void {
    const { state, effects } = applyFrame(this.state.value, frame, Date.now());
    const before = this.state.value.outbox;
    this.state.set(state);
    this.delivery.forget(before.filter((entry) => !state.outbox.includes(entry)));
    for (const effect of effects) this.handle(effect);
    if (frame.kind === 'welcome') this.delivery.flush();
    if (frame.kind === 'typing' && frame.on) this.expireTyping(frame.session, frame.agent);
  }

  private handle(effect: Effect): void {
    if (effect.kind === 'resync') {
      const { session, after } = effect;
      const isLast = () => this.state.value.logs.get(session)?.events.at(-1)?.seq === after;
      void this.#socket?.insist({ kind: 'open', session, after }, isLast);
    }
    for (const listener of this.#listeners) listener(effect);
  }

  private expireTyping(session: string, agent: string | null): void {
    const key = `${session} ${agent ?? ''}`;
    clearTimeout(this.#typingTimers.get(key));
    const stop = () =>
      this.state.set(applyFrame(this.state.value, { kind: 'typing', session, agent, on: false }, 0).state);
    this.#typingTimers.set(key, setTimeout(stop, typingForMs));
  }

  private patch(patch: Partial<DeskState>): void {
    this.state.set({ ...this.state.value, ...patch });
  }
}

export const desk = new Desk();
