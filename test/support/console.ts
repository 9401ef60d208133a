/** The console and the inbox in a browser, as one signed-in person sees them. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { pageErrors } from './browser.ts';

export interface Screen {
  page: Page;
  /** Exceptions and console errors so far. Refused requests are the page's business, and left out. */
  errors: string[];
  close(): Promise<void>;
}

/** A browser profile with the sign-in of an API client (empty: signed out). */
export async function openProfile(
  browser: Browser,
  server: { url: string },
  cookie: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const [name = '', value = ''] = cookie.split(/=(.*)/s);
  if (name) await context.addCookies([{ name, value, url: server.url }]);
  return context;
}

/** Opens `path` in a profile of its own; `before` prepares the page for what it is going to load. */
export async function openConsole(
  browser: Browser,
  server: { url: string },
  cookie: string,
  path = '/',
  options: BrowserContextOptions = {},
  before?: (page: Page) => Promise<void>,
): Promise<Screen> {
  const context = await openProfile(browser, server, cookie, options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const all = pageErrors(page);
  const errors: string[] = [];
  all.push = (...found: string[]) =>
    errors.push(...found.filter((text) => !text.includes('Failed to load resource')));
  await before?.(page);
  await page.goto(`${server.url}${path}`);
  return { page, errors, close: () => context.close() };
}

/** Chooses from one of the library's drop-down lists. */
export async function choose(page: Page, list: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: list }).click();
  const wanted = page.getByRole('option', { name: option });
  await wanted.click();
  // A list that is still closing would take the next click for its own.
  await wanted.waitFor({ state: 'hidden' });
}

/** Presses a switch or a tick box of the library by its label. */
export async function press(page: Page, label: string): Promise<void> {
  await page.locator('wa-switch, wa-checkbox').filter({ hasText: label }).locator('[part~="label"]').click();
}
