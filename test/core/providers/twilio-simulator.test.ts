import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { twilio } from '../../../core/providers/twilio.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { TwilioSimulator } from '../../simulators/providers/twilio.ts';
import { until } from '../../support/until.ts';
import { callSimulator, channelWith, fileNamed, messageOf, now, webhook } from './fixtures.ts';
import { Gateway } from './gateway.ts';

describe('the Twilio adapter and its simulator', () => {
  const simulator = new TwilioSimulator();
  const gateway = new Gateway();
  const ours = () => channelWith(simulator.fields, { numbers: simulator.numbers, webhookUrl: gateway.url });
  const message = (content: Parameters<typeof messageOf>[0] = 'Hi') =>
    messageOf(content, { from: '+19195550142' });
  const send = async (outgoing = message(), from = ours()) =>
    twilio.interpret(
      await callSimulator(await twilio.compose(outgoing, from, now), simulator),
      outgoing,
      now,
    );

  beforeAll(async () => {
    await Promise.all([simulator.start(), gateway.start()]);
    await simulator.configure({ webhookUrl: gateway.url + twilio.webhookFragment });
  });
  afterAll(async () => {
    await simulator.close();
    gateway.close();
  });
  afterEach(async () => {
    // Reports of one test must not take the answers of the next.
    await simulator.settled();
    simulator.behaviour = { ...goodDay };
    gateway.received.length = 0;
    gateway.answer = () => undefined;
  });
  const reports = (id: string) =>
    gateway.received
      .flatMap((request) => twilio.parse(request, ours(), now))
      .filter((event) => 'id' in event && event.id === id);

  it('[SMS-06] [CH-09] understand each other about sending and reports', async () => {
    const result = await send();
    expect(result).toMatchObject({ kind: 'accepted', status: 'queued' });
    const id = result.kind === 'accepted' ? (result.providerId ?? '') : '';
    await until(() => reports(id).length === 2, 'both reports');
    expect(reports(id)).toMatchObject([
      { status: 'sent', ref: 'msg_01', error: null },
      { status: 'delivered', ref: 'msg_01', error: null },
    ]);
    for (const request of gateway.received)
      expect(await twilio.verify(request, ours(), now)).toEqual({ ok: true });
  });

  it('[SMS-06] [ERR-01] understand each other about failures', async () => {
    simulator.behave({ fate: { failed: '30007' } });
    const result = await send();
    const id = result.kind === 'accepted' ? (result.providerId ?? '') : '';
    await until(() => reports(id).length === 2, 'both reports');
    expect(reports(id)[1]).toMatchObject({
      status: 'failed',
      error: { category: 'no_permission', code: '30007' },
    });
    const wrong = channelWith(
      { ...simulator.fields, authToken: '0'.repeat(32) },
      { webhookUrl: gateway.url },
    );
    expect(await send(message(), wrong)).toMatchObject({ error: { category: 'auth_failed', code: '20003' } });
    const magic = await Promise.all(
      ['+15005550001', '+15005550004', '+15005550009'].map((to) => send({ ...message(), to })),
    );
    expect(magic).toMatchObject([
      { error: { category: 'invalid_phone_number' } },
      { error: { category: 'recipient_opted_out' } },
      { error: { category: 'invalid_phone_number' } },
    ]);
    simulator.behave({ perSecond: 0, retryAfterSeconds: 2 });
    expect(await send()).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { afterMs: 2000 },
    });
    simulator.behave({ perSecond: null, refuse: ['HTTP 502'] });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('find a swallowed message again', async () => {
    const lost = { ...message('Swallowed'), to: '+17045550199' };
    const look = async () => {
      const request = twilio.lookUp?.request(lost, ours(), Date.now());
      if (!request) throw new Error('no look-up');
      return twilio.lookUp?.interpret(await callSimulator(request, simulator), lost, Date.now());
    };
    expect(await look()).toEqual({ kind: 'absent' });
    simulator.behave({ swallow: 1 });
    await expect(send(lost)).rejects.toThrow();
    expect(await look()).toEqual({ kind: 'found', providerId: simulator.accepted.at(-1)?.id });
  });

  it('[SMS-06] understand each other about a Messaging Service', async () => {
    const { messagingServiceSid } = simulator;
    const by = (sid = messagingServiceSid) =>
      channelWith(
        { ...simulator.fields, messagingServiceSid: sid },
        { numbers: simulator.numbers, webhookUrl: gateway.url },
      );
    const lost = { ...message('By the service'), to: '+17045550198' };
    simulator.behave({ swallow: 1 });
    await expect(send(lost, by())).rejects.toThrow();
    const id = simulator.accepted.at(-1)?.id ?? '';
    const request = twilio.lookUp?.request(lost, by(), Date.now());
    if (!request) throw new Error('no look-up');
    // Which of its numbers the service takes is not told.
    const list = await callSimulator(request, simulator);
    expect(list.body).toContain('"from":null');
    expect(twilio.lookUp?.interpret(list, lost, Date.now())).toEqual({ kind: 'found', providerId: id });
    await until(() => reports(id).length === 2, 'both reports');
    expect(reports(id)).toMatchObject([{ status: 'sent' }, { status: 'delivered' }]);

    await simulator.customerSends({ from: '+17045550176', to: '+19195550143', text: 'STOP' });
    const other = { ...message(), to: '+17045550176' };
    expect(await send(other)).toMatchObject({ kind: 'accepted', status: 'queued' });
    expect(await send(other, by())).toMatchObject({ error: { category: 'recipient_opted_out' } });
    expect(await send(message(), by(`MG${'0'.repeat(32)}`))).toMatchObject({
      error: { category: 'invalid_parameter', code: '21705', hint: expect.any(String) as string },
    });
  });

  it('[SMS-06] [CH-10] understand each other about webhooks and their media', async () => {
    const messages = () => gateway.received.filter(({ rawQuery }) => rawQuery === '');
    gateway.answer = ({ rawQuery }) =>
      rawQuery === '' && messages().length === 1 ? { status: 503 } : undefined;
    const bytes = Buffer.from('picture');
    const [delivery] = await simulator.customerSends({
      from: '+17045550187',
      to: '+19195550143',
      text: 'Grüße 🙂 a+b=c&d',
      files: [{ name: 'a.png', type: 'image/png', bytes }],
    });
    expect(delivery?.statuses).toEqual([503, 204]);
    const [first, second] = messages();
    if (!first || !second) throw new Error('two requests were expected');
    expect(await twilio.verify(first, ours(), now)).toEqual({ ok: true });
    const events = twilio.parse(first, ours(), now);
    expect(twilio.parse(second, ours(), now)).toEqual(events);
    const [event] = events;
    expect(event).toMatchObject({
      kind: 'message',
      number: '+19195550143',
      content: { text: 'Grüße 🙂 a+b=c&d' },
    });
    const url = event?.kind === 'message' ? (event.content.files[0]?.url ?? '') : '';
    const request = twilio.media.download(url, ours(), false);
    if (!request) throw new Error('the media cannot be fetched');
    expect((await callSimulator({ ...request, headers: {} }, simulator)).status).toBe(401);
    const hop = await callSimulator(request, simulator);
    expect(hop.status).toBe(307);
    const target = twilio.media.download(hop.headers['location'] ?? '', ours(), true);
    expect(await callSimulator(target ?? request, simulator)).toMatchObject({ status: 200, body: 'picture' });
  });

  it('without the fragment a 503 loses the message, as at Twilio', async () => {
    gateway.answer = () => ({ status: 503 });
    const delivery = await simulator.post(
      gateway.url,
      simulator.inbound({ from: '+17045550187', to: '+19195550142' }),
    );
    expect(delivery.statuses).toEqual([503]);
  });

  it('[CH-12] understand each other about the channel', async () => {
    const status = async (from = ours()) => {
      const [request] = await twilio.checks(from, '');
      return twilio.judge(request ? await callSimulator(request, simulator) : null, 0, '', from).status;
    };
    expect(await status()).toBe('connected');
    simulator.accountStatus = 'suspended';
    expect(await status()).toBe('unauthorized');
    expect(await send()).toMatchObject({ error: { category: 'no_permission', code: '20005' } });
    simulator.accountStatus = 'active';
    expect(await status(channelWith({ ...simulator.fields, authToken: 'x' }))).toBe('unauthorized');
  });

  it('[CH-10] a link whose type changes between HEAD and GET makes the message fail', async () => {
    const media = new Gateway();
    await media.start();
    media.answer = ({ method }) => ({
      status: 200,
      headers: { 'content-type': method === 'HEAD' ? 'image/png' : 'text/html' },
    });
    const result = await send(
      message({ kind: 'files', text: '', files: [fileNamed('a.png', { url: media.url })] }),
    );
    const id = result.kind === 'accepted' ? (result.providerId ?? '') : '';
    await until(() => reports(id).length === 2, 'both reports');
    expect(reports(id)[1]).toMatchObject({
      status: 'failed',
      error: { category: 'unsupported_media', code: '12300' },
    });
    media.close();
  });

  it('[CH-14] a customer who sent STOP is not written to until START', async () => {
    const keyword = (text: string) =>
      simulator.customerSends({ from: '+17045550177', to: '+19195550142', text });
    await keyword('Stop');
    const outgoing = { ...message(), to: '+17045550177' };
    expect(await send(outgoing)).toMatchObject({
      error: { category: 'recipient_opted_out', code: '21610' },
      retry: null,
    });
    await keyword('START');
    expect(await send(outgoing)).toMatchObject({ kind: 'accepted' });
  });

  it('forged reports are refused', async () => {
    const parameters = simulator.statusOf(
      { sid: 'SM1', from: '+19195550142', to: '+17045550187' },
      'delivered',
      null,
    );
    const request = webhook(parameters.toString(), {
      'x-twilio-signature': simulator.sign(gateway.url, parameters, 'other'),
    });
    expect((await twilio.verify(request, ours(), now)).ok).toBe(false);
  });
});
