/** Pictures that are kept: photos of agents and logos. */
import * as z from 'zod';
import { pictureUrl } from '../../core/agent.ts';
import { problem } from '../../core/errors.ts';
import { upload, type Answer } from './api.ts';

const stored = z.object({ url: pictureUrl });
const maxPictureBytes = 2 * 1024 * 1024;

/** Stores a PNG or JPEG of at most 2 MB and answers its path. */
export async function storePicture(file: File): Promise<Answer<{ url: string }>> {
  if (!['image/png', 'image/jpeg'].includes(file.type)) return { problem: problem('image_type') };
  if (file.size > maxPictureBytes) {
    return {
      problem: problem('too_large', { message: 'The picture is larger than 2 MB. Choose a smaller one.' }),
    };
  }
  return upload('/api/files', file, stored).answer;
}
