/** Who wants no messages from which of our numbers (CH-14). */

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

  /** Whether nothing at all may be sent. */
  has(party: string): boolean {
    return (
      this.sql.exec("SELECT 1 FROM opt_outs WHERE party = ? AND scope = 'all'", party).toArray().length > 0
    );
  }
}
