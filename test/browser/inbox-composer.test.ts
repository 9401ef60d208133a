/** What an agent writes: it is never lost, and says how far it has got. Presence, notices, keyboard, phone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { countStore, holdStore, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let workspace: TestWorkspace;
let sales: TestAgent;
let number: string;
let visitor: VisitorClient;
let screen: Screen;
let page: Page;

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

async function visit(text: string): Promise<VisitorClient> {
  const made = new VisitorClient({ url: server.url, channelNumber: number, origin: 'https://shop.example' });
  await made.connect();
  await made.send(text);
  return made;
}

beforeAll(async () => {
  server = await startServer();
  workspace = await setUp(server);
  sales = await workspace.agent({ name: 'Sales Agent' });
  number = (await workspace.channel({ kind: 'agent', id: sales.agent.id }, { name: 'Shop' })).number;
  visitor = await visit('first question');
  browser = await launchBrowser();
  screen = await openConsole(browser, server, sales.api.cookie, '/inbox');
  page = screen.page;
  await page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'first question' }).click();
});
afterAll(async () => {
  visitor.close();
  await browser.close();
  await server.stop();
});

const composer = () => page.getByRole('textbox', { name: 'Message' });
/** Types and sends messages, and types on, faster than a browser stores any of them. */
const typeAtOnce = (on: Page, messages: string[], after: string) =>
  on.getByRole('textbox', { name: 'Message' }).evaluate(
    (area: HTMLTextAreaElement, [sent, left]) => {
      const type = (text: string) => {
        area.value = text;
        area.dispatchEvent(new InputEvent('input', { bubbles: true }));
      };
      for (const text of sent) {
        type(text);
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      }
      type(left);
    },
    [messages, after] as const,
  );
const log = () => page.getByRole('log');
const images = () => log().locator('img');

