/** Who wants no messages from which of our numbers (CH-14). */
import { partyOf } from './party.ts';

export class OptOuts {
  constructor(private readonly sql: SqlStorage) {}

  set(party: string, out: boolean, scope: 'all' | 'marketing'): void {
    if (out) {
      this.sql.exec('INSERT OR IGNORE INTO opt_outs VALUES (?, ?, ?)', party, scope, Date.now());
    } else {
      // Whoever wants messages again wants all of them; whoever wants campaigns again may still have said STOP.
      this.sql.exec("DELETE FROM opt_outs WHERE party = ? AND (?2 = 'all' OR scope = ?2)", party, scope);
    }
  }

  /** Whether nothing at all may be sent; with `marketing`, whether no campaign may. */
  has(party: string, marketing = false): boolean {
    const rows = this.sql.exec(
      "SELECT 1 FROM opt_outs WHERE party = ? AND (scope = 'all' OR ?) LIMIT 1",
      party,
      marketing ? 1 : 0,
    );
    return rows.toArray().length > 0;
  }

  /** Customers of one of our numbers to whom no campaign may go. */
  ofNumber(number: string): string[] {
    const prefix = partyOf(number, '');
    return this.sql
      .exec<{ party: string }>(
        'SELECT DISTINCT party FROM opt_outs WHERE party >= ?1 AND party < ?1 || char(1114111)',
        prefix,
      )
      .toArray()
      .map(({ party }) => party.slice(prefix.length));
  }
}
