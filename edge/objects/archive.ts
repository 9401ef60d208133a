/**
 * Archive: the words of all conversations of one month, to be found by. It is a projection: Sessions are the truth and
 * hand over what is new in their pauses. It knows nothing of rights; Desk, which does, asks it.
 */
import { DurableObject } from 'cloudflare:workers';
import type { ArchiveEntry } from '../../core/archive.ts';
import type { Env } from '../env.ts';
import { ftsQuery } from './ftsQuery.ts';
import { migrate } from './migrations.ts';

const archiveSchema = `
  CREATE TABLE entries (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (session, seq)
  );
  CREATE VIRTUAL TABLE entry_words USING fts5 (
    text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  );
`;

/** What was found; `excerpt` has the words that match between \u0001 and \u0002. */
export interface ArchiveHit {
  row: number;
  session: string;
  seq: number;
  at: number;
  excerpt: string;
}

export class Archive extends DurableObject<Env> {
  private readonly sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    migrate(ctx.storage, [archiveSchema]);
  }

  /** Keeps entries; the same again changes nothing. */
  take(entries: ArchiveEntry[]): void {
    this.ctx.storage.transactionSync(() => {
      for (const entry of entries) this.put(entry);
    });
  }

  /** The newest first, with rows below `before` (null: from the newest); at most `limit`. */
  search(text: string, before: number | null, limit: number): ArchiveHit[] {
    const query = ftsQuery(text);
    if (query === null) return [];
    return this.sql
      .exec<ArchiveHit & Record<string, SqlStorageValue>>(
        `SELECT e.row, e.session, e.seq, e.at, snippet(entry_words, 0, char(1), char(2), '…', 24) AS excerpt
         FROM entry_words JOIN entries e ON e.row = entry_words.rowid
         WHERE entry_words MATCH ? AND entry_words.rowid < ? ORDER BY entry_words.rowid DESC LIMIT ?`,
        query,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      )
      .toArray();
  }

  /** Messages and notes stay as they were written; what is known of a customer changes. */
  private put({ session, seq, at, text }: ArchiveEntry): void {
    const fresh = this.sql
      .exec<{ row: number }>(
        'INSERT OR IGNORE INTO entries (session, seq, at) VALUES (?, ?, ?) RETURNING row',
        session,
        seq,
        at,
      )
      .toArray()[0];
    if (fresh) this.sql.exec('INSERT INTO entry_words (rowid, text) VALUES (?, ?)', fresh.row, text);
    else if (seq === 0) this.replaceHead(session, text);
  }

  private replaceHead(session: string, text: string): void {
    this.sql.exec(
      `UPDATE entry_words SET text = ?1
       WHERE rowid = (SELECT row FROM entries WHERE session = ?2 AND seq = 0) AND text <> ?1`,
      text,
      session,
    );
  }
}
