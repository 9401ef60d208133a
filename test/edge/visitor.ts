/** A visitor's page inside workerd: hello, socket and uploads through the Worker, as the widget does them. */
import { exports } from 'cloudflare:workers';
import {
  toVisitorFrame,
  type HelloAnswer,
  type ToVisitorFrame,
  type VisitorFrame,
} from '../../core/protocol.ts';
import { origin as deployment } from './console.ts';

export const page = 'https://shop.example';

type Kind<K extends ToVisitorFrame['kind']> = Extract<ToVisitorFrame, { kind: K }>;

export class Page {
  readonly frames: ToVisitorFrame[] = [];
  /** The code with which the edge closes the socket. */
  readonly closed: Promise<number>;
  private waiting: (() => void)[] = [];
  private made = 0;

  private constructor(
    readonly channelNumber: string,
    readonly greeting: HelloAnswer,
    private readonly socket: WebSocket,
  ) {
    this.closed = new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  }

  /** Says hello and connects; `token` continues an earlier visit. */
  static async open(channelNumber: string, token?: string): Promise<Page> {
    const answer = await hello({ channelNumber, ...(token ? { token } : {}) });
    if (!answer.ok) throw new Error(`hello: ${answer.status} ${await answer.text()}`);
    const greeting = await answer.json<HelloAnswer>();
    const upgraded = await exports.default.fetch(
      `${deployment}/visitor/socket?channelNumber=${channelNumber}`,
      {
        headers: {
          origin: page,
          upgrade: 'websocket',
          'sec-websocket-protocol': `parley.v1, ${greeting.token}`,
        },
      },
    );
    if (!upgraded.webSocket) throw new Error(`socket: ${upgraded.status}`);
    const opened = new Page(channelNumber, greeting, upgraded.webSocket);
    upgraded.webSocket.accept();
    upgraded.webSocket.addEventListener('message', ({ data }) => {
      opened.frames.push(toVisitorFrame.parse(JSON.parse(String(data))));
      for (const look of opened.waiting.splice(0)) look();
    });
    return opened;
  }

  tell(frame: VisitorFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame of a kind (from index `from`) that fits; waits for it. */
  async next<K extends ToVisitorFrame['kind']>(
    kind: K,
    fits: (frame: Kind<K>) => boolean = () => true,
    from = 0,
  ): Promise<Kind<K>> {
    for (;;) {
      const found = this.frames
        .slice(from)
        .find((frame): frame is Kind<K> => frame.kind === kind && fits(frame as Kind<K>));
      if (found) return found;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async welcome(after = 0): Promise<Kind<'welcome'>> {
    const from = this.frames.length;
    this.tell({ kind: 'hello', after });
    return this.next('welcome', () => true, from);
  }

  /** Sends a message and waits for its answer. */
  async send(
    message: { text: string } | { upload: string },
    id = `m${(this.made += 1)}-${crypto.randomUUID()}`,
  ) {
    this.tell({ kind: 'send', id, ...message });
    for (;;) {
      const answer = this.frames.find((frame) => 'id' in frame && frame.id === id);
      if (answer?.kind === 'done') return { seq: answer.seq };
      if (answer?.kind === 'refused') return { refused: answer.problem.code };
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  upload(bytes: Uint8Array, name = 'photo.png'): Promise<Response> {
    return exports.default.fetch(
      `${deployment}/visitor/media?channelNumber=${this.channelNumber}&name=${encodeURIComponent(name)}`,
      {
        method: 'PUT',
        body: bytes,
        headers: { origin: page, authorization: `Bearer ${this.greeting.token}` },
      },
    );
  }

  close(): void {
    this.socket.close();
  }
}

/** POST /visitor/hello from a page of `from`. */
export function hello(body: Record<string, unknown>, from: string | null = page): Promise<Response> {
  return exports.default.fetch(`${deployment}/visitor/hello`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(from === null ? {} : { origin: from }) },
    body: JSON.stringify(body),
  });
}
