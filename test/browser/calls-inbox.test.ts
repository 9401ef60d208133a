/** Calls as agents have them in the inbox, with sound between two browsers. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveChatChannel } from '../../core/channel.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { openConsole, press, type Screen } from '../support/console.ts';
import { startServer, type Server } from '../support/server.ts';
import { startSite, type Site } from '../support/site.ts';
import { visitorPhone, type VisitorPhone } from '../support/visitorPhone.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let site: Site;
let ann: TestAgent;
let bob: TestAgent;
let channel: LiveChatChannel;

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  workspace = await setUp(server);
  // No server of others is asked: both browsers are on one machine.
  await workspace.call('PUT', '/api/calls', { stun: [], turn: { kind: 'none' } });
  ann = await workspace.agent({ name: 'Ann Archer' });
  bob = await workspace.agent({ name: 'Bob Baker' });
  const queue = await workspace.queue([ann, bob], 'manual', 'Hotline');
  channel = await workspace.channel({ kind: 'queue', id: queue.id }, { interaction: 'phoneAndChat' });
  site = await startSite({ '/': { body: '<h1>Shop</h1>' } });
  browser = await launchBrowser({ args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] });
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await server.stop();
});

const phoneScreen = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Lets a test ask the peer connections of a page, and of others that open in its profile. */
async function watchPeers(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    const Real = RTCPeerConnection;
    class Watched extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    }
    Object.assign(globalThis, { RTCPeerConnection: Watched, peers });
  });
}

async function inbox(agent: TestAgent, options: BrowserContextOptions = {}): Promise<Screen> {
  const all = { reducedMotion: 'reduce', ...options } as const;
  const screen = await openConsole(browser, server, agent.api.cookie, '/inbox', all, watchPeers);
  await screen.page.getByRole('button', { name: /presence and profile/ }).waitFor();
  return screen;
}

async function visitor(): Promise<VisitorPhone> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(site.url);
  return visitorPhone(page, server.url, channel.number);
}

/** Packets that this page's newest peer connection has received, and how loud they were. */
const heard = (page: Page) =>
  page.evaluate(async () => {
    const peer = (globalThis as unknown as { peers: RTCPeerConnection[] }).peers.at(-1);
    let [packets, energy] = [0, 0];
    for (const stat of ((await peer?.getStats()) ?? new Map()).values() as Iterable<RTCStats>) {
      if (stat.type !== 'inbound-rtp') continue;
      const inbound = stat as RTCInboundRtpStreamStats;
      packets = inbound.packetsReceived ?? 0;
      energy = inbound.totalAudioEnergy ?? 0;
    }
    return { packets, energy };
  });

/** Waits until sound has come through both ways since now. */
async function soundFlows(agentPage: Page, caller: VisitorPhone): Promise<void> {
  const before = { agent: await heard(agentPage), visitor: await caller.facts() };
  await expect
    .poll(async () => {
      const agent = await heard(agentPage);
      const facts = await caller.facts();
      return (
        agent.packets > before.agent.packets + 20 &&
        agent.energy > before.agent.energy &&
        facts.packets > before.visitor.packets + 20 &&
        facts.energy > before.visitor.energy
      );
    })
    .toBe(true);
}

const card = (page: Page) => page.getByRole('region', { name: /^Incoming call from/ });
const bar = (page: Page) => page.getByRole('region', { name: /^Call with/ });
const notice = (page: Page) => page.locator('pl-calls pl-notice');

