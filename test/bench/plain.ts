/** Plain pages with the same rows and messages, and nothing else: what the browser itself takes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlainPages {
  /** `/rows?n=1000` and `/messages?n=1000`; a button of each shows one message. */
  url: string;
  stop(): Promise<void>;
}

const style = `
  body { margin: 0; display: flex; height: 100vh; font: 14px/1.45 system-ui; }
  .rows, .scroller { height: 100%; overflow-y: auto; }
  .rows { width: 320px; } .scroller { flex: 1; }
  li { display: grid; grid-template-columns: 40px 1fr auto; gap: 2px 12px; height: 78px; align-content: center; }
  i { grid-row: span 3; width: 40px; height: 40px; border-radius: 50%; background: #cdd; }
  ul { margin: 0; padding: 8px; list-style: none; }
  .message { width: fit-content; margin: 12px; padding: 8px 12px; border-radius: 18px; background: #e8ecfd; }`;

const row = (at: number) =>
  `<li><i></i><b>Visitor ${at}</b><time>14:05</time><span>first ${at}</span><span>1</span><span>Shop</span></li>`;
const message = (at: number) => `<div class="message">${words(at)}</div>`;

/** A message of the bench: of every length from a word to a few lines. */
export const words = (at: number): string =>
  `message ${at} ${'and some more words '.repeat((at * 7) % 12)}`.trim();

function pageOf(path: string, count: number): string {
  const each = Array.from({ length: count }, (_, at) => (path === '/rows' ? row(at) : message(at))).join('');
  const body =
    path === '/rows'
      ? `<div class="rows"><ul>${each}</ul></div><div class="scroller" aria-label="Conversation"></div>`
      : `<div class="scroller" aria-label="Conversation">${each}</div>`;
  return `<!doctype html><meta charset="utf-8"><title>Plain</title><style>${style}</style>${body}
    <button onclick="document.querySelector('.scroller').innerHTML =
      '<div class=message>shown ' + ++this.value + '</div>'" value="0">Show</button>`;
}

export async function servePlainPages(): Promise<PlainPages> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(pageOf(pathname, Number(searchParams.get('n'))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
