/** How an agent hears of messages in the browser (AG-13): settings, one of several tabs, presence, and this device. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PushSimulator, SimulatedBrowser } from '../simulators/push.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { VisitorClient } from '../support/clients.ts';
import { choose, openConsole, openProfile, press } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const push = new PushSimulator();
let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let agent: TestAgent;
let number: string;
let visitor: VisitorClient;

beforeAll(async () => {
  await push.start();
  const env = { PARLEY_PROVIDER_URLS: JSON.stringify({ push: push.url }), PARLEY_RATE_FACTOR: '100' };
  server = await startServer({ env });
  workspace = await setUp(server);
  browser = await launchBrowser();
});
beforeEach(async () => {
  agent = await workspace.agent();
  number = (await workspace.channel({ kind: 'agent', id: agent.agent.id })).number;
  visitor?.close();
  visitor = new VisitorClient({ url: server.url, channelNumber: number, origin: 'https://shop.example' });
  await visitor.connect();
  await visitor.send('hello');
});
afterAll(async () => {
  visitor.close();
  await browser.close();
  await server.stop();
  await push.close();
});

/** Counts the notes that a page sounds, and lets a test put the page into the background. */
async function listen(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['notifications'], { origin: server.url });
  await context.addInitScript(() => {
    let notes = 0;
    let state: DocumentVisibilityState = 'visible';
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, ...when) {
      notes += 1;
      return start.apply(this, when);
    };
    Object.defineProperty(document, 'visibilityState', { get: () => state });
    Object.assign(globalThis, {
      notes: () => notes,
      show: (next: DocumentVisibilityState) => {
        state = next;
        document.dispatchEvent(new Event('visibilitychange'));
      },
    });
  });
}

const notes = (page: Page) => page.evaluate(() => (globalThis as unknown as { notes(): number }).notes());
const show = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((next) => (globalThis as unknown as { show(state: string): void }).show(next), state);
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/');
    return ((await registration?.getNotifications()) ?? []).map(({ title, body }) => `${title}: ${body}`);
  });

