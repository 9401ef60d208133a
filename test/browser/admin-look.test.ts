/** Every page as axe-core, three sizes and two themes see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeInBothThemes, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let visitor: VisitorClient;
const paths: string[] = [
  '/',
  '/agents',
  '/groups',
  '/hours',
  '/calls',
  '/settings',
  '/audit',
  '/profile',
  '/agents/new',
  '/queues',
  '/canned-responses',
  '/canned-responses/new',
];

const sizes = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
type Size = (typeof sizes)[number];

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  const agent = await workspace.agent({ name: 'Maximiliane-Henriette von Hohenstein-Wittelsbach' });
  const queue = await workspace.queue(
    [agent],
    'manual',
    'A queue with a name that is rather long for a queue',
  );
  await workspace.call('POST', '/api/canned-responses', {
    shortcut: 'a-shortcut-as-long-as-it-can-be-',
    title: 'What we say about the harbour and everything in it',
    text: 'https://shop.example/a-very-long-address-without-any-break-that-must-not-widen-the-page',
    shared: true,
  });
  const me = (await workspace.call('GET', '/api/me')) as { id: string };
  await workspace.call('PATCH', `/api/queues/${queue.id}`, { agents: [me.id, agent.agent.id] });
  const channel = await workspace.channel(
    { kind: 'queue', id: queue.id },
    { name: 'Website of the shop in the harbour' },
  );
  visitor = new VisitorClient({
    url: server.url,
    channelNumber: channel.number,
    origin: 'https://shop.example',
  });
  await visitor.connect();
  await visitor.send(
    'See https://shop.example/a-very-long-address-without-any-break-that-must-not-widen-the-page',
  );
  paths.push(
    `/queues/${queue.id}`,
    '/channels',
    `/channels/${channel.id}`,
    `/agents/${agent.agent.id}`,
    '/inbox',
  );
  browser = await launchBrowser();
});
afterAll(async () => {
  visitor.close();
  await browser.close();
  await server.stop();
});

async function settle(page: Page): Promise<void> {
  await page.locator('pl-app main h1').first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('pl-placeholder:visible').count(), { timeout: 10_000 }).toBe(0);
}

/** Opens the session in the inbox, as its own page. */
async function openSession(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Queues' }).click();
  await page.getByRole('tabpanel').getByRole('link').first().click();
  await page.getByRole('log').getByText('a-very-long-address').waitFor();
}

/** How many pixels a page is wider than its window; 0 or less when it fits. */
const excess = (page: Page) =>
  page.evaluate(() => {
    const main = document.querySelector('pl-app')?.shadowRoot?.querySelector('main');
    return Math.max(
      document.documentElement.scrollWidth - innerWidth,
      (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0),
    );
  });

const still = { reducedMotion: 'reduce' } as const;

describe('the look of the console', () => {
  it(
    '[LC-20] [AG-14] gives axe-core nothing to find on any page in either theme, and fits every size',
    { timeout: 180_000 },
    async () => {
      const { page, errors, close } = await openConsole(browser, server, workspace.cookie, '/', still);
      const found: Record<string, unknown> = {};
      const check = async (name: string) => {
        const violations = await axeInBothThemes(page, 'pl-app');
        if (Object.keys(violations).length > 0) found[name] = violations;
      };
      const measure = async (name: string, { width, height }: Size) => {
        const over = await excess(page);
        if (over > 0) found[`${name} at ${width} × ${height}`] = `${over} px too wide`;
      };
      for (const path of paths) {
        await page.goto(`${server.url}${path}`);
        await settle(page);
        await check(path);
        // Only styles depend on the size of the console.
        for (const size of sizes) {
          await page.setViewportSize(size);
          await measure(path, size);
        }
      }
      // The inbox looks at the size when it is opened.
      for (const size of sizes) {
        await page.setViewportSize(size);
        await page.goto(`${server.url}/inbox`);
        await settle(page);
        await measure('/inbox', size);
        await openSession(page);
        await measure('conversation', size);
      }
      await check('conversation');
      expect(found).toEqual({});
      expect(errors).toEqual([]);
      await close();
    },
  );

  it('[LC-20] gives axe-core nothing to find on the pages before sign-in, in either theme', async () => {
    const { page, close } = await openConsole(browser, server, '', '/sign-in', still);
    await page.getByRole('heading', { name: /Sign in to/ }).waitFor();
    expect(await axeInBothThemes(page)).toEqual({});
    await page.goto(`${server.url}/password/no-such-link`);
    await page.getByRole('heading', { name: /does not work/ }).waitFor();
    expect(await axeInBothThemes(page)).toEqual({});
    await close();
  });
});
