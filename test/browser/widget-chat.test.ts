/** What visitors see and do in the panel, with a real agent at the other end. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newLiveChat, type LiveChatInput } from '../../core/channel.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import type { AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { embed, png, startSite, Widget, type Site } from '../support/site.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let site: Site;
let agent: TestAgent;
let desk: AgentClient;
let destination: LiveChatInput['destination'];
const pages: Record<string, { body: string }> = {};

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  workspace = await setUp(server);
  agent = await workspace.agent({ name: 'Ada Agent' });
  destination = { kind: 'queue', id: (await workspace.queue([agent], 'auto')).id };
  site = await startSite(pages);
  browser = await launchBrowser();
  desk = agent.desk();
  await desk.connect();
});
afterAll(async () => {
  desk.close();
  await browser.close();
  await site.close();
  await server.stop();
});

let channels = 0;

/** A page with a channel of its own, opened in a browser of its own. */
async function visit(
  change: Partial<LiveChatInput> = {},
  options: Parameters<Browser['newContext']>[0] = {},
  before?: (page: Page) => Promise<unknown>,
): Promise<Widget> {
  const channel = await workspace.channel(destination, change);
  const path = `/${(channels += 1)}`;
  pages[path] = {
    body: `<main><h1>Shop</h1><a href="#">A link</a></main>${embed(server.url, channel.number)}`,
  };
  const page = await (await browser.newContext(options)).newPage();
  await before?.(page);
  await page.goto(site.url + path);
  const widget = new Widget(page);
  await widget.launcher.waitFor();
  return widget;
}

async function begin(widget: Widget, text: string): Promise<string> {
  const heard = desk.hears(text);
  if (!(await widget.panel.isVisible())) await widget.open();
  await widget.say(text);
  return heard;
}

const close = (widget: Widget) => widget.page.context().close();

