/** Calls as visitors see them: a real edge and real sound, with an agent's end that is a page of its own. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentPhone } from '../support/agentPhone.ts';
import { axe, launchBrowser, pageErrors } from '../support/browser.ts';
import { openConsole } from '../support/console.ts';
import { startProxy } from '../support/proxy.ts';
import { embed, Widget, type Parley } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { startUdpPath, type UdpPath } from '../support/udpPath.ts';
import { until } from '../support/until.ts';

let stage: Stage;
let agents: BrowserContext;
/** One without a microphone, and one that gives it to nobody. */
let mute: Browser;
let strict: Browser;
/** A queue whose agent is never there. */
let nobody: Stage['destination'];
/** Calls from the beginning on, and nobody answers. */
let patient: Widget;

beforeAll(async () => {
  stage = await startStage();
  stage.pages['/agent'] = { body: '<h1>Agent</h1>' };
  // No server outside of this machine: the ends find each other by themselves.
  await stage.workspace.call('PUT', '/api/calls', { stun: [], turn: { kind: 'none' } });
  agents = await stage.browser.newContext();
  mute = await launchBrowser({ args: ['--host-resolver-rules=MAP shop.example 127.0.0.1'] }, 'none');
  strict = await launchBrowser({}, 'denied');
  const { id } = await stage.workspace.queue([await stage.workspace.agent()]);
  nobody = { kind: 'queue', id };
  patient = await stage.visit({ ...withPhone, destination: nobody });
  await call(patient);
  await card(patient).getByText('Ringing').waitFor();
});
afterAll(async () => {
  await agents.close();
  await mute.close();
  await strict.close();
  await stage.close();
});

const withPhone = { interaction: 'phoneAndChat' as const };

const agentEnd = (path?: UdpPath) => AgentPhone.start(agents, `${stage.site.url}/agent`, stage.desk, path);

/** Lets tests look at the page's peer connections, which are the panel's own. */
function exposePeers(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const all: RTCPeerConnection[] = [];
    Object.assign(window, { peers: all });
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        all.push(this);
      }
    };
  });
}

/** What the visitor's page has heard so far. */
function heard(page: Page): Promise<{ packets: number; energy: number }> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { peers: RTCPeerConnection[] };
    const all = [...((await peers.at(-1)?.getStats())?.values() ?? [])] as Record<string, unknown>[];
    const inbound = all.find(({ type }) => type === 'inbound-rtp');
    return {
      packets: Number(inbound?.['packetsReceived'] ?? 0),
      energy: Number(inbound?.['totalAudioEnergy'] ?? 0),
    };
  });
}

/** Resolves when sound has come in since this was called. */
async function hears(page: Page): Promise<void> {
  const before = await heard(page);
  await until(
    async () => {
      const { packets, energy } = await heard(page);
      return packets > before.packets && energy > before.energy;
    },
    'the agent’s voice',
    30_000,
  );
}

const card = ({ page }: Widget) => page.locator('parley-call .card');
const said = (widget: Widget) => card(widget).locator('.words').innerText();
const button = ({ page }: Widget) => page.locator('parley-header .call');
const press = (widget: Widget, name: string) =>
  card(widget).getByRole('button', { name, exact: true }).click();
async function call(widget: Widget): Promise<void> {
  await widget.open();
  await button(widget).click();
}

/** The same page in another browser, or as another tab. */
async function visitToo(url: string, context: BrowserContext): Promise<Widget> {
  const page = await context.newPage();
  await page.goto(url);
  const widget = new Widget(page);
  await widget.launcher.waitFor();
  return widget;
}

const lines = ({ page }: Widget) => page.locator('parley-messages .system').allInnerTexts();

