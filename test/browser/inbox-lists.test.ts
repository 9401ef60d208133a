/** Long lists in the inbox: more sessions than come at first, and a conversation of more messages than are drawn. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, launchBrowser } from '../support/browser.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent } from '../support/workspace.ts';

/** The first page of open sessions is one of 1,000. */
const count = 1_030;
const messages = 400;

let server: Server;
let browser: Browser;
let agent: TestAgent;
let client: AgentClient;
let screen: Screen;
let page: Page;
/** Ids of the sessions in the order in which they came, the oldest first. */
const ids: string[] = [];
let number: string;

async function visit(text: string): Promise<string> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: number,
    origin: 'https://shop.example',
  });
  await visitor.connect();
  const [id] = await Promise.all([client.hears(text), visitor.send(text)]);
  visitor.close();
  return id;
}

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100000' } });
  const workspace = await setUp(server);
  agent = await workspace.agent({ name: 'Sales Agent' });
  number = (await workspace.channel({ kind: 'agent', id: agent.agent.id }, { name: 'Shop' })).number;
  client = agent.desk();
  await client.connect();
  ids.push(await visit('the oldest of all'));
  for (let made = 1; made < count; made += 30) {
    const some = Array.from({ length: Math.min(30, count - made) }, (_, at) =>
      visit(`question ${made + at}`),
    );
    ids.push(...(await Promise.all(some)));
  }
  browser = await launchBrowser();
  screen = await openConsole(browser, server, agent.api.cookie, '/inbox');
  page = screen.page;
  await rows().first().waitFor();
}, 300_000);
afterAll(async () => {
  client.close();
  await browser.close();
  await server.stop();
});

const list = () => page.getByRole('tabpanel');
const rows = () => list().getByRole('link');
const items = () => list().getByRole('listitem');
const log = () => page.getByRole('log');
const focused = () =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.parentElement?.ariaPosInSet ?? null;
  });

describe('a list of more sessions than come at first', () => {
  it('[AG-01] draws what is near the screen, and says that its counts are not all', async () => {
    expect(await rows().count()).toBeLessThan(60);
    expect(await items().first().getAttribute('aria-setsize')).toBe('-1');
    await page.getByRole('tab', { name: /^Mine 99\+ unread/ }).waitFor();
    // The edge searches what is not loaded, once its words are in the archive.
    const search = page.getByRole('searchbox', { name: 'Search' });
    const results = page.getByRole('region', { name: 'Search results' });
    await expect
      .poll(
        async () => {
          await search.fill('');
          await search.fill('the oldest of all');
          await results.and(page.locator('[aria-busy=false]')).waitFor();
          return results.getByRole('link').filter({ hasText: 'the oldest of all' }).count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    await search.fill('');
  });

  it('[AG-01] leads to the oldest by scrolling, each in its place', async () => {
    await page.reload();
    await rows().first().waitFor();
    await expect
      .poll(async () => {
        await list().evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return rows().filter({ hasText: 'the oldest of all' }).count();
      })
      .toBe(1);
    const last = items().filter({ hasText: 'the oldest of all' });
    expect(await last.getAttribute('aria-posinset')).toBe(String(count));
    expect(await last.getAttribute('aria-setsize')).toBe(String(count));
    expect(await rows().count()).toBeLessThan(60);
    expect(await axe(page, 'pl-app')).toEqual([]);
  });

  it('[AG-01] is walked by the keyboard, and a row that is scrolled away does not take the focus along', async () => {
    await list().evaluate((element) => element.scrollTo(0, 0));
    await expect.poll(() => items().first().getAttribute('aria-posinset')).toBe('1');
    await rows().first().focus();
    for (let step = 0; step < 40; step += 1) await page.keyboard.press('j');
    await expect.poll(focused).toBe('41');
    await list().evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await expect
      .poll(() => items().filter({ hasText: 'question' }).first().getAttribute('aria-posinset'))
      .not.toBe('1');
    await expect.poll(focused).toBe(null);
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('42');
  });

  it('[AG-01] has the sessions beyond its first page at their own address', async () => {
    const other = await openConsole(
      browser,
      server,
      agent.api.cookie,
      `/inbox/${encodeURIComponent(ids[0] ?? '')}`,
    );
    await other.page.getByRole('log').getByText('the oldest of all').waitFor();
    expect(other.errors).toEqual([]);
    await other.close();
  });
});

describe('a conversation of many messages', () => {
  it('[AG-01] [LC-19] draws what is near the screen, and holds every message once, in order', async () => {
    const id = ids[1] ?? '';
    for (let at = 1; at <= messages; at += 1) await client.send(id, `message ${at}`);
    await list().evaluate((element) => element.scrollTo(0, 0));
    await rows()
      .filter({ hasText: `message ${messages}` })
      .click();
    await log().getByText(`message ${messages}`, { exact: true }).waitFor();
    const scroller = page.getByRole('region', { name: 'Conversation' });
    const seen = new Set<number>();
    const words = log().locator('.message .words');
    const read = async () => {
      const numbers = (await words.allInnerTexts()).map((text) => Number(text.replace('message ', '')));
      // Neighbours in the log are neighbours in the page.
      const from = numbers.filter((one) => !Number.isNaN(one));
      expect(from).toEqual(from.map((_, at) => (from[0] ?? 0) + at));
      for (const one of from) seen.add(one);
    };
    await expect
      .poll(
        async () => {
          await scroller.evaluate((element) => (element.scrollTop -= 400));
          await read();
          return seen.size;
        },
        { timeout: 30_000 },
      )
      .toBe(messages);
    expect(await words.count()).toBeLessThan(150);

    // What has been read keeps its place while it is not drawn.
    await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await log().getByText(`message ${messages}`, { exact: true }).waitFor();
    expect(await log().getByText('message 1', { exact: true }).count()).toBe(0);
    await scroller.evaluate((element) => (element.scrollTop = 0));
    await log().getByText('message 1', { exact: true }).waitFor();
    expect(screen.errors).toEqual([]);
  });
});
