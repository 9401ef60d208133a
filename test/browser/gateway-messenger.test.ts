/** What only Messenger does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const facebook = new FacebookSimulator();
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
