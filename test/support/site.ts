/** Somebody else's website, on another origin than the edge, and the widget on it as a visitor uses it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { pngOf } from './png.ts';

/** Pages of the site may use `window.Parley`. */
export type { Parley } from '../../widget/api.ts';

export interface SitePage {
  body: string;
  headers?: Record<string, string>;
}

export interface Site {
  /** Such as `http://localhost:40123`, without a slash. */
  url: string;
  close(): Promise<void>;
}

/** Serves `pages` by their paths; scripts and styles of the site itself by theirs. */
export async function startSite(pages: Record<string, SitePage | string>): Promise<Site> {
  const server = createServer((request, response) => {
    const found = pages[new URL(request.url ?? '/', 'http://site').pathname];
    if (found === undefined) {
      // Browsers ask for a favicon; its absence is no error of the page.
      response.writeHead(204).end();
    } else if (typeof found === 'string') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(found);
    } else {
      const head = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>';
      const html = `<!doctype html><html lang="en"><head>${head}</head><body>${found.body}</body></html>`;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...found.headers }).end(html);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** The embed code of the guide. */
export function embed(gateway: string, channelNumber: string, attributes = ''): string {
  return `<script ${attributes} src="${gateway}/widget.js?channelNumber=${channelNumber}"></script>`;
}

/** What a visitor sees and does; named by its purpose, so that tests read as a story. */
export class Widget {
  readonly page: Page;
  readonly launcher: Locator;
  readonly panel: Locator;
  readonly composer: Locator;
  readonly bubbles: Locator;
  readonly menu: Locator;

  constructor(page: Page) {
    this.page = page;
    this.launcher = page.locator('parley-launcher button');
    this.panel = page.locator('parley-chat .panel');
    this.composer = page.locator('parley-composer textarea');
    this.bubbles = page.locator('parley-messages .message .bubble, parley-messages .message .emoji');
    this.menu = page.locator('parley-header .more');
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  /** Types a text and presses Enter. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The texts of the conversation, in the order in which they stand. */
  async texts(): Promise<string[]> {
    return (await this.bubbles.allTextContents()).map((text) => text.trim());
  }

  /** Only those that a person wrote in a test. */
  async texted(prefix: string): Promise<string[]> {
    return (await this.texts()).filter((text) => text.startsWith(prefix));
  }

  /** How the visitor's last message stands: Sent, Delivered, Read, or Waiting to be sent. */
  async status(): Promise<string> {
    return (await this.page.locator('parley-messages .visitor .meta').last().innerText()).trim();
  }
}

/** A PNG of this size; noise makes it large, a plain one compresses to little. */
export function png(width: number, height: number, noise = false): Buffer {
  let seed = 1;
  const shade = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return noise ? (seed >> 16) & 0xff : 0x88;
  };
  return pngOf(width, height, () => [shade(), shade(), shade()]);
}
