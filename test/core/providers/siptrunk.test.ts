import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type { HttpAnswer } from '../../../core/providers/provider.ts';
import { siptrunk } from '../../../core/providers/siptrunk.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { SiptrunkSimulator } from '../../simulators/providers/siptrunk.ts';
import {
  answerOf,
  callSimulator,
  channelWith,
  fileNamed,
  messageOf,
  nearly,
  now,
  webhook,
} from './fixtures.ts';
import { Receiver } from './receiver.ts';

const fields = {
  accessKey: '4b9f1f0e-6c0d-4d1e-8f59-0d2f6a3b7c11',
  secretKey: 'e0a7d9c2-17b3-4f0a-9a63-5c8b1e2d4f90',
};
const channel = channelWith(fields, { numbers: ['+14105550183'] });
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

const id = '7a0f6c52-3d0e-4e57-9f0b-0c3f6a2d9b11';
const attributes = { from: '+14105550143', to: '+14105550183', body: 'Here is the picture' };
const url = 'https://media.example.net/7a0f6c52/IMG_0001.jpg';
const picture = {
  data: { type: 'message', message_id: id, attributes },
  included: [{ attributes: { url, file_name: 'IMG_0001.jpg' } }],
};

const parse = (body: unknown): InboundEvent[] => siptrunk.parse(webhook(JSON.stringify(body)), channel, now);

describe('a message from SIPTRUNK', () => {
  it('[SMS-04] is read with files that name no type', () => {
    expect(parse(picture)).toEqual([
      {
        kind: 'message',
        id,
        at: null,
        number: '+14105550183',
        customer: '+14105550143',
        content: { text: 'Here is the picture', files: [{ url, name: 'IMG_0001.jpg' }] },
      },
    ]);
  });

  it('[SMS-04] has its id in message_id first, then in id, then among the attributes, or nowhere', () => {
    const idOf = (data: object) => parse({ data: { type: 'message', attributes, ...data } })[0];
    expect(idOf({ message_id: 'a', id: 'b' })).toMatchObject({ id: 'a' });
    expect(idOf({ id: 'b', attributes: { ...attributes, message_id: 'c' } })).toMatchObject({ id: 'b' });
    expect(idOf({ attributes: { ...attributes, message_id: 'c' } })).toMatchObject({ id: 'c' });
    expect(idOf({})).toMatchObject({ kind: 'message', id: null });
    expect(siptrunk.webhook.sameWithinMs).toBe(60_000);
    expect(idOf({ id: 'x'.repeat(256) })).toMatchObject({ kind: 'malformed' });
  });

  it('[SMS-04] may leave out the plus, the text and the type, and may say the time', () => {
    const lean = { from: '14105550143', to: 14105550183, timestamp: '2026-11-03T20:40:11Z' };
    expect(parse({ data: { id, attributes: lean }, included: 'none' })).toMatchObject([
      {
        kind: 'message',
        at: Date.UTC(2026, 10, 3, 20, 40, 11),
        number: '+14105550183',
        customer: '+14105550143',
        content: { text: '', files: [] },
      },
    ]);
    const typed = { url, mime_type: 'image/jpeg' };
    const mixed = {
      data: picture.data,
      included: [7, {}, { attributes: { url: '' } }, { attributes: typed }],
    };
    expect(parse(mixed)).toMatchObject([{ content: { files: [{ url, type: 'image/jpeg' }] } }]);
  });

  it('is ignored when it is not for this channel or of another kind', () => {
    expect(
      parse({ data: { ...picture.data, attributes: { ...attributes, to: '+14105550999' } } }),
    ).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ data: { ...picture.data, type: 'number_event' } })).toMatchObject([{ kind: 'ignored' }]);
  });

  it('is malformed without sender or recipient', () => {
    for (const body of [
      { data: { type: 'message', attributes: { to: attributes.to } } },
      { data: { type: 'message', attributes: { from: attributes.from } } },
      { data: { type: 'message', attributes: { ...attributes, from: '?' } } },
      { data: null },
      [],
      'text',
    ]) {
      expect(parse(body)).toMatchObject([{ kind: 'malformed' }]);
    }
  });

  it("[SMS-04] [CH-09] that is a receipt is read as Flowroute's", () => {
    const receipt = { level: 2, status: 'delivered', status_code: '1004' };
    expect(parse({ data: { type: 'delivery_receipt', message_id: id, attributes: receipt } })).toMatchObject([
      { kind: 'status', id, ref: null, status: 'delivered' },
    ]);
    expect(parse({ data: { type: 'delivery_receipt', attributes: receipt } })).toMatchObject([
      { kind: 'ignored' },
    ]);
  });

  it('never makes the parser throw, whatever the JSON or the bytes', () => {
    const keys = ['data', 'included', 'attributes', 'id', 'message_id', 'type', 'from', 'to', 'body', 'url'];
    fc.assert(
      fc.property(fc.oneof(nearly([...keys, 'status', 'level', '__proto__']), fc.jsonValue()), (json) => {
        for (const event of parse(json)) expect(event.kind).toMatch(/message|status|ignored|malformed/);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(siptrunk.parse(webhook(bytes), channel, now)).toMatchObject([{ kind: 'malformed' }]);
      }),
    );
  });
});

