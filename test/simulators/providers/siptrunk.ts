/**
 * SIPTRUNK: JSON:API at the root path behind Basic auth. Its answer, its retries and its errors are not
 * documented; this one answers as its sister Flowroute does and posts each webhook once, the hardest case.
 */
import { randomUUID } from 'node:crypto';
import {
  ProviderSimulator,
  type Answer,
  type Call,
  type CustomerMessage,
  type Delivery,
} from './simulator.ts';

const refusals: Record<string, { status: number; title: string; detail: string }> = {
  '400': { status: 400, title: 'Bad Request', detail: 'The request could not be understood' },
  '401': { status: 401, title: 'Unauthorized', detail: 'Invalid credentials' },
  '403': { status: 403, title: 'Forbidden', detail: 'This DID is not enabled for messaging' },
  '413': { status: 413, title: 'Payload Too Large', detail: 'The media is too large' },
  '415': { status: 415, title: 'Unsupported Media Type', detail: '' },
  '422': { status: 422, title: 'Unprocessable Entity', detail: 'The message could not be read' },
  '429': { status: 429, title: 'Too Many Requests', detail: 'Slow down' },
  '503': { status: 503, title: 'Service Unavailable', detail: '' },
  '1110': { status: 400, title: 'Error', detail: '1110: the recipient has opted out' },
  number: { status: 422, title: 'Invalid Attribute', detail: 'The "to" number is not valid' },
  media: { status: 422, title: 'Error fetching media', detail: 'The file could not be downloaded' },
};

interface SendAttributes {
  to?: unknown;
  from?: unknown;
  body?: unknown;
  is_mms?: unknown;
  media_urls?: unknown;
}

export class SiptrunkSimulator extends ProviderSimulator {
  readonly provider = 'siptrunk';
  readonly fields = {
    accessKey: '4b9f1f0e-6c0d-4d1e-8f59-0d2f6a3b7c11',
    secretKey: 'e0a7d9c2-17b3-4f0a-9a63-5c8b1e2d4f90',
  };
  readonly numbers = ['+14105550183', '+14105550184'];
  /** Where the answer to a send has its id. */
  answersWith: 'data.message_id' | 'id' | 'nothing' = 'data.message_id';
  /** Whether webhooks carry an id. */
  webhookIds = true;

  /** The finished `Authorization` value that the portal shows beside the keys. */
  get jckToken(): string {
    return Buffer.from(`${this.fields.accessKey}:${this.fields.secretKey}`).toString('base64');
  }

  async customerSends({ from, to, text, files = [] }: CustomerMessage): Promise<Delivery[]> {
    const included = files.map((file) => ({
      attributes: { url: this.keepFile(file), file_name: file.name },
    }));
    const body = JSON.stringify({
      data: {
        type: 'message',
        ...(this.webhookIds ? { message_id: randomUUID() } : {}),
        attributes: { from, to, ...(text === undefined ? {} : { body: text }) },
      },
      ...(included.length > 0 ? { included } : {}),
    });
    const deliveries = [await this.post(body)];
    if (this.behaviour.duplicates) deliveries.push(await this.post(body));
    return deliveries;
  }

  private post(body: string): Promise<Delivery> {
    const url = this.setup?.webhookUrl ?? '';
    return this.deliver(
      () => ({ url, headers: { 'content-type': 'application/vnd.api+json' }, body }),
      () => null,
    );
  }

  protected isSend(call: Call): boolean {
    return call.method === 'POST' && call.path === '/';
  }

  protected async send(call: Call): Promise<Answer> {
    if (call.headers['authorization'] !== `Basic ${this.jckToken}`) return this.refusal('401');
    if (call.headers['content-type'] !== 'application/vnd.api+json') return this.refusal('415');
    const attributes = readSend(call.body);
    if (attributes === null) return this.refusal('400');
    const { to, from, body, is_mms: isMms, media_urls: links = [] } = attributes;
    if (typeof to !== 'string' || !/^\+\d{7,15}$/.test(to)) return this.refusal('number');
    if (typeof from !== 'string' || !this.numbers.includes(from)) return this.refusal('403');
    if (typeof body !== 'string' || !Array.isArray(links)) return this.refusal('422');
    if (links.length > 0 ? isMms !== 'true' : body === '') return this.refusal('422');
    const media = links.map(String);
    for (const link of media) {
      const answer = await fetch(link, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      if (answer?.status !== 200) return this.refusal('media');
      await answer.arrayBuffer();
    }
    const id = randomUUID();
    this.accept({ id, from, to, text: body, media, raw: attributes });
    if (this.answersWith === 'nothing') return { status: 202 };
    return jsonApi(200, this.answersWith === 'id' ? { id } : { data: { type: 'message', message_id: id } });
  }

  protected api(call: Call): Answer | undefined {
    const file = this.files.get(call.path);
    return file && { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
  }

  protected tooMany(): Answer {
    return this.refusal('429');
  }

  protected refusal(code: string): Answer {
    const { status, title, detail } = refusals[code] ?? { status: 422, title: 'Error', detail: code };
    return jsonApi(status, { errors: [{ id: randomUUID(), status, title, detail }] });
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
