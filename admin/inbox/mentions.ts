/** Who is named in a note, and whose name is being typed. Pure. */

/** What is typed after the last `@` before the caret, in lower case; null when no name is being typed. */
export function completion(text: string, caret: number): string | null {
  const typed = /(?:^|\s)@([^@\n]{0,40})$/u.exec(text.slice(0, caret))?.[1];
  return typed?.toLocaleLowerCase() ?? null;
}

/** Ids of those whose names stand in a note behind an `@`; of two names that begin alike the longer one counts. */
export function mentionedIn(text: string, people: readonly { id: string; name: string }[]): string[] {
  let rest = text;
  const found: string[] = [];
  for (const { id, name } of [...people].sort((a, b) => b.name.length - a.name.length)) {
    const without = rest.split(`@${name}`);
    if (without.length === 1) continue;
    found.push(id);
    rest = without.join(' ');
  }
  return found;
}
