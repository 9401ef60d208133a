/** Pictures that stay, unlike the media of messages: photos and logos. */
import { inspectImage } from '../../core/image.ts';
import type { Problem } from '../../core/errors.ts';
import type { Env } from '../env.ts';
import { newSecret } from '../secrets.ts';
import { blobs } from './blobs.ts';

/** Keeps a PNG or JPEG and answers its path; a refusal says what is wrong with it. */
export async function storePicture(
  env: Env,
  bytes: Uint8Array,
): Promise<{ url: string } | { refusal: Problem }> {
  const inspected = inspectImage(bytes);
  if ('refusal' in inspected) return inspected;
  const { extension, type } = inspected.image;
  const key = `files/${newSecret()}.${extension}`;
  await blobs(env).put(key, bytes, type);
  return { url: `/${key}` };
}