describe('a call by the visitor', () => {
  it('[CALL-01] [CALL-02] [CALL-04] [LC-22] rings, is answered, carries sound both ways, and is hung up', async () => {
    const agent = await agentEnd();
    const widget = await stage.visit(withPhone, {}, exposePeers);
    const { page } = widget;
    const errors = pageErrors(page);
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
    await page.evaluate(() => {
      const { Parley } = window as unknown as { Parley: Parley };
      const calls: string[] = [];
      Object.assign(window, { calls });
      Parley.on('call', ({ state, from, outcome }) => calls.push([from, state, outcome ?? '-'].join(' ')));
    });
    await widget.open();
    await button(widget).waitFor();
    expect(scripts.filter((path) => path.includes('/calls-'))).toEqual([]);
    await button(widget).click();
    await card(widget).getByText('Ringing').waitFor();
    expect(await button(widget).isDisabled()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.shadowRoot !== null)).toBe(true);

    const session = await agent.rings();
    await agent.answer(session);
    await card(widget).getByText('On a call with First Agent').waitFor();
    await Promise.all([agent.hears(), hears(page)]);
    await expect.poll(() => said(widget)).toMatch(/\d:\d\d\s+(Good|Fair|Poor) connection/);
    expect(await axe(page)).toEqual([]);
    expect(agent.view?.phase).toBe('active');

    await press(widget, 'Mute microphone');
    await card(widget).getByText('You are muted').waitFor();
    expect(await card(widget).locator('.mute').getAttribute('aria-pressed')).toBe('true');
    await press(widget, 'Mute microphone');
    await agent.hears();
    await press(widget, 'Microphone and speaker');
    const choices = card(widget).locator('select');
    await expect.poll(() => choices.count()).toBe(2);
    const other = await choices.first().locator('option').last().getAttribute('value');
    await choices.first().selectOption(other);
    await agent.hears();
    await page.keyboard.press('Escape');
    expect(await widget.panel.isVisible()).toBe(true);

    // The conversation goes on below, and the call goes on with the panel closed.
    await widget.say('beside the call');
    await expect.poll(() => stage.desk.logOf(session).has('beside the call')).toBe(true);
    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    await page.locator('parley-call[beside] .time').waitFor();
    await agent.hears();

    await press(widget, 'Hang up');
    await card(widget).waitFor({ state: 'detached' });
    await until(() => agent.view?.phase === 'ended', 'the end at the agent’s');
    await widget.open();
    await expect.poll(async () => (await lines(widget)).join('\n')).toMatch(/Call with First Agent, \d:\d\d/);
    const record = (await stage.desk.read(session)).flatMap(({ body }) =>
      body.kind === 'call' ? [`${body.phase} ${body.from} ${body.outcome} ${body.endedBy}`] : [],
    );
    expect(record).toEqual([
      'started customer null null',
      'answered customer null null',
      'ended customer answered customer',
    ]);
    expect(await page.evaluate(() => (window as unknown as { calls: string[] }).calls)).toEqual([
      'visitor ringing -',
      'visitor connecting -',
      'visitor active -',
      'visitor ended answered',
    ]);
    expect(errors).toEqual([]);
    await page.context().close();
    await agent.close();
  });
});

describe('a call with the inbox', () => {
  it('[CALL-01] [CALL-03] carries sound both ways, through reloads of either page and a cut of the visitor’s', async () => {
    const proxy = await startProxy(stage.server.port);
    const channel = await stage.workspace.channel(stage.destination, withPhone);
    stage.pages['/inbox-call'] = { body: `<h1>Shop</h1>${embed(proxy.url, channel.number)}` };
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await exposePeers(page);
    await page.goto(`${stage.site.url}/inbox-call`);
    const widget = new Widget(page);
    const inbox = await openConsole(stage.browser, stage.server, stage.agent.api.cookie, '/inbox');
    await exposePeers(inbox.page);
    await inbox.page.reload();
    await inbox.page.getByRole('tab', { name: /Mine/ }).waitFor();
    const bothHear = () => Promise.all([hears(inbox.page), hears(page)]);

    await call(widget);
    await inbox.page.getByRole('button', { name: 'Answer' }).click();
    await card(widget).getByText('On a call with First Agent').waitFor();
    await bothHear();
    await page.reload();
    await card(widget).getByText('On a call with First Agent').waitFor();
    await bothHear();
    await inbox.page.reload();
    await inbox.page.locator('pl-calls').getByRole('timer').waitFor();
    await bothHear();
    proxy.cut();
    await bothHear();
    await inbox.page.getByRole('button', { name: 'Hang up' }).click();
    await expect.poll(async () => (await lines(widget)).join('\n')).toMatch(/Call with First Agent, \d:\d\d/);
    await context.close();
    await inbox.close();
    await proxy.close();
  });
});

