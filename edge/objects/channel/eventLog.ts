/** The channel's event log (CH-16): the last webhooks, sends and checks, so that an admin sees what happens. */
import type { ChannelEvent } from '../../../core/channelApi.ts';

/** A webhook as it came, kept for replaying: the body as base64. */
export interface KeptRequest {
  method: string;
  rawQuery: string;
  headers: Record<string, string>;
  body: string;
}

export type NewEvent = Omit<ChannelEvent, 'id' | 'replayable'> & {
  /** The send that it tells of. */
  ref?: string;
  request?: KeptRequest;
};

type EventRow = Omit<ChannelEvent, 'latencyMs' | 'replayable'> & {
  latency: number | null;
  ref: string | null;
  request: string | null;
} & Record<string, SqlStorageValue>;

/** Lines kept; older ones go. */
const kept = 2_000;
/** Lines of good news in a second: of a thousand sends nobody reads each. */
const goodPerSecond = 50;
const pageSize = 50;

export class EventLog {
  private second = 0;
  private good = 0;

  constructor(private readonly sql: SqlStorage) {}

  add(events: readonly NewEvent[]): number {
    let last = 0;
    for (const { at, kind, result, summary, detail, latencyMs, ref, request } of events) {
      if (result === 'ok' && kind === 'send' && !this.hasRoom()) continue;
      last = this.sql
        .exec<{ id: number }>(
          'INSERT INTO events (at, kind, result, summary, detail, latency, ref, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
          at,
          kind,
          result,
          summary.slice(0, 300),
          detail.slice(0, 2000),
          latencyMs === null ? null : Math.round(latencyMs),
          ref ?? null,
          request ? JSON.stringify(request) : null,
        )
        .one().id;
    }
    if (last > kept && last % 50 === 0) this.sql.exec('DELETE FROM events WHERE id <= ?', last - kept);
    return last;
  }

  private hasRoom(): boolean {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.good = 0;
    }
    this.good += 1;
    return this.good <= goodPerSecond;
  }

  /** Newest first, before the line `before` (null: from the newest). */
  page(before: number | null): { entries: ChannelEvent[]; complete: boolean } {
    const rows = this.sql
      .exec<EventRow>(
        'SELECT * FROM events WHERE id < ? ORDER BY id DESC LIMIT ?',
        before ?? Number.MAX_SAFE_INTEGER,
        pageSize + 1,
      )
      .toArray();
    return {
      entries: rows
        .slice(0, pageSize)
        .map(({ id, at, kind, result, summary, detail, latency, ref, request }) => ({
          id,
          at,
          kind,
          result,
          summary,
          detail,
          latencyMs: latency,
          replayable: request !== null || (ref !== null && (result === 'failed' || result === 'unknown')),
        })),
      complete: rows.length <= pageSize,
    };
  }

  /** What a line can be replayed with. */
  get(id: number): { ref: string | null; request: KeptRequest | null; result: string } | null {
    const row = this.sql.exec<EventRow>('SELECT * FROM events WHERE id = ?', id).toArray()[0];
    if (!row) return null;
    const request = row.request === null ? null : (JSON.parse(row.request) as KeptRequest);
    return { ref: row.ref, request, result: row.result };
  }
}
