import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { general } from '../../../core/providers/general.ts';
import type { SendResult } from '../../../core/providers/provider.ts';
import { promptOf } from '../../../core/sendError.ts';
import { GeneralSimulator } from '../../simulators/providers/general.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { answerOf, callSimulator, channelWith, fileNamed, messageOf, now, webhook } from './fixtures.ts';

const fields = {
  apiKey: 'key-1',
  secret: 'parley-example-secret',
  sendUrl: 'https://sms.example.com/messages',
  verifyUrl: 'https://sms.example.com/verify?v=1',
};
const channel = channelWith(fields, { numbers: ['+14155550102', '+4930555012'] });

describe('a message to a General service', () => {
  it('[SMS-08] carries text or media under the API Key', async () => {
    expect(await general.compose(messageOf('Hello, World!'), channel, now)).toEqual({
      method: 'POST',
      url: 'https://sms.example.com/messages',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key-1' },
      body: '{"from":"+19195550142","to":"+17045550187","text":"Hello, World!"}',
    });
    const picture = messageOf({ kind: 'files', text: '', files: [fileNamed('a.jpg')] });
    expect((await general.compose(picture, channel, now)).body).toBe(
      '{"from":"+19195550142","to":"+17045550187","media_urls":["https://gw.example.com/m/a.jpg"]}',
    );
  });

  it('[SMS-08] is sent for good with any 2xx that has data.id', () => {
    const sent = (id: string) => ({ kind: 'accepted', providerId: id, status: 'sent' });
    const take = (status: number, json: unknown) =>
      general.interpret(answerOf(status, json), messageOf('x'), now);
    expect(take(200, { data: { id: 'p-1' } })).toEqual(sent('p-1'));
    expect(take(202, { data: { id: 77 } })).toEqual(sent('77'));
    for (const json of [{}, { data: {} }, { data: { id: '' } }, '<!doctype html><p>Hi', '']) {
      expect(take(200, json)).toMatchObject({ kind: 'refused', error: { category: 'unknown' }, retry: null });
    }
  });

  const waits = (retry: SendResult) => retry.kind === 'refused' && retry.retry !== null;

  it.each([
    ['10001', 'invalid_phone_number', 'Invalid Phone Number', false],
    ['10002', 'invalid_parameter', 'Invalid Parameter', false],
    [
      '10003',
      'unsupported_media',
      'This type of message is not supported due to the restriction of the recipient platform.',
      false,
    ],
    ['10004', 'auth_failed', 'Authentication Failed', false],
    ['10005', 'no_permission', 'Authentication Failed', false],
    ['10006', 'too_many_requests', 'Too frequent operations. Please try again later.', true],
    ['10007', 'service_unavailable', 'Recipient Platform Service Unavailable', true],
    ['10008', 'exceeds_size_limit', "The file size exceeds the limit of the recipient's platform.", false],
    ['12345', 'unknown', 'Failed to send', false],
  ] as const)('[SMS-08] [ERR-01] is refused by code %s as %s', (code, category, prompt, retried) => {
    for (const [status, written] of [
      [400, code],
      [200, Number(code)],
    ] as const) {
      const answer = answerOf(status, {
        errors: [{ code: written, title: 'Title', detail: 'Detail.' }, 'more'],
      });
      const result = general.interpret(answer, messageOf('x'), now);
      expect(result).toMatchObject({ kind: 'refused', error: { category, code, text: 'Title: Detail.' } });
      expect(waits(result)).toBe(retried);
    }
    expect(promptOf(category)).toBe(prompt);
  });

  it.each([
    [401, 'Authentication Failed', false],
    [403, 'Recipient Platform Service Unavailable', false],
    [404, 'Failed to send', false],
    [418, 'Failed to send', false],
    [429, 'Too frequent operations. Please try again later.', true],
    [500, 'Failed to send', true],
    [503, 'Failed to send', true],
  ])('[SMS-08] [ERR-01] HTTP %i without a code says "%s"', (status, prompt, retried) => {
    for (const text of ['', '<p>Sorry</p>', '{"errors":[]}', '{"errors":"no"}']) {
      const result = general.interpret(answerOf(status, text), messageOf('x'), now);
      expect(result.kind === 'refused' && promptOf(result.error.category)).toBe(prompt);
      expect(waits(result)).toBe(retried);
    }
  });

  it('[ERR-02] waits as long as Retry-After says', () => {
    const answer = answerOf(429, '', { 'retry-after': '7' });
    expect(general.interpret(answer, messageOf('x'), now)).toMatchObject({
      retry: { scope: 'channel', afterMs: 7000 },
    });
  });

  it('[CH-14] knows an opt-out by its words, under any code', () => {
    for (const detail of [
      'The recipient has opted out.',
      'Blocked due to STOP message',
      'Unsubscribed recipient',
    ]) {
      const answer = answerOf(400, { errors: [{ code: '10007', detail }] });
      const result = general.interpret(answer, messageOf('x'), now);
      expect(result).toMatchObject({
        error: { category: 'recipient_opted_out', code: '10007' },
        retry: null,
      });
    }
  });

  it('is refused beforehand when it can never go', () => {
    const files = (...list: ReturnType<typeof fileNamed>[]) =>
      messageOf({ kind: 'files', text: '', files: list });
    const category = (message: ReturnType<typeof messageOf>) => general.admit(message, now)?.category;
    expect(category(messageOf('x'.repeat(1600)))).toBeUndefined();
    expect(category(files(fileNamed('a.jpg', { size: 100_000_000 })))).toBeUndefined();
    expect(category(messageOf('x'.repeat(1601)))).toBe('invalid_parameter');
    expect(category(messageOf(''))).toBe('invalid_parameter');
    expect(category(messageOf('x', { to: 'EXAMPLE' }))).toBe('invalid_phone_number');
    expect(category(files(fileNamed('a.jpg', { size: 100_000_001 })))).toBe('exceeds_size_limit');
    expect(category(files(...Array.from({ length: 11 }, () => fileNamed('a.jpg'))))).toBe(
      'invalid_parameter',
    );
    expect(category(messageOf({ kind: 'location', place: { latitude: 1, longitude: 2 } }))).toBe(
      'unsupported_media',
    );
  });
});

