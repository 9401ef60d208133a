import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { flowroute } from '../../../core/providers/flowroute.ts';
import { FlowrouteSimulator } from '../../simulators/providers/flowroute.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { answerOf, callSimulator, channelWith, fileNamed, messageOf, now } from './fixtures.ts';
import { Receiver } from './receiver.ts';

describe('the Flowroute adapter and its simulator', () => {
  const simulator = new FlowrouteSimulator();
  const receiver = new Receiver();
  const ours = (secretKey = simulator.fields.secretKey) =>
    channelWith(
      { ...simulator.fields, secretKey },
      { numbers: simulator.numbers, webhookUrl: receiver.webhookUrl },
    );
  const [number = ''] = simulator.numbers;
  const customer = '+12065550123';
  const send = async (message = messageOf('Hi', { from: number }), through = ours()) =>
    flowroute.interpret(
      await callSimulator(await flowroute.compose(message, through, now), simulator),
      message,
      now,
    );
  const events = () => receiver.requests.flatMap((request) => flowroute.parse(request, ours(), now));

  beforeAll(async () => {
    await receiver.start();
    await simulator.start();
    await simulator.configure({ webhookUrl: receiver.webhookUrl });
  });
  afterAll(async () => {
    await simulator.close();
    await receiver.close();
  });
  afterEach(async () => {
    // Reports of one test must not take the answers of the next.
    await simulator.settled();
    simulator.behaviour = { ...goodDay };
    simulator.webhookVersion = 'v2.1';
    receiver.reset();
  });

  it('[SMS-03] understand each other about texts, files and receipts', async () => {
    const files = [fileNamed('a.png', { url: receiver.serve('a.png', 1000) })];
    const result = await send(messageOf({ kind: 'files', text: 'Hi', files }, { from: number, ref: 'm-7' }));
    expect(result).toMatchObject({ kind: 'accepted', status: 'sent' });
    const [sent] = simulator.accepted.slice(-1);
    expect(sent).toMatchObject({ from: number, to: '+17045550187', text: 'Hi', media: [files[0]?.url] });
    await receiver.hears(2);
    expect(events()).toMatchObject([
      { kind: 'status', id: sent?.id, ref: 'm-7', status: 'sent' },
      { kind: 'status', id: sent?.id, ref: 'm-7', status: 'delivered' },
    ]);
  });

  it('[SMS-03] understand each other about failures', async () => {
    simulator.behave({ fate: { failed: '1108' }, reports: 'shuffled' });
    await send();
    await receiver.hears(2);
    expect(events()).toContainEqual(
      expect.objectContaining({ kind: 'status', status: 'failed', ref: 'msg_01' }) as unknown,
    );
    simulator.behave({ refuse: ['1110', '429', 'number', 'size', 'media'] });
    const categories = [];
    for (let i = 0; i < 5; i += 1) {
      const result = await send();
      categories.push('error' in result ? result.error.category : result.kind);
    }
    expect(categories).toEqual([
      'recipient_opted_out',
      'too_many_requests',
      'invalid_phone_number',
      'exceeds_size_limit',
      'unsupported_media',
    ]);
    expect(await send(undefined, ours('wrong'))).toMatchObject({ error: { category: 'auth_failed' } });
    expect(await send(messageOf('Hi', { from: '+14255550100' }))).toMatchObject({
      error: { category: 'no_permission' },
    });
    const large = [fileNamed('l.png', { url: receiver.serve('l.png', 767_841) })];
    expect(await send(messageOf({ kind: 'files', text: '', files: large }, { from: number }))).toMatchObject({
      error: { category: 'exceeds_size_limit' },
    });
    simulator.behave({ outage: 'html' });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('[ERR-02] understand each other about the pace', async () => {
    simulator.behave({ perSecond: 1, retryAfterSeconds: 3, reports: 'none' });
    await send();
    expect(await send()).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { afterMs: 3000 },
    });
  });

  it('[CH-12] understand each other about the keys', async () => {
    for (const [secretKey, status] of [
      [simulator.fields.secretKey, 'connected'],
      ['wrong', 'unauthorized'],
    ] as const) {
      const [request] = await flowroute.checks(ours(secretKey), '');
      const answer = request ? await callSimulator(request, simulator) : null;
      expect(flowroute.judge(answer, 0, '', ours()).status).toBe(status);
    }
    expect(flowroute.judge(null, 0, '', ours()).status).toBe('requestFailed');
    expect(flowroute.judge(answerOf(503), 0, '', ours()).status).toBe('unavailable');
    expect(flowroute.judge(answerOf(200, '<html>'), 0, '', ours()).status).toBe('requestFailed');
    expect(flowroute.judge(answerOf(418), 0, '', ours()).status).toBe('unknown');
  });

  it('[SMS-03] understand each other about webhooks, which only exactly 200 ends', async () => {
    receiver.answers = [503, 202, 200];
    const bytes = Buffer.from('picture');
    const file = { name: 'a.png', type: 'image/png', bytes };
    const [delivery] = await simulator.customerSends({
      from: customer,
      to: number,
      text: 'Grüße 🙂',
      files: [file, { ...file, name: 'b.png' }],
    });
    expect(delivery?.statuses).toEqual([503, 202, 200]);
    expect(flowroute.webhook.accepted.status).toBe(200);
    const [first, ...repeats] = events();
    expect(repeats).toEqual([first, first]);
    expect(first).toMatchObject({
      kind: 'message',
      number,
      customer,
      content: { text: 'Grüße 🙂', files: [{ name: 'a.png' }, { name: 'b.png' }] },
    });
    const url = first?.kind === 'message' ? (first.content.files[0]?.url ?? '') : '';
    const download = flowroute.media.download(url, ours(), false);
    expect(download).toEqual({ method: 'GET', url, headers: {}, body: null });
    expect(Buffer.from(await (await fetch(download?.url ?? '')).arrayBuffer())).toEqual(bytes);
    expect(flowroute.media.download('file:///etc/passwd', ours(), false)).toBeNull();
  });

  it('[SMS-03] understand each other about the older webhook version', async () => {
    simulator.webhookVersion = 'v2';
    receiver.answers = [500, 500, 500, 500, 500];
    const [delivery] = await simulator.customerSends({ from: customer, to: number, text: 'Hi' });
    expect(delivery?.statuses).toEqual([500, 500, 500, 500]);
    expect(events()[0]).toMatchObject({ kind: 'message', customer, content: { text: 'Hi' } });
  });

  it('[SMS-03] understand each other about STOP and UNSTOP', async () => {
    const say = (text: string) => simulator.customerSends({ from: '+17045550187', to: number, text });
    await say('STOP please');
    expect(await send()).toMatchObject({ kind: 'accepted' });
    await say('stop');
    expect(await send()).toMatchObject({ error: { category: 'recipient_opted_out', code: '1110' } });
    await say('UNSTOP');
    expect(await send()).toMatchObject({ kind: 'accepted' });
  });
});
