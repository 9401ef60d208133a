/**
 * Campaign: one message to many recipients (CMP-01 … CMP-10). It holds who they are and what became of each, and feeds
 * the channel a few seconds ahead of its rate. Everything else that is said of it follows from its recipients' rows.
 */
import { DurableObject } from 'cloudflare:workers';
import type { CampaignInput } from '../../core/campaign.ts';
import type {
  RecipientChunk,
  RecipientsAdded,
  RecipientsAnswer,
  RecipientsGone,
  RecipientsQuery,
} from '../../core/campaignApi.ts';
import { refuse, type Answer, type Refusal } from '../answer.ts';
import { workspaceOf, type Env } from '../env.ts';
import { Editing } from './campaign/editing.ts';
import { CampaignFiles } from './campaign/files.ts';
import { numberOf } from './campaign/messageIds.ts';
import { newRecord, type CampaignDetail, type KeptFile } from './campaign/record.ts';
import { valuesOf } from './campaign/recipients.ts';
import { Run } from './campaign/run.ts';
import { campaignSchema } from './campaign/schema.ts';
import { CampaignState, runTimer, tellTimer, type Act } from './campaign/state.ts';
import { Takings } from './campaign/takings.ts';
import type { CampaignMade, CampaignNews, CampaignTold, CopiedRecipients } from './contracts.ts';
import { migrate } from './migrations.ts';
import { Outbox, outboxTimer } from './outbox.ts';
import { Timers } from './timers.ts';
import type { Actor } from './workspace/audit.ts';

const retryTellMs = 2_000;

