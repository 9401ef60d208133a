/** LC-18: whatever happens to networks, tabs, machines or the edge, nothing is lost, doubled or out of order. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newLiveChat } from '../../core/channel.ts';
import { holdStore, launchBrowser } from '../support/browser.ts';
import type { AgentClient } from '../support/clients.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startServer, type Server } from '../support/server.ts';
import { embed, png, startSite, Widget, type Site } from '../support/site.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let proxy: Proxy;
let workspace: TestWorkspace;
let browser: Browser;
let site: Site;
let desk: AgentClient;
let context: BrowserContext;
const pages: Record<string, { body: string }> = {};
let destination: { kind: 'queue'; id: string };

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  proxy = await startProxy(server.port);
  workspace = await setUp(server);
  const agent = await workspace.agent();
  destination = { kind: 'queue', id: (await workspace.queue([agent], 'disabled')).id };
  const channel = await workspace.channel(destination);
  // The page reaches the edge through the proxy only.
  pages['/'] = { body: `<h1>Shop</h1>${embed(proxy.url, channel.number)}` };
  site = await startSite(pages);
  browser = await launchBrowser();
  desk = agent.desk();
  await desk.connect();
});
afterAll(async () => {
  desk.close();
  await browser.close();
  await site.close();
  await proxy.close();
  await server.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(async () => {
  proxy.offline(false);
  await context.close();
});

async function visit(path = '/', before?: (page: Page) => Promise<unknown>): Promise<Widget> {
  const page = await context.newPage();
  await before?.(page);
  await page.goto(site.url + path);
  const widget = new Widget(page);
  await widget.launcher.waitFor();
  return widget;
}

/** The first message, so that there is a session to look into; answers its id. */
async function begin(widget: Widget, prefix: string): Promise<string> {
  const heard = desk.hears(`${prefix} 0`);
  await widget.open();
  await widget.say(`${prefix} 0`);
  await expect.poll(() => widget.status()).toMatch(/Sent|Delivered|Read/);
  return heard;
}

/** What the agent has of a conversation. */
const agentTexts = (session: string) => desk.logOf(session).texts;

/** Resolves once the agent was told these texts, and rejects if the edge holds any more, or in another order. */
async function agentHasExactly(session: string, texts: string[]): Promise<void> {
  await expect.poll(() => agentTexts(session)).toEqual(texts);
  await desk.catchUp(session);
  expect(agentTexts(session)).toEqual(texts);
}

const waiting = (widget: Widget) => widget.page.locator('parley-messages [data-waiting]').count();

/** Resolves when the browser has stored what waits, the newest last: from then on it may go with the page. */
const kept = (widget: Widget) => expect.poll(() => widget.status()).toContain('Waiting to be sent');

/** Resolves when nothing waits any more; reconnecting takes its time. */
const delivered = (widget: Widget) => expect.poll(() => waiting(widget), { timeout: 50_000 }).toBe(0);

