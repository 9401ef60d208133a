/** Contacts in the console: pages, CSV, merging, and the way to a session with one of them. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { emptyContact, type Contact, type ContactInput } from '../../core/contact.ts';
import { contactsAnswer } from '../../core/contactApi.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { addChannel, providerUrls } from '../support/channels.ts';
import { openConsole, press, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { agentPassword, setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const twilio = new TwilioSimulator();
const calm = { reducedMotion: 'reduce' } as const;
let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let ada: TestAgent;
let boss: Screen;
let first: Screen;

beforeAll(async () => {
  await twilio.start();
  server = await startServer({ env: providerUrls([twilio]) });
  workspace = await setUp(server);
  ada = await workspace.agent({ name: 'Ada Agent' });
  const queue = await workspace.queue([ada], 'manual', 'Support');
  const destination = { kind: 'queue' as const, id: queue.id };
  const starters = { agents: [ada.agent.id], groups: [] };
  await addChannel(workspace, twilio, destination, {
    numbers: twilio.numbers.map((number) => ({ number, destination, starters })),
  });
  browser = await launchBrowser();
  boss = await openConsole(browser, server, workspace.cookie, '/contacts', calm);
  first = await openConsole(browser, server, ada.api.cookie, '/inbox', calm);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await twilio.close();
});

const add = async (name: string, number: string, more: Partial<ContactInput> = {}) =>
  (await workspace.call('POST', '/api/contacts', {
    ...emptyContact,
    name,
    numbers: [{ type: 'mobile', number }],
    ...more,
  })) as Contact;

describe('in the inbox', () => {
  it('[GEN-07] [AG-02] starts a session from a contact', async () => {
    const contact = await add('Dorothy Vaughan', '+14155550114');
    const { page } = first;
    await page.goto(`${server.url}/contacts/${contact.id}`);
    await page.getByRole('link', { name: 'Write to +14155550114' }).click();
    const dialog = page.locator('pl-start-dialog');
    await dialog.getByLabel('Recipient').waitFor();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Dorothy Vaughan' }).waitFor();
    await add('Evelyn Boyd', '+14155550117');
    await page.getByRole('button', { name: 'New session' }).click();
    await dialog.getByLabel('Recipient').fill('evel');
    await dialog.getByRole('button', { name: 'Evelyn Boyd' }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Evelyn Boyd' }).waitFor();
  });

  it('[AG-02] keeps whom a link is about while somebody signs in', async () => {
    const { page, close } = await openConsole(browser, server, '', '/inbox?new=%2B14155550119', calm);
    await page.getByLabel('E-mail or extension').fill(ada.agent.email);
    await page.getByLabel('Password', { exact: true }).fill(agentPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const recipient = page.locator('pl-start-dialog').getByLabel('Recipient');
    await recipient.waitFor();
    await expect.poll(() => recipient.inputValue()).toBe('(415) 555-0119');
    await close();
  });

  it('offers to dial the customer’s number to those who may call out, and to nobody else', async () => {
    const { page } = first;
    await page.goto(`${server.url}/inbox`);
    await page.getByRole('tab', { name: 'Mine' }).click();
    await page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'Evelyn Boyd' }).click();
    await page.getByRole('heading', { name: 'Evelyn Boyd' }).waitFor();
    const call = page.getByRole('link', { name: 'Call +14155550117' });
    expect(await call.count()).toBe(0);
    await workspace.call('PATCH', `/api/agents/${ada.agent.id}`, { mayCallOut: true });
    await page.reload();
    await call.waitFor();
    expect(await call.getAttribute('href')).toBe('tel:+14155550117');
  });
});

describe('in the console', () => {
  it('[GEN-07] adds, finds, edits and deletes contacts, and says what is wrong with a number', async () => {
    const { page } = boss;
    await page.goto(`${server.url}/contacts/new`);
    await page.getByLabel('Name').fill('Mary Jackson');
    await page.getByRole('button', { name: 'Add number' }).click();
    const number = page.getByLabel('Number', { exact: true });
    await number.fill('12');
    await page.getByRole('button', { name: 'Add contact' }).click();
    await page.getByText(/Write the number with \+|There is no such number/).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Mary Jackson');
    // A number as dialled at home is written in full as soon as the field is left.
    await number.fill('(415) 555-0115');
    await page.getByLabel('Company').click();
    await expect.poll(() => number.inputValue()).toBe('+14155550115');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('button', { name: 'Add contact' }).click();
    await page.getByRole('searchbox', { name: 'Search contacts' }).fill('0115');
    const row = page.getByRole('row').filter({ hasText: 'Mary Jackson' });
    await row.getByText('+14155550115').waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    expect(await axe(page, 'pl-app')).toEqual([]);
    await row.getByRole('link', { name: 'Mary Jackson' }).click();
    await page.getByLabel('Company').fill('NASA');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Delete contact' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
    await page.getByRole('searchbox', { name: 'Search contacts' }).fill('mary');
    await page.getByText('No contact matches.').waitFor();
  });

  it('[GEN-07] keeps phonebooks, and filters by them', async () => {
    const { page } = boss;
    await page.goto(`${server.url}/phonebooks`);
    await page.getByLabel('New phonebook').fill('Regulars');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('cell', { name: 'Regulars' }).waitFor();
    await page.getByLabel('New phonebook').fill('regulars');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('There is a phonebook of this name already.').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.goto(`${server.url}/contacts/new`);
    await page.getByLabel('Name').fill('Regular Rita');
    await press(page, 'Regulars');
    await page.getByRole('button', { name: 'Add contact' }).click();
    await page.getByRole('combobox', { name: 'Phonebook' }).click();
    await page.getByRole('option', { name: 'Regulars (1)' }).click();
    await page.getByText('1 contact', { exact: true }).waitFor();
    await page.getByRole('row').filter({ hasText: 'Regular Rita' }).waitFor();
  });

  it('[GEN-07] imports a CSV file, shows what cannot be taken, and exports what is shown', async () => {
    const { page } = boss;
    await page.goto(`${server.url}/contacts`);
    const csv =
      'Name,Company,Mobile,Business,Phonebooks\r\n' +
      'Ida Rhodes,Census,+14155550121,+14155550122,Regulars\r\n' +
      'Bad Number,,12,,\r\n' +
      'Jean Bartik,ENIAC,+14155550123,,\r\n';
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.locator('pl-import-dialog');
    await dialog.getByLabel('CSV file').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    });
    await dialog.getByText('2 contacts can be imported, 1 row cannot.').waitFor();
    await dialog.getByText(/^Row 3, Mobile: 12 is not a number/).waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await dialog.getByRole('button', { name: 'Import 2 contacts' }).click();
    await dialog.getByText('2 added, 0 updated, 0 left as they were.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    // Until it is closed nothing behind it takes what is typed.
    await dialog.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'Ida Rhodes' }).waitFor();

    await page.getByRole('searchbox', { name: 'Search contacts' }).fill('rhodes');
    await page.getByText('1 contact', { exact: true }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(text).toBe(
      '\uFEFFName,Company,E-mail,Note,Phonebooks,Business,Mobile\r\n' +
        'Ida Rhodes,Census,,,Regulars,+14155550122,+14155550121',
    );
  });

  it('[GEN-07] says what to do with a file that is no UTF-8 text', async () => {
    const { page } = boss;
    await page.goto(`${server.url}/contacts`);
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.locator('pl-import-dialog');
    await dialog.getByLabel('CSV file').setInputFiles({
      name: 'latin1.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Name\nJos\xe9\n', 'latin1'),
    });
    await dialog.getByText('Save it as “CSV UTF-8”').waitFor();
  });

  it('[GEN-07] makes one of two contacts with the same number', async () => {
    await add('Annie Easley', '+14155550131');
    await add('A. Easley', '+14155550131', { company: 'Lewis' });
    const { page } = boss;
    await page.goto(`${server.url}/duplicates`);
    const group = page.getByRole('region', { name: 'Contacts with +14155550131' });
    await group.getByRole('radio', { name: /A\. Easley/ }).check();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await group.getByRole('button', { name: 'Merge 2 contacts' }).click();
    await group.waitFor({ state: 'detached' });
    const { contacts } = contactsAnswer.parse(await workspace.call('GET', '/api/contacts?search=easley'));
    expect(contacts.map(({ name, company }) => [name, company])).toEqual([['A. Easley', 'Lewis']]);
  });

  it('[GEN-03] shows agents their contacts without what is for admins', async () => {
    const { page } = first;
    await page.goto(`${server.url}/contacts`);
    await page.getByRole('row').filter({ hasText: 'Ida Rhodes' }).waitFor();
    for (const name of ['Import', 'Export']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    }
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.goto(`${server.url}/duplicates`);
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  });
});
