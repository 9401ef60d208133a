/**
 * What every provider's simulator shares: an HTTP server on loopback with that provider's behaviour, the bad
 * days that any provider has, and the customers at the other end. A simulator is written from the provider's fact
 * sheet, never from our adapter, and imports nothing of `core/providers`.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** A call to the simulated API. */
export interface Call {
  method: string;
  /** Path without query. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** A stream for what is too long, or never ends. */
  body?: string | Buffer | Readable;
}

/** A message that the simulator has accepted from Parley. */
export interface AcceptedMessage {
  id: string;
  from: string;
  to: string;
  text: string;
  /** URLs of its files, as sent. */
  media: string[];
  /** When the request had arrived, ms of `performance.now()`. */
  at: number;
  /** The request's parsed body, for what is peculiar to one provider. */
  raw: unknown;
}

/** A file that a customer sends. */
export interface CustomerFile {
  name: string;
  type: string;
  bytes: Buffer;
}

export interface CustomerMessage {
  /** The customer's address at this provider (phone number with `+`, PSID, wa_id …). */
  from: string;
  /** Our number, as the provider knows it. */
  to: string;
  text?: string;
  files?: CustomerFile[];
}

/** How one webhook delivery went, after the provider's own retries. */
export interface Delivery {
  /** Statuses of all attempts, in order; 0 for no answer. */
  statuses: number[];
  /** Body and content type of the last answer. */
  body: string;
  contentType: string;
  /** Ms of the last attempt. */
  ms: number;
}

/** Bad days. Everything is off at first. */
export interface Behaviour {
  /** How long the send call takes, ms. */
  latencyMs: number;
  /** `none`: every request is served. */
  outage: 'none' | '503' | 'reset' | 'hang' | 'html';
  /** Sends above this many a second get the provider's own "too many requests". */
  perSecond: number | null;
  /** How long refusals for the rate ask to wait, seconds, where the provider knows a way; null leaves it out. */
  retryAfterSeconds: number | null;
  /** The next sends are refused with these errors of the sheet, by the provider's code, one each. */
  refuse: string[];
  /** Accepts the next sends and never answers: the outcome stays unknown to the caller. */
  swallow: number;
  /** Delivery reports: none, in order, shuffled, or each one twice and shuffled. */
  reports: 'none' | 'inOrder' | 'shuffled' | 'doubled';
  /** Reports are sent within this time, ms. */
  reportsWithinMs: number;
  /** What becomes of accepted messages: delivered, or failed with this provider's code. */
  fate: 'delivered' | { failed: string };
  /** Every webhook is delivered twice. */
  duplicates: boolean;
  /**
   * Webhooks without a 2xx are posted again until they get one, as most providers do for hours; their own short
   * rules come first.
   */
  persistent: boolean;
}

const persistentPauseMs = 150;

export const goodDay: Behaviour = {
  latencyMs: 0,
  outage: 'none',
  perSecond: null,
  retryAfterSeconds: null,
  refuse: [],
  swallow: 0,
  reports: 'inOrder',
  reportsWithinMs: 20,
  fate: 'delivered',
  duplicates: false,
  persistent: false,
};

/** What an admin pastes at the provider. */
export interface ProviderSetup {
  webhookUrl: string;
  verifyToken?: string;
  user?: string;
  password?: string;
}

export abstract class ProviderSimulator {
  /** Key in PARLEY_PROVIDER_URLS. */
  abstract readonly provider: string;
  /** What the admin types into Parley's form: valid credentials of this simulator. */
  abstract readonly fields: Record<string, string>;
  /** Our numbers at this provider. */
  abstract readonly numbers: string[];

  readonly accepted: AcceptedMessage[] = [];
  /** Files of customers that have been fetched, by URL path, with the Authorization header of each fetch. */
  readonly fetched: { path: string; authorization: string | null }[] = [];
  behaviour: Behaviour = { ...goodDay };
  /** Open connections to the API right now, and the most there have been at once. */
  connections = { now: 0, most: 0 };

