/** Calls as visitors see them: a real edge and real sound, with an agent's end that is a page of its own. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axe, pageErrors } from '../support/browser.ts';
import { AgentPhone } from '../support/agentPhone.ts';
import type { Parley, Widget } from '../support/site.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

let stage: Stage;
let agents: BrowserContext;

beforeAll(async () => {
  stage = await startStage();
  stage.pages['/agent'] = { body: '<h1>Agent</h1>' };
  // No server outside of this machine: the ends find each other by themselves.
  await stage.workspace.call('PUT', '/api/calls', { stun: [], turn: { kind: 'none' } });
  agents = await stage.browser.newContext();
});
afterAll(async () => {
  await agents.close();
  await stage.close();
});

const withPhone = { interaction: 'phoneAndChat' as const };

const agentEnd = () => AgentPhone.start(agents, `${stage.site.url}/agent`, stage.desk);

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
    await expect.poll(() => said(widget)).toMatch(/\d:\d\d\s+Good connection/);
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
