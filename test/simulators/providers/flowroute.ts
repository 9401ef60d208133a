/**
 * Flowroute, Messaging API v2.1: JSON:API behind Basic auth, webhooks without a signature that are sent up to
 * four times until the answer is exactly 200, and two receipts a message to the `dlr_callback` of its request.
 */
import { randomUUID } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

/** 30 s at Flowroute. */
const retryPauseMs = 10;
const attempts = 4;
const mmsBytes = 767_840;

/** Titles and details by what a test asks for: an HTTP status, or the condition of the sheet. */
const refusals: Record<string, { status: number; title: string; detail: string }> = {
  '400': { status: 400, title: 'Bad Request', detail: 'The request could not be understood' },
  '401': { status: 401, title: 'Unauthorized', detail: 'Invalid credentials' },
  '403': { status: 403, title: 'Forbidden', detail: 'The from number is not provisioned on your account' },
  '404': { status: 404, title: 'Not Found', detail: 'No such resource' },
  '405': { status: 405, title: 'Method Not Allowed', detail: 'Only POST is taken here' },
  '415': { status: 415, title: 'Unsupported Media Type', detail: 'Use application/vnd.api+json' },
  '422': { status: 422, title: 'Unprocessable Entity', detail: 'Body or media is required' },
  '429': { status: 429, title: 'Too Many Requests', detail: 'Account rate exceeded' },
  '500': { status: 500, title: 'Internal Server Error', detail: '' },
  '502': { status: 502, title: 'Bad Gateway', detail: '' },
  '503': { status: 503, title: 'Service Unavailable', detail: '' },
  '504': { status: 504, title: 'Gateway Timeout', detail: '' },
  '1110': { status: 400, title: 'Error', detail: '1110: the phone rejected the message, opted out' },
  number: { status: 422, title: 'Invalid Attribute', detail: 'The "to" number is not a valid phone number' },
  size: { status: 422, title: 'Error fetching media', detail: `Media is over ${mmsBytes} byte limit` },
  media: { status: 422, title: 'Error fetching media', detail: 'Could not download the file' },
};

const digits = (number: string) => number.replace(/\D/g, '');
const messageId = () => `mdr2-${randomUUID().replaceAll('-', '')}`;

interface SendAttributes {
  to?: unknown;
  from?: unknown;
  body?: unknown;
  is_mms?: unknown;
  media_urls?: unknown;
  dlr_callback?: unknown;
}

export class FlowrouteSimulator extends ProviderSimulator {
  readonly provider = 'flowroute';
  readonly fields = { accessKey: '83216497', secretKey: '5d1f0c7f2b944f6f8f1f3b0d6a1c9e27' };
  readonly numbers = ['+14255550188', '+14255550189'];
  /** "SMS Webhook Version" under Preferences > API Control. */
  webhookVersion: 'v2' | 'v2.1' = 'v2.1';
  /** Pairs `ours:customer` that a STOP has blocked. */
  private readonly blocked = new Set<string>();

  async customerSends(message: CustomerMessage): Promise<Delivery[]> {
    const pair = `${digits(message.to)}:${digits(message.from)}`;
    const word = message.text?.trim().toUpperCase();
    if (word === 'STOP') this.blocked.add(pair);
    if (word === 'UNSTOP') this.blocked.delete(pair);
    const body = JSON.stringify(this.webhookVersion === 'v2' ? this.flat(message) : this.webhook(message));
    const deliveries = [await this.post(this.setup?.webhookUrl ?? '', body)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(this.setup?.webhookUrl ?? '', body));
    return deliveries;
  }

  /** The body of a v2.1 webhook. */
  webhook({ from, to, text, files = [] }: CustomerMessage): object {
    const media = files.map((file, index) => {
      const id = `${randomUUID()}-${index + 1}`;
      return {
        id,
        type: 'media',
        attributes: {
          file_name: file.name,
          file_size: file.bytes.length,
          mime_type: file.type,
          url: this.keepFile(file, `/media/${randomUUID()}`),
        },
        links: { self: `https://api.flowroute.com/v2.1/media/${id}` },
      };
    });
    const isMms = media.length > 0;
    return {
      data: {
        id: messageId(),
        type: 'message',
        attributes: {
          amount_display: isMms ? '$0.0195' : '$0.0040',
          amount_nanodollars: isMms ? 19500000 : '4000000',
          body: text ?? null,
          delivery_receipts: [],
          direction: 'inbound',
          from: digits(from),
          is_mms: isMms,
          message_callback_url: this.setup?.webhookUrl ?? '',
          message_encoding: 0,
          message_type: 'longcode',
          status: '',
          timestamp: new Date().toISOString(),
          to: digits(to),
        },
        ...(isMms ? { relationships: { media: { data: media.map(({ id, type }) => ({ id, type })) } } } : {}),
      },
      // Order is given by the relationships alone.
      ...(isMms ? { included: media.toReversed() } : {}),
    };
  }

