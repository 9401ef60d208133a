/**
 * The call of a conversation: runs the state machine of `core/call.ts` over its row, tells both ends what becomes of
 * it, and sees to its line. Whatever is said of it is decided here, so of two agents who answer one wins.
 */
import { parseConversationName, sessionIdOf } from '../../../core/address.ts';
import {
  decideCall,
  isLink,
  nextCheck,
  otherSide,
  takesPart,
  viewOf,
  type CallCommand,
  type CallState,
  type Party,
} from '../../../core/call.ts';
import type { CallNote, CallView, ToCall } from '../../../core/callProtocol.ts';
import type { EventBody } from '../../../core/log.ts';
import { agentForVisitor } from '../../../core/summary.ts';
import { channelOf, deskOf } from '../../env.ts';
import type { CommandAnswer, LiveChatRouting } from '../contracts.ts';
import type { Session } from '../session.ts';

/** A later step of the schema. `state` is null once a call is over and only its line has to be given back. */
export const callsSchema = `
  CREATE TABLE calls (id TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID;
`;

export const callTimer = 'call';

/** How often a line is held; it is free by itself after a minute without. */
const holdMs = 20_000;
const retryMs = 2_000;

export class Calls {
  private state: CallState | null = null;
  /** What both ends are told goes out in the order in which it happened. */
  private telling: Promise<void> = Promise.resolve();
  /** When the line was last held by this instance, epoch ms. */
  private heldAt = 0;

  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
    private readonly tellVisitor: (make: (routing: LiveChatRouting) => ToCall) => Promise<void>,
  ) {
    const row = sql.exec<{ state: string }>('SELECT state FROM calls WHERE state IS NOT NULL').toArray()[0];
    if (row) this.state = JSON.parse(row.state) as CallState;
  }

  get current(): CallState | null {
    return this.state;
  }

  /** Decides, writes, and tells both ends. */
  run(command: CallCommand): CommandAnswer {
    const before = this.state;
    const decision = decideCall(this.session.current.state, before, command, Date.now());
    if ('refusal' in decision) return decision;
    const { call, events } = decision;
    this.keep(call, events);
    if (events.length > 0) this.session.append(events);
    if (command.kind === 'decline' && call) this.session.callDeclined(call.declined);
    return { seq: this.session.current.state.seq, changed: call !== before };
  }

  /** The same events with the end of a call before them, where they close its session. */
  endedBy(bodies: readonly EventBody[]): readonly EventBody[] {
    const closed = bodies.find((body) => body.kind === 'closed');
    if (!closed || !this.state) return bodies;
    const { state } = this.session.current;
    const decision = decideCall(state, this.state, { kind: 'closing', by: closed.by }, Date.now());
    if ('refusal' in decision) return bodies;
    this.keep(decision.call, decision.events);
    return [...decision.events, ...bodies];
  }

  /** Takes a line; false when all are taken. The call has to be begun next, or the line given back. */
  takeLine(call: string, limit: number): Promise<boolean> {
    this.heldAt = Date.now();
    return channelOf(this.session.environment, this.channel).takeLine(call, limit);
  }

  /** A call that did not begin needs no line. */
  giveLineBack(call: string): void {
    this.sql.exec('INSERT OR IGNORE INTO calls VALUES (?, NULL)', call);
    this.session.hurry(callTimer, Date.now());
  }

  /** What one end says about the call. Answers what to tell it when there is no such call; null otherwise. */
  note(party: Party, note: CallNote): ToCall | null {
    const { state: call } = this;
    if (call?.id !== note.call || !takesPart(call, party)) return this.standing(null);
    if (note.kind === 'beat') {
      this.run({ kind: 'beat', call: note.call, end: note.end, party, connected: note.connected });
      return null;
    }
    const { side } = party;
    if (isLink(call, side, note.from, note.to)) this.pass(otherSide(side), note);
    return null;
  }

  /** The call as a frame for an agent. */
  standing(view: CallView | null): ToCall {
    return { kind: 'state', now: Date.now(), call: view };
  }

  /** The same for the visitor, who sees agents as the channel shows them. */
  forVisitor(view: CallView | null, { channel, defaultAgent }: LiveChatRouting): ToCall {
    if (!view?.agent) return this.standing(view);
    const agent = agentForVisitor(view.agent, channel.agentDisplay, defaultAgent);
    return this.standing({ ...view, agent });
  }

  view(): CallView | null {
    return this.state && viewOf(this.state, null);
  }

  /** Looks whether somebody is gone, holds the line, and gives back those of calls that are over. */
  async onTimer(now: number): Promise<number | null> {
    this.run({ kind: 'check' });
    const channel = channelOf(this.session.environment, this.channel);
    const over = this.sql.exec<{ id: string }>('SELECT id FROM calls WHERE state IS NULL').toArray();
    for (const { id } of over) {
      await channel.giveLineBack(id);
      this.sql.exec('DELETE FROM calls WHERE id = ? AND state IS NULL', id);
    }
    const { state: call } = this;
    if (call && now >= this.heldAt + holdMs) {
      this.heldAt = now;
      await channel.holdLine(call.id);
    }
    return this.dueAt(now);
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  private keep(call: CallState | null, events: readonly EventBody[]): void {
    const before = this.state;
    if (call === before) return;
    this.state = call;
    const id = call?.id ?? before?.id;
    if (id === undefined) return;
    this.sql.exec('INSERT OR REPLACE INTO calls VALUES (?, ?)', id, call && JSON.stringify(call));
    const ended = events.find((body) => body.kind === 'call' && body.phase === 'ended');
    const outcome = ended?.kind === 'call' ? ended.outcome : null;
    const shown = call ? viewOf(call, null) : before && viewOf(before, outcome);
    const known = before && viewOf(before, null);
    if (shown && JSON.stringify(shown) !== JSON.stringify(known)) this.tell(shown, call ?? before);
    this.session.hurry(callTimer, call ? Math.min(nextCheck(call), this.heldAt + holdMs) : Date.now());
  }

  /** Both ends hear how the call stands. */
  private tell(view: CallView, call: CallState | null): void {
    this.then(() => this.tellVisitor((routing) => this.forVisitor(view, routing)));
    const { agent } = view;
    if (agent && call) this.then(() => this.tellAgent(agent.id, call, this.standing(view)));
  }

  private pass(to: Party['side'], note: Extract<CallNote, { kind: 'rtc' }>): void {
    const { state: call } = this;
    if (to === 'customer') this.then(() => this.tellVisitor(() => note));
    else if (call?.agent) this.then(() => this.tellAgent(call.agent?.id ?? '', call, note));
  }

  private tellAgent(agent: string, { ordinal }: CallState, frame: ToCall): Promise<void> {
    const session = sessionIdOf(this.session.name, ordinal);
    return deskOf(this.session.environment).callFrame(agent, session, frame);
  }

  /** Nothing of this is kept: an end that missed something joins again, or is told when it next says something. */
  private then(task: () => Promise<void>): void {
    this.telling = this.telling.then(task).catch((error: unknown) => {
      console.error(JSON.stringify({ event: 'call.untold', error: String(error) }));
    });
  }

  private dueAt(now: number): number | null {
    const { state: call } = this;
    const isOver = this.sql.exec('SELECT 1 FROM calls WHERE state IS NULL LIMIT 1').toArray().length > 0;
    if (isOver) return now + retryMs;
    return call && Math.max(now + 500, Math.min(nextCheck(call), this.heldAt + holdMs));
  }

  private get channel(): string {
    return parseConversationName(this.session.name).channel;
  }
}
