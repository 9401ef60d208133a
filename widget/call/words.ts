/**
 * What is said of calls, in the languages of the panel. Apart from the panel's own words, because most channels
 * have no phone: they come with the call's chunk.
 */
import { current, wordsOf } from '../words.ts';
import { words as english } from './locales/en.ts';

/** Why a call did not come about, or ended before its time. */
export type Failure =
  | 'insecure'
  | 'unsupported'
  | 'noAnswer'
  | 'busy'
  | 'declined'
  | 'closed'
  | 'denied'
  | 'forbidden'
  | 'noMicrophone'
  | 'microphoneInUse'
  | 'unreachable'
  | 'lost'
  | 'offline'
  | 'form'
  | 'failed';

/** `{…}` stands for what is filled in. */
export interface CallWords {
  call: string;
  allowMicrophone: string;
  ringing: string;
  /** {name} is an agent's. */
  invites: string;
  accept: string;
  decline: string;
  onCall: string;
  onCallWith: string;
  reconnecting: string;
  mute: string;
  unmute: string;
  muted: string;
  hangUp: string;
  devices: string;
  microphone: string;
  speaker: string;
  /** Of a microphone or speaker that the system picks. */
  standard: string;
  /** The connection's, in words: three grades. */
  good: string;
  fair: string;
  poor: string;
  elsewhere: string;
  chatInstead: string;
  callAgain: string;
  play: string;
  ended: string;
  failures: Record<Failure, string>;
  /** What stands in the conversation. {time} is how long it took, such as 2:05; {name} an agent's. */
  lines: {
    talked: string;
    talkedWith: string;
    noAnswer: string;
    cancelled: string;
    declined: string;
    busy: string;
    failed: string;
    missed: string;
    youDeclined: string;
  };
}

/** The words that are shown; English until `useCallLanguage` has brought others. */
export const spoken: { words: CallWords } = { words: english };

const others = import.meta.glob<{ words: CallWords }>(['./*.ts', '!./en.ts'], { base: './locales' });

/** Speaks the panel's language from now on. Stays with the present one when it cannot be fetched. */
export async function useCallLanguage(): Promise<void> {
  spoken.words = (await wordsOf(current.language, english, others)) ?? spoken.words;
}
