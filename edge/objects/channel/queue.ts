/**
 * The channel's outbound queue: what waits, in which order it leaves and at which pace, and what became of it.
 * It decides who goes when; Senders make the calls. A row's state:
 *
 *   ready    next in line for its recipient      handed   with a Sender, or the Sender was never reached
 *   behind   an earlier message of the same      waiting  refused for now, ready again at `not_before`
 *            recipient is still on its way       done     sent, failed, or of unknown outcome
 */
import { backoffMs, lanesFor, Pacer } from '../../../core/pacing.ts';
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import type { Outgoing, Provider, SendResult } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { segmentsOf } from '../../../core/segments.ts';
import { sendErrorOf, type SendError } from '../../../core/sendError.ts';
import { newId } from '../../secrets.ts';
import type { LaneReport, MessagingRouting, SendOrder, SendReport, SendSlot } from '../contracts.ts';
import type { Timers } from '../timers.ts';
import type { NewEvent } from './eventLog.ts';
import type { Statistics } from './statistics.ts';
import { carefulLane } from '../sender.ts';
import { channelView } from '../../channelView.ts';

const ready = 0;
const behind = 1;
const handed = 2;
const waiting = 3;
const done = 4;

export const conversationLane = 0;
export const campaignLane = 1;

export const queueTimer = 'queue';
/** The alarm that goes on where an instance ended: while there is work it is never further away. */
const backstopMs = 2_000;
/** Slots are handed out this far ahead, so that calls between objects do not cost pace: further at a fast one. */
const horizonMs = { careful: 150, fast: 400 };
/** Reports of many lanes are gathered for so long and written together. */
const gatherMs = 5;
/** A slot is this far ahead of now at least, so that it reaches its Sender in time. */
const leadMs = 2;
/** A Sender that says nothing of a slot for this long is asked. */
const silentMs = 45_000;
/** How long a message is tried before it counts as failed. */
const patienceMs = 24 * 3_600_000;
const usualTries = 8;
/** What a channel's provider takes for a call before any was measured, ms. */
const assumedLatencyMs = 200;
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
  payload: string | null;
  provider_id: string | null;
  error: string | null;
  queued_at: number;
  slot_at: number | null;
  sender: number | null;
  done_at: number | null;
}

/** What a Sender knows of a slot. */
export type Recalled =
  | {
      ref: string;
      known: 'absent' | 'busy';
      /** Since when it knows what it was handed, epoch ms; null when it knows all that it ever called. */
      since: number | null;
    }
  | SendReport;

export interface QueueSurroundings {
  routing(): Promise<MessagingRouting | null>;
  hand(sender: number, slots: SendSlot[]): Promise<void>;
  recall(sender: number, asked: { ref: string; attempt: number }[]): Promise<Recalled[]>;
  resolve(sender: number, slots: SendSlot[]): Promise<void>;
  log(events: NewEvent[]): void;
  /** The provider refused the credentials. */
  unauthorized(error: SendError): void;
  /** The provider took a message, so the credentials are good. */
  worked(): void;
  /** The provider says that this customer wants no messages. */
  optedOut(party: string): void;
  isOptedOut(party: string): boolean;
  /** Statuses changed that sessions have to hear of. */
  changed(): void;
}