describe('nothing is lost or doubled', () => {
  it('[LC-18] keeps what is sent while offline for a minute, shows it as waiting, and delivers it in order', async () => {
    const widget = await visit('/', (page) => page.clock.install());
    const session = await begin(widget, 'minute');
    proxy.offline(true);
    await widget.page.locator('parley-chat .bar[data-down]').waitFor();
    for (const text of ['minute 1', 'minute 2', 'minute 3']) await widget.say(text);
    await expect.poll(() => waiting(widget)).toBe(3);
    await kept(widget);
    await widget.page.clock.fastForward('01:00');
    await desk.send(session, 'minute 4');
    proxy.offline(false);
    const all = ['minute 0', 'minute 4', 'minute 1', 'minute 2', 'minute 3'];
    await expect.poll(() => widget.texted('minute'), { timeout: 45_000 }).toEqual(all);
    await delivered(widget);
    await agentHasExactly(session, all);
  });

  it('[LC-18] survives a reload and the end of the tab with messages waiting, an image among them', async () => {
    const widget = await visit();
    const session = await begin(widget, 'reload');
    proxy.offline(true);
    await widget.page.locator('parley-chat .bar[data-down]').waitFor();
    await widget.say('reload 1');
    const file = { name: 'photo.png', mimeType: 'image/png', buffer: png(60, 40) };
    await widget.page.locator('parley-composer input[type=file]').setInputFiles(file);
    await widget.page.locator('parley-composer .attachments img').waitFor();
    await widget.say('reload 2');
    await expect.poll(() => waiting(widget)).toBe(3);
    await kept(widget);
    await widget.page.close();

    proxy.offline(false);
    const heard = desk.hears('reload 2');
    const again = await visit();
    // Known visitors connect without being asked, so the tab need not be opened for the outbox to empty.
    await heard;
    await agentHasExactly(session, ['reload 0', 'reload 1', 'reload 2']);
    const order = desk
      .logOf(session)
      .list.flatMap(({ body }) =>
        body.kind === 'message' && body.author.kind === 'customer' ? [body.content.kind] : [],
      );
    expect(order).toEqual(['text', 'text', 'image', 'text']);
    await again.page.reload();
    await again.open();
    await expect.poll(() => again.texted('reload')).toEqual(['reload 0', 'reload 1', 'reload 2']);
    expect(await waiting(again)).toBe(0);
  });

  it('[LC-18] keeps a first message that was written before the edge was ever reached', async () => {
    const widget = await visit('/', (page) => page.addInitScript('window.requestIdleCallback = () => 0'));
    // The panel's code is there; the edge is not.
    await widget.page.route('**/visitor/**', (route) => route.abort());
    await widget.open();
    await widget.say('early 1');
    await kept(widget);
    await widget.page.close();
    const heard = desk.hears('early 1');
    const again = await visit();
    await heard;
    await again.open();
    await expect.poll(() => again.texted('early')).toEqual(['early 1']);
  });

  it('[LC-18] notices a half-dead connection by itself and goes on where it was', async () => {
    const widget = await visit('/', (page) => page.clock.install());
    const session = await begin(widget, 'dead');
    proxy.halfDead();
    await widget.say('dead 1');
    await desk.send(session, 'dead 2');
    // No event tells the page; its own heartbeat has to: a question, no answer, a new attempt.
    for (const ms of [25_000, 6000, 2000]) await widget.page.clock.fastForward(ms);
    await expect
      .poll(async () => (await widget.texted('dead')).sort(), { timeout: 20_000 })
      .toEqual(['dead 0', 'dead 1', 'dead 2']);
    await delivered(widget);
    await agentHasExactly(session, await widget.texted('dead'));
  });

  it('[LC-18] wakes from ten minutes of sleep with everything that was missed, once', async () => {
    const widget = await visit('/', (page) => page.clock.install());
    const session = await begin(widget, 'sleep');
    // The lid closes: timers stop, and the socket dies without a word.
    const debug = await context.newCDPSession(widget.page);
    await debug.send('Page.setWebLifecycleState', { state: 'frozen' });
    proxy.halfDead();
    for (const text of ['sleep 1', 'sleep 2', 'sleep 3']) await desk.send(session, text);
    await debug.send('Page.setWebLifecycleState', { state: 'active' });
    await widget.page.clock.fastForward('10:00');
    await expect
      .poll(() => widget.texted('sleep'), { timeout: 20_000 })
      .toEqual(['sleep 0', 'sleep 1', 'sleep 2', 'sleep 3']);
    await widget.say('sleep 4');
    await expect
      .poll(() => agentTexts(session))
      .toEqual(['sleep 0', 'sleep 1', 'sleep 2', 'sleep 3', 'sleep 4']);
  });

  it('[LC-18] goes on after the edge was killed and started again, with a message sent in between', async () => {
    const widget = await visit();
    const session = await begin(widget, 'restart');
    await server.kill('SIGKILL');
    await widget.say('restart 1');
    await expect.poll(() => waiting(widget)).toBe(1);
    await server.restart();
    await delivered(widget);
    await agentHasExactly(session, ['restart 0', 'restart 1']);
    expect(await widget.texted('restart')).toEqual(['restart 0', 'restart 1']);
  });

  it('[LC-18] says why the edge refused a message, and leaves it to be sent again or deleted', async () => {
    const widget = await visit();
    const session = await begin(widget, 'refused');
    // Only marks that reorder text: nothing is left of it at the edge.
    await widget.say('\u202a\u202c');
    const failure = widget.page.locator('parley-messages .failure');
    await failure.waitFor();
    expect(await failure.innerText()).toContain('The message is empty.');
    await widget.say('refused 1');
    await expect.poll(() => widget.texted('refused')).toEqual(['refused 0', 'refused 1']);
    await agentHasExactly(session, ['refused 0', 'refused 1']);
    await widget.page.reload();
    await widget.panel.waitFor();
    await failure.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => failure.count()).toBe(0);
  });

  it('[LC-18] takes what is sent while the browser still stores the message before, in order', async () => {
    const widget = await visit();
    const session = await begin(widget, 'quick');
    const all = ['quick 0', 'quick 1', 'quick 2', 'quick 3'];
    await widget.composer.evaluate((area: HTMLTextAreaElement, texts) => {
      for (const text of texts) {
        area.value = text;
        area.dispatchEvent(new InputEvent('input'));
        area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }));
      }
    }, all.slice(1));
    await expect.poll(() => widget.texted('quick')).toEqual(all);
    await agentHasExactly(session, all);
    expect(await widget.composer.inputValue()).toBe('');
  });

  it('[LC-18] shows what is sent at once, however slow the disk is, and sends it when it is kept', async () => {
    const widget = await visit();
    const session = await begin(widget, 'disk');
    await delivered(widget);
    const databases = await widget.page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name ?? ''),
    );
    const release = await holdStore(widget.page, databases[0] ?? '', 'outbox');
    await widget.say('disk 1');
    await widget.say('disk 2');
    const all = ['disk 0', 'disk 1', 'disk 2'];
    await expect.poll(() => widget.texted('disk')).toEqual(all);
    // They are not safe yet, and nothing says so.
    expect(await widget.status()).not.toContain('Waiting');
    expect(agentTexts(session)).toEqual(['disk 0']);
    await release();
    await delivered(widget);
    await agentHasExactly(session, all);
    expect(await widget.texted('disk')).toEqual(all);
  });

  it('[LC-18] slows down when the edge says so, and still delivers all in order', async () => {
    const strict = await startServer({ env: { PARLEY_RATE_FACTOR: '0.2' } });
    const strictWorkspace = await setUp(strict);
    const agent = await strictWorkspace.agent();
    const queue = await strictWorkspace.queue([agent]);
    const channel = await strictWorkspace.channel({ kind: 'queue', id: queue.id });
    pages['/strict'] = { body: embed(strict.url, channel.number) };
    const widget = await visit('/strict');
    await widget.open();
    const all = Array.from({ length: 7 }, (_, index) => `fast ${index}`);
    for (const text of all) await widget.say(text);
    await expect.poll(() => widget.texted('fast')).toEqual(all);
    await delivered(widget);
    expect(await widget.texted('fast')).toEqual(all);
    await widget.page.close();
    await strict.stop();
  });

  it('[LC-18] keeps a message while the form is due and sends it after', async () => {
    const { preChat } = newLiveChat(destination);
    const channel = await workspace.channel(destination, { preChat: { ...preChat, enabled: true } });
    pages['/form'] = { body: embed(proxy.url, channel.number) };
    const widget = await visit('/form');
    await widget.page.evaluate(() => window.Parley?.send('form 1'));
    await widget.open();
    const form = widget.page.locator('parley-form');
    await form.locator('.note').waitFor();
    await widget.page.reload();
    await widget.panel.waitFor();
    await form.locator('.note').waitFor();
    const heard = desk.hears('form 1');
    await form.locator('input[name=firstName]').fill('Nora');
    await form.locator('.primary').click();
    await heard;
    await expect.poll(() => widget.texted('form')).toEqual(['form 1']);
  });
});

