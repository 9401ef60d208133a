/** What the script tag does to a page: little, and nothing that the page or its visitor did not ask for. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newLiveChat } from '../../core/channel.ts';
import { axe, pageErrors } from '../support/browser.ts';
import { embed, png, Widget } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';

let stage: Stage;
let channel: string;
let channelId: string;
let other: string;

beforeAll(async () => {
  stage = await startStage();
  const made = await stage.workspace.channel(stage.destination);
  [channel, channelId] = [made.number, made.id];
  other = (await stage.workspace.channel(stage.destination)).number;
  stage.pages['/'] = { body: `<main><h1>Shop</h1></main>${embed(stage.server.url, channel)}` };
});
afterAll(() => stage.close());

async function visit(path: string, before?: (page: Page) => Promise<unknown>): Promise<Page> {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await before?.(page);
  await page.goto(stage.site.url + path);
  return page;
}

/** Requests to the edge, as paths. */
function gatewayRequests(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin === stage.server.url) paths.push(url.pathname);
  });
  return paths;
}

/** A page that never goes idle, so that only the visitor can start anything. */
const neverIdle = (page: Page) => page.addInitScript('window.requestIdleCallback = () => 0');

function storage(page: Page) {
  return page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
}

const nothing = { local: [], session: [], databases: [], caches: [] };

