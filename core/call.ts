/**
 * A call between the visitor of a live chat and an agent: one pure state machine beside that of the session
 * (`session.ts`). At most one call goes on in a conversation. What lasts of it becomes events of the log; who is there
 * at the moment is only in the state, which is stored as well, so that a call ends also when nobody comes back.
 */
import type { AgentRef } from './agent.ts';
import { beatMs, type CallView } from './callProtocol.ts';
import { problem, type Problem } from './errors.ts';
import type { CallFrom, CallOutcome, Closer, EventBody, Route, SourcePage } from './log.ts';
import { refuseReply, type Standing } from './queue.ts';
import { assignmentOf, type SessionState } from './session.ts';

/** How long a call rings. */
export const ringMs = 40_000;
/** How long two ends may take until sound comes through. */
export const connectMs = 25_000;
/** How long an end may be silent until it counts as gone; it says every `beatMs` that it is there. */
export const silentMs = 12_000;
/** How long an end that is gone has to come back. */
export const rejoinMs = 15_000;

export { beatMs };

/** A page that takes part. */
export interface End {
  id: string;
  /** When it was last heard of, epoch ms. */
  seenAt: number;
  /** Since when it is gone, epoch ms; null while it is there. */
  lostAt: number | null;
}

export interface CallState {
  id: string;
  /** Of the session in which it goes on. */
  ordinal: number;
  from: CallFrom;
  phase: 'ringing' | 'connecting' | 'active';
  /** Who invites, or has answered. */
  agent: AgentRef | null;
  /** Agents at whom it does not ring any more. */
  declined: string[];
  /** Epoch ms. */
  startedAt: number;
  answeredAt: number | null;
  /** Since when the present pair of ends tries to connect, epoch ms. */
  linkedAt: number | null;
  ends: { customer: End | null; agent: End | null };
}

/** Who says something about a call. */
export type Party = { side: 'customer' } | { side: 'agent'; agent: AgentRef };

export type CallCommand =
  /** `opening`: how a session opens when none is open. `line`: whether the channel has one free. */
  | {
      kind: 'customerCalls';
      call: string;
      end: string;
      opening: { route: Route; source: SourcePage | null };
      line: boolean;
    }
  | { kind: 'agentCalls'; call: string; end: string; ordinal: number; agent: AgentRef; standing: Standing }
  | { kind: 'customerAnswers'; call: string; end: string }
  | { kind: 'agentAnswers'; call: string; end: string; agent: AgentRef; standing: Standing }
  /** `ringing`: ids of the agents whom the call reaches, whoever declines among them. */
  | { kind: 'decline'; call: string; party: Party; ringing: string[] }
  | { kind: 'hangUp'; call: string; party: Party; failed: boolean }
  | { kind: 'join'; call: string; end: string; party: Party }
  | { kind: 'beat'; call: string; end: string; party: Party; connected: boolean }
  /** The socket of an end has closed. */
  | { kind: 'lost'; side: CallFrom; end: string }
  /** The session is about to be closed. */
  | { kind: 'closing'; by: Closer }
  /** Time has passed. */
  | { kind: 'check' };

/** What becomes of the call, and what goes into the log with it. The same `call` as before: nothing changed. */
export type CallDecision = { call: CallState | null; events: EventBody[] } | { refusal: Problem };

