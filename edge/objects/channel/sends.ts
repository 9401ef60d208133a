/**
 * The table of messages on their way. A row's state:
 *
 *   ready    next in line for its recipient      handed   with a Sender, or the Sender was never reached
 *   behind   an earlier message of the same      waiting  refused for now, ready again at `not_before`
 *            recipient is still on its way       done     sent, failed, or of unknown outcome
 */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { Outgoing } from '../../../core/providers/provider.ts';
import type { SendError } from '../../../core/sendError.ts';
import type { SendSlot } from '../contracts.ts';
import { EarlyReports } from './earlyReports.ts';

/** Agents and automatic texts go before campaigns (CMP-09). */
const conversationLane = 0;
const campaignLane = 1;

export const ready = 0;
const behind = 1;
export const handed = 2;
const waiting = 3;
export const done = 4;

const keepDoneMs = 30 * 86_400_000;

export interface SendRow extends Record<string, SqlStorageValue> {
  id: number;
  ref: string;
  order_key: string;
  part: number;
  conversation: string | null;
  message: string;
  round: number;
  recipient: string;
  lane: number;
  state: number;
  status: DeliveryStatus;
  attempts: number;
  segments: number;
  payload: string;
  provider_id: string | null;
  error: string | null;
  queued_at: number;
  slot_at: number | null;
  sender: number | null;
  done_at: number | null;
  campaign: string | null;
}

/** What is read of a row that is to get a slot. */
export type ReadyRow = Pick<SendRow, 'id' | 'ref' | 'attempts' | 'payload' | 'slot_at' | 'sender'>;

/** What is read of a row that a Sender tells of. */
export type HandedRow = Pick<
  SendRow,
  | 'id'
  | 'ref'
  | 'order_key'
  | 'part'
  | 'recipient'
  | 'state'
  | 'status'
  | 'attempts'
  | 'segments'
  | 'provider_id'
  | 'queued_at'
  | 'slot_at'
  | 'done_at'
>;
const handedColumns =
  'id, ref, order_key, part, recipient, state, status, attempts, segments, provider_id, queued_at, slot_at, done_at';

/** A message that the provider took, how far it has got, and the provider's name for it. */
export type TakenSend = readonly [id: number, status: DeliveryStatus, providerId: string | null];

/** The row's id, when it may leave (epoch ms), and with which Sender. */
export type GivenSlot = readonly [id: number, at: number, sender: number];

/** One part of an order, before it has a place. */
export interface NewSend {
  key: string;
  part: number;
  /** Null when no session has to hear of it. */
  conversation: string | null;
  message: string;
  round: number;
  recipient: string;
  /** Whose message it is; null when no campaign has to hear of it. */
  campaign: string | null;
  segments: number;
  outgoing: Outgoing;
  /** Refused before it was sent. */
  error: SendError | null;
  at: number;
}

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
    const { key, part, conversation, message, round, recipient, campaign, segments, outgoing, error, at } =
      send;
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
         told, not_before, attempts, segments, payload, error, queued_at, done_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, ?, ?, ?, ?, ?)`,
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
      JSON.stringify(outgoing),
      error ? JSON.stringify(error) : null,
      at,
      error ? at : null,
    );
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The next in line: conversations before campaigns, then in the order they came. */
  readyRows(limit: number): ReadyRow[] {
    return this.sql
      .exec<ReadyRow>(
        `SELECT id, ref, attempts, payload, slot_at, sender FROM sends
         WHERE state = 0 ORDER BY lane, id LIMIT ?`,
        limit,
      )
      .toArray();
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

  retryAt(row: HandedRow, at: number, error: SendError): void {
    this.sql.exec(
      'UPDATE sends SET state = ?, attempts = attempts + 1, not_before = ?, slot_at = NULL, sender = NULL, error = ? WHERE id = ?',
      waiting,
      at,
      JSON.stringify(error),
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

  /** Slots after `since`, newest first. */
  recentSlots(since: number, limit: number): number[] {
    return this.sql
      .exec<{ slot_at: number }>(
        'SELECT slot_at FROM sends WHERE slot_at > ? ORDER BY slot_at DESC LIMIT ?',
        since,
        limit,
      )
      .toArray()
      .map(({ slot_at }) => slot_at);
  }

  hasWork(): boolean {
    return this.some('state < 4');
  }

  backlog(): { queued: number; oldestQueuedAt: number | null } {
    // Behind each other message of a recipient there is an older one that is in one of the three other states.
    const row = this.sql
      .exec<{ n: number; oldest: number | null }>(
        `SELECT (SELECT COUNT(*) FROM sends INDEXED BY sends_recipient WHERE state < 4) AS n, MIN(at) AS oldest FROM (
           SELECT queued_at AS at FROM (SELECT queued_at FROM sends WHERE state = 0 AND lane = ?1 ORDER BY id LIMIT 1)
           UNION ALL SELECT queued_at FROM (SELECT queued_at FROM sends WHERE state = 0 AND lane = ?2 ORDER BY id LIMIT 1)
           UNION ALL SELECT MIN(queued_at) FROM sends INDEXED BY sends_handed WHERE state = 2
           UNION ALL SELECT MIN(queued_at) FROM sends INDEXED BY sends_waiting WHERE state = 3
         )`,
        conversationLane,
        campaignLane,
      )
      .one();
    return { queued: row.n, oldestQueuedAt: row.oldest };
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

/** A row as its Sender takes it. */
export function slotOf({ payload, attempts, slot_at }: ReadyRow, at = slot_at ?? 0): SendSlot {
  return { at, message: { ...(JSON.parse(payload) as Outgoing), attempt: attempts } };
}
