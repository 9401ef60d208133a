/**
 * Telnyx Messaging API v2: Bearer keys, JSON, and webhooks signed with Ed25519 whose every retry is a new body
 * with a new signature.
 */
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** Codes that do not come with HTTP 400. */
const statuses: Record<string, number> = {
  '10007': 503,
  '10009': 401,
  '10010': 403,
  '10011': 429,
  '20001': 401,
  '20002': 401,
  '20100': 402,
  '40006': 422,
  '40300': 422,
  '40310': 422,
  '40318': 429,
};

const titles: Record<string, { title: string; detail: string; source?: { pointer: string } }> = {
  '10009': { title: 'Authentication failed', detail: 'The key is not one of ours.' },
  '40300': {
    title: 'Blocked due to STOP message',
    detail: 'Messages cannot be sent due to an existing block rule.',
  },
  '40310': {
    title: "Invalid 'to' address",
    detail: "The 'to' address should be a single valid number.",
    source: { pointer: '/to' },
  },
};

const organizationId = '6a9e3f10-55c4-4b7d-9d1e-8f0c2b7a6e31';

/** PKCS #8 of a key that is made from a seed of 32 bytes. */
const key = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    createHash('sha256').update('telnyx simulator').digest(),
  ]),
  format: 'der',
  type: 'pkcs8',
});

interface SendBody {
  from?: unknown;
  to?: unknown;
  text?: unknown;
  media_urls?: unknown;
  messaging_profile_id?: unknown;
  webhook_url?: unknown;
}

interface Sent {
  id: string;
  from: string;
  to: string;
  type: 'SMS' | 'MMS';
}

export class TelnyxSimulator extends ProviderSimulator {
  /** The first pause before a webhook is tried again, ms; each further one is twice as long. */
  retryPauseMs = 20;
  readonly provider = 'telnyx';
  readonly fields = {
    apiKey: 'KEY0190example',
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
    messagingProfileId: '40019f3e-7d5b-4c1e-8e2a-0b6d9c3f1a22',
  };
  readonly numbers = ['+19195550152', '+19195550153'];
  /** How a 429 asks to wait: Telnyx's pages name two headers, one of them in two senses, and its SDK a third. */
  asksBy: 'retry-after' | 'retry-after-ms' | 'reset in seconds' | 'reset as a time' = 'retry-after';
  /** Whether customers' files are given to holders of the API key only. */
  mediaNeedsKey = false;
  /** What it fetched of our media: status and type of each. */
  readonly mediaFetched: { url: string; status: number; type: string }[] = [];
  /** Those who sent STOP: the block is for all numbers of the profile. */
  private readonly blocked = new Set<string>();