describe('a message to SIPTRUNK', () => {
  const body = async (message: ReturnType<typeof messageOf>) => {
    const request = await siptrunk.compose(message, channel, now);
    return (JSON.parse(request.body ?? '') as { data: { attributes: object } }).data.attributes;
  };

  it('[SMS-04] goes to the root path with the plus', async () => {
    const request = await siptrunk.compose(messageOf('Hello'), channel, now);
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://messaging.siptrunk.com',
      headers: {
        authorization: basic(`${fields.accessKey}:${fields.secretKey}`),
        'content-type': 'application/vnd.api+json',
      },
    });
    expect(JSON.parse(request.body ?? '')).toEqual({
      data: { type: 'message', attributes: { to: '+17045550187', from: '+19195550142', body: 'Hello' } },
    });
  });

  it('[SMS-04] with files has a body even when it is empty, and the flag as text', async () => {
    const files = [fileNamed('a.jpg')];
    expect(await body(messageOf({ kind: 'files', text: '', files }))).toEqual({
      to: '+17045550187',
      from: '+19195550142',
      body: '',
      is_mms: 'true',
      media_urls: [files[0]?.url],
    });
  });

  it('[SMS-04] may have the JCK API Token pasted into either field', async () => {
    const token = Buffer.from('acc:sec:ret-of-some-length').toString('base64');
    for (const pasted of [
      { ...fields, secretKey: token },
      { ...fields, accessKey: `Basic ${token}` },
    ]) {
      const request = await siptrunk.compose(messageOf('x'), channelWith(pasted), now);
      expect(request.headers['authorization']).toBe(`Basic ${token}`);
    }
    const plain = { accessKey: 'abcdefghijklmnop', secretKey: 'QWxhZGRpbg==QWxh' };
    const request = await siptrunk.compose(messageOf('x'), channelWith(plain), now);
    expect(request.headers['authorization']).toBe(basic('abcdefghijklmnop:QWxhZGRpbg==QWxh'));
  });

  it('[SMS-04] goes to the address of the form when there is one, which has to be public and HTTPS', async () => {
    const sendUrl = 'https://sms.example.com/send';
    const request = await siptrunk.compose(messageOf('x'), channelWith({ ...fields, sendUrl }), now);
    expect(request.url).toBe(sendUrl);
    expect(siptrunk.origins({ fields: { sendUrl } })).toEqual(['https://sms.example.com']);
    expect(siptrunk.origins({ fields })).toEqual(['https://messaging.siptrunk.com']);
    expect(siptrunk.validate?.({ ...fields, sendUrl })).toBeNull();
    expect(siptrunk.validate?.(fields)).toBeNull();
    for (const bad of [
      'http://sms.example.com',
      'https://127.0.0.1/',
      'sms',
      'https://a:b@sms.example.com',
    ]) {
      expect(siptrunk.validate?.({ ...fields, sendUrl: bad })).toMatchObject({ field: 'sendUrl' });
    }
  });

  it('[CH-11] is refused beforehand when it can never go', () => {
    const files = [fileNamed('a.jpg', { size: 767_841 })];
    expect(siptrunk.admit(messageOf({ kind: 'files', text: '', files }), now)).toMatchObject({
      category: 'exceeds_size_limit',
    });
    expect(siptrunk.admit(messageOf('Hi'), now)).toBeNull();
    expect(siptrunk.admit(messageOf('x'.repeat(1601)), now)?.category).toBe('invalid_parameter');
  });

  const interpret = (answer: HttpAnswer) => siptrunk.interpret(answer, messageOf('Hi'), now);

  it('[SMS-04] is sent with any 2xx, whatever its id', () => {
    for (const [json, providerId] of [
      [{ data: { message_id: 'a', id: 'b' } }, 'a'],
      [{ data: { id: 'b' } }, 'b'],
      [{ data: 7, message_id: 8 }, '8'],
      [{ id: 'd' }, 'd'],
      [{ errors: [] }, null],
      ['OK', null],
      ['', null],
      ['null', null],
    ] as const) {
      expect(interpret(answerOf(202, json))).toEqual({ kind: 'accepted', providerId, status: 'sent' });
    }
  });

  it('[SMS-04] is not sent when the answer has errors or is a web page, whatever its status', () => {
    expect(interpret(answerOf(200, { errors: [{ title: 'Bad', detail: 'opted out' }] }))).toMatchObject({
      kind: 'refused',
      error: { category: 'recipient_opted_out', text: 'Bad: opted out' },
      retry: null,
    });
    expect(interpret(answerOf(200, ' <!DOCTYPE html><p>Hi'))).toMatchObject({ kind: 'unknown' });
    expect(interpret(answerOf(200, 'Hi', { 'content-type': 'text/html' }))).toMatchObject({
      kind: 'unknown',
    });
  });

  it.each([
    [401, 'x', 'auth_failed'],
    [403, 'x', 'no_permission'],
    [400, { errors: [{ detail: "'from' is wrong" }] }, 'invalid_phone_number'],
    [422, { message: 'No such number' }, 'invalid_phone_number'],
    [413, '', 'exceeds_size_limit'],
    [422, 'over 767840 byte limit', 'exceeds_size_limit'],
    [400, { error: { message: 'The file is too large' } }, 'exceeds_size_limit'],
    [422, { errors: [{ title: 'Error fetching media' }] }, 'unsupported_media'],
    [400, 'unsupported', 'unsupported_media'],
    [400, { errors: [{ code: 1110 }] }, 'recipient_opted_out'],
    [400, 'The customer texted STOP', 'recipient_opted_out'],
    [400, 'x', 'invalid_parameter'],
    [404, '<html><p>Not found</p></html>', 'invalid_parameter'],
    [405, 'x', 'invalid_parameter'],
    [415, { errors: [{ title: 'Unsupported Media Type' }] }, 'invalid_parameter'],
    [422, 'x', 'invalid_parameter'],
    [418, 'x', 'unknown'],
  ])('[ERR-01] [SMS-04] answered %i %j failed for %s and is not tried again', (status, body, category) => {
    expect(interpret(answerOf(status, body))).toMatchObject({
      kind: 'refused',
      error: { category, code: String(status) },
      retry: null,
    });
  });

  it('[ERR-02] [SMS-04] is tried again when SIPTRUNK is busy or down', () => {
    expect(interpret(answerOf(429, '', { 'retry-after': '2' }))).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { scope: 'channel', afterMs: 2000 },
    });
    expect(interpret(answerOf(503))).toMatchObject({
      error: { category: 'service_unavailable' },
      retry: { scope: 'channel', afterMs: null },
    });
    expect(interpret(answerOf(504))).toMatchObject({ kind: 'unknown' });
  });
});

