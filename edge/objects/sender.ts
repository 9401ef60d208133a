/**
 * Sender: one lane of a channel, and the only place that sends through a provider. Channel says which message goes
 * when. What a Sender was doing when its process ended has an unknown outcome and is never simply repeated
 * (invariant 3). The single lane of a slow channel writes each attempt down before it calls, so that only calls
 * that were really under way are in doubt; of the lanes of a fast one everything is that had its time.
 */
import { DurableObject } from 'cloudflare:workers';
import { longestDelayMs } from '../../core/pacing.ts';
import type {
  HttpRequest,
  Outgoing,
  Provider,
  ProviderChannel,
  SendResult,
} from '../../core/providers/provider.ts';
import { providers } from '../../core/providers/registry.ts';
import { sendErrorOf } from '../../core/sendError.ts';
import { channelOf, type Env } from '../env.ts';
import { callProvider, Connections, NoAnswer } from '../outbound.ts';
import { forgetToken, withToken } from '../providerToken.ts';
import { messagingRouting } from '../routing.ts';
import type { Recalled, SendReport, SendSlot, SlotNotice } from './contracts.ts';
import { carefulLane, parseSenderName } from './lanes.ts';
import { migrate } from './migrations.ts';
import { Timers, timersSchema } from './timers.ts';
import { channelView } from '../channelView.ts';

const schema = `
  -- Attempts of a careful lane that Channel does not know the result of.
  CREATE TABLE attempts (
    ref TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    message TEXT NOT NULL
  ) WITHOUT ROWID;
`;

const reportTimer = 'report';
/** Reports are gathered for so long: at a slow pace to tell soon, at a fast one to tell many at once. */
const gatherMs = { careful: 5, fast: 150 };
const backstopMs = 2_000;
/** A departure so much later than planned is told at once: Channel allows for a little. */
const lateMs = 5;
/** A Sender that calls says so at least this often. */
const sayAtLeastMs = 1_000;
/** Calls at once: one of the platform's six connections is left for looking up what became of a message. */
const calls = 5;
/** Connections that nobody used for so long may be gone. */
const keptMs = 2_000;
/** How often an unknown outcome is looked up before it stays unknown. */
const lookUpsAfterMs = [1_000, 5_000, 15_000];
/** Reports that Channel has acknowledged and may ask for again, should it have lost them. */
const remembered = 2_000;

interface Prepared {
  provider: Provider;
  channel: ProviderChannel;
  request: HttpRequest;
}

type AttemptRow = { ref: string; at: number; message: string };

