/** What the Agent Guide takes for granted: two queues, agents in them, a website, SMS and WhatsApp. */
import type { Browser } from 'playwright-core';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import { AgentScreen, type Width } from './agentScreen.ts';
import { launchBrowser } from './browser.ts';
import { addChannel, providerUrls, type TestChannel } from './channels.ts';
import { VisitorClient } from './clients.ts';
import { inboxTemplates } from './inboxTemplates.ts';
import { startServer, type Server } from './server.ts';
import { setUp, type TestAgent, type TestWorkspace } from './workspace.ts';

export interface GuideStage {
  server: Server;
  workspace: TestWorkspace;
  browser: Browser;
  twilio: TwilioSimulator;
  whatsapp: WhatsAppSimulator;
  /** In Support; may start sessions from all but the last number of Twilio. */
  ada: TestAgent;
  /** In Support and Billing; may start none. */
  ben: TestAgent;
  /** The channel of Twilio. */
  texting: TestChannel;
  /** Where everything arrives. */
  support: { id: string };
  open(agent: TestAgent, width?: Width): Promise<AgentScreen>;
  /** A visitor of the website whose first message is `text`, unique in its test. */
  visit(text: string): Promise<VisitorClient>;
  stop(): Promise<void>;
}

export async function startGuide(): Promise<GuideStage> {
  const twilio = new TwilioSimulator();
  const whatsapp = new WhatsAppSimulator();
  whatsapp.templates = inboxTemplates;
  await Promise.all([twilio.start(), whatsapp.start()]);
  const server = await startServer({
    env: { PARLEY_RATE_FACTOR: '100', ...providerUrls([twilio, whatsapp]) },
  });
  const workspace = await setUp(server);
  const ada = await workspace.agent({ name: 'Ada Agent' });
  const ben = await workspace.agent({ name: 'Ben Agent' });
  const support = await workspace.queue([ada, ben], 'manual', 'Support');
  await workspace.queue([ben], 'manual', 'Billing');
  const destination = { kind: 'queue' as const, id: support.id };
  const site = await workspace.channel(destination, { name: 'Shop' });
  const permitted = { agents: [ada.agent.id], groups: [] };
  const nobody = { agents: [], groups: [] };
  const texting = await addChannel(workspace, twilio, destination, {
    name: 'Texting',
    numbers: twilio.numbers.map((number) => ({
      number,
      destination,
      starters: number === twilio.numbers.at(-1) ? nobody : permitted,
    })),
  });
  await addChannel(workspace, whatsapp, destination, {
    name: 'WhatsApp shop',
    numbers: [{ number: whatsapp.phoneNumber, destination, starters: permitted }],
  });
  const browser = await launchBrowser();
  const visitors: VisitorClient[] = [];
  return {
    server,
    workspace,
    browser,
    twilio,
    whatsapp,
    ada,
    ben,
    texting,
    support,
    open: (agent, width) => AgentScreen.open(browser, server, agent, width),
    async visit(text) {
      const visitor = new VisitorClient({
        url: server.url,
        channelNumber: site.number,
        origin: 'https://shop.example',
        page: { url: 'https://shop.example/lamps', title: 'Lamps' },
      });
      visitors.push(visitor);
      await visitor.connect();
      await visitor.send(text);
      return visitor;
    },
    async stop() {
      for (const visitor of visitors) visitor.close();
      await browser.close();
      await server.stop();
      await Promise.all([twilio.close(), whatsapp.close()]);
    },
  };
}
