/**
 * The demo: a server with an admin, two agents, a queue and a channel, a website on another origin with the
 * widget in it, and visitors who write by themselves. The second agent answers some of them; the rest wait for
 * whoever tries the demo.
 */
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { channelRow } from '../../core/api.ts';
import { startServer, type Server } from '../support/server.ts';
import { adminSignIn, agentPassword, ApiClient, ApiError, setUp } from '../support/workspace.ts';
import { AgentClient, VisitorClient } from '../support/clients.ts';
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

/** The cookie of the second agent and the channel's number: made now, or by an earlier demo on the same data. */
async function furnish(server: Server): Promise<{ cookie: string; channelNumber: string }> {
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
    const channel = await workspace.channel(
      { kind: 'queue', id: queue.id },
      { name: 'Website', domains: ['localhost'] },
    );
    return { cookie: second.api.cookie, channelNumber: channel.number };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'setup_done') throw error;
  }
  const admin = new ApiClient(server.url);
  await admin.signIn(adminSignIn.login, adminSignIn.password);
  const { channels } = z
    .object({ channels: z.array(channelRow) })
    .parse(await admin.call('GET', '/api/channels'));
  const channel = channels.find(({ name }) => name === 'Website');
  if (!channel) throw new Error('These data are not of a demo. Leave out --data, or name an empty folder.');
  const agent = new ApiClient(server.url);
  await agent.signIn('second@example.com', agentPassword);
  return { cookie: agent.cookie, channelNumber: channel.number };
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

const waiting = (second: AgentClient) =>
  [...second.sessions.values()].filter(({ status, route }) => status === 'open' && route.agent === null);

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
  const server = await startServer({
    port,
    build: false,
    // All visitors share one address here.
    env: { PARLEY_RATE_FACTOR: '100' },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const { cookie, channelNumber } = await furnish(server);
  const website = await startWebsite({ gateway: server.url, channelNumber, port: port + 1 });
  const second = new AgentClient({ url: server.url, cookie });
  await second.connect();

  console.log(`
The demo runs. Open these side by side, each in its own browser profile or private window:

  A website with the chat     ${website.url}
  The inbox of an agent       ${server.url}/inbox      first@example.com    ${agentPassword}
  The console of the admin    ${server.url}/           ${adminSignIn.login}    ${adminSignIn.password}

Visitors write by themselves every ${newVisitorMs / 1_000} seconds; the second agent answers every other one, the rest is yours.
Data: ${server.dataDir}${dataDir === undefined ? ' (removed in the end)' : ''}
Press Ctrl+C to stop.
`);

  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  await traffic({ server, website, channelNumber, second }, stopping.signal);
  second.close();
  await website.stop();
  await server.stop();
}