export class Sender extends DurableObject<Env> {
  private readonly timers: Timers;
  private readonly connections = new Connections();
  private lastLookUp: Promise<unknown> = Promise.resolve();
  /** Handed out and not called yet. */
  private readonly planned = new Set<string>();
  /** Called right now, or being looked up. */
  private readonly busy = new Set<string>();
  /** Due, but all connections are in use. */
  private readonly waiting: SendSlot[] = [];
  private calling = 0;
  /** The most calls at once, which have made so many connections, and when the last one was made (epoch ms). */
  private connected = 0;
  private calledAt = 0;
  private notices: SlotNotice[] = [];
  private results: SendReport[] = [];
  /** Results by message and attempt, for a Channel that asks again. */
  private readonly known = new Map<string, SendReport>();
  private reporting: Promise<void> | null = null;
  private noticing: ReturnType<typeof setTimeout> | null = null;
  private toldAt = 0;
  private readonly bornAt = Date.now();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.timers = new Timers(ctx.storage);
    // Lanes of a fast channel write nothing: they are many, and begin sooner without a database.
    if (!this.isCareful()) return;
    migrate(ctx.storage, [schema + timersSchema]);
    // Calls that an earlier instance did not finish.
    for (const { ref, at, message } of this.attempts()) {
      this.resolve([{ at, message: { ...(JSON.parse(message) as Outgoing), ref } }]);
    }
  }

  /** Calls the provider for each slot at its time. A slot that is known already is not taken again. */
  take(slots: SendSlot[]): void {
    for (const slot of slots) {
      const { ref, attempt } = slot.message;
      if (this.planned.has(ref) || this.busy.has(ref) || this.known.has(keyOf(ref, attempt))) continue;
      this.planned.add(ref);
      setTimeout(() => void this.call(slot), Math.max(0, slot.at - Date.now()));
    }
  }

  /** What this Sender knows of messages that were handed to it. */
  recall(asked: { ref: string; attempt: number }[]): Recalled[] {
    return asked.map(({ ref, attempt }): Recalled => {
      const report = this.known.get(keyOf(ref, attempt));
      if (report) return report;
      const isBusy = this.planned.has(ref) || this.busy.has(ref);
      return { ref, known: isBusy ? 'busy' : 'absent', since: this.isCareful() ? null : this.bornAt };
    });
  }

  /** Finds out what became of messages that may have been sent, and reports it. */
  resolve(slots: SendSlot[]): void {
    for (const { at, message } of slots) {
      if (this.busy.has(message.ref)) continue;
      this.busy.add(message.ref);
      void this.lookUp(message, at, 0);
    }
  }

  override async alarm(): Promise<void> {
    await this.timers.run(Date.now, async (_key, now) => {
      this.gather();
      await this.reporting;
      return this.attempts().length > 0 ? now + backstopMs : null;
    });
  }

  // ── Calling ───────────────────────────────────────────────────────────────────────────────────────────

  private async call(slot: SendSlot): Promise<void> {
    const { at, message } = slot;
    const { ref, attempt } = message;
    if (Date.now() - at > longestDelayMs) {
      this.planned.delete(ref);
      return this.tellSlot(slot, null);
    }
    if (this.calling >= calls) {
      this.waiting.push(slot);
      return;
    }
    this.planned.delete(ref);
    this.busy.add(ref);
    this.calling += 1;
    const prepared = await this.prepare(message);
    // What follows up to the call itself waits for nothing: the time is when the message really leaves.
    const attemptedAt = Date.now();
    let outMs: number | null = null;
    let result: SendResult;
    if ('kind' in prepared) {
      result = prepared;
    } else {
      if (this.isCareful()) this.writeDown(message, attemptedAt);
      // Channel plans on what it hears: late departures always, others often enough to know that we are awake.
      if (attemptedAt > at + lateMs || attemptedAt - this.toldAt > sayAtLeastMs)
        this.tellSlot(slot, attemptedAt);
      // Timers run once the thread has nothing ready any more, and by then the request is written.
      if (this.isConnected(attemptedAt) && !this.isCareful())
        setTimeout(() => (outMs = Date.now() - attemptedAt), 0);
      result = await this.perform(message, prepared);
    }
    this.calling -= 1;
    const next = this.waiting.shift();
    if (next) void this.call(next);
    if (result.kind === 'unknown') return void this.lookUp(message, attemptedAt, 0, result);
    this.settle({ ref, attempt, result, attemptedAt, call: { latencyMs: Date.now() - attemptedAt, outMs } });
  }

  /** Whether one more call finds a connection that is made already. */
  private isConnected(now: number): boolean {
    if (now - this.calledAt > keptMs) this.connected = 0;
    this.calledAt = now;
    const isConnected = this.calling <= this.connected;
    this.connected = Math.max(this.connected, this.calling);
    return isConnected;
  }

  /** A message leaves at another time than planned; null: it gives its slot back. */
  private tellSlot({ at, message }: SendSlot, leftAt: number | null): void {
    this.notices.push({ ref: message.ref, attempt: message.attempt, plannedAt: at, leftAt });
    // Who was silent is heard at once: Channel waits for the first few of a lane that wakes up.
    const isHeard = !this.isCareful() && Date.now() - this.toldAt < sayAtLeastMs;
    this.noticing ??= setTimeout(
      () => {
        this.noticing = null;
        void this.flush();
      },
      isHeard ? this.fastGatherMs() : gatherMs.careful,
    );
  }

  private writeDown(message: Outgoing, at: number): void {
    this.ctx.storage.sql.exec(
      'INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)',
      message.ref,
      at,
      JSON.stringify(message),
    );
    if (this.timers.dueAt(reportTimer) === null) this.timers.set(reportTimer, at + backstopMs);
  }

  /** Everything that the call needs; a refusal when it cannot be made. */
  private async prepare(message: Outgoing): Promise<Prepared | Extract<SendResult, { kind: 'refused' }>> {
    try {
      const { provider, channel } = await this.surroundings();
      return { provider, channel, request: await provider.compose(message, channel, Date.now()) };
    } catch (error) {
      console.error(JSON.stringify({ event: 'send.failed', error: String(error) }));
      const text = 'The message could not be handed to the provider.';
      return {
        kind: 'refused',
        error: sendErrorOf('service_unavailable', { text }),
        retry: { scope: 'recipient', afterMs: null },
      };
    }
  }

  /** Makes the call. Never throws: what goes wrong once it may have arrived is an unknown outcome. */
  private async perform(message: Outgoing, { provider, channel, request }: Prepared): Promise<SendResult> {
    try {
      const answer = await callProvider(this.env, provider, channel, request, this.connections);
      const result = provider.interpret(answer, message, Date.now());
      if (result.kind === 'refused' && result.retry?.newToken) forgetToken(channel.id);
      return withoutSecrets(result, provider, channel.fields);
    } catch (error) {
      const found = sendErrorOf('service_unavailable', { text: 'The provider did not answer.' });
      return (error instanceof NoAnswer && error.sent === 'no') || provider.repeatable
        ? { kind: 'refused', error: found, retry: { scope: 'channel', afterMs: null } }
        : { kind: 'unknown', error: found };
    }
  }

  /** Asks the provider what became of a message, where it can be asked; else the outcome stays unknown. */
  private async lookUp(message: Outgoing, at: number, tried: number, before?: SendResult): Promise<void> {
    const unknown: SendResult = before ?? {
      kind: 'unknown',
      error: sendErrorOf('unknown', { text: 'Parley was interrupted while it sent this message.' }),
    };
    const settle = (result: SendResult) =>
      this.settle({ ref: message.ref, attempt: message.attempt, result, attemptedAt: at, call: null });
    const wait = lookUpsAfterMs[tried];
    try {
      const { provider, channel } = await this.surroundings();
      if (!provider.lookUp || wait === undefined) return settle(unknown);
      await new Promise((resolve) => setTimeout(resolve, wait));
      const request = provider.lookUp.request(message, channel, at);
      const answer = await this.inTurn(() =>
        callProvider(this.env, provider, channel, request, this.connections, 10_000),
      );
      const found = provider.lookUp.interpret(answer, message, at);
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
      if (wait === undefined) return settle(unknown);
    }
    return this.lookUp(message, at, tried + 1, unknown);
  }

  /** One look-up after the other, on the one connection that is left for them. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.lastLookUp.then(task);
    this.lastLookUp = done.catch(() => undefined);
    return done;
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
    this.busy.delete(report.ref);
    this.results.push(report);
    this.known.set(keyOf(report.ref, report.attempt), report);
    if (this.known.size > remembered) {
      const oldest = this.known.keys().next().value;
      if (oldest !== undefined) this.known.delete(oldest);
    }
    this.gather();
  }

  private gather(): void {
    this.reporting ??= new Promise<void>((resolve) => {
      setTimeout(
        () => {
          this.reporting = null;
          void this.flush().finally(resolve);
        },
        this.isCareful() ? gatherMs.careful : this.fastGatherMs(),
      );
    });
  }

  /** Tells Channel; attempts that it has acknowledged are forgotten, and what it has not is told again. */
  private async flush(): Promise<void> {
    const { notices, results } = this;
    this.notices = [];
    this.results = [];
    if (notices.length + results.length === 0) return;
    this.toldAt = Date.now();
    try {
      // Notices first: a message that has left late may have its result already.
      await channelOf(this.env, this.channelId()).report([...notices, ...results]);
    } catch (error) {
      console.error(JSON.stringify({ event: 'report.failed', error: String(error) }));
      this.notices.unshift(...notices);
      this.results.unshift(...results);
      setTimeout(() => this.gather(), backstopMs);
      return;
    }
    if (!this.isCareful()) return;
    this.ctx.storage.sql.exec(
      'DELETE FROM attempts WHERE ref IN (SELECT value FROM json_each(?))',
      JSON.stringify(results.map(({ ref }) => ref)),
    );
  }

  /** Lanes that begin together do not report together. */
  private fastGatherMs(): number {
    return gatherMs.fast + (parseSenderName(this.name()).lane % 8) * 20;
  }

  private attempts(): AttemptRow[] {
    return this.ctx.storage.sql.exec<AttemptRow>('SELECT * FROM attempts').toArray();
  }

  private isCareful(): boolean {
    return parseSenderName(this.name()).lane === carefulLane;
  }

  private channelId(): string {
    return parseSenderName(this.name()).channel;
  }

  private name(): string {
    return this.ctx.id.name ?? '';
  }
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

function keyOf(ref: string, attempt: number): string {
  return `${ref}|${attempt}`;
}
