/** What a change in the console does to conversations that go on: Workspace, Desk, Channel and Session at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../core/api.ts';
import type { ChannelRow } from '../../core/channelApi.ts';
import { newLiveChat } from '../../core/channel.ts';
import { closeCodes } from '../../core/protocol.ts';
import { startServer, type Server } from '../support/server.ts';
import { AgentClient, VisitorClient } from '../support/clients.ts';
import { ApiClient, agentPassword, setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';
import { until } from '../support/until.ts';

let server: Server;
let workspace: TestWorkspace;
const open: { close(): void }[] = [];

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  workspace = await setUp(server);
});
afterAll(async () => {
  for (const client of open) client.close();
  await server.stop();
});

async function connected<T extends { connect(): Promise<unknown>; close(): void }>(client: T): Promise<T> {
  open.push(client);
  await client.connect();
  return client;
}

const visitorOf = (channelNumber: string) =>
  connected(new VisitorClient({ url: server.url, channelNumber, origin: 'https://shop.example' }));

/** A visitor who has written, and the session as the agent sees it. */
async function conversation(agent: TestAgent, channelNumber: string, text: string) {
  const desk = await connected(agent.desk());
  const visitor = await visitorOf(channelNumber);
  const heard = desk.hears(text);
  await visitor.send(text);
  return { desk, visitor, session: await heard };
}

const rowOf = async (id: string) => {
  const { channels } = (await workspace.call('GET', '/api/channels')) as { channels: ChannelRow[] };
  return channels.find((row) => row.id === id);
};

describe('deleting', () => {
  it('[MQ-01] a queue is kept while sessions wait in it', async () => {
    const agent = await workspace.agent();
    const queue = await workspace.queue([agent], 'manual', 'Waiting');
    const channel = await workspace.channel({ kind: 'queue', id: queue.id });
    const { desk, session } = await conversation(agent, channel.number, 'Anybody there?');
    const moved = { ...newLiveChat({ kind: 'agent', id: agent.agent.id }), domains: ['shop.example'] };
    await workspace.call('PATCH', `/api/channels/${channel.id}`, moved);
    const remove = () => workspace.call('POST', '/api/queues/delete', { ids: [queue.id] });
    await expect(remove()).rejects.toMatchObject({ status: 409, code: 'in_use' });
    await desk.pickUp(session);
    await desk.end(session);
    await until(
      () =>
        remove().then(
          () => true,
          () => false,
        ),
      'the queue to be free',
    );
  });

  it('[CH-15] [CH-01] a channel asks first, then closes its sessions and is unknown', async () => {
    const agent = await workspace.agent();
    const channel = await workspace.channel({ kind: 'agent', id: agent.agent.id }, { name: 'Short-lived' });
    const { desk, visitor, session } = await conversation(agent, channel.number, 'One question');
    await desk.send(session, 'One answer');
    await visitor.send('Thanks');
    // The greeting is a message sent, too.
    const counted = { total: 2, sent: 2, failed: 0, received: 2 };
    await until(async () => (await rowOf(channel.id))?.statistics.received === 2, 'the statistics');
    expect(await rowOf(channel.id)).toMatchObject({
      activeSessions: 1,
      destination: agent.agent.name,
      statistics: counted,
    });

    const remove = (endSessions: boolean) =>
      workspace.call('POST', '/api/channels/delete', { ids: [channel.id], endSessions });
    await expect(remove(false)).rejects.toThrow('Short-lived: 1');
    await remove(true);
    await visitor.until(() => visitor.log.list.at(-1)?.body.kind === 'closed', 'the end');
    expect(visitor.log.list.at(-1)?.body).toMatchObject({ by: { kind: 'channel' } });
    expect(await rowOf(channel.id)).toBeUndefined();
    const late = new VisitorClient({
      url: server.url,
      channelNumber: channel.number,
      origin: 'https://shop.example',
    });
    const answer = () => late.sayHello().then(() => 'served', String);
    await until(async () => (await answer()).includes('channel_unknown'), 'the channel to be unknown');
  });

  it('[GEN-04] an agent is kept while a session is theirs', async () => {
    const agent = await workspace.agent();
    const queue = await workspace.queue([agent], 'manual', 'Kept');
    const channel = await workspace.channel({ kind: 'queue', id: queue.id });
    const { desk, session } = await conversation(agent, channel.number, 'Mine');
    await desk.pickUp(session);
    const remove = () => workspace.call('DELETE', `/api/agents/${agent.agent.id}`);
    await expect(remove()).rejects.toMatchObject({ status: 409, code: 'in_use' });
    await desk.end(session);
    await until(
      () =>
        remove().then(
          () => true,
          () => false,
        ),
      'the agent to be free',
    );
  });
});

describe('changing', () => {
  it('[CH-07] a new destination takes the next session; the open one stays where it is', async () => {
    const [one, two] = [await workspace.agent(), await workspace.agent()];
    const channel = await workspace.channel({ kind: 'agent', id: one.agent.id });
    const { desk, visitor, session } = await conversation(one, channel.number, 'First');
    const input = { ...newLiveChat({ kind: 'agent', id: two.agent.id }), domains: ['shop.example'] };
    await workspace.call('PATCH', `/api/channels/${channel.id}`, input);
    const stays = desk.hears('Still first');
    await visitor.send('Still first');
    expect(await stays).toBe(session);
    await desk.end(session);

    const others = await connected(two.desk());
    // The edge may keep what it knows of a channel for a moment, so the first may still go the old way.
    await until(async () => {
      await (await visitorOf(channel.number)).send('Second');
      return others.sessions.size > 0;
    }, 'a session at the new destination');
  });
});

describe('signing out', () => {
  it('[GEN-02] closes the sockets of the sign-ins that end, and no others', async () => {
    const agent = await workspace.agent();
    const phone = new ApiClient(server.url);
    await phone.signIn(agent.agent.email, agentPassword);
    const here = await connected(agent.desk());
    const there = await connected(new AgentClient({ url: server.url, cookie: phone.cookie }));
    await agent.api.call('POST', '/api/me/password', {
      current: agentPassword,
      password: 'quite another one',
    });
    await there.until(() => there.lastClose === closeCodes.unauthorized, 'the other socket to close');
    await here.setPresence('away');
    expect(here.lastClose).toBeNull();

    await agent.api.call('POST', '/api/sign-out-everywhere', {});
    await here.until(() => here.lastClose === closeCodes.unauthorized, 'this socket to close');
  });

  it('[GEN-08] the audit log knows the address of a client without any proxy', async () => {
    const { entries } = (await workspace.call('GET', '/api/audit')) as { entries: AuditEntry[] };
    expect(entries[0]?.address).toBe('127.0.0.1');
  });
});
