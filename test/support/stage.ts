/** An edge, an agent at their desk, a website and a browser: what tests of the widget play on. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { LiveChatInput } from '../../core/channel.ts';
import { launchBrowser } from './browser.ts';
import type { AgentClient } from './clients.ts';
import { startServer, type Server } from './server.ts';
import { embed, startSite, Widget, type Site, type SitePage } from './site.ts';
import { setUp, type TestAgent, type TestWorkspace } from './workspace.ts';

export interface Stage {
  server: Server;
  workspace: TestWorkspace;
  browser: Browser;
  site: Site;
  /** Pages of the site by their paths; more can be added at any time. */
  pages: Record<string, SitePage | string>;
  agent: TestAgent;
  desk: AgentClient;
  /** Where channels send their messages, a queue of the agent; tests may set another. */
  destination: LiveChatInput['destination'];
  /** A page with a channel of its own, in a browser context of its own, with the launcher drawn. */
  visit(
    change?: Partial<LiveChatInput>,
    options?: BrowserContextOptions,
    before?: (page: Page) => Promise<unknown>,
  ): Promise<Widget>;
  /** Sends the visitor's first message and resolves with the session that it opens. */
  begin(widget: Widget, text: string): Promise<string>;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  const workspace = await setUp(server);
  const agent = await workspace.agent({ name: 'First Agent' });
  const queue = await workspace.queue([agent], 'auto');
  const pages: Stage['pages'] = {};
  const site = await startSite(pages);
  const browser = await launchBrowser();
  const desk = agent.desk();
  await desk.connect();
  let made = 0;

  const stage: Stage = {
    server,
    workspace,
    browser,
    site,
    pages,
    agent,
    desk,
    destination: { kind: 'queue', id: queue.id },
    async visit(change = {}, options = {}, before) {
      const channel = await workspace.channel(stage.destination, change);
      const path = `/${(made += 1)}`;
      const content = '<main><h1>Shop</h1><a href="#">A link</a></main>';
      pages[path] = { body: content + embed(server.url, channel.number) };
      const page = await (await browser.newContext(options)).newPage();
      await before?.(page);
      await page.goto(site.url + path);
      const widget = new Widget(page);
      await widget.launcher.waitFor();
      return widget;
    },
    async begin(widget, text) {
      const heard = desk.hears(text);
      if (!(await widget.panel.isVisible())) await widget.open();
      await widget.say(text);
      return heard;
    },
    async close() {
      desk.close();
      await browser.close();
      await site.close();
      await server.stop();
    },
  };
  return stage;
}
