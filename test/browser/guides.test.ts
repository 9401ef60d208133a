/** The set-up guides, as the channels' forms link to them: for everybody, readable on any screen. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerIds, providers } from '../../core/providers/registry.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { openConsole } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { setUp } from '../support/workspace.ts';

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer();
  await setUp(server);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const get = (path: string) => fetch(`${server.url}${path}`, { redirect: 'manual' });

describe('the set-up guides', () => {
  it('[DOC-01] are served for each provider without signing in', async () => {
    for (const id of providerIds) {
      const answer = await get(`/guides/${id}.html`);
      expect(answer.status, id).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await answer.text()).toContain(`<h1>${providers[id].label}</h1>`);
    }
    expect(await (await get('/guides/')).text()).toContain('href="twilio.html"');
    expect((await get('/guides')).headers.get('location')).toBe('/guides/');
  });

  it('are nothing but guides', async () => {
    for (const path of [
      '/guides/none.html',
      '/guides/..%2fadmin/index.html',
      '/guides/.html',
      '/guides/a/b',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  it('[DOC-01] have the product’s look, links that lead somewhere, and fit a phone', async () => {
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      const options = { viewport: { width, height: 844 }, colorScheme };
      const { page, errors, close } = await openConsole(browser, server, '', '/guides/twilio.html', options);
      expect(await page.title()).toBe('Twilio: set-up guide · Parley');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const style = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(style).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(23, 25, 29)');
      expect(await axe(page)).toEqual([]);
      await page.getByRole('link', { name: 'Link to Test it' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Test it' }).waitFor();
      expect(new URL(page.url()).hash).toBe('#test-it');
      await page.getByRole('link', { name: 'WhatsApp' }).click();
      await page.getByRole('heading', { name: 'WhatsApp', exact: true }).waitFor();
      expect(errors).toEqual([]);
      await close();
    }
  });

  it('bring a style sheet that browsers keep', async () => {
    const [, path = ''] =
      /href="(guide-\w+\.css)"/.exec(await (await get('/guides/twilio.html')).text()) ?? [];
    const answer = await get(`/guides/${path}`);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(await answer.text()).toContain('--parley-text');
  });
});
