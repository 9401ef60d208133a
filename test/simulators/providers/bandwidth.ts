/**
 * Bandwidth Messaging API v2: OAuth 2 tokens and API users, 202 for everything well formed, and callbacks that
 * come without credentials first and with them only after a challenge.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** Refusals of the send call: by the wrong field, by type, or by HTTP status. */
const refusals: Record<string, { status: number; type: string; field?: string }> = {
  to: { status: 400, type: 'request-validation', field: 'to' },
  from: { status: 400, type: 'request-validation', field: 'from' },
  text: { status: 400, type: 'request-validation', field: 'text' },
  media: { status: 400, type: 'request-validation', field: 'media' },
  tag: { status: 400, type: 'request-validation', field: 'tag' },
  applicationId: { status: 400, type: 'request-validation', field: 'applicationId' },
  unauthorized: { status: 401, type: 'unauthorized' },
  forbidden: { status: 403, type: 'forbidden' },
  'unsupported-content-type': { status: 415, type: 'unsupported-content-type' },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_exceeded' },
  'max-message-queue-size-exceeded': { status: 429, type: 'max-message-queue-size-exceeded' },
};

interface SendBody {
  applicationId?: unknown;
  to?: unknown;
  from?: unknown;
  text?: unknown;
  media?: unknown;
  tag?: unknown;
}

interface Sent {
  id: string;
  from: string;
  to: string;
  tag: string | null;
}

const accountId = '5001234';

export class BandwidthSimulator extends ProviderSimulator {
  /** The first pause before a webhook is tried again, ms; each further one is twice as long. */
  retryPauseMs = 20;
  /** How often a webhook is tried in all; at Bandwidth for 24 hours. */
  tries = 8;
  readonly provider = 'bandwidth';
  readonly fields: Record<string, string> = {
    applicationId: '5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94',
    accountId,
    auth: 'oauth',
    clientId: 'CLI-example',
    clientSecret: 'client-example-secret',
  };
  /** The same channel with an API user. */
  readonly apiUserFields: Record<string, string> = {
    applicationId: '5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94',
    accountId,
    auth: 'basic',
    username: 'api-user',
    password: 'p:ss wörd£ "x"',
  };
  readonly numbers = ['+19195550162', '+19195550163', '+18885550144'];
  /** What it fetched of our media: status and type of each. */
  readonly mediaFetched: { url: string; status: number; type: string }[] = [];
  /** How many tokens it has given out. */
  tokensGranted = 0;
  private readonly tokens = new Set<string>();
  /** Customer and toll-free number of those who sent STOP; nobody blocks on other numbers. */
  private readonly blocked = new Set<string>();

  /** Makes all tokens invalid before their time. */
  expireTokens(): void {
    this.tokens.clear();
  }

