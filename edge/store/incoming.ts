/**
 * Takes a file in as it streams by: checks its size while it comes, finds its type by its first bytes, and keeps
 * it, those of messages for 72 hours. Nothing of a file that is refused stays.
 */
import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';
import type { File } from '../../core/content.ts';
import { channelOf, type Env } from '../env.ts';
import { blobs } from './blobs.ts';
import { signedLink } from './fileLinks.ts';
import { mediaKey, mediaLifetimeMs } from './media.ts';

/** Bytes that types and picture sizes are found by. */
const headBytes = 64 * 1024;
/** Shown as what they are they could run scripts in our origin; they are handed out as plain bytes. */
const active =
  /^(text\/html|application\/xhtml|image\/svg|application\/xml|text\/xml|application\/javascript|text\/javascript)/;

export class FileRefused extends Error {}

export interface IncomingFile {
  body: ReadableStream<Uint8Array>;
  /** Bytes, when the sender says. */
  length: number | null;
  name: string;
  /** As the sender says; the content decides. */
  type: string;
  maxBytes: number;
  /** Lower-case hex that the content must have. */
  sha256?: string;
}

/** Stores a file of messages and answers what it is. Throws `FileRefused` with a sentence for the agent. */
export async function keepFile(env: Env, incoming: IncomingFile & { channel: string }): Promise<File> {
  const { channel } = incoming;
  const expiresAt = Date.now() + mediaLifetimeMs;
  // First the promise to delete it, then the file: nothing is ever kept that nobody sweeps.
  await channelOf(env, channel).mediaStored();
  const stored = await storeFile(env, incoming, (extension) => mediaKey(channel, expiresAt, extension, true));
  const { key, name, type, size, width, height } = stored;
  const url = await signedLink(env, key, name, type);
  return { state: 'ready', name, type, size, url, width, height, expiresAt };
}

/** A file as it was found to be, and where it is. */
export type StoredFile = Pick<File, 'name' | 'type' | 'size' | 'width' | 'height'> & { key: string };

/** Stores a file under the key that `keyOf` makes for its extension. Throws `FileRefused`. */
export async function storeFile(
  env: Env,
  incoming: IncomingFile,
  keyOf: (extension: string) => string,
): Promise<StoredFile> {
  const { body, length, maxBytes } = incoming;
  if (length !== null && length > maxBytes) {
    await body.cancel();
    throw new FileRefused(tooLarge(maxBytes));
  }
  const reader = body.getReader();
  const { head, done } = await readHead(reader, maxBytes);
  const type = await typeOf(head, incoming.type);
  const name = fileName(incoming.name, type);
  const key = keyOf(name.split('.').at(-1) ?? 'bin');
  let size = head.length;
  const digest = incoming.sha256 === undefined ? null : new crypto.DigestStream('SHA-256');
  const hashing = digest?.getWriter();
  await hashing?.write(head);
  if (done) {
    await blobs(env).put(key, head, type);
  } else {
    // The disk service keeps what it has got of a stream that breaks, and says that all is well.
    let fault: unknown = null;
    const rest = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(head),
      async pull(controller) {
        try {
          const next = await reader.read();
          if (next.done) return controller.close();
          size += next.value.length;
          if (size > maxBytes) throw new FileRefused(tooLarge(maxBytes));
          await hashing?.write(next.value);
          controller.enqueue(next.value);
        } catch (error) {
          fault = error;
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
    await blobs(env)
      .putStream(key, rest, type, length)
      .catch((error: unknown) => {
        fault ??= error;
      });
    if (length !== null && size < length) fault ??= new Error(`${size} of ${length} bytes came`);
    if (fault !== null) {
      await reader.cancel().catch(() => undefined);
      await blobs(env).delete(key);
      throw fault instanceof Error ? fault : new Error('the file broke off');
    }
  }
  if (digest && hashing) {
    await hashing.close();
    if (new Uint8Array(await digest.digest).toHex() !== incoming.sha256?.toLowerCase()) {
      await blobs(env).delete(key);
      throw new FileRefused('The file is not the one that was sent.');
    }
  }
  return { key, name, type, size, ...pixels(head, type) };
}

async function readHead(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<{ head: Uint8Array; done: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let done = false;
  while (size < headBytes && !done) {
    const next = await reader.read();
    done = next.done;
    if (next.value) {
      chunks.push(next.value);
      size += next.value.length;
    }
    if (size > maxBytes) {
      await reader.cancel();
      throw new FileRefused(tooLarge(maxBytes));
    }
  }
  const head = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    head.set(chunk, at);
    at += chunk.length;
  }
  return { head, done };
}

/** By content; what has no signature is text when it reads as such, else what the sender says. */
async function typeOf(head: Uint8Array, declared: string): Promise<string> {
  const found = await fileTypeFromBuffer(head);
  const said = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  const type =
    found?.mime ??
    (isText(head) ? (said.startsWith('text/') ? said : 'text/plain') : 'application/octet-stream');
  // One container, several uses: Opus notes are Ogg, old phones' 3GP and M4A are MP4.
  if (
    found &&
    /^(audio|video)\//.test(said) &&
    /^(application|audio|video)\/(ogg|mp4|3gpp|webm)$/.test(found.mime)
  ) {
    return said;
  }
  return active.test(type) ? 'application/octet-stream' : type;
}

function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function pixels(head: Uint8Array, type: string): { width: number; height: number } {
  if (!type.startsWith('image/')) return { width: 0, height: 0 };
  try {
    const { width, height } = imageSize(head);
    return { width, height };
  } catch {
    return { width: 0, height: 0 };
  }
}

const extensions: Record<string, string> = {
  'image/jpeg': 'jpg',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/amr': 'amr',
  'video/3gpp': '3gp',
  'video/quicktime': 'mov',
  'text/plain': 'txt',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'text/calendar': 'ics',
  'application/octet-stream': 'bin',
};

/** A name that is safe to show, to save, and in a header; with the extension of what the file really is. */
function fileName(given: string, type: string): string {
  const [, base = '', own = ''] = /^(.*?)(?:\.([A-Za-z0-9]{1,8}))?$/.exec(given.replace(/[\r\n]/g, '')) ?? [];
  const clean = base
    .replace(/[^\p{L}\p{N} ._()-]/gu, '')
    .trim()
    .slice(0, 100);
  const isKnown = type !== 'application/octet-stream' && type !== 'text/plain';
  const extension = isKnown || own === '' ? (extensions[type] ?? plainSubtype(type)) : own.toLowerCase();
  return `${clean || 'file'}.${extension}`;
}

function plainSubtype(type: string): string {
  const subtype = type.split('/')[1] ?? '';
  return /^[a-z0-9]{2,5}$/.test(subtype) ? subtype : 'bin';
}

function tooLarge(maxBytes: number): string {
  return `The file is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`;
}
