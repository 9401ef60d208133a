/** Numbers in words, and beside tabs and entries: short, and never more than is known. */

/** Such as `1 contact`, `1,240 contacts`; for nouns whose plural ends with an s. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
}

/** Such as `7`, `99+`, or `7+` where there may be more than the `count` that is known. */
export function countText(count: number, atLeast = false): string {
  if (count > 99) return '99+';
  return atLeast ? `${count}+` : String(count);
}