describe('the composer', () => {
  it('[AG-12] sends by Enter, breaks the line by Shift+Enter, and shows delivered and read', async () => {
    await composer().fill('two');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('lines');
    const heard = visitor.hears('two\nlines');
    await page.keyboard.press('Enter');
    await heard;
    expect(await composer().inputValue()).toBe('');
    visitor.tell({ kind: 'mark', delivered: visitor.log.lastSeq });
    await log().getByText('Delivered').last().waitFor();
    visitor.tell({ kind: 'mark', read: visitor.log.lastSeq });
    await log().getByText('Read', { exact: true }).last().waitFor();
  });

  it('[AG-12] is free at once for the next message, and loses no word that is typed meanwhile', async () => {
    await typeAtOnce(page, ['at once 1', 'at once 2'], 'and on');
    await visitor.until(() => visitor.log.has('at once 2'), 'both messages');
    expect(visitor.log.texts.filter((text) => text.startsWith('at once'))).toEqual([
      'at once 1',
      'at once 2',
    ]);
    expect(await composer().inputValue()).toBe('and on');
    await composer().fill('');
  });

  it('[AG-12] shows what is sent at once, however slow the disk is, and sends it when it is kept', async () => {
    const release = await holdStore(page, 'parley-inbox', 'outbox');
    await composer().fill('slowly kept');
    await page.keyboard.press('Enter');
    await log().getByText('slowly kept').waitFor();
    await log().getByText('Sending', { exact: true }).waitFor();
    expect(visitor.log.has('slowly kept')).toBe(false);
    const heard = visitor.hears('slowly kept');
    await release();
    await heard;
    expect(await log().getByText('slowly kept').count()).toBe(1);
  });

  it('[AG-12] gets back what neither browser nor edge would take, before what was typed since', async () => {
    const full = await openConsole(browser, server, sales.api.cookie, new URL(page.url()).pathname);
    await full.page.getByRole('textbox', { name: 'Message' }).waitFor();
    await full.page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('The disk is full.', 'QuotaExceededError');
      };
    });
    // Only marks that reorder text: nothing is left of it at the edge.
    await typeAtOnce(full.page, ['\u202a\u202c'], 'since');
    await full.page.getByText('Not sent. Check your connection and send it again.').waitFor();
    expect(await full.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe(
      '\u202a\u202c\nsince',
    );
    await full.page.getByRole('textbox', { name: 'Message' }).fill('');
    await full.close();
  });

  it('[AG-12] puts an emoji where the cursor is', async () => {
    await composer().fill('well done');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.locator('emoji-picker').getByRole('combobox').fill('rocket');
    await page
      .locator('emoji-picker')
      .getByRole('option', { name: /rocket/i })
      .first()
      .click();
    await expect.poll(() => composer().inputValue()).toBe('well done🚀');
    const heard = visitor.hears('well done🚀');
    await page.keyboard.press('Enter');
    await heard;
  });

  it('[AG-12] attaches, shows, takes back and sends images, and refuses other files with the reason', async () => {
    const picker = page.locator('pl-composer input[type=file]');
    await picker.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await page.getByText('Only PNG and JPEG images can be sent.').waitFor();
    await picker.setInputFiles([
      { name: 'one.png', mimeType: 'image/png', buffer: png },
      { name: 'two.png', mimeType: 'image/png', buffer: png },
    ]);
    await page.getByRole('button', { name: 'Remove two.png' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await visitor.until(
      () => visitor.log.list.some(({ body }) => body.kind === 'message' && body.content.kind === 'image'),
      'the image',
    );
    await log().getByRole('button', { name: 'Open one.png' }).click();
    await page.getByRole('dialog', { name: 'one.png' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await images().count()).toBe(1);
  });

  it('[AG-12] says why a damaged image failed, and lets it be deleted', async () => {
    await page
      .locator('pl-composer input[type=file]')
      .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: png.subarray(0, 30) });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const failure = log().getByRole('alert').filter({ hasText: 'The image is damaged or incomplete.' });
    await failure.waitFor();
    await failure.getByRole('button', { name: 'Send again' }).click();
    await failure.waitFor();
    await failure.getByRole('button', { name: 'Delete' }).click();
    await failure.waitFor({ state: 'detached' });
  });

  it('[AG-12] delivers an image that the version before had kept', async () => {
    const before = await images().count();
    const session = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    const content = { kind: 'image', name: 'kept.png', ticket: null };
    const entry = {
      id: 'kept-before',
      session,
      at: 1,
      content,
      state: 'waiting',
      progress: 0,
      problem: null,
    };
    await page.evaluate(
      async ({ key, kept, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const file = new Blob([bytes], { type: 'image/png' });
        const open = indexedDB.open('parley-inbox');
        await new Promise((resolve) => (open.onsuccess = resolve));
        const transaction = open.result.transaction('outbox', 'readwrite');
        transaction.objectStore('outbox').put({ ...kept, content: { ...kept.content, file } }, key);
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        open.result.close();
      },
      { key: `${sales.agent.id}:kept-before`, kept: entry, base64: png.toString('base64') },
    );
    await page.reload();
    await log().getByRole('button', { name: 'Open kept.png' }).waitFor();
    expect(await images().count()).toBe(before + 1);
  });

  it('[AG-12] keeps a draft for each session, over a reload', async () => {
    const other = await visit('second question');
    await composer().fill('half a sent');
    await page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'second question' }).click();
    await expect.poll(() => composer().inputValue()).toBe('');
    await page.reload();
    await page.getByRole('tabpanel').getByRole('link').filter({ hasText: 'kept.png' }).click();
    await expect.poll(() => composer().inputValue()).toBe('half a sent');
    await composer().fill('');
    other.close();
  });

  it('[LC-18] [AG-12] keeps what is sent without a connection, over a reload, and delivers it once, in order', async () => {
    await server.kill();
    await page.getByText('No connection. Trying again').waitFor();
    for (const text of ['written offline 1', 'written offline 2']) {
      await composer().fill(text);
      await page.keyboard.press('Enter');
      await log().getByText(text).waitFor();
      await expect.poll(() => composer().inputValue()).toBe('');
    }
    await log().getByText('Sending', { exact: true }).first().waitFor();
    await expect.poll(() => countStore(page, 'parley-inbox', 'outbox')).toBe(2);
    await server.restart();
    await page.reload();
    await visitor.until(() => visitor.log.has('written offline 2'), 'what was written offline', 40_000);
    await log().getByText('written offline 2').waitFor();
    const { texts } = visitor.log;
    expect(texts.filter((text) => text.startsWith('written offline'))).toEqual([
      'written offline 1',
      'written offline 2',
    ]);
    await expect.poll(() => log().getByText('Sending', { exact: true }).count()).toBe(0);
    expect(await log().getByText('written offline 1').count()).toBe(1);
  });
});

