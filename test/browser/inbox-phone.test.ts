/** The inbox on a phone, by touch (AG-14): one pane at a time, press and hold, room for fingers and the keyboard. */
import type { Browser, CDPSession, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { axe, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestAgent } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
let sales: TestAgent;
let number: string;
let screen: Screen;
let page: Page;
let touch: CDPSession;
const visitors: VisitorClient[] = [];

async function visit(text: string): Promise<VisitorClient> {
  const made = new VisitorClient({ url: server.url, channelNumber: number, origin: 'https://shop.example' });
  visitors.push(made);
  await made.connect();
  await made.send(text);
  return made;
}

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  const workspace = await setUp(server);
  sales = await workspace.agent({ name: 'Sales Agent' });
  number = (await workspace.channel({ kind: 'agent', id: sales.agent.id }, { name: 'Shop' })).number;
  for (let count = 0; count < 20; count += 1) await visit(`question ${count}`);
  browser = await launchBrowser();
  screen = await openConsole(browser, server, sales.api.cookie, '/inbox', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  page = screen.page;
  touch = await page.context().newCDPSession(page);
});
beforeEach(async () => {
  await page.goto(`${server.url}/inbox`);
  await rows().first().waitFor();
});
afterAll(async () => {
  for (const visitor of visitors) visitor.close();
  await browser.close();
  await server.stop();
});

const rows = () => page.getByRole('tabpanel').getByRole('link');
const rowOf = (text: string) => rows().filter({ hasText: new RegExp(`${text}(?!\\d)`) });
const menuOf = () => page.getByRole('menu', { name: /^Session with/ });

async function centre(of: Locator): Promise<{ x: number; y: number }> {
  const box = await of.boundingBox();
  if (!box) throw new Error('not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
  touch.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });

/** Holds a finger on a row until its menu is there. */
async function hold(row: Locator): Promise<void> {
  await row.scrollIntoViewIfNeeded();
  await finger('touchStart', await centre(row));
  await menuOf().waitFor();
  await finger('touchEnd');
}

describe('press and hold', () => {
  it('[AG-14] [AG-08] opens the menu of a row, which stays, opens no session and selects no text', async () => {
    await hold(rowOf('question 3'));
    // A tap elsewhere would have arrived by now, had the finger that went up been one.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    expect(await menuOf().isVisible()).toBe(true);
    expect(new URL(page.url()).pathname).toBe('/inbox');
    expect(await page.evaluate(() => getSelection()?.toString() ?? '')).toBe('');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('menuitem', { name: 'Archive' }).tap();
    await rowOf('question 3').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Archived' }).tap();
    await rowOf('question 3').waitFor();
  });

  it('[AG-14] marks a session as unread and as read, on the agent’s other devices too', async () => {
    const other = await openConsole(browser, server, sales.api.cookie, '/inbox');
    const there = other.page
      .getByRole('tabpanel')
      .getByRole('link')
      .filter({ hasText: /question 5(?!\d)/ });
    await rowOf('question 5').tap();
    await page.getByRole('log').getByText('question 5').waitFor();
    await there.getByText('unread').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await hold(rowOf('question 5'));
    await page.getByRole('menuitem', { name: 'Mark as unread' }).tap();
    await rowOf('question 5').getByText('1 unread').waitFor();
    await there.getByText('1 unread').waitFor();
    await hold(rowOf('question 5'));
    await page.getByRole('menuitem', { name: 'Mark as read' }).tap();
    await there.getByText('unread').waitFor({ state: 'detached' });
    await other.close();
  });

  it('[AG-14] is not meant by a finger that scrolls or taps', async () => {
    // A clock that runs when it is told to: what a press would have done, it does then.
    await page.clock.install();
    const { x, y } = await centre(rows().nth(6));
    await finger('touchStart', { x, y });
    for (let moved = 0; moved <= 240; moved += 24) await finger('touchMove', { x, y: y - moved });
    const list = page.getByRole('tabpanel');
    await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBeGreaterThan(100);
    await page.clock.runFor(2_000);
    expect(await menuOf().isVisible()).toBe(false);
    await finger('touchEnd');
    await page.clock.resume();
    await rows().nth(8).tap();
    await page.getByRole('log').waitFor();
  });
});

