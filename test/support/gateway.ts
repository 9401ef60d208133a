/** A server with channels of simulated providers, an agent who gets their messages, and raw webhook requests. */
import {
  channelDraft,
  channelEvent,
  channelRow,
  type ChannelEvent,
  type ChannelRow,
} from '../../core/channelApi.ts';
import type { LogEvent } from '../../core/log.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { MessagingInput } from '../../core/messagingChannel.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { addChannel, providerUrls, type TestChannel } from './channels.ts';
import type { AgentClient } from './clients.ts';
import { startServer, type Server } from './server.ts';
import { until } from './until.ts';
import { setUp, type TestAgent, type TestWorkspace } from './workspace.ts';

/** A webhook as a provider would post it. */
export interface RawWebhook {
  method?: string;
  headers: Record<string, string>;
  body?: string | Buffer | ReadableStream<Uint8Array>;
}

export interface WebhookAnswer {
  status: number;
  type: string;
  body: string;
  headers: Headers;
}

export interface Gateway {
  server: Server;
  admin: TestWorkspace;
  agent: TestAgent;
  desk: AgentClient;
  /** A channel of this simulator whose messages go to the agent. */
  add(simulator: ProviderSimulator, change?: Partial<MessagingInput>): Promise<TestChannel>;
  /** Saves a channel with changes. */
  change(channel: TestChannel, change: Partial<MessagingInput>): Promise<void>;
  /** The event log, newest first. */
  events(channel: TestChannel): Promise<ChannelEvent[]>;
  /** Waits for a line of the event log whose summary or detail holds this. */
  logged(channel: TestChannel, words: string): Promise<ChannelEvent>;
  /** The channel's line in the list, its statistics of a time. */
  row(channel: TestChannel, time?: string): Promise<ChannelRow>;
  /** What the admin pastes at the provider beside the address. */
  oursOf(channel: TestChannel): Promise<{ verifyToken: string; user: string; password: string }>;
  close(): Promise<void>;
}

/** Starts everything; each simulator is started here and closed by `close`. */
export async function startGateway(simulators: readonly ProviderSimulator[]): Promise<Gateway> {
  await Promise.all(simulators.map((one) => one.start()));
  const server = await startServer({ env: { ...providerUrls(simulators), PARLEY_RATE_FACTOR: '1000' } });
  const admin = await setUp(server);
  const agent = await admin.agent();
  const desk = agent.desk();
  await desk.connect();
  const events = async ({ channel }: TestChannel) => {
    const page = (await admin.call('GET', `/api/channels/${channel.id}/events`)) as { entries: unknown[] };
    return page.entries.map((entry) => channelEvent.parse(entry));
  };
  return {
    server,
    admin,
    agent,
    desk,
    events,
    add: (simulator, change = {}) =>
      addChannel(admin, simulator, { kind: 'agent', id: agent.agent.id }, change),
    async change(added, change) {
      const input = { ...inputOf(added), ...change };
      await admin.call('PATCH', `/api/channels/${added.channel.id}`, input);
    },
    logged: (channel, words) =>
      until(
        async () =>
          (await events(channel)).find(({ summary, detail }) => `${summary}\n${detail}`.includes(words)),
        `"${words}" in the event log`,
      ),
    async row({ channel }, time = '') {
      const { channels } = (await admin.call('GET', `/api/channels${time}`)) as { channels: unknown[] };
      const rows = channels.map((one) => channelRow.parse(one));
      const found = rows.find(({ id }) => id === channel.id);
      if (!found) throw new Error('the channel is not listed');
      return found;
    },
    async oursOf({ channel }) {
      return channelDraft.parse(await admin.call('GET', `/api/channels/${channel.id}/webhook`)).ours;
    },
    async close() {
      desk.close();
      await server.stop();
      await Promise.all(simulators.map((one) => one.close()));
    },
  };
}

/** What the form sends when it is saved unchanged. */
export function inputOf({ channel }: TestChannel): Record<string, unknown> {
  const { id: _id, createdAt: _createdAt, secretsSet: _set, webhookUrl: _url, ...input } = channel;
  return input;
}

/** A channel's webhook address as a request goes to it. */
export const addressOf = ({ channel }: TestChannel) => channel.webhookUrl.replace(/#.*$/, '');

/** Posts a webhook and reads the whole answer. */
export async function post(url: string, webhook: RawWebhook): Promise<WebhookAnswer> {
  const { method = 'POST', headers, body } = webhook;
  const init: RequestInit & { duplex?: 'half' } = { method, headers, redirect: 'manual' };
  if (body !== undefined) init.body = Buffer.isBuffer(body) ? new Uint8Array(body) : body;
  if (body instanceof ReadableStream) init.duplex = 'half';
  const answer = await fetch(url, init);
  const { status } = answer;
  return {
    status,
    type: answer.headers.get('content-type') ?? '',
    body: await answer.text(),
    headers: answer.headers,
  };
}

/** What the log says last of how far a message has got; null before the first report. */
export function statusOf(events: readonly LogEvent[], message: string): DeliveryStatus | null {
  const report = events.findLast(({ body }) => body.kind === 'status' && body.message === message)?.body;
  return report?.kind === 'status' ? report.status : null;
}
