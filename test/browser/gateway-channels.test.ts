/** What a channel does beside bringing messages: opt-outs, destinations, figures, its status and templates. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthAnswer, templatesAnswer } from '../../core/channelApi.ts';
import type { MessagingInput } from '../../core/messagingChannel.ts';
import { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { Answer, Call } from '../simulators/providers/simulator.ts';
import type { TemplateRow } from '../simulators/providers/metaTemplates.ts';
import { TelnyxSimulator } from '../simulators/providers/telnyx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import type { TestChannel } from '../support/channels.ts';
import type { AgentClient } from '../support/clients.ts';
import { startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

/** A service whose verifying address answers in whatever way a test says. */
class OddService extends GeneralSimulator {
  verifies: ((call: Call) => Answer) | null = null;
  readonly challenges: string[] = [];

  protected override api(call: Call): Answer | undefined {
    if (call.path === '/verify') this.challenges.push(call.query.get('challenge') ?? '');
    return call.path === '/verify' && this.verifies ? this.verifies(call) : super.api(call);
  }
}

const twilio = new TwilioSimulator();
const bandwidth = new BandwidthSimulator();
const telnyx = new TelnyxSimulator();
const general = new OddService();
const whatsapp = new WhatsAppSimulator();
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway([twilio, bandwidth, telnyx, general, whatsapp]);
});
afterAll(() => gateway.close());

let made = 0;
const newCustomer = () => `+1704555${String(3000 + (made += 1))}`;

/** A customer's message; resolves with its session once the desk has it. */
async function says(
  channel: TestChannel,
  from: string,
  text: string,
  to = channel.number,
  desk = gateway.desk,
) {
  const own = () =>
    [...desk.sessions.values()].filter((one) => one.customer.address === from && one.channel.number === to);
  const before = Math.max(0, ...own().map(({ seq }) => seq));
  await channel.simulator.customerSends({ from, to, text });
  const session = await until(() => own().find(({ seq }) => seq > before), `"${text}"`);
  await desk.catchUp(session.id);
  return session.id;
}
const isOut = (session: string) => gateway.desk.sessions.get(session)?.optedOut;
const answersTo = ({ simulator }: TestChannel, to: string) =>
  simulator.accepted.filter((one) => one.to === to).map(({ text }) => text);

describe('opting out', () => {
  it('[CH-14] is recorded for the number and the customer, refuses sends with the reason, and is lifted by START', async () => {
    const channel = await gateway.add(twilio, { rate: 20 });
    const customer = newCustomer();
    const other = twilio.numbers[1] ?? '';
    const session = await says(channel, customer, 'Hello');
    const beside = await says(channel, customer, 'Hello there', other);
    await says(channel, customer, 'Stop.');
    await until(() => isOut(session), 'the opt-out');
    await expect(gateway.desk.send(session, 'Are you sure?')).rejects.toMatchObject({ code: 'opted_out' });
    // The other number of the same channel has nothing to do with it.
    expect(isOut(beside)).toBe(false);
    await gateway.desk.send(beside, 'Still here');
    await until(() => answersTo(channel, customer).includes('Still here'), 'the message of the other number');
    // Campaigns and test messages go by the channel's own list.
    await gateway.admin.call('POST', `/api/channels/${channel.channel.id}/test`, {
      from: channel.number,
      to: customer,
      text: 'A test',
    });
    await says(channel, customer, 'start');
    await until(() => !isOut(session), 'the opt-in');
    await gateway.desk.send(session, 'Welcome back');
    await until(() => answersTo(channel, customer).includes('Welcome back'), 'the message');
    // Twilio answers the keywords itself: from us there is not a word.
    expect(answersTo(channel, customer)).toEqual(['Still here', 'Welcome back']);
  });

  it("[CH-14] is learnt from the provider's own refusal", async () => {
    const channel = await gateway.add(telnyx, { rate: 20 });
    const customer = newCustomer();
    const session = await says(channel, customer, 'Hello');
    telnyx.behave({ refuse: ['40300'] });
    const id = await gateway.desk.sendFrame(session, { text: 'To somebody who is blocked' });
    await until(() => statusOf(gateway.desk.logOf(session).list, id) === 'failed', 'the failure');
    await until(() => isOut(session), 'the opt-out');
    await expect(gateway.desk.send(session, 'Again')).rejects.toMatchObject({ code: 'opted_out' });
  });

  it('[CH-14] [SMS-02] is confirmed once by us where nobody else does, and not on toll-free numbers', async () => {
    const channel = await gateway.add(bandwidth, { rate: 20 });
    const customer = newCustomer();
    await says(channel, customer, 'Hello');
    await says(channel, customer, 'STOP');
    await says(channel, customer, 'STOP');
    const [stop] = await until(() => {
      const said = answersTo(channel, customer);
      return said.length > 0 ? said : null;
    }, 'the confirmation');
    expect(stop).toMatch(/^Example Shop: You will get no more messages/);
    await says(channel, customer, 'HELP');
    await says(channel, customer, 'START');
    await until(() => answersTo(channel, customer).length === 3, 'the other answers');
    const tollFree = bandwidth.numbers[2] ?? '';
    const caller = newCustomer();
    const session = await says(channel, caller, 'Hello', tollFree);
    await says(channel, caller, 'STOP', tollFree);
    await until(() => isOut(session), 'the opt-out');
    await says(channel, caller, 'START', tollFree);
    await until(() => !isOut(session), 'the opt-in');
    await gateway.desk.send(session, 'The only message');
    await until(() => answersTo(channel, caller).includes('The only message'), 'the message');
    expect(answersTo(channel, caller)).toEqual(['The only message']);
    expect(answersTo(channel, customer).filter((text) => text === stop)).toHaveLength(1);
  });
});

