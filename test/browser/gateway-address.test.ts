/** Webhook addresses: made before a channel is saved, changed while messages are in flight, dead when deleted. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { channelDraft } from '../../core/channelApi.ts';
import { providers } from '../../core/providers/registry.ts';
import { ApidazeSimulator } from '../simulators/providers/apidaze.ts';
import { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, type Gateway } from '../support/gateway.ts';
import { samplePng } from '../support/samplePicture.ts';
import { until } from '../support/until.ts';

const general = new GeneralSimulator();
const facebook = new FacebookSimulator();
const whatsapp = new WhatsAppSimulator();
const bandwidth = new BandwidthSimulator();
const apidaze = new ApidazeSimulator();

let gateway: Gateway;
let channel: TestChannel;

beforeAll(async () => {
  gateway = await startGateway([general, facebook, whatsapp, bandwidth, apidaze]);
  channel = await gateway.add(general, { rate: 100 });
});
afterAll(() => gateway.close());

let made = 0;
const from = '+14155550131';
const signed = (text: string) => {
  const body = general.event({ from, to: channel.number, text }, `address-${(made += 1)}`);
  return {
    headers: { 'content-type': 'application/json', 'x-signature-256': general.sign(body) },
    body,
  };
};
const remove = (ids: string[], endSessions: boolean) =>
  gateway.admin.call('POST', '/api/channels/delete', { ids, endSessions });

it('[CH-03] [CH-08] answers all wrong addresses alike, and keeps nothing of them', async () => {
  const good = addressOf(channel);
  const token = good.split('/').at(-1) ?? '';
  const changed = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  const wrong = [
    `/webhook/general/${changed(0)}`,
    `/webhook/general/${changed(20)}`,
    `/webhook/general/${changed(token.length - 1)}`,
    `/webhook/general/${token}A`,
    `/webhook/general/${token.slice(0, -1)}`,
    '/webhook/general/x',
    `/webhook/general/${'x'.repeat(4000)}`,
    `/webhook/telnyx/${token}`,
    `/webhook/nobody/${token}`,
    `/webhook/constructor/${token}`,
  ];
  const objects = () =>
    readdirSync(join(gateway.server.dataDir), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.sqlite'),
    ).length;
  const before = objects();
  for (const path of wrong) {
    const answer = await post(`${gateway.server.url}${path}`, signed('to a wrong address'));
    expect([answer.status, answer.body], path.slice(0, 80)).toEqual([404, '']);
  }
  expect(objects()).toBe(before);
  expect(before).toBeGreaterThan(0);
  expect((await post(good, signed('to the right address'))).status).toBe(204);
  expect(await gateway.events(channel)).not.toContainEqual(expect.objectContaining({ result: 'refused' }));
});

it('[FB-01] [WA-01] [CH-03] lets Meta verify an address before its form is saved, and takes messages at once after', async () => {
  for (const simulator of [facebook, whatsapp]) {
    const { provider } = simulator;
    const open = async () =>
      channelDraft.parse(await gateway.admin.call('POST', '/api/channels/drafts', { provider }));
    const draft = await open();
    // The same address for as long as the form is open, however often it is looked at.
    expect((await open()).webhooks).toEqual(draft.webhooks);
    const url = draft.webhooks[0]?.url ?? '';
    await simulator.configure({ webhookUrl: url, verifyToken: draft.ours.verifyToken });
    await expect(simulator.configure({ webhookUrl: url, verifyToken: 'wrong' })).rejects.toThrow('403');
    const customer = provider === 'facebook' ? '7400111222333666' : '+15550001131';
    simulator.attempts = 1;
    const [early] = await simulator.customerSends({ from: customer, to: '', text: 'too early' });
    expect(early?.statuses).toEqual([404]);
    const text = `in time for ${provider}`;
    const heard = gateway.desk.hears(text);
    const saved = await gateway.add(simulator);
    expect(addressOf(saved)).toBe(url);
    const [delivery] = await simulator.customerSends({ from: customer, to: '', text });
    expect(delivery?.statuses).toEqual([200]);
    await heard;
  }
});

it('[CH-03] [CH-08] moves to a new address while messages are in flight: the old one ends, nothing is lost', async () => {
  const before = addressOf(channel);
  const sent = Array.from({ length: 40 }, (_, index) => `in flight ${index}`);
  let current = before;
  const refused: string[] = [];
  /** As a provider does it: again until it is taken, at the address that it has by then. */
  const deliver = async (text: string, pauseMs: number) => {
    const webhook = signed(text);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await until(async () => {
      const url = current;
      const { status } = await post(url, webhook);
      if (status === 404) refused.push(url);
      return status === 204;
    }, text);
  };
  const deliveries = sent.map((text, index) => deliver(text, index * 10));
  await deliveries[10];
  const renewed = channelDraft.parse(
    await gateway.admin.call('POST', `/api/channels/${channel.channel.id}/webhook`),
  );
  expect((await post(before, signed('to the old address'))).status).toBe(404);
  current = renewed.webhooks[0]?.url ?? '';
  expect(current).not.toBe(before);
  expect((await post(current, signed('to the new address'))).status).toBe(204);
  await Promise.all(deliveries);
  expect(refused.filter((url) => url === current)).toEqual([]);
  const heard = gateway.desk.hears('the last one');
  await post(current, signed('the last one'));
  const session = await heard;
  await gateway.desk.catchUp(session);
  const { texts } = gateway.desk.logOf(session);
  expect(texts.filter((text) => text.startsWith('in flight')).sort()).toEqual([...sent].sort());
  expect(texts).not.toContain('to the old address');
  channel.channel.webhookUrl = current;
  await general.configure({ webhookUrl: current });
});

