/**
 * The words by which customers leave and come back (CH-14), as carriers and providers know them, and what we
 * answer where nobody else does.
 */

export type OptOutWord = 'stop' | 'start' | 'help';

const words: Record<OptOutWord, readonly string[]> = {
  stop: ['stop', 'stopall', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout'],
  start: ['start', 'unstop'],
  help: ['help', 'info'],
};

const meaning = new Map(
  (['stop', 'start', 'help'] as const).flatMap((word) => words[word].map((said) => [said, word] as const)),
);

/**
 * What a message asks for when a keyword is all of it, in any case, with or without punctuation after it; null
 * for any other message: carriers do not take "stop please" for a STOP, either.
 */
export function optOutWord(text: string): OptOutWord | null {
  const said = text
    .trim()
    .replace(/[\s\p{P}]+$/u, '')
    .replace(/\s+/g, ' ');
  return meaning.get(said.toLowerCase()) ?? null;
}

/** Our one answer to a keyword: who we are, what holds now, and how to change it. Plain GSM-7 but for the name. */
export function optOutReply(word: OptOutWord, workspaceName: string): string {
  const name = workspaceName.trim();
  const from = name === '' ? '' : `${name}: `;
  switch (word) {
    case 'stop':
      return `${from}You will get no more messages from this number. Reply START to get them again.`;
    case 'start':
      return `${from}You will get messages from this number again. Reply HELP for help, STOP to stop.`;
    case 'help':
      return `${from}Reply to this number to write to us, or STOP to stop. Msg & data rates may apply.`;
  }
}
