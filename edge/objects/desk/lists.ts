/**
 * Which sessions agents' lists hold, newest first. A list is put together from the agent's own sessions, from those that
 * wait in each of the agent's queues, and from open ones whose notes mention the agent: each by an index that is in order
 * already, so that years of closed sessions cost nothing.
 */
import type { SessionSummary } from '../../../core/protocol.ts';

/** A later step of the schema. */
export const listsSchema = `
  CREATE INDEX sessions_open_agent ON sessions (agent, last_at) WHERE open = 1;
  CREATE INDEX sessions_open_queue ON sessions (queue, last_at) WHERE open = 1 AND agent IS NULL;
  CREATE INDEX sessions_open_channel ON sessions (channel) WHERE open = 1;
  CREATE INDEX own_mentioned ON own (agent) WHERE mentioned = 1;

  -- When the oldest session began; no row while there is none.
  CREATE TABLE beginning (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
  INSERT INTO beginning SELECT 1, MIN(summary ->> '$.openedAt') FROM sessions HAVING COUNT(*) > 0;
`;

/** The session that a page comes after: its last activity (epoch ms) and its id, for those of the same moment. */
export interface PageStart {
  before: number;
  beforeId?: string | undefined;
}

/** Before the newest. */
export const firstPage: PageStart = { before: Number.MAX_SAFE_INTEGER };

type Place = { id: string; last_at: number };

/** Sessions `s`, with what is the agent's own `o`. */
const sessionsOf = (index: string) =>
  `FROM sessions s INDEXED BY ${index} LEFT JOIN own o ON o.session = s.id AND o.agent = ?1`;
const notRemoved = 'COALESCE(o.removed_seq, -1) < s.last_seq';
const archived = 'COALESCE(o.archived_seq, -1) >= s.last_seq';
const mentioning = `FROM own o INDEXED BY own_mentioned JOIN sessions s ON s.id = o.session
  WHERE o.agent = ?1 AND o.mentioned = 1 AND s.open = 1`;
const page = '(s.last_at, s.id) < (?2, ?3) ORDER BY s.last_at DESC, s.id DESC LIMIT ?4';
const place = 'SELECT s.id AS id, s.last_at AS last_at';

/** The sources of a list. Bound: ?1 the agent, ?2 and ?3 where the page starts, ?4 its length, ?5 the queue. */
const openOnes = {
  own: `${place} ${sessionsOf('sessions_open_agent')}
    WHERE s.agent = ?1 AND s.open = 1 AND NOT ${archived} AND ${notRemoved} AND ${page}`,
  queue: `${place} ${sessionsOf('sessions_open_queue')}
    WHERE s.queue = ?5 AND s.agent IS NULL AND s.open = 1 AND NOT ${archived} AND ${notRemoved} AND ${page}`,
  mentioned: `${place} ${mentioning} AND NOT ${archived} AND ${notRemoved} AND ${page}`,
};
const archivedOnes = {
  own: `${place} ${sessionsOf('sessions_agent')}
    WHERE s.agent = ?1 AND (s.open = 0 OR ${archived}) AND ${notRemoved} AND ${page}`,
  queue: `${place} ${sessionsOf('sessions_queue')}
    WHERE s.queue = ?5 AND s.agent IS NULL AND (s.open = 0 OR ${archived}) AND ${notRemoved} AND ${page}`,
  mentioned: `${place} ${mentioning} AND ${archived} AND ${notRemoved} AND ${page}`,
};

export class Lists {
  /** `write` has everything written that was taken in: called before any question to the tables. */
  constructor(
    private readonly sql: SqlStorage,
    private readonly write: () => void,
  ) {}

  /** Open, not archived and not removed sessions that the agent sees, newest first, after `from`. */
  open(agent: string, queues: readonly string[], from: PageStart, limit: number): SessionSummary[] {
    return this.list(openOnes, agent, queues, from, limit);
  }

