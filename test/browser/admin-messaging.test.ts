/** Channels of the ten providers through the console, each against its simulator. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { isShown } from '../../core/messagingChannel.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providers, type ProviderId } from '../../core/providers/registry.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { axeInBothThemes, launchBrowser } from '../support/browser.ts';
import { providerUrls } from '../support/channels.ts';
import {
  fillForm,
  numberLabel,
  openForm,
  save,
  startSimulators,
  webhookUrl,
  type Simulators,
} from '../support/channelForms.ts';
import { choose, openConsole, press, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

const ids = Object.keys(providers) as ProviderId[];
/** Their API has nothing that tells whether the credentials are right. */
const unaskable: readonly ProviderId[] = ['siptrunk', 'voicemeup'];

let fakes: Awaited<ReturnType<typeof startSimulators>>;
let simulators: Simulators;
let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let screen: Screen;
let page: Page;
/** What the API has answered to this browser. */
const answers: string[] = [];

beforeAll(async () => {
  fakes = await startSimulators();
  simulators = fakes.simulators;
  server = await startServer({ env: providerUrls(Object.values(simulators)) });
  workspace = await setUp(server);
  await workspace.queue([], 'manual', 'Sales');
  browser = await launchBrowser();
  screen = await openConsole(browser, server, workspace.cookie, '/channels');
  page = screen.page;
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) return;
    void response.text().then(
      (text) => answers.push(text),
      () => undefined,
    );
  });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await fakes.stop();
});

const tab = (name: string) => page.getByRole('tab', { name }).click();
const health = () => page.locator('pl-health');

const fieldsOf = (id: ProviderId): Record<string, string> => simulators[id].fields;

/** The oldest line of the event log with all these texts, once it is there. */
async function logLine(...texts: string[]): Promise<Locator> {
  let lines = page.locator('pl-channel-events li');
  for (const text of texts) lines = lines.filter({ hasText: text });
  const refresh = async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    return lines.count();
  };
  await expect.poll(refresh, { timeout: 15_000 }).toBeGreaterThan(0);
  return lines.last();
}

/** Opens a saved channel from the list. */
async function openChannel(name: string): Promise<void> {
  await page.goto(`${server.url}/channels`);
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByLabel('Webhook URL', { exact: true }).waitFor();
}

describe('[SMS-01] [SMS-02] [SMS-03] [SMS-04] [SMS-05] [SMS-06] [SMS-07] [SMS-08] [FB-01] [WA-01] the ten forms', () => {
  it.each(ids)(
    '[CH-02] [CH-03] [CH-06] asks for what %s needs, says what is missing, and keeps its webhook URL',
    { timeout: 120_000 },
    async (id) => {
      const provider: Provider = providers[id];
      const simulator: ProviderSimulator = simulators[id];
      await openForm(page, server.url, id);
      const url = await webhookUrl(page);
      expect(url).toMatch(new RegExp(`/webhook/${id}/[A-Za-z0-9_-]{40,}(#.*)?$`));
      await page.reload();
      await page.getByLabel('Webhook URL', { exact: true }).waitFor();
      expect(await webhookUrl(page)).toBe(url);
      for (const { label } of provider.ours) await page.getByLabel(label, { exact: true }).waitFor();
      const guide = page.getByRole('link', { name: /Set-up guide/ });
      expect(await guide.getAttribute('href')).toBe(`/guides/${id}.html`);

      await save(page);
      const initial = Object.fromEntries(provider.form.map((field) => [field.name, field.initial ?? '']));
      const asked = provider.form.filter((field) => field.required && isShown(field, initial));
      for (const { label } of asked.filter((field) => !field.initial)) {
        await page.getByText(`Enter the ${label}.`, { exact: true }).waitFor();
      }
      await page.getByLabel(numberLabel(provider), { exact: true }).fill('12');
      await save(page);
      await page.getByText(/^Use the (full number|Page ID)/).waitFor();

      await fillForm(page, simulator);
      await page.getByLabel('Name', { exact: true }).fill(`Shop by ${id}`);
      await save(page);
      await page.getByRole('heading', { name: `Shop by ${id}`, exact: true }).waitFor();
      await page.waitForURL(/\/channels\/(?!new)/);
      expect(await webhookUrl(page)).toBe(url);
      const status = unaskable.includes(id) ? 'Not checked yet' : 'Connected';
      await health().getByText(status, { exact: true }).waitFor();
    },
  );
});

