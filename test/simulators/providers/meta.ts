/** What Messenger and WhatsApp have in common at Meta: the Graph API's manners, signed webhooks, retries. */
import { createHmac, randomUUID } from 'node:crypto';
import { ProviderSimulator, type Answer, type Call, type Delivery, type ProviderSetup } from './simulator.ts';

/** One of Meta's errors, as the sheet lists them. */
export interface MetaError {
  code: number;
  subcode?: number;
  /** HTTP status; Meta answers 400 to nearly everything. */
  status?: number;
  message?: string;
  details?: string;
}

/** A file that Meta has fetched from us. */
export interface Fetched {
  url: string;
  status: number;
  type: string;
  bytes: number;
  /** Its Content-Length; null without one. */
  announced: number | null;
}

export abstract class MetaSimulator extends ProviderSimulator {
  appSecret = 'app-secret-of-the-simulator';
  accessToken = 'EAAGsimulatorToken0123456789';
  /** Files that were fetched by their links. */
  readonly downloads: Fetched[] = [];
  /** Webhooks go out with raw UTF-8 instead of escapes, signed in the escaped form: documented, rarely seen. */
  rawUnicode = false;
  /** The simulator's clock runs this much ahead, ms: windows close without waiting. */
  aheadMs = 0;

  /** How often a webhook is posted before Meta gives up; really it goes on for hours or days. */
  attempts = 12;

  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** The handshake that Meta makes when the admin presses "Verify and save". */
  override async configure(setup: ProviderSetup): Promise<void> {
    await super.configure(setup);
    const challenge = String(Math.floor(Math.random() * 2 ** 31));
    const url = new URL(setup.webhookUrl);
    url.searchParams.set('hub.mode', 'subscribe');
    url.searchParams.set('hub.challenge', challenge);
    url.searchParams.set('hub.verify_token', setup.verifyToken ?? '');
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    const body = await answer.text();
    if (answer.status !== 200 || body !== challenge) {
      throw new Error(`the callback URL could not be validated: ${answer.status} ${body.slice(0, 80)}`);
    }
  }

  /** `sha256=…` of a body. */
  sign(body: string | Buffer, secret = this.appSecret): string {
    return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  }

  /** A body and its headers, as Meta posts them. */
  signed(payload: unknown): { headers: Record<string, string>; body: string } {
    const escaped = escapedJson(payload);
    return {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': this.sign(escaped),
        'x-hub-signature': `sha1=${createHmac('sha1', this.appSecret).update(escaped).digest('hex')}`,
      },
      body: this.rawUnicode ? JSON.stringify(payload) : escaped,
    };
  }

  /** Posts a webhook; anything but 200 is tried again, at once and then less and less often. */
  async post(payload: unknown): Promise<Delivery> {
    const { setup } = this;
    if (!setup) throw new Error('no webhook is configured');
    const request = { url: setup.webhookUrl, ...this.signed(payload) };
    return this.deliver(
      () => request,
      (status, attempt) =>
        status === 200 || attempt + 1 >= this.attempts ? null : Math.min(5 * 2 ** attempt, 500),
    );
  }

  /** As `post`, twice where the behaviour says so. */
  protected async postAll(payloads: readonly unknown[]): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const payload of payloads) {
      deliveries.push(await this.post(payload));
      if (this.behaviour.duplicates) deliveries.push(await this.post(payload));
    }
    return deliveries;
  }

  /** An answer of the Graph API. */
  protected ok(body: unknown): Answer {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: escapedJson(body) };
  }

  protected error({ code, subcode, status = 400, message, details }: MetaError): Answer {
    const error = {
      message: `(#${code}) ${message ?? 'Simulated error'}`,
      type: 'OAuthException',
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
      fbtrace_id: randomUUID().slice(0, 11),
    };
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const { retryAfterSeconds } = this.behaviour;
    if (retryAfterSeconds !== null && this.limits.has(code))
      Object.assign(headers, this.waitHeaders(retryAfterSeconds));
    return { status, headers, body: escapedJson({ error }) };
  }

  /** Codes that mean "too many". */
  protected abstract readonly limits: ReadonlySet<number>;

  /** Refuses a call without the right token; null when it may pass. */
  protected unauthorized(call: Call): Answer | null {
    if (call.headers['authorization'] === `Bearer ${this.accessToken}`) return null;
    return this.error({ code: 190, subcode: 463, status: 401, message: 'Error validating access token' });
  }

  /** The path behind the version, in parts; null for a path without one. */
  protected nodeOf(call: Call): string[] | null {
    const [, version = '', ...parts] = call.path.split('/');
    return /^v\d+\.\d+$/.test(version) ? parts.map(decodeURIComponent) : null;
  }

  /** Serves a file of a customer under one of Meta's own hosts; answers its URL there. */
  protected hosted(host: string, path: string, file: { name: string; type: string; bytes: Buffer }): string {
    this.keepFile(file, path);
    return `https://${host}${path}`;
  }

  /** Fetches a file from us as Meta does. Only this machine is really asked; other hosts are taken on trust. */
  protected async download(url: string): Promise<Fetched> {
    const { hostname } = new URL(url);
    if (hostname !== '127.0.0.1' && hostname !== 'localhost')
      return { url, status: 200, type: '', bytes: 0, announced: 0 };
    try {
      const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
      const bytes = (await answer.arrayBuffer()).byteLength;
      const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
      const length = answer.headers.get('content-length');
      const announced = length === null ? null : Number(length);
      const fetched = { url, status: answer.status, type, bytes, announced };
      this.downloads.push(fetched);
      return fetched;
    } catch {
      return { url, status: 0, type: '', bytes: 0, announced: null };
    }
  }
}

/** JSON as Meta writes it: slashes and everything beyond ASCII escaped. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A call's JSON object; null when it is none. */
export function objectOf(call: Call): Record<string, unknown> | null {
  try {
    return record(JSON.parse(call.body.toString('utf8')));
  } catch {
    return null;
  }
}

export function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