/** A page that may sound, with its worker and its connection. */
async function openTab(context: BrowserContext, path = '/inbox'): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.url}${path}`);
  await page.getByRole('button', { name: /Available\s*, presence and profile/ }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.keyboard.press('Shift');
  return page;
}

/** A browser profile of the agent. */
async function profile(): Promise<BrowserContext> {
  const context = await openProfile(browser, server, agent.api.cookie);
  await listen(context);
  return context;
}

/** The tab that tells, as the browser names it. */
const teller = (page: Page) =>
  page.evaluate(
    async () => (await navigator.locks.query()).held?.find(({ name }) => name === 'parley.tells')?.clientId,
  );
const rows = (page: Page) => page.getByRole('tabpanel').getByRole('link');
/** Writes, and waits until the page has heard it: the title counts what is unread. */
async function write(text: string, heardBy: Page, unread: number): Promise<void> {
  await visitor.send(text);
  await expect.poll(() => heardBy.title()).toMatch(new RegExp(`^\\(${unread}\\) `));
}

describe('a message', () => {
  it('[AG-13] sounds in a page on the screen, and is a notification where none is', async () => {
    const context = await profile();
    const page = await openTab(context);
    await rows(page).first().waitFor();
    await write('on the screen', page, 2);
    await expect.poll(() => notes(page)).toBe(2);
    expect(await shown(page)).toEqual([]);
    await show(page, 'hidden');
    await write('in the background', page, 3);
    await expect.poll(() => shown(page)).toEqual([expect.stringMatching(/: in the background$/)]);
    // Read anywhere, it is no news any more.
    await show(page, 'visible');
    await rows(page).first().click();
    await expect.poll(() => shown(page)).toEqual([]);
    await context.close();
  });

  it('[AG-13] makes no sound in the session that is open, also when another tab would tell', async () => {
    const context = await profile();
    const reading = await openTab(context);
    await rows(reading).first().click();
    await reading.getByRole('log').getByText('hello').waitFor();
    const other = await openTab(context, '/profile');
    await visitor.send('you see me');
    await reading.getByRole('log').getByText('you see me').waitFor();
    await other.bringToFront();
    await reading.goBack();
    await rows(reading).first().waitFor();
    // The one that comes later sounds: the one before would have been counted with it.
    await write('now you do not', other, 1);
    await expect.poll(async () => (await notes(reading)) + (await notes(other))).toBe(2);
    await context.close();
  });

  it('[AG-13] is told by one of several tabs, and by another when that one is closed', async () => {
    const context = await profile();
    const tabs = [await openTab(context), await openTab(context), await openTab(context)];
    for (const tab of tabs) await rows(tab).first().waitFor();
    const [first, second, last] = tabs as [Page, Page, Page];
    await write('one sound', first, 2);
    for (const tab of tabs) await expect.poll(() => tab.title()).toMatch(/^\(2\)/);
    const all = async (of: Page[]) => (await Promise.all(of.map(notes))).reduce((sum, one) => sum + one, 0);
    await expect.poll(() => all(tabs)).toBe(2);
    expect(await notes(last)).toBe(2);
    const before = await teller(first);
    await last.close();
    await expect.poll(async () => [undefined, before].includes(await teller(first))).toBe(false);
    await write('and another', first, 3);
    await expect.poll(() => second.title()).toMatch(/^\(3\)/);
    await expect.poll(() => all([first, second])).toBe(2);
    await context.close();
  });

  it('[AG-13] [AG-15] is told to who wants to hear of mentions only, if a note mentions them', async () => {
    await agent.api.call('PATCH', '/api/me/notifications', { about: 'mentions' });
    const context = await profile();
    const page = await openTab(context);
    await rows(page).first().waitFor();
    await show(page, 'hidden');
    await write('not of this', page, 2);
    const colleague = await workspace.agent();
    const queue = await workspace.queue([agent, colleague], 'manual');
    const shared = await workspace.channel({ kind: 'queue', id: queue.id });
    const customer = new VisitorClient({
      url: server.url,
      channelNumber: shared.number,
      origin: 'https://shop.example',
    });
    await customer.connect();
    const desk = colleague.desk();
    await desk.connect();
    const heard = desk.hears('for both');
    await customer.send('for both');
    const session = await heard;
    await desk.ask({ kind: 'note', session, text: 'what do you think?', mentions: [agent.agent.id] });
    await expect.poll(() => shown(page)).toEqual([expect.stringMatching(/: A note mentions you$/)]);
    expect(await notes(page)).toBe(2);
    customer.close();
    desk.close();
    await context.close();
  });

  it('[AG-13] [GEN-05] is silent in Do Not Disturb, and counted all the same', async () => {
    const context = await profile();
    const page = await openTab(context);
    await page.getByRole('button', { name: /presence and profile/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Do Not Disturb' }).click();
    await page.getByRole('button', { name: /Do Not Disturb\s*, presence and profile/ }).waitFor();
    await page.getByRole('button', { name: 'Sound and notifications' }).click();
    await page.getByText('Quiet while you are in Do Not Disturb.').waitFor();
    await page.keyboard.press('Escape');
    await show(page, 'hidden');
    await write('shh', page, 2);
    await show(page, 'visible');
    await page.getByRole('button', { name: /presence and profile/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Available' }).click();
    await page.getByRole('button', { name: /Available\s*, presence and profile/ }).waitFor();
    await write('back again', page, 3);
    await expect.poll(() => notes(page)).toBe(2);
    expect(await shown(page)).toEqual([]);
    await context.close();
  });
});

describe('settings', () => {
  it('[AG-13] are changed on the profile page and hold on every device', async () => {
    const context = await profile();
    const page = await openTab(context, '/profile');
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    await choose(page, 'Tone', 'Knock');
    await page.getByText('Only my sessions').click();
    await page.getByLabel('Volume').fill('30');
    await press(page, 'Hide what was written');
    const saved = { tone: 'knock', about: 'mine', volume: 30, hideText: true, sound: true };
    await until(async () => {
      const { settings } = (await agent.api.call('GET', '/api/me/notifications')) as { settings: object };
      return Object.entries(saved).every(([key, value]) => Reflect.get(settings, key) === value);
    }, 'the settings to be saved');
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => notes(page)).toBeGreaterThanOrEqual(2);

    const elsewhere = await profile();
    const other = await openTab(elsewhere);
    await rows(other).first().waitFor();
    await other.getByRole('button', { name: 'Sound and notifications' }).click();
    const item = (name: string) => other.getByRole('menuitemcheckbox', { name });
    await expect.poll(() => item('Only my sessions').getAttribute('aria-checked')).toBe('true');
    await item('Sound').click();
    await other.getByRole('button', { name: 'Sound and notifications' }).click();
    await expect.poll(() => item('Sound').getAttribute('aria-checked')).toBe('false');
    await other.keyboard.press('Escape');
    await show(other, 'hidden');
    await write('a secret', other, 2);
    await expect.poll(() => shown(other)).toEqual([expect.stringMatching(/: New message$/)]);
    expect(await notes(other)).toBe(0);
    await elsewhere.close();
    await context.close();
  });
});

describe('this device', () => {
  /** Headless browsers know no push service: the simulator's subscription stands in for theirs. */
  async function withPush(context: BrowserContext): Promise<SimulatedBrowser> {
    const simulated = new SimulatedBrowser();
    await context.exposeFunction('subscribed', (key: string) => void push.subscribe(key, simulated));
    await context.addInitScript((subscription) => {
      let current: PushSubscription | null = null;
      const kept = () => localStorage.getItem('test.subscribed');
      const make = (key: string) => {
        const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
          char.charCodeAt(0),
        );
        return Object.assign(Object.create(null) as object, {
          endpoint: subscription.endpoint,
          options: { applicationServerKey: bytes.buffer, userVisibleOnly: true },
          toJSON: () => subscription,
          unsubscribe: () => {
            current = null;
            localStorage.removeItem('test.subscribed');
            return Promise.resolve(true);
          },
        }) as unknown as PushSubscription;
      };
      Object.assign(PushManager.prototype, {
        subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
          localStorage.setItem('test.subscribed', applicationServerKey);
          await (globalThis as unknown as { subscribed(key: string): Promise<void> }).subscribed(
            applicationServerKey,
          );
          return (current = make(applicationServerKey));
        },
        getSubscription: () => {
          const key = kept();
          return Promise.resolve(key === null ? null : (current ??= make(key)));
        },
      });
    }, simulated.subscription);
    return simulated;
  }

  const bodies = (device: SimulatedBrowser) => push.messagesOf(device).map(({ body }) => body);
  const devices = async () =>
    ((await agent.api.call('GET', '/api/me/notifications')) as { devices: { id: string }[] }).devices;

  it('[AG-13] is switched on, told while the page is closed and not while it is on the screen, and removed', async () => {
    const context = await profile();
    const device = await withPush(context);
    const page = await openTab(context, '/profile');
    await page.getByRole('button', { name: 'Turn on for this device' }).click();
    await page.getByText('(this device)').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByRole('button', { name: 'Send test' }).click();
    await until(() => bodies(device).includes('Push works on this device.'), 'the test');

    await write('you are here', page, 2);
    await page.close();
    await visitor.send('you have gone');
    await until(() => bodies(device).includes('you have gone'), 'the push', 20_000);
    expect(bodies(device)).toEqual(['Push works on this device.', 'you have gone']);
    expect(push.messagesOf(device).at(-1)?.unread).toBe(3);

    const again = await openTab(context, '/profile');
    await again.getByText('(this device)').waitFor();
    await again.getByRole('button', { name: /^Remove Chrom/ }).click();
    await again.getByRole('button', { name: 'Turn on for this device' }).waitFor();
    expect(await devices()).toEqual([]);
    expect(push.faults).toEqual([]);
    await context.close();
  });

  it('[AG-13] [GEN-02] ends with signing out, and is nobody else’s afterwards', async () => {
    const context = await profile();
    const device = await withPush(context);
    const page = await openTab(context, '/profile');
    await page.getByRole('button', { name: 'Turn on for this device' }).click();
    await page.getByText('(this device)').waitFor();
    await page.getByRole('button', { name: /presence and profile/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expect.poll(() => page.evaluate(() => localStorage.getItem('test.subscribed'))).toBeNull();
    await agent.api.signIn(agent.agent.email, 'a long agent password');
    expect(await devices()).toEqual([]);
    await visitor.send('to nobody');
    const colleague = await workspace.agent();
    await page.getByLabel('E-mail or extension').fill(colleague.agent.email);
    await page.getByLabel('Password', { exact: true }).fill('a long agent password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /presence and profile/ }).waitFor();
    await page.goto(`${server.url}/profile`);
    await page.getByRole('button', { name: 'Turn on for this device' }).waitFor();
    expect(bodies(device)).toEqual([]);
    await context.close();
  });
});

describe('presence', () => {
  it('[GEN-05] stands by a dot and a word wherever colleagues are chosen, changes live, and outlives a restart', async () => {
    const screen = await openConsole(browser, server, workspace.cookie, '/queues/new');
    const row = screen.page
      .getByRole('group', { name: 'Available', exact: true })
      .getByRole('button', { name: agent.agent.name });
    await row.getByText('Not connected').waitFor();
    const desk = agent.desk();
    await desk.connect();
    await row.getByText('Available', { exact: false }).waitFor();
    await desk.setPresence('businessTrip');
    await row.getByText('Business Trip').waitFor();
    expect(await axe(screen.page, 'pl-app')).toEqual([]);
    await server.restart();
    await desk.until(() => desk.welcomes > 1, 'the agent to be back');
    await screen.page.reload();
    await row.getByText('Business Trip').waitFor();
    desk.drop();
    desk.close();
    await row.getByText('Not connected').waitFor();
    await screen.close();
  });
});
