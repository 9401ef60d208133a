/** What only Messenger does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileAnswer } from '../../core/protocol.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import type { TestChannel } from '../support/channels.ts';
import type { AcceptedMessage, Answer, Call } from '../simulators/providers/simulator.ts';
import { addressOf, post, startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { samplePng } from '../support/samplePicture.ts';
import { silentWav } from '../support/sampleSound.ts';
import { until } from '../support/until.ts';

/** Notes when each message comes in, before its file is fetched. */
class TimedFacebook extends FacebookSimulator {
  readonly arrivals: { at: number; to: string; type: string }[] = [];

  protected override send(call: Call): Promise<Answer> {
    const { recipient, message } = JSON.parse(call.body.toString()) as {
      recipient: { id: string };
      message: { attachment?: { type: string } };
    };
    const type = message.attachment?.type ?? 'text';
    this.arrivals.push({ at: performance.now(), to: recipient.id, type });
    return super.send(call);
  }
}

const facebook = new TimedFacebook();
let gateway: Gateway;
let channel: TestChannel;

beforeAll(async () => {
  gateway = await startGateway([facebook]);
  channel = await gateway.add(facebook, { rate: 40 });
});
afterAll(() => gateway.close());

let made = 0;

/** A session with a new customer. */
async function begin(): Promise<{ session: string; customer: string }> {
  made += 1;
  const customer = String(7_400_111_222_440_000 + made);
  const text = `hello ${made}`;
  const heard = gateway.desk.hears(text);
  await facebook.customerSends({ from: customer, to: channel.number, text });
  const session = await heard;
  await gateway.desk.catchUp(session);
  return { session, customer };
}

