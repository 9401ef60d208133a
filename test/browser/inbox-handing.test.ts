/** Agents hand sessions on by keys, note and label, in the browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axe, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let ada: TestAgent;
let ben: TestAgent;
let first: Screen;
let second: Screen;
let channel: string;
const visitors: VisitorClient[] = [];

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  ada = await workspace.agent({ name: 'Ada Agent' });
  ben = await workspace.agent({ name: 'Ben Agent' });
  const queue = await workspace.queue([ada, ben], 'manual', 'Support');
  await workspace.queue([ben], 'manual', 'Billing');
  channel = (await workspace.channel({ kind: 'queue', id: queue.id }, { name: 'Shop' })).number;
  browser = await launchBrowser();
  // axe-core looks at finished dialogs, not at ones that are fading in.
  first = await openConsole(browser, server, ada.api.cookie, '/inbox', { reducedMotion: 'reduce' });
  second = await openConsole(browser, server, ben.api.cookie, '/inbox');
});
afterAll(async () => {
  for (const visitor of visitors) visitor.close();
  await browser.close();
  await server.stop();
});

async function visit(text: string): Promise<VisitorClient> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: channel,
    origin: 'https://shop.example',
  });
  visitors.push(visitor);
  await visitor.connect();
  await visitor.send(text);
  return visitor;
}

const rowOf = (page: Page, text: string) =>
  page.getByRole('tabpanel').getByRole('link').filter({ hasText: text });
const log = (page: Page) => page.getByRole('log');

async function open(page: Page, text: string, tab: 'Mine' | 'Queues' | 'Archived' = 'Queues'): Promise<void> {
  await page.getByRole('tab', { name: tab }).click();
  await rowOf(page, text).click();
  await log(page).getByText(text).first().waitFor();
}

describe('transfer', () => {
  it('[AG-04] goes to a queue by keys alone', async () => {
    await visit('the invoice is wrong');
    const { page } = first;
    await open(page, 'the invoice is wrong');
    await log(page).click();
    await page.keyboard.press('p');
    await log(page).getByText('You picked up this session').waitFor();
    await page.keyboard.press('t');
    const dialog = page.locator('pl-transfer-dialog');
    await dialog.getByRole('searchbox').focus();
    await page.keyboard.type('Bill');
    await page.keyboard.press('Tab');
    await dialog.getByRole('radio', { name: 'Billing' }).focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: 'Transfer' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Transferred to Billing').waitFor();
    await second.page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(second.page, 'the invoice is wrong').getByText('Billing').waitFor();
  });
});

describe('notes and labels', () => {
  it('[AG-15] a note is for colleagues: tinted, with a mention that brings somebody in to read', async () => {
    const visitor = await visit('can I get a discount');
    const { page } = first;
    await page.goto(`${server.url}/inbox`);
    await open(page, 'can I get a discount');
    await page.getByRole('button', { name: 'Pick Up' }).click();
    await log(page).getByText('You picked up this session').waitFor();
    await log(page).click();
    await page.keyboard.press('n');
    const note = page.getByRole('textbox', { name: 'Note' });
    await expect.poll(() => note.evaluate((area) => area.matches(':focus'))).toBe(true);
    await page.keyboard.type('May we, @ben');
    await page.getByRole('option', { name: 'Ben Agent' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('?');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.keyboard.press('Enter');
    await log(page).getByText('May we, @Ben Agent ?').waitFor();
    expect(await note.inputValue()).toBe('');

    await second.page.getByRole('tab', { name: 'Mine' }).click();
    await rowOf(second.page, 'can I get a discount').getByText('Mentions you').waitFor();
    await open(second.page, 'can I get a discount', 'Mine');
    await second.page.getByText('Ada Agent answers here.').waitFor();
    await log(second.page).getByText('for you').waitFor();
    await second.page.getByRole('button', { name: 'Note', exact: true }).click();
    await second.page.getByRole('textbox', { name: 'Note' }).fill('Ten percent is fine');
    await second.page.keyboard.press('Enter');
    await log(page).getByText('Ten percent is fine').waitFor();
    await page.getByRole('button', { name: 'Reply' }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('You get ten percent');
    await page.keyboard.press('Enter');
    await visitor.until(() => visitor.log.has('You get ten percent'), 'the answer');
    expect(JSON.stringify(visitor.log.list)).not.toContain('Ten percent is fine');
  });

  it('[AG-15] a colleague who writes in the same session is named', async () => {
    await visit('who answers me');
    await open(first.page, 'who answers me');
    await open(second.page, 'who answers me');
    await second.page.getByRole('textbox', { name: 'Message' }).pressSequentially('I wi');
    await log(first.page).getByText('Ben Agent is writing an answer…').waitFor();
  });

  it('[AG-15] labels are chosen or made in place, and seen in everybody’s list', async () => {
    const { page } = first;
    await open(page, 'who answers me');
    await log(page).click();
    await page.keyboard.press('l');
    const list = page.getByRole('dialog', { name: 'Labels' });
    await list.getByRole('textbox', { name: 'New label' }).fill('Urgent');
    await page.keyboard.press('Enter');
    await list.getByRole('checkbox', { name: 'Urgent' }).waitFor();
    await rowOf(page, 'who answers me').getByText('Urgent').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.keyboard.press('Escape');
    await second.page.reload();
    await second.page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(second.page, 'who answers me').getByText('Urgent').waitFor();
  });

  it('[AG-15] admins rename and delete labels, and the lists follow', async () => {
    const admin = await openConsole(browser, server, workspace.cookie, '/labels');
    const row = admin.page.getByRole('row').filter({ hasText: 'Urgent' });
    await row.getByRole('button', { name: 'Edit' }).click();
    await admin.page.getByLabel('Name').fill('Very urgent');
    await admin.page.getByRole('button', { name: 'Save' }).click();
    await admin.page.getByRole('row').filter({ hasText: 'Very urgent' }).waitFor();
    expect(await axe(admin.page, 'pl-app')).toEqual([]);
    await first.page.reload();
    await first.page.getByRole('tab', { name: 'Queues' }).click();
    await rowOf(first.page, 'who answers me').getByText('Very urgent').waitFor();
    await admin.page.getByRole('button', { name: 'Delete' }).click();
    await admin.page.locator('pl-confirm').getByRole('button', { name: 'Delete' }).last().click();
    await admin.page.getByText('No labels yet').waitFor();
    await open(first.page, 'who answers me');
    await admin.close();
  });

  it('[AG-15] ? lists the keys', async () => {
    const { page } = first;
    await log(page).click();
    await page.keyboard.press('?');
    const sheet = page.locator('pl-help-dialog');
    await sheet.getByText('Transfer').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.keyboard.press('Escape');
  });
});
