/** The inbox's connection to the edge: how soon it is tried again, and what agents are told without one. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole } from '../support/console.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let proxy: Proxy;
let browser: Browser;
let workspace: TestWorkspace;
let agent: TestAgent;

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  agent = await workspace.agent({ name: 'Ann Archer' });
  proxy = await startProxy(server.port);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await proxy.close();
  await server.stop();
});

/** Those of the page, the newest last. */
interface Sockets {
  sockets: WebSocket[];
}

const menu = (page: Page, word: string) =>
  page.getByRole('button', { name: 'presence and profile' }).filter({ hasText: word });

describe('a connection that was lost', () => {
  it('[AG-01] is tried at once, then less and less often, and at once when there may be a network again', async () => {
    const { page, close } = await openConsole(browser, proxy, agent.api.cookie, '/inbox');
    await menu(page, 'Available').waitFor();
    await page.addInitScript(() => {
      const sockets: WebSocket[] = [];
      Object.assign(window, { sockets });
      const Native = window.WebSocket;
      window.WebSocket = class extends Native {
        constructor(...given: ConstructorParameters<typeof WebSocket>) {
          super(...given);
          sockets.push(this);
        }
      };
    });
    // The page's time stands still from here on, but for what the test lets pass.
    await page.clock.install();
    await page.reload();
    await menu(page, 'Available').waitFor();
    await page.clock.pauseAt(Date.now() + 60_000);
    let tries = 0;
    page.on('websocket', () => (tries += 1));
    const lost = () => menu(page, 'Not connected').waitFor();

    proxy.cut();
    await lost();
    await page.clock.runFor(20);
    await menu(page, 'Available').waitFor();
    expect(tries).toBe(1);

    // It holds for a while, so that the next try is the first again.
    await page.clock.runFor(6_000);
    proxy.offline(true);
    await lost();
    await page.clock.runFor(20);
    const failed = async (count: number) => {
      await expect.poll(() => tries).toBe(count);
      await until(
        () => page.evaluate(() => (window as unknown as Sockets).sockets.at(-1)?.readyState === 3),
        'its end',
      );
    };
    // Waits are spread by a quarter.
    for (const [at, wait] of [500, 1_000, 2_000, 4_000].entries()) {
      await failed(at + 2);
      await page.clock.runFor(wait * 0.7);
      expect(tries).toBe(at + 2);
      await page.clock.runFor(wait * 0.6);
    }
    await failed(6);
    proxy.offline(false);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.clock.runFor(20);
    await menu(page, 'Available').waitFor();
    expect(tries).toBe(7);
    await close();
  });

  it('[AG-10] is what the menu of a row names when nothing can be archived or removed', async () => {
    const destination = { kind: 'agent', id: agent.agent.id } as const;
    const { number } = await workspace.channel(destination, { name: 'Shop' });
    const visitor = new VisitorClient({
      url: server.url,
      channelNumber: number,
      origin: 'https://shop.example',
    });
    await visitor.connect();
    await visitor.send('first question');
    const { page, close } = await openConsole(browser, proxy, agent.api.cookie, '/inbox');
    const row = page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'first question' });
    await row.waitFor();
    proxy.offline(true);
    await menu(page, 'Not connected').waitFor();

    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    const refusal = page.getByRole('alertdialog');
    await refusal.getByRole('alert').getByText('Check your connection and try again.').waitFor();
    expect(
      await axe(page, ['pl-app', 'pl-inbox', 'pl-session-list', 'pl-session-rows', 'pl-row-menu']),
    ).toEqual([]);
    await page.keyboard.press('Enter');
    await refusal.waitFor({ state: 'hidden' });

    proxy.offline(false);
    await menu(page, 'Available').waitFor();
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await row.waitFor({ state: 'detached' });
    visitor.close();
    await close();
  });
});
