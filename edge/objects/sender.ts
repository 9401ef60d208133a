/**
 * Sender: one lane of a channel, and the only place that sends through a provider. Channel says which message
 * goes when; the Sender writes the attempt down before it calls, and the result before it reports. What it was
 * doing when its process ended has an unknown outcome and is never simply repeated (invariant 3).
 */
import { DurableObject } from 'cloudflare:workers';
import { jitterMs } from '../../core/pacing.ts';
import type { Outgoing, Provider, ProviderChannel, SendResult } from '../../core/providers/provider.ts';
import { providers } from '../../core/providers/registry.ts';
import { sendErrorOf } from '../../core/sendError.ts';
import { channelOf, type Env } from '../env.ts';
import { callProvider, Connections, NoAnswer } from '../outbound.ts';
import { forgetToken, withToken } from '../providerToken.ts';
import { messagingRouting } from '../routing.ts';
import type { Recalled } from './channel/queue.ts';
import type { SendReport, SendSlot } from './contracts.ts';
import { migrate } from './migrations.ts';
import { Timers, timersSchema } from './timers.ts';
import { channelView } from '../channelView.ts';

const schema = `
  -- result is null while the call is made.
  CREATE TABLE attempts (
    ref TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    message TEXT NOT NULL,
    result TEXT
  ) WITHOUT ROWID;
`;

const reportTimer = 'report';
/** Reports are gathered for this long. */
const gatherMs = 5;
const backstopMs = 2_000;
/** Calls at once: one of the platform's six connections is left for looking up what became of a message. */
const calls = 5;
/** How often an unknown outcome is looked up before it stays unknown. */
const lookUpsAfterMs = [1_000, 5_000, 15_000];

type AttemptRow = { ref: string; at: number; message: string; result: string | null };
type Report = SendReport | { ref: string; result: { kind: 'returned' } };

