/** Lists that the server gives page by page. */
import type { Answer } from './api.ts';

/** Where a page starts, null at the first row; and how many rows it has, where that is not the server's choice. */
export interface PageWanted {
  after?: string | null;
  limit?: number;
}

export interface ListPage<Row> {
  rows: readonly Row[];
  /** Where the next page starts; null when this is the last. */
  next: string | null;
  /** How many there are in all pages. */
  total: number;
}

/** Entries of a log, newest first. */
export interface LogPart<Entry> {
  entries: Entry[];
  /** There is nothing older. */
  complete: boolean;
}

/** A page as the server names its rows. */
export function pageOf<Row, Key extends string>(
  answer: Answer<Record<Key, Row[]> & Omit<ListPage<Row>, 'rows'>>,
  key: Key,
): Answer<ListPage<Row>> {
  if ('problem' in answer) return answer;
  const { next, total } = answer.value;
  return { value: { rows: answer.value[key], next, total } };
}

/** All rows, by pages of `limit`. */
export async function allRows<Row>(
  list: (wanted: PageWanted) => Promise<Answer<ListPage<Row>>>,
  limit: number,
): Promise<Answer<Row[]>> {
  const all: Row[] = [];
  let after: string | null = null;
  do {
    const answer: Answer<ListPage<Row>> = await list({ after, limit });
    if ('problem' in answer) return answer;
    all.push(...answer.value.rows);
    after = answer.value.next;
  } while (after !== null);
  return { value: all };
}

/** What is wanted, as the query of an address; what is empty is left out. */
export function queryOf(wanted: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted) as [string, string | number | null | undefined][]) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  return query.toString();
}
