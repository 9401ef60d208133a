/**
 * A browser vendor's push service, and the browsers at its other end. Written from RFC 8030 (delivery), RFC 8291 with
 * RFC 8188 (encryption) and RFC 8292 (VAPID); it shares no code with what it checks.
 */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address that subscriptions carry; the edge is told to find it at `url`. */
const publicOrigin = 'https://push.example.com';
const maxBytes = 4096;
const daySeconds = 86_400;

/** A push that was accepted and read by its browser. */
export interface ReceivedPush {
  device: string;
  text: string;
  topic: string | null;
  ttlSeconds: number;
  urgency: string | null;
  /** The contact that VAPID names. */
  subject: string;
  /** Bytes of the body. */
  size: number;
  at: number;
}

/** What a browser tells its website. */
export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** One browser with a subscription. */
export class SimulatedBrowser {
  readonly id = randomBytes(12).toString('base64url');
  private readonly ecdh: ECDH = createECDH('prime256v1');
  private readonly auth: Buffer;

  /** Keys of its own, unless a test brings some. */
  constructor(keys: { privateKey?: Buffer; auth?: Buffer } = {}) {
    if (keys.privateKey) this.ecdh.setPrivateKey(keys.privateKey);
    else this.ecdh.generateKeys();
    this.auth = keys.auth ?? randomBytes(16);
  }

  get subscription(): Subscription {
    return {
      endpoint: `${publicOrigin}/send/${this.id}`,
      keys: { p256dh: this.ecdh.getPublicKey('base64url'), auth: this.auth.toString('base64url') },
    };
  }

  /** Decrypts a body (aes128gcm, one record). Throws for one that is not for this browser. */
  open(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const recordSize = body.readUInt32BE(16);
    const keyLength = body[20] ?? 0;
    const sender = body.subarray(21, 21 + keyLength);
    const record = body.subarray(21 + keyLength);
    if (record.length > recordSize) throw new Error('more than one record');
    const shared = this.ecdh.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.ecdh.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync('sha256', shared, this.auth, info, 32));
    const derive = (what: string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), length));
    const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
    decipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    const end = plain.findLastIndex((byte) => byte !== 0);
    if (plain[end] !== 2) throw new Error('not the last record');
    return plain.subarray(0, end).toString('utf8');
  }
}

export class PushSimulator {
  readonly received: ReceivedPush[] = [];
  /** Why requests were refused, for tests that expect none. */
  readonly faults: string[] = [];
  /** The next requests get these answers, one each. */
  readonly answers: { status: number; retryAfterSeconds?: number }[] = [];
  /** Requests, refused ones too. */
  requests = 0;
  private readonly browsers = new Map<string, { browser: SimulatedBrowser; key: string }>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A browser subscribes with the website's public key. */
  subscribe(applicationServerKey: string, browser = new SimulatedBrowser()): SimulatedBrowser {
    this.browsers.set(browser.id, { browser, key: applicationServerKey });
    return browser;
  }

  /** The browser has withdrawn its permission, or is gone. */
  expire(browser: SimulatedBrowser): void {
    this.browsers.delete(browser.id);
  }

  /** What a browser has received, as parsed JSON. */
  messagesOf(browser: SimulatedBrowser): { title: string; body: string; session: string; unread: number }[] {
    return this.received
      .filter(({ device }) => device === browser.id)
      .map(
        ({ text }) => JSON.parse(text) as { title: string; body: string; session: string; unread: number },
      );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refuse = (status: number, reason: string) => {
      this.faults.push(`${status} ${reason}`);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(reason);
    };
    const planned = this.answers.shift();
    if (planned) {
      const headers: Record<string, string> =
        planned.retryAfterSeconds === undefined ? {} : { 'retry-after': String(planned.retryAfterSeconds) };
      response.writeHead(planned.status, headers).end();
      return;
    }
    const id = /^\/send\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const known = this.browsers.get(id);
    if (request.method !== 'POST') return refuse(405, 'only POST');
    if (!known) return void response.writeHead(410).end();
    const vapid = checkVapid(request.headers.authorization, known.key);
    if ('fault' in vapid) return refuse(403, vapid.fault);
    const { ttl, topic, urgency } = request.headers;
    if (typeof ttl !== 'string' || !/^\d+$/.test(ttl)) return refuse(400, 'no TTL');
    if (request.headers['content-encoding'] !== 'aes128gcm') return refuse(400, 'not aes128gcm');
    if (topic !== undefined && !/^[\w-]{1,32}$/.test(String(topic))) return refuse(400, 'a bad Topic');
    const body = Buffer.concat(chunks);
    if (body.length > maxBytes) return refuse(413, 'too large');
    let text: string;
    try {
      text = known.browser.open(body);
    } catch (error) {
      // A real service cannot know; the browser would drop it silently.
      return refuse(500, `the browser cannot read it: ${String(error)}`);
    }
    this.received.push({
      device: id,
      text,
      topic: topic === undefined ? null : String(topic),
      ttlSeconds: Number(ttl),
      urgency: urgency === undefined ? null : String(urgency),
      subject: vapid.subject,
      size: body.length,
      at: Date.now(),
    });
    response.writeHead(201, { location: `${publicOrigin}/message/${randomBytes(6).toString('hex')}` }).end();
  }
}

/** RFC 8292: the scheme `vapid` with a token signed by the key that the browser subscribed with. */
function checkVapid(
  header: string | undefined,
  expectedKey: string,
): { subject: string } | { fault: string } {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(header ?? '') ?? [];
  if (key !== expectedKey) return { fault: 'not the key of the subscription' };
  const point = Buffer.from(key, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return { fault: 'not an uncompressed point' };
  const [head = '', claims = '', signature = ''] = token.split('.');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return { fault: 'a bad signature' };
  const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: string };
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const now = Date.now() / 1000;
  if (alg !== 'ES256') return { fault: 'not ES256' };
  if (aud !== publicOrigin) return { fault: `aud is ${String(aud)}` };
  if (typeof exp !== 'number' || exp <= now || exp > now + daySeconds) return { fault: 'a bad exp' };
  if (typeof sub !== 'string' || !/^(https?:\/\/|mailto:)/.test(sub)) return { fault: 'no contact' };
  return { subject: sub };
}
