/** What the tests of SMS providers share: a channel, requests, messages, and a way to a simulator. */
import fc from 'fast-check';
import type {
  HttpAnswer,
  HttpRequest,
  Outgoing,
  OutgoingContent,
  OutgoingFile,
  ProviderChannel,
  WebhookRequest,
} from '../../../core/providers/provider.ts';
import type { ProviderSimulator } from '../../simulators/providers/simulator.ts';

/** 2026-11-22T09:41:07Z. */
export const now = 1_795_340_467_000;

export function channelWith(
  fields: Record<string, string>,
  more: Partial<Omit<ProviderChannel, 'fields'>> = {},
): ProviderChannel {
  return {
    id: 'ch1',
    fields,
    numbers: ['+19195550142'],
    webhookUrl: 'https://gw.example.com/webhook/any/token',
    ours: { verifyToken: 'vt', user: 'gw_ch_03', password: 's3cret' },
    token: null,
    ...more,
  };
}

export function webhook(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  more: Partial<WebhookRequest> = {},
): WebhookRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { method: 'POST', rawQuery: '', headers, body: bytes, ...more };
}

export function messageOf(content: string | OutgoingContent, more: Partial<Outgoing> = {}): Outgoing {
  return {
    ref: 'msg_01',
    from: '+19195550142',
    to: '+17045550187',
    content: typeof content === 'string' ? { kind: 'text', text: content } : content,
    replyTo: null,
    byHuman: true,
    lastInboundAt: null,
    attempt: 0,
    ...more,
  };
}

export function fileNamed(name: string, more: Partial<OutgoingFile> = {}): OutgoingFile {
  return { url: `https://gw.example.com/m/${name}`, name, type: 'image/jpeg', size: 1000, ...more };
}

export function answerOf(
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
): HttpAnswer {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** Makes a composed request at the simulator instead of at the provider's own origin. */
export async function callSimulator(request: HttpRequest, simulator: ProviderSimulator): Promise<HttpAnswer> {
  const { pathname, search } = new URL(request.url);
  const answer = await fetch(`${simulator.url}${pathname}${search}`, {
    method: request.method,
    headers: request.headers,
    body: request.body,
    redirect: 'manual',
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
}

/** JSON that is nearly a webhook: the known keys at any place, with anything in them. */
export function nearly(keys: readonly string[]): fc.Arbitrary<unknown> {
  const { node } = fc.letrec<{ node: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('+19195550142', '+17045550187', '', 'x', '2026-11-22T09:41:07Z'),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    ),
    node: fc.oneof(
      { depthSize: 'medium', maxDepth: 6 },
      tie('leaf'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6 }),
    ),
  }));
  return node;
}
