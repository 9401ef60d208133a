/** The widget's words: one small module per language, English built in, the others fetched when needed. */
import { languages, type Language } from '../core/language.ts';
import { words as english } from './locales/en.ts';

/** Everything that the widget says. `{…}` stands for what is filled in. */
export interface Words {
  chat: string;
  openChat: string;
  closeChat: string;
  /** {count} is a number. */
  unread: string;
  newMessages: string;
  writeMessage: string;
  send: string;
  emoji: string;
  searchEmoji: string;
  noEmoji: string;
  attachImage: string;
  dropImage: string;
  removeImage: string;
  cancel: string;
  moreOptions: string;
  turnSoundOn: string;
  turnSoundOff: string;
  endChat: string;
  endQuestion: string;
  keepChatting: string;
  startNewChat: string;
  startChat: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  optional: string;
  fillIn: string;
  emailExample: string;
  phoneExample: string;
  agree: string;
  agreeFirst: string;
  waitsForForm: string;
  connecting: string;
  reconnecting: string;
  online: string;
  away: string;
  /** {time} is a day and an hour. */
  openAgain: string;
  received: string;
  typing: string;
  joined: string;
  endedByYou: string;
  endedByAgent: string;
  endedByTime: string;
  ended: string;
  you: string;
  agent: string;
  waiting: string;
  sent: string;
  delivered: string;
  read: string;
  notSent: string;
  sendAgain: string;
  remove: string;
  uploading: string;
  image: string;
  openImage: string;
  closeImage: string;
  fileExpired: string;
  imageGone: string;
  loadingOlder: string;
  toNewest: string;
  dismiss: string;
  problems: Record<
    | 'session_limit'
    | 'message_empty'
    | 'message_too_long'
    | 'images_not_allowed'
    | 'image_type'
    | 'image_damaged'
    | 'image_too_large'
    | 'media_unknown'
    | 'profile_required'
    | 'consent_required'
    | 'invalid_input'
    | 'unavailable',
    string
  >;
}

/** The language that is shown, and its words; English until `useLanguage` has brought another. */
export const current: { language: Language; rtl: boolean; words: Words } = {
  language: 'en',
  rtl: false,
  words: english,
};

const others = import.meta.glob<{ words: Words }>(['./*.ts', '!./en.ts'], { base: './locales' });

/** Shows another language from the next render on. Stays with the present one when it cannot be fetched. */
export async function useLanguage(language: Language): Promise<void> {
  const words = await wordsOf(language, english, others);
  if (words) Object.assign(current, { language, words, rtl: languages[language].rtl });
}

/** English, which is built in, or what the build has in `others` for another language; null when it cannot be fetched. */
export async function wordsOf<W>(
  language: Language,
  english: W,
  others: Record<string, () => Promise<{ words: W }>>,
): Promise<W | null> {
  if (language === 'en') return english;
  try {
    return (await others[`./${language}.ts`]?.())?.words ?? null;
  } catch {
    return null;
  }
}

/** Fills `{name}` in a text. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}

/** What to tell the visitor about a problem code. */
export function explain(code: string): string {
  const { problems } = current.words;
  return code in problems ? problems[code as keyof Words['problems']] : problems.unavailable;
}
