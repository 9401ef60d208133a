/**
 * What is known of the conversation: a pure fold of the edge's frames. Events are kept without a gap; where
 * one is missing the caller is told, and asks again from the last contiguous `seq`.
 */
import type { ChatEvent } from '../core/log.ts';
import type { ToVisitorFrame } from '../core/visitorProtocol.ts';
import type { ChatState } from './chat.ts';

/** The part of the state that comes from the edge and that tabs share. */
export type Shared = Omit<ChatState, 'config' | 'link' | 'pending'>;

export interface Folded {
  state: Shared;
  /** Events that were not there before, in order; a page of history is not among them. */
  fresh: ChatEvent[];
  /** Whether events between the known ones and the frame's are missing. */
  gap: boolean;
}

/** The newest `seq` up to which nothing is missing; 0 before the first event. */
export function lastSeq(state: Pick<ChatState, 'events'>): number {
  return state.events.at(-1)?.seq ?? 0;
}

/** The state after a frame; `now` is this machine's clock, epoch ms. */
export function fold(state: Shared, frame: ToVisitorFrame, now: number): Folded {
  switch (frame.kind) {
    case 'welcome': {
      const { marks, open, formDue, profile, availability } = frame;
      const known = lastSeq(state);
      const last = frame.events.at(-1)?.seq;
      // An edge that was set back to a backup knows less than this page, and starts it over.
      const startsOver = known === 0 || frame.complete || (last !== undefined && last < known);
      const fresh = frame.events.filter((event) => event.seq > known);
      const events = startsOver ? frame.events : [...state.events, ...fresh];
      const complete = startsOver ? frame.complete : state.complete;
      const clockOffset = frame.now - now;
      const next = {
        ...state,
        marks,
        open,
        formDue,
        profile,
        availability,
        clockOffset,
        agentTyping: false,
        call: null,
      };
      return { state: { ...next, events, complete }, fresh, gap: false };
    }
    case 'events': {
      const known = lastSeq(state);
      const fresh = frame.events.filter((event) => event.seq > known);
      const first = fresh[0];
      if (!first) return { state, fresh: [], gap: false };
      if (first.seq !== known + 1) return { state, fresh: [], gap: true };
      const events = [...state.events, ...fresh];
      return { state: fresh.reduce(apply, { ...state, events }), fresh, gap: false };
    }
    case 'history': {
      const first = state.events[0]?.seq ?? Infinity;
      const older = frame.events.filter((event) => event.seq < first);
      return same({ ...state, events: [...older, ...state.events], complete: frame.complete });
    }
    case 'marks':
      return same({ ...state, marks: frame.marks });
    case 'typing':
      return same({ ...state, agentTyping: frame.on });
    case 'call':
      // The rest that is said of a call is for the moment only.
      return same(isCallState(frame.call) ? { ...state, call: frame.call } : state);
    case 'done':
    case 'refused':
      return same(state);
  }
}

/** Agents' messages that the visitor has not read, as far as they are loaded. */
export function unreadCount({ events, marks }: Pick<ChatState, 'events' | 'marks'>): number {
  return events.filter(
    ({ seq, body }) => seq > marks.customer.read && body.kind === 'message' && body.author.kind === 'agent',
  ).length;
}

/** Whether anything was ever said; the log may begin with what the website told of its visitor. */
export function hasTalked({ events }: Pick<ChatState, 'events'>): boolean {
  return events.some(({ ordinal }) => ordinal > 0);
}

/** Whether the log holds a message of the visitor with this id. */
export function holds(events: readonly ChatEvent[], id: string): boolean {
  return events.some(({ body }) => body.kind === 'message' && body.id === id);
}

function isCallState(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'kind' in said && said.kind === 'state';
}

function same(state: Shared): Folded {
  return { state, fresh: [], gap: false };
}

function apply(state: Shared, { body }: ChatEvent): Shared {
  if (body.kind === 'opened') return { ...state, open: true };
  if (body.kind === 'closed') return { ...state, open: false, agentTyping: false };
  if (body.kind === 'profile') return { ...state, profile: body.profile };
  if (body.kind === 'message' && body.author.kind === 'agent') return { ...state, agentTyping: false };
  return state;
}
