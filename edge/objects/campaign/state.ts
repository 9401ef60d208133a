/** A campaign's row and its recipients, and the one way in which they change. */
import { isPossible, type CampaignAction, type CampaignStatus } from '../../../core/campaign.ts';
import type { Campaign } from '../../../core/campaignApi.ts';
import { maxFaults } from '../../../core/campaignApi.ts';
import { refuse, type Refusal } from '../../answer.ts';
import type { CampaignTold } from '../contracts.ts';
import type { Outbox } from '../outbox.ts';
import type { Timers } from '../timers.ts';
import type { Actor, AuditAction, AuditChange } from '../workspace/audit.ts';
import { detailIn, isDone, statusIn, summaryIn, type CampaignDetail, type CampaignRecord } from './record.ts';
import { Recipients } from './recipients.ts';

/** Tells Workspace what its list is to show. */
export const tellTimer = 'tell';
/** Goes on with whatever is to be done. */
export const runTimer = 'run';

/** How soon the list shows progress. */
const tellMs = 1_000;
/** While there is something to do the next look is never further away; while others go, somebody tells. */
const lookMs = 2_000;
const waitMs = 60_000;

/** What a person did. */
export interface Act {
  actor: Actor;
  action: AuditAction;
  changes: AuditChange[];
}

export class CampaignState {
  readonly recipients: Recipients;
  private row: CampaignRecord | null;

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly timers: Timers,
    private readonly outbox: Outbox<CampaignTold>,
  ) {
    this.recipients = new Recipients(storage.sql);
    this.row = this.load();
  }

  /** Null before it is made, and after it was deleted. */
  get known(): CampaignRecord | null {
    return this.row?.gone === false ? this.row : null;
  }

  /** It was deleted, and has not let go of everything. */
  get isGoing(): boolean {
    return this.row?.gone === true;
  }

  get record(): CampaignRecord {
    if (!this.row) throw new Error('there is no such campaign');
    return this.row;
  }

  get status(): CampaignStatus {
    return statusIn(this.record, this.recipients.totals);
  }

  get isDone(): boolean {
    return isDone(this.record, this.recipients.totals);
  }

  get detail(): CampaignDetail {
    const faults = this.storage.sql
      .exec<Campaign['faults'][number]>('SELECT row, message FROM faults ORDER BY id LIMIT ?', maxFaults)
      .toArray();
    return detailIn(this.record, this.recipients.totals, { screened: this.recipients.screened(), faults });
  }

  /** What Workspace's list is to show now. */
  get told(): CampaignTold {
    const { id, rev } = this.record;
    return { id, rev, summary: summaryIn(this.record, this.recipients.totals), act: null };
  }

  /** Why an action is not possible now; null when it is. */
  refuse(action: CampaignAction): Refusal | null {
    if (!this.known) return refuse('unavailable');
    if (isPossible(action, this.status)) return null;
    return refuse('conflict', { message: refusals[action], details: [this.status] });
  }

  make(record: CampaignRecord): void {
    this.storage.transactionSync(() => this.save(record));
    this.arm();
  }

  /**
   * Does `work` in one transaction and keeps what it answers of the row. What a person did goes to the audit log, and
   * to the list at once.
   */
  change(work: () => Partial<CampaignRecord>, act: Act | null = null): void {
    try {
      this.storage.transactionSync(() => {
        const patch = work();
        const { rev, acts } = this.record;
        const number = acts + (act ? 1 : 0);
        this.save({ ...this.record, ...patch, changedAt: Date.now(), rev: rev + 1, acts: number });
        if (act) this.outbox.add({ ...this.told, act: { number, ...act } });
      });
    } catch (error) {
      this.row = this.load();
      this.recipients.recount();
      throw error;
    }
    this.arm();
  }

  /** Everything is gone. */
  forget(): void {
    this.storage.transactionSync(() => {
      for (const table of ['campaign', 'recipients', 'chunks', 'faults', 'outbox', 'timers']) {
        this.storage.sql.exec(`DELETE FROM ${table}`);
      }
    });
    this.row = null;
    this.recipients.recount();
  }

  /** When there is something to do next, epoch ms; null when there is not. */
  nextRun(now: number): number | null {
    if (!this.row) return null;
    const { phase, sendAt, turn, taking, withdrawn, completedAt, gone } = this.row;
    if (taking || gone) return now + lookMs;
    switch (phase) {
      case 'scheduled':
        return sendAt;
      case 'running':
        if (this.isDone) return turn === 'none' && completedAt !== null ? null : now + lookMs;
        return now + (turn === 'waits' ? waitMs : lookMs);
      case 'cancelled':
        return withdrawn ? null : now + lookMs;
      case 'draft':
      case 'paused':
      case 'stopped':
        return turn === 'none' ? null : now + lookMs;
    }
  }

  private arm(): void {
    const now = Date.now();
    if (this.known && this.timers.dueAt(tellTimer) === null) this.timers.set(tellTimer, now + tellMs);
    const next = this.nextRun(now);
    const due = this.timers.dueAt(runTimer);
    if (next !== null && (due === null || next < due)) this.timers.set(runTimer, next);
  }

  private save(record: CampaignRecord): void {
    this.row = record;
    this.storage.sql.exec('INSERT OR REPLACE INTO campaign VALUES (1, ?)', JSON.stringify(record));
  }

  private load(): CampaignRecord | null {
    const row = this.storage.sql.exec<{ value: string }>('SELECT value FROM campaign').toArray()[0];
    return row ? (JSON.parse(row.value) as CampaignRecord) : null;
  }
}

/** Why an action is not possible in some statuses, and what to do. */
const refusals: Record<CampaignAction, string> = {
  edit: 'This campaign is being sent, or was. Duplicate it and change the copy.',
  pause: 'Only a campaign that is being sent can be paused. Reload the page to see how it stands.',
  resume: 'Only a campaign that is paused or has stopped can go on. Reload the page to see how it stands.',
  cancel: 'This campaign is over, or was never sent. Reload the page to see how it stands.',
  retry: 'Failed messages can be sent again when the campaign is completed. Wait for it, or resume it.',
  delete: 'This campaign is being sent. Pause or cancel it first.',
  duplicate: 'This campaign cannot be duplicated. Reload the page.',
};
