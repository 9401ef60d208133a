/** The event log: what an admin sees of webhooks, Replay, and several accounts of one Meta app at one address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayAnswer, type ChannelEvent } from '../../core/channelApi.ts';
import { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const twilio = new TwilioSimulator();
const bandwidth = new BandwidthSimulator();
const facebook = new FacebookSimulator();
const whatsapp = new WhatsAppSimulator();

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway([twilio, bandwidth, facebook, whatsapp]);
});
afterAll(() => gateway.close());

const replay = async ({ channel }: TestChannel, { id }: ChannelEvent) =>
  replayAnswer.parse(await gateway.admin.call('POST', `/api/channels/${channel.id}/events/${id}/replay`));
const linesOf = async (channel: TestChannel, kind: ChannelEvent['kind']) =>
  (await gateway.events(channel)).filter((line) => line.kind === kind);
/** Waits until so many lines of a kind are there. */
const lines = (channel: TestChannel, kind: ChannelEvent['kind'], count: number) =>
  until(async () => {
    const found = await linesOf(channel, kind);
    return found.length >= count ? found : null;
  }, `${count} lines of ${kind}`);

describe('a refused webhook', () => {
  const customer = '+17045550141';
  let channel: TestChannel;

  beforeAll(async () => {
    channel = await gateway.add(twilio, { fields: { ...twilio.fields, authToken: 'f'.repeat(32) } });
  });

  it('[CH-16] is refused again by Replay as long as the secret is wrong', async () => {
    const [delivery] = await twilio.customerSends({ from: customer, to: channel.number, text: 'Refused' });
    expect(delivery?.statuses.at(-1)).toBe(403);
    const [line] = await lines(channel, 'webhook', 1);
    if (!line) throw new Error('no line');
    expect(line).toMatchObject({ result: 'refused', replayable: true });
    expect(await replay(channel, line)).toMatchObject({ result: 'refused' });
    expect(gateway.desk.sessions.size).toBe(0);
  });

  it('[CH-08] [CH-16] is stored once by Replay after the secret is corrected, however often', async () => {
    await gateway.change(channel, { fields: twilio.fields });
    const refused = (await linesOf(channel, 'webhook')).filter(({ result }) => result === 'refused');
    const heard = gateway.desk.hears('Refused');
    for (const line of [...refused, ...refused]) {
      expect(await replay(channel, line)).toMatchObject({ result: 'ok' });
    }
    const session = await heard;
    const after = gateway.desk.hears('Taken');
    await twilio.customerSends({ from: customer, to: channel.number, text: 'Taken' });
    await after;
    await gateway.desk.catchUp(session);
    expect(gateway.desk.logOf(session).texts).toEqual(['Refused', 'Taken']);
    await gateway.logged(channel, 'Replayed: Message from');
  });

  it('[CH-16] shows time, kind, result, error and latency of webhooks and sends, and no secrets', async () => {
    const session = [...gateway.desk.sessions.keys()][0] ?? '';
    twilio.behave({ refuse: ['21211'] });
    const id = await gateway.desk.sendFrame(session, { text: 'To nobody' });
    await until(() => statusOf(gateway.desk.logOf(session).list, id) === 'failed', 'the failure');
    const line = (await lines(channel, 'send', 1)).find(({ result }) => result === 'failed');
    expect(line?.summary).toBe(`Message from ${channel.number} to ${customer}`);
    expect(line?.detail).toMatch(/21211/);
    expect(line?.latencyMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs(Date.now() - (line?.at ?? 0))).toBeLessThan(60_000);
    const check = (await lines(channel, 'check', 1))[0];
    expect(check).toMatchObject({ replayable: false });
    const all = JSON.stringify(await gateway.events(channel));
    for (const secret of [twilio.fields.authToken, 'f'.repeat(32), 'Basic '])
      expect(all).not.toContain(secret);
  });

  it('[CH-16] sends a failed message again by Replay, once', async () => {
    const line = (await lines(channel, 'send', 1)).find(({ result }) => result === 'failed');
    if (!line) throw new Error('no line');
    expect(await replay(channel, line)).toMatchObject({ result: 'ok' });
    await until(() => twilio.accepted.some(({ text }) => text === 'To nobody'), 'the message');
    const sent = (await lines(channel, 'send', 2)).find(({ result }) => result === 'ok');
    expect(sent?.replayable).toBe(false);
    await expect(replay(channel, sent ?? line)).rejects.toMatchObject({ code: 'not_resendable' });
    expect(twilio.accepted.filter(({ text }) => text === 'To nobody')).toHaveLength(1);
  });

  it('[CH-16] sends a test message, which leaves at the pace of the channel and is in the log', async () => {
    await gateway.admin.call('POST', `/api/channels/${channel.channel.id}/test`, {
      from: channel.number,
      to: '+17045550149',
      text: 'A test message',
    });
    await until(() => twilio.accepted.some(({ text }) => text === 'A test message'), 'the test message');
    await gateway.logged(channel, '+17045550149');
    const stranger = { from: '+15550000000', to: '+17045550149', text: 'From nowhere' };
    await expect(
      gateway.admin.call('POST', `/api/channels/${channel.channel.id}/test`, stranger),
    ).rejects.toMatchObject({ status: 400 });
  });
});

