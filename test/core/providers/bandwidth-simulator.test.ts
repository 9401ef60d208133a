import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bandwidth } from '../../../core/providers/bandwidth.ts';
import type { InboundEvent } from '../../../core/providers/events.ts';
import { BandwidthSimulator } from '../../simulators/providers/bandwidth.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { until } from '../../support/until.ts';
import { callSimulator, channelWith, messageOf, now } from './fixtures.ts';
import { Gateway } from './gateway.ts';

describe('the Bandwidth adapter and its simulator', () => {
  const simulator = new BandwidthSimulator();
  const [first = '', second = ''] = simulator.numbers;
  const messageFrom: typeof messageOf = (content, more) => messageOf(content, { from: first, ...more });
  const gateway = new Gateway();
  const events: InboundEvent[] = [];
  /** Statuses that the gateway answers next after it has checked the credentials. */
  let answers: number[] = [];
  let token: string | null = null;
  const ours = (fields = simulator.fields) => channelWith(fields, { numbers: simulator.numbers, token });
  const send = async (outgoing = messageFrom('Hi'), channel = ours()) =>
    bandwidth.interpret(
      await callSimulator(await bandwidth.compose(outgoing, channel, now), simulator),
      outgoing,
      now,
    );
  const getToken = async (fields = simulator.fields) => {
    const request = bandwidth.token?.request(ours(fields));
    return request
      ? (bandwidth.token?.interpret(await callSimulator(request, simulator), now) ?? null)
      : null;
  };
  const reports = (ref: string) => events.filter((event) => event.kind === 'status' && event.ref === ref);

  beforeAll(async () => {
    await Promise.all([simulator.start(), gateway.start()]);
    const { user, password } = ours().ours;
    await simulator.configure({ webhookUrl: gateway.url, user, password });
    token = (await getToken())?.token ?? null;
  });
  afterAll(async () => {
    await simulator.close();
    gateway.close();
  });
  afterEach(async () => {
    // Reports of one test must not take the answers of the next.
    await simulator.settled();
    simulator.behaviour = { ...goodDay };
    answers = [];
    gateway.received.length = 0;
  });
  gateway.answer = async (request) => {
    const verdict = await bandwidth.verify(request, ours(), now);
    if (!verdict.ok) return verdict.reply;
    const status = answers.shift() ?? 200;
    if (status === 200) events.push(...bandwidth.parse(request, ours(), now));
    return { status };
  };

  it('[SMS-02] [CH-09] understand each other about sending and reports', async () => {
    const result = await send(messageFrom('Hi', { ref: 'first' }));
    const id = simulator.accepted.at(-1)?.id;
    expect(result).toEqual({ kind: 'accepted', providerId: id, status: 'queued' });
    await until(() => reports('first').length === 2, 'both reports');
    expect(reports('first')).toMatchObject([
      { id, status: 'sent', error: null },
      { id, status: 'delivered', error: null },
    ]);
  });

  it('[SMS-02] [ERR-01] understand each other about failures, which come late', async () => {
    simulator.behave({ fate: { failed: '4775' } });
    await send(messageFrom('x', { ref: 'optedOut' }));
    await until(() => reports('optedOut').length === 2, 'both reports');
    expect(reports('optedOut')[1]).toMatchObject({
      status: 'failed',
      error: { category: 'recipient_opted_out', code: '4775' },
    });
    const other = ours({ ...simulator.fields, applicationId: '00000000-0000-0000-0000-000000000000' });
    expect(await send(messageFrom('x', { ref: 'wrongApp' }), other)).toMatchObject({ kind: 'accepted' });
    await until(() => reports('wrongApp').length === 2, 'both reports');
    expect(reports('wrongApp')[1]).toMatchObject({
      status: 'failed',
      error: { category: 'invalid_parameter', code: '4452' },
    });
    expect(await send(messageFrom('x', { to: 'nobody' }))).toMatchObject({
      error: { category: 'invalid_phone_number' },
    });
    simulator.behave({ refuse: ['HTTP 404', 'forbidden'] });
    expect(await send()).toMatchObject({ error: { category: 'invalid_parameter' }, retry: null });
    expect(await send()).toMatchObject({ error: { category: 'no_permission' }, retry: null });
    simulator.behave({ perSecond: 0, retryAfterSeconds: 2 });
    expect(await send()).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { afterMs: 2000 },
    });
    simulator.behave({ perSecond: null, outage: '503' });
    expect(await send()).toMatchObject({ kind: 'refused', error: { category: 'service_unavailable' } });
  });

  it('[CH-14] understand each other about STOP and START, which only the toll-free network heeds', async () => {
    const tollFree = simulator.numbers[2] ?? '';
    const writes = (to: string, text: string) => simulator.customerSends({ from: '+17045550177', to, text });
    const ends = async (from: string, ref: string) => {
      await send(messageFrom('x', { from, to: '+17045550177', ref }));
      await until(() => reports(ref).length === 2, 'both reports');
      return reports(ref)[1];
    };
    await writes(first, 'STOP');
    expect(events.at(-1)).not.toHaveProperty('optOut');
    expect(await ends(first, 'longCode')).toMatchObject({ status: 'delivered' });
    await writes(tollFree, 'Stop');
    expect(events.at(-1)).toMatchObject({ kind: 'message', optOut: 'stop' });
    expect(await ends(tollFree, 'stopped')).toMatchObject({
      status: 'failed',
      error: { category: 'recipient_opted_out', code: '4775' },
    });
    await writes(tollFree, 'UNSTOP');
    expect(events.at(-1)).toMatchObject({ optOut: 'start' });
    expect(await ends(tollFree, 'started')).toMatchObject({ status: 'delivered' });
  });

  it('[SMS-02] understand each other about tokens and API users', async () => {
    expect(await getToken({ ...simulator.fields, clientSecret: 'x' })).toBeNull();
    simulator.expireTokens();
    expect(await send()).toMatchObject({ error: { category: 'auth_failed' }, retry: { newToken: true } });
    token = (await getToken())?.token ?? null;
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(await send(undefined, ours(simulator.apiUserFields))).toMatchObject({ kind: 'accepted' });
    const wrong = ours({ ...simulator.apiUserFields, accountId: '5009999' });
    expect(await send(undefined, wrong)).toMatchObject({ error: { category: 'auth_failed' } });
  });

  it('[SMS-02] [CH-10] understand each other about webhooks, which are asked for credentials first, and media', async () => {
    answers = [503];
    const messages = () => events.filter(({ kind }) => kind === 'message');
    const before = messages().length;
    const [delivery] = await simulator.customerSends({
      from: '+17045550187',
      to: second,
      text: 'Grüße 🙂',
      files: [{ name: 'a b.png', type: 'image/png', bytes: Buffer.from('picture') }],
    });
    expect(delivery?.statuses).toEqual([401, 503, 401, 200]);
    expect(messages()).toHaveLength(before + 1);
    const event = messages().at(-1);
    expect(event).toMatchObject({
      kind: 'message',
      number: second,
      content: { text: 'Grüße 🙂', files: [{ name: 'a b.png' }] },
    });
    const url = event?.kind === 'message' ? (event.content.files[0]?.url ?? '') : '';
    const request = bandwidth.media.download(url, ours(), false);
    if (!request) throw new Error('the media cannot be fetched');
    expect(await callSimulator(request, simulator)).toMatchObject({ status: 200, body: 'picture' });
    expect((await callSimulator({ ...request, headers: {} }, simulator)).status).toBe(401);
  });

  it('[SMS-02] without a challenge no credentials come, and the message is lost', async () => {
    simulator.tries = 3;
    const decide = gateway.answer;
    gateway.answer = () => ({ status: 403 });
    const [delivery] = await simulator.customerSends({ from: '+17045550187', to: first, text: 'x' });
    gateway.answer = decide;
    expect(delivery?.statuses).toEqual([403, 403, 403]);
    expect(gateway.received.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });

  it('[CH-12] understand each other about the channel', async () => {
    const status = async (fields: Record<string, string>) => {
      const [request] = await bandwidth.checks(ours(fields), '');
      return bandwidth.judge(request ? await callSimulator(request, simulator) : null, 0, '', ours(fields))
        .status;
    };
    expect(await status(simulator.fields)).toBe('connected');
    expect(await status(simulator.apiUserFields)).toBe('connected');
    expect(await status({ ...simulator.fields, clientSecret: 'x' })).toBe('unauthorized');
    expect(await status({ ...simulator.apiUserFields, password: 'x' })).toBe('unauthorized');
  });
});
