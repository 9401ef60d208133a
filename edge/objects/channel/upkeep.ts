/** Keeps a channel's health (CH-12) and templates (WA-03) up to date: on saving, regularly and on demand. */
import type { HealthAnswer, TemplatesAnswer } from '../../../core/channelApi.ts';
import type { Provider, ProviderChannel } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { promptOf, type SendError } from '../../../core/sendError.ts';
import { channelView } from '../../channelView.ts';
import { workspaceOf, type Env } from '../../env.ts';
import { Connections } from '../../outbound.ts';
import type { MessagingRouting } from '../contracts.ts';
import type { EventLog, NewEvent } from './eventLog.ts';
import type { Facts } from './facts.ts';
import { checkHealth, readTemplates, type Health } from './health.ts';

const hourMs = 3_600_000;
/** How often a provider is asked whether the channel works: often while it does not. */
const checkEveryMs = hourMs;
const checkSickEveryMs = 5 * 60_000;
const templatesEveryMs = 24 * hourMs;

/** Where a provider cannot be asked, the first message tells. */
const unasked = {
  status: 'unchecked' as const,
  cause: 'This provider cannot be asked. The first message tells; send a test message.',
};

const noTemplates: TemplatesAnswer = { templates: [], syncedAt: null, problem: null, more: false };

export interface Surroundings {
  provider: Provider;
  channel: ProviderChannel;
  routing: MessagingRouting;
}

export class Upkeep {
  private readonly connections = new Connections();

  constructor(
    private readonly env: Env,
    private readonly channelId: () => string,
    private readonly facts: Facts,
    private readonly events: EventLog,
  ) {}

  /** The provider and the channel as it sees it, as saved this moment; null when the channel is gone. */
  async surroundings(): Promise<Surroundings | null> {
    const routing = await workspaceOf(this.env).messagingRouting(this.channelId());
    if (!routing?.saved) return null;
    return { provider: providers[routing.provider], channel: channelView(routing), routing };
  }

  // ── Health ────────────────────────────────────────────────────────────────────────────────────────────

  /** What is known; null before the provider was asked. */
  health(): Health | null {
    return this.facts.get<Health>('health');
  }

  /** The channel was saved: what was known of it is of another one. */
  forget(): void {
    this.facts.forget('health');
  }

  /** Asks the provider now. */
  async check(): Promise<HealthAnswer> {
    const now = Date.now();
    const surroundings = await this.surroundings();
    if (!surroundings) return { status: 'disabled', cause: '', checkedAt: now };
    const { provider, channel } = surroundings;
    const found = await checkHealth(this.env, provider, channel, this.connections).catch((error: unknown) => {
      console.error(JSON.stringify({ event: 'check.failed', channel: channel.id, error: String(error) }));
      return { status: 'requestFailed' as const, cause: 'The provider could not be asked.' };
    });
    if (!found) {
      const { status, cause, at } = this.health() ?? { ...unasked, at: now };
      return { status, cause, checkedAt: at };
    }
    const { status, cause, at } = this.keep(found);
    const ok = status === 'connected';
    this.log('check', now, ok, ok ? 'The provider accepts the credentials' : 'The check failed', cause);
    return { status, cause, checkedAt: at };
  }

  /** For the timer: when to ask again (epoch ms), null when the channel is gone. */
  async checkRegularly(now: number): Promise<number | null> {
    const surroundings = await this.surroundings();
    if (!surroundings) return null;
    if (!surroundings.routing.enabled) return now + checkEveryMs;
    const { status } = await this.check();
    return now + (status === 'connected' ? checkEveryMs : checkSickEveryMs);
  }

  /** A message was taken: what the last check said is over. */
  worked(): void {
    if (this.health()?.status !== 'connected') this.keep({ status: 'connected', cause: '' });
  }

  /** The provider refused the credentials of a message. */
  unauthorized({ text, category }: SendError): void {
    this.keep({ status: 'unauthorized', cause: text || promptOf(category) });
  }

  /** What a webhook tells of the account itself. */
  accountSays(cause: string, status: 'unauthorized' | 'unknown' | undefined): void {
    if (status) this.keep({ status, cause });
  }

  private keep(found: Omit<Health, 'at'>): Health {
    const health = { ...found, at: Date.now() };
    this.facts.set('health', health);
    return health;
  }

  // ── Templates ─────────────────────────────────────────────────────────────────────────────────────────

  templates(): TemplatesAnswer {
    return this.facts.get<TemplatesAnswer>('templates') ?? noTemplates;
  }

  /** Reads the templates from the provider now. */
  async refreshTemplates(): Promise<TemplatesAnswer> {
    const before = this.templates();
    const surroundings = await this.surroundings();
    if (!surroundings) return before;
    const { provider, channel } = surroundings;
    const now = Date.now();
    const read = await readTemplates(this.env, provider, channel, this.connections, before, now);
    this.facts.set('templates', read);
    const ok = read.problem === null;
    const summary = ok ? `${read.templates.length} templates read` : 'Templates could not be read';
    this.log('templates', now, ok, summary, read.problem ?? '');
    return read;
  }

  /** For the timer: when to read again (epoch ms), null when the provider has no templates. */
  async readTemplatesDaily(now: number): Promise<number | null> {
    const surroundings = await this.surroundings();
    if (!surroundings?.provider.templates) return null;
    await this.refreshTemplates();
    return now + templatesEveryMs;
  }

  private log(kind: NewEvent['kind'], at: number, ok: boolean, summary: string, detail: string): void {
    this.events.add([
      { at, kind, result: ok ? 'ok' : 'failed', summary, detail, latencyMs: Date.now() - at },
    ]);
  }
}
