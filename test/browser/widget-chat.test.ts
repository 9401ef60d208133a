/** What visitors see and do in the panel, with a real agent at the other end. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newLiveChat } from '../../core/channel.ts';
import { axe } from '../support/browser.ts';
import { startStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

describe('a conversation', () => {
  it('[LC-19] shows sent, delivered and read, typing both ways, links, unread messages and the page title', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const session = await stage.begin(widget, 'marks: hello');
    await expect.poll(() => widget.status()).toMatch(/Sent|Delivered/);
    stage.desk.tell({ kind: 'mark', session, read: stage.desk.sessions.get(session)?.seq ?? 0 });
    await expect.poll(() => widget.status()).toContain('Read');

    stage.desk.tell({ kind: 'typing', session, on: true });
    await page.locator('parley-messages .typing').waitFor();
    await stage.desk.send(session, 'marks: see www.example.com/a for more');
    await page.locator('parley-messages .typing').waitFor({ state: 'detached' });
    const link = page.locator('parley-messages .agent a');
    expect(await link.getAttribute('href')).toBe('https://www.example.com/a');
    expect(await link.getAttribute('rel')).toContain('noopener');

    const typed = new Promise((done) =>
      stage.desk.listeners.add((frame) => frame.kind === 'typing' && frame.on && done(true)),
    );
    await widget.composer.pressSequentially('ty');
    expect(await typed).toBe(true);

    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    await stage.desk.send(session, 'marks: one more');
    await expect.poll(() => page.locator('parley-launcher b').textContent()).toBe('1');
    expect(await widget.launcher.getAttribute('aria-label')).toBe('Unread messages: 1');
    expect(await page.title()).toBe('(1) Shop');
    expect(await page.locator('parley-greeting .card').innerText()).toContain('marks: one more');
    await widget.open();
    await expect.poll(() => page.title()).toBe('Shop');
    await expect
      .poll(() => stage.desk.sessions.get(session)?.marks.customer.read)
      .toBe(stage.desk.sessions.get(session)?.seq);
    await widget.page.context().close();
  });

  it('[LC-19] plays a sound for an answer that is not looked at, unless it is muted, and remembers that', async () => {
    const count = (page: Page) => page.evaluate(() => (window as unknown as { tones: number }).tones);
    const widget = await stage.visit({}, {}, (page) =>
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
    const session = await stage.begin(widget, 'sound: hello');
    await page.keyboard.press('Escape');
    await stage.desk.send(session, 'sound: one');
    await expect.poll(() => count(page)).toBe(2);
    await widget.open();
    await widget.menu.click();
    await page.getByRole('button', { name: 'Turn sound off' }).click();
    await page.reload();
    await widget.panel.waitFor();
    await page.keyboard.press('Escape');
    await stage.desk.send(session, 'sound: two');
    await expect.poll(() => page.locator('parley-launcher b').textContent()).toBe('1');
    expect(await count(page)).toBe(0);
    await widget.page.context().close();
  });

  it('[LC-19] scrolls back through the whole conversation and jumps to the newest', async () => {
    const widget = await stage.visit();
    const { page } = widget;
    const session = await stage.begin(widget, 'history: 0');
    for (let index = 1; index <= 70; index++) await stage.desk.send(session, `history: ${index}`);
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
    await widget.page.context().close();
  });

  it('[LC-07] [LC-14] is ended by the visitor, who is asked in place, and a new one starts', async () => {
    const widget = await stage.visit({
      messages: {
        ...newLiveChat(stage.destination).messages,
        autoResponse: 'Thank you for writing.',
        closed: 'All done.',
      },
    });
    const { page } = widget;
    const session = await stage.begin(widget, 'end: hello');
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
    await expect.poll(() => stage.desk.sessions.get(session)?.status ?? 'closed').toBe('closed');
    await page.getByRole('button', { name: 'Start a new chat' }).click();
    const next = await stage.begin(widget, 'end: again');
    expect(next).not.toBe(session);
    await widget.page.context().close();
  });

  it('[LC-07] [LC-09] is ended by the agent; names and faces are shown as the channel allows', async () => {
    const named = await stage.visit({ agentDisplay: 'name' });
    const session = await stage.begin(named, 'named: hello');
    await stage.desk.send(session, 'named: hi');
    await named.page.getByText('First Agent joined the chat').waitFor();
    expect(await named.page.locator('parley-header h2').innerText()).toBe('First Agent');
    await stage.desk.end(session);
    await named.page.getByText('First Agent ended the chat').waitFor();
    await named.page.getByRole('button', { name: 'Start a new chat' }).waitFor();
    await named.page.context().close();

    const hidden = await stage.visit({ agentDisplay: 'none' });
    const second = await stage.begin(hidden, 'hidden: hello');
    await stage.desk.send(second, 'hidden: hi');
    await expect.poll(() => hidden.texts()).toContain('hidden: hi');
    expect(await hidden.panel.innerText()).not.toContain('Ada');
    await hidden.page.context().close();
  });

  it('[LC-13] greets by presence: the offline greeting when the agent is away', async () => {
    const queue = stage.destination;
    stage.destination = { kind: 'agent', id: stage.agent.agent.id };
    const there = await stage.visit();
    await there.open();
    await expect.poll(() => there.texts()).toEqual(['Hello! How can we help you?']);
    await there.page.getByText('We are online').waitFor();
    await stage.desk.setPresence('lunchBreak');
    const away = await stage.visit();
    await away.open();
    await expect.poll(() => away.texts()).toEqual([newLiveChat(stage.destination).messages.offline]);
    await away.page.getByText('We are away right now').first().waitFor();
    await stage.desk.setPresence('available');
    stage.destination = queue;
    await there.page.context().close();
    await away.page.context().close();
  });

  it('[LC-03] offers chat only, the place of calls being kept for the channel that allows them', async () => {
    const widget = await stage.visit({ interaction: 'chat' });
    await widget.open();
    expect(await widget.page.getByRole('button', { name: /call/i }).count()).toBe(0);
    await widget.page.context().close();
  });
});

describe('the pre-chat form', () => {
  it('[LC-11] [LC-12] asks what the channel wants, says what is missing, and records the consent', async () => {
    const { preChat } = newLiveChat(stage.destination);
    const widget = await stage.visit({
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
    const session = await stage.begin(widget, 'form: hello');
    const summary = stage.desk.sessions.get(session);
    expect(summary?.customer.profile).toMatchObject({ firstName: 'Nora', email: 'nora@example.com' });
    expect(summary?.consentAt).toBeTypeOf('number');
    await widget.page.context().close();
  });
});
