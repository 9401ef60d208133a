/** Long texts in parts that a provider takes. */

/**
 * The text in parts of at most `length` UTF-16 units (2 or more), cut at white space where there is any in the second half
 * of a part, and never inside a surrogate pair. White space at a cut is dropped. Nothing for an empty text.
 */
export function textParts(text: string, length: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > length) {
    const space = lastSpace(rest, length);
    const cut = space > length / 2 ? space : isLowSurrogate(rest, length) ? length - 1 : length;
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...parts, rest].filter((part) => part !== '');
}

/** Index of the last white space at or before `end`; -1 for none. */
function lastSpace(text: string, end: number): number {
  for (let at = end; at >= 0; at -= 1) if (/\s/.test(text.charAt(at))) return at;
  return -1;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
