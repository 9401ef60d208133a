/** A call in words, for lists and the inbox's timeline. */
import type { EventBody } from './log.ts';

/** What a call says while it rings. */
export const callText = 'Incoming call';

type CallEvent = Extract<EventBody, { kind: 'call' }>;

/** What lists show of a session whose last event is this one. */
export function callPreview({ phase, from, outcome, talkingMs }: CallEvent): string {
  if (phase === 'started') return from === 'customer' ? callText : 'Calling the visitor';
  if (phase === 'answered' || outcome === null) return 'Call in progress';
  switch (outcome) {
    case 'answered':
      return `Call, ${talkTime(talkingMs)}`;
    case 'lost':
      return `Call, ${talkTime(talkingMs)}, cut off`;
    case 'failed':
      return 'Call without a connection';
    case 'declined':
      return 'Call declined';
    case 'busy':
      return 'Missed call, all lines busy';
    case 'missed':
    case 'cancelled':
      return from === 'customer' ? 'Missed call' : 'Call not answered';
  }
}

/** A duration in ms as `3:07` or `1:02:09`. */
export function talkTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
