/**
 * The life of a conversation: one pure reducer. `decide` says what a command does or why it may not;
 * `evolve` is the only thing that changes state. Everything that is not in the state (the clock, the queue's
 * mode, the channel's texts) comes in with the command.
 */
import type { AgentRef } from './agent.ts';
import type { Content } from './content.ts';
import { advance, type DeliveryStatus } from './delivery.ts';
import { problem, type Problem } from './errors.ts';
import type {
  CampaignRef,
  Closer,
  EventBody,
  FullProfile,
  LogEvent,
  MessageContext,
  ProfileSource,
  Route,
  SourcePage,
} from './log.ts';
import { refusePickUp, refuseReply, replyPicksUp, type Assignment, type Standing } from './queue.ts';
import type { SendError } from './sendError.ts';

export interface SessionState {
  /** `seq` of the newest event; 0 before the first. */
  seq: number;
  /** `at` of the newest event; time never runs backwards in a log. */
  at: number;
  /** Ordinal of the newest session; 0 before the first. */
  ordinal: number;
  open: OpenSession | null;
  profile: FullProfile;
  /** When the customer filled in the pre-chat form, epoch ms. */
  formAt: number | null;
  /** When the customer last agreed to the terms, epoch ms. */
  consentAt: number | null;
  /** When the customer last did something that opens the provider's window, epoch ms. */
  lastInboundAt: number | null;
  /** The customer wants no messages. */
  optedOut: boolean;
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
  lastInboundAt: null,
  optedOut: false,
};