describe('a conversation', () => {
  it('[LC-19] shows sent, delivered and read, typing both ways, links, unread messages and the page title', async () => {
    const widget = await visit();
    const { page } = widget;
    const session = await begin(widget, 'marks: hello');
    await expect.poll(() => widget.status()).toMatch(/Sent|Delivered/);
    desk.tell({ kind: 'mark', session, read: desk.sessions.get(session)?.seq ?? 0 });
    await expect.poll(() => widget.status()).toContain('Read');

    desk.tell({ kind: 'typing', session, on: true });
    await page.locator('parley-messages .typing').waitFor();
    await desk.send(session, 'marks: see www.example.com/a for more');
    await page.locator('parley-messages .typing').waitFor({ state: 'detached' });
    const link = page.locator('parley-messages .agent a');
    expect(await link.getAttribute('href')).toBe('https://www.example.com/a');
    expect(await link.getAttribute('rel')).toContain('noopener');

    const typed = new Promise((done) =>
      desk.listeners.add((frame) => frame.kind === 'typing' && frame.on && done(true)),
    );
    await widget.composer.pressSequentially('ty');
    expect(await typed).toBe(true);

    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    await desk.send(session, 'marks: one more');
    await expect.poll(() => page.locator('parley-launcher b').textContent()).toBe('1');
    expect(await widget.launcher.getAttribute('aria-label')).toBe('Unread messages: 1');
    expect(await page.title()).toBe('(1) Shop');
    expect(await page.locator('parley-greeting .card').innerText()).toContain('marks: one more');
    await widget.open();
    await expect.poll(() => page.title()).toBe('Shop');
    await expect
      .poll(() => desk.sessions.get(session)?.marks.customer.read)
      .toBe(desk.sessions.get(session)?.seq);
    await close(widget);
  });

  it('[LC-19] plays a sound for an answer that is not looked at, unless it is muted, and remembers that', async () => {
    const count = (page: Page) => page.evaluate(() => (window as unknown as { tones: number }).tones);
    const widget = await visit({}, {}, (page) =>
      page.addInitScript(() => {
        const start = OscillatorNode.prototype.start;
        Object.assign(window, { tones: 0 });
        OscillatorNode.prototype.start = function (...args) {
          (window as unknown as { tones: number }).tones += 1;
          start.apply(this, args);
        };
      }),
    );
    const { page } = widget;
    const session = await begin(widget, 'sound: hello');
    await page.keyboard.press('Escape');
    await desk.send(session, 'sound: one');
    await expect.poll(() => count(page)).toBe(2);
    await widget.open();
    await widget.menu.click();
    await page.getByRole('button', { name: 'Turn sound off' }).click();
    await page.reload();
    await widget.panel.waitFor();
    await page.keyboard.press('Escape');
    await desk.send(session, 'sound: two');
    await expect.poll(() => page.locator('parley-launcher b').textContent()).toBe('1');
    expect(await count(page)).toBe(0);
    await close(widget);
  });

  it('[LC-19] scrolls back through the whole conversation and jumps to the newest', async () => {
    const widget = await visit();
    const { page } = widget;
    const session = await begin(widget, 'history: 0');
    for (let index = 1; index <= 70; index++) await desk.send(session, `history: ${index}`);
    await page.reload();
    await widget.panel.waitFor();
    const all = Array.from({ length: 71 }, (_, index) => `history: ${index}`);
    await expect
      .poll(
        async () => {
          await page.locator('parley-messages .list').evaluate((list) => list.scrollTo(0, 0));
          return widget.texted('history');
        },
        { timeout: 10_000 },
      )
      .toEqual(all);
    await page.getByRole('button', { name: 'To the newest messages' }).click();
    await page.getByText('history: 70').waitFor();
    await expect.poll(() => page.locator('parley-messages .jump').isVisible()).toBe(false);
    await close(widget);
  });

  it('[LC-07] [LC-14] is ended by the visitor, who is asked in place, and a new one starts', async () => {
    const widget = await visit({
      messages: {
        ...newLiveChat(destination).messages,
        autoResponse: 'Thank you for writing.',
        closed: 'All done.',
      },
    });
    const { page } = widget;
    const session = await begin(widget, 'end: hello');
    await expect.poll(() => widget.texts()).toContain('Thank you for writing.');
    await widget.menu.click();
    await page.getByRole('button', { name: 'End chat' }).click();
    await page.getByRole('button', { name: 'Keep chatting' }).click();
    expect(await widget.composer.isVisible()).toBe(true);
    await widget.menu.click();
    await page.locator('parley-header .menu').getByRole('button', { name: 'End chat' }).click();
    await page.locator('parley-chat .ask').getByRole('button', { name: 'End chat' }).click();
    await page.getByText('You ended the chat').waitFor();
    expect(await widget.texts()).toContain('All done.');
    expect(desk.sessions.get(session)?.status ?? 'closed').toBe('closed');
    await page.getByRole('button', { name: 'Start a new chat' }).click();
    const next = await begin(widget, 'end: again');
    expect(next).not.toBe(session);
    await close(widget);
  });

  it('[LC-07] [LC-09] is ended by the agent; names and faces are shown as the channel allows', async () => {
    const named = await visit({ agentDisplay: 'name' });
    const session = await begin(named, 'named: hello');
    await desk.send(session, 'named: hi');
    await named.page.getByText('Ada Agent joined the chat').waitFor();
    expect(await named.page.locator('parley-header h2').innerText()).toBe('Ada Agent');
    await desk.end(session);
    await named.page.getByText('Ada Agent ended the chat').waitFor();
    await named.page.getByRole('button', { name: 'Start a new chat' }).waitFor();
    await close(named);

    const hidden = await visit({ agentDisplay: 'none' });
    const second = await begin(hidden, 'hidden: hello');
    await desk.send(second, 'hidden: hi');
    await expect.poll(() => hidden.texts()).toContain('hidden: hi');
    expect(await hidden.panel.innerText()).not.toContain('Ada');
    await close(hidden);
  });

  it('[LC-13] greets by presence: the offline greeting when the agent is away', async () => {
    destination = { kind: 'agent', id: agent.agent.id };
    const there = await visit();
    await there.open();
    await expect.poll(() => there.texts()).toEqual(['Hello! How can we help you?']);
    await there.page.getByText('We are online').waitFor();
    await desk.setPresence('lunchBreak');
    const away = await visit();
    await away.open();
    await expect.poll(() => away.texts()).toEqual([newLiveChat(destination).messages.offline]);
    await away.page.getByText('We are away right now').first().waitFor();
    await desk.setPresence('available');
    destination = { kind: 'queue', id: (await workspace.queue([agent], 'auto', 'Second')).id };
    await close(there);
    await close(away);
  });

  it('[LC-03] offers chat only, the place of calls being kept for the channel that allows them', async () => {
    const widget = await visit({ interaction: 'chat' });
    await widget.open();
    expect(await widget.page.getByRole('button', { name: /call/i }).count()).toBe(0);
    await close(widget);
  });
});

