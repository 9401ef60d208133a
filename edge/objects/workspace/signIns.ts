/**
 * Sign-ins: an opaque token in the agent's cookie, of which only the digest is kept. They last 14 days from
 * their last use. Whatever ends one is told to the Desk, which closes the sockets opened with it.
 */
import { newId } from '../../secrets.ts';
import type { DeskNotice } from '../contracts.ts';

const lifetimeMs = 14 * 86_400_000;
/** A sign-in in use is prolonged at most this often, so that reading does not mean writing. */
const slideEveryMs = 3_600_000;

export interface SignIn {
  id: string;
  agent: string;
  /** Epoch ms. */
  expiresAt: number;
}

type SignInRow = { id: string; agent_id: string; slid_at: number; expires_at: number };

export class SignIns {
  constructor(
    private readonly sql: SqlStorage,
    private readonly notify: (notice: DeskNotice) => void,
  ) {}

  start(agent: string, tokenDigest: string, now: number): SignIn {
    const signIn = { id: newId(), agent, expiresAt: now + lifetimeMs };
    this.sql.exec(
      'INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?)',
      tokenDigest,
      signIn.id,
      agent,
      now,
      now,
      signIn.expiresAt,
    );
    return signIn;
  }

  /** The valid sign-in with this token, prolonged. */
  find(tokenDigest: string, now: number): SignIn | null {
    const row = this.sql
      .exec<SignInRow>(
        'SELECT id, agent_id, slid_at, expires_at FROM sign_ins WHERE token_digest = ? AND expires_at > ?',
        tokenDigest,
        now,
      )
      .toArray()[0];
    if (!row) return null;
    if (now - row.slid_at < slideEveryMs)
      return { id: row.id, agent: row.agent_id, expiresAt: row.expires_at };
    const expiresAt = now + lifetimeMs;
    this.sql.exec('UPDATE sign_ins SET slid_at = ?, expires_at = ? WHERE id = ?', now, expiresAt, row.id);
    return { id: row.id, agent: row.agent_id, expiresAt };
  }

  /** Gives a sign-in another token: a token that was known before a password change is worth nothing after. */
  rotate(id: string, tokenDigest: string): void {
    this.sql.exec('UPDATE sign_ins SET token_digest = ? WHERE id = ?', tokenDigest, id);
  }

  end({ id, agent }: SignIn): void {
    this.sql.exec('DELETE FROM sign_ins WHERE id = ?', id);
    this.notify({ kind: 'signedOut', agent, signIns: [id] });
  }

  /** Ends all sign-ins of an agent, or all but one. */
  endAll(agent: string, except: string | null = null): void {
    const ended = this.sql
      .exec<{ id: string }>(
        'DELETE FROM sign_ins WHERE agent_id = ? AND id IS NOT ? RETURNING id',
        agent,
        except,
      )
      .toArray()
      .map(({ id }) => id);
    if (except === null) this.notify({ kind: 'signedOut', agent, signIns: null });
    else if (ended.length > 0) this.notify({ kind: 'signedOut', agent, signIns: ended });
  }

  /** Ends those that have expired, so that a socket does not outlive the sign-in that opened it. */
  sweep(now: number): void {
    const expired = this.sql
      .exec<SignInRow>('DELETE FROM sign_ins WHERE expires_at <= ? RETURNING *', now)
      .toArray();
    const byAgent = Map.groupBy(expired, (row) => row.agent_id);
    for (const [agent, rows] of byAgent)
      this.notify({ kind: 'signedOut', agent, signIns: rows.map(({ id }) => id) });
  }
}
