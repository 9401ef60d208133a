/**
 * Desk's index of sessions and each agent's own view of them. It is a projection: Sessions are the truth, and
 * tell Desk again whatever it has forgotten.
 */
import { Lists } from './lists.ts';
import { customerKey } from '../../../core/customer.ts';
import type { ContactRef, InboxSession, SessionSummary } from '../../../core/protocol.ts';
import type { PickupMode } from '../../../core/queue.ts';

export const sessionsSchema = `
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    rev INTEGER NOT NULL,
    open INTEGER NOT NULL,
    queue TEXT,
    agent TEXT,
    channel TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    summary TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sessions_agent ON sessions (agent, last_at);
  CREATE INDEX sessions_queue ON sessions (queue, agent, last_at);
  CREATE TABLE own (
    session TEXT NOT NULL,
    agent TEXT NOT NULL,
    read_inbound INTEGER NOT NULL DEFAULT 0,
    archived_seq INTEGER NOT NULL DEFAULT -1,
    removed_seq INTEGER NOT NULL DEFAULT -1,
    PRIMARY KEY (session, agent)
  ) WITHOUT ROWID;
`;

/** Notes that mention an agent: whether any does (they may read along), and how many are new to them. */
export const mentionsSchema = `
  ALTER TABLE own ADD COLUMN mentioned INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE own ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;
`;

/** The key that a session's customer is found by (core/contact.ts). */
export const customersSchema = `
  ALTER TABLE sessions ADD COLUMN customer TEXT NOT NULL DEFAULT '';
  UPDATE sessions SET customer = CASE
    WHEN json_extract(summary, '$.customer.address') LIKE '+%' THEN json_extract(summary, '$.customer.address')
    ELSE channel || ' ' || json_extract(summary, '$.customer.address')
  END;
  CREATE INDEX sessions_customer ON sessions (customer);
`;

/** What is one agent's own about a session. Both seqs hold until a newer message comes. */
export interface Own {
  readInbound: number;
  archivedSeq: number;
  removedSeq: number;
  /** Was mentioned in a note, ever. */
  mentioned: boolean;
  /** Mentions that the agent has not seen. */
  mentions: number;
}

const nothingOwn: Own = { readInbound: 0, archivedSeq: -1, removedSeq: -1, mentioned: false, mentions: 0 };

interface Known {
  rev: number;
  summary: SessionSummary;
}

type SessionRow = { rev: number; summary: string };
type OwnRow = {
  agent: string;
  read_inbound: number;
  archived_seq: number;
  removed_seq: number;
  mentioned: number;
  mentions: number;
};

/** Sessions whose summary and own rows are kept in memory. */
const maxCached = 5_000;

/** How long summaries are gathered before they are written together. */
const batchMs = 1;

export class Sessions {
  private readonly known = new Map<string, Known>();
  private readonly unwritten = new Map<string, Known>();
  private writing: Promise<void> | null = null;
  readonly lists: Lists;
  /** When the oldest session began, once that was looked at. */
  private beginning: number | null = null;
  private readonly owned = new Map<string, Map<string, Own>>();

  constructor(private readonly sql: SqlStorage) {
    this.lists = new Lists(sql, () => this.write());
  }

  get(id: string): Known | null {
    const cached = this.unwritten.get(id) ?? this.known.get(id);
    if (cached) return cached;
    const row = this.sql.exec<SessionRow>('SELECT rev, summary FROM sessions WHERE id = ?', id).toArray()[0];
    if (!row) return null;
    return this.remember(id, { rev: row.rev, summary: JSON.parse(row.summary) as SessionSummary });
  }

