/** Stands where Parley's edge would: takes a simulator's webhooks, and serves the files that it fetches. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookRequest } from '../../../core/providers/provider.ts';

export class Receiver {
  /** What came, in order, as the adapter gets to see it. */
  readonly requests: WebhookRequest[] = [];
  /** Answers of the next webhooks; 200 when there is none left. */
  answers: number[] = [];
  private readonly files = new Map<string, Buffer>();
  private waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://receiver');
      const file = this.files.get(pathname);
      if (file) return void response.writeHead(200, { 'content-type': 'image/png' }).end(file);
      if (!pathname.startsWith('/hook')) return void response.writeHead(404).end();
      this.requests.push({
        method: request.method ?? '',
        rawQuery: search.slice(1),
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: new Uint8Array(Buffer.concat(chunks)),
      });
      response.writeHead(this.answers.shift() ?? 200).end();
      for (const wake of this.waiting.splice(0)) wake();
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get webhookUrl(): string {
    return `${this.url}/hook/token`;
  }

  /** The URL of a file of that many bytes. */
  serve(name: string, bytes: number): string {
    this.files.set(`/files/${name}`, Buffer.alloc(bytes, 1));
    return `${this.url}/files/${name}`;
  }

  /** Waits until that many requests have come in all. */
  async hears(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  reset(): void {
    this.requests.length = 0;
    this.answers = [];
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
