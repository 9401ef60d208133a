/** What stands in the conversation of a call that is over, as the visitor sees it. */
import { talkTime } from '../../core/callRecord.ts';
import type { CallEvent } from '../calls.ts';
import { fill } from '../words.ts';
import { spoken } from './words.ts';

export function callLine({ from, outcome, agent, talkingMs }: CallEvent): string {
  const { lines } = spoken.words;
  const time = talkTime(talkingMs);
  switch (outcome) {
    case 'answered':
    case 'lost':
      return agent?.name ? fill(lines.talkedWith, { name: agent.name, time }) : fill(lines.talked, { time });
    case 'busy':
    case 'failed':
      return lines[outcome];
    case 'declined':
      return from === 'customer' ? lines.declined : lines.youDeclined;
    case 'cancelled':
      return from === 'customer' ? lines.cancelled : lines.missed;
    case 'missed':
    case null:
      return from === 'customer' ? lines.noAnswer : lines.missed;
  }
}