describe('adding a channel', () => {
  it('[GEN-09] shows of the secrets only that they are set, in the page and in every answer', async () => {
    await openChannel('Shop by twilio');
    const kept = page.getByRole('group', { name: 'Auth Token' });
    await kept.getByText('Set', { exact: true }).waitFor();
    const secrets = ids.flatMap((id) =>
      providers[id].form.flatMap(({ name, kind }) => (kind === 'secret' ? (fieldsOf(id)[name] ?? []) : [])),
    );
    expect(secrets.length).toBeGreaterThan(9);
    const heard = answers.join('\n');
    expect(heard).toContain('"secretsSet":["authToken"]');
    expect(secrets.filter((secret) => heard.includes(secret))).toEqual([]);

    await kept.getByRole('button', { name: 'Replace Auth Token' }).click();
    expect(await page.getByLabel('Auth Token', { exact: true }).inputValue()).toBe('');
    await save(page);
    await page.getByText('Enter the Auth Token.').waitFor();
    await page.getByRole('button', { name: 'Keep the stored Auth Token' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Shop by twilio, renamed');
    await save(page);
    await page.getByRole('heading', { name: 'Shop by twilio, renamed' }).waitFor();
    await health().getByText('Connected', { exact: true }).waitFor();
  });

  it('[CH-03] offers every address of the deployment, and warns of those that providers refuse', async () => {
    const publicUrls = ['https://chat.example.com', 'https://my_chat.example.com', 'http://chat.example.com'];
    await workspace.call('PATCH', '/api/settings', { publicUrls });
    await openForm(page, server.url, 'general');
    expect(await webhookUrl(page)).toMatch(/^https:\/\/chat\.example\.com\/webhook\/general\//);
    expect(await page.locator('pl-webhook pl-notice').count()).toBe(0);
    await choose(page, 'Address of Parley', 'https://my_chat.example.com');
    await page.locator('pl-webhook pl-notice').filter({ hasText: 'underscore' }).waitFor();
    expect(await webhookUrl(page)).toMatch(/^https:\/\/my_chat\.example\.com\//);
    await choose(page, 'Address of Parley', 'http://chat.example.com');
    await page.locator('pl-webhook pl-notice').filter({ hasText: 'HTTPS' }).waitFor();
    await page.getByRole('button', { name: 'Copy Webhook URL' }).click();
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await webhookUrl(page));
    await workspace.call('PATCH', '/api/settings', { publicUrls: [] });
  });

  it('[CH-06] gives each number its own destination and starters, and takes a sender ID', async () => {
    const agent = await workspace.agent({ name: 'Night Agent' });
    await openForm(page, server.url, 'twilio');
    await fillForm(page, simulators.twilio);
    await page.getByLabel('Number', { exact: true }).fill('+19195550142');
    await page.getByLabel('Name', { exact: true }).fill('Two numbers');
    await page.getByRole('button', { name: 'Add a number' }).click();
    await page.locator('.numbers li:last-child input:focus').waitFor();
    await page.keyboard.type('A sender ID that is too long');
    await choose(page, 'Destination for Inbound Messaging', 'Agent');
    await save(page);
    await page.getByText(/sender ID of 3 to 11/).waitFor();
    await page.getByText('Choose an agent.').waitFor();
    await page.getByLabel('Number', { exact: true }).fill('SHOP');
    await choose(page, 'Agent', 'Night Agent');
    await page
      .getByRole('group', { name: 'Selected' })
      .getByRole('button', { name: /Default_All_Extensions/ })
      .click();
    await page
      .getByRole('group', { name: 'Available' })
      .getByRole('button', { name: /Night Agent/ })
      .click();
    await save(page);
    await page.getByRole('heading', { name: 'Two numbers' }).waitFor();
    await page.waitForURL(/\/channels\/(?!new)/);
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const saved = (await workspace.call('GET', `/api/channels/${id}`)) as { numbers: unknown[] };
    expect(saved.numbers).toMatchObject([
      {
        number: '+19195550142',
        destination: { kind: 'queue' },
        starters: { agents: [], groups: ['all'] },
      },
      {
        number: 'SHOP',
        destination: { kind: 'agent', id: agent.agent.id },
        starters: { agents: [agent.agent.id], groups: [] },
      },
    ]);
  });
});

describe('a channel at work', () => {
  it('[CH-12] says why it does not work, when asked and in the list', async () => {
    const { flowroute } = simulators;
    await openChannel('Shop by flowroute');
    await page.getByRole('button', { name: 'Replace Secret Key' }).click();
    await page.getByLabel('Secret Key', { exact: true }).fill('not the secret key');
    await save(page);
    await health().getByText('Unauthorized', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Replace Secret Key' }).click();
    await page.getByLabel('Secret Key', { exact: true }).fill(flowroute.fields.secretKey);
    await save(page);
    await health().getByText('Connected', { exact: true }).waitFor();
    flowroute.behave({ outage: '503' });
    await page.getByRole('button', { name: 'Check now' }).click();
    await health().getByText('Services of the recipient platform are unavailable').waitFor();
    flowroute.behave({ outage: 'none' });
    await page.goto(`${server.url}/channels`);
    const row = page.getByRole('row').filter({ hasText: 'Shop by flowroute' });
    await row.getByText('Services of the recipient platform are unavailable').waitFor();

    await page.getByRole('link', { name: 'Shop by flowroute' }).click();
    await press(page, 'Enabled');
    await save(page);
    await health().getByText('Disabled', { exact: true }).waitFor();
    await page.goto(`${server.url}/channels`);
    await row.getByText('Disabled', { exact: true }).waitFor();
  });

  it('[CH-12] counts in the list the messages whose outcome nobody knows', async () => {
    const { apidaze } = simulators;
    apidaze.behave({ swallow: 1 });
    await openChannel('Shop by apidaze');
    await page.getByRole('button', { name: 'Send test message' }).click();
    await page.getByLabel('To', { exact: true }).fill('+14125550101');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Open the event log' }).click();
    await logLine('+14125550101', 'Outcome unknown');
    await page.goto(`${server.url}/channels`);
    const row = page.getByRole('row').filter({ hasText: 'Shop by apidaze' });
    await row.getByText('1 outcome unknown').waitFor();
  });

  it('[CH-16] tells of webhooks and sends, sends a test message and takes a webhook in again', async () => {
    const { general } = simulators;
    const number = general.numbers.at(-1) ?? '';
    await openChannel('Shop by general');
    const webhook = await webhookUrl(page);
    await tab('Event log');
    await page.getByRole('button', { name: 'Refresh' }).waitFor();
    await general.configure({ webhookUrl: webhook });
    const customer = '+14155550177';
    await general.customerSends({ from: customer, to: number, text: 'Are you open?' });
    const headers = { 'x-signature-256': 'sha256=0' };
    const forged = await fetch(webhook, { method: 'POST', body: '{}', headers });
    expect(forged.status).toBe(400);
    const refused = await logLine('Refused', 'X-Signature-256');
    await refused.locator('summary').click();
    await refused.getByRole('button', { name: 'Replay' }).click();
    await refused.getByText(/^Refused: /).waitFor();
    const taken = await logLine(`Message from ${customer}`, 'OK');
    await taken.locator('summary').click();
    await taken.getByRole('button', { name: 'Replay' }).click();
    await taken.getByText(/^(OK|Ignored): /).waitFor();

    await page.getByRole('button', { name: 'Send test message' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Enter the number to send to.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('+14155550178');
    await page.getByLabel('Text', { exact: true }).fill('This is a test.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Open the event log' }).click();
    await expect
      .poll(() => general.accepted.map(({ to, text }) => [to, text]))
      .toContainEqual(['+14155550178', 'This is a test.']);
    await logLine('+14155550178', 'OK');
  });

  it('[CH-01] counts in the list, by the time that is asked for', async () => {
    await page.goto(`${server.url}/channels`);
    await page.getByLabel('Search channels').fill('by general');
    expect(await page.getByRole('row').count()).toBe(2);
    const row = page.getByRole('row').filter({ hasText: 'Shop by general' });
    const figures = async () => (await row.getByRole('cell').allInnerTexts()).slice(7, 11);
    const reload = async () => {
      await page.reload();
      await page.getByLabel('Search channels').fill('by general');
      return figures();
    };
    await expect.poll(reload, { timeout: 20_000 }).toEqual(['1', '1', '0', '1']);
    expect((await row.getByRole('cell').nth(3).innerText()).replace(/\s+/g, ' ').trim()).toBe('SMS General');
    await choose(page, 'Statistics of', 'Yesterday');
    await expect.poll(figures).toEqual(['0', '0', '0', '0']);
    await choose(page, 'Statistics of', 'This month');
    await expect.poll(figures).toEqual(['1', '1', '0', '1']);
    await choose(page, 'Statistics of', 'Custom range');
    await page.getByLabel('First day').fill('2020-01-01');
    await page.getByLabel('Last day').fill('2020-12-31');
    await expect.poll(figures).toEqual(['0', '0', '0', '0']);
  });

  it('[CH-03] gets a new webhook address on demand, and the old one dies', async () => {
    await openChannel('Shop by general');
    const old = await webhookUrl(page);
    await page.getByRole('button', { name: 'New webhook address' }).click();
    await page.getByText('reports of delivery that come to the old address are lost').waitFor();
    await page.getByRole('button', { name: 'Make a new one' }).click();
    await page.getByText('Paste the new values at the provider now').waitFor();
    const renewed = await webhookUrl(page);
    expect(renewed).not.toBe(old);
    const answerTo = async (url: string) => (await fetch(url, { method: 'POST', body: '{}' })).status;
    // What the edge knows of a channel is two seconds old at most.
    await expect.poll(() => answerTo(old), { timeout: 5_000 }).toBe(404);
    expect(await answerTo(renewed)).toBe(400);
  });

  it('[WA-03] lists the templates of WhatsApp with a preview', async () => {
    const row = { language: 'en_US', status: 'APPROVED', category: 'UTILITY' };
    const body = { type: 'BODY', text: 'Your parcel comes on {{1}}.', example: { body_text: [['Friday']] } };
    simulators.whatsapp.templates = [
      { ...row, id: '1', name: 'parcel_sent', components: [body] },
      { ...row, id: '2', name: 'parcel_lost', status: 'PENDING', components: [body] },
    ];
    await openChannel('Shop by whatsapp');
    await tab('Templates');
    await page.getByRole('button', { name: 'Refresh' }).click();
    const list = page.locator('pl-templates');
    const preview = list.getByRole('region', { name: 'Preview of parcel_sent' });
    await preview.getByText('Your parcel comes on Friday.').waitFor();
    await list.getByText('en_US · Utility').waitFor();
    expect(await list.getByText('parcel_lost').count()).toBe(0);
    await list.getByLabel('Search templates').fill('nothing like it');
    await list.getByText('No template matches the search.').waitFor();
  });
});

describe('the look of the pages of channels', () => {
  it('gives axe-core nothing to find in either theme, and fits a phone', { timeout: 120_000 }, async () => {
    const viewport = { width: 390, height: 844 };
    const phone = await openConsole(browser, server, workspace.cookie, '/channels', {
      reducedMotion: 'reduce',
      viewport,
    });
    const found: Record<string, unknown> = {};
    const look = async (name: string) => {
      const violations = await axeInBothThemes(phone.page, 'pl-app');
      if (Object.keys(violations).length > 0) found[name] = violations;
      const over = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) found[`${name} sideways`] = over;
    };
    await phone.page.getByRole('link', { name: 'Shop by general' }).waitFor();
    await look('list');
    await phone.page.getByRole('link', { name: 'Shop by general' }).click();
    await phone.page.getByLabel('Webhook URL', { exact: true }).waitFor();
    await look('settings');
    await phone.page.getByRole('tab', { name: 'Event log' }).click();
    await phone.page.locator('pl-channel-events summary').first().click();
    await look('event log');
    await phone.page.goto(`${server.url}/channels/new/sms`);
    await phone.page.getByRole('link', { name: /^Twilio/ }).waitFor();
    await look('choice');
    await phone.page.goto(`${server.url}/channels/new/facebook`);
    await phone.page.getByLabel('Webhook URL', { exact: true }).waitFor();
    await phone.page.getByRole('button', { name: 'Save' }).click();
    await phone.page.getByText('Enter the Access Token.').waitFor();
    await look('errors');
    expect(found).toEqual({});
    expect([...phone.errors, ...screen.errors]).toEqual([]);
    await phone.close();
  });
});

describe('deleting a channel', () => {
  it('[CH-15] explains that a session is open, and ends it with the channel when told to', async () => {
    await openChannel('Shop by general');
    await page.getByRole('button', { name: 'Delete channel' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('alert').getByText('Shop by general: 1').waitFor();
    await page.getByRole('button', { name: 'Delete and end the sessions' }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Channels', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Shop by twilio' }).waitFor();
    expect(await page.getByRole('link', { name: 'Shop by general' }).count()).toBe(0);
    expect(screen.errors).toEqual([]);
  });
});
