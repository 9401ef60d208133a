/** The table of messages on their way, and how they move through it; `sendRow.ts` says what a row is. */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { Outgoing } from '../../../core/providers/provider.ts';
import type { SendError } from '../../../core/sendError.ts';
import { EarlyReports } from './earlyReports.ts';
import {
  behind,
  done,
  handed,
  handedColumns,
  ready,
  waiting,
  type GivenSlot,
  type HandedRow,
  type NewSend,
  type ReadyRow,
  type SendRow,
  type TakenSend,
} from './sendRow.ts';

/** Agents and automatic texts go before campaigns (CMP-09). */
const conversationLane = 0;
const campaignLane = 1;

const keepDoneMs = 30 * 86_400_000;

/**
 * Where the oldest message on its way is found, each in the order of an index. Behind every other message of a recipient
 * there is an older one that is in one of these.
 */
const oldestOnes = [
  'SELECT MIN(queued_at) AS at FROM sends INDEXED BY sends_handed WHERE state = 2',
  'SELECT MIN(queued_at) AS at FROM sends INDEXED BY sends_waiting WHERE state = 3',
  ...[conversationLane, campaignLane].flatMap((lane) =>
    [0, 1].map(
      (slow) => `SELECT queued_at AS at FROM sends INDEXED BY sends_next
        WHERE state = 0 AND slow = ${slow} AND lane = ${lane} ORDER BY id LIMIT 1`,
    ),
  ),
];

export class Sends {
  readonly early: EarlyReports;

  constructor(private readonly sql: SqlStorage) {
    this.early = new EarlyReports(sql);
  }

  // ── In ────────────────────────────────────────────────────────────────────────────────────────────────

  hasOrder(key: string): boolean {
    return this.some('order_key = ?', key);
  }