  /** The body of a v2 webhook, which accounts with the older setting get. */
  private flat({ from, to, text = '' }: CustomerMessage): object {
    return { to: digits(to), from: digits(from), body: text, id: messageId() };
  }

  private post(url: string, body: string): Promise<Delivery> {
    return this.deliver(
      () => ({ url, headers: { 'content-type': 'application/json' }, body }),
      (status, attempt) => (status !== 200 && attempt + 1 < attempts ? retryPauseMs : null),
    );
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && call.path === '/v2.1/messages';
  }

  protected async send(call: Call): Promise<Answer> {
    if (!this.isAuthorized(call)) return this.refusal('401');
    if (call.headers['content-type'] !== 'application/vnd.api+json') return this.refusal('415');
    const attributes = readSend(call.body);
    if (attributes === null) return this.refusal('400');
    const { to, from, body = '', media_urls: links = [], dlr_callback: callback } = attributes;
    if (typeof to !== 'string' || !/^\+?1\d{10}$/.test(to)) return this.refusal('number');
    if (typeof from !== 'string' || !this.numbers.includes(`+${digits(from)}`)) return this.refusal('403');
    if (typeof body !== 'string' || !Array.isArray(links)) return this.refusal('422');
    if (body === '' && (links.length === 0 || attributes.is_mms !== true)) return this.refusal('422');
    if (this.blocked.has(`${digits(from)}:${digits(to)}`)) return this.refusal('1110');
    const media = links.map(String);
    const refused = await this.fetchMedia(media, Buffer.byteLength(body));
    if (refused) return refused;
    const id = messageId();
    this.accept({ id, from: `+${digits(from)}`, to: `+${digits(to)}`, text: body, media, raw: attributes });
    if (typeof callback === 'string') this.reportOn(id, body, media.length > 0, callback);
    const self = `https://api.flowroute.com/v2.1/messages/${id}`;
    return jsonApi(202, { data: { id, type: 'message', links: { self } } });
  }

  /** Flowroute downloads the files while the request waits. */
  private async fetchMedia(links: string[], textBytes: number): Promise<Answer | null> {
    let total = textBytes;
    for (const link of links) {
      try {
        const answer = await fetch(link, { signal: AbortSignal.timeout(5_000) });
        if (answer.status !== 200) return this.refusal('media');
        total += (await answer.arrayBuffer()).byteLength;
      } catch {
        return this.refusal('media');
      }
      if (total > mmsBytes) return this.refusal('size');
    }
    return null;
  }

  private reportOn(id: string, body: string, isMms: boolean, callback: string): void {
    const { fate } = this.behaviour;
    const [code, status, description] =
      fate === 'delivered'
        ? ['1004', 'delivered', 'Message delivered to handset']
        : [fate.failed, 'failed', `Message failed with ${fate.failed}`];
    const post = (level: number, more: object) => () =>
      this.post(
        callback,
        JSON.stringify({
          data: {
            type: 'delivery_receipt',
            id,
            attributes: {
              body: isMms ? '' : body,
              level,
              timestamp: new Date().toISOString(),
              ...more,
            },
            links: { related: `https://api.flowroute.com/v2.1/messages/${id}` },
          },
        }),
      );
    this.report([
      post(1, { status: 'message buffered', status_code: null, status_code_description: null }),
      post(2, { status, status_code: code, status_code_description: description }),
    ]);
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    if (file) return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
    if (call.method !== 'GET' || !call.path.startsWith('/v2.1/messages')) return undefined;
    if (!this.isAuthorized(call)) return this.refusal('401');
    if (call.path === '/v2.1/messages') {
      return call.query.has('start_date') ? jsonApi(200, { data: [] }) : this.refusal('422');
    }
    const sent = this.accepted.find(({ id }) => call.path === `/v2.1/messages/${id}`);
    if (!sent) return this.refusal('404');
    const attributes = {
      body: sent.text,
      from: digits(sent.from),
      to: digits(sent.to),
      direction: 'outbound',
    };
    return jsonApi(200, { data: { id: sent.id, type: 'message', attributes } });
  }

  protected tooMany(): Answer {
    return this.refusal('429');
  }

  protected refusal(code: string): Answer {
    const { status, title, detail } = refusals[code] ?? { status: 422, title: 'Error', detail: code };
    return jsonApi(status, { errors: [{ id: randomUUID(), status, title, detail }] });
  }

  private isAuthorized(call: Call): boolean {
    const { accessKey, secretKey } = this.fields;
    const expected = Buffer.from(`${accessKey}:${secretKey}`).toString('base64');
    return call.headers['authorization'] === `Basic ${expected}`;
  }
}

function jsonApi(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/vnd.api+json' }, body: JSON.stringify(body) };
}

/** The attributes of a send request; null when it is no JSON:API message. */
function readSend(body: Buffer): SendAttributes | null {
  try {
    const { data } = JSON.parse(body.toString('utf8')) as {
      data: { type: string; attributes: SendAttributes };
    };
    return data.type === 'message' ? data.attributes : null;
  } catch {
    return null;
  }
}
