/**
 * Fetches the files of customers' messages after the message itself is stored and shown (CH-10): one at a time,
 * from addresses that the provider's files may come from and never from inside our network, within size and time.
 */
import { parseConversationName } from '../../../core/address.ts';
import type { File } from '../../../core/content.ts';
import { fileComing } from '../../../core/exchange.ts';
import { isListedHost, isPublicHost } from '../../../core/publicHost.ts';
import type { Provider, ProviderChannel } from '../../../core/providers/provider.ts';
import { providers } from '../../../core/providers/registry.ts';
import { inboundBytes, type SourceFile } from '../../enclosed.ts';
import { channelOf } from '../../env.ts';
import { callProvider, Connections, resolveUrl, standInOf } from '../../outbound.ts';
import { withToken } from '../../providerToken.ts';
import { FileRefused, keepFile } from '../../store/incoming.ts';
import type { Session } from '../session.ts';
import { channelView } from '../../channelView.ts';

export const mediaTimer = 'media';
/** For one file, with all its redirects. */
const timeoutMs = 60_000;
const maxRedirects = 4;
/** Pauses between tries; links are often not ready at once and never after hours. */
const pausesMs = [2_000, 10_000, 60_000, 300_000, 900_000];
/** The timer goes on so long after a try was due that an ended instance did not make. */
const backstopMs = 5_000;

type FetchRow = { message: string; position: number; source: string; tries: number; due_at: number };

export class Media {
  private readonly connections = new Connections();
  private running: Promise<void> | null = null;

  constructor(
    private readonly sql: SqlStorage,
    private readonly session: Session,
  ) {}

  /** There is something to fetch: begins, and makes sure that it goes on should this instance end. */
  begin(): void {
    const next = this.next();
    if (next === null) return;
    this.session.hurry(mediaTimer, Math.max(next, Date.now()) + backstopMs);
    void this.run().then(() => {
      const again = this.next();
      if (again !== null) this.session.hurry(mediaTimer, again);
    });
  }

  /** For the timer, which is set anew where something is left. Nobody waits: a slow file would hold up all other timers. */
  onTimer(): null {
    this.begin();
    return null;
  }

  /** Fetches what is due; one run at a time. */
  private run(): Promise<void> {
    this.running ??= this.all().finally(() => (this.running = null));
    return this.running;
  }

  private async all(): Promise<void> {
    for (;;) {
      const row = this.sql
        .exec<FetchRow>('SELECT * FROM fetches WHERE due_at <= ? ORDER BY due_at LIMIT 1', Date.now())
        .toArray()[0];
      if (!row) return;
      await this.one(row);
    }
  }

  private async one(row: FetchRow): Promise<void> {
    const source = JSON.parse(row.source) as SourceFile;
    const started = Date.now();
    try {
      const file = await this.fetch(source);
      this.finish(row, source.use ? { ...file, use: source.use } : file);
    } catch (error) {
      const pause = pausesMs[row.tries];
      const refused = error instanceof FileRefused;
      if (pause !== undefined && !refused) {
        this.sql.exec(
          'UPDATE fetches SET tries = tries + 1, due_at = ? WHERE message = ? AND position = ?',
          Date.now() + pause,
          row.message,
          row.position,
        );
      } else {
        const problem = refused ? error.message : 'The file could not be fetched from the provider.';
        this.finish(row, { ...fileComing(source), state: 'failed', problem });
      }
      this.log(started, refused, error);
    }
  }

  private finish({ message, position }: FetchRow, file: File): void {
    this.sql.exec('DELETE FROM fetches WHERE message = ? AND position = ?', message, position);
    this.session.run({ kind: 'remark', events: [{ kind: 'file', message, index: position, file }] });
  }

