/**
 * Files that come inside of a webhook (Apidaze) are kept by the gateway itself: with them an event is too large
 * for a row and slow between objects. The session gets what became of them in place of their bytes.
 */
import type { File } from '../core/content.ts';
import { fileComing } from '../core/exchange.ts';
import { hex, sha256 } from '../core/providers/dialect.ts';
import type { InboundFile } from '../core/providers/events.ts';
import type { ChannelKind } from '../core/providers/provider.ts';
import type { Env } from './env.ts';
import type { MessagingRouting } from './objects/contracts.ts';
import type { ConversationEvent } from './objects/session/inbound.ts';
import { FileRefused, keepFile } from './store/incoming.ts';

/** A file of an event as the session gets it: `kept` where it came inside. */
export type SourceFile = InboundFile & { kept?: File };

/** Bytes of one file that customers may send (CH-11); what we may send is often less. */
export const inboundBytes: Record<ChannelKind, number> = {
  sms: 100 * 1024 * 1024,
  facebook: 25 * 1024 * 1024,
  whatsapp: 100 * 1024 * 1024,
};

/** The event with the files kept that it encloses; the same file twice has the same `sha256`. */
export async function keepEnclosed(
  env: Env,
  routing: MessagingRouting,
  event: ConversationEvent,
): Promise<ConversationEvent> {
  if (event.kind !== 'message' && event.kind !== 'echo') return event;
  if (!event.content.files.some(({ data }) => data !== undefined)) return event;
  const files = await Promise.all(event.content.files.map((file) => keepOne(env, routing, file)));
  return { ...event, content: { ...event.content, files } };
}

async function keepOne(env: Env, routing: MessagingRouting, source: InboundFile): Promise<SourceFile> {
  const { data, ...rest } = source;
  if (data === undefined) return source;
  const refused = (problem: string): SourceFile => ({
    ...rest,
    kept: { ...fileComing(source), state: 'failed', problem },
  });
  const bytes = fromBase64(data);
  const { body } = new Response(bytes);
  if (!bytes || bytes.length === 0 || !body) return refused('The file is empty or damaged.');
  try {
    const kept = await keepFile(env, {
      channel: routing.id,
      body,
      length: bytes.length,
      name: source.name ?? '',
      type: source.type ?? '',
      maxBytes: inboundBytes[routing.type],
    });
    return { ...rest, sha256: hex(await sha256(bytes)), kept };
  } catch (error) {
    if (error instanceof FileRefused) return refused(error.message);
    throw error;
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return null;
  }
}