describe('several tabs', () => {
  const sockets = (page: Page) => {
    let open = 0;
    page.on('websocket', (socket) => {
      open += 1;
      socket.on('close', () => (open -= 1));
    });
    return () => open;
  };

  it('[LC-01] [LC-18] show one conversation over one socket; another tab takes over when its owner goes', async () => {
    let firstSockets = () => 0;
    let secondSockets = () => 0;
    const first = await visit('/', (page) => Promise.resolve((firstSockets = sockets(page))));
    const session = await begin(first, 'tabs');
    const second = await visit('/', (page) => Promise.resolve((secondSockets = sockets(page))));
    await second.open();
    await expect.poll(() => second.texted('tabs')).toEqual(['tabs 0']);
    expect(firstSockets()).toBe(1);
    expect(secondSockets()).toBe(0);

    await second.say('tabs 1');
    await desk.until(() => agentTexts(session).includes('tabs 1'), 'the follower’s message');
    await desk.send(session, 'tabs 2');
    for (const tab of [first, second]) {
      await expect.poll(() => tab.texted('tabs')).toEqual(['tabs 0', 'tabs 1', 'tabs 2']);
    }
    await first.page.close();
    await second.say('tabs 3');
    await expect.poll(() => agentTexts(session)).toEqual(['tabs 0', 'tabs 1', 'tabs 2', 'tabs 3']);
    await expect.poll(() => second.texted('tabs')).toEqual(['tabs 0', 'tabs 1', 'tabs 2', 'tabs 3']);
    expect(secondSockets()).toBe(1);
  });

  it('[LC-18] do not wait for a tab that owns the socket and is frozen', async () => {
    const first = await visit();
    const session = await begin(first, 'frozen');
    const debug = await context.newCDPSession(first.page);
    await debug.send('Page.setWebLifecycleState', { state: 'frozen' });
    const second = await visit();
    await second.open();
    await second.say('frozen 1');
    await expect.poll(() => agentTexts(session), { timeout: 20_000 }).toEqual(['frozen 0', 'frozen 1']);
    await debug.send('Page.setWebLifecycleState', { state: 'active' });
    await expect.poll(() => first.texted('frozen'), { timeout: 20_000 }).toEqual(['frozen 0', 'frozen 1']);
    await first.say('frozen 2');
    await expect.poll(() => agentTexts(session)).toEqual(['frozen 0', 'frozen 1', 'frozen 2']);
  });

  it('[LC-18] deliver once what both hold while offline', async () => {
    const first = await visit();
    const session = await begin(first, 'both');
    const second = await visit();
    await second.open();
    proxy.offline(true);
    await second.page.locator('parley-chat .bar[data-down]').waitFor();
    await first.say('both 1');
    await expect.poll(() => waiting(second)).toBe(1);
    await second.say('both 2');
    await expect.poll(() => waiting(first)).toBe(2);
    await first.say('both 3');
    await expect.poll(() => waiting(second)).toBe(3);
    proxy.offline(false);
    const all = ['both 0', 'both 1', 'both 2', 'both 3'];
    for (const tab of [first, second]) {
      await expect.poll(() => tab.texted('both'), { timeout: 40_000 }).toEqual(all);
      await delivered(tab);
    }
    await agentHasExactly(session, all);
  });

  it('[LC-18] each connect for themselves where the browser has no locks, and still double nothing', async () => {
    const lockless = (page: Page) => page.addInitScript('delete Navigator.prototype.locks');
    const first = await visit('/', lockless);
    const session = await begin(first, 'lockless');
    const second = await visit('/', lockless);
    await second.open();
    proxy.offline(true);
    for (const tab of [first, second]) await tab.page.locator('parley-chat .bar[data-down]').waitFor();
    await first.say('lockless 1');
    await expect.poll(() => waiting(second)).toBe(1);
    await second.say('lockless 2');
    proxy.offline(false);
    const all = ['lockless 0', 'lockless 1', 'lockless 2'];
    for (const tab of [first, second]) {
      await expect.poll(() => tab.texted('lockless'), { timeout: 40_000 }).toEqual(all);
      await delivered(tab);
    }
    await agentHasExactly(session, all);
  });
});
