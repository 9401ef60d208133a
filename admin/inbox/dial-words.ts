/** What became of a call to a customer's number, in the one line that the timeline has for it. Pure. */
import { talkTime } from '../../core/callRecord.ts';
import type { DialReport } from '../../core/dial.ts';

/** `who` is the agent's name, or You. */
export function dialWords({ number, ringingMs, talkingMs, outcome }: DialReport, who: string): string {
  const called = `${who} called ${number}`;
  switch (outcome) {
    case 'answered':
      return `${called} and talked for ${talkTime(talkingMs)}`;
    case 'lost':
      return `${called} and talked for ${talkTime(talkingMs)}, until the connection was lost`;
    case 'missed':
      return `${called}, which nobody answered for ${talkTime(ringingMs)}`;
    case 'busy':
      return `${called}, which was busy`;
    case 'declined':
      return `${called}, which was declined`;
    case 'cancelled':
      return `${called} and hung up after ${talkTime(ringingMs)}`;
    case 'noNumber':
      return `${called}, which the PBX could not reach`;
    case 'notAllowed':
      return `${called}, which the PBX did not allow`;
    case 'failed':
      return `${called}, but there was no connection`;
    case 'unknown':
      return `${called}; the page was closed before the end`;
  }
}
