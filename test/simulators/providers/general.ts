/**
 * A service that speaks the guide's custom SMS API: checks the key, answers the challenge, fetches the media
 * it is given, and posts signed webhooks. It knows no delivery reports.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** The guide's error codes, with a status that goes with each. */
const refusals: Record<string, { status: number; title: string }> = {
  '10001': { status: 400, title: "Invalid 'to' address" },
  '10002': { status: 400, title: 'Invalid parameter' },
  '10003': { status: 400, title: 'Media not supported' },
  '10004': { status: 401, title: 'Authentication failed' },
  '10005': { status: 403, title: 'No permission' },
  '10006': { status: 429, title: 'Too many requests' },
  '10007': { status: 503, title: 'Service unavailable' },
  '10008': { status: 413, title: 'File too large' },
};

interface SendBody {
  from?: unknown;
  to?: unknown;
  text?: unknown;
  media_urls?: unknown;
}

export class GeneralSimulator extends ProviderSimulator {
  /** The first pause before a webhook is tried again, ms; each further one is twice as long. */
  retryPauseMs = 20;
  readonly provider = 'general';
  readonly fields = {
    apiKey: 'general-example-key',
    secret: 'general-example-secret',
    sendUrl: 'https://sms.example.com/messages',
    verifyUrl: 'https://sms.example.com/verify?service=sms',
  };
  readonly numbers = ['+14155550102', '+14155550103'];
  /** What it fetched of our media: status and type of each. */
  readonly mediaFetched: { url: string; status: number; type: string }[] = [];

  /** `X-Signature-256` of a body. */
  sign(body: string | Buffer, secret = this.fields.secret): string {
    return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  }

  /** A webhook's body for a customer's message. */
  event(message: CustomerMessage, id: string, attempt = 1): string {
    const at = '2026-11-22T10:15:00.503+01:00';
    const media = (message.files ?? []).map((file) => ({
      content_type: file.type,
      sha256: createHash('sha256').update(file.bytes).digest('hex'),
      size: file.bytes.length,
      url: this.keepFile(file),
    }));
    const payload = {
      direction: 'inbound',
      errors: [],
      from: { carrier: 'Example', phone_number: message.from },
      id,
      media,
      received_at: at,
      record_type: 'message',
      text: message.text ?? '',
      to: [{ phone_number: message.to, status: 'webhook_delivered' }],
    };
    const data = {
      event_type: 'message.received',
      id: randomUUID(),
      occurred_at: at,
      payload,
      record_type: 'event',
    };
    return JSON.stringify({ data, meta: { attempt } });
  }

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const body = this.event(message, randomUUID());
    const deliveries = [await this.post(body)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(body));
    return deliveries;
  }

  /** 204 is done, 400 means that the signature is to be mended; 5xx and no answer are tried again. */
  private post(body: string): Promise<Delivery> {
    const url = this.setup?.webhookUrl ?? '';
    const headers = { 'content-type': 'application/json', 'x-signature-256': this.sign(body) };
    return this.deliver(
      () => ({ url, headers, body }),
      (status, attempt) =>
        (status === 0 || status >= 500) && attempt < 8 ? this.retryPauseMs * 2 ** attempt : null,
    );
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (file) return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
    if (call.path !== '/verify') return undefined;
    if (!this.isAuthorized(call)) return this.refusal('10004');
    return {
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: call.query.get('challenge') ?? '',
    };
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && call.path === '/messages';
  }

  protected async send(call: Call): Promise<Answer> {
    if (!this.isAuthorized(call)) return this.refusal('10004');
    let body: SendBody;
    try {
      body = JSON.parse(call.body.toString()) as SendBody;
    } catch {
      return this.refusal('10002');
    }
    const { from, to, text, media_urls: media = [] } = body;
    if (call.headers['content-type'] !== 'application/json') return this.refusal('10002');
    if (typeof from !== 'string' || !this.numbers.includes(from)) return this.refusal('10002');
    if (typeof to !== 'string' || !/^\+[1-9]\d{6,14}$/.test(to)) return this.refusal('10001');
    if (text !== undefined && (typeof text !== 'string' || text === '')) return this.refusal('10002');
    if (!Array.isArray(media) || !media.every((url) => typeof url === 'string' && URL.canParse(url))) {
      return this.refusal('10002');
    }
    if (text === undefined && media.length === 0) return this.refusal('10002');
    const urls = media.map(String);
    const id = randomUUID();
    this.accept({ id, from, to, text: text ?? '', media: urls, raw: body });
    this.later(0, () => this.fetchMedia(urls));
    return json(200, { data: { id } });
  }

  private async fetchMedia(urls: string[]): Promise<void> {
    for (const url of urls) {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      this.mediaFetched.push({ url, status: answer.status, type: answer.headers.get('content-type') ?? '' });
    }
  }

  protected tooMany(): Answer {
    return this.refusal('10006');
  }

  /** By code; `HTTP 403` and the like answer that status without a body. */
  protected refusal(code: string): Answer {
    const bare = /^HTTP (\d{3})$/.exec(code);
    if (bare) return { status: Number(bare[1]), body: '' };
    const { status, title } = refusals[code] ?? { status: 400, title: 'Something else' };
    return json(status, { errors: [{ code, title, detail: `${title}.` }] });
  }

  private isAuthorized(call: Call): boolean {
    return call.headers['authorization'] === `Bearer ${this.fields.apiKey}`;
  }
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