describe('numbers', () => {
  const nobody = { agents: [], groups: [] };

  it('[CH-06] have their own destinations within one channel', async () => {
    const [first, second] = [await gateway.admin.agent(), await gateway.admin.agent()];
    const queue = await gateway.admin.queue([first], 'manual', 'For the first number');
    const desks: AgentClient[] = [];
    for (const member of [first, second]) {
      const desk = member.desk();
      await desk.connect();
      desks.push(desk);
    }
    const [one = '', two = ''] = whatNumbers;
    const channel = await gateway.add(new Again(), {
      numbers: [
        { number: one, destination: { kind: 'queue', id: queue.id }, starters: nobody },
        { number: two, destination: { kind: 'agent', id: second.agent.id }, starters: nobody },
      ],
    });
    const [firstDesk, secondDesk] = desks as [AgentClient, AgentClient];
    const waiting = await says(channel, newCustomer(), 'To the queue', one, firstDesk);
    const assigned = await says(channel, newCustomer(), 'To the agent', two, secondDesk);
    expect(firstDesk.sessions.get(waiting)?.route).toMatchObject({ queue: { id: queue.id }, agent: null });
    expect(secondDesk.sessions.get(assigned)?.route).toMatchObject({ agent: { id: second.agent.id } });
    expect([firstDesk.sessions.has(assigned), secondDesk.sessions.has(waiting)]).toEqual([false, false]);
    for (const desk of desks) desk.close();
    await gateway.admin.call('POST', '/api/channels/delete', {
      ids: [channel.channel.id],
      endSessions: true,
    });
  });

  it('[CH-07] that lead elsewhere from now on leave open sessions where they are', async () => {
    const channel = await gateway.add(new Again());
    const next = await gateway.admin.agent();
    const desk = next.desk();
    await desk.connect();
    const customer = newCustomer();
    const session = await says(channel, customer, 'Before the change');
    const numbers: MessagingInput['numbers'] = channel.channel.numbers.map((number) => ({
      ...number,
      destination: { kind: 'agent', id: next.agent.id },
    }));
    await gateway.change(channel, { numbers });
    expect(await says(channel, customer, 'After the change')).toBe(session);
    expect(desk.sessions.size).toBe(0);
    await gateway.desk.end(session);
    const later = await says(channel, customer, 'A new session', channel.number, desk);
    expect(later).not.toBe(session);
    expect(desk.sessions.get(later)?.route.agent?.id).toBe(next.agent.id);
    expect(gateway.desk.logOf(session).texts).toEqual(['Before the change', 'After the change']);
    desk.close();
    await gateway.admin.call('POST', '/api/channels/delete', {
      ids: [channel.channel.id],
      endSessions: true,
    });
  });

  it('[CH-06] are E.164 or sender IDs of 3 to 11 characters; the field says what is wrong', async () => {
    const number = (text: string): Partial<MessagingInput> => ({
      numbers: [
        { number: text, destination: { kind: 'agent', id: gateway.agent.agent.id }, starters: nobody },
      ],
    });
    for (const wrong of ['AB', 'ABCDEFGHIJKL', '+12', '4155550102']) {
      await expect(gateway.add(new Again(), number(wrong)), wrong).rejects.toThrow('numbers.0.number');
    }
    const channel = await gateway.add(new Again(), number('My Shop'));
    expect(channel.channel.numbers[0]?.number).toBe('My Shop');
    await gateway.admin.call('POST', '/api/channels/delete', {
      ids: [channel.channel.id],
      endSessions: true,
    });
  });
});

/** The general service once more: what was deleted can be added again. */
const whatNumbers = ['+14155550102', '+14155550103'];
class Again extends GeneralSimulator {
  override get url(): string {
    return general.url;
  }
}