export class Sender extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly connections = new Connections();
  /** Handed out and not called yet. */
  private readonly planned = new Set<string>();
  /** Called by this instance right now. */
  private readonly calling = new Set<string>();
  private unreported: Report[] = [];
  private reporting: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, [schema + timersSchema]);
    this.timers = new Timers(ctx.storage);
    // Calls that an earlier instance did not finish.
    const left = this.rows('result IS NULL');
    for (const row of left) void this.lookUp(row, 0);
    if (this.rows('result IS NOT NULL').length > 0) this.gather([]);
  }

  /** Calls the provider for each slot at its time. A slot that is known already is not taken again. */
  take(slots: SendSlot[]): void {
    for (const slot of slots) {
      const { ref } = slot.message;
      if (this.planned.has(ref) || this.find(ref, slot.message.attempt)) continue;
      this.planned.add(ref);
      setTimeout(() => void this.call(slot), Math.max(0, slot.at - Date.now()));
    }
  }

  /** What this Sender knows of messages that were handed to it. */
  recall(refs: string[]): Recalled[] {
    return refs.map((ref): Recalled => {
      const row = this.find(ref, null);
      if (row?.result) return reportOf(row);
      return { ref, known: row || this.planned.has(ref) || this.calling.has(ref) ? 'busy' : 'absent' };
    });
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async (_key, now) => {
      this.gather([]);
      await this.reporting;
      return this.rows('1').length > 0 ? now + backstopMs : null;
    });
  }

  // ── Calling ───────────────────────────────────────────────────────────────────────────────────────────

  private async call({ at, message }: SendSlot): Promise<void> {
    const { ref } = message;
    this.planned.delete(ref);
    // Late is too fast for somebody else's window: the slot goes back, and Channel plans it anew.
    if (Date.now() - at > jitterMs || this.connections.open >= calls) {
      return this.gather([{ ref, result: { kind: 'returned' } }]);
    }
    const attemptedAt = Date.now();
    this.calling.add(ref);
    this.ctx.storage.sql.exec(
      'INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, NULL)',
      ref,
      attemptedAt,
      JSON.stringify(message),
    );
    if (this.timers.dueAt(reportTimer) === null) this.timers.set(reportTimer, attemptedAt + backstopMs);
    const result = await this.perform(message);
    this.calling.delete(ref);
    if (result.kind === 'unknown') {
      const row = this.find(ref, null);
      if (row) return void this.lookUp(row, 0, result);
    }
    this.settle({ ref, result, attemptedAt, latencyMs: Date.now() - attemptedAt });
  }

  /** Makes the call. Never throws: what goes wrong before it is a refusal, after it an unknown outcome. */
  private async perform(message: Outgoing): Promise<SendResult> {
    try {
      const { provider, channel } = await this.surroundings();
      const request = await provider.compose(message, channel, Date.now());
      try {
        const answer = await callProvider(this.env, provider, channel, request, this.connections);
        const result = withoutSecrets(
          provider.interpret(answer, message, Date.now()),
          provider,
          channel.fields,
        );
        if (result.kind === 'refused' && result.retry?.newToken) forgetToken(channel.id);
        return result;
      } catch (error) {
        const found = sendErrorOf('service_unavailable', { text: 'The provider did not answer.' });
        const safe = (error instanceof NoAnswer && error.sent === 'no') || provider.repeatable;
        return safe
          ? { kind: 'refused', error: found, retry: { scope: 'channel', afterMs: null } }
          : { kind: 'unknown', error: found };
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      console.error(JSON.stringify({ event: 'send.failed', error: text }));
      return {
        kind: 'refused',
        error: sendErrorOf('service_unavailable', {
          text: 'The message could not be handed to the provider.',
        }),
        retry: { scope: 'recipient', afterMs: null },
      };
    }
  }

  /** Asks the provider what became of a message, where it can be asked; else the outcome stays unknown. */
  private async lookUp(row: AttemptRow, tried: number, before?: SendResult): Promise<void> {
    const unknown: SendResult = before ?? {
      kind: 'unknown',
      error: sendErrorOf('unknown', { text: 'Parley was interrupted while it sent this message.' }),
    };
    const settle = (result: SendResult) =>
      this.settle({ ref: row.ref, result, attemptedAt: row.at, latencyMs: 0 });
    const wait = lookUpsAfterMs[tried];
    try {
      const { provider, channel } = await this.surroundings();
      if (!provider.lookUp || wait === undefined) return settle(unknown);
      await new Promise((resolve) => setTimeout(resolve, wait));
      const message = JSON.parse(row.message) as Outgoing;
      const request = provider.lookUp.request(message, channel, row.at);
      const answer = await callProvider(this.env, provider, channel, request, this.connections, 10_000);
      const found = provider.lookUp.interpret(answer, message, row.at);
      if (found.kind === 'found') {
        return settle({ kind: 'accepted', providerId: found.providerId, status: 'sent' });
      }
      // Not there yet may still come: only the last look decides.
      if (found.kind === 'absent' && tried === lookUpsAfterMs.length - 1) {
        const error = sendErrorOf('service_unavailable', {
          text: 'The provider has not received the message.',
        });
        return settle({ kind: 'refused', error, retry: { scope: 'recipient', afterMs: 0 } });
      }
    } catch (error) {
      console.warn(JSON.stringify({ event: 'lookup.failed', error: String(error) }));
    }
    return this.lookUp(row, tried + 1, unknown);
  }

  private async surroundings(): Promise<{ provider: Provider; channel: ProviderChannel }> {
    const routing = await messagingRouting(this.env, this.channelId());
    if (!routing) throw new Error('the channel is gone');
    const provider: Provider = providers[routing.provider];
    return {
      provider,
      channel: await withToken(this.env, provider, channelView(routing), this.connections),
    };
  }

  // ── Reporting ─────────────────────────────────────────────────────────────────────────────────────────

  private settle(report: SendReport): void {
    this.ctx.storage.sql.exec(
      'UPDATE attempts SET result = ? WHERE ref = ?',
      JSON.stringify({ result: report.result, latencyMs: report.latencyMs }),
      report.ref,
    );
    this.gather([report]);
  }

  private gather(reports: Report[]): void {
    this.unreported.push(...reports);
    this.reporting ??= new Promise<void>((resolve) => {
      setTimeout(() => {
        this.reporting = null;
        void this.flush().finally(resolve);
      }, gatherMs);
    });
  }

  /** Tells Channel; what it has acknowledged is forgotten. Results that were not told stay for the alarm. */
  private async flush(): Promise<void> {
    const stored = this.rows('result IS NOT NULL').map(reportOf);
    const returned = this.unreported.filter(({ result }) => result.kind === 'returned');
    this.unreported = [];
    const reports = [...stored, ...returned];
    if (reports.length === 0) return;
    try {
      await channelOf(this.env, this.channelId()).report(reports);
    } catch (error) {
      console.error(JSON.stringify({ event: 'report.failed', error: String(error) }));
      this.unreported.push(...returned);
      return;
    }
    this.ctx.storage.sql.exec(
      'DELETE FROM attempts WHERE result IS NOT NULL AND ref IN (SELECT value FROM json_each(?))',
      JSON.stringify(stored.map(({ ref }) => ref)),
    );
  }

  private find(ref: string, attempt: number | null): AttemptRow | null {
    const row = this.ctx.storage.sql
      .exec<AttemptRow>('SELECT * FROM attempts WHERE ref = ?', ref)
      .toArray()[0];
    if (!row) return null;
    // What is left of an earlier try does not stand for this one.
    if (attempt !== null && row.result !== null && (JSON.parse(row.message) as Outgoing).attempt < attempt) {
      return null;
    }
    return row;
  }

  private rows(where: string): AttemptRow[] {
    return this.ctx.storage.sql.exec<AttemptRow>(`SELECT * FROM attempts WHERE ${where}`).toArray();
  }

  private channelId(): string {
    const name = this.ctx.id.name ?? '';
    return name.slice(0, name.lastIndexOf('.'));
  }
}

/** The name of a channel's lane. */
export function senderName(channel: string, lane: number): string {
  return `${channel}.${lane}`;
}

/** The result with no credential in the provider's words: some of them repeat the address that was called. */
function withoutSecrets(
  result: SendResult,
  provider: Provider,
  fields: Readonly<Record<string, string>>,
): SendResult {
  if (result.kind === 'accepted') return result;
  let { text } = result.error;
  for (const { name, kind } of provider.form) {
    const secret = fields[name];
    if (kind === 'secret' && secret !== undefined && secret.length > 3) text = text.replaceAll(secret, '•••');
  }
  return { ...result, error: { ...result.error, text } };
}

function reportOf({ ref, at, result }: AttemptRow): SendReport {
  const stored = JSON.parse(result ?? '{}') as Pick<SendReport, 'result' | 'latencyMs'>;
  return { ref, ...stored, attemptedAt: at };
}