it('[CH-08] [CH-16] takes nothing in while the channel is switched off, and says so in the log', async () => {
  await gateway.change(channel, { enabled: false });
  expect((await post(addressOf(channel), signed('while off'))).status).toBe(204);
  expect(await gateway.logged(channel, 'switched off')).toMatchObject({ result: 'ignored' });
  await gateway.change(channel, { enabled: true });
  const heard = gateway.desk.hears('on again');
  await post(addressOf(channel), signed('on again'));
  const session = await heard;
  await gateway.desk.catchUp(session);
  expect(gateway.desk.logOf(session).texts).not.toContain('while off');
});

it('[SMS-02] [CH-16] challenges Bandwidth without a word in the log', async () => {
  const added = await gateway.add(bandwidth);
  const [delivery] = await bandwidth.customerSends({
    from: '+17045550132',
    to: added.number,
    text: 'after the challenge',
  });
  expect(delivery?.statuses).toEqual([401, 200]);
  await gateway.logged(added, '+17045550132');
  const lines = (await gateway.events(added)).filter(({ kind }) => kind === 'webhook');
  expect(lines.map(({ result }) => result)).toEqual(['ok']);
});

it('[SMS-01] [CH-10] takes 15 MB from Apidaze, whose files come inside, and refuses 21 MB', async () => {
  const added = await gateway.add(apidaze);
  expect(providers.apidaze.webhook.maxBytes).toBe(20 * 1024 * 1024);
  const bytes = Buffer.concat([samplePng(), Buffer.alloc(11 * 1024 * 1024)]);
  const files = [{ name: 'large.png', type: 'image/png', bytes }];
  const heard = gateway.desk.hears('after the large file');
  const [delivery] = await apidaze.customerSends({ from: '+14125550132', to: added.number, files });
  expect(delivery?.statuses.at(-1)).toBe(200);
  await apidaze.customerSends({ from: '+14125550132', to: added.number, text: 'after the large file' });
  const session = await heard;
  await until(
    () =>
      gateway.desk
        .logOf(session)
        .list.some(
          ({ body }) =>
            body.kind === 'file' && body.file.state === 'ready' && body.file.size === bytes.length,
        ),
    'the large file',
    20_000,
  );
  const tooLarge = await post(addressOf(added), {
    headers: { 'content-type': 'application/json' },
    body: Buffer.alloc(21 * 1024 * 1024, 0x20),
  });
  expect(tooLarge.status).toBe(413);
});

it('[CH-03] [CH-15] asks before it deletes a channel with open sessions; then its address is dead at once', async () => {
  const { id } = channel.channel;
  await expect(remove([id], false)).rejects.toMatchObject({ status: 409, code: 'in_use' });
  expect((await post(addressOf(channel), signed('still there'))).status).toBe(204);
  const session = [...gateway.desk.sessions.values()].find((one) => one.channel.id === id)?.id ?? '';
  await remove([id], true);
  expect((await post(addressOf(channel), signed('after the end'))).status).toBe(404);
  await until(
    () => gateway.desk.logOf(session).list.some(({ body }) => body.kind === 'closed'),
    'the session to be closed',
  );
  await gateway.desk.catchUp(session).catch(() => undefined);
  // What was said stays where it was.
  expect(gateway.desk.logOf(session).texts).toContain('still there');
  expect(gateway.desk.logOf(session).texts).not.toContain('after the end');
});
