/** A stand-in for our webhook gateway: keeps what a simulator posts, and answers as it is told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookRequest } from '../../../core/providers/provider.ts';

export interface Answering {
  status: number;
  headers?: Record<string, string>;
}

export class Gateway {
  readonly received: WebhookRequest[] = [];
  /** Decides the answer to each request; 204 when it says nothing. */
  answer: (request: WebhookRequest, index: number) => Answering | undefined | Promise<Answering | undefined> =
    () => undefined;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, rawQuery = ''] = (request.url ?? '').split('?');
      const arrived: WebhookRequest = {
        method: request.method ?? '',
        rawQuery,
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: new Uint8Array(Buffer.concat(chunks)),
      };
      this.received.push(arrived);
      void Promise.resolve(this.answer(arrived, this.received.length - 1)).then((answering) =>
        response.writeHead(answering?.status ?? 204, answering?.headers).end(),
      );
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhook/any/token`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
