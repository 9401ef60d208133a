/**
 * The demo: a server with an admin, two agents, a queue, and a channel of every kind. A website on another origin
 * has the widget in it, and every provider is simulated. Visitors and customers write by themselves; the second
 * agent answers some of them, and the rest wait for whoever tries the demo.
 */
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { channelDraft, channelRow, type ChannelRow } from '../../core/channelApi.ts';
import type { Destination } from '../../core/destination.ts';
import { messagingChannel, type MessagingInput } from '../../core/messagingChannel.ts';
import { addChannel, providerUrls } from '../support/channels.ts';
import { startServer, type Server } from '../support/server.ts';
import { allSimulators } from '../support/simulators.ts';
import { adminSignIn, agentPassword, ApiClient, ApiError, setUp } from '../support/workspace.ts';
import { AgentClient, VisitorClient } from '../support/clients.ts';
import { customersWrite, type Shop } from './customers.ts';
import type { ProviderSimulator } from './providers/simulator.ts';
import { WhatsAppSimulator } from './providers/whatsapp.ts';
import { demoTemplates } from './templates.ts';
import { startWebsite, type Website } from './website/server.ts';

export interface DemoOptions {
  /** The website listens on the next one. */
  port: number;
  /** A temporary folder when absent. */
  dataDir?: string;
}

const questions = [
  ['Hello, do the chairs come assembled?', 'Good to know, thank you.'],
  ['My order says "on its way" since Monday. Can you look?', 'That helps a lot, thanks.'],
  ['Can I return a chair after two weeks?', 'Perfect, I will order one then.'],
  ['Is the wool seat washable?', 'Great, thank you.'],
] as const;
const replies = ['Hello! Let me check that for you.', 'Yes, that works. Anything else I can help with?'];
/** Conversations that wait for an answer at one time; more would only bury the first. */
const maxWaiting = 4;
const newVisitorMs = 12_000;

interface Scene {
  server: Server;
  website: Website;
  channelNumber: string;
  second: AgentClient;
}

interface Furnished {
  /** Of the second agent. */
  cookie: string;
  channelNumber: string;
  channels: Shop['channels'];
}

/** People, queue and channels: made now, or by an earlier demo on the same data. */
async function furnish(
  server: Server,
  simulators: ReadonlyMap<string, ProviderSimulator>,
): Promise<Furnished> {
  try {
    const workspace = await setUp(server);
    const first = await workspace.agent({
      name: 'First Agent',
      extension: '1001',
      email: 'first@example.com',
    });
    const second = await workspace.agent({
      name: 'Second Agent',
      extension: '1002',
      email: 'second@example.com',
    });
    const queue = await workspace.queue([first, second], 'manual', 'Customer service');
    const destination: Destination = { kind: 'queue', id: queue.id };
    const channel = await workspace.channel(destination, { name: 'Website', domains: ['localhost'] });
    const starters = { agents: [first.agent.id, second.agent.id], groups: [] };
    const channels = new Map<string, { id: string; number: string }>();
    for (const [provider, simulator] of simulators) {
      const [number = ''] = simulator.numbers;
      const numbers = [{ number, destination, starters }];
      const { channel: made } = await addChannel(workspace, simulator, destination, { numbers });
      channels.set(provider, { id: made.id, number });
    }
    return { cookie: second.api.cookie, channelNumber: channel.number, channels };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'setup_done') throw error;
  }
  return refurnish(server, simulators);
}

/** What an earlier demo has made, connected with this one's simulators and address. */
async function refurnish(
  server: Server,
  simulators: ReadonlyMap<string, ProviderSimulator>,
): Promise<Furnished> {
  const admin = new ApiClient(server.url);
  await admin.signIn(adminSignIn.login, adminSignIn.password);
  const rows = await channelsOf(admin);
  const website = rows.find(({ name }) => name === 'Website');
  const agent = new ApiClient(server.url);
  const channels = new Map<string, { id: string; number: string }>();
  for (const { id, provider, number } of rows) {
    const simulator = simulators.get(provider ?? '');
    if (!simulator || provider === null || channels.has(provider)) continue;
    const channel = messagingChannel.parse(await admin.call('GET', `/api/channels/${id}`));
    const { type, name, enabled, rate, timeoutDays, numbers } = channel;
    const input: MessagingInput = {
      ...{ type, provider, name, enabled, rate, timeoutDays, numbers },
      fields: simulator.fields,
      webhookBase: server.url,
    };
    const changed = messagingChannel.parse(await admin.call('PATCH', `/api/channels/${id}`, input));
    const { ours } = channelDraft.parse(await admin.call('GET', `/api/channels/${id}/webhook`));
    await simulator.configure({ webhookUrl: changed.webhookUrl, ...ours });
    channels.set(provider, { id, number });
  }
  if (!website || channels.size < simulators.size) {
    throw new Error('These data are not of this demo. Leave out --data, or name an empty folder.');
  }
  await agent.signIn('second@example.com', agentPassword);
  return { cookie: agent.cookie, channelNumber: website.number, channels };
}