  /** Closed or archived ones, newest first, after `from`. */
  archived(agent: string, queues: readonly string[], from: PageStart, limit: number): SessionSummary[] {
    return this.list(archivedOnes, agent, queues, from, limit);
  }

  /** Sessions of customers by their keys, as far as the agent sees them, newest first. */
  ofCustomers(
    keys: readonly string[],
    agent: string,
    queues: readonly string[],
    limit: number,
  ): SessionSummary[] {
    this.write();
    return this.sql
      .exec<{ summary: string }>(
        `SELECT s.summary FROM sessions s LEFT JOIN own o ON o.session = s.id AND o.agent = ?1
         WHERE s.customer IN (SELECT value FROM json_each(?3)) AND ${notRemoved}
           AND (s.agent = ?1 OR (s.agent IS NULL AND s.queue IN (SELECT value FROM json_each(?2)))
             OR (o.mentioned = 1 AND s.open = 1))
         ORDER BY s.last_at DESC LIMIT ?4`,
        agent,
        JSON.stringify(queues),
        JSON.stringify(keys),
        limit,
      )
      .toArray()
      .map(({ summary }) => JSON.parse(summary) as SessionSummary);
  }

  /** Ids of open sessions that wait in a queue. */
  waitingIn(queue: string): string[] {
    return this.ids('queue = ?1 AND agent IS NULL AND open = 1', queue);
  }

  /** Ids of sessions in a queue that nobody picked up, closed ones too. */
  unclaimedIn(queue: string): string[] {
    return this.ids('queue = ?1 AND agent IS NULL', queue);
  }

  /** Ids of open sessions that an agent has, that wait in a queue, or that came by a channel. */
  openOf(kind: 'agent' | 'queue' | 'channel', id: string): string[] {
    if (kind === 'queue') return this.waitingIn(id);
    return this.ids(`${kind} = ?1 AND open = 1`, id);
  }

  /** Which of these customers' keys have a session. */
  customersAmong(keys: readonly string[]): Set<string> {
    this.write();
    const rows = this.sql.exec<{ customer: string }>(
      'SELECT DISTINCT customer FROM sessions WHERE customer IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys),
    );
    return new Set(rows.toArray().map(({ customer }) => customer));
  }

  /** When the oldest session began, epoch ms; null while there is none. */
  firstOpenedAt(): number | null {
    this.write();
    return this.readBeginning();
  }

  /** The same, as far as it is written. */
  readBeginning(): number | null {
    return this.sql.exec<{ at: number }>('SELECT at FROM beginning').toArray()[0]?.at ?? null;
  }

  private list(
    sources: typeof openOnes,
    agent: string,
    queues: readonly string[],
    from: PageStart,
    limit: number,
  ): SessionSummary[] {
    this.write();
    const places = (query: string, ...queue: string[]) =>
      this.sql.exec<Place>(query, agent, from.before, from.beforeId ?? '', limit, ...queue).toArray();
    const found = [
      ...places(sources.own),
      ...queues.flatMap((queue) => places(sources.queue, queue)),
      ...places(sources.mentioned),
    ];
    const newest = [...new Map(found.map((one) => [one.id, one])).values()]
      .sort((a, b) => b.last_at - a.last_at || (a.id < b.id ? 1 : -1))
      .slice(0, limit);
    return this.summaries(newest.map(({ id }) => id));
  }

  private summaries(ids: readonly string[]): SessionSummary[] {
    const rows = this.sql.exec<{ id: string; summary: string }>(
      'SELECT id, summary FROM sessions WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    const byId = new Map(rows.toArray().map(({ id, summary }) => [id, summary]));
    return ids.flatMap((id) => {
      const summary = byId.get(id);
      return summary === undefined ? [] : [JSON.parse(summary) as SessionSummary];
    });
  }

  private ids(where: string, value: string): string[] {
    this.write();
    return this.sql
      .exec<{ id: string }>(`SELECT id FROM sessions WHERE ${where}`, value)
      .toArray()
      .map(({ id }) => id);
  }
}
