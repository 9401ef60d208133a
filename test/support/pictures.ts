/** Takes the pictures of the README from the running product. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { root } from '../../scripts/install.mjs';
import { customersWrite } from '../simulators/customers.ts';
import { startWebsite } from '../simulators/website/server.ts';
import { launchBrowser } from './browser.ts';
import { campaignThat, completed, sendCampaign } from './campaigns.ts';
import { addChannel, providerUrls, type TestChannel } from './channels.ts';
import { startServer } from './server.ts';
import { allSimulators } from './simulators.ts';
import { until } from './until.ts';
import { setUp, type TestAgent, type TestWorkspace } from './workspace.ts';

const folder = join(root, 'docs/images');
/** What a browser shows of the app before it is installed. */
const appFolder = join(root, 'admin/public');
const viewport = { width: 1200, height: 750 };
/** For what has many columns. */
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Waits until everything has come and nothing moves. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  });
}

async function take(page: Page, name: string, to = folder): Promise<void> {
  await settle(page);
  await page.screenshot({ path: join(to, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

/** A page that is signed in by an API client's cookie. */
async function signedIn(context: BrowserContext, url: string, cookie: string, path: string): Promise<Page> {
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  return page;
}

/** Writes docs/images/*.png. */
export async function takePictures(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const simulators = allSimulators();
  await Promise.all([...simulators.values()].map((one) => one.start()));
  const server = await startServer({ build: false, env: providerUrls([...simulators.values()]) });
  const browser = await launchBrowser();
  const context = () => browser.newContext({ viewport, colorScheme: 'light', reducedMotion: 'reduce' });

  const visiting = await (await context()).newPage();
  await visiting.goto(`${server.url}/setup`);
  await take(visiting, 'setup');

  const workspace = await setUp(server);
  const agent = await workspace.agent({ name: 'Sales Agent', email: 'robin@example.com', extension: '1001' });
  const queue = await workspace.queue([agent], 'manual', 'Customer service');
  const channel = await workspace.channel(
    { kind: 'queue', id: queue.id },
    { name: 'Website', domains: ['localhost'] },
  );
  const website = await startWebsite({ gateway: server.url, channelNumber: channel.number });
  const desk = agent.desk();
  await desk.connect();

  const console = await signedIn(await context(), server.url, workspace.cookie, `/channels/${channel.id}`);
  await take(console, 'channel');
  await console.getByRole('button', { name: 'Embed code' }).click();
  await console.getByText('/widget.js').first().waitFor();
  await take(console, 'embed');

  const question = 'Hello, do the chairs come assembled?';
  await visiting.goto(website.url);
  await visiting.locator('parley-launcher').click();
  await visiting.getByRole('dialog').waitFor();
  const asked = desk.hears(question);
  const write = (text: string) =>
    visiting.evaluate((words) => {
      const { Parley } = globalThis as unknown as { Parley: { send(text: string): Promise<void> } };
      return Parley.send(words);
    }, text);
  await write(question);
  const session = await asked;
  await desk.pickUp(session);
  await desk.send(session, 'Hello! Yes, both models stand on their legs when they arrive.');
  await visiting.getByText('both models').first().waitFor();
  const thanks = 'Great. And can I return one if it does not fit?';
  const heard = desk.hears(thanks);
  await write(thanks);
  await heard;
  await desk.send(session, 'Of course, within thirty days.');
  await visiting.getByText('within thirty days').first().waitFor();
  await take(visiting, 'website');

  const inbox = await signedIn(
    await context(),
    server.url,
    agent.api.cookie,
    `/inbox/${encodeURIComponent(session)}`,
  );
  await inbox.getByText('within thirty days').first().waitFor();
  await take(inbox, 'inbox');
  await take(inbox, 'screenshot-wide', appFolder);
  await inbox.setViewportSize(phone);
  await inbox.getByRole('button', { name: 'Back to the list' }).waitFor();
  await inbox.getByRole('button', { name: 'Close details' }).waitFor({ state: 'detached' });
  await take(inbox, 'screenshot-narrow', appFolder);
  await desk.end(session);

  await takeChannels(workspace, agent, queue.id, simulators, context);

  desk.close();
  await browser.close();
  await website.stop();
  await server.stop();
  await Promise.all([...simulators.values()].map((one) => one.close()));
}

/** A channel of each provider, with customers who write: the inbox, the list, and a form. */
async function takeChannels(
  workspace: TestWorkspace,
  agent: TestAgent,
  queue: string,
  simulators: ReturnType<typeof allSimulators>,
  context: () => Promise<BrowserContext>,
): Promise<void> {
  const channels = new Map<string, { id: string; number: string }>();
  let texting: TestChannel | null = null;
  const destination = { kind: 'queue' as const, id: queue };
  for (const [provider, simulator] of simulators) {
    const [number = ''] = simulator.numbers;
    const numbers = [{ number, destination, starters: { agents: [agent.agent.id], groups: [] } }];
    const added = await addChannel(workspace, simulator, destination, { numbers });
    channels.set(provider, { id: added.channel.id, number });
    if (provider === 'twilio') texting = added;
  }
  const desk = agent.desk();
  await desk.connect();
  const enough = new AbortController();
  const writing = customersWrite({ simulators, channels, second: desk }, enough.signal);
  const conversation = () => [...desk.sessions.values()].find(({ channel }) => channel.type === 'whatsapp');
  await until(
    () => conversation()?.lastMessage?.preview.startsWith('Perfect') === true,
    'the conversation on WhatsApp',
    60_000,
  );
  enough.abort();
  await writing;
  const session = conversation()?.id ?? '';
  const inbox = await signedIn(
    await context(),
    workspace.url,
    agent.api.cookie,
    `/inbox/${encodeURIComponent(session)}`,
  );
  await inbox.setViewportSize(wide);
  await inbox.getByText('Perfect, thank you').first().waitFor();
  await take(inbox, 'channels-inbox');

  const admin = await context();
  const list = await signedIn(admin, workspace.url, workspace.cookie, '/channels');
  await list.setViewportSize(wide);
  await list.getByRole('link', { name: 'WhatsApp' }).first().waitFor();
  await take(list, 'channels');

  // As it looks where providers can reach it.
  await workspace.call('PATCH', '/api/settings', { publicUrls: ['https://chat.example.com'] });
  await list.goto(`${workspace.url}/channels/new/sms/twilio`);
  await list.getByText('https://chat.example.com/webhook/twilio/').first().waitFor();
  await take(list, 'provider');
  desk.close();

  if (texting) await takeCampaign(workspace, texting, queue, list);
}

/** A campaign that is through, with people who have answered. */
async function takeCampaign(
  workspace: TestWorkspace,
  texting: TestChannel,
  queue: string,
  page: Page,
): Promise<void> {
  const names = ['Alex', 'Charlie', 'Dana', 'Jamie', 'Kim', 'Lou', 'Morgan', 'Noa', 'Robin', 'Sam'];
  const recipients = names.map((Name, index) => ({
    number: `+120255501${String(index + 10)}`,
    name: '',
    values: { Name },
  }));
  const text = 'Hello {{Name}}, the new chairs are here. Shall we keep one for you until Saturday?';
  const sent = await sendCampaign(workspace, texting, {
    recipients,
    change: {
      name: 'New chairs',
      content: { kind: 'text', text },
      mode: { kind: 'sessions', destination: { kind: 'queue', id: queue } },
    },
  });
  await completed(workspace, sent.id);
  for (const { number: from } of recipients.slice(0, 3)) {
    await texting.simulator.customerSends({ from, to: texting.number, text: 'Yes, please' });
  }
  await campaignThat(workspace, sent.id, ({ totals }) => totals.replied === 3, 'three answers');
  await page.goto(`${workspace.url}/campaigns/${sent.id}`);
  await page.getByText('30% response rate').waitFor();
  await page.getByText('Delivered, replied').first().waitFor();
  await take(page, 'campaign');
}
