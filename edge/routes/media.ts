/** Files that messages, photos and logos point to. Their names are unguessable; whoever has one may look. */
import { Hono } from 'hono';
import { problem } from '../../core/errors.ts';
import type { Env } from '../env.ts';
import { problemResponse } from '../http.ts';
import { blobs, type StoredBlob } from '../store/blobs.ts';
import { readLink } from '../store/fileLinks.ts';
import { parseMediaKey } from '../store/media.ts';

export const media = new Hono<{ Bindings: Env }>();

/** GET /media/…: a message's image, for 72 hours. */
media.get('/media/*', async (c) => {
  const key = new URL(c.req.url).pathname.slice(1);
  const parsed = parseMediaKey(key);
  const now = Date.now();
  if (!parsed || parsed.expiresAt <= now) return problemResponse(problem('not_found'));
  const signed = parsed.signed ? await readLink(c.env, key, new URL(c.req.url).searchParams) : null;
  // Live chat's images are told by their names; everything else only by a link that we have signed.
  const type = parsed.signed ? signed?.type : { png: 'image/png', jpg: 'image/jpeg' }[parsed.extension];
  if (type === undefined) return problemResponse(problem('not_found'));
  const blob = await blobs(c.env).get(key, c.req.header('range') ?? null);
  if (!blob) return problemResponse(problem('not_found'));
  const seconds = Math.floor((parsed.expiresAt - now) / 1000);
  return file(blob, type, `private, max-age=${seconds}`, signed?.name);
});

/** GET /files/…: photos and logos, which do not expire. */
media.get('/files/:name', async (c) => {
  const match = /^[A-Za-z0-9_-]{20,64}\.(png|jpg)$/.exec(c.req.param('name'));
  const blob = match && (await blobs(c.env).get(`files/${match[0]}`, c.req.header('range') ?? null));
  if (!blob) return problemResponse(problem('not_found'));
  return file(blob, match[1] === 'png' ? 'image/png' : 'image/jpeg', 'public, max-age=31536000, immutable');
});

function file(blob: StoredBlob, type: string, cache: string, name?: string): Response {
  const headers = new Headers({
    'content-type': type,
    'content-length': String(blob.size),
    'cache-control': cache,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
  });
  if (name !== undefined) headers.set('content-disposition', disposition(name, type));
  if (blob.contentRange) headers.set('content-range', blob.contentRange);
  return new Response(blob.body, { status: blob.contentRange ? 206 : 200, headers });
}

/** Pictures, sound, film and text are shown where they are; everything else is offered for saving. */
function disposition(name: string, type: string): string {
  const shown = /^(image|audio|video)\//.test(type) || type === 'application/pdf' || type === 'text/plain';
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_').replaceAll(' ', '_');
  return `${shown ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}
