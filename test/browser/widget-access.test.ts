/** LC-20: for every hand and every eye. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe } from '../support/browser.ts';
import { startStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

describe('access', () => {
  it('[LC-20] works by the keyboard alone, and gives the focus back to the launcher', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.getAttribute('aria-label') ?? element?.localName;
      });
    await page.locator('main a').focus();
    await page.keyboard.press('Tab');
    await expect.poll(focused).toMatch(/Chat|Open chat/);
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Write a message…');
    const heard = stage.desk.hears('keyboard: hello');
    await page.keyboard.type('keyboard: hello');
    await page.keyboard.press('Enter');
    const session = await heard;
    await page.keyboard.type('keyboard: two');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('lines');
    await page.keyboard.press('Enter');
    await stage.desk.until(() => stage.desk.logOf(session).has('keyboard: two\nlines'), 'the second message');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Emoji');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Search emoji');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Emoji');
    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Open chat');
    await widget.page.context().close();
  });

  it('[LC-20] tells a screen reader of each new answer once, and nothing of what was there before', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const session = await stage.begin(widget, 'reader: hello');
    await stage.desk.send(session, 'reader: before');
    await expect.poll(() => widget.texts()).toContain('reader: before');
    await page.reload();
    await widget.panel.waitFor();
    await expect.poll(() => widget.texts()).toContain('reader: before');
    const said = page.locator('parley-messages [role=status] p');
    expect(await said.allTextContents()).toEqual([]);
    await stage.desk.send(session, 'reader: after');
    await expect.poll(() => said.allTextContents()).toEqual(['reader: after']);
    expect(await page.locator('parley-messages [role=log]').getAttribute('aria-live')).toBe('off');
    await widget.page.context().close();
  });

  it.each([
    { colorScheme: 'light', locale: 'en' },
    { colorScheme: 'dark', locale: 'en' },
    { colorScheme: 'light', locale: 'ar' },
    { colorScheme: 'dark', locale: 'he' },
  ] as const)(
    '[LC-20] has no violation that axe finds: $colorScheme, $locale',
    async ({ colorScheme, locale }) => {
      const widget = await stage.visit({}, { colorScheme, locale, reducedMotion: 'reduce' });
      const { page } = widget;
      await page.waitForFunction(() => document.querySelector('parley-chat'));
      expect(await axe(page)).toEqual([]);
      const session = await stage.begin(widget, 'axe: hello');
      await stage.desk.send(session, 'axe: www.example.com');
      await expect.poll(() => widget.texts()).toContain('axe: www.example.com');
      await widget.menu.click();
      expect(await axe(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('parley-composer .emoji').click();
      await page.locator('parley-emoji .grid button').first().waitFor();
      expect(await axe(page)).toEqual([]);
      await widget.page.context().close();
    },
  );

  it('[LC-20] fills a phone, leaves with focus on the launcher, and makes room for the on-screen keyboard', async () => {
    const widget = await stage.visit(
      {},
      { viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: 'reduce' },
    );
    const { page } = widget;
    await widget.open();
    expect(await widget.panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    expect(await page.locator('parley-launcher').isVisible()).toBe(false);
    // A keyboard takes the lower part of the visual viewport.
    await page.setViewportSize({ width: 390, height: 500 });
    await expect.poll(async () => (await widget.panel.boundingBox())?.height).toBe(500);
    const composer = await page.locator('parley-composer').boundingBox();
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(500);
    await page.getByRole('button', { name: 'Close chat' }).click();
    await page.locator('parley-launcher').waitFor();
    await widget.page.context().close();
  });

  it.each([
    { width: 844, height: 390 },
    { width: 320, height: 256 },
  ])(
    '[LC-20] keeps the composer in reach on $width × $height, as on a phone held sideways or at high zoom',
    async (viewport) => {
      const widget = await stage.visit({}, { viewport, reducedMotion: 'reduce' });
      await widget.open();
      const box = await widget.page.locator('parley-composer').boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect((await widget.panel.boundingBox())?.width).toBe(viewport.width);
      await widget.page.context().close();
    },
  );

  it('[LC-20] does not move where motion is not wanted', async () => {
    const widget = await stage.visit({}, { reducedMotion: 'reduce' });
    await widget.open();
    const animations = await widget.panel.evaluate((panel) => panel.getAnimations({ subtree: true }).length);
    expect(animations).toBe(0);
    await widget.page.context().close();
  });
});
