/** What became of messages: what Senders tell of their calls, and what the provider reports later. */
import { advance, type DeliveryStatus } from '../../../core/delivery.ts';
import { backoffMs, toldWaitMs } from '../../../core/pacing.ts';
import type { SendResult } from '../../../core/providers/provider.ts';
import { sendErrorOf, type SendError } from '../../../core/sendError.ts';
import type { SendReport } from '../contracts.ts';
import type { NewEvent } from './eventLog.ts';
import { done, type HandedRow, type TakenSend } from './sendRow.ts';
import type { Sends } from './sends.ts';
import type { Statistics } from './statistics.ts';

type Refused = Extract<SendResult, { kind: 'refused' }>;
type Retry = NonNullable<Refused['retry']>;

/** How long a message is tried before it counts as failed. */
const patienceMs = 24 * 3_600_000;
const usualTries = 8;
/** Longest that everybody waits before somebody tries whether it goes again, unless the provider asks for more. */
const longestPauseMs = 60_000;

export interface OutcomeSurroundings {
  /** Nobody sends before this time (epoch ms). */
  pause(until: number): void;
  /** The provider refused the credentials. */
  unauthorized(error: SendError): void;
  /** The provider took a message, so the credentials are good. */
  worked(): void;
  /** The provider says that this customer wants no messages. */
  optedOut(party: string): void;
}

export class Outcomes {
  /** Refusals of the whole channel with none taken in between, those of one moment counted once. */
  private refusals = 0;
  /** Until when the last of them holds everybody, epoch ms. */
  private heldUntil = 0;

  constructor(
    private readonly sends: Sends,
    private readonly statistics: Statistics,
    private readonly around: OutcomeSurroundings,
  ) {}

  /** Takes in the results of calls; answers their lines for the event log. */
  settle(settled: readonly (readonly [HandedRow, SendReport])[], now: number): NewEvent[] {
    const rows: HandedRow[] = [];
    const taken: TakenSend[] = [];
    const events = settled.map(([row, report]): NewEvent => {
      // Only what was looked up can be mistaken for another.
      const result = report.call === null ? this.plausible(row, report.result) : report.result;
      const event = eventOf(row, report);
      if (result.kind !== 'accepted') return this.notTaken(row, result, event, now);
      rows.push(row);
      taken.push([row.id, advance(row.status, result.status), result.providerId]);
      return event;
    });
    if (taken.length > 0) this.take(rows, taken, now);
    return events;
  }

  private take(rows: readonly HandedRow[], taken: readonly TakenSend[], now: number): void {
    this.refusals = 0;
    this.sends.finishTaken(rows, taken, now);
    this.statistics.add(now, {
      sent: rows.filter(({ part }) => part === 0).length,
      segments: rows.reduce((sum, { segments }) => sum + segments, 0),
    });
    for (const [index, row] of rows.entries()) this.applyEarly(row.ref, taken[index]?.[2] ?? null);
    this.around.worked();
  }

  private notTaken(
    row: HandedRow,
    result: Exclude<SendResult, { kind: 'accepted' }>,
    event: NewEvent,
    now: number,
  ): NewEvent {
    switch (result.kind) {
      case 'unknown':
        this.sends.finish(row, 'unknown', result.error, null, now);
        this.statistics.add(now, row.part === 0 ? { sent: 1, unknown: 1 } : {});
        this.applyEarly(row.ref, row.provider_id);
        return { ...event, result: 'unknown', detail: words(result.error) };
      case 'refused': {
        const retried = this.retry(row, result, now);
        if (!retried) this.fail(row, result.error, now);
        if (result.error.category === 'auth_failed') this.around.unauthorized(result.error);
        if (result.error.category === 'recipient_opted_out') this.around.optedOut(row.recipient);
        const detail = `${words(result.error)}${retried ? ' Will be tried again.' : ''}`;
        return { ...event, result: 'failed', detail };
      }
    }
  }