export class SendQueue {
  private pacer: Pacer | null = null;
  private pumping: Promise<void> | null = null;
  private again = false;
  private wake: ReturnType<typeof setTimeout> | null = null;
  private recovered = false;
  private latencyMs = assumedLatencyMs;
  private pausedUntil = 0;
  private reported: LaneReport[] = [];
  private applying: Promise<void> | null = null;

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly timers: Timers,
    private readonly statistics: Statistics,
    private readonly around: QueueSurroundings,
  ) {}

  // ── In ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes orders in; those known already change nothing. They are safe when this resolves. */
  async enqueue(orders: readonly SendOrder[], lane: number): Promise<void> {
    const routing = await this.around.routing();
    const now = Date.now();
    this.storage.transactionSync(() => {
      for (const order of orders) this.insert(order, lane, routing, now);
    });
    this.arm(now);
    this.pump();
  }

  private insert(order: SendOrder, lane: number, routing: MessagingRouting | null, now: number): void {
    const provider: Provider | null = routing && providers[routing.provider];
    const { conversation, message, round, outgoing, exempt } = order;
    const key = `${conversation}|${message}|${round}`;
    const { sql } = this.storage;
    if (sql.exec('SELECT 1 FROM sends WHERE order_key = ? LIMIT 1', key).toArray().length > 0) return;
    const whole: Outgoing = { ...outgoing, ref: newId(), attempt: 0 };
    const parts = provider ? provider.split(whole) : [whole];
    const party = partyOf(outgoing.from, outgoing.to);
    const error =
      !exempt && this.around.isOptedOut(party)
        ? sendErrorOf('recipient_opted_out')
        : provider && routing
          ? provider.admit(whole, now, channelView(routing))
          : null;
    parts.forEach((part, index) => {
      const isBehind =
        sql.exec('SELECT 1 FROM sends WHERE recipient = ? AND state < 4 LIMIT 1', party).toArray().length > 0;
      sql.exec(
        `INSERT INTO sends (ref, order_key, part, conversation, message, round, recipient, lane, state, status, told,
           not_before, attempts, segments, payload, error, queued_at, done_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, ?, ?, ?, ?, ?)`,
        part.ref,
        key,
        index,
        conversation === '' ? null : conversation,
        message,
        round,
        party,
        lane,
        error ? done : isBehind ? behind : ready,
        error ? 'failed' : 'queued',
        provider?.limits.segments && 'text' in part.content ? segmentsOf(part.content.text).count : 0,
        JSON.stringify(part),
        error ? JSON.stringify(error) : null,
        now,
        error ? now : null,
      );
    });
    if (error) {
      this.statistics.add(now, { failed: 1 });
      this.around.changed();
    }
  }

  /** A failed message, or one of unknown outcome, once more: from the event log. */
  sendAgain(ref: string): boolean {
    const row = this.byRef(ref);
    if (!row || row.state !== done || (row.status !== 'failed' && row.status !== 'unknown') || !row.payload) {
      return false;
    }
    const payload = JSON.parse(row.payload) as Outgoing;
    const order = { conversation: '', message: `${row.message}~${newId()}`, round: 1, exempt: false };
    void this.enqueue([{ ...order, outgoing: payload }], conversationLane);
    return true;
  }

  // ── What became of it ─────────────────────────────────────────────────────────────────────────────────

  /** Takes in what Senders say; repeats change nothing. Written when this resolves, many reports at once. */
  report(reports: readonly LaneReport[]): Promise<void> {
    this.reported.push(...reports);
    this.applying ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        this.applying = null;
        try {
          this.apply();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }, gatherMs);
    });
    return this.applying;
  }

  private apply(): void {
    const reports = this.reported;
    this.reported = [];
    const now = Date.now();
    const events: NewEvent[] = [];
    this.storage.transactionSync(() => {
      for (const report of reports) {
        const row = this.byRef(report.ref);
        if (row?.state !== handed) continue;
        if (!('result' in report)) this.moved(row, report.leftAt);
        else events.push(this.settle(row, report, now));
      }
      if (events.length > 0) this.around.log(events);
    });
    this.around.changed();
    this.pump();
  }

  /** The message left later than planned, or (null) not at all: then it keeps its place, and the slot is free. */
  private moved(row: SendRow, leftAt: number | null): void {
    const { sql } = this.storage;
    if (leftAt === null) {
      if (row.slot_at !== null) this.pacer?.release(row.slot_at);
      sql.exec('UPDATE sends SET state = ?, slot_at = NULL WHERE id = ?', ready, row.id);
      return;
    }
    if (row.slot_at !== null) this.pacer?.move(row.slot_at, leftAt);
    sql.exec('UPDATE sends SET slot_at = ? WHERE id = ?', leftAt, row.id);
  }

  private settle(row: SendRow, report: SendReport, now: number): NewEvent {
    const { latencyMs, attemptedAt } = report;
    const result = this.plausible(row, report.result);
    if (latencyMs !== null) this.latencyMs = this.latencyMs * 0.9 + latencyMs * 0.1;
    const [ours = '', customer = ''] = row.recipient.split('|');
    const event: NewEvent = {
      at: attemptedAt,
      kind: 'send',
      result: 'ok',
      summary: `Message from ${ours} to ${customer}`,
      detail: '',
      latencyMs,
      ref: row.ref,
    };
    switch (result.kind) {
      case 'accepted': {
        this.finish(row, result.status === 'sent' ? 'sent' : 'queued', null, result.providerId, now);
        this.statistics.add(now, { sent: row.part === 0 ? 1 : 0, segments: row.segments });
        this.applyEarly(row.ref, result.providerId);
        this.around.worked();
        return event;
      }
      case 'unknown': {
        this.finish(row, 'unknown', result.error, null, now);
        const one = row.part === 0 ? 1 : 0;
        this.statistics.add(now, { sent: one, unknown: one });
        this.applyEarly(row.ref, null);
        return { ...event, result: 'unknown', detail: words(result.error) };
      }
      case 'refused': {
        const retried = this.retry(row, result, now);
        if (!retried) this.fail(row, result.error, now);
        if (result.error.category === 'auth_failed') this.around.unauthorized(result.error);
        if (result.error.category === 'recipient_opted_out') this.around.optedOut(row.recipient);
        return {
          ...event,
          result: 'failed',
          detail: `${words(result.error)}${retried ? ' Will be tried again.' : ''}`,
        };
      }
    }
  }

  /** What was found by looking up may be another message with the same words: each id stands for one. */
  private plausible(row: SendRow, result: SendResult): SendResult {
    if (result.kind !== 'accepted' || result.providerId === null) return result;
    const other = this.byProviderId(result.providerId);
    if (!other || other.id === row.id) return result;
    const text = 'The provider has a message like this one, which is another one.';
    return { kind: 'unknown', error: sendErrorOf('unknown', { text }) };
  }

  private retry(
    row: SendRow,
    { error, retry }: Extract<SendResult, { kind: 'refused' }>,
    now: number,
  ): boolean {
    if (!retry || now - row.queued_at > patienceMs) return false;
    const tries = row.attempts + 1;
    // A channel that is told to slow down says nothing against the message: it waits as long as it takes.
    const limit = retry.tries ?? (error.category === 'too_many_requests' ? Infinity : usualTries);
    if (tries >= limit) return false;
    const wait = retry.newToken ? 0 : (retry.afterMs ?? backoffMs(tries, Math.random()));
    if (retry.scope === 'channel' && wait > 0) {
      // Everybody waits, but no longer than a minute before somebody tries whether it goes again.
      this.pausedUntil = Math.max(this.pausedUntil, now + (retry.afterMs ?? Math.min(wait, 60_000)));
    }
    this.storage.sql.exec(
      'UPDATE sends SET state = ?, attempts = ?, not_before = ?, slot_at = NULL, error = ? WHERE id = ?',
      waiting,
      tries,
      now + wait,
      JSON.stringify(error),
      row.id,
    );
    return true;
  }

  private fail(row: SendRow, error: SendError, now: number): void {
    this.finish(row, 'failed', error, null, now);
    if (row.part > 0) this.statistics.add(now, { sent: -1, failed: 1 });
    else this.statistics.add(now, { failed: 1 });
    // Further parts of a message whose beginning failed make no sense on their own.
    const parts = this.storage.sql
      .exec<SendRow>(
        'SELECT * FROM sends WHERE order_key = ? AND part > ? AND state IN (0, 1, 3)',
        row.order_key,
        row.part,
      )
      .toArray();
    for (const part of parts) this.finish(part, 'failed', error, null, now);
  }

  /** The message has left the queue; the next one of the same recipient moves up. */
  private finish(
    row: SendRow,
    status: DeliveryStatus,
    error: SendError | null,
    providerId: string | null,
    now: number,
  ): void {
    const { sql } = this.storage;
    sql.exec(
      'UPDATE sends SET state = ?, status = ?, error = ?, provider_id = ?, done_at = ? WHERE id = ?',
      done,
      advance(row.status, status),
      error ? JSON.stringify(error) : null,
      providerId,
      now,
      row.id,
    );
    sql.exec(
      `UPDATE sends SET state = 0 WHERE state = 1 AND id =
         (SELECT id FROM sends WHERE recipient = ? AND state < 4 ORDER BY id LIMIT 1)`,
      row.recipient,
    );
  }

  // ── Reports of the provider ───────────────────────────────────────────────────────────────────────────

  /**
   * How far a message has got, by the provider's id or by ours. One that is not known yet is kept: reports
   * overtake the answer of the send call. Answers whether the message is known.
   */
  delivered(
    key: { id: string | null; ref: string | null },
    status: DeliveryStatus,
    error: SendError | null,
  ): boolean {
    const row =
      (key.ref === null ? undefined : this.byRef(key.ref)) ??
      (key.id === null ? undefined : this.byProviderId(key.id));
    if (!row || row.state !== done) {
      const early = key.ref ?? key.id;
      if (early !== null) this.keepEarly(early, status, error);
      return row !== undefined;
    }
    // A message of unknown outcome is found by our ref: from here on by the provider's id, too.
    if (key.id !== null && row.provider_id === null) {
      this.storage.sql.exec('UPDATE sends SET provider_id = ? WHERE id = ?', key.id, row.id);
    }
    this.move(row, status, error);
    return true;
  }

  private move(row: SendRow, report: DeliveryStatus, error: SendError | null): void {
    const after = advance(row.status, report);
    if (after === row.status) return;
    this.storage.sql.exec(
      'UPDATE sends SET status = ?, error = ? WHERE id = ?',
      after,
      after === 'failed' && error ? JSON.stringify(error) : null,
      row.id,
    );
    if (error?.category === 'recipient_opted_out') this.around.optedOut(row.recipient);
    if (row.part > 0) return;
    const at = row.done_at ?? row.queued_at;
    if (row.status === 'unknown') this.statistics.add(at, { unknown: -1 });
    if (after === 'failed') this.statistics.add(at, { sent: -1, failed: 1 });
    else if (row.status === 'failed') this.statistics.add(at, { sent: 1, failed: -1 });
  }

  private keepEarly(key: string, status: DeliveryStatus, error: SendError | null): void {
    const { sql } = this.storage;
    const before = sql
      .exec<{ status: DeliveryStatus }>('SELECT status FROM early_reports WHERE key = ?', key)
      .toArray()[0];
    if (before && advance(before.status, status) === before.status) return;
    sql.exec(
      'INSERT OR REPLACE INTO early_reports VALUES (?, ?, ?, ?)',
      key,
      status,
      error ? JSON.stringify(error) : null,
      Date.now(),
    );
  }

  private applyEarly(ref: string, providerId: string | null): void {
    const found = this.storage.sql
      .exec<{ status: DeliveryStatus; error: string | null }>(
        'DELETE FROM early_reports WHERE key IN (?, ?) RETURNING status, error',
        ref,
        providerId ?? ref,
      )
      .toArray();
    for (const { status, error } of found) {
      const row = this.byRef(ref);
      if (row) this.move(row, status, error === null ? null : (JSON.parse(error) as SendError));
    }
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────────────

  /** How much waits, and since when the oldest does. */
  backlog(): { queued: number; oldestQueuedAt: number | null } {
    const row = this.storage.sql
      .exec<{ n: number; oldest: number | null }>(
        'SELECT COUNT(*) AS n, MIN(queued_at) AS oldest FROM sends WHERE state < 4',
      )
      .one();
    return { queued: row.n, oldestQueuedAt: row.oldest };
  }

  /** For the alarm: goes on with what there is. Answers when to look again, null when nothing waits. */
  async onTimer(now: number): Promise<number | null> {
    this.pump();
    await this.pumping;
    return this.hasWork() ? now + backstopMs : null;
  }

  /** The channel's settings changed. */
  configured(): void {
    this.pausedUntil = 0;
    if (this.hasWork()) this.arm(Date.now());
    this.pump();
  }

  /** Rows of long ago. */
  sweep(now: number): void {
    this.storage.sql.exec('DELETE FROM sends WHERE done_at IS NOT NULL AND done_at < ?', now - keepDoneMs);
    this.storage.sql.exec('DELETE FROM early_reports WHERE at < ?', now - 86_400_000);
  }

  /** Hands out as many slots as there are for the next moment; one run at a time. */
  private pump(): void {
    if (this.pumping) {
      this.again = true;
      return;
    }
    this.pumping = this.run().finally(() => {
      this.pumping = null;
      if (this.again) {
        this.again = false;
        this.pump();
      }
    });
  }

  private async run(): Promise<void> {
    try {
      const routing = await this.around.routing();
      if (!routing?.enabled || !routing.saved) return;
      const now = Date.now();
      if (!this.recovered) await this.recover(now);
      this.storage.sql.exec('UPDATE sends SET state = 0 WHERE state = 3 AND not_before <= ?', now);
      if (now < this.pausedUntil) return this.wakeAt(this.pausedUntil);
      const pacer = this.pacerFor(routing.rate, now);
      const { slots, next } = this.plan(pacer, routing.rate, now);
      await this.handOut(slots);
      const due = Math.min(next ?? Infinity, this.nextWaiting() ?? Infinity);
      if (due < Infinity) this.wakeAt(due);
    } catch (error) {
      console.error(JSON.stringify({ event: 'queue.failed', error: String(error) }));
      this.wakeAt(Date.now() + 1_000);
    }
  }

  /** Gives the next messages their times, and answers when to plan again (null: when something happens). */
  private plan(
    pacer: Pacer,
    rate: number,
    now: number,
  ): { slots: Map<number, SendSlot[]>; next: number | null } {
    const { sql } = this.storage;
    const lanes = lanesFor(rate, this.latencyMs);
    const horizon = lanes === 1 ? horizonMs.careful : horizonMs.fast;
    const rows = sql
      .exec<SendRow>(
        'SELECT * FROM sends WHERE state = 0 ORDER BY lane, id LIMIT ?',
        Math.ceil((rate * horizon) / 1000) + 2,
      )
      .toArray();
    const slots = new Map<number, SendSlot[]>();
    let next: number | null = null;
    this.storage.transactionSync(() => {
      for (const row of rows) {
        const at = pacer.next(now + leadMs);
        if (at > now + horizon) {
          next = at - horizon / 2;
          break;
        }
        pacer.take(at);
        const sender = lanes === 1 ? carefulLane : laneOf(row.recipient, lanes);
        sql.exec(
          'UPDATE sends SET state = ?, slot_at = ?, sender = ? WHERE id = ?',
          handed,
          at,
          sender,
          row.id,
        );
        const message: Outgoing = { ...(JSON.parse(row.payload ?? '{}') as Outgoing), attempt: row.attempts };
        slots.set(sender, [...(slots.get(sender) ?? []), { at, message }]);
        next = Math.max(now + 5, at - horizon / 2);
      }
    });
    return { slots, next };
  }

  private async handOut(slots: Map<number, SendSlot[]>): Promise<void> {
    await Promise.all(
      [...slots].map(async ([sender, list]) => {
        try {
          await this.around.hand(sender, list);
        } catch (error) {
          console.error(JSON.stringify({ event: 'hand.failed', sender, error: String(error) }));
          this.recovered = false;
          this.wakeAt(Date.now() + 500);
        }
      }),
    );
  }

  /** Asks Senders about slots that this instance did not hand out, or that nobody has spoken of for long. */
  private async recover(now: number): Promise<void> {
    const rows = this.storage.sql
      .exec<SendRow>('SELECT * FROM sends WHERE state = 2')
      .toArray()
      .filter((row) => row.sender !== null);
    const bySender = Map.groupBy(rows, (row) => row.sender ?? 0);
    for (const [sender, asked] of bySender) {
      const answers = await this.around.recall(
        sender,
        asked.map(({ ref, attempts }) => ({ ref, attempt: attempts })),
      );
      const absent = new Map(
        answers.flatMap((one) =>
          'known' in one && one.known === 'absent' ? [[one.ref, one.since] as const] : [],
        ),
      );
      const doubtful: SendSlot[] = [];
      for (const row of asked) {
        const since = absent.get(row.ref);
        if (since === undefined) continue;
        // A fast lane that ended has taken with it what it had called: that is looked up, never repeated.
        if (since !== null && row.slot_at !== null && since >= row.slot_at - horizonMs.fast) {
          const message = { ...(JSON.parse(row.payload ?? '{}') as Outgoing), attempt: row.attempts };
          doubtful.push({ at: row.slot_at, message });
        } else {
          this.storage.sql.exec(
            'UPDATE sends SET state = 0, slot_at = NULL WHERE id = ? AND state = 2',
            row.id,
          );
        }
      }
      if (doubtful.length > 0) await this.around.resolve(sender, doubtful);
      const reports = answers.filter((one): one is SendReport => 'result' in one);
      if (reports.length > 0) await this.report(reports);
    }
    this.recovered = true;
    this.arm(now);
  }

  private pacerFor(rate: number, now: number): Pacer {
    if (this.pacer?.perSecond === rate) return this.pacer;
    const recent = this.storage.sql
      .exec<{ slot_at: number }>(
        'SELECT slot_at FROM sends WHERE slot_at > ? ORDER BY slot_at DESC LIMIT 1000',
        now - Math.max(1_000, 1_000 / rate) - 100,
      )
      .toArray()
      .map(({ slot_at }) => slot_at);
    this.pacer = new Pacer(rate, recent);
    return this.pacer;
  }

  private nextWaiting(): number | null {
    return this.storage.sql
      .exec<{ at: number | null }>('SELECT MIN(not_before) AS at FROM sends WHERE state = 3')
      .one().at;
  }

  private wakeAt(at: number): void {
    if (this.wake !== null) clearTimeout(this.wake);
    // Longer pauses are the alarm's: a pending timer keeps the object awake.
    if (at > Date.now() + 10_000) {
      this.timers.set(queueTimer, at);
      return;
    }
    this.wake = setTimeout(
      () => {
        this.wake = null;
        this.pump();
      },
      Math.max(0, at - Date.now()),
    );
  }

  private arm(now: number): void {
    if (this.timers.dueAt(queueTimer) === null) this.timers.set(queueTimer, now + backstopMs);
  }

  private hasWork(): boolean {
    return this.storage.sql.exec('SELECT 1 FROM sends WHERE state < 4 LIMIT 1').toArray().length > 0;
  }

  /** Slots of which nothing was heard: their Senders are asked again. */
  checkSilent(now: number): void {
    const silent = this.storage.sql
      .exec('SELECT 1 FROM sends WHERE state = 2 AND slot_at < ? LIMIT 1', now - silentMs)
      .toArray();
    if (silent.length > 0) this.recovered = false;
  }

  private byRef(ref: string): SendRow | undefined {
    return this.storage.sql.exec<SendRow>('SELECT * FROM sends WHERE ref = ?', ref).toArray()[0];
  }

  private byProviderId(id: string): SendRow | undefined {
    return this.storage.sql.exec<SendRow>('SELECT * FROM sends WHERE provider_id = ?', id).toArray()[0];
  }
}

/** Our number and the customer's address: whom messages stay in order for, and who can opt out. */
export function partyOf(number: string, customer: string): string {
  return `${number}|${customer}`;
}

/** A recipient's Sender: always the same one while their number does not change. */
function laneOf(recipient: string, lanes: number): number {
  let hash = 0;
  for (let i = 0; i < recipient.length; i += 1) hash = (Math.imul(hash, 31) + recipient.charCodeAt(i)) | 0;
  return Math.abs(hash) % lanes;
}

/** An error in one line for the event log. */
function words({ code, text, hint, category }: SendError): string {
  return [code, text || category, hint].filter(Boolean).join(' · ');
}