/** A file that is ready to be sent in a session; answers what a message names it by. */
async function upload(session: string, name: string, bytes: Buffer): Promise<string> {
  const { server, agent } = gateway;
  const query = new URLSearchParams({ session, name });
  const answer = await fetch(`${server.url}/api/media?${query}`, {
    method: 'PUT',
    headers: { cookie: agent.api.cookie, origin: server.url, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  return fileAnswer.parse(await answer.json()).upload;
}

/** As what an accepted message's file went. */
function typeOf({ raw }: AcceptedMessage): string | undefined {
  return (raw as { message: { attachment?: { type: string } } }).message.attachment?.type;
}

const customerOf = (session: string) => gateway.desk.sessions.get(session)?.customer.address;
const noticesOf = (session: string) =>
  gateway.desk.logOf(session).list.flatMap(({ body }) => (body.kind === 'notice' ? [body.text] : []));

it('[FB-04] opens the window anew, once, for a customer who comes back by a link without a word', async () => {
  const { session, customer } = await begin();
  const openedAt = () => gateway.desk.sessions.get(session)?.lastInboundAt ?? 0;
  const before = openedAt();
  const link = { referral: { ref: 'newsletter', source: 'SHORTLINK', type: 'OPEN_THREAD' } };
  const webhook = facebook.signed(facebook.event(customer, link));
  for (let copies = 0; copies < 2; copies += 1)
    expect((await post(addressOf(channel), webhook)).status).toBe(200);
  await until(() => openedAt() > before, 'the window to open anew');
  await gateway.desk.catchUp(session);
  expect(noticesOf(session)).toEqual(['The customer came back by the link newsletter']);
});

it('[FB-04] opens nothing for a link of somebody who never wrote', async () => {
  const link = { referral: { ref: 'leaflet', source: 'SHORTLINK', type: 'OPEN_THREAD' } };
  await facebook.customerDoes('7400111222449999', link);
  expect(await gateway.logged(channel, 'by leaflet')).toMatchObject({ result: 'ignored' });
});

/** The message that an accepted one answers, by Meta's id; undefined for none. */
const answeredBy = (text: string) => {
  const raw = facebook.accepted.find((one) => one.text === text)?.raw as { reply_to?: { mid: string } };
  return raw.reply_to?.mid;
};
const isSent = (text: string) => until(() => facebook.accepted.some((one) => one.text === text), `"${text}"`);

it('[CH-09] answers a message of ours that is still on its way, by the id that it gets', async () => {
  const { session } = await begin();
  facebook.behave({ latencyMs: 500 });
  const replyTo = await gateway.desk.sendFrame(session, { text: 'We open at eight' });
  await gateway.desk.sendFrame(session, { text: 'On Sundays at ten', replyTo });
  expect(facebook.accepted.map(({ text }) => text)).not.toContain('We open at eight');
  await isSent('On Sundays at ten');
  facebook.behave({ latencyMs: 0 });
  const first = facebook.accepted.find(({ text }) => text === 'We open at eight');
  expect(answeredBy('On Sundays at ten')).toBe(first?.id);
});

it('[CH-09] answers without a reference where the message before has failed', async () => {
  const { session } = await begin();
  facebook.behave({ latencyMs: 500, refuse: ['100/2018001'] });
  const replyTo = await gateway.desk.sendFrame(session, { text: 'This one fails' });
  await gateway.desk.sendFrame(session, { text: 'This one does not', replyTo });
  await isSent('This one does not');
  facebook.behave({ latencyMs: 0 });
  await until(() => statusOf(gateway.desk.logOf(session).list, replyTo) === 'failed', 'the failure');
  expect(answeredBy('This one does not')).toBeUndefined();
});

it('[CH-04] [FB-03] sends sounds at their own pace, lets others pass, and keeps the order of each customer', async () => {
  const sessions: string[] = [];
  for (let index = 0; index < 14; index += 1) sessions.push((await begin()).session);
  const { session: quick, customer: reader } = await begin();
  const uploads = await Promise.all(sessions.map((one) => upload(one, 'silence.wav', silentWav())));
  facebook.arrivals.length = 0;
  await Promise.all(
    sessions.map((one, index) => gateway.desk.sendFrame(one, { uploads: [uploads[index] ?? ''], text: '' })),
  );
  const last = sessions.at(-1) ?? '';
  await gateway.desk.sendFrame(last, { text: 'after the sound' });
  await gateway.desk.sendFrame(quick, { text: 'past all sounds' });
  await isSent('after the sound');
  const sounds = facebook.arrivals.filter(({ type }) => type === 'audio').map(({ at }) => at);
  expect(sounds).toHaveLength(14);
  // Five a second; at the channel's rate it would be a third of one for all.
  expect((sounds.at(-1) ?? 0) - (sounds[0] ?? 0)).toBeGreaterThan(2_000);
  const passed = facebook.arrivals.find(({ to }) => to === reader);
  expect(passed?.at).toBeLessThan(sounds.at(-1) ?? 0);
  const toLast = facebook.arrivals.filter(({ to }) => to === customerOf(last)).map(({ type }) => type);
  expect(toLast).toEqual(['audio', 'text']);
});

it('[ERR-02] [FB-03] sends a picture that Meta takes for something else as a plain file, once', async () => {
  const { session, customer } = await begin();
  const typesTo = () => facebook.accepted.filter(({ to }) => to === customer).map(typeOf);
  facebook.behave({ refuse: ['100/2018047'] });
  await gateway.desk.sendFrame(session, { uploads: [await upload(session, 'a.png', samplePng())], text: '' });
  await until(() => typesTo().length === 1, 'the file');
  expect(typesTo()).toEqual(['file']);
  facebook.behave({ refuse: ['100/2018047', '100/2018047'] });
  const uploads = [await upload(session, 'b.png', samplePng())];
  const failing = await gateway.desk.sendFrame(session, { uploads, text: '' });
  await until(() => statusOf(gateway.desk.logOf(session).list, failing) === 'failed', 'the failure');
  expect(facebook.behaviour.refuse).toEqual([]);
  await gateway.desk.sendFrame(session, { uploads: [await upload(session, 'c.png', samplePng())], text: '' });
  await until(() => typesTo().length === 2, 'the picture');
  expect(typesTo()).toEqual(['file', 'image']);
});
