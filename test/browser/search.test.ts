/** Search in the inbox: contacts, sessions and messages, only those that the agent may read, and the way to each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { emptyContact } from '../../core/contact.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { addChannel, providerUrls } from '../support/channels.ts';
import { AgentClient, VisitorClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const twilio = new TwilioSimulator();
const calm = { reducedMotion: 'reduce' } as const;
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let ada: TestAgent;
let ben: TestAgent;
let first: Screen;
let channel: string;
let desk: AgentClient;
const open: { close(): void }[] = [];

beforeAll(async () => {
  await twilio.start();
  server = await startServer({ env: providerUrls([twilio]) });
  workspace = await setUp(server);
  ada = await workspace.agent({ name: 'Ada Agent' });
  ben = await workspace.agent({ name: 'Ben Agent' });
  const support = await workspace.queue([ada], 'manual', 'Support');
  const secret = await workspace.queue([ben], 'manual', 'Secrets');
  channel = (await workspace.channel({ kind: 'queue', id: support.id }, { name: 'Shop' })).number;
  await addChannel(workspace, twilio, { kind: 'queue', id: secret.id });
  browser = await launchBrowser();
  first = await openConsole(browser, server, ada.api.cookie, '/inbox', calm);
  desk = ada.desk();
  open.push(desk);
  await desk.connect();
});
afterAll(async () => {
  for (const one of open) one.close();
  await browser.close();
  await server.stop();
  await twilio.close();
});

async function visit(...texts: string[]): Promise<VisitorClient> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: channel,
    origin: 'https://shop.example',
  });
  open.push(visitor);
  await visitor.connect();
  for (const text of texts) await visitor.send(text);
  return visitor;
}

/** What the edge finds for an agent; words get into the archive in a pause of their conversation. */
function finds(client: AgentClient, text: string) {
  return client.search(text);
}

async function archived(client: AgentClient, text: string) {
  await until(async () => (await finds(client, text)).messages.length > 0, `${text} in the archive`, 30_000);
  return finds(client, text);
}

/** A session of Ada's with this last message. */
const sessionWith = (text: string) =>
  [...desk.sessions.values()].find(({ lastMessage }) => lastMessage?.preview === text);

const results = (page: Page) => page.getByRole('region', { name: 'Search results' });
const searchFor = (page: Page, text: string) => page.getByRole('searchbox', { name: 'Search' }).fill(text);

describe('search', () => {
  it('[AG-01] finds messages by any of their words, marks them, and leads to their place', async () => {
    const many = Array.from({ length: 130 }, (_none, n) => `filler ${n}`);
    // More than a page of the log is between the message and the newest one.
    const visitor = await visit('where is the turquoise teapot?');
    for (const text of many.slice(0, 15)) await visitor.send(text);
    const session = await until(() => sessionWith('filler 14'), 'the session');
    for (const text of many.slice(15)) {
      await desk.send(session.id, text);
    }
    const found = await archived(desk, 'teapot TURQ');
    expect(found.messages).toMatchObject([{ session: session.id }]);
    expect(found.messages[0]?.excerpt).toContain('\u0001turquoise\u0002 \u0001teapot\u0002');

    const { page } = first;
    await searchFor(page, 'teapot');
    const hit = results(page).getByRole('link').filter({ hasText: 'turquoise teapot' });
    await hit.waitFor();
    expect(await hit.locator('mark').textContent()).toBe('teapot');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await hit.click();
    const message = page.getByRole('log').getByText('where is the turquoise teapot?');
    await message.waitFor();
    await expect
      .poll(() =>
        message.evaluate((element) => {
          const box = element.getBoundingClientRect();
          return box.top >= 0 && box.bottom <= innerHeight;
        }),
      )
      .toBe(true);
    expect(new URL(page.url()).search).toBe('');
  });

  it('[AG-01] [GEN-03] finds nothing of sessions that are not the agent’s', async () => {
    await twilio.customerSends({
      from: '+14155550181',
      to: twilio.numbers[0] ?? '',
      text: 'the zebra code is 42',
    });
    const theirs = ben.desk();
    open.push(theirs);
    await theirs.connect();
    const found = await archived(theirs, 'zebra');
    expect(found.messages).toHaveLength(1);
    const own = await finds(desk, 'zebra');
    expect([own.messages, own.matched, own.sessions]).toEqual([[], [], []]);
    const { page } = first;
    await searchFor(page, 'zebra');
    await results(page).getByText('Nothing found').waitFor();
  });

  it('[AG-01] [AG-06] finds contacts, and sessions by who the customer is, with the keyboard alone', async () => {
    const visitor = await visit('hello from nobody');
    const session = await until(() => sessionWith('hello from nobody'), 'the session');
    await workspace.call('POST', '/api/contacts', {
      ...emptyContact,
      name: 'Hedy Lamarr',
      company: 'Frequencies',
      accounts: [{ channel: session.channel.id, address: session.customer.address }],
    });
    visitor.close();
    const { page } = first;
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Inbox' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('frequ');
    const list = results(page);
    await list.getByRole('link', { name: /Hedy Lamarr.*hello from nobody/s }).waitFor();
    await list.getByRole('link', { name: 'Hedy Lamarr Frequencies' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Hedy Lamarr' }).waitFor();
    await searchFor(page, '');
    await page.getByRole('tab', { name: 'Queues' }).waitFor();
  });

  it('[AG-15] finds notes, which customers never see, and works on a phone', async () => {
    await visit('can I pay later?');
    const session = await until(() => sessionWith('can I pay later?'), 'the session');
    await desk.ask({ kind: 'note', session: session.id, text: 'Owes us a xylophone', mentions: [] });
    await archived(desk, 'xylophone');
    const small = await openConsole(browser, server, ada.api.cookie, '/inbox', { ...calm, ...phone });
    await searchFor(small.page, 'xyloph');
    const hit = results(small.page).getByRole('link').filter({ hasText: 'xylophone' });
    await hit.waitFor();
    expect(await axe(small.page, 'pl-app')).toEqual([]);
    await hit.click();
    await small.page.getByRole('log').getByText('Owes us a xylophone').waitFor();
    expect(small.errors).toEqual([]);
    await small.close();
  });
});
