/**
 * The channel's telephone lines (LC-05): how many calls may go on at once. A Session takes a line before a call rings,
 * holds it while the call goes on and gives it back in the end; one that is not held any more is free after a minute.
 */

/** A later step of the schema. `until`, epoch ms: when the line is free by itself, and a given back one forgotten. */
export const linesSchema = `
  CREATE TABLE call_lines (
    call TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    given_back INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/** How long a line stays taken without being held. */
const leaseMs = 60_000;

export class Lines {
  constructor(private readonly sql: SqlStorage) {}

  /** Takes one of `limit` lines for a call; false when all are taken. The same call again has its line already. */
  take(call: string, limit: number, now: number): boolean {
    this.sweep(now);
    const own = this.sql
      .exec<{ given_back: number }>('SELECT given_back FROM call_lines WHERE call = ?', call)
      .toArray()[0];
    // What comes late about a call that is over takes nothing any more.
    if (own?.given_back === 1) return false;
    const others = this.sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM call_lines WHERE given_back = 0 AND call <> ?', call)
      .one().n;
    if (!own && others >= limit) return false;
    this.keep(call, now + leaseMs, 0);
    return true;
  }

  /** Says that calls go on. One whose line was lost meanwhile has it again, whatever the limit. */
  hold(call: string, now: number): void {
    this.sql.exec(
      `INSERT INTO call_lines VALUES (?1, ?2, 0)
       ON CONFLICT (call) DO UPDATE SET until = ?2 WHERE given_back = 0`,
      call,
      now + leaseMs,
    );
  }

  /** Gives a line back. It is remembered for a minute, so that what was said before and comes later takes none. */
  giveBack(call: string, now: number): void {
    this.keep(call, now + leaseMs, 1);
  }

  /** Lines that are taken now. */
  taken(now: number): number {
    this.sweep(now);
    return this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM call_lines WHERE given_back = 0').one().n;
  }

  private keep(call: string, until: number, givenBack: 0 | 1): void {
    this.sql.exec('INSERT OR REPLACE INTO call_lines VALUES (?, ?, ?)', call, until, givenBack);
  }

  private sweep(now: number): void {
    this.sql.exec('DELETE FROM call_lines WHERE until <= ?', now);
  }
}
