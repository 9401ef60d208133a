/**
 * Reads a Python dictionary of texts as Python prints it: `{'a.jpg': '…', "it's.txt": b'…'}`. Apidaze sends
 * the files of an MMS so. Values may be many megabytes, so texts are cut out and never walked through.
 */

/** Its entries in order; null when it is not such a dictionary. */
export function pythonDict(source: string): [string, string][] | null {
  const entries: [string, string][] = [];
  let at = skip(source, 0, '{');
  if (at === null) return null;
  for (;;) {
    const end = skip(source, at, '}');
    if (end !== null) return source.slice(end).trim() === '' ? entries : null;
    const key = literal(source, at);
    const colon = key && skip(source, key.end, ':');
    const value = colon === null ? null : literal(source, colon);
    if (!key || !value) return null;
    entries.push([key.text, value.text]);
    const comma = skip(source, value.end, ',');
    if (comma === null && skip(source, value.end, '}') === null) return null;
    at = comma ?? value.end;
  }
}

/** The place after `token` and the white space around it; null when something else stands there. */
function skip(source: string, at: number, token: string): number | null {
  const place = blank(source, at);
  return source[place] === token ? blank(source, place + 1) : null;
}

function blank(source: string, at: number): number {
  let place = at;
  while (/\s/.test(source.charAt(place))) place += 1;
  return place;
}

/** The text literal at `at`, with or without a prefix; null when there is none. */
function literal(source: string, at: number): { text: string; end: number } | null {
  const start = /^[bu]$/i.test(source.charAt(at)) ? at + 1 : at;
  const quote = source.charAt(start);
  if (quote !== "'" && quote !== '"') return null;
  for (let end = source.indexOf(quote, start + 1); end !== -1; end = source.indexOf(quote, end + 1)) {
    let backslashes = 0;
    while (source[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return { text: unescaped(source.slice(start + 1, end)), end: end + 1 };
  }
  return null;
}

const simple: Record<string, string> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const escape = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{1,3})|([^]))/g;
  return text.replace(escape, (whole, x?: string, u?: string, U?: string, octal?: string, other?: string) => {
    const code = parseInt(x ?? u ?? U ?? '', 16);
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
    if (other === undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    if (other === '\n') return '';
    return simple[other] ?? (/[\\'"]/.test(other) ? other : whole);
  });
}