  protected setup: ProviderSetup | null = null;
  protected readonly files = new Map<string, CustomerFile>();
  private readonly server = createServer((request, response) => void this.serve(request, response));
  private readonly sockets = new Set<Socket>();
  private readonly background = new Set<Promise<unknown>>();
  private sendTimes: number[] = [];
  private closed = false;

  /** Base URL for PARLEY_PROVIDER_URLS. */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the simulator is not started');
    return `http://127.0.0.1:${address.port}`;
  }

  async start(port = 0): Promise<this> {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await Promise.allSettled(this.background);
  }

  /** Waits until everything is done that the provider does by itself so far. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
  }

  /** What the admin does in the provider's portal. Providers with a handshake do it here and throw if refused. */
  async configure(setup: ProviderSetup): Promise<void> {
    this.setup = setup;
    await Promise.resolve();
  }

  behave(change: Partial<Behaviour>): void {
    this.behaviour = { ...this.behaviour, ...change };
  }

  /** A customer writes: posts what this provider posts, with its own retries. One delivery per webhook. */
  abstract customerSends(message: CustomerMessage): Promise<Delivery[]>;

  /** The provider's API but for sending; undefined for a path that does not exist (answered 404). */
  protected abstract api(call: Call): Answer | undefined | Promise<Answer | undefined>;

  /** The send call: its path is matched by `isSend`; the behaviour of the day is handled before it. */
  protected abstract isSend(call: Call): boolean;
  protected abstract send(call: Call): Answer | Promise<Answer>;
  /** The provider's answer to too many requests. */
  protected abstract tooMany(): Answer;
  /** The provider's answer for one of its codes. */
  protected abstract refusal(code: string): Answer;

  /** How a refusal for the rate asks to wait. A provider of which nothing is told has none. */
  protected waitHeaders(seconds: number): Record<string, string> {
    return { 'retry-after': String(seconds) };
  }

  /** Keeps a customer's file under an unguessable path and answers its URL here. */
  protected keepFile(file: CustomerFile, path = `/media/${randomUUID()}`): string {
    this.files.set(path, file);
    return `${this.url}${path}`;
  }

  /** Remembers an accepted message. */
  protected accept(message: Omit<AcceptedMessage, 'at'>): void {
    this.accepted.push({ ...message, at: performance.now() });
  }

  /** Runs something later that the provider does by itself; `close` waits for it. */
  protected later(delayMs: number, task: () => Promise<unknown>): void {
    const run = wait(delayMs).then(async () => {
      if (!this.closed) await task();
    });
    const kept = run.catch(() => undefined).finally(() => this.background.delete(kept));
    this.background.add(kept);
  }

  /** Sends reports in the order that the behaviour asks for. */
  protected report(reports: (() => Promise<unknown>)[]): void {
    const { reports: order, reportsWithinMs } = this.behaviour;
    if (order === 'none') return;
    if (order === 'inOrder') {
      // One after the other: the second must not overtake the first on its way.
      this.later(reportsWithinMs / reports.length, async () => {
        for (const [index, task] of reports.entries()) {
          if (index > 0) await wait(reportsWithinMs / reports.length);
          await task();
        }
      });
      return;
    }
    for (const task of order === 'doubled' ? [...reports, ...reports] : reports) {
      this.later(Math.random() * reportsWithinMs, task);
    }
  }

  /**
   * Posts a webhook. `retry` says after how many ms to try again after a status (0: no answer), null to stop;
   * `attempt` counts from 0, `headers` are those of the answer.
   */
  protected async deliver(
    build: (attempt: number) => {
      url: string;
      method?: string;
      headers: Record<string, string>;
      body?: string | Buffer;
    },
    retry: (status: number, attempt: number, headers: Headers) => number | null,
  ): Promise<Delivery> {
    const delivery: Delivery = { statuses: [], body: '', contentType: '', ms: 0 };
    for (let attempt = 0; ; attempt += 1) {
      const { url, method = 'POST', headers, body } = build(attempt);
      const started = performance.now();
      let status = 0;
      let answerHeaders = new Headers();
      try {
        const answer = await fetch(url, {
          method,
          headers,
          redirect: 'manual',
          signal: AbortSignal.timeout(15_000),
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        });
        status = answer.status;
        answerHeaders = answer.headers;
        delivery.contentType = answer.headers.get('content-type') ?? '';
        delivery.body = await answer.text();
      } catch {
        delivery.body = '';
      }
      delivery.ms = performance.now() - started;
      delivery.statuses.push(status);
      const pause = this.closed ? null : (retry(status, attempt, answerHeaders) ?? this.persistence(status));
      if (pause === null) return delivery;
      await wait(pause);
    }
  }

  private persistence(status: number): number | null {
    const taken = status >= 200 && status < 300;
    return this.behaviour.persistent && !taken ? persistentPauseMs : null;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '/', 'http://simulator');
    const call: Call = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.concat(chunks),
    };
    this.connections.now += 1;
    this.connections.most = Math.max(this.connections.most, this.connections.now);
    try {
      const answer = await this.answer(call, request.socket);
      if (answer) {
        const { status, headers, body = '' } = answer;
        const length = body instanceof Readable ? {} : { 'content-length': Buffer.byteLength(body) };
        response.writeHead(status, { ...length, ...headers });
        if (body instanceof Readable && call.method !== 'HEAD') await pipeline(body, response);
        else response.end(call.method === 'HEAD' ? undefined : body);
      }
    } catch (error) {
      // Who reads a stream may leave in the middle of it.
      if (response.headersSent) return void response.destroy();
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    } finally {
      this.connections.now -= 1;
    }
  }

  /** Null where no answer is to be given. */
  private async answer(call: Call, socket: Socket): Promise<Answer | null> {
    const file = this.files.get(call.path);
    const { outage, latencyMs } = this.behaviour;
    if (outage === 'reset') {
      socket.resetAndDestroy();
      return null;
    }
    if (outage === 'hang') return null;
    if (outage === '503')
      return { status: 503, headers: { 'content-type': 'text/plain' }, body: 'unavailable' };
    if (outage === 'html') {
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: Readable.from(longPage()),
      };
    }
    if (file && !this.isSend(call)) {
      this.fetched.push({ path: call.path, authorization: call.headers['authorization'] ?? null });
    }
    if (!this.isSend(call)) return (await this.api(call)) ?? { status: 404, body: '' };
    if (latencyMs > 0) await wait(latencyMs);
    const code = this.behaviour.refuse.shift();
    if (code !== undefined) return this.timed(this.refusal(code));
    if (this.isTooFast()) return this.timed(this.tooMany());
    const answer = await this.send(call);
    if (answer.status < 300 && this.behaviour.swallow > 0) {
      this.behaviour.swallow -= 1;
      socket.destroy();
      return null;
    }
    return answer;
  }

  /** A 429 asks to wait as the day has it. */
  private timed(answer: Answer): Answer {
    const { retryAfterSeconds: seconds } = this.behaviour;
    if (answer.status !== 429 || seconds === null) return answer;
    return { ...answer, headers: { ...answer.headers, ...this.waitHeaders(seconds) } };
  }

  private isTooFast(): boolean {
    const { perSecond } = this.behaviour;
    if (perSecond === null) return false;
    const now = performance.now();
    this.sendTimes = this.sendTimes.filter((at) => at > now - 1000);
    if (this.sendTimes.length >= perSecond) return true;
    this.sendTimes.push(now);
    return false;
  }
}

/** A page longer than what is read of an answer, in pieces and without its length. */
function* longPage(): Generator<string> {
  yield '<!doctype html><title>Welcome</title>';
  for (let line = 0; line < 400; line += 1) yield `<p>${'It works. '.repeat(100)}</p>`;
}
