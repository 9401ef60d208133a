/** CALL-06: agents call customers' numbers through the company's PBX, by SIP over WebSocket from the inbox. */
import type { Browser, Dialog, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyContact, type Contact } from '../../core/contact.ts';
import { startPbx, type PbxSimulator } from '../simulators/pbx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { AgentScreen } from '../support/agentScreen.ts';
import { axe, launchBrowser } from '../support/browser.ts';
import { addChannel, providerUrls } from '../support/channels.ts';
import type { AgentClient } from '../support/clients.ts';
import { openConsole, type Screen } from '../support/console.ts';
import { startProxy } from '../support/proxy.ts';
import { startServer, type Server } from '../support/server.ts';
import { startSite, type Site } from '../support/site.ts';
import { Telephone } from '../support/telephone.ts';
import { startUdpPath } from '../support/udpPath.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const customer = '+14155550117';
const secret = 'the secret of 1001';
const twilio = new TwilioSimulator();
const calm = { reducedMotion: 'reduce' } as const;
let server: Server;
let workspace: TestWorkspace;
let browser: Browser;
let site: Site;
let pbx: PbxSimulator;
let telephone: Telephone;
let ada: TestAgent;
let desk: AgentClient;
let inbox: Screen;
let page: Page;
let session: string;

beforeAll(async () => {
  await twilio.start();
  pbx = await startPbx();
  pbx.accounts.set('1001', { password: secret });
  server = await startServer({ env: providerUrls([twilio]) });
  workspace = await setUp(server);
  await workspace.call('PUT', '/api/calls', { stun: [], turn: { kind: 'none' } });
  ada = await workspace.agent({ name: 'Ada Agent', mayCallOut: true });
  const destination = { kind: 'agent' as const, id: ada.agent.id };
  const starters = { agents: [ada.agent.id], groups: [] };
  const { channel, number } = await addChannel(workspace, twilio, destination, {
    numbers: twilio.numbers.map((one) => ({ number: one, destination, starters })),
  });
  desk = ada.desk();
  await desk.connect();
  const started = await desk.ask({ kind: 'start', channel: channel.id, number, to: customer });
  session = started.session ?? '';
  site = await startSite({ '/': { body: '<h1>A telephone</h1>' } });
  browser = await launchBrowser();
  telephone = await Telephone.start(await browser.newContext(), site.url);
  pbx.lines.set(customer, { kind: 'answers', answer: telephone.answer });
});
afterAll(async () => {
  desk.close();
  await browser.close();
  await site.close();
  await server.stop();
  await pbx.close();
  await twilio.close();
});

const dial = () => page.locator('pl-conversation-head pl-dial').getByRole('button');
const bar = () => page.locator('pl-call-bar');
/** How the line sounds, which on a busy machine is not always good; there while something is heard. */
const sounds = () => bar().getByText(/(Good|Fair|Poor) connection/);
const notice = (text: string) => page.locator('pl-calls').getByText(text);
/** The newest line of the timeline about a call. */
const lastLine = async () =>
  (await page.locator('pl-messages').getByText(`You called ${customer}`).allInnerTexts()).at(-1)?.trim() ??
  '';

/** What became of the calls of the session, the newest last. */
const outcomes = async () =>
  (await desk.read(session)).flatMap(({ body }) => (body.kind === 'dialled' ? [body.report.outcome] : []));

describe('the PBX', () => {
  it('[CALL-06] is set up by an admin, each extension with its own password', async () => {
    const boss = await openConsole(browser, server, workspace.cookie, '/pbx', calm);
    const form = boss.page;
    await form.getByLabel('WebSocket address').fill('https://pbx.example.com');
    await form.getByLabel('Domain').fill(pbx.domain);
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Use a secure WebSocket address').waitFor();
    await form.getByLabel('WebSocket address').fill(pbx.url);
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Saved').waitFor();

    const row = form.getByRole('row').filter({ hasText: 'Ada Agent' });
    await row.getByRole('button', { name: 'Add' }).click();
    await form.getByLabel('Extension', { exact: true }).fill('1001');
    await form.getByLabel('Password', { exact: true }).fill(secret);
    expect(await axe(form, 'pl-app')).toEqual([]);
    await form.locator('.extension').getByRole('button', { name: 'Save' }).click();
    await row.getByText('1001').waitFor();
    await form.reload();
    await row.getByText('1001').waitFor();
    expect(await form.getByLabel('WebSocket address').inputValue()).toBe(pbx.url);
    expect(boss.errors).toEqual([]);
    await boss.close();
  });
});