  /**
   * How far a message has got, by the provider's id or by ours. One that is not known yet is kept: reports
   * overtake the answer of the send call. Answers whether the message is known.
   */
  delivered(
    key: { id: string | null; ref: string | null },
    status: DeliveryStatus,
    error: SendError | null,
    now: number,
  ): boolean {
    const row =
      (key.ref === null ? undefined : this.sends.byRef(key.ref)) ??
      (key.id === null ? undefined : this.sends.byProviderId(key.id));
    // Found by our ref, before or after its outcome is known: from here on by the provider's id, too.
    const named = row?.provider_id === null ? key.id : null;
    if (row && named !== null) this.sends.setProviderId(row, named);
    if (row?.state !== done) {
      const early = row?.ref ?? key.ref ?? key.id;
      if (early !== null) this.sends.early.keep(early, status, error, now);
      return row !== undefined;
    }
    this.move(row, status, error);
    if (named !== null) this.applyEarly(row.ref, named);
    return true;
  }

  /** What was found by looking up may be another message with the same words: each id stands for one. */
  private plausible(row: HandedRow, result: SendResult): SendResult {
    if (result.kind !== 'accepted' || result.providerId === null) return result;
    const other = this.sends.byProviderId(result.providerId);
    if (!other || other.id === row.id) return result;
    const text = 'The provider has a message like this one, which is another one.';
    return { kind: 'unknown', error: sendErrorOf('unknown', { text }) };
  }

  private retry(row: HandedRow, { error, retry }: Refused, now: number): boolean {
    if (!retry || now - row.queued_at > patienceMs) return false;
    const tries = row.attempts + 1;
    // A channel that is told to slow down says nothing against the message: it waits as long as it takes.
    const limit = retry.tries ?? (error.category === 'too_many_requests' ? Infinity : usualTries);
    if (tries >= limit) return false;
    const wait = this.waitMs(retry, tries, now);
    if (retry.scope === 'channel') {
      const until = now + Math.max(retry.afterMs ?? 0, Math.min(wait, longestPauseMs));
      this.heldUntil = Math.max(this.heldUntil, until);
      this.around.pause(until);
    }
    this.sends.retryAt(row, now + wait, error, retry.plainFiles ? { plainFiles: true } : {});
    return true;
  }

  /** How long a message waits that was refused `tries` times by now, ms. */
  private waitMs({ scope, afterMs, newToken }: Retry, tries: number, now: number): number {
    if (newToken) return 0;
    // What was under way when everybody was told to wait says nothing new.
    if (scope === 'channel' && now > this.heldUntil) this.refusals += 1;
    if (afterMs === null) return backoffMs(tries, Math.random());
    return toldWaitMs(afterMs, scope === 'channel' ? this.refusals : tries, Math.random());
  }

  private fail(row: HandedRow, error: SendError, now: number): void {
    this.sends.finish(row, 'failed', error, null, now);
    this.statistics.add(now, row.part > 0 ? { sent: -1, failed: 1 } : { failed: 1 });
    // Further parts of a message whose beginning failed make no sense on their own.
    for (const part of this.sends.laterParts(row)) this.sends.finish(part, 'failed', error, null, now);
  }

  private move(row: HandedRow, report: DeliveryStatus, error: SendError | null): void {
    const after = advance(row.status, report);
    if (after === row.status) return;
    this.sends.setStatus(row, after, after === 'failed' ? error : null);
    if (error?.category === 'recipient_opted_out') this.around.optedOut(row.recipient);
    if (row.part > 0) return;
    const at = row.done_at ?? row.queued_at;
    if (row.status === 'unknown') this.statistics.add(at, { unknown: -1 });
    if (after === 'failed') this.statistics.add(at, { sent: -1, failed: 1 });
    else if (row.status === 'failed') this.statistics.add(at, { sent: 1, failed: -1 });
  }

  private applyEarly(ref: string, providerId: string | null): void {
    for (const { status, error } of this.sends.early.take(providerId === null ? [ref] : [ref, providerId])) {
      const row = this.sends.byRef(ref);
      if (row) this.move(row, status, error);
    }
  }
}

/** The event log's line about a call that went well. */
function eventOf(row: HandedRow, report: SendReport): NewEvent {
  const [ours = '', customer = ''] = row.recipient.split('|');
  return {
    at: report.attemptedAt,
    kind: 'send',
    result: 'ok',
    summary: `Message from ${ours} to ${customer}`,
    detail: '',
    latencyMs: report.call?.latencyMs ?? null,
    ref: row.ref,
  };
}

/** An error in one line for the event log. */
function words({ code, text, hint, category }: SendError): string {
  return [code, text || category, hint].filter(Boolean).join(' · ');
}