/** A message as it comes in: `id` was made by its sender. */
export interface Incoming {
  id: string;
  content: Content;
  context?: MessageContext;
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
  /** `to` is where it goes: an agent, or a queue in which it waits. */
  | { kind: 'transfer'; to: Route; ordinal: number; agent: AgentRef; standing: Standing }
  /** Its agent is there no more: it goes back to the queue it came from. */
  | { kind: 'giveBack'; ordinal: number; agent: string }
  /** An agent starts a session with a customer who need not have written. */
  | { kind: 'start'; agent: AgentRef }
  /** A campaign's message opens a session; one that is open already is used instead. */
  | { kind: 'campaignMessage'; message: Incoming; campaign: CampaignRef; route: Route }
  /** `reads`: the agent sees the session, which is all it takes. */
  | { kind: 'note'; note: Note; agent: AgentRef; reads: boolean }
  | { kind: 'label'; labels: { id: string; name: string }[]; agent: AgentRef; reads: boolean }
  /** Sends a message again; `before` is how far it has got. */
  | {
      kind: 'resend';
      message: string;
      before: Delivery;
      ordinal: number;
      agent: AgentRef;
      standing: Standing;
    }
  /** A provider's report of a message that we sent. */
  | {
      kind: 'report';
      message: string;
      before: Delivery;
      round: number;
      status: DeliveryStatus;
      error: SendError | null;
    }
  /** What is said about an earlier message, or the customer; whoever calls has made sure that it fits. */
  | { kind: 'remark'; events: Remark[] }
  /** One of the texts that go out by themselves while a session is open; `id` makes it exist once. */
  | { kind: 'autoMessage'; reason: 'optOut'; id: string; text: string }
  /** Somebody wrote from our number outside Parley. */
  | { kind: 'externalMessage'; message: Incoming }
  | {
      kind: 'profile';
      profile: FullProfile;
      from: ProfileSource;
      consent: { terms: string; explicit: boolean } | null;
    }
  | { kind: 'customerEnds'; closedMessage: string }
  | { kind: 'agentEnds'; ordinal: number; agent: AgentRef; standing: Standing; closedMessage: string }
  | { kind: 'timeout'; afterMs: number; closedMessage: string }
  /** The channel is being deleted. */
  | { kind: 'channelEnds'; closedMessage: string };

/** What an agent notes; `id` was made by their page, the same one twice is the same note. */
export type Note = Omit<Extract<EventBody, { kind: 'note' }>, 'kind' | 'agent'>;

export type Remark = Extract<
  EventBody,
  { kind: 'file' | 'text' | 'edited' | 'revoked' | 'reaction' | 'optOut' | 'notice' | 'dialled' }
>;

/** How far a message has got, and how often it was sent. */
export interface Delivery {
  status: DeliveryStatus;
  round: number;
}

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
    case 'resend': {
      const open = openOf(state, command.ordinal);
      if (!open) return { refusal: problem('session_closed') };
      const refusal = refuseReply(assignmentOf(open.route), command.standing);
      if (refusal) return { refusal };
      const { message, before, agent } = command;
      if (before.status !== 'failed' && before.status !== 'unknown') {
        return { refusal: problem('not_resendable') };
      }
      return { events: [{ kind: 'resent', message, round: before.round + 1, agent }] };
    }
    case 'report': {
      const { message, before, round, status, error } = command;
      // A report about an earlier try says nothing about the present one, unless the message arrived after all.
      const late = round < before.round && status !== 'delivered' && status !== 'read';
      if (late || advance(before.status, status) === before.status) return { events: [] };
      return { events: [{ kind: 'status', message, round: before.round, status, error }] };
    }
    case 'remark':
      return { events: command.events };
    case 'autoMessage': {
      if (!state.open) return { events: [] };
      const { id, reason, text } = command;
      return {
        events: [{ kind: 'message', id, author: { kind: 'auto', reason }, content: { kind: 'text', text } }],
      };
    }
    case 'externalMessage':
      if (!state.open) return { events: [] };
      return { events: [{ kind: 'message', author: { kind: 'external' }, ...command.message }] };
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
    case 'transfer': {
      const open = openOf(state, command.ordinal);
      if (!open) return { refusal: problem('session_closed') };
      const refusal = refuseReply(assignmentOf(open.route), command.standing);
      if (refusal) return { refusal };
      if (isAt(open.route, command.to)) return { refusal: problem('transfer_nowhere') };
      return {
        events: [{ kind: 'transferred', by: command.agent, from: open.route, to: command.to }],
      };
    }
    case 'giveBack': {
      const open = openOf(state, command.ordinal);
      if (open?.route.agent?.id !== command.agent || !open.route.queue) return { events: [] };
      const to = { queue: open.route.queue, agent: null };
      return { events: [{ kind: 'transferred', by: null, from: open.route, to }] };
    }
    case 'start': {
      const { agent } = command;
      if (state.optedOut) return { refusal: problem('opted_out') };
      if (state.open) return { events: [] };
      const route = { queue: null, agent };
      return {
        events: [{ kind: 'opened', ordinal: state.ordinal + 1, route, source: null, by: agent }],
      };
    }
    case 'campaignMessage': {
      const { campaign, route } = command;
      if (state.optedOut) return { refusal: problem('opted_out') };
      const message: EventBody = {
        kind: 'message',
        author: { kind: 'campaign', campaign },
        ...command.message,
      };
      if (state.open) return { events: [message] };
      const ordinal = state.ordinal + 1;
      return { events: [{ kind: 'opened', ordinal, route, source: null, campaign }, message] };
    }
    case 'note': {
      const { note, agent, reads } = command;
      if (!reads) return { refusal: problem('session_not_yours') };
      return { events: [{ kind: 'note', agent, ...note }] };
    }
    case 'label': {
      const { labels, agent, reads } = command;
      if (!reads) return { refusal: problem('session_not_yours') };
      return { events: [{ kind: 'labels', agent, labels }] };
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
    case 'message': {
      const lastInboundAt = body.author.kind === 'customer' ? at : next.lastInboundAt;
      return { ...(body.author.kind === 'auto' ? next : active(next)), lastInboundAt };
    }
    case 'reaction':
      return { ...active(next), lastInboundAt: at };
    case 'notice':
      return body.fromCustomer ? { ...active(next), lastInboundAt: at } : next;
    case 'optOut':
      return body.scope === 'all' ? { ...next, optedOut: body.out } : next;
    case 'resent':
    case 'call':
      return active(next);
    case 'status':
    case 'file':
    case 'text':
    case 'edited':
    case 'revoked':
      return next;
    case 'pickedUp':
      return next.open
        ? {
            ...next,
            open: { ...next.open, lastActivityAt: at, route: { ...next.open.route, agent: body.agent } },
          }
        : next;
    case 'transferred':
      return next.open ? { ...next, open: { ...next.open, lastActivityAt: at, route: body.to } } : next;
    case 'note':
    case 'dialled':
    case 'labels':
      return next;
    case 'profile':
      return { ...next, profile: body.profile, formAt: body.from === 'form' ? at : next.formAt };
    case 'consent':
      return { ...next, consentAt: at };
    case 'closed':
      return { ...next, open: null };
  }
}

/** With its time of last activity moved to now. */
function active(state: SessionState): SessionState {
  return state.open ? { ...state, open: { ...state.open, lastActivityAt: state.at } } : state;
}

/** Where a routed session stands for the rules of `queue.ts`. */
export function assignmentOf(route: Route): Assignment {
  return { queue: route.queue?.id ?? null, agent: route.agent?.id ?? null };
}

/** Whether a transfer to `to` would change nothing. */
function isAt(route: Route, to: Route): boolean {
  return to.agent ? route.agent?.id === to.agent.id : !route.agent && route.queue?.id === to.queue?.id;
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
function mergeProfile(before: FullProfile, more: FullProfile): FullProfile {
  const merged: FullProfile = { ...before, ...more };
  if (before.attributes || more.attributes) {
    merged.attributes = { ...before.attributes, ...more.attributes };
  }
  return merged;
}
