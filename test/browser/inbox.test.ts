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

  it('[AG-03] [MQ-05] are picked up by exactly one of two who press at once; the other is told who', async () => {
    const visitor = await visit('manual', 'who is faster');
    await Promise.all([first, second].map(({ page }) => open(page, 'Queues', 'who is faster')));
    const press = ({ page }: Screen) =>
      page.getByRole('button', { name: 'Pick Up' }).click({ timeout: 3_000 });
    await Promise.allSettled([press(first), press(second)]);
    const won = (screen: Screen, other: Screen, name: string) =>
      Promise.all([
        log(screen.page).getByText('You picked up this session').waitFor(),
        other.page.getByRole('heading', { name: `Picked up by ${name}` }).waitFor(),
      ]).then(() => ({ winner: screen, loser: other }));
    const { winner, loser } = await Promise.any([
      won(first, second, 'Sales Agent'),
      won(second, first, 'Other Agent'),
    ]);
    expect(await winner.page.getByRole('tab', { name: 'Mine' }).getAttribute('aria-selected')).toBe('true');

    await loser.page.getByRole('button', { name: 'Back to the list' }).click();
    expect(await rowOf(loser.page, 'who is faster').count()).toBe(0);
    await visitor.send('only for the winner');
    await log(winner.page).getByText('only for the winner').waitFor();
    expect(await loser.page.getByText('only for the winner').count()).toBe(0);
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

  it('[MQ-07] leave an agent who is taken out of the queue while reading, and come back with the agent', async () => {
    await visit('manual', 'who stays');
    await open(second.page, 'Queues', 'who stays');
    const queue = queues.get('manual')?.id ?? '';
    await workspace.call('PATCH', `/api/queues/${queue}`, { agents: [sales.agent.id] });
    await second.page.getByRole('heading', { name: 'This session is not in your list' }).waitFor();
    expect(await second.page.getByText('who stays').count()).toBe(0);
    await workspace.call('PATCH', `/api/queues/${queue}`, { agents: [sales.agent.id, other.agent.id] });
    await log(second.page).getByText('who stays').waitFor();
  });
});

describe('a session', () => {
  it('[AG-07] shows where it comes from, and its timeline', async () => {
    await open(first.page, 'Queues', 'who stays');
    const details = first.page.getByRole('region', { name: 'Session details' });
    await details.getByRole('link', { name: 'Lamps' }).waitFor();
    await details.getByText('Shop manual').waitFor();
    await details.getByText('Session started in the queue Queue manual').waitFor();
    expect(await details.getByRole('link', { name: 'Lamps' }).getAttribute('href')).toBe(
      'https://shop.example/lamps',
    );
    await first.page.getByRole('button', { name: 'Close details' }).click();
    await details.waitFor({ state: 'detached' });
    await first.page.getByRole('button', { name: 'Details', exact: true }).click();
    await details.waitFor();
  });

  it('[AG-08] is archived and unarchived, and comes back when the agent writes in it', async () => {
    const { page } = first;
    await open(page, 'Queues', 'who stays');
    await page.getByRole('button', { name: 'Pick Up' }).click();
    await log(page).getByText('You picked up this session').waitFor();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByRole('button', { name: 'Unarchive' }).waitFor();
    await page.getByRole('tab', { name: 'Archived' }).click();
    await rowOf(page, 'who stays').waitFor();
    await page.getByRole('button', { name: 'Unarchive' }).click();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByRole('button', { name: 'Unarchive' }).waitFor();
    await write(page, 'one more thing');
    await page.getByRole('button', { name: 'Archive', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Mine' }).click();
    await rowOf(page, 'one more thing').waitFor();
  });

  it('[AG-09] ends when the agent says so twice, and the next message opens a new one', async () => {
    const { page } = first;
    const visitor = await visit('manual', 'please end me');
    await open(page, 'Queues', 'please end me');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'End session' }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'End session' }).click();
    await page
      .getByRole('group', { name: /End this session/ })
      .getByRole('button', { name: 'End session' })
      .click();
    await log(page).getByText('You ended the session').waitFor();
    await page.getByText('This session is closed.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
    await visitor.until(() => visitor.log.list.some(({ body }) => body.kind === 'closed'), 'the closing');

    await visitor.send('me again');
    await page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(page, 'me again').waitFor();
    await page.getByRole('tab', { name: 'Archived' }).click();
    await rowOf(page, 'Closed').first().waitFor();
  });

  it('[AG-10] is removed from all of the agent’s clients, and stays with the others', async () => {
    const { page } = first;
    await visit('disabled', 'remove me');
    const other = await openConsole(browser, server, sales.api.cookie, '/inbox');
    await other.page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(other.page, 'remove me').waitFor();
    await page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(page, 'remove me').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await rowOf(page, 'remove me').waitFor({ state: 'detached' });
    await rowOf(other.page, 'remove me').waitFor({ state: 'detached' });
    await second.page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(second.page, 'remove me').waitFor();
    await other.close();
  });

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

  it('[AG-01] is found by the words of its customer or last message', async () => {
    const { page } = second;
    await visit('disabled', 'a very particular question');
    await page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(page, 'a very particular question').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('particular');
    const results = page.getByRole('region', { name: 'Search results' });
    await results.getByRole('link').filter({ hasText: 'a very particular question' }).first().waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like it');
    await page.getByText('No session, message or contact has these words.').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    expect(first.errors).toEqual([]);
    expect(second.errors).toEqual([]);
  });
});
