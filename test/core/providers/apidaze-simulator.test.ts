import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apidaze } from '../../../core/providers/apidaze.ts';
import { ApidazeSimulator } from '../../simulators/providers/apidaze.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { answerOf, callSimulator, channelWith, fileNamed, messageOf, now } from './fixtures.ts';
import { Receiver } from './receiver.ts';

describe('the Apidaze adapter and its simulator', () => {
  const simulator = new ApidazeSimulator();
  const receiver = new Receiver();
  const [number = ''] = simulator.numbers;
  const ours = (more: object = {}) =>
    channelWith({ ...simulator.fields, ...more }, { numbers: simulator.numbers });
  const send = async (message = messageOf('Hi', { from: number }), through = ours()) =>
    apidaze.interpret(
      await callSimulator(await apidaze.compose(message, through, now), simulator),
      message,
      now,
    );
  const events = () => receiver.requests.flatMap((request) => apidaze.parse(request, ours(), now));

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
    simulator.answersWith = 'details';
    simulator.refusesWith = 'code';
    simulator.hasReceipts = false;
    receiver.reset();
  });

  it('[SMS-01] understand each other about files, as a form and as JSON', async () => {
    const files = ['a.png', 'b.png'].map((name) => fileNamed(name, { url: receiver.serve(name, 1000) }));
    const mms = messageOf({ kind: 'files', text: '', files }, { from: number });
    for (const encoding of ['form', 'json']) {
      expect(await send(mms, ours({ encoding }))).toEqual({
        kind: 'accepted',
        providerId: simulator.accepted.at(-1)?.id,
        status: 'sent',
      });
      expect(simulator.accepted.at(-1)).toMatchObject({
        from: number,
        to: '+17045550187',
        text: 'Sent by the shop',
        media: files.map(({ url }) => url),
      });
    }
    const gone = [fileNamed('gone.png', { url: `${receiver.url}/gone.png` })];
    expect(await send(messageOf({ kind: 'files', text: 'x', files: gone }, { from: number }))).toMatchObject({
      error: { category: 'unsupported_media' },
    });
  });

  it('[SMS-01] understand each other about every success body', async () => {
    for (const answersWith of ['noId', 'status', 'xml'] as const) {
      simulator.answersWith = answersWith;
      expect(await send()).toMatchObject({ kind: 'accepted', status: 'sent' });
    }
  });

  it('[SMS-01] understand each other about refusals', async () => {
    for (const [code, category] of [
      ['401', 'auth_failed'],
      ['403', 'no_permission'],
      ['404', 'invalid_parameter'],
      ['413', 'exceeds_size_limit'],
      ['415', 'unsupported_media'],
      ['number', 'invalid_phone_number'],
      ['body', 'invalid_parameter'],
      ['file', 'unsupported_media'],
      ['optedOut', 'recipient_opted_out'],
      ['429', 'too_many_requests'],
      ['503', 'service_unavailable'],
    ] as const) {
      simulator.behave({ refuse: [code] });
      expect(await send()).toMatchObject({ kind: 'refused', error: { category } });
    }
    expect(await send(undefined, ours({ secret: 'wrong' }))).toMatchObject({
      error: { category: 'auth_failed' },
    });
    simulator.behave({ outage: 'html' });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('[SMS-01] understand each other about refusals that come with HTTP 200', async () => {
    const before = simulator.accepted.length;
    for (const refusesWith of ['notOk', 'xml'] as const) {
      simulator.refusesWith = refusesWith;
      for (const [code, category] of [
        ['optedOut', 'recipient_opted_out'],
        ['file', 'unsupported_media'],
        ['403', 'no_permission'],
        ['pair', 'auth_failed'],
      ] as const) {
        simulator.behave({ refuse: [code] });
        expect(await send()).toMatchObject({ kind: 'refused', error: { category }, retry: null });
      }
    }
    expect(simulator.accepted).toHaveLength(before);
  });

  it('[CH-12] understand each other about the credentials', async () => {
    for (const [secret, status] of [
      [simulator.fields.secret, 'connected'],
      ['wrong', 'unauthorized'],
    ] as const) {
      const [request] = await apidaze.checks(ours({ secret }), '');
      const answer = request ? await callSimulator(request, simulator) : null;
      expect(apidaze.judge(answer, 0, '', ours()).status).toBe(status);
    }
    expect(apidaze.judge(null, 0, '', ours()).status).toBe('requestFailed');
    expect(apidaze.judge(answerOf(401), 0, '', ours()).status).toBe('unauthorized');
    expect(apidaze.judge(answerOf(404, '<!doctype html>'), 0, '', ours()).status).toBe('requestFailed');
    expect(apidaze.judge(answerOf(404, { message: 'Nope' }), 0, '', ours()).status).toBe('unknown');
    expect(apidaze.judge(answerOf(502), 0, '', ours()).status).toBe('unavailable');
  });

  it('[SMS-01] understand each other about messages and their files', async () => {
    receiver.answers = [503];
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
    const [delivery] = await simulator.customerSends({
      from: '+14125550142',
      to: number,
      text: 'Grüße 🙂',
      files: [
        { name: "it's.png", type: 'image/png', bytes },
        { name: 'b.png', type: 'image/png', bytes },
      ],
    });
    expect(delivery?.statuses).toEqual([503, 200]);
    const [first, second] = events();
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      kind: 'message',
      number,
      customer: '+14125550142',
      content: { text: 'Grüße 🙂' },
    });
    const files = first?.kind === 'message' ? first.content.files : [];
    expect(files).toEqual([
      { name: "it's.png", data: bytes.toString('base64') },
      { name: 'b.png', data: bytes.toString('base64') },
    ]);
  });

  it('[SMS-01] understand each other about receipts, where they are switched on', async () => {
    simulator.hasReceipts = true;
    await send();
    const id = simulator.accepted.at(-1)?.id;
    await receiver.hears(2);
    expect(events()).toMatchObject([
      { kind: 'status', id, status: 'sent' },
      { kind: 'status', id, status: 'delivered' },
    ]);
  });

  it('[SMS-01] understand each other about a call, which is no message', async () => {
    await simulator.callComesIn('+14125550142', number);
    const [request] = receiver.requests;
    expect(request && (await apidaze.verify(request, ours(), now))).toMatchObject({ reply: { status: 405 } });
  });
});