  /** An inbound event. */
  received(message: CustomerMessage): Record<string, unknown> {
    const id = newId();
    const base = `https://messaging.bandwidth.com/api/v2/users/${accountId}/media/${id}`;
    const files = message.files ?? [];
    const layout = { name: '0.smil', type: 'application/smil', bytes: Buffer.from('<smil/>') };
    const parts = files.length === 0 ? [] : [layout, ...files];
    const media = parts.map((file, index) => {
      const url = new URL(`${base}/${index}/${encodeURIComponent(file.name)}`);
      this.keepFile(file, url.pathname);
      return url.href;
    });
    const time = new Date().toISOString();
    return {
      type: 'message-received',
      time,
      description: 'Incoming message received',
      to: message.to,
      message: {
        id,
        owner: message.to,
        applicationId: this.fields['applicationId'],
        time,
        segmentCount: 1,
        direction: 'in',
        to: [message.to],
        from: message.from,
        text: message.text ?? '',
        ...(media.length === 0 ? {} : { media }),
      },
    };
  }

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    this.heedKeyword(message);
    const events = [this.received(message)];
    const deliveries = [await this.post(events)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(events));
    return deliveries;
  }

  /** The network of toll-free numbers blocks by itself. */
  private heedKeyword({ from, to, text = '' }: CustomerMessage): void {
    if (!/^\+18(00|33|44|55|66|77|88)/.test(to)) return;
    const word = text.trim();
    if (/^stop$/i.test(word)) this.blocked.add(from + to);
    if (/^(start|unstop)$/i.test(word)) this.blocked.delete(from + to);
  }

  /**
   * Posts events to the application's URL. Credentials follow only a 401 that asks for Basic; anything else
   * but 2xx is tried again from the start, at Bandwidth for 24 hours.
   */
  post(events: unknown[]): Promise<Delivery> {
    const { webhookUrl: url = '', user = '', password = '' } = this.setup ?? {};
    const credentials = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'BandwidthAPI/v2' };
    const body = JSON.stringify(events);
    let asked = false;
    let failures = 0;
    return this.deliver(
      () => ({ url, headers: asked ? { ...headers, authorization: credentials } : headers, body }),
      (status, _attempt, answer) => {
        if (status >= 200 && status < 300) return null;
        const challenge = status === 401 && /^basic\b/i.test(answer.get('www-authenticate') ?? '');
        if (challenge && !asked) {
          asked = true;
          return 0;
        }
        asked = false;
        failures += 1;
        return failures < this.tries ? this.retryPauseMs * 2 ** failures : null;
      },
    );
  }

  protected api(call: Call): Answer | undefined {
    if (call.path === '/api/v1/oauth2/token' && call.method === 'POST') return this.grant(call);
    if (!call.path.startsWith('/api/v2/users/')) return undefined;
    if (!this.isAuthorized(call)) return this.refusal('unauthorized');
    const file = this.files.get(call.path);
    // The media store does not always know what it keeps.
    if (file)
      return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: file.bytes };
    return call.path === `/api/v2/users/${accountId}/media` ? json(200, []) : undefined;
  }

  private grant(call: Call): Answer {
    const pair = `${this.fields['clientId'] ?? ''}:${this.fields['clientSecret'] ?? ''}`;
    const known = call.headers['authorization'] === `Basic ${Buffer.from(pair).toString('base64')}`;
    const asked = new URLSearchParams(call.body.toString()).get('grant_type') === 'client_credentials';
    const form = call.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    if (!known) return json(401, { error: 'invalid_client' });
    if (!asked || !form) return json(400, { error: 'invalid_request' });
    const token = `token-${randomUUID()}`;
    this.tokens.add(token);
    this.tokensGranted += 1;
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && /^\/api\/v2\/users\/[^/]+\/messages$/.test(call.path);
  }

  protected send(call: Call): Answer {
    if (!this.isAuthorized(call)) return this.refusal('unauthorized');
    if (!/^application\/json\b/.test(call.headers['content-type'] ?? ''))
      return this.refusal('unsupported-content-type');
    let body: SendBody;
    try {
      body = JSON.parse(call.body.toString()) as SendBody;
    } catch {
      return this.refusal('text');
    }
    const { applicationId, to, from, text = '', media = [], tag } = body;
    if (typeof applicationId !== 'string' || applicationId === '') return this.refusal('applicationId');
    if (!Array.isArray(to) || to.length === 0 || new Set(to).size !== to.length) return this.refusal('to');
    const [recipient] = to.map(String) as [string];
    if (!/^\+[1-9]\d{6,14}$|^\d{3,6}$/.test(recipient)) return this.refusal('to');
    if (typeof from !== 'string' || !/^\+[1-9]\d{6,14}$|^[A-Za-z0-9 +_&-]{1,11}$/.test(from))
      return this.refusal('from');
    if (!Array.isArray(media) || media.length > 10 || media.some((url) => String(url).length > 4096))
      return this.refusal('media');
    if (tag !== undefined && (typeof tag !== 'string' || tag.length > 1024)) return this.refusal('tag');
    if (typeof text !== 'string' || text.length > 2048) return this.refusal('text');
    if (text === '' && media.length === 0) return this.refusal('text');

    const urls = media.map(String);
    const sent: Sent = { id: newId(), from, to: recipient, tag: tag ?? null };
    this.accept({ id: sent.id, from, to: recipient, text, media: urls, raw: body });
    this.later(0, async () => {
      const reachable = await this.fetchMedia(urls);
      if (applicationId !== this.fields['applicationId']) this.reportOn(sent, '4452');
      else if (/^\+/.test(from) && !this.numbers.includes(from)) this.reportOn(sent, '4405');
      else if (this.blocked.has(recipient + from)) this.reportOn(sent, '4775');
      else if (!reachable) this.reportOn(sent, '4410');
      else this.reportOn(sent, this.behaviour.fate === 'delivered' ? null : this.behaviour.fate.failed);
    });
    const time = new Date().toISOString();
    const echo = { applicationId, to, from, text, ...(urls.length === 0 ? {} : { media: urls }), tag };
    return json(202, { id: sent.id, owner: from, time, segmentCount: 1, direction: 'out', ...echo });
  }

  private reportOn(sent: Sent, failed: string | null): void {
    const last =
      failed === null ? this.status(sent, 'message-delivered') : this.status(sent, 'message-failed', failed);
    this.report([() => this.post([this.status(sent, 'message-sent')]), () => this.post([last])]);
  }

  /** A status event. Its owner is the recipient, as one of Bandwidth's own examples has it. */
  status(sent: Sent, type: string, code: string | null = null): Record<string, unknown> {
    const time = new Date().toISOString();
    return {
      type,
      time,
      description: code === null ? type : `failed-with-${code}`,
      to: sent.to,
      ...(code === null ? {} : { errorCode: Number(code) }),
      message: {
        id: sent.id,
        owner: sent.to,
        applicationId: this.fields['applicationId'],
        time,
        segmentCount: 1,
        direction: 'out',
        to: [sent.to],
        from: sent.from,
        text: '',
        ...(sent.tag === null ? {} : { tag: sent.tag }),
      },
    };
  }

  private async fetchMedia(urls: string[]): Promise<boolean> {
    let reachable = true;
    for (const url of urls) {
      const answer = await fetch(url).catch(() => null);
      if (!answer) continue;
      await answer.arrayBuffer();
      this.mediaFetched.push({ url, status: answer.status, type: answer.headers.get('content-type') ?? '' });
      reachable &&= answer.ok;
    }
    return reachable;
  }

  protected tooMany(): Answer {
    return this.refusal('rate_limit_exceeded');
  }

  /** By field or type; `HTTP 404` and the like answer that status in the other form. */
  protected refusal(code: string): Answer {
    const bare = /^HTTP (\d{3})$/.exec(code);
    if (bare) {
      const status = Number(bare[1]);
      return json(status, {
        timestamp: new Date().toISOString(),
        status,
        error: STATUS_CODES[status] ?? 'Error',
        message: 'No message available',
        path: `/api/v2/users/${accountId}/messages`,
      });
    }
    const { status, type, field } = refusals[code] ?? { status: 400, type: 'request-validation' };
    const fieldErrors =
      field === undefined ? undefined : [{ fieldName: field, description: `${field} is not valid` }];
    return json(status, { type, description: 'The request was refused.', fieldErrors });
  }

  /** A token or the API user's pair, for this account only. */
  private isAuthorized(call: Call): boolean {
    const header = call.headers['authorization'] ?? '';
    const { username = '', password = '' } = this.apiUserFields;
    const pair = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const known = header === pair || (header.startsWith('Bearer ') && this.tokens.has(header.slice(7)));
    return known && call.path.startsWith(`/api/v2/users/${accountId}/`);
  }
}

/** 29 characters: the time in ms, then letters and digits. */
function newId(): string {
  return `${Date.now()}${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