  private async fetch(source: SourceFile): Promise<File> {
    if (source.kept) return source.kept;
    const routing = await this.session.messagingRouting();
    if (!routing) throw new FileRefused('The channel was deleted before the file could be fetched.');
    const provider: Provider = providers[routing.provider];
    const common = {
      channel: routing.id,
      name: source.name ?? '',
      type: source.type ?? '',
      maxBytes: inboundBytes[provider.kind],
      ...(source.sha256 ? { sha256: source.sha256 } : {}),
    };
    const channel = await withToken(
      this.session.environment,
      provider,
      channelView(routing),
      this.connections,
    );
    const url = source.url ?? (await this.locate(source.id ?? '', provider, channel));
    return this.connections.use(timeoutMs, async (signal) => {
      const { headers, body } = await this.download(url, provider, channel, signal);
      if (!body) throw new Error('no body');
      const length =
        headers.get('content-encoding') === null ? Number(headers.get('content-length') ?? NaN) : NaN;
      return keepFile(this.session.environment, {
        ...common,
        name: common.name || nameIn(headers.get('content-disposition'), url),
        type: headers.get('content-type') ?? common.type,
        body,
        length: Number.isFinite(length) ? length : null,
      });
    });
  }

  private async locate(id: string, provider: Provider, channel: ProviderChannel): Promise<string> {
    if (!provider.media.locate || id === '')
      throw new FileRefused('The provider gave no address for the file.');
    const request = provider.media.locate.request(id, channel);
    const { environment } = this.session;
    const answer = await callProvider(environment, provider, channel, request, this.connections, 10_000);
    const url = provider.media.locate.interpret(answer);
    if (url === null) throw new Error(`the provider answered ${answer.status}`);
    return url;
  }

  /** Follows redirects by hand, so that every hop is checked and credentials stay with the provider. */
  private async download(
    url: string,
    provider: Provider,
    channel: ProviderChannel,
    signal: AbortSignal,
  ): Promise<Response> {
    let at = url;
    let refused = false;
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const request = provider.media.download(at, channel, hop > 0, refused);
      if (!request || !this.mayFetch(request.url, provider)) {
        throw new FileRefused('The file lies at an address that files of this provider do not come from.');
      }
      const response = await fetch(this.realUrl(request.url, provider, channel), {
        headers: { 'user-agent': 'Parley/1.0', ...request.headers },
        redirect: 'manual',
        signal,
      });
      const target = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && target !== null) {
        await response.body?.cancel();
        if (!URL.canParse(target, request.url)) throw new FileRefused('The file leads nowhere.');
        at = new URL(target, request.url).href;
        continue;
      }
      if (response.status === 200) return response;
      await response.body?.cancel();
      // Some want credentials that are better not sent unasked.
      if ((response.status === 401 || response.status === 403) && !refused) {
        refused = true;
        continue;
      }
      if (response.status === 410) throw new FileRefused('The file is gone at the provider.');
      throw new Error(`the provider answered ${response.status}`);
    }
    throw new FileRefused('The file leads through too many addresses.');
  }

  private mayFetch(url: string, provider: Provider): boolean {
    if (!URL.canParse(url)) return false;
    const parsed = new URL(url);
    const standIn = standInOf(this.session.environment, provider.id);
    if (standIn !== null && parsed.origin === new URL(standIn).origin) return true;
    if (parsed.protocol !== 'https:' || parsed.username !== '' || !isPublicHost(parsed)) return false;
    return provider.media.hosts === null || isListedHost(parsed.hostname, provider.media.hosts);
  }

  private realUrl(url: string, provider: Provider, channel: ProviderChannel): string {
    const isApi = provider.origins(channel).includes(new URL(url).origin);
    return isApi ? resolveUrl(this.session.environment, provider, channel, url) : url;
  }

  private next(): number | null {
    return this.sql.exec<{ at: number | null }>('SELECT MIN(due_at) AS at FROM fetches').one().at;
  }

  private log(at: number, final: boolean, error: unknown): void {
    const { channel } = parseConversationName(this.session.name);
    const detail = error instanceof Error ? error.message : String(error);
    void channelOf(this.session.environment, channel)
      .logEvents([
        {
          at,
          kind: 'media',
          result: 'failed',
          summary: final ? 'A file was refused' : 'A file could not be fetched yet',
          detail,
          latencyMs: Date.now() - at,
        },
      ])
      .catch(() => undefined);
  }
}

/** The name in a Content-Disposition header (RFC 6266), else the last part of the address. */
function nameIn(disposition: string | null, url: string): string {
  const named = /filename\*?=(?:UTF-8'')?"?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(named ?? last);
  } catch {
    return named ?? last;
  }
}