describe('the SIPTRUNK adapter and its simulator', () => {
  const simulator = new SiptrunkSimulator();
  const receiver = new Receiver();
  const [number = ''] = simulator.numbers;
  const ours = (more: object = {}) =>
    channelWith({ ...simulator.fields, ...more }, { numbers: simulator.numbers });
  const send = async (message = messageOf('Hi', { from: number }), through = ours()) =>
    siptrunk.interpret(
      await callSimulator(await siptrunk.compose(message, through, now), simulator),
      message,
      now,
    );

  beforeAll(async () => {
    await receiver.start();
    await simulator.start();
    await simulator.configure({ webhookUrl: receiver.webhookUrl });
  });
  afterAll(async () => {
    await simulator.close();
    await receiver.close();
  });
  afterEach(() => {
    simulator.behaviour = { ...goodDay };
    receiver.reset();
  });

  it('[SMS-04] understand each other about texts, files and keys', async () => {
    const files = [fileNamed('a.png', { url: receiver.serve('a.png', 1000) })];
    const mms = messageOf({ kind: 'files', text: '', files }, { from: number });
    for (const answersWith of ['data.message_id', 'id', 'nothing'] as const) {
      simulator.answersWith = answersWith;
      const result = await send(mms);
      const [sent] = simulator.accepted.slice(-1);
      const providerId = answersWith === 'nothing' ? null : sent?.id;
      expect(result).toEqual({ kind: 'accepted', providerId, status: 'sent' });
      expect(sent).toMatchObject({ from: number, to: '+17045550187', media: [files[0]?.url] });
    }
    expect(await send(undefined, ours({ secretKey: simulator.jckToken }))).toMatchObject({
      kind: 'accepted',
    });
    expect(await send(undefined, ours({ secretKey: 'wrong' }))).toMatchObject({
      error: { category: 'auth_failed' },
    });
  });

  it('[SMS-04] understand each other about refusals', async () => {
    for (const [code, category] of [
      ['1110', 'recipient_opted_out'],
      ['number', 'invalid_phone_number'],
      ['media', 'unsupported_media'],
      ['413', 'exceeds_size_limit'],
      ['415', 'invalid_parameter'],
      ['403', 'no_permission'],
      ['429', 'too_many_requests'],
      ['503', 'service_unavailable'],
    ] as const) {
      simulator.behave({ refuse: [code] });
      expect(await send()).toMatchObject({ kind: 'refused', error: { category } });
    }
    simulator.behave({ outage: 'html' });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('[SMS-04] understand each other about webhooks', async () => {
    const bytes = Buffer.from('picture');
    const [delivery] = await simulator.customerSends({
      from: '+14105550143',
      to: number,
      text: 'Grüße 🙂',
      files: [{ name: 'a.png', type: 'image/png', bytes }],
    });
    expect(delivery?.statuses).toEqual([200]);
    const [event] = receiver.requests.flatMap((request) => siptrunk.parse(request, ours(), now));
    expect(event).toMatchObject({
      kind: 'message',
      id: expect.any(String) as string,
      number,
      customer: '+14105550143',
      content: { text: 'Grüße 🙂', files: [{ name: 'a.png' }] },
    });
    const link = event?.kind === 'message' ? (event.content.files[0]?.url ?? '') : '';
    const download = siptrunk.media.download(link, ours(), false);
    expect(Buffer.from(await (await fetch(download?.url ?? '')).arrayBuffer())).toEqual(bytes);
  });
});
