/** Campaigns as an admin makes and follows them, against simulated providers (CMP-01 … CMP-10, AG-11). */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { importCounts } from '../../core/campaignApi.ts';
import { emptyContact, type Phonebook } from '../../core/contact.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import { axe, axeInBothThemes, launchBrowser } from '../support/browser.ts';
import { addChannel, providerUrls, type TestChannel } from '../support/channels.ts';
import { choose, openConsole, press, type Screen } from '../support/console.ts';
import { inboxTemplates } from '../support/inboxTemplates.ts';
import { Keyboard } from '../support/keyboard.ts';
import { samplePng } from '../support/samplePicture.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const twilio = new TwilioSimulator();
const whatsapp = new WhatsAppSimulator();
whatsapp.templates = inboxTemplates;
const calm = { reducedMotion: 'reduce' } as const;
/** Twilio's own test number that no message can be sent to. */
const unreachable = '+15005550001';
const optedOut = '+12025550109';
const lamp = { name: 'lamp.png', mimeType: 'image/png', buffer: samplePng() };

let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let ada: TestAgent;
let texting: TestChannel;
let boss: Screen;
let page: Page;

beforeAll(async () => {
  await Promise.all([twilio.start(), whatsapp.start()]);
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100', ...providerUrls([twilio, whatsapp]) } });
  workspace = await setUp(server);
  ada = await workspace.agent({ name: 'Ada Agent' });
  const queue = await workspace.queue([ada], 'manual', 'Support');
  const destination = { kind: 'queue' as const, id: queue.id };
  texting = await addChannel(workspace, twilio, destination, { name: 'Texting', rate: 50 });
  await addChannel(workspace, whatsapp, destination, { name: 'WhatsApp shop' });
  await twilio.customerSends({ from: optedOut, to: texting.number, text: 'STOP' });
  browser = await launchBrowser();
  boss = await openConsole(browser, server, workspace.cookie, '/profile', calm);
  ({ page } = boss);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await Promise.all([twilio.close(), whatsapp.close()]);
});

async function phonebook(name: string, numbers: readonly string[]): Promise<Phonebook> {
  const made = (await workspace.call('POST', '/api/phonebooks', { name })) as Phonebook;
  for (const [index, number] of numbers.entries()) {
    await workspace.call('POST', '/api/contacts', {
      ...emptyContact,
      name: `${name} ${index + 1}`,
      numbers: [{ type: 'mobile', number }],
      phonebooks: [made.id],
    });
  }
  return made;
}

/** The figures at the top of a campaign's page. */
const figure = (name: string, value: number) =>
  page
    .getByRole('list', { name: 'Result' })
    .getByRole('button')
    .filter({ hasText: new RegExp(`^\\s*${name}\\s+${value}\\b`) });
const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const importer = () => page.locator('pl-recipient-import');
const question = () => page.locator('wa-dialog.question');

async function importCsv(text: string): Promise<void> {
  await page.getByRole('button', { name: 'Import CSV' }).click();
  await importer()
    .getByLabel('CSV file')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
}