it('[SMS-02] [CH-08] never takes a callback in by Replay that came with wrong credentials', async () => {
  const channel = await gateway.add(bandwidth);
  const event = bandwidth.received({ from: '+17045550142', to: channel.number, text: 'Forged' });
  const answer = await post(addressOf(channel), {
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('parley:wrong').toString('base64')}`,
    },
    body: JSON.stringify([event]),
  });
  expect(answer.status).toBe(401);
  const [forged] = await lines(channel, 'webhook', 1);
  if (!forged) throw new Error('no line');
  expect(await replay(channel, forged)).toMatchObject({ result: 'refused' });
  const heard = gateway.desk.hears('Genuine');
  await bandwidth.customerSends({ from: '+17045550142', to: channel.number, text: 'Genuine' });
  const session = await heard;
  const genuine = (await lines(channel, 'webhook', 2)).find(({ result }) => result === 'ok');
  if (!genuine) throw new Error('no line');
  expect(await replay(channel, genuine)).toMatchObject({ result: 'ok' });
  await gateway.desk.catchUp(session);
  expect(gateway.desk.logOf(session).texts).toEqual(['Genuine']);
});

describe('one Meta app with several accounts', () => {
  const cases = [
    {
      row: 'FB-01',
      first: facebook,
      second: new FacebookSimulator('100200300400599'),
      customer: '7400111222333777',
    },
    {
      row: 'WA-01',
      first: whatsapp,
      second: new WhatsAppSimulator('+15559871299', '108800000000099'),
      customer: '+15550001141',
    },
  ];

  it.each(cases)(
    '[$row] takes messages for all of them at one address',
    async ({ first, second, customer }) => {
      const here = await gateway.add(first);
      // Never started: its webhooks alone are of interest, which the one app signs.
      second.appSecret = first.appSecret;
      const there = await gateway.add(quiet(second));
      await second.configure({
        webhookUrl: here.channel.webhookUrl,
        verifyToken: (await gateway.oursOf(here)).verifyToken,
      });
      const text = `for the other one by ${first.provider}`;
      const heard = gateway.desk.hears(text);
      second.behave({ duplicates: true });
      const deliveries = await second.customerSends({ from: customer, to: there.number, text });
      expect(deliveries.map(({ statuses }) => statuses)).toEqual([[200], [200]]);
      const session = await heard;
      expect(gateway.desk.sessions.get(session)?.channel.id).toBe(there.channel.id);
      await gateway.desk.catchUp(session);
      expect(gateway.desk.logOf(session).texts).toEqual([text]);
    },
  );

  it('[FB-01] [CH-08] takes nothing for a page whose own app secret is another', async () => {
    const stranger = new FacebookSimulator('100200300400588');
    stranger.appSecret = 'another-app-secret';
    const theirs = await gateway.add(quiet(stranger));
    const page = (await gateway.admin.call('GET', '/api/channels')) as {
      channels: { id: string; number: string }[];
    };
    const own = page.channels.find(({ number }) => number === facebook.pageId)?.id ?? '';
    const address = (await gateway.admin.call('GET', `/api/channels/${own}/webhook`)) as {
      webhooks: { url: string }[];
    };
    // Signed with the secret of the page whose address it is, in the name of the other one.
    stranger.appSecret = facebook.appSecret;
    const forged = stranger.signed(
      stranger.event('7400111222333888', { message: { mid: 'm_forged', text: 'In another name' } }),
    );
    expect((await post(address.webhooks[0]?.url ?? '', forged)).status).toBe(200);
    await until(
      async () =>
        (await linesOf({ ...theirs, channel: { ...theirs.channel, id: own } }, 'webhook')).some(
          ({ summary }) => summary.includes('another app secret'),
        ),
      'the line',
    );
    expect([...gateway.desk.sessions.values()].some(({ channel }) => channel.id === theirs.channel.id)).toBe(
      false,
    );
  });
});

/** A simulator that is configured later. */
function quiet<S extends ProviderSimulator>(simulator: S): S {
  const { configure } = simulator;
  simulator.configure = () => {
    simulator.configure = configure;
    return Promise.resolve();
  };
  return simulator;
}
