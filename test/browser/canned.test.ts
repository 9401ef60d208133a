/** Canned responses (AG-15): kept on their page, inserted in conversations, at a desk and on a phone. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe } from '../support/browser.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { openRow, startInbox, type InboxStage } from '../support/inboxStage.ts';
import { adminSignIn, TestWorkspace, type TestAgent } from '../support/workspace.ts';

// axe-core looks at finished pages, not at ones that are fading in.
const still: BrowserContextOptions = { reducedMotion: 'reduce' };
const phone: BrowserContextOptions = {
  ...still,
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
let stage: InboxStage;
let workspace: TestWorkspace;
let colleague: TestAgent;
let screen: Screen;
let page: Page;
let small: Screen;

beforeAll(async () => {
  stage = await startInbox();
  workspace = new TestWorkspace(stage.server.url);
  await workspace.signIn(adminSignIn.login, adminSignIn.password);
  // The stage has made the first agent with this client's first extension.
  colleague = await workspace.agent({ name: 'Ben Colleague', extension: '1900', email: 'ben@example.com' });
  stage.whatsapp.names.set('+12025550101', 'Dana Miller');
  const { whatsapp, sms } = stage.numbers;
  await stage.whatsapp.customerSends({ from: '+12025550101', to: whatsapp, text: 'hello from WhatsApp' });
  await stage.twilio.customerSends({ from: '+12025550102', to: sms, text: 'hello by SMS' });
  screen = await openConsole(stage.browser, stage.server, stage.agent.api.cookie, '/canned-responses', still);
  page = screen.page;
  small = await openConsole(stage.browser, stage.server, stage.agent.api.cookie, '/inbox', phone);
});
afterAll(async () => {
  await stage.stop();
});

const box = (on = page) => on.getByRole('textbox', { name: 'Message' });
const list = (on = page) => on.getByRole('listbox', { name: 'Canned responses' });
const options = (on = page) => list(on).getByRole('option');
const shown = async (on = page) =>
  (await options(on).allInnerTexts()).map((text) => /^\/\S+/.exec(text)?.[0]);
const row = (text: string, on = page) => on.getByRole('row').filter({ hasText: text });
const share = (shortcut: string, text: string, title = '') =>
  workspace.call('POST', '/api/canned-responses', { shortcut, title, text, shared: true });

async function openSession(on: Page, customer: string): Promise<void> {
  await on.goto(`${stage.server.url}/inbox`);
  await openRow(on, customer);
  await on.getByRole('heading', { name: customer }).first().waitFor();
  await box(on).fill('');
}

/** Text, caret and the option that a screen reader is told of. */
const written = (on = page) =>
  box(on).evaluate((area: HTMLTextAreaElement) => ({ text: area.value, caret: area.selectionStart }));
const active = () =>
  box().evaluate((area) => {
    const id = area.getAttribute('aria-activedescendant');
    const option = id && (area.getRootNode() as ShadowRoot).getElementById(id);
    return option ? option.querySelector('strong')?.textContent : null;
  });