describe('an SMS campaign', () => {
  it('[CMP-01] [CMP-02] [CMP-03] [CMP-08] goes from a CSV file to the results, with every row accounted for', async () => {
    // Whoever has opted out is known once the message with STOP is dealt with.
    const stopped = await phonebook('Stopped', [optedOut]);
    const query = new URLSearchParams({
      channel: texting.channel.id,
      number: texting.number,
      phonebooks: stopped.id,
      numberType: 'mobile',
    });
    await expect
      .poll(async () => importCounts.parse(await workspace.call('GET', `/api/campaigns/count?${query}`)))
      .toMatchObject({ optedOut: 1 });

    await page.goto(`${server.url}/campaigns`);
    await page.getByText('No campaigns yet').waitFor();
    await page.getByRole('link', { name: 'Add a campaign' }).click();
    await page.getByLabel('Name', { exact: true }).waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: 'Sender' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Send now' }).click();
    for (const words of ['Enter a name.', 'There is nobody to send to.', 'Enter a text.']) {
      await page.getByText(words).waitFor();
    }
    await page.getByLabel('Name', { exact: true }).fill('Spring sale');

    await importCsv(
      'Number,Name,City\r\n' +
        '+12025550101,Ada,London\r\n' +
        '+12025550102,Grace,New York\r\n' +
        '12,Nobody,Rome\r\n' +
        '+12025550101,Ada again,London\r\n' +
        `${optedOut},Stopped,Oslo\r\n` +
        `${unreachable},=1+1,Nowhere\r\n`,
    );
    await importer().getByText('people.csv has 6 rows below its first line.').waitFor();
    await importer()
      .getByText(/^Row 4: 12 is not a number/)
      .waitFor();
    await importer().getByRole('button', { name: 'Import 4 recipients' }).click();
    await importer().getByText('All of the 6 rows are dealt with:').waitFor();
    const counted = await importer().locator('dl').innerText();
    expect(counted.split(/\s*\n\s*/).join(' ')).toBe('Imported 3 Duplicate 1 Invalid 1 Opted out 1');
    const form = ['pl-app', 'pl-campaign-form', 'pl-campaign-recipients', 'pl-recipient-import', 'wa-dialog'];
    expect(await axe(page, form)).toEqual([]);
    await importer().getByRole('button', { name: 'Close' }).last().click();
    await importer().locator('dialog[open]').waitFor({ state: 'detached' });

    await choose(page, 'Country or region', 'United Kingdom');
    await page.getByLabel('Number', { exact: true }).fill('020 7946 0123');
    await page.keyboard.press('Enter');
    await page.getByText('4 recipients, 1 duplicate, 1 invalid, 1 opted out.').waitFor();
    const listed = page.getByRole('list', { name: 'Recipients' });
    await listed.getByText('+442079460123').waitFor();

    const text = page.getByLabel('Text', { exact: true });
    // One goes on writing behind what was inserted.
    const write = async (words: string, variable: string) => {
      await expect.poll(() => text.evaluate((area) => area.matches(':focus'))).toBe(true);
      await page.keyboard.type(words);
      await page.getByRole('button', { name: 'Insert a variable into the text' }).click();
      await page.getByRole('menuitem', { name: variable }).click();
    };
    await text.click();
    await write('Hello ', 'Name');
    await write('! Our sale in ', 'City');
    await expect.poll(() => text.evaluate((area) => area.matches(':focus'))).toBe(true);
    await page.keyboard.type(' begins.');
    await expect.poll(() => text.inputValue()).toBe('Hello {{Name}}! Our sale in {{City}} begins.');
    await page.getByText('Hello Ada! Our sale in London begins.').waitFor();
    await page
      .getByText(/^Sends to 4 people now, at 50 a second/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Send now' }).click();
    await question().getByRole('button', { name: 'Send to 4 people' }).click();

    await page.getByRole('heading', { name: 'Spring sale', level: 1 }).waitFor();
    await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: 30_000 });
    for (const [name, value] of [
      ['Delivered', 3],
      ['Failed', 1],
      ['Opted out', 1],
    ] as const) {
      await figure(name, value).waitFor();
    }
    expect(twilio.accepted.map(({ to, text: sent }) => [to, sent]).sort()).toEqual([
      ['+12025550101', 'Hello Ada! Our sale in London begins.'],
      ['+12025550102', 'Hello Grace! Our sale in New York begins.'],
      ['+442079460123', 'Hello ! Our sale in  begins.'],
    ]);

    await page.getByRole('button', { name: /^Failed/ }).click();
    await row(unreachable).getByText(/21211/).waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv).toContain("+15005550001,'=1+1,Failed,");
    await page.getByRole('button', { name: 'Retry failed' }).click();
    await page.locator('pl-campaign-actions').getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: 30_000 });
    expect(twilio.accepted).toHaveLength(3);

    await page.getByRole('button', { name: 'Campaigns' }).click();
    await row('Spring sale').getByText('1/5').waitFor();
    await row('Spring sale').getByText('Sessions for Support').waitFor();
  });

  it('[AG-11] [CMP-10] opens sessions that carry its name, and counts who answers', async () => {
    await twilio.customerSends({ from: '+12025550101', to: texting.number, text: 'Tell me more' });
    const agent = await openConsole(browser, server, ada.api.cookie, '/inbox', calm);
    await agent.page.getByRole('tab', { name: /Campaigns/ }).click();
    const session = agent.page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'Tell me more' });
    await session.getByText('Spring sale').waitFor();
    await session.click();
    await agent.page.getByRole('log').getByText('Hello Ada! Our sale in London begins.').waitFor();
    await agent.page.getByText('Started by the campaign Spring sale').first().waitFor();
    expect(agent.errors).toEqual([]);
    await agent.close();
    // The channel counts in the conversation's next pause.
    await expect
      .poll(() => workspace.call('GET', '/api/campaigns?search=Spring'))
      .toMatchObject({ campaigns: [{ totals: { replied: 1 } }] });
    await page.goto(`${server.url}/campaigns`);
    await row('Spring sale').getByText('33%').waitFor();
  });
});

