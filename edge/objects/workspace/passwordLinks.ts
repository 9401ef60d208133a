/** One-time links to choose a password (GEN-02): one for each agent at most, valid for 24 hours. */

const lifetimeMs = 24 * 3_600_000;

export class PasswordLinks {
  constructor(private readonly sql: SqlStorage) {}

  /** Makes an agent's link, in place of an earlier one. */
  make(agent: string, tokenDigest: string, now: number): void {
    this.forget(agent);
    this.sql.exec('INSERT INTO password_links VALUES (?, ?, ?)', tokenDigest, agent, now + lifetimeMs);
  }

  /** The agent whose valid link this is. */
  agentOf(tokenDigest: string, now: number): string | null {
    const row = this.sql.exec<{ agent_id: string }>(
      'SELECT agent_id FROM password_links WHERE token_digest = ? AND expires_at > ?',
      tokenDigest,
      now,
    );
    return row.toArray()[0]?.agent_id ?? null;
  }

  forget(agent: string): void {
    this.sql.exec('DELETE FROM password_links WHERE agent_id = ?', agent);
  }

  sweep(now: number): void {
    this.sql.exec('DELETE FROM password_links WHERE expires_at <= ?', now);
  }
}
