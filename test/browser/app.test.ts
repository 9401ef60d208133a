/** The inbox as an app (AG-13, AG-14): its service worker, opening without a server, pushes shown, and installing. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSize } from 'image-size';
import type { Browser, CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, launchBrowser } from '../support/browser.ts';
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

beforeAll(async () => {
  server = await startServer({ copy: true });
  workspace = await setUp(server);
  sales = await workspace.agent({ name: 'Sales Agent' });
  number = (await workspace.channel({ kind: 'agent', id: sales.agent.id }, { name: 'Shop' })).number;
  visitor = new VisitorClient({ url: server.url, channelNumber: number, origin: 'https://shop.example' });
  await visitor.connect();
  await visitor.send('first question');
  browser = await launchBrowser();
});
afterAll(async () => {
  visitor.close();
  await browser.close();
  await server.stop();
});

/** An inbox whose service worker is installed. */
async function openApp(path = '/inbox'): Promise<Screen> {
  const screen = await openConsole(browser, server, sales.api.cookie, path);
  await screen.page.context().grantPermissions(['notifications'], { origin: server.url });
  await screen.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => screen.page.evaluate(() => Notification.permission)).toBe('granted');
  return screen;
}

const rows = (page: Page) => page.getByRole('tabpanel').getByRole('link');

/** What the browser shows now, as "title: body". */
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });

/** What service workers complained of, such as pictures that their policy does not let in. */
const complaints: string[] = [];

/** Hands a push to the service worker, as the browser does when its push service brings one. */
async function deliverPush(page: Page, data: string): Promise<void> {
  const session: CDPSession = await page.context().newCDPSession(page);
  // One that is not active yet loses the push without a word.
  const registration = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const own = versions.find(
        ({ scriptURL, status }) => scriptURL.startsWith(server.url) && status === 'activated',
      );
      if (own) resolve(own.registrationId);
    });
  });
  session.on('ServiceWorker.workerErrorReported', ({ errorMessage }) =>
    complaints.push(errorMessage.errorMessage),
  );
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: server.url,
    registrationId: await registration,
    data,
  });
}