describe('images', () => {
  const input = (widget: Widget) => widget.page.locator('parley-composer input[type=file]');
  const problem = (widget: Widget) => widget.page.locator('parley-composer .problem');

  it('[LC-06] are refused before upload when too large, damaged or of another kind', async () => {
    const widget = await visit();
    const uploads: string[] = [];
    widget.page.on(
      'request',
      (request) => request.url().includes('/visitor/media') && uploads.push(request.url()),
    );
    await widget.open();
    const large = Buffer.concat([png(10, 10), Buffer.alloc(10 * 1024 * 1024)]);
    await input(widget).setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: large });
    await expect.poll(() => problem(widget).innerText()).toContain('larger than 10 MB');
    await input(widget).setInputFiles({
      name: 'cut.png',
      mimeType: 'image/png',
      buffer: png(50, 50).subarray(0, 40),
    });
    await expect.poll(() => problem(widget).innerText()).toContain('damaged');
    await input(widget).setInputFiles({
      name: 'a.gif',
      mimeType: 'image/gif',
      buffer: Buffer.from('GIF89a'),
    });
    await expect.poll(() => problem(widget).innerText()).toContain('Only PNG and JPEG');
    expect(uploads).toEqual([]);
    await close(widget);
  });

  it('[LC-06] are previewed, removed, pasted, dropped and sent', async () => {
    const widget = await visit();
    const { page } = widget;
    const session = await begin(widget, 'image: hello');
    const previews = page.locator('parley-composer .attachments img');
    await input(widget).setInputFiles({ name: 'one.png', mimeType: 'image/png', buffer: png(60, 40) });
    await previews.waitFor();
    await page.getByRole('button', { name: 'Remove the image one.png' }).click();
    expect(await previews.count()).toBe(0);

    const bytes = [...png(60, 40)];
    const transfer = await page.evaluateHandle((data) => {
      const made = new DataTransfer();
      made.items.add(new File([new Uint8Array(data)], 'two.png', { type: 'image/png' }));
      return made;
    }, bytes);
    await page.locator('parley-chat .panel').dispatchEvent('drop', { dataTransfer: transfer });
    await previews.waitFor();
    await widget.composer.evaluate((field, data) => {
      field.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data as DataTransfer, bubbles: true, composed: true }),
      );
    }, transfer);
    await expect.poll(() => previews.count()).toBe(2);
    await widget.composer.press('Enter');
    const shown = page.locator('parley-messages button.image img');
    await expect.poll(() => shown.count()).toBe(2);
    expect(await shown.first().getAttribute('width')).toBe('60');
    await desk.until(
      () =>
        desk
          .logOf(session)
          .list.filter(({ body }) => body.kind === 'message' && body.content.kind === 'image').length === 2,
      'both images',
    );
    await close(widget);
  });

  it('[LC-06] show their progress and can be taken back while they are uploaded', async () => {
    const widget = await visit();
    const { page } = widget;
    const session = await begin(widget, 'cancel: hello');
    // The upload stays under way until the visitor takes it back.
    await page.route('**/visitor/media*', () => undefined);
    await input(widget).setInputFiles({
      name: 'slow.png',
      mimeType: 'image/png',
      buffer: png(600, 400, true),
    });
    await page.locator('parley-composer .attachments img').waitFor();
    await widget.composer.press('Enter');
    const progress = page.getByRole('progressbar', { name: 'Uploading' });
    await progress.waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await widget.say('cancel: after');
    await desk.until(() => desk.logOf(session).has('cancel: after'), 'the message after it');
    expect(await page.locator('parley-messages .image').count()).toBe(0);
    await close(widget);
  });

  it('[LC-06] are not offered where the channel takes text only', async () => {
    const widget = await visit({ supports: 'text' });
    await widget.open();
    await widget.composer.waitFor();
    expect(await input(widget).count()).toBe(0);
    await close(widget);
  });

  it('[LC-17] show that the file has expired after 72 hours', async () => {
    const widget = await visit({}, {}, (page) => page.clock.install());
    const { page } = widget;
    await begin(widget, 'expiry: hello');
    await input(widget).setInputFiles({ name: 'old.png', mimeType: 'image/png', buffer: png(60, 40) });
    await page.locator('parley-composer .attachments img').waitFor();
    await widget.composer.press('Enter');
    await page.locator('parley-messages button.image img').waitFor();
    await page.clock.fastForward(73 * 3_600_000);
    await widget.composer.fill('expiry: later');
    await widget.composer.press('Enter');
    await page.getByText('File expired').waitFor();
    await close(widget);
  });
});

