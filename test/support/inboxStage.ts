/** The inbox of one agent with a channel each of WhatsApp, Messenger and SMS, and their customers. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ToAgentFrame } from '../../core/protocol.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import type { TemplateRow } from '../simulators/providers/metaTemplates.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import { launchBrowser } from './browser.ts';
import { addChannel, providerUrls, type TestChannel } from './channels.ts';
import { openConsole, type Screen } from './console.ts';
import { startServer, type Server } from './server.ts';
import { setUp, type TestAgent } from './workspace.ts';

type Place = 'whatsapp' | 'facebook' | 'sms';

export interface InboxStage {
  server: Server;
  browser: Browser;
  agent: TestAgent;
  whatsapp: WhatsAppSimulator;
  facebook: FacebookSimulator;
  twilio: TwilioSimulator;
  numbers: Record<Place, string>;
  /** The agent's inbox; `change` rewrites what the edge says on its way to this page. */
  open(options?: BrowserContextOptions, change?: (frame: ToAgentFrame) => void): Promise<Screen>;
  stop(): Promise<void>;
}

/** Starts everything; `templates` are those of the WhatsApp account. */
export async function startInbox(templates: TemplateRow[] = []): Promise<InboxStage> {
  const whatsapp = new WhatsAppSimulator();
  const facebook = new FacebookSimulator();
  const twilio = new TwilioSimulator();
  whatsapp.templates = templates;
  const simulators = [whatsapp, facebook, twilio];
  await Promise.all(simulators.map((one) => one.start()));
  const server = await startServer({ env: providerUrls(simulators) });
  const admin = await setUp(server);
  const agent = await admin.agent({ name: 'Sales Agent' });
  const add = (simulator: (typeof simulators)[number], name: string): Promise<TestChannel> =>
    addChannel(admin, simulator, { kind: 'agent', id: agent.agent.id }, { name });
  const numbers = {
    whatsapp: (await add(whatsapp, 'Support')).number,
    facebook: (await add(facebook, 'Our page')).number,
    sms: (await add(twilio, 'Texting')).number,
  };
  const browser = await launchBrowser();
  return {
    server,
    browser,
    agent,
    whatsapp,
    facebook,
    twilio,
    numbers,
    open: (options = {}, change) =>
      openConsole(browser, server, agent.api.cookie, '/inbox', options, async (page) => {
        if (change) await rewriteFrames(page, change);
      }),
    async stop() {
      await browser.close();
      await server.stop();
      await Promise.all(simulators.map((one) => one.close()));
    },
  };
}

/** Opens the session whose row shows `text`. */
export async function openRow(page: Page, text: string): Promise<void> {
  await page.getByRole('tabpanel').getByRole('link').filter({ hasText: text }).first().click();
}

/** Lets a test see what only days of waiting, or a failing provider, would bring. */
async function rewriteFrames(page: Page, change: (frame: ToAgentFrame) => void): Promise<void> {
  await page.routeWebSocket(/\/desk$/, (socket) => {
    const edge = socket.connectToServer();
    edge.onMessage((data) => {
      const text = String(data);
      if (!text.startsWith('{')) return socket.send(text);
      const frame = JSON.parse(text) as ToAgentFrame;
      change(frame);
      socket.send(JSON.stringify(frame));
    });
  });
}
