import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  campaignStatus,
  isPossible,
  noTotals,
  progressed,
  responseRate,
  settled,
  statusOf,
  succeeded,
  type Progress,
  type ProgressReport,
} from '../../core/campaign.ts';
import { instantOf } from '../../core/schedule.ts';
import { sendErrorOf } from '../../core/sendError.ts';

const failure = sendErrorOf('unknown', { code: 30003, text: 'Unreachable' });
const start: Progress = { result: 'queued', attempt: 1, round: 1, error: null };
const report = (change: Partial<ProgressReport> = {}): ProgressReport => ({
  attempt: 1,
  round: 1,
  status: 'sent',
  error: null,
  left: true,
  ...change,
});
const anyReport = fc.record({
  attempt: fc.integer({ min: 1, max: 3 }),
  round: fc.integer({ min: 1, max: 2 }),
  status: fc.constantFrom('queued', 'unknown', 'sent', 'failed', 'delivered', 'read'),
  error: fc.constant(null),
  left: fc.boolean(),
}) as fc.Arbitrary<ProgressReport>;

describe('a recipient’s result', () => {
  it('[CMP-08] ends the same whatever order reports come in, however often', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (reports, random) => {
        const shuffled = [...reports, ...reports].sort(() => (Number(random.next().value) % 3) - 1);
        const end = (all: readonly ProgressReport[]) => all.reduce(progressed, start);
        expect(end(shuffled).result).toBe(end(reports).result);
        expect(end([...reports, ...reports])).toEqual(end(reports));
      }),
    );
  });

  it('[CMP-08] never goes back once the message has arrived', () => {
    fc.assert(
      fc.property(fc.array(anyReport), (reports) => {
        const arrived = progressed(start, report({ status: 'read' }));
        expect(reports.reduce(progressed, arrived).result).toBe('read');
      }),
    );
  });

  it('[CMP-07] counts what the provider only calls queued as sent, and keeps unknown outcomes as such', () => {
    expect(progressed(start, report({ status: 'queued' })).result).toBe('sent');
    expect(progressed(start, report({ status: 'queued', left: false })).result).toBe('queued');
    expect(progressed(start, report({ status: 'unknown', error: failure }))).toMatchObject({
      result: 'unknown',
      error: failure,
    });
  });

  it('[CMP-08] starts over with a retry, which late news of the try before does not disturb', () => {
    const waiting: Progress = { ...start, result: 'waiting' };
    expect(progressed(waiting, report({ status: 'failed', error: failure }))).toBe(waiting);
    expect(progressed(waiting, report({ status: 'delivered' })).result).toBe('delivered');
    const again: Progress = { ...start, attempt: 2 };
    expect(progressed(again, report({ status: 'failed', error: failure }))).toBe(again);
    expect(progressed(again, report({ attempt: 2 })).result).toBe('sent');
  });

  it('[CMP-02] is an opt-out where the provider says so, and what was cancelled may have left after all', () => {
    const optedOut = sendErrorOf('recipient_opted_out');
    expect(progressed(start, report({ status: 'failed', error: optedOut })).result).toBe('optedOut');
    const cancelled: Progress = { ...start, result: 'cancelled' };
    expect(progressed(cancelled, report({ status: 'failed', error: failure })).result).toBe('cancelled');
    expect(progressed(cancelled, report()).result).toBe('sent');
  });
});

describe('a campaign', () => {
  it('[CMP-06] has the status that follows from what was decided and from its recipients', () => {
    const of = (change: Partial<Parameters<typeof statusOf>[0]>) =>
      statusOf({ phase: 'running', hasTurn: true, isRetry: false, isDone: false, ...change });
    expect(of({})).toBe('executing');
    expect(of({ isRetry: true })).toBe('retrying');
    expect(of({ hasTurn: false })).toBe('pending');
    expect(of({ isDone: true })).toBe('completed');
    expect(of({ phase: 'stopped', isDone: true })).toBe('stop');
    for (const phase of ['draft', 'scheduled', 'paused', 'cancelled'] as const)
      expect(of({ phase })).toBe(phase);
  });

  it('[CMP-06] is edited before it is sent only, and never deleted while it is', () => {
    const when = (action: Parameters<typeof isPossible>[0]) =>
      campaignStatus.options.filter((status) => isPossible(action, status));
    expect(when('edit')).toEqual(['draft', 'scheduled']);
    expect(when('pause')).toEqual(['pending', 'executing', 'retrying']);
    for (const status of when('pause')) {
      expect(isPossible('delete', status)).toBe(false);
      expect(isPossible('cancel', status)).toBe(true);
    }
    expect(when('duplicate')).toEqual(campaignStatus.options);
  });

  it('[CMP-08] [CMP-10] counts replies among those whom it has reached', () => {
    const totals = {
      ...noTotals,
      total: 8,
      sent: 2,
      delivered: 1,
      read: 1,
      failed: 2,
      unknown: 1,
      waiting: 1,
    };
    expect(succeeded(totals)).toBe(4);
    expect(settled(totals)).toBe(7);
    expect(responseRate({ ...totals, replied: 2 })).toBeCloseTo(0.4);
    expect(responseRate({ ...noTotals, total: 3, failed: 3 })).toBeNull();
  });
});

describe('a scheduled time', () => {
  it('[CMP-04] is an instant of its time zone', () => {
    expect(instantOf('2026-12-24', '08:50', 'America/New_York')).toBe(Date.UTC(2026, 11, 24, 13, 50));
    expect(instantOf('2026-07-24', '08:50', 'Asia/Kolkata')).toBe(Date.UTC(2026, 6, 24, 3, 20));
  });

  it('[CMP-04] moves on by as much as clocks do, and is the first of two', () => {
    expect(instantOf('2026-03-29', '02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(instantOf('2026-10-25', '02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(instantOf('2026-04-05', '01:45', 'Australia/Lord_Howe')).toBe(Date.UTC(2026, 3, 4, 14, 45));
  });

  it('[CMP-04] reads on clocks there as it was written, but where they jump over it', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Tehran', 'UTC');
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 365 * 96 }), (timeZone, quarter) => {
        const wanted = new Date(Date.UTC(2026, 0, 1) + quarter * 900_000).toISOString();
        const at = instantOf(wanted.slice(0, 10), wanted.slice(11, 16), timeZone);
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
          .format(at)
          .replace(' ', 'T');
        const late = Date.parse(`${shown}Z`) - Date.parse(wanted);
        expect([0, 1_800_000, 3_600_000]).toContain(late);
      }),
    );
  });
});
