/** The whole way, as a new user goes it: from an empty server to a chat that has ended, only by the screens. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, pageErrors } from '../support/browser.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { startWebsite } from '../simulators/website/server.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

async function addAgent(admin: Page, name: string, email: string): Promise<Screen> {
  await admin.goto(`${server.url}/agents/new`);
  await admin.getByLabel('Name', { exact: true }).fill(name);
  await admin.getByLabel('E-mail').fill(email);
  await admin.getByRole('button', { name: 'Add agent' }).click();
  const link = await admin.getByRole('region', { name: 'Password link' }).innerText();
  const agent = await openConsole(browser, server, '', new URL(link).pathname);
  await agent.page.getByLabel('New password').fill('a long agent password');
  await agent.page.getByRole('button', { name: 'Save and sign in' }).click();
  await agent.page.getByRole('heading', { name: 'Inbox' }).waitFor();
  return agent;
}

it('[GEN-01] [GEN-04] [MQ-01] [MQ-05] [LC-01] [LC-16] [AG-01] [AG-03] [AG-09] setup, agents, queue, channel, website, chat, end', async () => {
  const admin = await openConsole(browser, server, '', '/');
  const { page } = admin;
  await page.getByLabel('Workspace name').fill('Example Shop');
  await page.getByLabel('Your name').fill('First Admin');
  await page.getByLabel('E-mail').fill('admin@example.com');
  await page.getByLabel('Password', { exact: true }).fill('a long admin password');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await page.getByRole('heading', { name: 'Add an agent' }).waitFor();

  const first = await addAgent(page, 'First Agent', 'first@example.com');
  const second = await addAgent(page, 'Second Agent', 'second@example.com');

  await page.goto(`${server.url}/queues/new`);
  await page.getByLabel('Name', { exact: true }).fill('Sales');
  await page.getByRole('button', { name: /^Add First Agent/ }).click();
  await page.getByRole('button', { name: /^Add Second Agent/ }).click();
  await page.getByRole('button', { name: 'Create queue' }).click();
  await page.getByRole('link', { name: 'Sales' }).waitFor();

  await page.goto(`${server.url}/channels`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Live Chat' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Website');
  await page.getByLabel('Domain 1').fill('localhost');
  await page.getByRole('button', { name: 'Save' }).click();
  const code = await page
    .locator('pl-embed-dialog[open]')
    .getByRole('region', { name: 'Embed code' })
    .innerText();
  const channelNumber = /channelNumber=(LC\d+)/.exec(code)?.[1] ?? '';

  const website = await startWebsite({ gateway: server.url, channelNumber });
  try {
    const visitor = await (await browser.newContext()).newPage();
    const errors = pageErrors(visitor);
    await visitor.goto(website.url);
    await visitor.getByRole('button', { name: /chat/i }).click();
    const composer = visitor.getByRole('textbox', { name: /message/i });
    await composer.fill('Do you ship to islands?');
    await composer.press('Enter');

    const waiting = first.page.getByText('Do you ship to islands?').first();
    await first.page.getByRole('tab', { name: /Queues/ }).click();
    await waiting.click();
    await second.page.getByRole('tab', { name: /Queues/ }).click();
    await second.page.getByText('Do you ship to islands?').first().click();
    await second.page.getByRole('button', { name: 'Pick Up' }).waitFor();

    await first.page.getByRole('button', { name: 'Pick Up' }).click();
    await second.page
      .getByText(/Picked up by First Agent/)
      .first()
      .waitFor();
    await visitor.getByText('First Agent joined the chat').waitFor();

    const answer = first.page.getByRole('textbox', { name: 'Message' });
    await answer.fill('We do, within a week.');
    await answer.press('Enter');
    await visitor.getByText('We do, within a week.').first().waitFor();

    await visitor
      .locator('input[type=file]')
      .setInputFiles({ name: 'island.png', mimeType: 'image/png', buffer: png });
    await composer.press('Enter');
    await first.page.getByRole('button', { name: 'Open island.png' }).waitFor();

    await first.page.getByRole('button', { name: 'End session' }).click();
    await first.page.getByRole('button', { name: 'End session' }).last().click();
    await visitor
      .getByText('This chat has ended. Write again whenever you have another question.')
      .first()
      .waitFor();
    await first.page.getByRole('tab', { name: /Archived/ }).click();
    await first.page.getByText('Visitor').first().waitFor();
    expect(errors).toEqual([]);
    expect([...admin.errors, ...first.errors, ...second.errors]).toEqual([]);
  } finally {
    await website.stop();
  }
});