describe('a WhatsApp campaign', () => {
  it('[CMP-03] [CMP-05] sends a template with a picture and each contact’s name, without sessions', async () => {
    await phonebook('Regulars', ['+12025550121', '+12025550122']);
    await page.goto(`${server.url}/campaigns/new`);
    await page.getByLabel('Name', { exact: true }).fill('New lamps');
    await choose(page, 'Message channel', 'WhatsApp shop');
    await page.getByRole('radio', { name: 'Phonebooks' }).click();
    await press(page, 'Regulars');
    await page.getByText('2 recipients right now.').waitFor();
    await page.getByRole('button', { name: /new_lamps/ }).click();
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.getByText('WhatsApp does not send the sample.').waitFor();
    await page.getByText('Fill this in.').waitFor();
    await page.getByLabel('Header: image').setInputFiles(lamp);
    await page.getByRole('button', { name: 'Insert a variable into first_name' }).click();
    await page.getByRole('menuitem', { name: 'Name' }).click();
    await page.getByRole('region', { name: 'Preview' }).getByText('Hallo {{Name}}, neue Lampen!').waitFor();
    await page.getByRole('radio', { name: 'Send messages directly' }).click();
    await page.getByRole('button', { name: 'Send now' }).click();
    await question().getByRole('button', { name: 'Send to 2 people' }).click();
    await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: 30_000 });
    await figure('Delivered', 2).waitFor();
    const sent = whatsapp.accepted.map(({ to, raw }) => [to, JSON.stringify(raw)] as const);
    expect(sent.map(([to]) => to.replace('+', '')).sort()).toEqual(['12025550121', '12025550122']);
    expect(sent.every(([, raw]) => /Regulars \d/.test(raw))).toBe(true);
    await page.getByRole('img', { name: 'lamp.png' }).waitFor();
  });
});

