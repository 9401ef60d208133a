/**
 * The one way out to providers: carries out a request that is data. It keeps to the provider's own origins or to
 * what PARLEY_PROVIDER_URLS puts in their place, bounds time and size, and counts the connections that an object
 * has open, because the platform's limit of six is enforced in production only.
 */
import * as z from 'zod';
import { connectionLimit } from '../core/pacing.ts';
import type { HttpAnswer, HttpRequest, Provider, ProviderChannel } from '../core/providers/provider.ts';
import { Deadlines } from './deadlines.ts';
import type { Env } from './env.ts';

const maxAnswerBytes = 256 * 1024;
/** Answers are short nearly always, and room for one is garbage soon: a long one is read on in larger pieces. */
const firstPieceBytes = 1024;
const pieceBytes = 16 * 1024;
const userAgent = 'Parley/1.0';

/** Counts the connections of one object, and refuses one too many: a fault of ours, never a wait. */
export class Connections {
  open = 0;
  private readonly deadlines = new Deadlines();

  /** Carries out a task on one connection; its signal aborts after `timeoutMs`. */
  async use<T>(timeoutMs: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.open >= connectionLimit) throw new Error(`more than ${connectionLimit} outbound connections`);
    this.open += 1;
    try {
      return await this.deadlines.within(timeoutMs, task);
    } finally {
      this.open -= 1;
    }
  }
}

/** Why there was no answer: the request certainly never arrived, or nobody knows. */
export class NoAnswer extends Error {
  constructor(
    readonly sent: 'no' | 'maybe',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Makes a call and reads its answer. Redirects are answers. Throws `NoAnswer` when there is none within
 * `timeoutMs`.
 */
export async function callProvider(
  env: Env,
  provider: Provider,
  channel: Pick<ProviderChannel, 'fields'>,
  request: HttpRequest,
  connections: Connections,
  timeoutMs = 30_000,
): Promise<HttpAnswer> {
  const url = resolveUrl(env, provider, channel, request.url);
  return connections.use(timeoutMs, async (signal) => {
    let response: Response;
    try {
      response = await fetch(url, {
        method: request.method,
        headers: { 'user-agent': userAgent, ...request.headers },
        body: request.body,
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      throw new NoAnswer(neverArrived(error) ? 'no' : 'maybe', messageOf(error));
    }
    try {
      const body = await readAtMost(response, maxAnswerBytes);
      const headers: Record<string, string> = {};
      response.headers.forEach((value, name) => (headers[name.toLowerCase()] = value));
      return { status: response.status, headers, body };
    } catch (error) {
      throw new NoAnswer('maybe', messageOf(error));
    }
  });
}

/** Where the last call of a channel went: nearly all of them go to the same address. */
const lastResolved = new WeakMap<ProviderChannel['fields'], { url: string; target: string }>();

/**
 * The URL that a request really goes to. Throws for one that is neither at an origin of the provider nor at its
 * stand-in.
 */
export function resolveUrl(
  env: Env,
  provider: Provider,
  channel: Pick<ProviderChannel, 'fields'>,
  url: string,
): string {
  const last = lastResolved.get(channel.fields);
  if (last?.url === url) return last.target;
  const target = resolve(env, provider, channel, url);
  lastResolved.set(channel.fields, { url, target });
  return target;
}

function resolve(
  env: Env,
  provider: Provider,
  channel: Pick<ProviderChannel, 'fields'>,
  url: string,
): string {
  const parsed = new URL(url);
  const standIn = standInOf(env, provider.id);
  if (standIn !== null && parsed.origin === new URL(standIn).origin) return url;
  if (!provider.origins(channel).includes(parsed.origin)) throw new Error(`not an origin of ${provider.id}`);
  if (standIn === null) return url;
  const base = new URL(standIn);
  return `${base.origin}${base.pathname.replace(/\/$/, '')}${parsed.pathname}${parsed.search}`;
}

const standIns = z.record(z.string(), z.url());
let read: { text: string; urls: Record<string, string> } | null = null;

/** What stands in for a provider in this deployment; null in real life. */
export function standInOf(env: Env, provider: string): string | null {
  const text = env.PARLEY_PROVIDER_URLS;
  if (!text) return null;
  if (read?.text !== text) read = { text, urls: standIns.parse(JSON.parse(text)) };
  return read.urls[provider] ?? null;
}

async function readAtMost(response: Response, max: number): Promise<string> {
  if (!response.body) return '';
  // Most answers are short: one read tells all of them.
  if (Number(response.headers.get('content-length') ?? Infinity) <= max) return response.text();
  const reader = response.body.getReader({ mode: 'byob' });
  const decoder = new TextDecoder();
  let text = '';
  for (let left = max; left > 0;) {
    const size = left === max ? firstPieceBytes : Math.min(left, pieceBytes);
    const { value, done } = await reader.readAtLeast(size, new Uint8Array(size));
    if (value) text += decoder.decode(value, { stream: true });
    left -= value?.length ?? 0;
    if (done || !value || value.length < size) return text + decoder.decode();
  }
  await reader.cancel();
  return text + decoder.decode();
}

/** Whether an error says that no connection came about, so that nothing can have been sent. */
function neverArrived(error: unknown): boolean {
  return /refused|resolve|dns|unreachable|certificate/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
