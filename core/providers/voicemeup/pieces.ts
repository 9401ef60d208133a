/** Cuts a text that is too long for one message: after white space where it can, never inside a character. */

/** Pieces of at most `length` UTF-16 units each, at least one, which joined are the text again. */
export function pieces(text: string, length: number): string[] {
  const all: string[] = [];
  let rest = text;
  while (rest.length > length) {
    const end = cutOf(rest, length);
    all.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...all, rest];
}

/** Where to cut: after the last white space if it leaves half a piece, else between two characters. */
function cutOf(text: string, length: number): number {
  let last = 0;
  let blank = 0;
  let before = '';
  // Two units more than fit tell whether the last character is whole.
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, length + 2))) {
    if (index > length) break;
    if (/^\s+$/.test(before)) blank = index;
    last = index;
    before = segment;
  }
  if (blank > length / 2) return blank;
  if (last > 0) return last;
  // A single character fills more than a piece; at least no surrogate pair is cut.
  return /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
}