describe('a campaign for later', () => {
  it('[CMP-04] [CMP-06] [CMP-08] is scheduled, changed, cancelled, duplicated and deleted', async () => {
    await page.goto(`${server.url}/campaigns/new`);
    await page.getByLabel('Name', { exact: true }).fill('Winter');
    await page.getByLabel('Number', { exact: true }).fill('+12025550131, +12025550132');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('2 recipients.').waitFor();
    await page.getByRole('radio', { name: 'File (MMS)' }).click();
    await page.getByLabel('File', { exact: true }).setInputFiles(lamp);
    await page.getByLabel('Text beside the file').fill('It is cold.');
    await page.getByRole('radio', { name: 'Schedule sending' }).click();
    await page.getByLabel('Date', { exact: true }).fill('2020-01-01');
    await page.getByLabel('Time', { exact: true }).fill('08:50');
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByText('This time is over. Choose a later one.').waitFor();
    await page.getByLabel('Date', { exact: true }).fill('2096-12-24');
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await page.getByLabel('Time zone').press('Tab');
    await page.getByText(/^Sends to 2 people on Dec 24, 2096, 8:50\sAM \(Asia\/Tokyo\)/).waitFor();
    // Nothing of it is lost by leaving unawares.
    await page.getByRole('button', { name: 'Campaigns' }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByText('Scheduled', { exact: true }).waitFor();
    await page.getByText(/Dec 24, 2096, 8:50\sAM \(Asia\/Tokyo\)/).waitFor();
    await page.getByRole('link', { name: 'lamp.png' }).waitFor();

    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Time', { exact: true }).fill('09:30');
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByText(/Dec 24, 2096, 9:30\sAM/).waitFor();
    await page.getByRole('button', { name: 'Cancel sending' }).click();
    await page.locator('pl-campaign-actions').getByRole('button', { name: 'Cancel sending' }).last().click();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Winter (copy)');
    await page.getByText('2 recipients.').waitFor();
    await page.getByText('lamp.png').waitFor();

    await page.goto(`${server.url}/campaigns`);
    await choose(page, 'Status', 'Draft');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await row('Winter (copy)').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No campaign matches.').waitFor();
    await choose(page, 'Status', 'All');
    await page.getByRole('searchbox', { name: 'Search campaigns' }).fill('wint');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await row('Winter').getByText('Cancelled').waitFor();
    expect(boss.errors).toEqual([]);
  });

  it('[CMP-01] is taken back when nobody saves it', async () => {
    await page.goto(`${server.url}/campaigns/new`);
    await page.getByLabel('Name', { exact: true }).fill('Forgotten');
    await page.getByLabel('Number', { exact: true }).fill('+12025550131');
    await page.keyboard.press('Enter');
    await page.getByText('1 recipient.').waitFor();
    await page.getByRole('button', { name: 'Campaigns' }).click();
    await page.getByRole('button', { name: 'Leave without saving' }).click();
    await row('Spring sale').waitFor();
    const listed = async () =>
      (await workspace.call('GET', '/api/campaigns?search=Forgotten')) as { total: number };
    await expect.poll(listed).toMatchObject({ total: 0 });
  });
});

describe('the pages of campaigns', () => {
  it('[AG-15] let a campaign be written without a mouse', async () => {
    await page.goto(`${server.url}/campaigns`);
    const keys = new Keyboard(page);
    const name = page.getByLabel('Name', { exact: true });
    await page.getByRole('link', { name: 'Add campaign' }).focus();
    await page.keyboard.press('Enter');
    await name.waitFor();
    await keys.moveTo(name);
    await keys.type('By keys');
    await keys.moveTo(page.getByLabel('Number', { exact: true }));
    await keys.type('+12025550141');
    await keys.press('Enter', page.getByRole('list', { name: 'Recipients' }).getByText('+12025550141'));
    await keys.isAt(page.getByLabel('Number', { exact: true }));
    await keys.moveTo(page.getByLabel('Text', { exact: true }));
    await keys.type('Hello ');
    await keys.moveTo(page.getByRole('button', { name: 'Insert a variable into the text' }));
    await keys.press('Enter', page.getByRole('menuitem', { name: 'Name' }));
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await keys.isAt(page.getByLabel('Text', { exact: true }));
    await expect.poll(() => page.getByLabel('Text', { exact: true }).inputValue()).toBe('Hello {{Name}}');
    await keys.moveTo(page.getByRole('radio', { name: 'Send now' }));
    await keys.press(['ArrowDown', 'ArrowDown'], page.getByRole('button', { name: 'Save draft' }));
    await keys.moveTo(page.getByRole('button', { name: 'Save draft' }));
    await keys.press('Enter', page.getByText('Saved', { exact: true }));
    await page.reload();
    await expect.poll(() => name.inputValue()).toBe('By keys');
  });

  it(
    '[CMP-08] give axe-core nothing to find in either theme, and fit a phone',
    { timeout: 90_000 },
    async () => {
      const phone = { ...calm, viewport: { width: 390, height: 844 } };
      const screen = await openConsole(browser, server, workspace.cookie, '/campaigns', phone);
      const { page: small } = screen;
      const check = async (what: string) => {
        const over = await small.evaluate(() => {
          const main = document.querySelector('pl-app')?.shadowRoot?.querySelector('main');
          return (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0);
        });
        const found = await axeInBothThemes(small, 'pl-app');
        expect({ what, over, found }).toEqual({ what, over: 0, found: {} });
      };
      await small.getByRole('row').filter({ hasText: 'Spring sale' }).waitFor();
      await check('list');
      await small.getByRole('link', { name: 'Spring sale' }).click();
      await small.getByRole('row').filter({ hasText: unreachable }).waitFor();
      await check('details');
      await small.goto(`${server.url}/campaigns/new`);
      await small.getByRole('button', { name: 'Send now' }).click();
      await small.getByText('Enter a text.').waitFor();
      await check('form with errors');
      expect(screen.errors).toEqual([]);
      await screen.close();
    },
  );
});
