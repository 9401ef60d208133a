/** A stand-in for the gateway: lets an adapter of Meta's and its simulator talk to each other over HTTP. */
import { createServer } from 'node:http';
import { createHmac } from 'node:crypto';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type {
  HttpAnswer,
  HttpRequest,
  Outgoing,
  OutgoingContent,
  Provider,
  ProviderChannel,
  WebhookRequest,
} from '../../../core/providers/provider.ts';
import type { MetaSimulator } from '../../simulators/providers/meta.ts';
import { escapedJson } from '../../simulators/providers/meta.ts';

export const now = 1_790_000_900_000;
export const hour = 3_600_000;

export function channelOf(fields: Record<string, string>, numbers: string[]): ProviderChannel {
  return {
    id: 'c1',
    fields,
    numbers,
    webhookUrl: 'https://parley.example.com/webhook/meta/t0ken',
    ours: { verifyToken: 'abcd1234efgh5678', user: '', password: '' },
    token: null,
  };
}

export function outgoing(content: OutgoingContent, more: Partial<Outgoing> = {}): Outgoing {
  return {
    ref: 'ref-01J9Z',
    from: 'ours',
    to: '+15550001111',
    content,
    replyTo: null,
    byHuman: true,
    lastInboundAt: now - hour,
    attempt: 0,
    ...more,
  };
}

export function post(body: string | Uint8Array, headers: Record<string, string> = {}): WebhookRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { method: 'POST', rawQuery: '', headers, body: bytes };
}

/** A webhook in the form in which Meta posts it, rightly signed. */
export function signedPost(payload: unknown, secret: string): WebhookRequest {
  const body = escapedJson(payload);
  return post(body, { 'x-hub-signature-256': signature(body, secret) });
}

export function signature(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** Makes a composed call at the simulator instead of at Meta. */
export async function call(request: HttpRequest, simulator: MetaSimulator): Promise<HttpAnswer> {
  const { pathname, search } = new URL(request.url);
  const response = await fetch(`${simulator.url}${pathname}${search}`, {
    method: request.method,
    headers: request.headers,
    body: request.body,
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** Serves a webhook address that answers as the gateway would; keeps what it has understood. */
export async function listen(provider: Provider, channel: ProviderChannel) {
  const events: InboundEvent[] = [];
  const refusals: number[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const webhook: WebhookRequest = {
        method: request.method ?? '',
        rawQuery: request.url?.split('?')[1] ?? '',
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: Buffer.concat(chunks),
      };
      const verdict = await provider.verify(webhook, channel, Date.now());
      let reply = provider.handshake?.(webhook, channel);
      if (!reply && verdict.ok) events.push(...provider.parse(webhook, channel, Date.now()));
      reply ??= verdict.ok ? provider.webhook.accepted : verdict.reply;
      if (reply.status !== 200) refusals.push(reply.status);
      response.writeHead(reply.status, reply.headers).end(reply.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    events,
    refusals,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