describe('what an admin sets', () => {
  it('[CALL-01] [LC-03] [LC-05] is the servers, which can be tested, and how many calls a channel takes', async () => {
    const { page, errors, close } = await openConsole(browser, server, workspace.cookie, '/calls');
    await press(page, 'Always use the relay');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This needs a TURN server: enter one under Relay, or switch this off.').waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    await page.getByText('coturn with a shared secret').click();
    const servers = page.getByRole('group', { name: 'TURN servers' }).getByRole('textbox').first();
    await servers.fill('turn.example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Use an address such as turn:turn\.example\.com:3478/).waitFor();
    await servers.fill('turn:127.0.0.1:9');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter the secret of the server.').waitFor();
    await page.getByLabel('Shared secret').fill('north');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('One is stored. Leave this empty to keep it.').waitFor();
    await page.getByRole('button', { name: 'Test the servers' }).click();
    await page.getByText(/^The TURN server did not let this browser in\./).waitFor();
    await page.getByText('No call comes about until it does').waitFor();
    await press(page, 'Always use the relay');
    await page.getByText('Calls work between most home and mobile networks.').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();

    await page.goto(`${server.url}/channels`);
    await page.getByRole('link', { name: 'Live Chat' }).first().click();
    const field = page.getByLabel('Maximum concurrent calls');
    expect(await field.inputValue()).toBe('5');
    await field.fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Use a number from 1 to 100,000.').waitFor();
    await page.getByText('Chat Only').click();
    await expect.poll(() => field.count()).toBe(0);
    await page.getByText('Phone and Chat').click();
    await field.fill('12');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => workspace.call('GET', `/api/channels/${channel.id}`))
      .toMatchObject({ interaction: 'phoneAndChat', maxCalls: 12 });
    expect(errors).toEqual([]);
    await close();
  });
});

describe('a call that comes in', () => {
  it('[CALL-01] [CALL-02] [CALL-03] [CALL-04] rings, is answered by a key, is heard both ways, survives reloads, and stays in the timeline', async () => {
    const [atDesk, onPhone] = [await inbox(ann), await inbox(bob, phoneScreen)];
    const [page, other] = [atDesk.page, onPhone.page];
    let caller = await visitor();
    await caller.begin();
    await card(page).waitFor();
    await card(other).waitFor();
    expect(await axe(other, 'pl-app')).toEqual([]);
    await page.keyboard.press('y');
    await bar(page).waitFor();
    await page
      .getByText(/^Picked up by/)
      .or(page.getByRole('log'))
      .first()
      .waitFor();
    await expect.poll(() => card(other).count()).toBe(0);
    await bar(page).getByRole('timer').waitFor();
    await soundFlows(page, caller);
    expect((await caller.facts()).agent).toBe('Ann Archer');
    await bar(page)
      .getByText(/connection$/)
      .waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);

    // Muted: packets go on, but nothing is heard in them.
    await page.keyboard.press('m');
    await bar(page).getByRole('button', { name: 'Mute', pressed: true }).waitFor();
    await expect
      .poll(async () => {
        const before = await caller.facts();
        await expect.poll(async () => (await caller.facts()).packets).toBeGreaterThan(before.packets + 20);
        return (await caller.facts()).energy - before.energy;
      })
      .toBeLessThan(0.0001);
    await bar(page).getByRole('button', { name: 'Mute', pressed: true }).click();
    await soundFlows(page, caller);

    // Another page of the console, and another network.
    await page.getByRole('link', { name: 'Contacts' }).click();
    await page.getByRole('heading', { name: 'Contacts', exact: true }).waitFor();
    await soundFlows(page, caller);
    const { ufrag } = await caller.facts();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect.poll(async () => (await caller.facts()).ufrag).not.toBe(ufrag);
    await soundFlows(page, caller);

    // Both sides load their pages again.
    await page.reload();
    await bar(page).getByRole('timer').waitFor();
    await soundFlows(page, caller);
    // The server is killed: sound goes on without it, and both sides come back to it.
    await server.restart();
    await caller.page.reload();
    caller = await visitorPhone(caller.page, server.url, channel.number);
    await caller.rejoin();
    await expect.poll(async () => (await caller.facts()).ice).toBe('connected');
    await soundFlows(page, caller);
    await bar(page).getByRole('link', { name: 'Open the conversation' }).click();
    await page.getByRole('log').waitFor();

    await caller.hangUp();
    await notice(page).getByText('The visitor hung up.').waitFor();
    await page
      .getByRole('log')
      .getByText(/The visitor called and talked with you for \d:\d\d, after/)
      .waitFor();
    await page.getByRole('tab', { name: 'Mine' }).click();
    await page
      .getByRole('tabpanel')
      .getByText(/^Call, \d:\d\d$/)
      .waitFor();
    // While the server was away the browser said so.
    const errors = [...atDesk.errors, ...onPhone.errors];
    expect(errors.filter((text) => !text.includes('/desk'))).toEqual([]);
    await atDesk.close();
    await onPhone.close();
  });

  it('[CALL-02] rings only at who is available, and is a missed call once the visitor gives up', async () => {
    const [first, second] = [await inbox(ann), await inbox(bob)];
    const desk = bob.desk();
    await desk.connect();
    await desk.setPresence('doNotDisturb');
    const caller = await visitor();
    await caller.begin();
    await card(first.page).waitFor();
    await second.page.getByRole('tab', { name: /Queues/ }).click();
    await second.page.getByText('Ringing').waitFor();
    expect(await card(second.page).count()).toBe(0);
    await card(first.page).getByRole('button', { name: 'Decline' }).click();
    // Nobody else is there for it.
    await expect.poll(async () => (await caller.facts()).outcome).toBe('declined');
    await expect.poll(() => card(first.page).count()).toBe(0);
    await first.page.getByRole('tab', { name: /Queues/ }).click();
    await first.page.getByRole('tabpanel').getByText('Call declined').first().click();
    await first.page
      .getByRole('log')
      .getByText(/Missed call: declined after/)
      .waitFor();
    await desk.setPresence('available');
    desk.close();
    await first.close();
    await second.close();
  });
});

