/** The console's live preview: the real widget, drawing what it is told and talking to nobody. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newLiveChat } from '../../core/channel.ts';
import { palettes } from '../../core/colour.ts';
import { pageErrors } from '../support/browser.ts';
import { Widget } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const { appearance } = newLiveChat({ kind: 'platform' });

function draft(accent: string, title: string) {
  return {
    kind: 'parley.preview',
    loader: {
      ...appearance,
      channelNumber: 'LC00000',
      domains: [],
      language: 'de',
      palette: palettes(accent),
      panel: '',
    },
    widget: {
      channelNumber: 'LC00000',
      interaction: 'chat',
      images: true,
      language: 'de',
      preChat: null,
      consent: null,
      title,
      welcome: 'Willkommen',
      logo: null,
      faces: [{ name: 'First Agent', photo: null }],
    },
    messages: { online: 'Guten Tag!', offline: 'Wir sind nicht da.', closed: 'Bis bald.' },
  };
}

const show = (page: Page, message: unknown) =>
  page.evaluate((data) => postMessage(data, location.origin), message);

describe('the preview', () => {
  it('[LC-08] draws each draft with the real launcher and panel, and no request leaves it', async () => {
    const page = await stage.browser.newPage();
    const errors = pageErrors(page);
    await page.goto(`${stage.server.url}/widget/preview.html`);
    await page.waitForLoadState('networkidle');
    const calls: string[] = [];
    page.on('request', (request) => request.url().includes('/visitor/') && calls.push(request.url()));
    const widget = new Widget(page);
    await show(page, draft('#2f5bea', 'Erster Titel'));
    await widget.panel.waitFor();
    await expect.poll(() => widget.texts()).toContain('Guten Tag!');
    expect(await page.locator('parley-launcher').count()).toBe(1);

    await show(page, draft('#0a7f4f', 'Zweiter Titel'));
    const colour = () =>
      page.locator('parley-header header').evaluate((header) => getComputedStyle(header).backgroundColor);
    await expect.poll(colour).toBe('rgb(10, 127, 79)');
    await page.getByText('Zweiter Titel').waitFor();
    await show(page, { ...draft('#0a7f4f', 'Zweiter Titel'), view: 'conversation' });
    await expect.poll(() => widget.texts()).toContain('Hallo, gibt es das in Blau?');
    await widget.say('Probe');
    await expect.poll(() => widget.texts()).toContain('Probe');
    expect(calls).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
