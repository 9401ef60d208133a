/** The ways to include the widget that docs/install.md describes, each on a page of another origin. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, pageErrors } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp } from '../support/workspace.ts';
import type { AgentClient } from '../support/clients.ts';
import { startWebsite, type Website } from '../simulators/website/server.ts';

let server: Server;
let website: Website;
let browser: Browser;
let desk: AgentClient;

beforeAll(async () => {
  server = await startServer();
  const workspace = await setUp(server);
  const agent = await workspace.agent();
  const channel = await workspace.channel({ kind: 'agent', id: agent.agent.id }, { domains: ['localhost'] });
  desk = agent.desk();
  await desk.connect();
  website = await startWebsite({ gateway: server.url, channelNumber: channel.number });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  desk.close();
  await website.stop();
  await server.stop();
});

async function open(path: string): Promise<{ page: Page; errors: string[] }> {
  // A visitor of their own: storage is not shared between contexts.
  const page = await (await browser.newContext()).newPage();
  const errors = pageErrors(page);
  await page.goto(`${website.url}${path}`);
  await page.locator('parley-launcher').waitFor();
  return { page, errors };
}

/** Writes by the page's own interface and waits until the agent has it. */
async function chat(page: Page, text: string): Promise<void> {
  const heard = desk.hears(text);
  await page.evaluate((words) => {
    const { Parley } = globalThis as unknown as { Parley: { send(text: string): Promise<void> } };
    return Parley.send(words);
  }, text);
  await heard;
}

const visibleLaunchers = (page: Page) => page.locator('parley-launcher:visible').count();

describe('[LC-01] the widget by one script tag', () => {
  it('works on a plain HTML page of another origin', async () => {
    const { page, errors } = await open('/');
    await page.locator('parley-launcher').click();
    await page.getByRole('dialog').waitFor();
    await chat(page, 'from a plain page');
    expect(errors).toEqual([]);
  });

  it('stays, with its conversation, while a single-page app changes the address', async () => {
    const { page, errors } = await open('/spa');
    await chat(page, 'before the route');
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    expect(await visibleLaunchers(page)).toBe(1);
    await chat(page, 'after the route');
    await page.goBack();
    expect(await visibleLaunchers(page)).toBe(1);
    expect(errors).toEqual([]);
  });

  it('comes back once when a page swaps its body', async () => {
    const { page, errors } = await open('/swap');
    await chat(page, 'before the swap');
    await page.getByRole('link', { name: 'About us' }).click();
    await page.getByRole('heading', { name: 'About us' }).waitFor();
    await page.locator('parley-launcher').waitFor();
    expect(await page.locator('parley-launcher').count()).toBe(1);
    await chat(page, 'after the swap');
    expect(errors).toEqual([]);
  });

  it('works under a strict content security policy with trusted types', async () => {
    const { page, errors } = await open('/strict');
    await page.locator('parley-launcher').click();
    await page.getByRole('dialog').waitFor();
    await chat(page, 'from a strict page');
    expect(errors).toEqual([]);
  });

  it('draws one launcher when the tag is there twice', async () => {
    const { page } = await open('/');
    await page.evaluate(() => {
      const first = document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]');
      if (!first) throw new Error('There is no script tag.');
      const second = document.createElement('script');
      second.src = first.src;
      return new Promise((done) => {
        second.onload = done;
        document.body.append(second);
      });
    });
    expect(await page.locator('parley-launcher').count()).toBe(1);
  });
});
