/** The set-up guides of providers, which channels' forms link to: public, since they hold nothing of a workspace. */
import { Hono } from 'hono';
import { problem } from '../../core/errors.ts';
import type { Env } from '../env.ts';
import { problemResponse } from '../http.ts';
import { asset } from '../store/assets.ts';

export const guides = new Hono<{ Bindings: Env }>();

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

guides.get('/guides', (c) => c.redirect('/guides/'));

/** GET /guides/…: one page for each provider, a list of them, and their style sheet, named by its content. */
guides.get('/guides/*', async (c) => {
  const path = new URL(c.req.url).pathname;
  const found = await asset(c.env, path === '/guides/' ? 'guides/index.html' : path.slice(1));
  if (!found) return problemResponse(problem('not_found'));
  const hashed = /-[\da-f]{12}\.css$/.test(path);
  found.headers.set('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  found.headers.set('content-security-policy', policy);
  found.headers.set('referrer-policy', 'no-referrer');
  return found;
});
