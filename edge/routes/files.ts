/** Photos and logos: pictures that stay, unlike the media of messages. */
import { Hono } from 'hono';
import { problem } from '../../core/errors.ts';
import { require, type ApiEnv } from '../access.ts';
import { problemResponse, readBytes } from '../http.ts';
import { storePicture } from '../store/pictures.ts';

export const files = new Hono<ApiEnv>();

const maxBytes = 2 * 1024 * 1024;

/** PUT /api/files: a PNG or JPEG of at most 2 MB in the body; answers where it is. */
files.put('/', require('agent'), async (c) => {
  const bytes = await readBytes(c.req.raw, maxBytes);
  if (bytes === null) {
    const message = 'This picture is larger than 2 MB. Choose a smaller one.';
    return problemResponse(problem('image_too_large', { message }));
  }
  const stored = await storePicture(c.env, bytes);
  return 'refusal' in stored ? problemResponse(stored.refusal) : c.json(stored);
});