async function overflow(on: Page): Promise<number> {
  return on.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

describe('the page of canned responses', () => {
  it('[AG-15] starts empty, and takes one with placeholders by buttons and a preview of what is read', async () => {
    await page.getByText('No canned responses yet').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('link', { name: 'Add response' }).click();
    await page.getByRole('heading', { name: 'New canned response' }).waitFor();
    await page.getByRole('textbox', { name: 'Shortcut' }).fill('greeting');
    const text = page.getByRole('textbox', { name: 'Text' });
    await text.fill('Hello ! I am glad');
    // The caret stays where it was left: behind "Hello ".
    await text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(6, 6));
    await page.getByRole('button', { name: 'Customer’s first name' }).click();
    await expect.poll(() => text.inputValue()).toBe('Hello {{customer.firstName}}! I am glad');
    await page.keyboard.type(' at last');
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Hello Dana at last! I am glad', { exact: true }).waitFor();
    await preview.getByText('Hello at last! I am glad', { exact: true }).waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('button', { name: 'Add response' }).click();
    await row('/greeting').getByText('Only you').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
  });

  it('[AG-15] says at the fields what is wrong, and keeps what was typed', async () => {
    await page.goto(`${stage.server.url}/canned-responses/new`);
    await page.getByRole('textbox', { name: 'Shortcut' }).fill('Greeting');
    const text = page.getByRole('textbox', { name: 'Text' });
    await text.fill('Hello {{customer.nam}}');
    const save = page.getByRole('button', { name: 'Add response' });
    await save.click();
    await page.getByText('{{customer.nam}} cannot be filled in. Use {{customer.name}}, ').waitFor();
    await expect.poll(() => text.getAttribute('aria-invalid')).toBe('true');
    await text.fill('Hello {{customer.name}}');
    await save.click();
    await page
      .getByText('Another of your canned responses has the shortcut greeting. Choose another one.')
      .waitFor();
    expect(await text.inputValue()).toBe('Hello {{customer.name}}');
    await page.getByRole('textbox', { name: 'Shortcut' }).fill('/name');
    await save.click();
    await row('/name').waitFor();
  });

  it('[AG-15] shows an agent’s own ones to no colleague, and the shared ones to all, who cannot change them', async () => {
    await share('hours', 'We are open until six.', 'Opening hours');
    const other = await openConsole(stage.browser, stage.server, colleague.api.cookie, '/canned-responses');
    await row('/hours', other.page).getByText('Everybody').waitFor();
    expect(await row('/greeting', other.page).count()).toBe(0);
    expect(await other.page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    expect(await row('/hours', other.page).getByRole('link').count()).toBe(0);
    const own = (await stage.agent.api.call('GET', '/api/canned-responses')) as {
      cannedResponses: { id: string }[];
    };
    for (const { id } of own.cannedResponses) {
      await other.page.goto(`${stage.server.url}/canned-responses/${id}`);
      await other.page.getByText(/This was not found|You do not have access/).waitFor();
    }
    expect(own.cannedResponses).toHaveLength(3);
    await other.close();
  });

  it('[AG-15] lets admins make, change and delete those for everybody', async () => {
    const admin = await openConsole(
      stage.browser,
      stage.server,
      workspace.cookie,
      '/canned-responses',
      still,
    );
    await row('/hours', admin.page).getByRole('link', { name: '/hours' }).click();
    await admin.page.getByRole('radio', { name: 'Everybody' }).waitFor();
    await admin.page.getByRole('textbox', { name: 'Text' }).fill('We are open until seven.');
    expect(await axe(admin.page, 'pl-app')).toEqual([]);
    await admin.page.getByRole('button', { name: 'Save' }).click();
    await admin.page.getByRole('status').getByText('Saved').waitFor();
    await share('old', 'Nobody says this any more.');
    await admin.page.getByRole('button', { name: 'Canned responses' }).click();
    await row('/old', admin.page).getByRole('button', { name: 'Delete' }).click();
    const question = admin.page.getByRole('group', { name: 'Delete /old for everybody?' });
    await question.getByRole('button', { name: 'Delete' }).click();
    await row('/old', admin.page).waitFor({ state: 'detached' });
    await admin.close();
    await page.goto(`${stage.server.url}/canned-responses`);
    await row('/hours').getByText('We are open until seven.').waitFor();
    expect(await row('/old').count()).toBe(0);
  });

  it('[AG-15] searches shortcuts, titles and texts', async () => {
    const search = page.getByRole('searchbox', { name: 'Search canned responses' });
    await search.fill('opening seven');
    await row('/greeting').waitFor({ state: 'detached' });
    expect(await row('/hours').count()).toBe(1);
    await search.fill('no such words');
    await page.getByText('No canned response matches the search.').waitFor();
  });
});

describe('in a conversation', () => {
  it('[AG-15] / opens the list, typing filters it, and Enter inserts with the customer’s name filled in', async () => {
    await openSession(page, 'Dana Miller');
    await box().pressSequentially('Hi. /');
    await expect.poll(() => shown()).toEqual(['/greeting', '/hours', '/name']);
    expect(await active()).toBe('/greeting');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.keyboard.press('ArrowUp');
    await expect.poll(active).toBe('/name');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('/hours');
    await page.keyboard.type('GR');
    await expect.poll(() => shown()).toEqual(['/greeting']);
    await page.keyboard.press('Enter');
    await list().waitFor({ state: 'detached' });
    const text = 'Hi. Hello Dana at last! I am glad';
    await expect.poll(() => written()).toEqual({ text, caret: text.length });
    expect(await active()).toBeNull();
    // It is a draft like any other.
    await page.reload();
    await expect.poll(() => box().inputValue()).toBe(text);
    await box().press('End');
    await page.keyboard.type('.');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText(`${text}.`).waitFor();
    await expect.poll(() => stage.whatsapp.accepted.at(-1)?.text).toBe(`${text}.`);
  });

  it('[AG-15] Tab and the mouse insert as well, in the middle of a text too', async () => {
    await box().fill('before  after');
    await box().evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(7, 7));
    await page.keyboard.type('/nam');
    await expect.poll(() => shown()).toEqual(['/name']);
    await page.keyboard.press('Tab');
    await expect.poll(() => written()).toEqual({ text: 'before Hello Dana Miller after', caret: 24 });
    await box().fill('/');
    await options().filter({ hasText: '/hours' }).click();
    await expect.poll(() => box().inputValue()).toBe('We are open until seven.');
    expect(await box().evaluate((area) => area.matches(':focus'))).toBe(true);
  });

  it('[AG-15] Escape closes the list for good and keeps the text; a slash inside a word opens none', async () => {
    await box().fill('');
    await box().pressSequentially('/ho');
    await options().first().waitFor();
    await page.keyboard.press('Escape');
    await list().waitFor({ state: 'detached' });
    await page.keyboard.type('u');
    expect(await written()).toEqual({ text: '/hou', caret: 4 });
    expect(await list().count()).toBe(0);
    await page.keyboard.type(' and/');
    expect(await list().count()).toBe(0);
    await page.keyboard.type(' /');
    await options().first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await list().waitFor({ state: 'detached' });
  });

  it('[AG-15] the button opens the same list; without a name the text still reads, and segments are counted', async () => {
    await openSession(page, '+12025550102');
    await box().fill('Good day.');
    const button = page.getByRole('button', { name: 'Canned responses' });
    await button.click();
    await expect.poll(() => shown()).toEqual(['/greeting', '/hours', '/name']);
    await page.keyboard.type('gree');
    await expect.poll(() => shown()).toEqual(['/greeting']);
    await page.keyboard.press('Enter');
    await expect.poll(() => box().inputValue()).toBe('Good day. Hello at last! I am glad');
    await page.getByRole('note', { name: /^1 SMS segment, 126 characters left/ }).waitFor();
    await button.click();
    await options().first().waitFor();
    await button.click();
    await list().waitFor({ state: 'detached' });
    expect(await box().inputValue()).toBe('Good day. Hello at last! I am glad');
  });

  it('[AG-15] where none fits, says so and leads to the page; notes have no list', async () => {
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    await page.getByRole('textbox', { name: 'Note' }).pressSequentially('/gr');
    expect(await list().count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Canned responses' }).count()).toBe(0);
    await page.getByRole('textbox', { name: 'Note' }).fill('');
    await page.getByRole('button', { name: 'Reply' }).click();
    await box().fill('');
    await box().pressSequentially('/nothing');
    await page.getByText('No canned response fits “nothing”.').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.keyboard.press('Tab');
    const link = page.getByRole('link', { name: 'Add a canned response' });
    await expect.poll(() => link.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Escape');
    await link.waitFor({ state: 'detached' });
    expect(await written()).toEqual({ text: '/nothing', caret: 8 });
    await box().fill('');
    await box().pressSequentially('/nothing');
    await link.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New canned response' }).waitFor();
    expect(screen.errors).toEqual([]);
  });

  it('[AG-15] what a colleague has shared meanwhile is there at the next opening', async () => {
    await openSession(page, '+12025550102');
    await box().pressSequentially('/');
    await options().first().waitFor();
    await page.keyboard.press('Escape');
    await share('parcel', 'It is on its way.');
    await box().fill('');
    await box().pressSequentially('/par');
    await options().filter({ hasText: '/parcel' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => box().inputValue()).toBe('It is on its way.');
  });
});

describe('on a phone', () => {
  it('[AG-15] [AG-14] one is added on the page', async () => {
    await small.page.getByRole('button', { name: /^Menu/ }).tap();
    await small.page.getByRole('link', { name: 'Canned responses' }).tap();
    await row('/greeting', small.page).waitFor();
    expect(await overflow(small.page)).toBe(0);
    expect(await axe(small.page, 'pl-app')).toEqual([]);
    await small.page.goto(`${stage.server.url}/canned-responses/new`);
    await small.page.getByRole('textbox', { name: 'Shortcut' }).fill('thanks');
    await small.page.getByRole('button', { name: 'Customer’s name' }).tap();
    await small.page.keyboard.type(', thank you. ');
    await small.page.getByRole('button', { name: 'Your name' }).tap();
    expect(await overflow(small.page)).toBe(0);
    expect(await axe(small.page, 'pl-app')).toEqual([]);
    await small.page.getByRole('button', { name: 'Add response' }).tap();
    await row('/thanks', small.page).waitFor();
  });

  it('[AG-15] [AG-14] it is inserted by a tap, after the button and after a slash', async () => {
    await openSession(small.page, 'Dana Miller');
    await small.page.getByRole('button', { name: 'Canned responses' }).tap();
    const option = options(small.page).filter({ hasText: '/thanks' });
    await option.getByText('Dana Miller, thank you. Sales Agent').waitFor();
    expect(await overflow(small.page)).toBe(0);
    expect(await axe(small.page, 'pl-app')).toEqual([]);
    await option.tap();
    const text = 'Dana Miller, thank you. Sales Agent';
    await expect.poll(() => written(small.page)).toEqual({ text, caret: text.length });
    await box(small.page).fill('');
    await box(small.page).pressSequentially('/tha');
    await expect.poll(() => shown(small.page)).toEqual(['/thanks']);
    await option.tap();
    await expect.poll(() => box(small.page).inputValue()).toBe(text);
    await small.page.getByRole('button', { name: 'Send' }).tap();
    await small.page.getByRole('log').getByText(text).waitFor();
    expect(small.errors).toEqual([]);
  });
});