async function channelsOf(admin: ApiClient): Promise<ChannelRow[]> {
  const answer = await admin.call('GET', '/api/channels');
  return z.object({ channels: z.array(channelRow) }).parse(answer).channels;
}

/** One visitor's visit: asks, waits for an answer as long as it takes, thanks and ends. */
async function visit(scene: Scene, number: number): Promise<void> {
  const [question, thanks] = questions[number % questions.length] ?? questions[0];
  const origin = scene.website.url;
  const visitor = new VisitorClient({
    url: scene.server.url,
    channelNumber: scene.channelNumber,
    origin,
    page: { url: `${origin}/`, title: 'Example Shop' },
  });
  await visitor.connect();
  visitor.tell({ kind: 'typing', on: true });
  await wait(2_500);
  await visitor.send(question);
  const answered = () =>
    visitor.log.list.some(({ body }) => body.kind === 'message' && body.author.kind === 'agent');
  const over = () => visitor.log.list.at(-1)?.body.kind === 'closed';
  await visitor.until(() => answered() || over(), 'an answer', 30 * 60_000);
  await wait(5_000);
  if (!over()) {
    await visitor.send(thanks);
    await wait(20_000);
    if (!over()) await visitor.end();
  }
  visitor.close();
}

/** The second agent takes a session that has waited a while, and answers it. */
async function serve({ second }: Scene, session: string): Promise<void> {
  await second.pickUp(session);
  for (const reply of replies) {
    second.tell({ kind: 'typing', session, on: true });
    await wait(3_000);
    await second.send(session, reply);
    await wait(4_000);
  }
}

/** Visitors of the website whom nobody has picked up. */
const waiting = (second: AgentClient) =>
  [...second.sessions.values()].filter(
    ({ channel, status, route }) => channel.type === 'liveChat' && status === 'open' && route.agent === null,
  );

/** Visitors come as long as the demo runs; every other one is answered by the second agent. */
async function traffic(scene: Scene, signal: AbortSignal): Promise<void> {
  const quietly = (work: Promise<void>) => void work.catch(() => undefined);
  for (let number = 0; !signal.aborted; number += 1) {
    const queue = waiting(scene.second);
    if (queue.length < maxWaiting) quietly(visit(scene, number));
    const next = queue.at(-1);
    if (number % 2 === 1 && next) quietly(serve(scene, next.id));
    await wait(newVisitorMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Runs until the process is told to stop. */
export async function demo({ port, dataDir }: DemoOptions): Promise<void> {
  const simulators = allSimulators();
  await Promise.all([...simulators.values()].map((one) => one.start()));
  const whatsapp = simulators.get('whatsapp');
  if (whatsapp instanceof WhatsAppSimulator) whatsapp.templates = demoTemplates;
  const server = await startServer({
    port,
    build: false,
    env: {
      // All visitors share one address here.
      PARLEY_RATE_FACTOR: '100',
      ...providerUrls([...simulators.values()]),
    },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const { cookie, channelNumber, channels } = await furnish(server, simulators);
  const website = await startWebsite({ gateway: server.url, channelNumber, port: port + 1 });
  const second = new AgentClient({ url: server.url, cookie });
  await second.connect();

  console.log(`
The demo runs. Open these side by side, each in its own browser profile or private window:

  A website with the chat     ${website.url}
  The inbox of an agent       ${server.url}/inbox      first@example.com    ${agentPassword}
  The console of the admin    ${server.url}/           ${adminSignIn.login}    ${adminSignIn.password}

Ten more channels are connected with simulated providers, which only this machine reaches:

${directory(simulators, channels)}

Visitors and customers write by themselves every few seconds; the second agent answers some, the rest is yours.
Data: ${server.dataDir}${dataDir === undefined ? ' (removed in the end)' : ''}
Press Ctrl+C to stop.
`);

  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  await Promise.all([
    traffic({ server, website, channelNumber, second }, stopping.signal),
    customersWrite({ simulators, channels, second }, stopping.signal),
  ]);
  second.close();
  await website.stop();
  await server.stop();
  await Promise.all([...simulators.values()].map((one) => one.close()));
}

/** One line for each provider: our number there, and where its simulator listens. */
function directory(simulators: ReadonlyMap<string, ProviderSimulator>, channels: Shop['channels']): string {
  return [...simulators]
    .map(([id, { url }]) => `  ${id.padEnd(12)}${(channels.get(id)?.number ?? '').padEnd(18)}${url}`)
    .join('\n');
}