/** Puts a newer version in the place of the built one: another page and worker, and a part of the old one is gone. */
async function deploy(): Promise<{ removed: string; restore(): Promise<void> }> {
  const folder = join(server.root, 'dist/assets/admin');
  const [removed = ''] = (await readdir(join(folder, 'assets'))).filter((name) =>
    /^profile-.*\.js$/.test(name),
  );
  const files = ['index.html', 'sw.js', `assets/${removed}`];
  const before = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const [page = '', worker = ''] = before;
  await writeFile(join(folder, 'index.html'), page.replace(/index-[\w-]+\.js/, 'index-ofthenext.js'));
  const next = worker
    .replace(/(parley-shell-`,\w+=\w+\+)`\w+`/, '$1`next`')
    .replace(`/admin/assets/${removed},`, '');
  if (next === worker) throw new Error('the worker looks otherwise than this test believes');
  await writeFile(join(folder, 'sw.js'), next);
  await rm(join(folder, `assets/${removed}`));
  return {
    removed: `/admin/assets/${removed}`,
    async restore() {
      for (const [index, name] of files.entries()) await writeFile(join(folder, name), before[index] ?? '');
    },
  };
}

/** The inbox's copy on this device, as the browser would write it when the page goes out of sight. */
async function copyOf(page: Page): Promise<{ sessions: unknown[] } | null> {
  return page.evaluate(async () => {
    document.dispatchEvent(new Event('visibilitychange'));
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('parley-local');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no database'));
    });
    if (!database.objectStoreNames.contains('inbox')) return null;
    const request = database.transaction('inbox').objectStore('inbox').get('last');
    const copy = await new Promise<unknown>((resolve) => (request.onsuccess = () => resolve(request.result)));
    database.close();
    return (copy ?? null) as { sessions: unknown[] } | null;
  });
}

describe('the app', () => {
  it('[AG-14] keeps no answer of the API, and nothing of who is signed out', async () => {
    const { page, close } = await openApp();
    await rows(page).first().waitFor();
    const cached = await page.evaluate(async () => {
      const all = await Promise.all(
        (await caches.keys()).map(async (name) =>
          (await (await caches.open(name)).keys()).map(({ url }) => url),
        ),
      );
      return all.flat().map((url) => new URL(url).pathname);
    });
    expect(cached.length).toBeGreaterThan(10);
    expect(cached.filter((path) => path !== '/inbox' && !path.startsWith('/admin/'))).toEqual([]);
    const kept = () => page.evaluate(() => localStorage.getItem('parley.account'));
    expect(await kept()).toContain('Sales Agent');
    await expect.poll(async () => (await copyOf(page))?.sessions.length).toBeGreaterThan(0);
    const other = await sales.api.signIn(sales.agent.email, 'a long agent password').catch(() => null);
    expect(other?.name).toBe('Sales Agent');
    await page.getByRole('button', { name: /presence and profile/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await kept()).toBeNull();
    await expect.poll(() => copyOf(page)).toBeNull();
    await close();
  });

  it('[AG-14] has a worker that is asked for anew each time, and answers only for pages and their parts', async () => {
    const answer = await fetch(`${server.url}/sw.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    const { page, close } = await openApp();
    await page.goto(`${server.url}/guides/`);
    expect(await page.locator('pl-app').count()).toBe(0);
    await close();
  });

  it('[AG-14] says that a new version is there, and takes it when the person wants', async () => {
    const { page, close } = await openApp();
    await rows(page).first().waitFor();
    const parts = await deploy();
    try {
      await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
      await page.getByText('A new version is ready.').waitFor();
      expect(await axe(page, 'pl-app')).toEqual([]);
      // The old page goes on with its own parts, though the server has them no longer.
      expect((await fetch(server.url + parts.removed)).status).toBe(404);
      await page.getByRole('button', { name: /presence and profile/ }).click();
      await page.getByRole('menuitem', { name: 'Profile' }).click();
      await page.getByRole('heading', { name: 'Password' }).waitFor();
    } finally {
      await parts.restore();
    }
    const reload = page.getByRole('button', { name: 'Reload to update' });
    await Promise.all([page.waitForEvent('load'), reload.click()]);
    await page.getByRole('heading', { name: 'Password' }).waitFor();
    expect(await reload.count()).toBe(0);
    await close();
  });

  it('[AG-14] says in its manifest what it is, with icons of the sizes that they say', async () => {
    const { page, close } = await openApp();
    const href = (await page.locator('link[rel=manifest]').getAttribute('href')) ?? '';
    const touch = (await page.locator('link[rel=apple-touch-icon]').getAttribute('href')) ?? '';
    const answer = await fetch(server.url + href);
    expect(answer.headers.get('content-type')).toMatch(/^application\/manifest\+json/);
    const manifest = (await answer.json()) as {
      id: string;
      start_url: string;
      scope: string;
      display: string;
      icons: { src: string; sizes: string; type: string; purpose: string }[];
      shortcuts: { name: string; url: string }[];
      screenshots: { src: string; sizes: string; type: string; form_factor: string }[];
    };
    expect(manifest).toMatchObject({ start_url: '/inbox', scope: '/', display: 'standalone' });
    expect(manifest.shortcuts.map(({ url }) => url)).toEqual(['/inbox', '/inbox?new=']);
    const purposes = (size: string) =>
      manifest.icons.filter(({ sizes }) => sizes === size).map(({ purpose }) => purpose);
    expect(purposes('192x192')).toEqual(['any', 'maskable']);
    expect(purposes('512x512')).toEqual(['any', 'maskable']);
    expect(manifest.screenshots.map((one) => one.form_factor)).toEqual(['wide', 'narrow']);
    const pictures = [
      ...manifest.icons.filter(({ type }) => type === 'image/png'),
      ...manifest.screenshots,
      { src: touch, sizes: '180x180' },
    ];
    for (const { src, sizes } of pictures) {
      const bytes = new Uint8Array(await (await fetch(server.url + src)).arrayBuffer());
      const { width, height, type } = imageSize(bytes);
      expect([src, `${width}x${height}`, type]).toEqual([src, sizes, 'png']);
    }
    // Chromium itself finds nothing that is in the way of installing.
    const session = await page.context().newCDPSession(page);
    const { errors } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
    await close();
  });

  it('[AG-14] offers to be installed where the browser does', async () => {
    const { page, close } = await openApp();
    await rows(page).first().waitFor();
    const menu = page.getByRole('button', { name: /presence and profile/ });
    const item = page.getByRole('menuitem', { name: 'Install the app' });
    await menu.click();
    expect(await item.count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const offer = new Event('beforeinstallprompt', { cancelable: true });
      Object.assign(offer, { prompt: () => Promise.resolve(Object.assign(globalThis, { asked: true })) });
      dispatchEvent(offer);
    });
    await menu.click();
    await item.click();
    await expect.poll(() => page.evaluate(() => 'asked' in globalThis)).toBe(true);
    await menu.click();
    await page.getByRole('menuitem', { name: 'Profile' }).waitFor();
    expect(await item.count()).toBe(0);
    await close();
  });
});

