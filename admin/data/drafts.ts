/** What was typed and not sent, per session, on this device. */
const keyOf = (session: string) => `parley.draft.${session}`;

export function readDraft(session: string): string {
  return localStorage.getItem(keyOf(session)) ?? '';
}

export function keepDraft(session: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(keyOf(session));
    else localStorage.setItem(keyOf(session), text);
  } catch {
    // The device is full: the text stays in the composer, which is where it was typed.
  }
}