describe('the connectivity check of a General channel', () => {
  const challenge = 'aB3'.repeat(11).slice(0, 32);
  const judge = (status: number, text: string) =>
    general.judge(answerOf(status, text), 0, challenge, channel);
  const errors = '{"errors":[{"code":"10002","title":"Wrong"}]}';

  it('[SMS-09] adds the challenge to the query of the address', async () => {
    expect(await general.checks(channel, challenge)).toEqual([
      {
        method: 'GET',
        url: `https://sms.example.com/verify?v=1&challenge=${challenge}`,
        headers: { authorization: 'Bearer key-1' },
        body: null,
      },
    ]);
    expect(await general.checks(channelWith({ apiKey: 'k', sendUrl: fields.sendUrl }), challenge)).toEqual(
      [],
    );
  });

  it.each([
    [200, challenge, 'connected'],
    [200, ` "${challenge}"\n`, 'connected'],
    [200, 'another', 'unauthorized'],
    [200, '', 'unauthorized'],
    [401, errors, 'unauthorized'],
    [403, errors, 'unauthorized'],
    [404, '', 'unauthorized'],
    [500, errors, 'unavailable'],
    [503, errors, 'unknown'],
    [400, errors, 'unknown'],
    [503, '<html>', 'requestFailed'],
    [302, '', 'requestFailed'],
  ])('[SMS-09] [CH-12] HTTP %i with %j means %s', (status, text, expected) => {
    expect(judge(status, text).status).toBe(expected);
  });

  it('[SMS-09] no answer means that the request failed', () => {
    expect(general.judge(null, 0, challenge, channel).status).toBe('requestFailed');
  });
});

describe("a General channel's addresses", () => {
  const check = (sendUrl: string) => general.validate?.({ apiKey: 'k', sendUrl })?.field ?? null;

  it('have to be HTTPS', () => {
    expect(check('https://sms.example.com:8443/a?b=c')).toBeNull();
    for (const url of [
      'http://sms.example.com',
      'ftp://sms.example.com',
      'sms.example.com',
      'https://u:p@sms.example.com',
    ]) {
      expect(check(url)).toBe('sendUrl');
    }
    expect(general.validate?.({ ...fields, verifyUrl: 'http://sms.example.com' })).toMatchObject({
      field: 'verifyUrl',
    });
  });

  it.each([
    'localhost',
    'a.localhost',
    'printer',
    'nas.local',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '[::1]',
    '[::]',
    '[fd00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '127.0.0.1.',
  ])('may not lead to %s', (host) => {
    expect(check(`https://${host}/`)).toBe('sendUrl');
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '[2606:4700::1111]', 'sms.example.com.'])(
    'may lead to %s',
    (host) => {
      expect(check(`https://${host}/`)).toBeNull();
    },
  );

  it('are its origins', () => {
    expect(general.origins({ fields: { ...fields, verifyUrl: 'https://auth.example.com/x' } })).toEqual([
      'https://sms.example.com',
      'https://auth.example.com',
    ]);
    expect(general.origins({ fields })).toEqual(['https://sms.example.com']);
  });
});