/** What `command` does at `now` (epoch ms). */
export function decideCall(
  session: SessionState,
  call: CallState | null,
  command: CallCommand,
  now: number,
): CallDecision {
  switch (command.kind) {
    case 'customerCalls': {
      const { opening, line } = command;
      if (call) return call.id === command.call ? same(call) : { refusal: problem('call_running') };
      const ordinal = session.open ? session.ordinal : session.ordinal + 1;
      const opened: EventBody[] = session.open ? [] : [{ kind: 'opened', ordinal, ...opening }];
      const begun = ringing(command, ordinal, 'customer', null, now);
      if (!line) return { call: null, events: [...opened, over(begun, 'busy', null, now)] };
      return { call: begun, events: [...opened, phase(begun, 'started')] };
    }
    case 'agentCalls': {
      const { agent, standing, ordinal } = command;
      if (call) return call.id === command.call ? same(call) : { refusal: running(call) };
      if (!session.open || session.ordinal !== ordinal) return { refusal: problem('session_closed') };
      const refusal = refuseReply(assignmentOf(session.open.route), standing);
      if (refusal) return { refusal };
      const begun = ringing(command, ordinal, 'agent', agent, now);
      return { call: begun, events: [...pickUp(session, agent, standing), phase(begun, 'started')] };
    }
    case 'customerAnswers':
      if (call?.id !== command.call || call.from !== 'agent') return { refusal: problem('call_over') };
      if (call.phase !== 'ringing') return taken(call, 'customer', command.end);
      return answered(call, command.end, 'customer', call.agent, [], now);
    case 'agentAnswers': {
      const { agent, standing, end } = command;
      if (call?.id !== command.call || call.from !== 'customer') return { refusal: problem('call_over') };
      if (call.phase !== 'ringing') return taken(call, 'agent', end);
      const refusal = session.open
        ? refuseReply(assignmentOf(session.open.route), standing)
        : problem('session_closed');
      if (refusal) return { refusal };
      return answered(call, end, 'agent', agent, pickUp(session, agent, standing), now);
    }
    case 'decline': {
      const { party } = command;
      if (call?.id !== command.call || call.phase !== 'ringing') return same(call);
      if (call.from === party.side) return { refusal: problem('call_over') };
      if (party.side === 'customer') return ended(call, 'declined', 'customer', now);
      const declined = [...new Set([...call.declined, party.agent.id])];
      if (command.ringing.every((agent) => declined.includes(agent)))
        return ended(call, 'declined', 'agent', now);
      return { call: { ...call, declined }, events: [] };
    }
    case 'hangUp': {
      const { party, failed } = command;
      if (call?.id !== command.call) return same(call);
      if (party.side === 'agent' && !takesPart(call, party)) return { refusal: problem('session_not_yours') };
      if (failed && call.phase !== 'ringing')
        return ended(call, call.phase === 'active' ? 'lost' : 'failed', party.side, now);
      return ended(call, hungUp(call, party.side), party.side, now);
    }
    case 'join': {
      const { party, end } = command;
      if (call?.id !== command.call || !takesPart(call, party)) return { refusal: problem('call_over') };
      const isNew = call.ends[party.side]?.id !== end;
      const joined = withEnd(call, party.side, { id: end, seenAt: now, lostAt: null });
      return { call: isNew && call.answeredAt !== null ? { ...joined, linkedAt: now } : joined, events: [] };
    }
    case 'beat': {
      const { party, end, connected } = command;
      if (call?.id !== command.call || call.ends[party.side]?.id !== end || !takesPart(call, party))
        return same(call);
      const seen = withEnd(call, party.side, { id: end, seenAt: now, lostAt: null });
      return {
        call: connected && call.phase === 'connecting' ? { ...seen, phase: 'active' } : seen,
        events: [],
      };
    }
    case 'lost': {
      const end = call?.ends[command.side];
      if (!call || end?.id !== command.end || end.lostAt !== null) return same(call);
      return { call: withEnd(call, command.side, { ...end, lostAt: now }), events: [] };
    }
    case 'closing': {
      if (!call) return same(call);
      const { kind } = command.by;
      const side = kind === 'customer' || kind === 'agent' ? kind : null;
      return ended(call, hungUp(call, side), side, now);
    }
    case 'check':
      return call ? checked(call, now) : same(call);
  }
}

/** When the call has to be looked at again without anybody saying anything, epoch ms. */
export function nextCheck(call: CallState): number {
  const { phase: at, startedAt, linkedAt, ends } = call;
  const times = Object.values(ends).flatMap((end) =>
    end === null ? [] : [end.lostAt === null ? end.seenAt + silentMs : end.lostAt + rejoinMs],
  );
  if (at === 'ringing') times.push(startedAt + ringMs);
  if (at === 'connecting') times.push((linkedAt ?? startedAt) + connectMs);
  return Math.min(...times);
}

/** Whether a note may go from one end to the other. */
export function isLink(call: CallState, side: CallFrom, from: string, to: string): boolean {
  return call.ends[side]?.id === from && call.ends[otherSide(side)]?.id === to;
}

export function otherSide(side: CallFrom): CallFrom {
  return side === 'customer' ? 'agent' : 'customer';
}

/** The call as both ends see it; with its outcome once it has ended. */
export function viewOf(call: CallState, outcome: CallOutcome | null): CallView {
  const { id, from, agent, startedAt, answeredAt, ends } = call;
  return {
    id,
    from,
    phase: outcome === null ? call.phase : 'ended',
    agent,
    startedAt,
    answeredAt,
    ends: { customer: ends.customer?.id ?? null, agent: ends.agent?.id ?? null },
    outcome,
  };
}

/** Whether somebody is on one of the call's two sides: that of an agent is one agent's once they call or answer. */
export function takesPart(call: CallState, party: Party): boolean {
  if (call.ends[party.side] === null) return false;
  return party.side === 'customer' || call.agent?.id === party.agent.id;
}

