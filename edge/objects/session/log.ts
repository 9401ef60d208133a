/**
 * The tables of a Session: the log of events, closed sessions, and the one row with everything that changes
 * with each event. Nothing else writes them.
 */
import { eventBody, noMarks, type EventBody, type LogEvent, type Marks } from '../../../core/log.ts';
import { noSession, type SessionState } from '../../../core/session.ts';
import type { SessionRecord } from '../../../core/summary.ts';
import type { LogPage } from '../contracts.ts';

export const sessionSchema = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    message_id TEXT UNIQUE,
    body TEXT NOT NULL
  );
  CREATE INDEX events_ordinal ON events (ordinal, seq);
  CREATE TABLE closed_sessions (ordinal INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE conversation (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL);
`;

/** What channels of providers need beside the log. */
export const exchangeSchema = `
  CREATE TABLE deliveries (
    message TEXT PRIMARY KEY,
    round INTEGER NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE provider_ids (provider_id TEXT PRIMARY KEY, message TEXT NOT NULL) WITHOUT ROWID;
  -- What a template or another message needs beside what its log entry shows.
  CREATE TABLE outgoing (message TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  -- Messages without an id of their own, by their content; parts of messages that come as several.
  CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE fetches (
    message TEXT NOT NULL,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (message, position)
  ) WITHOUT ROWID;
`;

/** Where each session begins: one row a session instead of an index entry for every event. */
export const startsSchema = `
  CREATE TABLE session_starts (ordinal INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
  INSERT INTO session_starts SELECT ordinal, MIN(seq) FROM events GROUP BY ordinal;
  DROP INDEX events_ordinal;
`;

/** All that changes with an event, kept as one row so that a message costs two rows. */
export interface ConversationRow {
  state: SessionState;
  /** The session that is open, or the newest one. */
  record: SessionRecord | null;
  marks: Marks;
  /** Rises with every change that the inbox has to hear of. */
  rev: number;
  /** Seq up to which Desk has acknowledged. Written lazily: telling Desk twice is harmless. */
  published: number;
  publishedRev: number;
  /** Seq up to which Channel has counted. */
  counted: number;
  /** Seq up to which the archive has what can be found. */
  archived: number;
  /** Seq up to which the channel's queue has what is to be sent. */
  handed: number;
}

const emptyRow: ConversationRow = {
  state: noSession,
  record: null,
  marks: noMarks,
  rev: 0,
  published: 0,
  publishedRev: 0,
  counted: 0,
  archived: 0,
  handed: 0,
};

/** Events of one page: before what is loaded, down to one that was searched for, and after a break. */
const olderPage = 50;
const widePage = 2_000;
const newerPage = 500;

type EventRow = { seq: number; at: number; ordinal: number; body: string };

export class SessionLog {
  constructor(private readonly sql: SqlStorage) {}

  load(): ConversationRow {
    const row = this.sql.exec<{ value: string }>('SELECT value FROM conversation').toArray()[0];
    if (!row) return emptyRow;
    // Rows of earlier versions lack what was added since.
    const stored = JSON.parse(row.value) as ConversationRow;
    return { ...emptyRow, ...stored, state: { ...noSession, ...stored.state } };
  }

  save(row: ConversationRow): void {
    this.sql.exec('INSERT OR REPLACE INTO conversation VALUES (1, ?)', JSON.stringify(row));
  }

  append(event: LogEvent): void {
    this.sql.exec(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?)',
      event.seq,
      event.at,
      event.ordinal,
      idOf(event.body),
      JSON.stringify(event.body),
    );
    if (event.body.kind !== 'opened') return;
    this.sql.exec('INSERT OR IGNORE INTO session_starts VALUES (?, ?)', event.ordinal, event.seq);
  }

  /** The place of a message, note or call that is in the log already; null for a new id. */
  seqOfMessage(id: string): number | null {
    const row = this.sql
      .exec<{ seq: number }>('SELECT seq FROM events WHERE message_id = ?', id)
      .toArray()[0];
    return row?.seq ?? null;
  }

  /** What a message's entry says; null for an unknown id. */
  message(id: string): EventBody | null {
    const row = this.sql
      .exec<{ body: string }>('SELECT body FROM events WHERE message_id = ?', id)
      .toArray()[0];
    return row ? eventBody.parse(JSON.parse(row.body)) : null;
  }

  /** Events with `after < seq`, oldest first. */
  after(after: number, limit: number): LogEvent[] {
    return this.read(
      this.sql.exec<EventRow>(
        'SELECT seq, at, ordinal, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?',
        after,
        limit,
      ),
    );
  }

  /** The newest events with `seq < before`, oldest first. */
  before(before: number, limit: number): LogEvent[] {
    return this.read(
      this.sql.exec<EventRow>(
        'SELECT seq, at, ordinal, body FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?',
        before,
        limit,
      ),
    ).reverse();
  }

  /** A part of one session, oldest first: what its agent may read. `complete` when nothing older exists. */
  page(ordinal: number, page: LogPage): { events: LogEvent[]; complete: boolean } {
    const from = this.startOf(ordinal);
    const until = this.startOf(ordinal + 1);
    const isNewer = 'after' in page && page.after > 0;
    const first = 'after' in page ? page.after + 1 : (page.through ?? 0);
    const limit = isNewer
      ? newerPage
      : 'through' in page && page.through !== undefined
        ? widePage
        : olderPage;
    const events = this.read(
      this.sql.exec<EventRow>(
        `SELECT seq, at, ordinal, body FROM events WHERE seq >= ? AND seq < ?
         ORDER BY seq ${isNewer ? 'ASC' : 'DESC'} LIMIT ?`,
        Math.max(from, first),
        Math.min(until, 'before' in page ? page.before : until),
        limit,
      ),
    );
    if (!isNewer) events.reverse();
    const isWhole = events.length < limit && first <= from;
    return { events, complete: isWhole || events[0]?.body.kind === 'opened' };
  }

  /** Seq of a session's first event; beyond everything while there is no such session. */
  private startOf(ordinal: number): number {
    const row = this.sql
      .exec<{ seq: number }>('SELECT seq FROM session_starts WHERE ordinal = ?', ordinal)
      .toArray()[0];
    return row?.seq ?? Number.MAX_SAFE_INTEGER;
  }

  /** When each message after `after` and up to `to` was written, and whether the customer wrote it. */
  messagesBetween(after: number, to: number): { at: number; inbound: boolean }[] {
    return this.sql
      .exec<{ at: number; author: string }>(
        `SELECT at, body ->> '$.author.kind' AS author FROM events
         WHERE seq > ? AND seq <= ? AND message_id IS NOT NULL AND body ->> '$.kind' = 'message'`,
        after,
        to,
      )
      .toArray()
      .map(({ at, author }) => ({ at, inbound: author === 'customer' }));
  }

  keepClosed(record: SessionRecord): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO closed_sessions VALUES (?, ?)',
      record.ordinal,
      JSON.stringify(record),
    );
  }

  closedSession(ordinal: number): SessionRecord | null {
    const row = this.sql
      .exec<{ record: string }>('SELECT record FROM closed_sessions WHERE ordinal = ?', ordinal)
      .toArray()[0];
    return row ? (JSON.parse(row.record) as SessionRecord) : null;
  }

  private read(rows: SqlStorageCursor<EventRow>): LogEvent[] {
    return rows.toArray().map(({ seq, at, ordinal, body }) => ({
      seq,
      at,
      ordinal,
      body: eventBody.parse(JSON.parse(body)),
    }));
  }
}

/** What the same thing said twice is known by; of a call its first event has it. */
function idOf(body: EventBody): string | null {
  if (body.kind === 'message' || body.kind === 'note' || body.kind === 'dialled') return body.id;
  const isFirst = body.kind === 'call' && (body.phase === 'started' || body.outcome === 'busy');
  return isFirst ? body.id : null;
}