describe('a call that does not come about', () => {
  it('[CALL-02] says each reason in its own words, and offers to chat instead', async () => {
    const agent = await agentEnd();
    // Declined by the only agent, taken back by the visitor, and cut off before there was sound.
    const widget = await stage.visit(withPhone, {}, (page) => page.clock.install());
    const { page } = widget;
    await call(widget);
    await agent.decline(await agent.rings());
    await card(widget).getByText('Nobody can take the call right now.').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axe(page)).toEqual([]);
    await press(widget, 'Chat instead');
    await expect.poll(() => card(widget).innerText()).toBe('');
    await page.keyboard.type('instead');
    expect(await widget.composer.inputValue()).toBe('instead');

    await button(widget).click();
    await agent.rings();
    await press(widget, 'Hang up');
    await expect.poll(() => lines(widget)).toContain('You cancelled the call');
    expect(await lines(widget)).toContain('The call was not taken');

    await button(widget).click();
    const session = await agent.rings();
    await agent.answerSilently(session);
    await card(widget).getByText('Connecting').waitFor();
    await page.clock.fastForward('00:30');
    await card(widget).getByText('Your network did not let the call through.').waitFor();
    await until(() => stage.desk.sessions.get(session)?.call === null, 'the end of the call');
    await press(widget, 'Call again');
    await agent.rings();
    await press(widget, 'Hang up');
    await agent.close();
  });

  it('[CALL-02] [LC-03] says when lines are busy, and what is wrong with the microphone or the page', async () => {
    const domains = ['localhost', `shop.example:${new URL(stage.site.url).port}`];
    const first = await stage.visit({ ...withPhone, destination: nobody, domains, maxCalls: 1 });
    await call(first);
    await card(first).getByText('Ringing').waitFor();
    const url = first.page.url();
    const second = await visitToo(url, await stage.browser.newContext());
    await call(second);
    await card(second).getByText('All lines are busy.').waitFor();
    await expect.poll(() => lines(second)).toContain('You called, but all lines were busy');
    await press(first, 'Hang up');

    const denied = await visitToo(url, await strict.newContext());
    await call(denied);
    await card(denied).getByText('The microphone is blocked.').waitFor();

    const { pathname } = new URL(url);
    const page = stage.pages[pathname];
    if (typeof page !== 'object') throw new Error('There is no such page.');
    stage.pages['/policy'] = { ...page, headers: { 'permissions-policy': 'microphone=()' } };
    const forbidden = await visitToo(`${stage.site.url}/policy`, await stage.browser.newContext());
    await call(forbidden);
    await card(forbidden).getByText('This website does not let the chat use the microphone.').waitFor();
    expect(await card(forbidden).getByRole('button').allInnerTexts()).toEqual(['Chat instead']);

    const deaf = await visitToo(url, await mute.newContext());
    await call(deaf);
    await card(deaf).getByText('No microphone was found.').waitFor();

    const insecure = await visitToo(url.replace('localhost', 'shop.example'), await mute.newContext());
    await insecure.open();
    await button(insecure).waitFor();
    expect(await button(insecure).getAttribute('aria-disabled')).toBe('true');
    expect(await button(insecure).getAttribute('title')).toContain('secure page (https)');
    await button(insecure).click({ force: true });
    await card(insecure).getByText('Calls need a secure page (https).').waitFor();

    const chatOnly = await stage.visit();
    await chatOnly.open();
    await chatOnly.say('no calls here');
    await expect.poll(() => chatOnly.status()).toMatch(/Sent|Delivered/);
    expect(await button(chatOnly).count()).toBe(0);
  });
});