  insert(send: NewSend): void {
    const { key, part, conversation, message, round, recipient, campaign, segments, answers, outgoing } =
      send;
    const { isSlow, error, at } = send;
    const isBehind = !error && this.some('recipient = ? AND state < 4', recipient);
    // What agents send again is theirs.
    const lane = campaign === null || round > 1 ? conversationLane : campaignLane;
    // Whoever answers this customer is not to wait for the others that a campaign goes to.
    if (isBehind && lane === conversationLane) {
      this.sql.exec(
        'UPDATE sends SET lane = ? WHERE recipient = ? AND state < 4 AND lane > 0',
        lane,
        recipient,
      );
    }
    this.sql.exec(
      `INSERT INTO sends (ref, order_key, part, conversation, message, round, recipient, campaign, lane, state, status,
         told, not_before, attempts, segments, answers, slow, payload, error, queued_at, done_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, ?, ?, ?, ?, ?, ?, ?)`,
      outgoing.ref,
      key,
      part,
      conversation,
      message,
      round,
      recipient,
      campaign,
      lane,
      error ? done : isBehind ? behind : ready,
      error ? 'failed' : 'queued',
      segments,
      answers,
      isSlow ? 1 : 0,
      JSON.stringify(outgoing),
      error ? JSON.stringify(error) : null,
      at,
      error ? at : null,
    );
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The next in line: conversations before campaigns, then in the order they came; of slow ones at most `slowLimit`. */
  readyRows(limit: number, slowLimit: number): ReadyRow[] {
    const columns = 'id, ref, attempts, payload, slot_at, sender, conversation, answers, slow, lane';
    const line = `SELECT * FROM (SELECT ${columns} FROM sends WHERE state = 0 AND slow = ? ORDER BY lane, id LIMIT ?)`;
    return this.sql
      .exec<ReadyRow>(`${line} UNION ALL ${line} ORDER BY lane, id`, 0, limit, 1, slowLimit)
      .toArray();
  }

  /**
   * The provider's id of the message that a row answers. Whatever went to the same recipient before has left the queue when
   * this one is next in line: who has no id by then has failed, or gets none.
   */
  answeredBy({ conversation, answers }: Pick<SendRow, 'conversation' | 'answers'>): string | null {
    if (conversation === null || answers === null) return null;
    const key = `${conversation}|${answers}|`;
    const row = this.sql.exec<{ provider_id: string }>(
      `SELECT provider_id FROM sends WHERE order_key > ? AND order_key < ? AND message = ? AND provider_id IS NOT NULL
       ORDER BY round DESC, part LIMIT 1`,
      key,
      // After all rounds, which are digits.
      `${key}:`,
      answers,
    );
    return row.toArray()[0]?.provider_id ?? null;
  }

  hand(given: readonly GivenSlot[]): void {
    if (given.length === 0) return;
    this.sql.exec(
      `UPDATE sends SET state = ?, slot_at = slot.at, sender = slot.sender
       FROM (SELECT value ->> 0 AS id, value ->> 1 AS at, value ->> 2 AS sender FROM json_each(?)) AS slot
       WHERE sends.id = slot.id`,
      handed,
      JSON.stringify(given),
    );
  }

  /** These left at other times than planned: ids and epoch ms. */
  setSlots(left: readonly (readonly [id: number, at: number])[]): void {
    if (left.length === 0) return;
    this.sql.exec(
      `UPDATE sends SET slot_at = slot.at
       FROM (SELECT value ->> 0 AS id, value ->> 1 AS at FROM json_each(?)) AS slot WHERE sends.id = slot.id`,
      JSON.stringify(left),
    );
  }

  /** It has not left: it keeps its place, and gets another slot, with this Sender or with any (null). */
  takeBack(row: HandedRow, sender: number | null): void {
    this.sql.exec(
      'UPDATE sends SET state = ?, slot_at = NULL, sender = ? WHERE id = ? AND state = ?',
      ready,
      sender,
      row.id,
      handed,
    );
  }

  /** Once more from `at` on, then `change`d so. */
  retryAt(row: HandedRow, at: number, error: SendError, change: Pick<Outgoing, 'plainFiles'> = {}): void {
    this.sql.exec(
      `UPDATE sends SET state = ?, attempts = attempts + 1, not_before = ?, slot_at = NULL, sender = NULL, error = ?,
         payload = json_patch(payload, ?) WHERE id = ?`,
      waiting,
      at,
      JSON.stringify(error),
      JSON.stringify(change),
      row.id,
    );
  }

  /** What has waited long enough is ready again. */
  wakeWaiting(now: number): void {
    this.sql.exec('UPDATE sends SET state = 0 WHERE state = 3 AND not_before <= ?', now);
  }

  nextWaiting(): number | null {
    return this.sql
      .exec<{ at: number | null }>('SELECT MIN(not_before) AS at FROM sends WHERE state = 3')
      .one().at;
  }

  handedRows(): SendRow[] {
    return this.sql
      .exec<SendRow>(
        'SELECT * FROM sends INDEXED BY sends_handed WHERE state = 2 AND slot_at IS NOT NULL ORDER BY slot_at',
      )
      .toArray();
  }

  /** Whether a slot before `at` has neither result nor notice. */
  isSilentSince(at: number): boolean {
    return (
      this.sql
        .exec('SELECT 1 FROM sends INDEXED BY sends_handed WHERE state = 2 AND slot_at < ? LIMIT 1', at)
        .toArray().length > 0
    );
  }

  /** Slots after `since`, newest first; with `slowOnly` those of slow messages. */
  recentSlots(since: number, limit: number, slowOnly: boolean): number[] {
    return this.sql
      .exec<{ slot_at: number }>(
        'SELECT slot_at FROM sends WHERE slot_at > ? AND slow >= ? ORDER BY slot_at DESC LIMIT ?',
        since,
        slowOnly ? 1 : 0,
        limit,
      )
      .toArray()
      .map(({ slot_at }) => slot_at);
  }

  hasWork(): boolean {
    return this.some('state < 4');
  }

  backlog(): { queued: number; oldestQueuedAt: number | null } {
    const { n } = this.sql
      .exec<{ n: number }>('SELECT COUNT(*) AS n FROM sends INDEXED BY sends_recipient WHERE state < 4')
      .one();
    const found = oldestOnes.flatMap((query) => this.sql.exec<{ at: number | null }>(query).toArray());
    const times = found.flatMap(({ at }) => at ?? []);
    return { queued: n, oldestQueuedAt: times.length === 0 ? null : Math.min(...times) };
  }

  // ── What became of it ─────────────────────────────────────────────────────────────────────────────────

  byRef(ref: string): SendRow | undefined {
    return this.rows('ref = ?', ref)[0];
  }

  byRefs(refs: readonly string[]): Map<string, HandedRow> {
    const rows = this.sql.exec<HandedRow>(
      `SELECT ${handedColumns} FROM sends WHERE ref IN (SELECT value FROM json_each(?))`,
      JSON.stringify(refs),
    );
    return new Map([...rows].map((row) => [row.ref, row]));
  }

  byProviderId(id: string): SendRow | undefined {
    return this.rows('provider_id = ?', id)[0];
  }

  /** Parts of the same message after this one that are not with a Sender yet. */
  laterParts(row: HandedRow): SendRow[] {
    return this.rows('order_key = ? AND part > ? AND state IN (0, 1, 3)', row.order_key, row.part);
  }

  /** Messages of a campaign that are not with a Sender. */
  ofCampaign(campaign: string): SendRow[] {
    return this.rows('campaign = ? AND state < 4 AND state <> 2', campaign);
  }

  /** Messages of a campaign that were with a Sender before `at`, and of which nothing is known yet. */
  inDoubt(campaign: string, at: number): number {
    return this.sql
      .exec<{ n: number }>(
        `SELECT COUNT(DISTINCT order_key) AS n FROM sends
         WHERE campaign = ? AND state < 4 AND state = 2 AND slot_at < ?`,
        campaign,
        at,
      )
      .one().n;
  }

  /** When a message left, and how it stands; null before. */
  departure(key: string): { at: number; status: DeliveryStatus } | null {
    const [row] = this.rows('order_key = ? AND part = 0', key);
    return row?.state === done ? { at: row.slot_at ?? row.queued_at, status: row.status } : null;
  }

  /** The message has left the queue; the next one of the same recipient moves up. */
  finish(
    row: HandedRow,
    status: DeliveryStatus,
    error: SendError | null,
    providerId: string | null,
    now: number,
  ): void {
    this.sql.exec(
      'UPDATE sends SET state = ?, status = ?, error = ?, provider_id = COALESCE(?, provider_id), done_at = ? WHERE id = ?',
      done,
      advance(row.status, status),
      error ? JSON.stringify(error) : null,
      providerId,
      now,
      row.id,
    );
    this.moveUp([row]);
  }

  /** The same for many that the provider took. */
  finishTaken(rows: readonly HandedRow[], taken: readonly TakenSend[], now: number): void {
    if (taken.length === 0) return;
    this.sql.exec(
      `UPDATE sends SET state = ?, status = send.status, error = NULL, done_at = ?,
         provider_id = COALESCE(send.provider_id, sends.provider_id)
       FROM (SELECT value ->> 0 AS id, value ->> 1 AS status, value ->> 2 AS provider_id FROM json_each(?)) AS send
       WHERE sends.id = send.id`,
      done,
      now,
      JSON.stringify(taken),
    );
    this.moveUp(rows);
  }

  /** The next of the same recipients are next in line now. */
  private moveUp(rows: readonly HandedRow[]): void {
    this.sql.exec(
      `UPDATE sends SET state = 0 WHERE state = 1 AND id IN
         (SELECT MIN(id) FROM sends WHERE recipient IN (SELECT value FROM json_each(?)) AND state < 4 GROUP BY recipient)`,
      JSON.stringify(rows.map(({ recipient }) => recipient)),
    );
  }

  setStatus(row: HandedRow, status: DeliveryStatus, error: SendError | null): void {
    this.sql.exec(
      'UPDATE sends SET status = ?, error = ? WHERE id = ?',
      status,
      error ? JSON.stringify(error) : null,
      row.id,
    );
  }

  setProviderId(row: HandedRow, id: string): void {
    this.sql.exec('UPDATE sends SET provider_id = ? WHERE id = ?', id, row.id);
  }

  /** Forgets what was done long ago. */
  sweep(now: number): void {
    this.sql.exec('DELETE FROM sends WHERE done_at IS NOT NULL AND done_at < ?', now - keepDoneMs);
    this.early.sweep(now);
  }

  private rows(where: string, ...binds: SqlStorageValue[]): SendRow[] {
    return this.sql.exec<SendRow>(`SELECT * FROM sends WHERE ${where}`, ...binds).toArray();
  }

  private some(where: string, ...binds: SqlStorageValue[]): boolean {
    return this.sql.exec(`SELECT 1 FROM sends WHERE ${where} LIMIT 1`, ...binds).toArray().length > 0;
  }
}
