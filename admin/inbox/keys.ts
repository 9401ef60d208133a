/** The inbox's keys: one table that the handler and the help sheet both read. */
export type KeyAction =
  | 'next'
  | 'previous'
  | 'search'
  | 'new'
  | 'reply'
  | 'note'
  | 'pickUp'
  | 'transfer'
  | 'labels'
  | 'contact'
  | 'archive'
  | 'details'
  | 'end'
  | 'call'
  | 'answer'
  | 'hangUp'
  | 'mute'
  | 'help';

export interface Key {
  action: KeyAction;
  /** As `KeyboardEvent.key` says it. */
  key: string;
  words: string;
}

export const keys: readonly Key[] = [
  { action: 'next', key: 'j', words: 'Next session in the list' },
  { action: 'previous', key: 'k', words: 'Session before it' },
  { action: 'search', key: '/', words: 'Search' },
  { action: 'new', key: 'c', words: 'New session' },
  { action: 'reply', key: 'r', words: 'Write an answer' },
  { action: 'note', key: 'n', words: 'Write a note' },
  { action: 'pickUp', key: 'p', words: 'Pick up' },
  { action: 'transfer', key: 't', words: 'Transfer' },
  { action: 'labels', key: 'l', words: 'Labels' },
  { action: 'contact', key: 'a', words: 'Add to contacts, or open the contact' },
  { action: 'archive', key: 'e', words: 'Archive or unarchive' },
  { action: 'details', key: 'd', words: 'Show or hide the details' },
  { action: 'end', key: 'x', words: 'End the session' },
  { action: 'call', key: 'O', words: 'Call the visitor (Shift + O)' },
  { action: 'answer', key: 'y', words: 'Answer the call that rings' },
  { action: 'hangUp', key: 'H', words: 'Decline the call that rings, or hang up (Shift + H)' },
  { action: 'mute', key: 'm', words: 'Mute or unmute the microphone' },
  { action: 'help', key: '?', words: 'This list' },
];

/** Keys that belong to an element rather than to the inbox. */
export const fixedKeys: readonly { key: string; words: string }[] = [
  { key: 'Enter', words: 'Open the session, or send what is written' },
  { key: 'Shift + Enter', words: 'New line' },
  { key: '/ while writing', words: 'Canned responses, at the start or after a space' },
  { key: 'Esc', words: 'Close what is on top, or go back to the list' },
];

/** Letters that follow others so soon belong to the same words, ms. */
const sameWordsMs = 1_000;

/** Reads the keys that are pressed anywhere in the inbox. */
export class KeyReader {
  /** When a letter was last typed into something, by the events' clock (ms). */
  private typedAt = -Infinity;

  /** What a key press asks for; null while something is being typed, or for keys of the browser. */
  actionOf(event: KeyboardEvent): KeyAction | null {
    const path = event.composedPath();
    const [target] = path;
    const isTyped = target instanceof HTMLElement && takesKeys(target);
    const isLetter = event.key.length === 1;
    // What was being written in may have gone in the middle of a word, when a colleague picked the session up.
    const goesOn = isLetter && event.timeStamp - this.typedAt < sameWordsMs;
    if (isTyped || goesOn || !isLetter) this.typedAt = isLetter ? event.timeStamp : -Infinity;
    if (isTyped || goesOn || event.ctrlKey || event.metaKey || event.altKey) return null;
    if (event.defaultPrevented || event.isComposing) return null;
    const isOnTop = path.some(
      (one) => one instanceof Element && one.matches('dialog[open], [popover]:popover-open'),
    );
    return isOnTop ? null : (keys.find(({ key }) => key === event.key)?.action ?? null);
  }
}

function takesKeys(target: HTMLElement): boolean {
  return target.isContentEditable || ['input', 'textarea', 'select'].includes(target.localName);
}
