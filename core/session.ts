/**
 * The life of a conversation: one pure reducer. `decide` says what a command does or why it may not;
 * `evolve` is the only thing that changes state. Everything that is not in the state (the clock, the queue's
 * mode, the channel's texts) comes in with the command.
 */
import type { AgentRef } from './agent.ts';
import type { Content } from './content.ts';
import { problem, type Problem } from './errors.ts';
import type {
  Closer,
  CustomerProfile,
  EventBody,
  LogEvent,
  ProfileSource,
  Route,
  SourcePage,
} from './log.ts';
import { refusePickUp, refuseReply, replyPicksUp, type Assignment, type Standing } from './queue.ts';

export interface SessionState {
  /** `seq` of the newest event; 0 before the first. */
  seq: number;
  /** `at` of the newest event; time never runs backwards in a log. */
  at: number;
  /** Ordinal of the newest session; 0 before the first. */
  ordinal: number;
  open: OpenSession | null;
  profile: CustomerProfile;
  /** When the customer filled in the pre-chat form, epoch ms. */
  formAt: number | null;
  /** When the customer last agreed to the terms, epoch ms. */
  consentAt: number | null;
}

export interface OpenSession {
  openedAt: number;
  lastActivityAt: number;
  route: Route;
}

export const noSession: SessionState = {
  seq: 0,
  at: 0,
  ordinal: 0,
  open: null,
  profile: {},
  formAt: null,
  consentAt: null,
};

/** A message as it comes in: `id` was made by its sender. */
export interface Incoming {
  id: string;
  content: Content;
}

/** What a channel does when a customer's message opens a session. Texts are null when none is sent. */
export interface Opening {
  route: Route;
  source: SourcePage | null;
  greeting: string | null;
  autoResponse: string | null;
}

export type Command =
  | { kind: 'customerMessage'; message: Incoming; opening: Opening }
  | { kind: 'agentMessage'; message: Incoming; ordinal: number; agent: AgentRef; standing: Standing }
  | { kind: 'pickUp'; ordinal: number; agent: AgentRef; standing: Standing }
  | {
      kind: 'profile';
      profile: CustomerProfile;
      from: ProfileSource;
      consent: { terms: string; explicit: boolean } | null;
    }
  | { kind: 'customerEnds'; closedMessage: string }
  | { kind: 'agentEnds'; ordinal: number; agent: AgentRef; standing: Standing; closedMessage: string }
  | { kind: 'timeout'; afterMs: number; closedMessage: string }
  /** The channel is being deleted. */
  | { kind: 'channelEnds'; closedMessage: string };

export type Decision = { events: EventBody[] } | { refusal: Problem };