describe('a call that an agent makes', () => {
  it('[CALL-05] [AG-05] invites the visitor, says why it cannot, and can be taken over in another window', async () => {
    const { page, errors, close } = await inbox(ann);
    const caller = await visitor();
    await caller.begin();
    await card(page).waitFor();
    await caller.hangUp();
    await page.getByRole('tab', { name: /Queues/ }).click();
    await page.getByRole('tabpanel').getByText('Missed call').first().click();
    const call = page.getByRole('button', { name: 'Call the visitor' });
    await call.waitFor();
    await call.click();
    await bar(page).getByText('Calling').waitFor();
    await expect.poll(async () => (await caller.facts()).phase).toBe('ringing');
    await caller.decline();
    await notice(page).getByText('The visitor declined the call.').waitFor();
    await notice(page).getByRole('button', { name: 'Close this notice' }).click();

    // The list hears a moment after the phone that the call is over.
    await expect.poll(() => call.getAttribute('aria-disabled')).not.toBe('true');
    await page.keyboard.press('Shift+O');
    await expect.poll(async () => (await caller.facts()).phase).toBe('ringing');
    await caller.answer();
    await soundFlows(page, caller);
    const window2 = await page.context().newPage();
    await window2.goto(`${server.url}/inbox`);
    await window2.getByText('You are in this call in another window.').waitFor();
    await window2.getByRole('button', { name: 'Take it over' }).click();
    await bar(window2).getByRole('timer').waitFor();
    await notice(page).getByText('The call goes on in another window.').waitFor();
    await soundFlows(window2, caller);
    await bar(window2).getByRole('button', { name: 'Hang up' }).click();
    await expect.poll(async () => (await caller.facts()).outcome).toBe('answered');
    await page
      .getByRole('log')
      .getByText(/You called the visitor and talked for/)
      .waitFor();

    await caller.page.close();
    await expect.poll(() => call.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Shift+O');
    await page.getByText('The visitor is not on the website right now.').first().waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('[CALL-02] says in words that no microphone is there, and the call rings on', async () => {
    const denying = await launchBrowser({ args: ['--use-fake-ui-for-media-stream=deny'] });
    const screen = await openConsole(denying, server, ann.api.cookie, '/inbox', { reducedMotion: 'reduce' });
    const caller = await visitor();
    await caller.begin();
    await card(screen.page).getByRole('button', { name: 'Answer' }).click();
    await notice(screen.page)
      .getByText(/^The microphone is blocked\. Allow it/)
      .waitFor();
    expect((await caller.facts()).phase).toBe('ringing');
    await caller.hangUp();
    await denying.close();
  });
});
