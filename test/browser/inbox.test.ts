/** The inbox with two agents and real visitors: who sees what, pick up, answers, and what becomes of a session. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { PickupMode } from '../../core/queue.ts';
import { launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let sales: TestAgent;
let other: TestAgent;
let first: Screen;
let second: Screen;
const visitors: VisitorClient[] = [];
const queues = new Map<PickupMode, { id: string; number: string }>();

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  sales = await workspace.agent({ name: 'Sales Agent' });
  other = await workspace.agent({ name: 'Other Agent' });
  for (const mode of ['manual', 'auto', 'disabled'] as const) {
    const queue = await workspace.queue([sales, other], mode, `Queue ${mode}`);
    const channel = await workspace.channel({ kind: 'queue', id: queue.id }, { name: `Shop ${mode}` });
    queues.set(mode, { id: queue.id, number: channel.number });
  }
  browser = await launchBrowser();
  first = await openConsole(browser, server, sales.api.cookie, '/inbox');
  second = await openConsole(browser, server, other.api.cookie, '/inbox');
});
afterAll(async () => {
  for (const visitor of visitors) visitor.close();
  await browser.close();
  await server.stop();
});

/** A visitor whose first message is `text`, unique in its test. */
async function visit(mode: PickupMode, text: string): Promise<VisitorClient> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: queues.get(mode)?.number ?? '',
    origin: 'https://shop.example',
    page: { url: 'https://shop.example/lamps', title: 'Lamps' },
  });
  visitors.push(visitor);
  await visitor.connect();
  await visitor.send(text);
  return visitor;
}

const rowOf = (page: Page, text: string) =>
  page.getByRole('tabpanel').getByRole('link').filter({ hasText: text });
const log = (page: Page) => page.getByRole('log');

async function open(page: Page, tab: 'Mine' | 'Queues' | 'Archived', text: string): Promise<void> {
  await page.getByRole('tab', { name: tab }).click();
  await rowOf(page, text).click();
  await log(page).getByText(text).first().waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

describe('sessions of a queue', () => {
  it('[AG-01] [MQ-02] come to all agents at once, with unread counts; all may answer until one picks up', async () => {
    const visitor = await visit('manual', 'do you have lamps');
    for (const { page } of [first, second]) {
      await page.getByRole('tab', { name: 'Queues' }).click();
      await rowOf(page, 'do you have lamps').getByText('1 unread').waitFor();
    }
    await visitor.send('green ones');
    await rowOf(second.page, 'green ones').getByText('2 unread').waitFor();
    await open(first.page, 'Queues', 'green ones');
    await rowOf(first.page, 'green ones').getByText('unread').waitFor({ state: 'detached' });

    const heard = visitor.hears('we have three');
    await write(first.page, 'we have three');
    await heard;
    await open(second.page, 'Queues', 'we have three');
    await log(second.page).getByText('Sales Agent').waitFor();
    await write(second.page, 'and one in blue');
    await visitor.until(() => visitor.log.has('and one in blue'), 'the second answer');
    await log(first.page).getByText('and one in blue').waitFor();
    expect(visitor.log.texts).toEqual([
      'do you have lamps',
      'green ones',
      'we have three',
      'and one in blue',
    ]);
  });

  it('[MQ-03] are picked up by the first answer in Auto-Pickup', async () => {
    const visitor = await visit('auto', 'auto please');
    await open(second.page, 'Queues', 'auto please');
    await open(first.page, 'Queues', 'auto please');
    await first.page.getByRole('button', { name: 'Pick Up' }).waitFor();
    await write(first.page, 'picked up by answering');
    await visitor.until(() => visitor.log.has('picked up by answering'), 'the answer');
    await log(first.page).getByText('You picked up this session').waitFor();
    await second.page.getByRole('heading', { name: 'Picked up by Sales Agent' }).waitFor();
  });

  it('[MQ-04] cannot be picked up in Disable Pickup, and all answer', async () => {
    const visitor = await visit('disabled', 'anybody');
    await open(first.page, 'Queues', 'anybody');
    await open(second.page, 'Queues', 'anybody');
    expect(await first.page.getByRole('button', { name: 'Pick Up' }).count()).toBe(0);
    await write(first.page, 'one answer');
    await log(second.page).getByText('one answer').waitFor();
    await write(second.page, 'another answer');
    await visitor.until(() => visitor.log.has('another answer'), 'both answers');
    expect(await second.page.getByRole('button', { name: 'Pick Up' }).count()).toBe(0);
  });
});

describe('a session', () => {
  it('[LC-19] [AG-01] loads older messages on scroll up without a jump, and leads back to the newest', async () => {
    const { page } = second;
    const visitor = await visit('disabled', 'message 1');
    const client = sales.desk();
    await client.connect();
    await client.until(() => [...client.logs.values()].some((one) => one.has('message 1')), 'the session');
    const [id = ''] = [...client.logs].find(([, one]) => one.has('message 1')) ?? [];
    for (let count = 2; count <= 160; count += 1) await client.send(id, `message ${count}`);
    client.close();
    await open(page, 'Queues', 'message 160');
    expect(await log(page).getByText('message 1', { exact: true }).count()).toBe(0);
    const scroller = page.getByRole('region', { name: 'Conversation' });
    const oldest = log(page).locator('.bubble').first();
    const text = await oldest.innerText();
    await scroller.evaluate((element) => (element.scrollTop = 0));
    const same = log(page).getByText(text, { exact: true });
    await expect.poll(() => oldest.innerText()).not.toBe(text);
    // What was at the top of the pane is still in it.
    const top = await scroller.evaluate((element) => element.getBoundingClientRect().top);
    const place = (await same.boundingBox())?.y ?? -1;
    expect(place).toBeGreaterThanOrEqual(top - 1);
    expect(place).toBeLessThan(top + 400);

    await visitor.send('the newest of all');
    await page.getByRole('button', { name: 'New messages' }).click();
    await log(page).getByText('the newest of all').waitFor();
    await page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'detached' });
  });
});