/** What `command` does at `now` (epoch ms). An empty list of events means that there is nothing to do. */
export function decide(state: SessionState, command: Command, now: number): Decision {
  switch (command.kind) {
    case 'customerMessage': {
      const message: EventBody = { kind: 'message', author: { kind: 'customer' }, ...command.message };
      if (state.open) return { events: [message] };
      const { route, source, greeting, autoResponse } = command.opening;
      const ordinal = state.ordinal + 1;
      return {
        events: [
          { kind: 'opened', ordinal, route, source },
          ...auto('greeting', greeting, ordinal),
          message,
          ...auto('firstMessage', autoResponse, ordinal),
        ],
      };
    }
    case 'agentMessage': {
      const open = openOf(state, command.ordinal);
      if (!open) return { refusal: problem('session_closed') };
      const assignment = assignmentOf(open.route);
      const refusal = refuseReply(assignment, command.standing);
      if (refusal) return { refusal };
      const { agent } = command;
      const message: EventBody = { kind: 'message', author: { kind: 'agent', agent }, ...command.message };
      return replyPicksUp(assignment, command.standing)
        ? { events: [{ kind: 'pickedUp', agent }, message] }
        : { events: [message] };
    }
    case 'pickUp': {
      const open = openOf(state, command.ordinal);
      if (!open) return { refusal: problem('session_closed') };
      if (open.route.queue && open.route.agent?.id === command.agent.id) return { events: [] };
      const refusal = refusePickUp(assignmentOf(open.route), command.standing);
      if (refusal) {
        const winner = open.route.agent;
        return {
          refusal:
            winner && refusal.code === 'picked_up_by_other'
              ? { ...refusal, details: [winner.name] }
              : refusal,
        };
      }
      return { events: [{ kind: 'pickedUp', agent: command.agent }] };
    }
    case 'profile': {
      const events: EventBody[] = [];
      const merged = mergeProfile(state.profile, command.profile);
      const changed = JSON.stringify(merged) !== JSON.stringify(state.profile);
      if (changed || (command.from === 'form' && state.formAt === null)) {
        events.push({ kind: 'profile', profile: merged, from: command.from });
      }
      if (command.consent) events.push({ kind: 'consent', ...command.consent });
      return { events };
    }
    case 'customerEnds':
      return { events: state.open ? closing(state, { kind: 'customer' }, command.closedMessage) : [] };
    case 'agentEnds': {
      const open = openOf(state, command.ordinal);
      if (!open) return { events: [] };
      const refusal = refuseReply(assignmentOf(open.route), command.standing);
      if (refusal) return { refusal };
      return { events: closing(state, { kind: 'agent', agent: command.agent }, command.closedMessage) };
    }
    case 'timeout':
      if (!state.open || now < state.open.lastActivityAt + command.afterMs) return { events: [] };
      return { events: closing(state, { kind: 'timeout' }, command.closedMessage) };
    case 'channelEnds':
      return { events: state.open ? closing(state, { kind: 'channel' }, command.closedMessage) : [] };
  }
}

/** Gives events their place in the log of `state`. */
export function place(state: SessionState, bodies: readonly EventBody[], now: number): LogEvent[] {
  let { seq, ordinal } = state;
  const at = Math.max(now, state.at);
  return bodies.map((body) => {
    if (body.kind === 'opened') ordinal = body.ordinal;
    return { seq: ++seq, at, ordinal, body };
  });
}

/** The state after one more event. */
export function evolve(state: SessionState, { seq, at, body }: LogEvent): SessionState {
  const next: SessionState = { ...state, seq, at };
  switch (body.kind) {
    case 'opened':
      return {
        ...next,
        ordinal: body.ordinal,
        open: { openedAt: at, lastActivityAt: at, route: body.route },
      };
    case 'message':
      return next.open && body.author.kind !== 'auto'
        ? { ...next, open: { ...next.open, lastActivityAt: at } }
        : next;
    case 'pickedUp':
      return next.open
        ? {
            ...next,
            open: { ...next.open, lastActivityAt: at, route: { ...next.open.route, agent: body.agent } },
          }
        : next;
    case 'profile':
      return { ...next, profile: body.profile, formAt: body.from === 'form' ? at : next.formAt };
    case 'consent':
      return { ...next, consentAt: at };
    case 'closed':
      return { ...next, open: null };
  }
}

/** Where a routed session stands for the rules of `queue.ts`. */
export function assignmentOf(route: Route): Assignment {
  return { queue: route.queue?.id ?? null, agent: route.agent?.id ?? null };
}

function openOf(state: SessionState, ordinal: number): OpenSession | null {
  return state.ordinal === ordinal ? state.open : null;
}

function closing(state: SessionState, by: Closer, closedMessage: string): EventBody[] {
  return [...auto('closed', closedMessage, state.ordinal), { kind: 'closed', by }];
}

/** One of the channel's own texts. Its id follows from the session, so that it exists once in each. */
function auto(
  reason: 'greeting' | 'firstMessage' | 'closed',
  text: string | null,
  ordinal: number,
): EventBody[] {
  if (!text) return [];
  return [
    {
      kind: 'message',
      id: `auto-${ordinal}-${reason}`,
      author: { kind: 'auto', reason },
      content: { kind: 'text', text },
    },
  ];
}

/** Later answers win; attributes are merged one by one, and a signed user id stays. */
function mergeProfile(before: CustomerProfile, more: CustomerProfile): CustomerProfile {
  const merged: CustomerProfile = { ...before, ...more };
  if (before.attributes || more.attributes) {
    merged.attributes = { ...before.attributes, ...more.attributes };
  }
  return merged;
}
