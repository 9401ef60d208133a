import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../core/providers/provider.ts';
import { telnyx } from '../../../core/providers/telnyx.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { TelnyxSimulator } from '../../simulators/providers/telnyx.ts';
import { until } from '../../support/until.ts';
import { callSimulator, channelWith, fileNamed, messageOf, now } from './fixtures.ts';
import { Gateway } from './gateway.ts';

describe('the Telnyx adapter and its simulator', () => {
  const simulator = new TelnyxSimulator();
  const [first = '', second = ''] = simulator.numbers;
  const messageFrom: typeof messageOf = (content, more) => messageOf(content, { from: first, ...more });
  const gateway = new Gateway();
  const ours = (change: Record<string, string> = {}) =>
    channelWith({ ...simulator.fields, ...change }, { numbers: simulator.numbers, webhookUrl: gateway.url });
  const send = async (outgoing = messageFrom('Hi'), from = ours()) =>
    telnyx.interpret(
      await callSimulator(await telnyx.compose(outgoing, from, now), simulator),
      outgoing,
      now,
    );
  const messages = () => gateway.received.filter(({ rawQuery }) => rawQuery === '');
  const reports = (ref: string) =>
    gateway.received
      .filter(({ rawQuery }) => rawQuery === `ref=${ref}`)
      .flatMap((request) => telnyx.parse(request, ours(), now));

  beforeAll(async () => {
    await Promise.all([simulator.start(), gateway.start()]);
    await simulator.configure({ webhookUrl: gateway.url });
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

  it('[SMS-05] [CH-09] understand each other about sending and reports', async () => {
    const result = await send(messageFrom('Hi', { ref: 'first' }));
    await until(() => reports('first').length === 2, 'both reports');
    const id = simulator.accepted.at(-1)?.id;
    expect(result).toEqual({ kind: 'accepted', providerId: id, status: 'queued' });
    expect(reports('first')).toMatchObject([
      { kind: 'status', id, ref: 'first', status: 'sent', error: null },
      { kind: 'status', id, ref: 'first', status: 'delivered', error: null },
    ]);
    for (const request of gateway.received)
      expect(await telnyx.verify(request, ours(), Date.now())).toEqual({ ok: true });
  });

  it('[SMS-05] [ERR-01] understand each other about failures', async () => {
    simulator.behave({ fate: { failed: '40008' } });
    await send(
      messageFrom(
        { kind: 'files', text: '', files: [fileNamed('a.png', { url: `${gateway.url}?ref=m` })] },
        { ref: 'second' },
      ),
    );
    await until(() => reports('second').length === 2, 'both reports');
    expect(reports('second')[1]).toMatchObject({
      status: 'failed',
      error: { category: 'service_unavailable', code: '40008' },
    });
    expect(await send(messageFrom('x'), ours({ apiKey: 'KEY2' }))).toMatchObject({
      error: { category: 'auth_failed', code: '10009' },
    });
    expect(await send(messageFrom('x', { to: 'nobody' }))).toMatchObject({
      error: { category: 'invalid_phone_number', code: '40310' },
    });
    expect(await send(messageFrom('x', { from: '+19195559999' }))).toMatchObject({
      error: { code: '40305', hint: expect.any(String) },
    });
    expect(await send(messageFrom('x', { from: 'PARLEY' }))).toMatchObject({ kind: 'accepted' });
    simulator.behave({ perSecond: 0, retryAfterSeconds: 2 });
    expect(await send()).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { afterMs: 2000 },
    });
    simulator.behave({ perSecond: null, outage: '503' });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('[SMS-05] [CH-10] understand each other about webhooks, each retry signed anew, and media', async () => {
    gateway.answer = ({ rawQuery }) =>
      rawQuery === '' && messages().length === 1 ? { status: 302 } : undefined;
    const bytes = Buffer.from('picture');
    const [delivery] = await simulator.customerSends({
      from: '+17045550187',
      to: second,
      text: 'Grüße 🙂',
      files: [{ name: 'a.png', type: 'image/png', bytes }],
    });
    expect(delivery?.statuses).toEqual([302, 204]);
    const [earlier, later] = messages();
    if (!earlier || !later) throw new Error('two requests were expected');
    expect(later.body).not.toEqual(earlier.body);
    for (const request of [earlier, later])
      expect(await telnyx.verify(request, ours(), Date.now())).toEqual({ ok: true });
    const events = telnyx.parse(earlier, ours(), now);
    expect(telnyx.parse(later, ours(), now)).toEqual(events);
    const [event] = events;
    expect(event).toMatchObject({ kind: 'message', number: second, content: { text: 'Grüße 🙂' } });

    const url = event?.kind === 'message' ? (event.content.files[0]?.url ?? '') : '';
    const call = (request: HttpRequest | null) => {
      if (!request) throw new Error('the media cannot be fetched');
      return callSimulator(request, simulator);
    };
    expect(await call(telnyx.media.download(url, ours(), false))).toMatchObject({
      status: 200,
      body: 'picture',
    });
    simulator.mediaNeedsKey = true;
    expect((await call(telnyx.media.download(url, ours(), false))).status).toBe(403);
    expect(await call(telnyx.media.download(url, ours(), false, true))).toMatchObject({
      status: 200,
      body: 'picture',
    });
  });

  it('[CH-14] understand each other about STOP and START', async () => {
    const keyword = async (text: string) => {
      await simulator.customerSends({ from: '+17045550177', to: first, text });
      const last = messages().at(-1);
      return last ? telnyx.parse(last, ours(), now) : [];
    };
    expect(await keyword('stop')).toMatchObject([{ kind: 'message', optOut: 'stop' }]);
    const outgoing = messageFrom('x', { to: '+17045550177' });
    expect(await send(outgoing)).toMatchObject({ error: { category: 'recipient_opted_out', code: '40300' } });
    expect(await keyword('START')).toMatchObject([{ optOut: 'start' }]);
    expect(await send(outgoing)).toMatchObject({ kind: 'accepted' });
  });

  it('[CH-12] understand each other about the channel', async () => {
    const status = async (from = ours()) => {
      const [request] = await telnyx.checks(from, '');
      return telnyx.judge(request ? await callSimulator(request, simulator) : null, 0, '', from).status;
    };
    expect(await status()).toBe('connected');
    expect(await status(ours({ apiKey: 'KEY2' }))).toBe('unauthorized');
  });
});
