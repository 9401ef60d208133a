/** What a channel has received and sent, by quarters of an hour. */

export const quarterMs = 900_000;

export interface Traffic {
  sent: number;
  failed: number;
  received: number;
  segments: number;
  unknown: number;
}

export class Statistics {
  constructor(private readonly sql: SqlStorage) {}

  /** Adds to the quarter of `at` (epoch ms); negative numbers take back what turned out otherwise. */
  add(at: number, change: Partial<Traffic>): void {
    const { sent = 0, failed = 0, received = 0, segments = 0, unknown = 0 } = change;
    this.sql.exec(
      `INSERT INTO traffic VALUES (?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT (quarter) DO UPDATE SET sent = sent + ?2, failed = failed + ?3, received = received + ?4,
         segments = segments + ?5, unknown = unknown + ?6`,
      Math.floor(at / quarterMs),
      sent,
      failed,
      received,
      segments,
      unknown,
    );
  }

  /** The sums from `from` until before `to` (epoch ms); null is open. */
  between(from: number | null, to: number | null): Traffic {
    return this.sql
      .exec<Traffic & Record<string, SqlStorageValue>>(
        `SELECT TOTAL(sent) AS sent, TOTAL(failed) AS failed, TOTAL(received) AS received,
           TOTAL(segments) AS segments, TOTAL(unknown) AS unknown
         FROM traffic WHERE quarter >= ?1 AND quarter < ?2`,
        from === null ? 0 : Math.floor(from / quarterMs),
        to === null ? Number.MAX_SAFE_INTEGER : Math.ceil(to / quarterMs),
      )
      .one();
  }
}