describe('panes', () => {
  it('[AG-14] are one at a time, and the way back leads through them', async () => {
    const list = page.getByRole('tabpanel');
    const details = page.getByRole('region', { name: 'Session details' });
    await rows().first().tap();
    await page.getByRole('log').waitFor();
    expect(await list.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'More' }).tap();
    await page.getByRole('menuitem', { name: 'Details' }).tap();
    await details.waitFor();
    expect((await details.boundingBox())?.width).toBe(390);
    await page.goBack();
    await details.waitFor({ state: 'detached' });
    await page.getByRole('log').waitFor();
    await page.goForward();
    await details.waitFor();
    await page.getByRole('button', { name: 'Close details' }).tap();
    await details.waitFor({ state: 'detached' });
    await page.goBack();
    await list.waitFor();
    expect(new URL(page.url()).pathname).toBe('/inbox');
  });

  it('[AG-14] open at their own address, and lead back to the conversation and the list from there', async () => {
    const href = (await rows().first().getAttribute('href')) ?? '';
    await page.goto(`${server.url}${href}/details`);
    await page.getByRole('region', { name: 'Session details' }).waitFor();
    await page.getByRole('button', { name: 'Close details' }).tap();
    await page.getByRole('log').waitFor();
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await rows().first().waitFor();
  });
});

describe('fingers', () => {
  /** Controls that are smaller than 44 pixels in either direction; links within a text may be. */
  const small = () =>
    page.evaluate(() => {
      const found: string[] = [];
      const controls = 'button, a[href], input, textarea, select, [role=tab], wa-dropdown-item, wa-button';
      const look = (root: ParentNode) => {
        for (const element of root.querySelectorAll<HTMLElement>('*')) {
          if (element.matches(controls) && element.checkVisibility({ visibilityProperty: true })) {
            // A label is pressed for what is in it.
            const { width, height } = (element.closest('label') ?? element).getBoundingClientRect();
            const unseen =
              width <= 1 || element.closest('.unseen, .skip') !== null || element.matches('[type=file]');
            if (!unseen && (width < 44 || height < 44)) {
              found.push(
                `${element.localName} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 30)} ${width}×${height}`,
              );
            }
          }
          // The library's own controls are measured as a whole.
          if (element.shadowRoot && !element.localName.startsWith('wa-')) look(element.shadowRoot);
        }
      };
      look(document);
      return found;
    });

  it('[AG-14] find everything large enough: list, menus, conversation, details', async () => {
    await expect.poll(small).toEqual([]);
    await page.getByRole('button', { name: 'Sound and notifications' }).tap();
    await page.getByRole('menuitemcheckbox', { name: 'Sound' }).waitFor();
    await expect.poll(small).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('menuitemcheckbox', { name: 'Sound' }).waitFor({ state: 'hidden' });
    await hold(rows().first());
    await expect.poll(small).toEqual([]);
    await page.keyboard.press('Escape');
    await rows().first().tap();
    await page.getByRole('log').waitFor();
    await expect.poll(small).toEqual([]);
    await page.getByRole('button', { name: 'More' }).tap();
    await page.getByRole('menuitem', { name: 'Details' }).tap();
    await page.getByRole('region', { name: 'Session details' }).waitFor();
    await expect.poll(small).toEqual([]);
  });

  it('[AG-14] pull no page anew', async () => {
    const behaviour = await page.evaluate(() => [
      getComputedStyle(document.documentElement).overscrollBehaviorY,
      getComputedStyle(document.body).overscrollBehaviorY,
    ]);
    expect(behaviour).toEqual(['none', 'none']);
  });
});

describe('the on-screen keyboard', () => {
  const box = () => page.getByRole('textbox', { name: 'Message' });
  const bottomOf = async (what: Locator) => {
    const at = await what.boundingBox();
    return at ? at.y + at.height : Infinity;
  };

  it('[AG-14] that takes room of the page leaves the composer and the newest message in view', async () => {
    await rows().first().tap();
    const newest = page.getByRole('log').locator('.bubble').last();
    await newest.waitFor();
    await box().tap();
    await page.setViewportSize({ width: 390, height: 480 });
    await expect.poll(() => bottomOf(box())).toBeLessThanOrEqual(480);
    await expect.poll(() => bottomOf(newest)).toBeLessThanOrEqual(480);
    await page.setViewportSize({ width: 390, height: 844 });
  });

  it('[AG-14] that lies over the page, as on an iPhone, does not cover the composer either', async () => {
    await rows().first().tap();
    await box().waitFor();
    const cover = (height: number) =>
      page.evaluate((left) => {
        Object.defineProperty(window.visualViewport, 'height', { value: left, configurable: true });
        window.visualViewport?.dispatchEvent(new Event('resize'));
      }, height);
    await cover(500);
    await expect.poll(() => bottomOf(box())).toBeLessThanOrEqual(500);
    await cover(844);
    await expect.poll(() => bottomOf(box())).toBeGreaterThan(700);
    expect(screen.errors).toEqual([]);
  });
});
