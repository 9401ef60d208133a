/**
 * Channel: what is counted or paced per channel. For live chat: statistics by the hour, which sessions are
 * active, and the sweep of media that has outlived its 72 hours.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { blobs } from '../store/blobs.ts';
import { sweepMedia } from '../store/media.ts';
import type { ChannelStatistics, CountNotice } from './contracts.ts';
import { migrate } from './migrations.ts';
import { Timers, timersSchema } from './timers.ts';

const schema = `
  CREATE TABLE conversations (
    name TEXT PRIMARY KEY,
    counted INTEGER NOT NULL,
    active INTEGER NOT NULL,
    reserved_until INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX conversations_active ON conversations (active, reserved_until);
  CREATE TABLE statistics (
    hour INTEGER PRIMARY KEY,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    received INTEGER NOT NULL
  );
`;

const hourMs = 3_600_000;
const sweepTimer = 'sweep';
/** A slot that was put aside and never used (the session's object ended in between) is free again then. */
const reservationMs = 60_000;

export class Channel extends DurableObject<Env> {
  private readonly timers: Timers;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, [schema + timersSchema]);
    this.timers = new Timers(ctx.storage);
  }

  /**
   * Counts a conversation's messages once each: a notice that starts elsewhere than where this channel
   * stands changes nothing. Answers where it stands now.
   */
  count(notice: CountNotice): number {
    const { conversation, from, to, messages, open } = notice;
    const counted = this.counted(conversation);
    if (counted !== from) return counted;
    const active = open ? 1 : 0;
    this.ctx.storage.sql.exec(
      `INSERT INTO conversations VALUES (?1, ?2, ?3, 0)
       ON CONFLICT (name) DO UPDATE SET counted = ?2, active = ?3, reserved_until = 0`,
      conversation,
      to,
      active,
    );
    for (const { at, inbound } of messages) {
      this.ctx.storage.sql.exec(
        `INSERT INTO statistics VALUES (?1, ?2, 0, ?3)
         ON CONFLICT (hour) DO UPDATE SET sent = sent + ?2, received = received + ?3`,
        Math.floor(at / hourMs),
        inbound ? 0 : 1,
        inbound ? 1 : 0,
      );
    }
    return to;
  }

  /** Puts one of `limit` active sessions aside for a conversation; false when all are taken (LC-15). */
  reserve(conversation: string, limit: number): boolean {
    const now = Date.now();
    const { sql } = this.ctx.storage;
    const others = sql
      .exec<{ n: number }>(
        'SELECT COUNT(*) AS n FROM conversations WHERE (active = 1 OR reserved_until > ?) AND name <> ?',
        now,
        conversation,
      )
      .one().n;
    if (others >= limit) return false;
    sql.exec(
      `INSERT INTO conversations VALUES (?1, 0, 0, ?2)
       ON CONFLICT (name) DO UPDATE SET reserved_until = ?2`,
      conversation,
      now + reservationMs,
    );
    return true;
  }

  statistics(): ChannelStatistics {
    const { sql } = this.ctx.storage;
    const { sent, failed, received } = sql
      .exec<{ sent: number; failed: number; received: number }>(
        `SELECT TOTAL(sent) AS sent, TOTAL(failed) AS failed, TOTAL(received) AS received FROM statistics`,
      )
      .one();
    const activeSessions = sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM conversations WHERE active = 1')
      .one().n;
    return { total: sent + failed, sent, failed, received, activeSessions };
  }

  /** A file is about to be stored: makes sure that somebody wakes up to delete it. */
  mediaStored(): void {
    if (this.timers.dueAt(sweepTimer) === null) this.timers.set(sweepTimer, Date.now() + hourMs);
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async (key, now) => {
      if (key !== sweepTimer || this.ctx.id.name === undefined) return null;
      const left = await sweepMedia(blobs(this.env), this.ctx.id.name, now);
      return left ? now + hourMs : null;
    });
  }

  private counted(conversation: string): number {
    const row = this.ctx.storage.sql
      .exec<{ counted: number }>('SELECT counted FROM conversations WHERE name = ?', conversation)
      .toArray()[0];
    return row?.counted ?? 0;
  }
}
