/** Calls of the agent's sessions, as far as they ring here or go on in another window. Pure. */
import type { CurrentCall, InboxSession } from '../../core/protocol.ts';
import type { DeskState } from './desk-state.ts';

export interface Calling {
  session: InboxSession;
  call: CurrentCall;
}

/** Calls of visitors that this agent can answer, the one that rings longest first. None unless they are available. */
export function ringing({ sessions, presence, agent }: DeskState): Calling[] {
  if (agent === null || (presence.get(agent)?.presence ?? 'available') !== 'available') return [];
  return all(sessions.calling)
    .filter(
      ({ session, call }) =>
        call.phase === 'ringing' &&
        call.from === 'customer' &&
        session.role !== 'reads' &&
        !call.declined.includes(agent),
    )
    .sort((one, other) => one.call.startedAt - other.call.startedAt);
}

/** The call in which this agent is by another page of theirs; `knows` tells those of this page. */
export function callElsewhere(
  { sessions, agent }: DeskState,
  knows: (call: string) => boolean,
): Calling | null {
  const own = all(sessions.calling).filter(({ call }) => call.agent?.id === agent && !knows(call.id));
  return own.find(({ call }) => call.phase === 'answered' || call.from === 'agent') ?? null;
}

function all(calling: ReadonlyMap<string, InboxSession>): Calling[] {
  return [...calling.values()].flatMap((session) => (session.call ? [{ session, call: session.call }] : []));
}