describe('the loader', () => {
  it('[LC-01] [LC-21] shows the launcher with one request and stores nothing before the visitor acts', async () => {
    let paths: string[] = [];
    const page = await visit('/', (made) => {
      paths = gatewayRequests(made);
      return neverIdle(made);
    });
    const { launcher } = new Widget(page);
    await launcher.waitFor();
    await page.waitForLoadState('networkidle');
    expect(paths).toEqual(['/widget.js']);
    expect(await storage(page)).toEqual(nothing);

    await launcher.click();
    await page.locator('parley-composer').waitFor();
    expect(paths).toContain('/visitor/hello');
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it('[LC-21] brings the panel in when the page is idle, and still stores nothing', async () => {
    const page = await visit('/');
    await page.waitForFunction(() => document.querySelector('parley-chat'));
    await page.waitForLoadState('networkidle');
    expect(await storage(page)).toEqual(nothing);
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it('[LC-21] weighs no more than it may: loader 3 kB, everything needed to chat 30 kB', async () => {
    const loader = await (await fetch(`${stage.server.url}/widget.js?channelNumber=${channel}`)).text();
    expect(gzipSync(loader).length).toBeLessThanOrEqual(3000);

    const scripts = new Map<string, number>();
    const page = await visit('/', (made) => {
      made.on('response', (response) => {
        const { origin, pathname } = new URL(response.url());
        if (origin !== stage.server.url || !pathname.startsWith('/widget/')) return;
        scripts.set(pathname, gzipSync(readFileSync(`dist/assets${pathname}`)).length);
      });
      return Promise.resolve();
    });
    const widget = new Widget(page);
    await widget.open();
    await widget.say('weighed');
    await expect.poll(() => widget.status()).toContain('Sent');
    const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThanOrEqual(30_000);
    await page.context().close();
  });

  it('[LC-21] [LC-19] [LC-23] talks on a page with a strict CSP and Trusted Types, without a console error', async () => {
    const nonce = 'c2VjcmV0';
    const socket = stage.server.url.replace('http', 'ws');
    stage.pages['/strict'] = {
      body: `<main><h1>Strict</h1></main>${embed(stage.server.url, channel, `nonce="${nonce}"`)}`,
      headers: {
        'content-security-policy': [
          "default-src 'self'",
          `script-src 'nonce-${nonce}' ${stage.server.url}`,
          `connect-src ${stage.server.url} ${socket}`,
          `img-src ${stage.server.url} blob:`,
          "style-src 'self'",
          "require-trusted-types-for 'script'",
        ].join('; '),
      },
    };
    let errors: string[] = [];
    const page = await visit('/strict', (made) => {
      errors = pageErrors(made);
      return made.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => {
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
        });
      });
    });
    const widget = new Widget(page);
    await widget.open();
    const heard = stage.desk.hears('strict: see https://example.com/help');
    await widget.say('strict: see https://example.com/help');
    const session = await heard;
    await page.locator('parley-messages .bubble a').waitFor();
    await page.locator('parley-composer .emoji').click();
    await page.locator('parley-emoji input').fill('rocket');
    await page.locator('parley-emoji .grid button[value="🚀"]').click();
    await page.locator('parley-composer .emoji').click();
    await page
      .locator('parley-composer input[type=file]')
      .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: png(40, 30) });
    await page.locator('parley-composer .attachments img').waitFor();
    await widget.composer.press('Enter');
    await page.locator('parley-messages button.image img').waitFor();
    await page.locator('parley-messages button.image').click();
    await page.locator('parley-lightbox img').waitFor();
    await page.keyboard.press('Escape');
    await stage.desk.pickUp(session);
    await stage.desk.send(session, 'strict: here I am');
    await expect.poll(() => widget.texts()).toContain('strict: here I am');
    expect(await widget.texts()).toContain('🚀');
    expect(await axe(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('[LC-21] does nothing when it is included twice, and says so for another channel', async () => {
    stage.pages['/twice'] = {
      body:
        embed(stage.server.url, channel) + embed(stage.server.url, channel) + embed(stage.server.url, other),
    };
    const warnings: string[] = [];
    const page = await visit('/twice', (made) => {
      made.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
      return Promise.resolve();
    });
    await page.waitForLoadState('networkidle');
    expect(await page.locator('parley-launcher').count()).toBe(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(other);
    await page.context().close();
  });

  it('[LC-01] [LC-21] survives navigation that swaps the body, with the conversation as it was', async () => {
    const page = await visit('/');
    const widget = new Widget(page);
    await widget.open();
    await widget.say('swap: one');
    await expect.poll(() => widget.status()).toContain('Sent');
    // Turbo and Astro put a new body into the document and run its scripts again.
    await page.evaluate((tag) => {
      const body = document.createElement('body');
      body.append(Object.assign(document.createElement('h1'), { textContent: 'Second page' }));
      const script = document.createElement('script');
      script.src = tag;
      body.append(script);
      document.body.replaceWith(body);
    }, `${stage.server.url}/widget.js?channelNumber=${channel}`);
    await widget.panel.waitFor();
    expect(await page.locator('parley-launcher').count()).toBe(1);
    await widget.say('swap: two');
    await expect.poll(() => widget.texted('swap:')).toEqual(['swap: one', 'swap: two']);
    // A router that renders the whole body anew removes what it does not know.
    await page.evaluate(() => document.body.replaceChildren(document.createElement('main')));
    await widget.panel.waitFor();
    expect(await widget.texted('swap:')).toEqual(['swap: one', 'swap: two']);
    await page.context().close();
  });

  it('[LC-21] leaves the page alone and is left alone by it', async () => {
    const hostile = `* { all: unset !important; color: red !important; display: inline !important }
      button { background: red !important } parley-chat, parley-launcher { opacity: 0.1; left: 0; top: 0 }`;
    stage.pages['/hostile'] = {
      body: `<style>${hostile}</style><p id="own">Own text</p><script>window.before = Object.keys(window)</script>
        ${embed(stage.server.url, channel)}`,
    };
    const page = await visit('/hostile', (made) => made.emulateMedia({ reducedMotion: 'reduce' }));
    const widget = new Widget(page);
    await widget.open();
    await page.mouse.move(0, 0);
    const look = await page.evaluate(() => {
      const launcher = document.querySelector('parley-launcher');
      const button = launcher?.shadowRoot?.querySelector('button');
      const names = (window as unknown as { before: string[] }).before;
      return {
        background: button && getComputedStyle(button).backgroundColor,
        position: launcher && getComputedStyle(launcher).position,
        right: launcher && getComputedStyle(launcher).right,
        own: getComputedStyle(document.querySelector('#own') ?? document.body).color,
        added: Object.keys(window).filter((name) => name !== 'before' && !names.includes(name)),
        inline: document.querySelectorAll('parley-chat[style], parley-launcher[style]').length,
        sheets: document.styleSheets.length,
      };
    });
    expect(look).toEqual({
      background: 'rgb(47, 91, 234)',
      position: 'fixed',
      right: '24px',
      own: 'rgb(255, 0, 0)',
      added: ['Parley'],
      inline: 0,
      sheets: 1,
    });
    await page.context().close();
  });

  it('[LC-02] is not drawn on a domain that is not listed, and hides when the edge refuses', async () => {
    const elsewhere = await stage.workspace.channel(stage.destination, { domains: ['shop.example'] });
    stage.pages['/elsewhere'] = { body: embed(stage.server.url, elsewhere.number) };
    const warnings: string[] = [];
    const listen = (page: Page) =>
      Promise.resolve(page.on('console', (message) => warnings.push(message.text())));
    const page = await visit('/elsewhere', listen);
    await page.waitForLoadState('networkidle');
    expect(await page.locator('parley-launcher').count()).toBe(0);
    expect(warnings.join()).toContain('add localhost to the website domains');
    await page.context().close();

    // Listed by name, but not on this port: only the edge can tell.
    const wrongPort = await stage.workspace.channel(stage.destination, { domains: ['localhost:1'] });
    stage.pages['/port'] = { body: embed(stage.server.url, wrongPort.number) };
    warnings.length = 0;
    const ported = await visit('/port', listen);
    await ported.waitForFunction(() => document.querySelector('parley-launcher')?.hasAttribute('hidden'));
    expect(warnings.join()).toContain('not listed');
    await ported.context().close();
  });

  it('[LC-08] stands where the channel says and looks as it says', async () => {
    const { appearance } = newLiveChat(stage.destination);
    const styled = await stage.workspace.channel(stage.destination, {
      appearance: {
        ...appearance,
        accent: '#0a7f4f',
        theme: 'dark',
        launcher: { style: 'pill', icon: 'help', label: 'Questions?' },
        title: 'Garden help',
        welcome: 'We know plants.',
        position: 'bottomLeft',
        offset: { side: 40, bottom: 60 },
      },
    });
    stage.pages['/styled'] = { body: `<main><h1>Shop</h1></main>${embed(stage.server.url, styled.number)}` };
    const page = await visit('/styled');
    const widget = new Widget(page);
    expect((await widget.launcher.innerText()).trim()).toBe('Questions?');
    await widget.open();
    const box = await page.locator('parley-launcher').boundingBox();
    expect(box?.x).toBe(40);
    expect((page.viewportSize()?.height ?? 0) - (box?.y ?? 0) - (box?.height ?? 0)).toBe(60);
    expect((await widget.panel.boundingBox())?.x).toBe(40);
    expect(await page.locator('parley-header h2').innerText()).toBe('Garden help');
    expect(await page.locator('parley-header .welcome').innerText()).toBe('We know plants.');
    const surface = await widget.panel.evaluate((panel) => getComputedStyle(panel).backgroundColor);
    expect(surface).toBe('rgb(23, 25, 29)');
    expect(await axe(page)).toEqual([]);
    await page.context().close();
  });
});

describe('the JavaScript API', () => {
  it('[LC-22] opens, sends, tells of events in order, hides and shows', async () => {
    const page = await visit('/', neverIdle);
    const widget = new Widget(page);
    await widget.launcher.waitFor();
    const heard = stage.desk.hears('api: hello');
    // Called before the panel is there: they wait in order.
    await page.evaluate(() => {
      const events: string[] = [];
      Object.assign(window, { events });
      for (const name of ['ready', 'opened', 'closed'] as const) {
        window.Parley?.on(name, () => events.push(name));
      }
      window.Parley?.on('message', ({ from, text }) => events.push(`${from}: ${text}`));
      window.Parley?.on('unread', ({ count }) => events.push(`unread ${count}`));
      void window.Parley?.open();
      void window.Parley?.setAttributes({ plan: 'pro' });
      void window.Parley?.send('api: hello');
    });
    const session = await heard;
    await stage.desk.pickUp(session);
    await expect.poll(() => widget.status()).toContain('Sent');
    await expect
      .poll(() => stage.desk.sessions.get(session)?.customer.profile.attributes)
      .toEqual({ plan: 'pro' });
    await page.evaluate(() => window.Parley?.close());
    await stage.desk.send(session, 'api: answer');
    const events = () => page.evaluate(() => (window as unknown as { events: string[] }).events);
    await expect
      .poll(async () => (await events()).filter((event) => !event.startsWith('auto')))
      .toEqual(['ready', 'opened', 'visitor: api: hello', 'closed', 'agent: api: answer', 'unread 1']);
    await page.evaluate(() => window.Parley?.hide());
    expect(await widget.launcher.isVisible()).toBe(false);
    await page.evaluate(() => window.Parley?.show());
    expect(await widget.launcher.isVisible()).toBe(true);
    await page.evaluate(() => window.Parley?.toggle());
    await expect.poll(() => widget.texts()).toContain('api: answer');
    await page.context().close();
  });

  it('[LC-22] identifies a signed user and starts clean for another; without a token it is an error', async () => {
    const { secret } = (await stage.workspace.call('POST', `/api/channels/${channelId}/identity-secret`)) as {
      secret: string;
    };
    const sign = (user: string) =>
      new SignJWT({ name: `${user} Example` })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(user)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(secret));
    const identify = (page: Page, token: string) =>
      page.evaluate(async (given) => {
        try {
          await window.Parley?.identify(given);
          return 'accepted';
        } catch (error) {
          return String(error);
        }
      }, token);

    const page = await visit('/');
    const widget = new Widget(page);
    await widget.launcher.waitFor();
    expect(await identify(page, '')).toContain('needs a token');
    expect(await identify(page, 'no.such.token')).toContain('not valid');

    expect(await identify(page, await sign('nora'))).toBe('accepted');
    await widget.open();
    const heard = stage.desk.hears('identity: from Nora');
    await widget.say('identity: from Nora');
    const session = await heard;
    expect(stage.desk.sessions.get(session)?.customer.profile).toMatchObject({
      userId: 'nora',
      firstName: 'nora',
    });

    expect(await identify(page, await sign('omar'))).toBe('accepted');
    await expect.poll(() => widget.texted('identity:')).toEqual([]);
    await widget.say('identity: from Omar');
    await expect.poll(() => widget.texted('identity:')).toEqual(['identity: from Omar']);

    // Nora finds hers again, also in another stage.browser.
    const elsewhere = await visit('/');
    const second = new Widget(elsewhere);
    await second.launcher.waitFor();
    expect(await identify(elsewhere, await sign('nora'))).toBe('accepted');
    await second.open();
    await expect.poll(() => second.texted('identity:')).toEqual(['identity: from Nora']);
    await page.context().close();
    await elsewhere.context().close();
  });
});