// ── Parts of decisions ──────────────────────────────────────────────────────────────────────────────────

const same = (call: CallState | null): CallDecision => ({ call, events: [] });

function ringing(
  { call, end }: { call: string; end: string },
  ordinal: number,
  from: CallFrom,
  agent: AgentRef | null,
  now: number,
): CallState {
  const caller: End = { id: end, seenAt: now, lostAt: null };
  return {
    id: call,
    ordinal,
    from,
    phase: 'ringing',
    agent,
    declined: [],
    startedAt: now,
    answeredAt: null,
    linkedAt: null,
    ends: from === 'customer' ? { customer: caller, agent: null } : { customer: null, agent: caller },
  };
}

/** Answering picks a waiting session up, unless in its queue nobody does. */
function pickUp({ open }: SessionState, agent: AgentRef, { mode }: Standing): EventBody[] {
  const waits = open !== null && open.route.agent === null && mode !== 'disabled';
  return waits ? [{ kind: 'pickedUp', agent }] : [];
}

function answered(
  call: CallState,
  end: string,
  side: CallFrom,
  agent: AgentRef | null,
  before: EventBody[],
  now: number,
): CallDecision {
  const next: CallState = {
    ...withEnd(call, side, { id: end, seenAt: now, lostAt: null }),
    phase: 'connecting',
    agent,
    answeredAt: now,
    linkedAt: now,
  };
  return { call: next, events: [...before, phase(next, 'answered')] };
}

/** Somebody has answered already: who says so twice is right, who comes later hears who it was. */
function taken(call: CallState, side: CallFrom, end: string): CallDecision {
  if (call.ends[side]?.id === end) return same(call);
  const details = side === 'agent' && call.agent ? { details: [call.agent.name] } : {};
  return { refusal: problem('call_taken', details) };
}

function running({ agent }: CallState): Problem {
  return problem('call_running', agent ? { details: [agent.name] } : {});
}

/** What hanging up at this moment means; `side` null when nobody does. */
function hungUp({ phase: at, from }: CallState, side: CallFrom | null): CallOutcome {
  if (at !== 'ringing') return 'answered';
  if (side === null) return 'missed';
  return side === from ? 'cancelled' : 'declined';
}

function checked(call: CallState, now: number): CallDecision {
  if (call.phase === 'ringing' && now >= call.startedAt + ringMs) return ended(call, 'missed', null, now);
  if (call.phase === 'connecting' && now >= (call.linkedAt ?? call.startedAt) + connectMs)
    return ended(call, 'failed', null, now);
  let next = call;
  for (const side of ['customer', 'agent'] as const) {
    const end = call.ends[side];
    if (!end) continue;
    if (end.lostAt === null) {
      if (now >= end.seenAt + silentMs) next = withEnd(next, side, { ...end, lostAt: now });
    } else if (now >= end.lostAt + rejoinMs) {
      return ended(call, givenUp(call), call.phase === 'ringing' ? side : null, now);
    }
  }
  return { call: next, events: [] };
}

/** What it means that one end does not come back. */
function givenUp({ phase: at }: CallState): CallOutcome {
  if (at === 'ringing') return 'cancelled';
  return at === 'active' ? 'lost' : 'failed';
}

function withEnd(call: CallState, side: CallFrom, end: End): CallState {
  return { ...call, ends: { ...call.ends, [side]: end } };
}

function ended(call: CallState, outcome: CallOutcome, endedBy: CallFrom | null, now: number): CallDecision {
  return { call: null, events: [over(call, outcome, endedBy, now)] };
}

type CallEvent = Extract<EventBody, { kind: 'call' }>;

function phase(call: CallState, at: 'started' | 'answered'): CallEvent {
  const { id, from, agent, startedAt, answeredAt } = call;
  const ringingMs = answeredAt === null ? 0 : answeredAt - startedAt;
  return {
    kind: 'call',
    id,
    phase: at,
    from,
    agent,
    ringingMs,
    talkingMs: 0,
    outcome: null,
    endedBy: null,
  };
}

/** Clocks may go backwards between two processes; durations do not. */
function over(call: CallState, outcome: CallOutcome, endedBy: CallFrom | null, now: number): CallEvent {
  const { id, from, agent, startedAt, answeredAt } = call;
  const ringingMs = Math.max(0, (answeredAt ?? now) - startedAt);
  const talkingMs = answeredAt === null ? 0 : Math.max(0, now - answeredAt);
  return { kind: 'call', id, phase: 'ended', from, agent, ringingMs, talkingMs, outcome, endedBy };
}