describe('the agent', () => {
  it('[LC-19] sees the customer typing, and the customer the agent', async () => {
    visitor.tell({ kind: 'typing', on: true });
    await log().getByText('is writing…').waitFor();
    visitor.tell({ kind: 'typing', on: false });
    await log().getByText('is writing…').waitFor({ state: 'detached' });
    const typing = new Promise<void>((resolve) => {
      visitor.listeners.add((frame) => frame.kind === 'typing' && frame.on && resolve());
    });
    await composer().pressSequentially('hm');
    await typing;
    await composer().fill('');
  });

  it('[GEN-05] chooses a presence that colleagues see, and that survives a reload', async () => {
    const admin = await openConsole(browser, server, workspace.cookie, '/agents');
    const row = admin.page.getByRole('row').filter({ hasText: 'Sales Agent' });
    await row.getByText('Available').waitFor();
    for (const name of ['Away', 'Business Trip', 'Do Not Disturb', 'Lunch Break', 'Off Work']) {
      await page.getByRole('button', { name: /presence and profile/ }).click();
      await page.getByRole('menuitemcheckbox', { name }).click();
      await row.getByText(name).waitFor();
    }
    await page.reload();
    await page.getByRole('button', { name: /^Sales Agent Off Work/ }).waitFor();
    await page.getByRole('button', { name: /presence and profile/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Available' }).click();
    await row.getByText('Available').waitFor();
    await admin.close();
  });

  it('[AG-13] is told by title, icon and browser notification when the page is in the background', async () => {
    await page.context().grantPermissions(['notifications'], { origin: server.url });
    await page.addInitScript(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    });
    await page.goto(`${server.url}/inbox`);
    await page.getByRole('tabpanel').getByRole('link').first().waitFor();
    // The page before gives back a moment late what says that it is on the screen.
    const locks = () =>
      page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name ?? ''));
    await expect.poll(locks).toEqual(['parley.tells']);
    const before = await page.title();
    await visitor.send('look here');
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) Inbox · Parley$/);
    expect(await page.title()).not.toBe(before);
    const shown = () =>
      page.evaluate(async () =>
        (await (await navigator.serviceWorker.ready).getNotifications()).map(({ body }) => body),
      );
    await expect.poll(shown).toContain('look here');
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^data:image\/svg/);
  });

  it('[AG-15] works with the keyboard alone: J and K, Enter, writing, Escape', async () => {
    const fresh = await openConsole(browser, server, sales.api.cookie, '/inbox');
    const keys = fresh.page.keyboard;
    await fresh.page.getByRole('tabpanel').getByRole('link').nth(1).waitFor();
    await keys.press('j');
    await keys.press('j');
    await keys.press('k');
    await keys.press('Enter');
    await fresh.page.waitForURL(/\/inbox\/.+/);
    const box = fresh.page.getByRole('textbox', { name: 'Message' });
    await box.focus();
    await keys.type('by keyboard, j and k included');
    await keys.press('Enter');
    await visitor.until(() => visitor.log.has('by keyboard, j and k included'), 'the message');
    await keys.press('Escape');
    const focused = () =>
      fresh.page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.getAttribute('href') ?? '';
      });
    await expect.poll(focused).toMatch(/^\/inbox\//);
    expect(fresh.errors).toEqual([]);
    await fresh.close();
  });

  it('[AG-14] has list, conversation and details one at a time on a phone, and an installable app', async () => {
    const phone = await openConsole(browser, server, sales.api.cookie, '/inbox', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const at = phone.page;
    const list = at.getByRole('tabpanel');
    await list.getByRole('link').first().click();
    await at.getByRole('log').waitFor();
    expect(await list.isVisible()).toBe(false);
    await at.getByRole('button', { name: 'More' }).click();
    await at.getByRole('menuitem', { name: 'Details' }).click();
    await at.getByRole('region', { name: 'Session details' }).waitFor();
    await at.getByRole('button', { name: 'Close details' }).click();
    await at.goBack();
    await list.waitFor();
    await list.getByRole('link').first().click();
    await at.getByRole('button', { name: 'Back to the list' }).click();
    await list.waitFor();
    expect(new URL(at.url()).pathname).toBe('/inbox');

    const href = (await at.locator('link[rel=manifest]').getAttribute('href')) ?? '';
    const manifest = (await (await fetch(`${server.url}${href}`)).json()) as {
      display: string;
      icons: { src: string }[];
    };
    expect(manifest.display).toBe('standalone');
    for (const { src } of manifest.icons) expect((await fetch(`${server.url}${src}`)).status).toBe(200);
    await phone.close();
  });
});
