/**
 * The campaigns of a channel: whose turn it is, one at a time in the order of their send times (CMP-06), and which
 * customers write after the message of one (CMP-10). Both are told until the campaign has acknowledged them.
 */
import { addressOfPart, isLiveChat, parseConversationName } from '../../../core/address.ts';
import type { CampaignNews, CountNotice, SendOrder } from '../contracts.ts';
import { partyOf } from './party.ts';
import type { Sends } from './sends.ts';

const dayMs = 86_400_000;
/** How long a campaign that is over is remembered: longer than a customer may reply, and agents send again. */
const keepMs = 60 * dayMs;
/** A customer's message is counted when the conversation comes to rest, so a little later than it was written. */
const countedLateMs = dayMs;
/** Replies that are told in one call. */
const repliesAtOnce = 500;

type State = 'waits' | 'goes' | 'done' | 'cancelled';
type AwaitedRow = { order_key: string; campaign: string; message: string; window_ms: number };
type ReplyRow = { order_key: string; message: string; replied_at: number };

export class Campaigns {
  /** Whether replies are awaited at all, once that was looked at: most channels have no campaigns. */
  private awaits: boolean | null = null;

  constructor(
    private readonly sql: SqlStorage,
    private readonly sends: Sends,
    private readonly others: {
      turn(campaign: string): Promise<void>;
      hears(campaign: string, news: CampaignNews): Promise<void>;
    },
  ) {}

  // ── Turns ─────────────────────────────────────────────────────────────────────────────────────────────

  /** A campaign wants to send; whether it may now. If not, it is told when it may. */
  wants(id: string, sendAt: number, windowMs: number): boolean {
    const before = this.stateOf(id);
    if (before !== 'goes' && before !== 'waits') {
      this.sql.exec(
        `INSERT INTO campaigns VALUES (?1, 'waits', ?2, ?3, 1, ?4)
         ON CONFLICT (id) DO UPDATE SET state = 'waits', send_at = ?2, window_ms = ?3, changed_at = ?4`,
        id,
        sendAt,
        windowMs,
        Date.now(),
      );
    }
    const next = this.next();
    if (next !== null && next !== id) this.sql.exec('UPDATE campaigns SET told = 0 WHERE id = ?', next);
    return this.stateOf(id) === 'goes';
  }

  /** A campaign has nothing more to send for now: the next one's turn. */
  leaves(id: string, state: 'done' | 'cancelled'): void {
    this.sql.exec('UPDATE campaigns SET state = ?, changed_at = ? WHERE id = ?', state, Date.now(), id);
    const next = this.next();
    if (next !== null) this.sql.exec('UPDATE campaigns SET told = 0 WHERE id = ?', next);
  }

  isCancelled(id: string): boolean {
    return this.stateOf(id) === 'cancelled';
  }

  /** Lets the first one go that waits, if nobody goes; its id, null when nothing changed. */
  private next(): string | null {
    const [row] = this.sql
      .exec<{ id: string }>(
        `UPDATE campaigns SET state = 'goes' WHERE id = (
           SELECT id FROM campaigns WHERE state = 'waits'
             AND NOT EXISTS (SELECT 1 FROM campaigns WHERE state = 'goes')
           ORDER BY send_at, id LIMIT 1)
         RETURNING id`,
      )
      .toArray();
    return row?.id ?? null;
  }

  private stateOf(id: string): State | null {
    const row = this.sql.exec<{ state: State }>('SELECT state FROM campaigns WHERE id = ?', id).toArray()[0];
    return row?.state ?? null;
  }

  // ── Replies ───────────────────────────────────────────────────────────────────────────────────────────

  /** A message of a campaign is in the queue: its customer may reply. */
  sent({ campaign = '', message }: SendOrder, key: string, party: string): void {
    this.awaits = true;
    this.sql.exec(
      `INSERT OR IGNORE INTO awaited
         SELECT ?1, ?2, ?3, ?4, ?5 + window_ms, NULL FROM campaigns WHERE id = ?3`,
      key,
      party,
      campaign,
      message,
      Date.now() + 2 * countedLateMs,
    );
  }

  /** What a conversation has its channel count may hold replies; whether it did. */
  heed({ conversation, messages }: CountNotice): boolean {
    this.awaits ??= this.sql.exec('SELECT 1 FROM awaited LIMIT 1').toArray().length > 0;
    if (!this.awaits) return false;
    const { number, customer } = parseConversationName(conversation);
    if (isLiveChat(number)) return false;
    const inbound = messages.filter((message) => message.inbound).map(({ at }) => at);
    if (inbound.length === 0) return false;
    const rows = this.sql
      .exec<AwaitedRow>(
        `SELECT order_key, campaign, message, window_ms FROM awaited JOIN campaigns ON id = campaign
         WHERE party = ? AND replied_at IS NULL`,
        partyOf(addressOfPart(number), addressOfPart(customer)),
      )
      .toArray();
    let found = false;
    for (const { order_key, window_ms } of rows) {
      const left = this.sends.departure(order_key);
      if (!left || left.status === 'failed') continue;
      const reply = inbound.find((at) => at >= left.at && at <= left.at + window_ms);
      if (reply === undefined) continue;
      this.sql.exec('UPDATE awaited SET replied_at = ? WHERE order_key = ?', reply, order_key);
      found = true;
    }
    return found;
  }

  // ── Telling ───────────────────────────────────────────────────────────────────────────────────────────

  /** Tells turns and replies that are not acknowledged; false when somebody could not be told. */
  async tell(): Promise<boolean> {
    try {
      const turns = this.sql.exec<{ id: string }>(
        "SELECT id FROM campaigns WHERE state = 'goes' AND told = 0",
      );
      for (const { id } of turns.toArray()) {
        await this.others.turn(id);
        this.sql.exec('UPDATE campaigns SET told = 1 WHERE id = ?', id);
      }
      const replied = this.sql
        .exec<{ campaign: string }>('SELECT DISTINCT campaign FROM awaited WHERE replied_at IS NOT NULL')
        .toArray();
      for (const { campaign } of replied) await this.tellReplies(campaign);
      return true;
    } catch (error) {
      console.error(JSON.stringify({ event: 'campaign.untold', error: String(error) }));
      return false;
    }
  }

  private async tellReplies(campaign: string): Promise<void> {
    for (;;) {
      const rows = this.sql
        .exec<ReplyRow>(
          `SELECT order_key, message, replied_at FROM awaited
           WHERE campaign = ? AND replied_at IS NOT NULL LIMIT ?`,
          campaign,
          repliesAtOnce,
        )
        .toArray();
      if (rows.length === 0) return;
      const replies = rows.map(({ message, replied_at }) => ({ message, at: replied_at }));
      await this.others.hears(campaign, { reports: [], replies });
      for (const { order_key } of rows) this.sql.exec('DELETE FROM awaited WHERE order_key = ?', order_key);
    }
  }

  /** Forgets whom nobody awaits any more, and campaigns that were over long ago. */
  sweep(now: number): void {
    this.sql.exec('DELETE FROM awaited WHERE until < ? AND replied_at IS NULL', now);
    this.sql.exec(
      "DELETE FROM campaigns WHERE state IN ('done', 'cancelled') AND changed_at < ?",
      now - keepMs,
    );
  }
}