describe('the General adapter and its simulator', () => {
  const simulator = new GeneralSimulator();
  const received: { headers: Record<string, unknown>; body: Buffer }[] = [];
  let answers: number[] = [];
  const gateway = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  const ours = () => channelWith(simulator.fields, { numbers: simulator.numbers });

  beforeAll(async () => {
    await simulator.start();
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    await simulator.configure({
      webhookUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/hook`,
    });
  });
  afterAll(async () => {
    await simulator.close();
    gateway.close();
  });
  afterEach(() => {
    simulator.behaviour = { ...goodDay };
    received.length = 0;
    answers = [];
  });
  const send = async (message = messageOf('Hi', { from: simulator.numbers[0] ?? '' }), channel = ours()) =>
    general.interpret(
      await callSimulator(await general.compose(message, channel, now), simulator),
      message,
      now,
    );

  it('[SMS-08] understand each other about sending', async () => {
    const result = await send();
    expect(result).toMatchObject({ kind: 'accepted', status: 'sent' });
    expect(simulator.accepted.at(-1)).toMatchObject({ text: 'Hi', to: '+17045550187' });
    simulator.behave({ refuse: ['10006', 'HTTP 403'] });
    expect(await send()).toMatchObject({ error: { category: 'too_many_requests', code: '10006' } });
    expect(await send()).toMatchObject({ error: { category: 'service_unavailable' }, retry: null });
    const wrongKey = channelWith({ ...simulator.fields, apiKey: 'other' });
    expect(await send(undefined, wrongKey)).toMatchObject({
      error: { category: 'auth_failed', code: '10004' },
    });
    simulator.behave({ outage: 'html' });
    expect(await send()).toMatchObject({ kind: 'refused', error: { category: 'unknown' } });
  });

  it('[SMS-09] understand each other about the challenge', async () => {
    const challenge = 'x1Y2'.repeat(8);
    for (const [apiKey, status] of [
      [simulator.fields.apiKey, 'connected'],
      ['other', 'unauthorized'],
    ] as const) {
      const channel = channelWith({ ...simulator.fields, apiKey });
      const [request] = await general.checks(channel, challenge);
      const answer = request ? await callSimulator(request, simulator) : null;
      expect(general.judge(answer, 0, challenge, channel).status).toBe(status);
    }
  });

  it('[SMS-10] understand each other about webhooks, tried again after a 503 under the same id', async () => {
    answers = [503, 204];
    const bytes = Buffer.from('picture');
    const [delivery] = await simulator.customerSends({
      from: '+14155550101',
      to: simulator.numbers[1] ?? '',
      text: 'Grüße 🙂',
      files: [{ name: 'a.png', type: 'image/png', bytes }],
    });
    expect(delivery?.statuses).toEqual([503, 204]);
    const events = [];
    for (const { headers, body } of received) {
      const request = webhook(new Uint8Array(body), {
        'x-signature-256': String(headers['x-signature-256']),
      });
      expect(await general.verify(request, ours(), now)).toEqual({ ok: true });
      events.push(...general.parse(request, ours(), now));
    }
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]);
    const [event] = events;
    expect(event).toMatchObject({
      kind: 'message',
      number: simulator.numbers[1],
      customer: '+14155550101',
      content: { text: 'Grüße 🙂', files: [{ sha256: createHash('sha256').update(bytes).digest('hex') }] },
    });
    const url = event?.kind === 'message' ? (event.content.files[0]?.url ?? '') : '';
    const download = general.media.download(url, ours(), false);
    expect(download).toMatchObject({ method: 'GET', headers: {} });
    const file = await fetch(download?.url ?? '');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
  });

  it('[SMS-10] a 400 is not tried again', async () => {
    answers = [400];
    const [delivery] = await simulator.customerSends({ from: '+14155550101', to: '+14155550102', text: 'x' });
    expect(delivery?.statuses).toEqual([400]);
  });
});