  /** Takes a summary in. It is written with others a moment later; `kept` says when. */
  put(rev: number, summary: SessionSummary): void {
    const known = this.remember(summary.id, { rev, summary });
    this.unwritten.set(summary.id, known);
    // Many conversations talk at once: one transaction for all of them costs little more than for one.
    this.writing ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          this.write();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }, batchMs);
    });
  }

  /** Resolves when everything taken in so far is written. */
  kept(): Promise<void> {
    return this.writing ?? Promise.resolve();
  }

  own(session: string, agent: string): Own {
    let rows = this.owned.get(session);
    if (!rows) {
      const found = this.sql.exec<OwnRow>(
        'SELECT agent, read_inbound, archived_seq, removed_seq, mentioned, mentions FROM own WHERE session = ?',
        session,
      );
      rows = new Map(
        found.toArray().map((row) => [
          row.agent,
          {
            readInbound: row.read_inbound,
            archivedSeq: row.archived_seq,
            removedSeq: row.removed_seq,
            mentioned: row.mentioned === 1,
            mentions: row.mentions,
          },
        ]),
      );
      bound(this.owned);
      this.owned.set(session, rows);
    }
    return rows.get(agent) ?? nothingOwn;
  }

  setOwn(session: string, agent: string, change: Partial<Own>): void {
    const own = { ...this.own(session, agent), ...change };
    this.sql.exec(
      `INSERT OR REPLACE INTO own (session, agent, read_inbound, archived_seq, removed_seq, mentioned, mentions)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      session,
      agent,
      own.readInbound,
      own.archivedSeq,
      own.removedSeq,
      own.mentioned ? 1 : 0,
      own.mentions,
    );
    this.owned.get(session)?.set(agent, own);
  }

  /** Agents who were mentioned in a session's notes. */
  mentionedIn(session: string): string[] {
    this.own(session, '');
    return [...(this.owned.get(session) ?? [])].filter(([, own]) => own.mentioned).map(([agent]) => agent);
  }

  /** A session that comes to somebody new is in nobody's archive, and not read to its end by who gets it. */
  arrives({ id, inbound }: SessionSummary, agent: string | null): void {
    this.own(id, '');
    for (const [one, own] of this.owned.get(id) ?? []) {
      const readInbound =
        one === agent ? Math.min(own.readInbound, Math.max(0, inbound - 1)) : own.readInbound;
      this.setOwn(id, one, { archivedSeq: -1, removedSeq: -1, readInbound });
    }
  }

  /** Writes what has been gathered; before any question to the tables, so that they answer rightly. */
  private write(): void {
    this.writing = null;
    for (const [id, { rev, summary }] of this.unwritten) {
      const { route, status, channel, lastActivityAt } = summary;
      this.sql.exec(
        `INSERT INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET rev = ?2, open = ?3, queue = ?4, agent = ?5, last_at = ?7,
           last_seq = ?8, summary = ?9`,
        id,
        rev,
        status === 'open' ? 1 : 0,
        route.queue?.id ?? null,
        route.agent?.id ?? null,
        channel.id,
        lastActivityAt,
        lastSeq(summary),
        JSON.stringify(summary),
        customerKey(channel.id, summary.customer.address),
      );
    }
    this.keepBeginning();
    this.unwritten.clear();
  }

  private keepBeginning(): void {
    this.beginning ??= this.lists.readBeginning() ?? Infinity;
    const first = Math.min(...[...this.unwritten.values()].map(({ summary }) => summary.openedAt));
    if (first >= this.beginning) return;
    this.sql.exec('INSERT OR REPLACE INTO beginning VALUES (1, ?)', first);
    this.beginning = first;
  }

  private remember(id: string, known: Known): Known {
    bound(this.known);
    this.known.delete(id);
    this.known.set(id, known);
    return known;
  }
}

/** A session as one agent's list shows it. */
export function inboxSession(
  summary: SessionSummary,
  own: Own,
  mode: PickupMode | null,
  role: 'answers' | 'reads',
  contact: ContactRef | null,
): InboxSession {
  const waiting = summary.status === 'open' && summary.route.agent === null;
  return {
    ...summary,
    contact,
    unread: Math.max(0, summary.inbound - own.readInbound),
    archived: summary.status === 'closed' || own.archivedSeq >= lastSeq(summary),
    pickup: waiting && role === 'answers' ? mode : null,
    role,
    mentions: own.mentions,
  };
}

/** Whether the agent has taken the session off their list and nothing was said since. */
export function isRemoved(summary: SessionSummary, own: Own): boolean {
  return own.removedSeq >= lastSeq(summary);
}

/** Seq of the newest message; archiving and removing hold until there is a newer one. */
export function lastSeq(summary: SessionSummary): number {
  return summary.lastMessage?.seq ?? 0;
}

function bound(map: Map<string, unknown>): void {
  if (map.size < maxCached) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}