it('[CH-01] [CH-13] counts messages and segments, of any time that is asked for', async () => {
  const channel = await gateway.add(general, { rate: 20 });
  const customer = newCustomer();
  const session = await says(channel, customer, 'Hello');
  await gateway.desk.send(session, 'x'.repeat(161));
  await gateway.desk.send(session, 'ж'.repeat(71));
  await until(() => answersTo(channel, customer).length === 2, 'both messages');
  general.behave({ refuse: ['10001'] });
  const id = await gateway.desk.sendFrame(session, { text: 'To nobody' });
  await until(() => statusOf(gateway.desk.logOf(session).list, id) === 'failed', 'the failure');
  const expected = { total: 3, sent: 2, failed: 1, received: 1, segments: 4, unknown: 0 };
  await until(async () => (await gateway.row(channel)).statistics.received === 1, 'the count');
  expect((await gateway.row(channel)).statistics).toEqual(expected);
  const now = Date.now();
  const hour = 3_600_000;
  const ofTime = async (from: number, to: number) =>
    (await gateway.row(channel, `?from=${from}&to=${to}`)).statistics;
  expect(await ofTime(now - hour, now + hour)).toEqual(expected);
  expect((await ofTime(now - 24 * hour, now - hour)).total).toBe(0);
  expect((await ofTime(now + hour, now + 24 * hour)).received).toBe(0);
});

it("[SMS-09] [CH-12] judges the verifying address by the guide's table", async () => {
  const channels = (await gateway.admin.call('GET', '/api/channels')) as {
    channels: { id: string; provider: string }[];
  };
  const id = channels.channels.find(({ provider }) => provider === 'general')?.id ?? '';
  const check = async () =>
    healthAnswer.parse(await gateway.admin.call('POST', `/api/channels/${id}/check`)).status;
  const answer =
    (status: number, body = '', type = 'text/plain') =>
    () => ({
      status,
      headers: { 'content-type': type },
      body,
    });
  general.challenges.length = 0;
  const table: [((call: Call) => Answer) | null, string][] = [
    [null, 'connected'],
    [answer(200, 'another text'), 'unauthorized'],
    [answer(401), 'unauthorized'],
    [answer(403), 'unauthorized'],
    [answer(404), 'unauthorized'],
    [answer(500), 'unavailable'],
    [answer(400, '{"errors":[{"code":"10002","title":"No"}]}', 'application/json'), 'unknown'],
    [answer(418, 'tea'), 'requestFailed'],
    [null, 'connected'],
  ];
  for (const [verifies, status] of table) {
    general.verifies = verifies;
    expect(await check(), String(verifies?.({} as Call).status)).toBe(status);
  }
  general.behave({ outage: 'reset' });
  expect(await check()).toBe('requestFailed');
  general.behave({ outage: 'none' });
  expect(new Set(general.challenges).size).toBe(general.challenges.length);
  for (const challenge of general.challenges) expect(challenge).toMatch(/^[A-Za-z0-9]{32}$/);
});

it('[WA-03] reads up to 250 templates that can be used, by Refresh and when Meta says that one changed', async () => {
  const channel = await gateway.add(whatsapp);
  const path = `/api/channels/${channel.channel.id}/templates`;
  const row = (index: number, change: Partial<TemplateRow> = {}): TemplateRow => ({
    id: String(index),
    name: `template_${index}`,
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'POSITIONAL',
    components: [{ type: 'BODY', text: 'Your table is ready.' }],
    ...change,
  });
  const read = async (method: 'GET' | 'POST') =>
    templatesAnswer.parse(await gateway.admin.call(method, method === 'GET' ? path : `${path}/refresh`));
  const catalog = {
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'See our catalog.' },
      { type: 'BUTTONS', buttons: [{ type: 'CATALOG', text: 'View' }] },
    ],
  };
  whatsapp.templates = [
    row(900, { status: 'PAUSED' }),
    row(901, { status: 'REJECTED' }),
    row(902, { status: 'PENDING' }),
    row(903, catalog),
    ...Array.from({ length: 3 }, (_, index) => row(index)),
  ];
  expect((await read('POST')).templates.map(({ name }) => name)).toEqual([
    'template_0',
    'template_1',
    'template_2',
  ]);
  whatsapp.templates = Array.from({ length: 300 }, (_, index) => row(index));
  const many = await read('POST');
  expect([many.templates.length, many.more, many.problem]).toEqual([250, true, null]);
  expect((await read('GET')).templates).toEqual(many.templates);
  whatsapp.behave({ outage: '503' });
  const failed = await read('POST');
  expect([failed.templates.length, failed.problem === null]).toEqual([250, false]);
  whatsapp.behave({ outage: 'none' });
  whatsapp.templates = [row(7)];
  await whatsapp.post(
    whatsapp.change('message_template_status_update', {
      event: 'APPROVED',
      message_template_id: 7,
      message_template_name: 'template_7',
      message_template_language: 'en_US',
    }),
  );
  await until(async () => (await read('GET')).templates.length === 1, 'the news');
});