  /** The headers of a body signed at `seconds` of the Unix clock. */
  sign(body: string | Buffer, seconds = Math.floor(Date.now() / 1000)): Record<string, string> {
    const bytes = Buffer.concat([Buffer.from(`${seconds}|`), Buffer.from(body)]);
    return {
      'content-type': 'application/json',
      'user-agent': 'telnyx-webhooks',
      'telnyx-timestamp': String(seconds),
      'telnyx-signature-ed25519': sign(null, bytes, key).toString('base64'),
    };
  }

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const keyword = this.keyword(message);
    const files = message.files ?? [];
    const url = this.setup?.webhookUrl ?? '';
    const payload = {
      cc: [],
      completed_at: null,
      cost: { amount: '0.0000', currency: 'USD' },
      direction: 'inbound',
      encoding: 'UCS-2',
      errors: [],
      from: { carrier: 'Example', line_type: 'Wireless', phone_number: message.from },
      id: randomUUID(),
      media: files.map((file) => {
        const path = `/${randomUUID()}`;
        this.keepFile(file, path);
        return {
          url: `https://media.telnyx.com${path}`,
          content_type: file.type,
          sha256: createHash('sha256').update(file.bytes).digest('hex'),
          size: file.bytes.length,
        };
      }),
      messaging_profile_id: this.fields.messagingProfileId,
      organization_id: organizationId,
      parts: 1,
      received_at: new Date().toISOString(),
      record_type: 'message',
      sent_at: null,
      subject: null,
      tags: [],
      text: message.text ?? null,
      to: [
        { carrier: 'Telnyx', line_type: 'Wireless', phone_number: message.to, status: 'webhook_delivered' },
      ],
      type: files.length > 0 ? 'MMS' : 'SMS',
      valid_until: null,
      webhook_failover_url: null,
      webhook_url: url,
      ...(keyword === null ? {} : { autoresponse_type: keyword }),
    };
    const deliveries = [await this.post(url, 'message.received', payload)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(url, 'message.received', payload));
    return deliveries;
  }

  private keyword({ text = '', from }: CustomerMessage): 'STOP' | 'START' | 'HELP' | null {
    const word = text.trim();
    if (/^(stop|stop ?all|unsubscribe|cancel|end|quit)$/i.test(word)) {
      this.blocked.add(from);
      return 'STOP';
    }
    if (/^(start|unstop)$/i.test(word)) {
      this.blocked.delete(from);
      return 'START';
    }
    return /^help$/i.test(word) ? 'HELP' : null;
  }

  /** Three attempts each for the URL and the same fail-over URL; anything but 2xx counts as failed. */
  post(url: string, type: string, payload: Record<string, unknown>): Promise<Delivery> {
    const data = {
      event_type: type,
      id: randomUUID(),
      occurred_at: new Date().toISOString(),
      payload,
      record_type: 'event',
    };
    return this.deliver(
      (attempt) => {
        const body = JSON.stringify({ data, meta: { attempt: attempt + 1, delivered_to: url } });
        return { url, headers: this.sign(body), body };
      },
      (status, attempt) =>
        (status < 200 || status >= 300) && attempt < 5 ? this.retryPauseMs * 2 ** attempt : null,
    );
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (file) {
      if (this.mediaNeedsKey && !this.isAuthorized(call)) return { status: 403, body: '' };
      return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
    }
    if (!call.path.startsWith('/v2/')) return undefined;
    if (!this.isAuthorized(call)) return this.refusal('10009');
    if (call.path !== '/v2/messaging_profiles') return undefined;
    return json(200, { data: [{ id: this.fields.messagingProfileId, record_type: 'messaging_profile' }] });
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && call.path === '/v2/messages';
  }

  protected send(call: Call): Answer {
    if (!this.isAuthorized(call)) return this.refusal('10009');
    if (call.headers['content-type'] !== 'application/json') return this.refusal('10014');
    let body: SendBody;
    try {
      body = JSON.parse(call.body.toString()) as SendBody;
    } catch {
      return this.refusal('10015');
    }
    const { from, to, text = '', media_urls: media = [], webhook_url: webhookUrl } = body;
    if (typeof to !== 'string' || !/^\+[1-9]\d{6,14}$|^\d{3,6}$/.test(to)) return this.refusal('40310');
    if (typeof from !== 'string') return this.refusal('10004');
    const alphanumeric = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(from);
    if (!alphanumeric && !this.numbers.includes(from)) return this.refusal('40305');
    if (alphanumeric && body.messaging_profile_id !== this.fields.messagingProfileId)
      return this.refusal('40306');
    if (typeof text !== 'string' || !Array.isArray(media)) return this.refusal('40009');
    const urls = media.map(String);
    if (text === '' && urls.length === 0) return this.refusal('40316');
    if (urls.length > 10) return this.refusal('40317');
    if (alphanumeric && urls.length > 0) return this.refusal('40308');
    if (urls.some((url) => !/^https?:\/\//.test(url))) return this.refusal('42203');
    if (this.blocked.has(to)) return this.refusal('40300');

    const sent: Sent = { id: randomUUID(), from, to, type: urls.length > 0 ? 'MMS' : 'SMS' };
    this.accept({ id: sent.id, from, to, text, media: urls, raw: body });
    const callback = typeof webhookUrl === 'string' ? webhookUrl : (this.setup?.webhookUrl ?? '');
    this.later(0, async () => {
      await this.fetchMedia(urls);
      this.reportTo(callback, sent);
    });
    const data = {
      record_type: 'message',
      direction: 'outbound',
      id: sent.id,
      type: sent.type,
      messaging_profile_id: this.fields.messagingProfileId,
      organization_id: organizationId,
      from: { phone_number: from, carrier: 'Telnyx', line_type: 'Wireless' },
      to: [{ phone_number: to, status: 'queued', carrier: 'Example', line_type: 'Wireless' }],
      text,
      media: urls.map((url) => ({ url, content_type: null, size: null })),
      webhook_url: callback,
      webhook_failover_url: '',
      encoding: 'GSM-7',
      parts: 1,
      tags: [],
      cost: null,
      received_at: new Date().toISOString(),
      sent_at: null,
      completed_at: null,
      valid_until: new Date(Date.now() + 3_600_000).toISOString(),
      errors: [],
    };
    return json(200, { data });
  }

  private reportTo(callback: string, sent: Sent): void {
    const { fate } = this.behaviour;
    const last = fate === 'delivered' ? 'delivered' : 'delivery_failed';
    const code = fate === 'delivered' ? null : fate.failed;
    this.report([
      () => this.post(callback, 'message.sent', this.reportOf(sent, 'sent', null)),
      () => this.post(callback, 'message.finalized', this.reportOf(sent, last, code)),
    ]);
  }

  /** The payload of a delivery report. */
  reportOf(sent: Sent, status: string, code: string | null): Record<string, unknown> {
    return {
      id: sent.id,
      direction: 'outbound',
      type: sent.type,
      from: { phone_number: sent.from },
      to: [{ phone_number: sent.to, status, carrier: 'Example', line_type: 'Wireless' }],
      errors: code === null ? [] : [errorOf(code)],
      completed_at: new Date().toISOString(),
    };
  }

  private async fetchMedia(urls: string[]): Promise<void> {
    for (const url of urls) {
      const answer = await fetch(url).catch(() => null);
      if (!answer) continue;
      await answer.arrayBuffer();
      this.mediaFetched.push({ url, status: answer.status, type: answer.headers.get('content-type') ?? '' });
    }
  }

  protected tooMany(): Answer {
    return this.refusal('10011');
  }

  protected override waitHeaders(seconds: number): Record<string, string> {
    if (this.asksBy === 'retry-after') return super.waitHeaders(seconds);
    if (this.asksBy === 'retry-after-ms') return { 'retry-after-ms': String(seconds * 1000) };
    const reset = this.asksBy === 'reset in seconds' ? seconds : Math.ceil(Date.now() / 1000) + seconds;
    return { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
  }

  /** By code; `HTTP 502` and the like answer that status with a web page. */
  protected refusal(code: string): Answer {
    const bare = /^HTTP (\d{3})$/.exec(code);
    if (bare)
      return { status: Number(bare[1]), headers: { 'content-type': 'text/html' }, body: '<p>Sorry</p>' };
    return json(statuses[code] ?? 400, { errors: [errorOf(code)] });
  }

  private isAuthorized(call: Call): boolean {
    return call.headers['authorization'] === `Bearer ${this.fields.apiKey}`;
  }
}

function errorOf(code: string) {
  const words = titles[code] ?? { title: `Error ${code}`, detail: 'See the reference.' };
  return { code, ...words, meta: { url: `https://developers.telnyx.com/docs/overview/errors/${code}` } };
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
