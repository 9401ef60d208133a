/** What a person typed into a search box as a query of SQLite's full-text search. */

/**
 * Every word has to be there, in any order; the beginning of a word is enough. Null when nothing is asked for. What FTS5
 * would take as its own language is quoted (https://www.sqlite.org/fts5.html#fts5_strings).
 */
export function ftsQuery(search: string): string | null {
  const words = search.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
  if (words.length === 0) return null;
  return words
    .slice(0, 12)
    .map((word) => `"${word.slice(0, 64)}"*`)
    .join(' ');
}