describe('a call through the PBX', () => {
  it('[CALL-06] [CALL-04] [AG-05] registers, carries sound both ways, and stands in the timeline', async () => {
    inbox = await openConsole(browser, server, ada.api.cookie, `/inbox/${encodeURIComponent(session)}`, calm);
    page = inbox.page;
    await dial().click();
    await bar().getByRole('timer').waitFor();
    expect(pbx.log).toEqual(expect.arrayContaining(['REGISTER', '401', 'INVITE', '407', '180', 'ACK']));
    expect([...pbx.registered]).toEqual(['1001']);
    await telephone.hears();
    await sounds().waitFor();
    expect(await axe(page, 'pl-app')).toEqual([]);
    expect(await dial().isDisabled()).toBe(true);
    await page.keyboard.press('m');
    await bar().getByText('Muted').waitFor();
    await page.keyboard.press('m');
    await telephone.hears();

    pbx.calls.at(-1)?.hangUp();
    await notice('The customer hung up.').waitFor();
    await expect.poll(lastLine).toMatch(/^You called \+14155550117 and talked for 0:\d\d$/);
    expect(pbx.calls.at(-1)).toMatchObject({ from: '1001', to: customer, state: 'ended', end: 'callee' });
    await expect.poll(() => pbx.registered.size).toBe(0);
    expect(inbox.errors).toEqual([]);
  });

  it('[CALL-06] [AG-05] [AG-14] does the same on a phone', async () => {
    const path = `/inbox/${encodeURIComponent(session)}`;
    const phone = await AgentScreen.open(browser, server, ada, 'phone', path);
    await phone.act(`Call ${customer}`);
    const call = phone.page.locator('pl-call-bar');
    await call.getByRole('timer').waitFor();
    await telephone.hears();
    await phone.press(phone.button('Hang up', call));
    await call.waitFor({ state: 'detached' });
    await expect
      .poll(() => phone.log.getByText(/^You called \+14155550117 and talked for 0:\d\d$/).count())
      .toBe(2);
    expect(phone.errors).toEqual([]);
    await phone.close();
  });

  it('[CALL-06] is taken back while it rings, and says why it did not come about', async () => {
    pbx.lines.set(customer, { kind: 'rings' });
    await dial().click();
    await bar().getByText(`Calling ${customer}`).waitFor();
    await bar().getByRole('button', { name: 'Hang up' }).click();
    await bar().waitFor({ state: 'detached' });
    await expect.poll(lastLine).toContain('and hung up after');
    await expect.poll(() => pbx.calls.at(-1)?.end).toBe('cancelled');

    const refusals: [number, string, string][] = [
      [486, 'The number is busy.', 'which was busy'],
      [480, 'Nobody answered.', 'which nobody answered'],
      [603, 'The call was declined.', 'which was declined'],
      [404, 'The PBX cannot reach this number.', 'which the PBX could not reach'],
      [403, 'does not let your extension call', 'which the PBX did not allow'],
      [503, 'The call did not come about (503).', 'but there was no connection'],
    ];
    for (const [status, words, line] of refusals) {
      pbx.lines.set(customer, { kind: 'refuses', status });
      await dial().click();
      await notice(words).waitFor();
      expect(await page.getByRole('link', { name: 'Dial with this device' }).getAttribute('href')).toBe(
        `tel:${customer}`,
      );
      await expect.poll(lastLine).toContain(line);
    }
  });

  it('[CALL-06] says when the extension is refused, when the PBX is down, and when it is gone', async () => {
    pbx.accounts.set('1001', { password: 'another one' });
    await dial().click();
    await notice('The PBX does not accept your extension.').waitFor();
    pbx.accounts.set('1001', { password: secret });
    pbx.down = true;
    await dial().click();
    await notice('The PBX does not take calls right now (503).').waitFor();
    pbx.down = false;
    await expect.poll(lastLine).toContain('but there was no connection');
  });

  it('[CALL-04] [CALL-06] asks before the page is left, and then ends at both sides at once', async () => {
    pbx.lines.set(customer, { kind: 'answers', answer: telephone.answer });
    await dial().click();
    await bar().getByRole('timer').waitFor();
    const stayed = page.waitForEvent('dialog').then(async (dialog) => {
      await dialog.dismiss();
      return dialog.type();
    });
    await page.evaluate(() => location.reload());
    expect(await stayed).toBe('beforeunload');
    await telephone.hears();
    expect(pbx.calls.at(-1)?.state).toBe('answered');

    pbx.log.length = 0;
    await page.reload();
    await expect.poll(() => pbx.calls.at(-1)).toMatchObject({ state: 'ended', end: 'caller' });
    expect(pbx.log).toContain('BYE');
    await expect.poll(lastLine).toContain('until the connection was lost');

    pbx.lines.set(customer, { kind: 'rings' });
    await dial().click();
    await bar().getByText(`Calling ${customer}`).waitFor();
    await page.reload();
    await expect.poll(() => pbx.calls.at(-1)?.end).toBe('cancelled');
    await expect.poll(lastLine).toContain('and hung up after');
    // With no call there is nothing to ask.
    const stay = (dialog: Dialog) => void dialog.dismiss();
    page.on('dialog', stay);
    await page.reload();
    page.off('dialog', stay);
    const all = await outcomes();
    expect(all).toHaveLength(13);
    expect(all.slice(-2)).toEqual(['lost', 'cancelled']);
  });

  it('[CALL-04] [CALL-06] is in the log also when the page ended without a word', async () => {
    pbx.lines.set(customer, { kind: 'answers', answer: telephone.answer });
    // As after a crash, nothing hears that the page goes.
    await page.evaluate(() => addEventListener('pagehide', (event) => event.stopImmediatePropagation()));
    await dial().click();
    await bar().getByRole('timer').waitFor();
    pbx.log.length = 0;
    await page.reload();
    await expect.poll(async () => (await outcomes()).length).toBe(14);
    expect((await outcomes()).at(-1)).toBe('lost');
    expect(pbx.log).not.toContain('BYE');
  });

  // Half of it is the time that a lost network has to come back.
  it(
    '[CALL-06] [CALL-03] goes on over another network, also where the PBX could not be reached meanwhile',
    { timeout: 150_000 },
    async () => {
      const path = startUdpPath();
      const proxy = await startProxy(Number(new URL(pbx.url).port));
      await workspace.call('PUT', '/api/pbx', {
        server: { url: `ws://127.0.0.1:${proxy.port}/ws`, domain: pbx.domain },
      });
      const answer = async (offer: string) =>
        path.wholly(await telephone.answer(path.bare({ sdp: offer }).sdp));
      pbx.lines.set(customer, { kind: 'answers', answer });
      await page.reload();
      await dial().click();
      await sounds().waitFor();
      await telephone.hears();
      const call = pbx.calls.at(-1);

      // Another way for the sound only.
      pbx.log.length = 0;
      path.break();
      await expect.poll(() => pbx.log).toContain('INVITE');
      await sounds().waitFor();
      await telephone.hears();

      // No network at all for a while, and then another one.
      pbx.log.length = 0;
      proxy.offline(true);
      path.break();
      await bar().getByText('Trying to get it back').waitFor();
      expect(pbx.log).not.toContain('INVITE');
      proxy.offline(false);
      await sounds().waitFor();
      await telephone.hears();
      expect(pbx.log).toEqual(expect.arrayContaining(['REGISTER', 'INVITE', 'ACK']));
      expect(pbx.calls.at(-1)).toBe(call);

      await bar().getByRole('button', { name: 'Hang up' }).click();
      await expect.poll(() => call).toMatchObject({ state: 'ended', end: 'caller' });
      await expect.poll(lastLine).toMatch(/and talked for 0:\d\d$/);

      // What does not come back within its time is over, and is said to be.
      await dial().click();
      await sounds().waitFor();
      proxy.offline(true);
      path.break();
      await notice('The connection was lost. Call again, or write.').waitFor({ timeout: 45_000 });
      await expect.poll(lastLine).toContain('until the connection was lost');
      await workspace.call('PUT', '/api/pbx', { server: { url: pbx.url, domain: pbx.domain } });
      await proxy.close();
      path.close();
    },
  );

  it('[CALL-06] is made from a contact, and is dialled by the device where there is no PBX', async () => {
    const contact = (await workspace.call('POST', '/api/contacts', {
      ...emptyContact,
      name: 'Evelyn Boyd',
      numbers: [{ type: 'mobile', number: customer }],
    })) as Contact;
    await page.goto(`${server.url}/contacts/${contact.id}`);
    await page.getByRole('button', { name: `Call ${customer}` }).click();
    await bar().getByRole('timer').waitFor();
    await bar().getByRole('button', { name: 'Hang up' }).click();
    await bar().waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await desk.read(session)).filter(({ body }) => body.kind === 'dialled').length)
      .toBe(17);

    await workspace.call('PUT', '/api/pbx', { server: null });
    await page.reload();
    const link = page.getByRole('link', { name: `Call ${customer}` });
    expect(await link.getAttribute('href')).toBe(`tel:${customer}`);
    await inbox.close();
  });
});