describe('an invitation', () => {
  it('[CALL-05] [CALL-02] is declined or accepted in any tab, and goes on when the tab that leads ends', async () => {
    const agent = await agentEnd();
    const first = await stage.visit(withPhone, {}, exposePeers);
    const session = await stage.begin(first, 'invitation: hello');
    await first.page.keyboard.press('Escape');
    const second = await visitToo(first.page.url(), first.page.context());
    await exposePeers(second.page);
    await second.page.reload();
    await second.launcher.waitFor();

    await until(() => stage.desk.sessions.get(session), 'the session');
    await agent.invite(session);
    await card(first).getByText('First Agent would like to talk to you').waitFor();
    await card(second).getByText('First Agent would like to talk to you').waitFor();
    expect(await first.page.title()).toBe('📞 Shop');
    await press(first, 'Decline');
    await card(second).waitFor({ state: 'detached' });
    await until(() => agent.view?.outcome === 'declined', 'the refusal');
    await expect.poll(() => first.page.title()).toBe('Shop');

    await agent.invite(session);
    await press(second, 'Accept');
    await card(second).getByText('On a call with First Agent').waitFor();
    await card(first).getByText('A call is going on in another tab.').waitFor();
    await Promise.all([agent.hears(), hears(second.page)]);

    await first.page.close();
    await Promise.all([agent.hears(), hears(second.page)]);
    await agent.hangUp();
    await expect
      .poll(async () => (await lines(second)).join('\n'))
      .toMatch(/You declined the call\n[^]*Call with First Agent, \d:\d\d/);
    await expect.poll(() => card(second).innerText()).toBe('');
    await second.page.context().close();
    await agent.close();
  });
});

describe('a call in trouble', () => {
  it('[CALL-03] goes on after a reload, after the socket was cut, and on another network', async () => {
    const proxy = await startProxy(stage.server.port);
    const path = startUdpPath();
    const agent = await agentEnd(path);
    const channel = await stage.workspace.channel(stage.destination, withPhone);
    stage.pages['/trouble'] = { body: `<h1>Shop</h1>${embed(proxy.url, channel.number)}` };
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await exposePeers(page);
    await page.goto(`${stage.site.url}/trouble`);
    const widget = new Widget(page);
    await call(widget);
    await agent.answer(await agent.rings());
    await Promise.all([agent.hears(), hears(page)]);

    await page.reload();
    await card(widget).getByText('On a call with First Agent').waitFor();
    await Promise.all([agent.hears(), hears(page)]);
    const end = agent.view?.ends.customer;

    proxy.offline(true);
    await page.locator('parley-chat .bar[data-down]').waitFor();
    await Promise.all([agent.hears(), hears(page)]);
    proxy.offline(false);
    await page.locator('parley-chat .bar[data-down]').waitFor({ state: 'detached' });
    expect(agent.view).toMatchObject({ phase: 'active', ends: { customer: end } });

    path.break();
    await card(widget).getByText('Trying to bring the call back').waitFor();
    await card(widget).getByText('On a call with First Agent').waitFor();
    await Promise.all([agent.hears(), hears(page)]);
    expect(agent.view).toMatchObject({ phase: 'active', outcome: null, ends: { customer: end } });

    await press(widget, 'Hang up');
    await until(() => agent.view?.outcome === 'answered', 'the end of the call');
    await context.close();
    await agent.close();
    path.close();
    await proxy.close();
  });
});

describe('a call that nobody answers', () => {
  it('[CALL-02] ends by itself, and says so', async () => {
    await expect
      .poll(() => card(patient).innerText(), { timeout: 45_000 })
      .toContain('Nobody could answer right now.');
    await expect.poll(() => lines(patient)).toContain('You called, but nobody could answer');
    await patient.page.context().close();
  });
});
