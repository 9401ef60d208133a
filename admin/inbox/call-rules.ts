/** Whether an agent can call the visitor of a session now. Pure. */
import type { InboxSession } from '../../core/protocol.ts';
import type { DeskState } from '../data/desk-state.ts';
import type { PhoneState } from '../data/phone.ts';

/** Why not, in words that say what to do; empty when they can, null where calls are not offered at all. */
export function callRefusal(
  desk: Pick<DeskState, 'reach' | 'agent' | 'connection'>,
  phone: Pick<PhoneState, 'busy'> & { call: object | null },
  session: Pick<InboxSession, 'id' | 'call'>,
): string | null {
  const reach = desk.reach.get(session.id);
  if (reach === undefined) return null;
  if (phone.call || phone.busy !== null) return 'You are in a call. Hang up first.';
  if (session.call) {
    const who = session.call.agent;
    return who && who.id !== desk.agent
      ? `${who.name} is in a call with this visitor.`
      : 'A call is going on in this session already.';
  }
  if (desk.connection !== 'online') return 'There is no connection. Wait until it is back.';
  switch (reach) {
    case 'ready':
      return '';
    case 'away':
      return 'The visitor is not on the website right now. Write a message; they read it when they come back.';
    case 'unable':
      return "The visitor's page cannot take calls, as it is not secure (HTTPS). Write instead.";
  }
}
