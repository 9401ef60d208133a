/** Keeps an inspected image and answers the ticket with which it can be sent once, in its conversation. */
import { parseConversationName } from '../../core/address.ts';
import type { Image } from '../../core/image.ts';
import type { UploadAnswer } from '../../core/protocol.ts';
import type { Env } from '../env.ts';
import { signUpload } from '../tokens.ts';
import { blobs } from './blobs.ts';
import { mediaKey, mediaLifetimeMs } from './media.ts';

export async function storeImage(
  env: Env,
  upload: { conversation: string; bytes: Uint8Array; image: Image; name: string },
): Promise<UploadAnswer> {
  const { conversation, bytes, image, name } = upload;
  const now = Date.now();
  const expiresAt = now + mediaLifetimeMs;
  const { channel } = parseConversationName(conversation);
  const key = mediaKey(channel, expiresAt, image.extension);
  // First the promise to delete it, then the file: nothing is ever kept that nobody sweeps.
  await env.CHANNEL.getByName(channel).mediaStored();
  await blobs(env).put(key, bytes, image.type);
  const media = {
    url: `/${key}`,
    name: fileName(name, image.extension),
    type: image.type,
    size: bytes.length,
    width: image.width,
    height: image.height,
    expiresAt,
  };
  return { upload: await signUpload(env, { conversation, media }, now), media };
}

/** The name that the file came with, as far as it can be shown and saved safely. */
function fileName(name: string, extension: string): string {
  const base = name
    .replace(/\.[^.]*$/, '')
    .replace(/[^\p{L}\p{N} ._()-]/gu, '')
    .trim()
    .slice(0, 100);
  return `${base || 'image'}.${extension}`;
}