describe('a push', () => {
  const message = (body: string, unread = 1) =>
    JSON.stringify({ title: 'Ada', body, session: sessionId, unread, at: Date.now() });
  let sessionId = '';
  beforeAll(async () => {
    // A page takes notifications away whose session has been read.
    await visitor.send('and one more question');
    const desk = sales.desk();
    await desk.connect();
    sessionId = [...desk.sessions.keys()][0] ?? '';
    desk.close();
  });

  it('[AG-13] is shown by the worker, one notification for each session, also one that cannot be read', async () => {
    const { page, close } = await openApp('/profile');
    await deliverPush(page, message('hello'));
    await expect.poll(() => shown(page)).toEqual([{ title: 'Ada', body: 'hello', tag: sessionId }]);
    await deliverPush(page, message('and more'));
    await expect.poll(() => shown(page)).toEqual([{ title: 'Ada', body: 'and more', tag: sessionId }]);
    await deliverPush(page, 'what is this');
    await expect
      .poll(async () => (await shown(page)).map(({ title, body }) => `${title}: ${body}`))
      .toContain('Parley: New message');
    expect(complaints).toEqual([]);
    await close();
  });

  it('[AG-13] leads the open page to its session when it is clicked', async () => {
    const { page, close } = await openApp('/profile');
    await page.getByRole('heading', { name: 'Password' }).waitFor();
    await deliverPush(page, message('click me'));
    await expect.poll(async () => (await shown(page)).length).toBe(1);
    const worker: Worker | undefined = page.context().serviceWorkers()[0];
    if (!worker) throw new Error('no service worker');
    await worker.evaluate(async () => {
      // The compiler's types are those of pages here, not of service workers.
      const scope = globalThis as unknown as EventTarget & {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (type: string, init: { notification: Notification }) => Event;
      };
      const [notification] = await scope.registration.getNotifications();
      if (!notification) throw new Error('no notification');
      scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
    });
    await page.waitForURL(`${server.url}/inbox/${encodeURIComponent(sessionId)}`);
    await page.getByRole('log').getByText('first question').waitFor();
    expect(await shown(page)).toEqual([]);
    await close();
  });
});

// The last one, because it ends the server for a while.
describe('the app without a server', () => {
  it('[AG-14] opens with what was there, shows the page that was asked for, and comes back by itself', async () => {
    const { page, close } = await openApp();
    await rows(page).first().click();
    await page.getByRole('log').getByText('first question').waitFor();
    await expect.poll(async () => (await copyOf(page))?.sessions.length).toBeGreaterThan(0);
    await server.kill();
    await page.reload();
    await page.getByRole('tab', { name: 'Mine' }).waitFor();
    await page.getByText('No connection').waitFor();
    await rows(page).first().waitFor();
    await page.getByRole('log').getByText('first question').waitFor();
    // A page whose part was never loaded before.
    await page.goto(`${server.url}/profile`);
    await page.getByRole('heading', { name: 'Password' }).waitFor();
    await page.goto(`${server.url}/inbox`);
    await page.getByRole('tab', { name: 'Mine' }).waitFor();
    await server.restart();
    await rows(page).first().waitFor({ timeout: 30_000 });
    await close();
  });
});
