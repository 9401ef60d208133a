/** What became of a call, in the one line that the timeline has for it. Pure. */
import { talkTime } from '../../core/callRecord.ts';
import type { EventBody } from '../../core/log.ts';

export type CallEvent = Extract<EventBody, { kind: 'call' }>;

/** Whether a customer was not spoken to, who wanted to be. */
export function isMissed({ from, outcome }: CallEvent): boolean {
  return from === 'customer' && outcome !== 'answered' && outcome !== 'lost';
}

/** `self` is the reading agent's id. */
export function callWords(call: CallEvent, self: string | null): string {
  const { from, agent, outcome, ringingMs, talkingMs } = call;
  const who = agent === null ? 'nobody' : agent.id === self ? 'you' : agent.name;
  const rang = talkTime(ringingMs);
  const talked = talkTime(talkingMs);
  if (from === 'agent') {
    const begun = `${who === 'you' ? 'You' : who} called the visitor`;
    switch (outcome) {
      case 'answered':
        return `${begun} and talked for ${talked}`;
      case 'lost':
        return `${begun} and talked for ${talked}, until the connection was lost`;
      case 'failed':
        return `${begun}, who answered, but no sound came through`;
      case 'declined':
        return `${begun}, who declined`;
      case 'cancelled':
        return `${begun} and hung up after ${rang}`;
      case 'busy':
      case 'missed':
      case null:
        return `${begun}, who did not answer for ${rang}`;
    }
  }
  switch (outcome) {
    case 'answered':
      return `The visitor called and talked with ${who} for ${talked}, after ${rang} of ringing`;
    case 'lost':
      return `The visitor called and talked with ${who} for ${talked}, until the connection was lost`;
    case 'failed':
      return `Missed call: ${who} answered, but no sound came through`;
    case 'declined':
      return `Missed call: declined after ${rang}`;
    case 'cancelled':
      return `Missed call: the visitor hung up after ${rang}`;
    case 'busy':
      return 'Missed call: all lines were busy';
    case 'missed':
    case null:
      return `Missed call: it rang for ${rang}`;
  }
}
