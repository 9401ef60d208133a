/** `npm run demo`, as a newcomer starts it: every channel alive within a minute, and again on the same data. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { root } from '../../scripts/install.mjs';
import { channelRow, type ChannelRow } from '../../core/channelApi.ts';
import type { LogEvent } from '../../core/log.ts';
import { providerIds } from '../../core/providers/registry.ts';
import { AgentClient } from '../support/clients.ts';
import { until } from '../support/until.ts';
import { adminSignIn, agentPassword, ApiClient } from '../support/workspace.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'parley-demo-'));
const stops: Demo['stop'][] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A free port with a free one after it, below those that the system gives out by itself meanwhile. */
async function freePort(): Promise<number> {
  const listen = (port: number) =>
    new Promise<Server | null>((done) => {
      const server = createServer();
      server.once('error', () => done(null)).listen(port, '127.0.0.1', () => done(server));
    });
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const both = await Promise.all([listen(port), listen(port + 1)]);
    await Promise.all(both.map((one) => one && new Promise((done) => one.close(done))));
    if (both.every((one) => one !== null)) return port;
  }
}

interface Demo {
  url: string;
  said: string;
  stop(): Promise<number | null>;
}

async function startDemo(port: number): Promise<Demo> {
  const child = spawn(process.execPath, ['scripts/demo.mjs', '--port', String(port), '--data', dataDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  await until(() => said.includes('Press Ctrl+C') || child.exitCode !== null, 'the demo', 100_000);
  if (child.exitCode !== null) throw new Error(said);
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  stops.push(stop);
  return { url: `http://127.0.0.1:${port}`, said, stop };
}

async function rowsOf(admin: ApiClient): Promise<ChannelRow[]> {
  const answer = await admin.call('GET', '/api/channels');
  return z.object({ channels: z.array(channelRow) }).parse(answer).channels;
}

describe('npm run demo', () => {
  it('shows all channels alive, and again on the same data', { timeout: 240_000 }, async () => {
    const port = await freePort();
    const demo = await startDemo(port);
    const admin = new ApiClient(demo.url);
    await admin.signIn(adminSignIn.login, adminSignIn.password);
    const first = new ApiClient(demo.url);
    await first.signIn('first@example.com', agentPassword);
    const desk = new AgentClient({ url: demo.url, cookie: first.cookie });
    await desk.connect();
    const events = (provider: string): LogEvent[] =>
      [...desk.sessions.values()]
        .filter(({ channel }) => channel.provider === provider)
        .flatMap(({ id }) => desk.logOf(id).list);
    const kinds = (provider: string): string[] =>
      events(provider).flatMap(({ body }) => (body.kind === 'message' ? [body.content.kind] : [body.kind]));

    // A conversation through each, and in the website's chat.
    for (const id of providerIds) {
      expect(demo.said).toMatch(new RegExp(`^  ${id} +\\S+ +http://127\\.0\\.0\\.1:\\d+$`, 'm'));
      await until(() => events(id).some(({ body }) => body.kind === 'message'), `a message by ${id}`, 60_000);
    }
    await until(
      () => [...desk.sessions.values()].some(({ channel }) => channel.type === 'liveChat'),
      'a visitor',
      60_000,
    );

    // What there is to see.
    await until(
      () => ['location', 'contacts', 'reaction'].every((kind) => kinds('whatsapp').includes(kind)),
      'a place, a contact and a reaction',
      60_000,
    );
    await until(
      () => events('telnyx').some(({ body }) => body.kind === 'message' && body.content.kind === 'files'),
      'a picture',
    );
    await until(() => kinds('twilio').includes('optOut'), 'a STOP');
    const failed = ({ lastMessage }: { lastMessage: { status: string | null } | null }) =>
      lastMessage?.status === 'failed';
    await until(() => [...desk.sessions.values()].some(failed), 'a message that fails', 60_000);

    // The list of channels.
    await until(
      async () => (await rowsOf(admin)).filter(({ status }) => status === 'connected').length >= 9,
      'the channels to be connected',
    );
    // Where people write all the time, they are counted in the pauses.
    await until(
      async () => (await rowsOf(admin)).every((row) => row.provider === null || row.statistics.received > 0),
      'messages of all channels to be counted',
      30_000,
    );
    const rows = await rowsOf(admin);
    expect(rows.map(({ provider }) => provider ?? 'live chat').sort()).toEqual(
      [...providerIds, 'live chat'].sort(),
    );
    for (const { provider, status } of rows) {
      const unknown = ['siptrunk', 'voicemeup'].includes(provider ?? '');
      expect(unknown ? ['connected', 'unchecked'] : ['connected'], provider ?? 'live chat').toContain(status);
    }
    const whatsapp = rows.find(({ provider }) => provider === 'whatsapp')?.id ?? '';
    expect(await admin.call('GET', `/api/channels/${whatsapp}/templates`)).toMatchObject({
      templates: [{ name: 'order_ready' }, { name: 'delivery_here' }, { name: 'new_chairs' }],
    });
    desk.close();
    expect(await demo.stop()).toBe(0);

    const again = await startDemo(port);
    await admin.signIn(adminSignIn.login, adminSignIn.password);
    const before = new Map(rows.map(({ id, statistics }) => [id, statistics.received]));
    await until(
      async () =>
        (await rowsOf(admin)).every(
          ({ id, provider, statistics }) =>
            provider === null ||
            // Its messages have no id, so that the same words within a minute are one message.
            provider === 'apidaze' ||
            statistics.received > (before.get(id) ?? Infinity),
        ),
      'everybody to write again',
      60_000,
    );
    expect(await again.stop()).toBe(0);
  });
});
