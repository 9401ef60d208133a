/** What only Messenger does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import type { TestChannel } from '../support/channels.ts';
import { addressOf, post, startGateway, type Gateway } from '../support/gateway.ts';
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