export class Campaign extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly outbox: Outbox<CampaignTold>;
  private readonly state: CampaignState;
  private readonly files: CampaignFiles;
  private readonly takings: Takings;
  private readonly editing: Editing;
  private readonly run: Run;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, campaignSchema);
    this.timers = new Timers(ctx.storage);
    this.outbox = new Outbox(ctx.storage, this.timers, (told) => workspaceOf(env).campaignTold(told));
    this.state = new CampaignState(ctx.storage, this.timers, this.outbox);
    this.files = new CampaignFiles(env, this.state);
    this.takings = new Takings(env, ctx.storage.sql, this.state, this.files);
    this.editing = new Editing(env, this.state, this.takings);
    this.run = new Run(env, this.state, this.takings, this.files);
  }

  // ── What Workspace says ───────────────────────────────────────────────────────────────────────────────

  /** It is there from now on; the same again changes nothing. */
  make(made: CampaignMade): void {
    if (this.state.known || this.state.isGoing) return;
    this.state.make(newRecord(made));
    void this.run.go();
  }

  /** It was deleted: it lets go of everything. */
  remove(): void {
    if (!this.state.known) return;
    this.state.change(() => ({ gone: true }));
    void this.run.go();
  }

  // ── What admins ask ───────────────────────────────────────────────────────────────────────────────────

  detail(): Answer<CampaignDetail> {
    return this.state.known ? { value: this.state.detail } : refuse('unavailable');
  }

  /** Keeps what the form says; sends it, now or later, when the form says so. */
  async save(actor: Actor, input: CampaignInput): Promise<Answer<CampaignDetail>> {
    return (await this.editing.save(actor, input)) ?? this.settled();
  }

  async addRecipients(chunk: RecipientChunk): Promise<Answer<RecipientsAdded>> {
    return this.state.refuse('edit') ?? (await this.takings.add(chunk)) ?? this.added();
  }

  removeRecipients(gone: RecipientsGone): Answer<RecipientsAdded> {
    const refusal = this.state.refuse('edit');
    if (refusal) return refusal;
    this.takings.remove('all' in gone ? null : gone.numbers);
    return this.added();
  }

  recipientPage(query: RecipientsQuery): RecipientsAnswer {
    return this.state.recipients.page(query);
  }

  /** Its file; null when it has none. */
  keptFile(): KeptFile | null {
    return this.state.known?.file ?? null;
  }

  /** Why its file cannot be changed; null when it can. */
  refuseFile(): Refusal | null {
    return this.state.refuse('edit');
  }

  /** Puts a stored file in place of the one before; null takes that away. */
  async keepFile(file: KeptFile | null): Promise<Answer<Record<string, never>>> {
    const refusal = this.state.refuse('edit');
    if (refusal) return refusal;
    await this.files.keep(file);
    return { value: {} };
  }

  pause(actor: Actor): Promise<Answer<CampaignDetail>> {
    return this.act('pause', { actor, action: 'campaign.paused', changes: [] }, () => ({ phase: 'paused' }));
  }

  resume(actor: Actor): Promise<Answer<CampaignDetail>> {
    return this.act('resume', { actor, action: 'campaign.resumed', changes: [] }, () => ({
      phase: 'running',
      stopReason: '',
    }));
  }

  /** Nobody else gets it; what is with the provider already cannot be taken back. */
  cancel(actor: Actor): Promise<Answer<CampaignDetail>> {
    return this.act('cancel', { actor, action: 'campaign.cancelled', changes: [] }, () => {
      this.state.recipients.cancel();
      return { phase: 'cancelled', stopReason: '' };
    });
  }

  /** Sends to those again who have failed, and to those of unknown outcome if `unknown` says so. */
  retry(actor: Actor, unknown: boolean): Promise<Answer<CampaignDetail>> {
    const { failed, unknown: doubtful } = this.state.recipients.totals;
    const count = failed + (unknown ? doubtful : 0);
    if (count === 0) return Promise.resolve(refuse('conflict', { message: 'No message has failed.' }));
    const changes = [{ field: 'recipients', before: null, after: count }];
    return this.act('retry', { actor, action: 'campaign.retried', changes }, () => {
      this.state.recipients.retry(unknown);
      return { isRetry: true, completedAt: null, turnAt: Date.now() };
    });
  }

  // ── What others tell ──────────────────────────────────────────────────────────────────────────────────

  /** The channel lets it send. */
  hasTurn(): void {
    if (!this.state.known) return;
    this.state.change(() => ({ turn: 'goes' }));
    void this.run.go();
  }

  /** How far messages have got, and who wrote after theirs; repeats change nothing. */
  hears({ reports, replies }: CampaignNews): void {
    if (!this.state.known) return;
    const { recipients } = this.state;
    const now = Date.now();
    this.state.change(() => {
      for (const { message, ...report } of reports) {
        const named = numberOf(message);
        if (named) recipients.report(named.recipient, { ...report, attempt: named.attempt }, now);
      }
      for (const { message, at } of replies) {
        const named = numberOf(message);
        if (named) recipients.replied(named.recipient, at);
      }
      return {};
    });
    const isRefused = reports.some(({ error }) => error?.category === 'auth_failed');
    if (isRefused) {
      this.run.stop(
        "The provider refuses the channel's credentials. Correct them in the channel, then resume.",
      );
    }
    this.run.heard();
  }

  /** Recipients by their rows, for a copy of this campaign. Phonebooks are read anew. */
  copied(after: number, limit: number): CopiedRecipients {
    const { known, recipients } = this.state;
    if (known?.input.recipients.kind !== 'list') return { rows: [], columns: [], after: null };
    const rows = recipients.after(after, limit);
    const last = rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
    return {
      rows: rows.map(valuesOf).map(({ values, ...row }) => ({ ...row, values: { ...values } })),
      columns: known.columns,
      after: last,
    };
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, (key, now) => {
      switch (key) {
        case outboxTimer:
          return this.outbox.onTimer(now);
        case tellTimer:
          return this.tell(now);
        case runTimer:
          return this.run.onTimer();
        default:
          return null;
      }
    });
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  private async act(
    action: Parameters<CampaignState['refuse']>[0],
    act: Act,
    work: Parameters<CampaignState['change']>[0],
  ): Promise<Answer<CampaignDetail>> {
    const refusal = this.state.refuse(action);
    if (refusal) return refusal;
    this.state.change(work, act);
    return this.settled();
  }

  /** As it stands when the channel and the list have heard of what was done. */
  private async settled(): Promise<Answer<CampaignDetail>> {
    await this.run.decided();
    await this.outbox.drain();
    await this.tell(Date.now());
    return this.detail();
  }

  private added(): Answer<RecipientsAdded> {
    const { counts, columns } = this.state.detail;
    return { value: { counts, columns } };
  }

  private async tell(now: number): Promise<number | null> {
    if (!this.state.known) return null;
    const { rev } = this.state.known;
    try {
      await workspaceOf(this.env).campaignTold(this.state.told);
    } catch (error) {
      console.error(JSON.stringify({ event: 'campaign.untold', error: String(error) }));
      return now + retryTellMs;
    }
    return this.state.known.rev === rev ? null : now + 1_000;
  }
}
