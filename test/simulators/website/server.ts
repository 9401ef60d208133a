/**
 * A website on an origin of its own that has the widget in it, in the ways that websites are built: plain
 * pages, a single-page app, pages whose body is swapped, and a strict content security policy. For the demo,
 * the tests and the pictures.
 *
 *   /            plain HTML          /spa…     an app that changes the address without loading
 *   /strict      strict CSP          /swap…    links that fetch the next page and swap the body
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';

export interface WebsiteOptions {
  /** Address of the deployment that serves the widget. */
  gateway: string;
  channelNumber: string;
  /** A free one when absent. */
  port?: number;
}

export interface Website {
  url: string;
  stop(): Promise<void>;
}

const folder = import.meta.dirname;

/** The policy that docs/install.md gives for strict sites. */
export function strictPolicy(gateway: string, nonce: string): string {
  const socket = gateway.replace(/^http/, 'ws');
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' ${gateway}`,
    `connect-src ${gateway} ${socket}`,
    `img-src ${gateway} blob:`,
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ');
}

const pages: Record<string, string> = { '/': 'index.html', '/strict': 'strict.html' };

function pageFor(path: string): string | null {
  if (path.startsWith('/spa')) return 'spa.html';
  if (path.startsWith('/swap')) return path === '/swap/about' ? 'swap-about.html' : 'swap.html';
  return pages[path] ?? null;
}

async function sendFile(response: ServerResponse, name: string, type: string): Promise<void> {
  response.setHeader('content-type', type);
  response.end(await readFile(join(folder, name)));
}

/** Serves the website on the loopback address. */
export async function startWebsite({ gateway, channelNumber, port = 0 }: WebsiteOptions): Promise<Website> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://website').pathname;
    const answer = async () => {
      if (path === '/site.css') return sendFile(response, 'site.css', 'text/css; charset=utf-8');
      if (path === '/spa.js') return sendFile(response, 'spa.js', 'text/javascript; charset=utf-8');
      if (path === '/swap.js') return sendFile(response, 'swap.js', 'text/javascript; charset=utf-8');
      const page = pageFor(path);
      if (page === null) {
        response.statusCode = 404;
        response.end('Not found');
        return;
      }
      const nonce = randomBytes(16).toString('base64url');
      if (path === '/strict') response.setHeader('content-security-policy', strictPolicy(gateway, nonce));
      const html = (await readFile(join(folder, page), 'utf8'))
        .replaceAll('{{gateway}}', gateway)
        .replaceAll('{{channelNumber}}', channelNumber)
        .replaceAll('{{nonce}}', nonce);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(html);
    };
    answer().catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The website has no port.');
  return {
    url: `http://localhost:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
