/** Live chat channels through the console: editor, preview, embed code, secret, deletion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { palettes } from '../../core/colour.ts';
import { launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { choose, openConsole, press, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let screen: Screen;
let page: Page;

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  await workspace.queue([], 'manual', 'Sales');
  browser = await launchBrowser();
  screen = await openConsole(browser, server, workspace.cookie, '/channels');
  page = screen.page;
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const tab = (name: string) => page.getByRole('tab', { name });
const preview = () => page.frameLocator('iframe[title="Preview of the widget"]');

describe('a live chat channel', () => {
  it('[LC-04] [LC-16] is added with its domains and destination; saving shows the embed code to copy', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Live Chat' }).click();
    await page.getByRole('heading', { name: 'New live chat channel' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter at least one website domain.').waitFor();
    await page.getByLabel('Domain 1').fill('not a domain');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Use a domain such as www.example.com').waitFor();

    await page.getByLabel('Name', { exact: true }).fill('Shop window');
    await page.getByLabel('Domain 1').fill('shop.example');
    await page.getByLabel('Domain 2').fill('*.shop.example');
    expect(await page.getByRole('combobox', { name: 'Message queue' }).inputValue()).toBe('Sales');
    await page.getByRole('button', { name: 'Save' }).click();

    await page.getByRole('dialog', { name: 'Embed code (Shop window)' }).waitFor();
    const dialog = page.locator('pl-embed-dialog[open]');
    const code = await dialog.getByRole('region', { name: 'Embed code' }).innerText();
    expect(code).toMatch(
      /^<script src="http:\/\/127\.0\.0\.1:\d+\/widget\.js\?channelNumber=LC00000".*><\/script>$/,
    );
    await dialog.getByText('shop.example, *.shop.example').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
    await dialog.getByText('Send installation instruction to website admin via email').click();
    await dialog.getByText('Mail is not set up in this deployment.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Shop window', exact: true }).waitFor();
    await page.waitForURL(/\/channels\/(?!new)/);
  });

  it('[LC-08] shows each change in the real widget before it is saved', async () => {
    await tab('Message').click();
    await preview().getByText('Hello! How can we help you?').waitFor();
    await page.getByLabel('Online greeting message').fill('Welcome to the shop.');
    await preview().getByText('Welcome to the shop.').waitFor();
    await tab('Display & Appearance').click();
    await page.getByLabel('Title', { exact: true }).fill('Ask the shop');
    await page.getByRole('button', { name: 'Green' }).click();
    const widget = preview().locator('parley-chat');
    const accent = () =>
      widget.evaluate((host) => getComputedStyle(host).getPropertyValue('--parley-accent'));
    await expect.poll(accent, { timeout: 10_000 }).toContain(palettes('#2b8a3e').light.accent);
    await tab('Message').click();
    await press(page, 'Ask before the chat starts');
    await preview().getByText('Tell us who you are before the chat starts.').waitFor();
  });

  it('[LC-08] leaves the focus in the form, however late the preview comes', async () => {
    const late = await page.context().newPage();
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await late.route('**/widget/preview.html', async (route) => {
      await held;
      await route.continue();
    });
    await late.goto(page.url(), { waitUntil: 'commit' });
    const name = late.getByLabel('Name', { exact: true });
    await name.fill('Front');
    release();
    await late.frameLocator('iframe').getByText('Hello! How can we help you?').waitFor();
    await late.keyboard.type(' page');
    expect(await name.inputValue()).toBe('Front page');
    await late.close();
  });

  it('[LC-11] [LC-12] keeps the pre-chat form and the privacy terms with their formatting, never as HTML', async () => {
    await choose(page, 'Phone', 'Required');
    await press(page, 'Show privacy terms');
    const terms = page.getByRole('textbox', { name: 'Privacy and consent text' });
    await terms.click();
    await page.keyboard.type('We keep <b>your</b> data ');
    await page.getByRole('button', { name: 'Bold' }).click();
    await page.keyboard.type('safe');
    await press(page, 'Require explicit consent');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('pl-embed-dialog[open]').getByText('Website domain').waitFor();
    await page.keyboard.press('Escape');

    const { channels } = (await workspace.call('GET', '/api/channels')) as { channels: { id: string }[] };
    const saved = (await workspace.call('GET', `/api/channels/${channels[0]?.id ?? ''}`)) as Record<
      string,
      unknown
    >;
    expect(saved.consent).toEqual({
      enabled: true,
      explicit: true,
      text: [[{ text: 'We keep <b>your</b> data ' }, { text: 'safe', bold: true }]],
    });
    expect(saved.preChat).toMatchObject({ enabled: true, phone: 'required' });
    expect(saved.appearance).toMatchObject({ title: 'Ask the shop', accent: '#2b8a3e' });
    await page.reload();
    await tab('Message').click();
    expect(await terms.innerHTML()).toContain('<strong>safe</strong>');
    expect(await terms.innerText()).toContain('We keep <b>your</b> data safe');
  });

  it('leads to the tab of a wrong field, and asks before changes are lost', async () => {
    await tab('Message').click();
    await page.getByLabel('Chat session closed message').fill('');
    await tab('General').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a text.').waitFor();
    expect(await tab('Message').getAttribute('aria-selected')).toBe('true');

    await page.getByRole('link', { name: 'Queues' }).click();
    await page.getByText('You have changes that are not saved.').waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(new URL(page.url()).pathname).toMatch(/^\/channels\//);
    await page.goBack();
    await page.getByRole('button', { name: 'Leave without saving' }).click();
    await page.getByRole('heading', { name: 'Channels', exact: true }).waitFor();
  });

  it('[GEN-09] shows an identity secret once, and afterwards only that it is set', async () => {
    await page.getByRole('link', { name: 'Shop window' }).click();
    await page.getByText('No secret set').waitFor();
    await page.getByRole('button', { name: 'Generate secret' }).click();
    const secret = await page.getByRole('region', { name: 'Identity secret' }).innerText();
    expect(secret.length).toBeGreaterThan(30);
    await page.reload();
    await page.getByText('Secret set', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await page.getByText(secret).count()).toBe(0);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page
      .getByRole('group', { name: /identify/ })
      .getByRole('button', { name: 'Remove' })
      .click();
    await page.getByText('No secret set').waitFor();
  });

  it('[LC-16] mails the installation instructions where mail is set up, and says to whom', async () => {
    const sent: unknown[] = [];
    await page.route('**/embed', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), mail: true } });
    });
    await page.route('**/embed/email', (route) => {
      sent.push(route.request().postDataJSON());
      return route.fulfill({ json: {} });
    });
    await page.goto(`${server.url}/channels`);
    await page.getByRole('button', { name: 'Code of Shop window' }).click();
    await press(page, 'Send installation instruction to website admin via email');
    await page.getByLabel('E-mail address').fill('nobody');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Use an address such as name@example.com.').waitFor();
    await page.getByLabel('E-mail address').fill('web@example.com');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Sent to web@example.com.').waitFor();
    expect(sent).toEqual([{ to: 'web@example.com' }]);
    await page.unrouteAll();
    await page.keyboard.press('Escape');
  });

  it('[CH-15] explains that sessions are open, and deletes with them when told to', async () => {
    const queue = await workspace.queue([], 'manual', 'Other');
    const channel = await workspace.channel({ kind: 'queue', id: queue.id }, { name: 'Busy' });
    const visitor = new VisitorClient({
      url: server.url,
      channelNumber: channel.number,
      origin: 'https://shop.example',
    });
    await visitor.connect();
    await visitor.send('still here');
    await page.goto(`${server.url}/channels`);
    const row = page.getByRole('row').filter({ hasText: 'Busy' });
    const activeSessions = async () => {
      await page.reload();
      return row.getByRole('cell').nth(6).innerText();
    };
    await expect.poll(activeSessions, { timeout: 15_000 }).toBe('1');
    await page.getByLabel('Select Busy').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete and end the sessions' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).first().click();
    await page.getByRole('link', { name: 'Busy' }).waitFor({ state: 'detached' });
    await visitor.until(
      () => visitor.log.list.some(({ body }) => body.kind === 'closed'),
      'the session to close',
    );
    visitor.close();
    expect(screen.errors).toEqual([]);
  });
});
