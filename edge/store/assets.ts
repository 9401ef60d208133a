/** Built files: Cloudflare's static assets, or a disk service that knows no content types. */
import type { Env } from '../env.ts';

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  ico: 'image/x-icon',
  txt: 'text/plain; charset=utf-8',
};

/** A built file by its path below `dist/assets`, such as `widget/widget.js`; null when there is none. */
export async function asset(env: Env, path: string): Promise<Response | null> {
  const extension = /\.([a-z]+)$/.exec(path)?.[1];
  const type = extension === undefined ? undefined : types[extension];
  if (!type || path.split('/').some((part) => part === '' || part.startsWith('.'))) return null;
  const answer = await env.ASSETS.fetch(`https://assets/${path}`);
  if (!answer.ok) {
    await answer.body?.cancel();
    return null;
  }
  return new Response(answer.body, {
    headers: { 'content-type': type, 'x-content-type-options': 'nosniff' },
  });
}