describe('the pre-chat form', () => {
  it('[LC-11] [LC-12] asks what the channel wants, says what is missing, and records the consent', async () => {
    const { preChat } = newLiveChat(destination);
    const widget = await visit({
      preChat: { ...preChat, enabled: true, title: 'Before we start', lastName: 'off', phone: 'optional' },
      consent: {
        enabled: true,
        explicit: true,
        text: [
          [{ text: 'We keep what you write. ' }, { text: 'Our policy', href: 'https://example.com/policy' }],
        ],
      },
    });
    const { page } = widget;
    await widget.open();
    const form = page.locator('parley-form');
    await form.getByText('Before we start').waitFor();
    expect(await form.locator('input[name=lastName]').count()).toBe(0);
    await form.locator('.primary').click();
    await form.getByText('Fill in this field.').waitFor();
    await form.getByText('Tick the box to start the chat.').waitFor();
    expect(await axe(page)).toEqual([]);
    await form.locator('input[name=firstName]').fill('Nora');
    await form.locator('input[name=email]').fill('not an address');
    await form.locator('.primary').click();
    await form.getByText('Enter an address such as').waitFor();
    await form.locator('input[name=email]').fill('nora@example.com');
    await form.locator('input[name=consent]').check();
    await form.locator('.primary').click();
    const session = await begin(widget, 'form: hello');
    const summary = desk.sessions.get(session);
    expect(summary?.customer.profile).toMatchObject({ firstName: 'Nora', email: 'nora@example.com' });
    expect(summary?.consentAt).toBeTypeOf('number');
    await close(widget);
  });
});

describe('access', () => {
  it('[LC-20] works by the keyboard alone, and gives the focus back to the launcher', async () => {
    const widget = await visit();
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
    const heard = desk.hears('keyboard: hello');
    await page.keyboard.type('keyboard: hello');
    await page.keyboard.press('Enter');
    const session = await heard;
    await page.keyboard.type('keyboard: two');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('lines');
    await page.keyboard.press('Enter');
    await desk.until(() => desk.logOf(session).has('keyboard: two\nlines'), 'the second message');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Emoji');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Search emoji');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Emoji');
    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Open chat');
    await close(widget);
  });

  it('[LC-20] tells a screen reader of each new answer once, and nothing of what was there before', async () => {
    const widget = await visit();
    const { page } = widget;
    const session = await begin(widget, 'reader: hello');
    await desk.send(session, 'reader: before');
    await expect.poll(() => widget.texts()).toContain('reader: before');
    await page.reload();
    await widget.panel.waitFor();
    await expect.poll(() => widget.texts()).toContain('reader: before');
    const said = page.locator('parley-messages [role=status] p');
    expect(await said.allTextContents()).toEqual([]);
    await desk.send(session, 'reader: after');
    await expect.poll(() => said.allTextContents()).toEqual(['reader: after']);
    expect(await page.locator('parley-messages [role=log]').getAttribute('aria-live')).toBe('off');
    await close(widget);
  });

  it.each([
    { colorScheme: 'light', locale: 'en' },
    { colorScheme: 'dark', locale: 'en' },
    { colorScheme: 'light', locale: 'ar' },
    { colorScheme: 'dark', locale: 'he' },
  ] as const)(
    '[LC-20] has no violation that axe finds: $colorScheme, $locale',
    async ({ colorScheme, locale }) => {
      const widget = await visit({}, { colorScheme, locale, reducedMotion: 'reduce' });
      const { page } = widget;
      await page.waitForFunction(() => document.querySelector('parley-chat'));
      expect(await axe(page)).toEqual([]);
      const session = await begin(widget, 'axe: hello');
      await desk.send(session, 'axe: www.example.com');
      await expect.poll(() => widget.texts()).toContain('axe: www.example.com');
      await widget.menu.click();
      expect(await axe(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('parley-composer .emoji').click();
      await page.locator('parley-emoji .grid button').first().waitFor();
      expect(await axe(page)).toEqual([]);
      await close(widget);
    },
  );

  it('[LC-20] fills a phone, leaves with focus on the launcher, and makes room for the on-screen keyboard', async () => {
    const widget = await visit(
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
    await close(widget);
  });

  it('[LC-20] does not move where motion is not wanted', async () => {
    const widget = await visit({}, { reducedMotion: 'reduce' });
    await widget.open();
    const animations = await widget.panel.evaluate((panel) => panel.getAnimations({ subtree: true }).length);
    expect(animations).toBe(0);
    await close(widget);
  });
});
