/** The console and the inbox: built files, and the page itself for every address of theirs. */
import { Hono, type Context } from 'hono';
import { problem } from '../../core/errors.ts';
import { signedInOf } from '../access.ts';
import { workspaceOf, type Env } from '../env.ts';
import { problemResponse } from '../http.ts';
import { asset } from '../store/assets.ts';

export const pages = new Hono<{ Bindings: Env }>();

/** Styles are constructed or linked; the component library sets some inline, which cannot run anything. */
const pagePolicy = (pbx: string) => [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  `connect-src 'self'${pbx}`,
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** GET /admin/…: scripts and styles, named by their content. */
pages.get('/admin/*', async (c) => {
  const path = new URL(c.req.url).pathname;
  const found = await asset(c.env, path.slice(1));
  if (!found) return problemResponse(problem('not_found'));
  const hashed = /-[\w-]{8,}\.[a-z]+$/.test(path);
  found.headers.set('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  return found;
});

/** GET /sw.js: the service worker, at the root because it is for all pages, and asked for anew each time. */
pages.get('/sw.js', async (c) => {
  const worker = await asset(c.env, 'admin/sw.js');
  if (!worker) return problemResponse(problem('not_found'));
  worker.headers.set('cache-control', 'no-cache');
  worker.headers.set('content-security-policy', "default-src 'none'; connect-src 'self'; img-src 'self'");
  return worker;
});

/** Any other page: the app decides by the address what it shows. */
pages.get('*', async (c) => {
  if (!(c.req.header('accept') ?? '').includes('text/html')) return problemResponse(problem('not_found'));
  const page = await asset(c.env, 'admin/index.html');
  if (!page) return problemResponse(problem('not_found'));
  page.headers.set('cache-control', 'no-cache');
  page.headers.set('content-security-policy', pagePolicy(await pbxSource(c)).join('; '));
  page.headers.set('x-frame-options', 'DENY');
  page.headers.set('referrer-policy', 'same-origin');
  return page;
});

/** The one host beside ours that pages speak to: the PBX of those who may call out through it. */
async function pbxSource(c: Context<{ Bindings: Env }>): Promise<string> {
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn?.agent.mayCallOut) return '';
  const { server } = await workspaceOf(c.env).pbx();
  return server ? ` ${new URL(server.url).origin}` : '';
}
