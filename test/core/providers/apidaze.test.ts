import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apidaze } from '../../../core/providers/apidaze.ts';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type { HttpAnswer, Outgoing } from '../../../core/providers/provider.ts';
import { answerOf, channelWith, fileNamed, messageOf, nearly, now, webhook } from './fixtures.ts';

const fields = { apiKey: 'a1b2c3d4', secret: 's&cret', accompanyingText: 'Sent by the shop' };
const channel = channelWith(fields, { numbers: ['+14125550199'] });

const sms = {
  type: 'incomingWebhookSMS',
  caller_id_number: '14125550142',
  destination_number: '14125550199',
  text: 'Yes please',
};
const mms = {
  ...sms,
  type: 'incomingWebhookMMS',
  text: 'My receipt',
  files: "{'smil.smil': 'PHNtaWw+PC9zbWlsPg==', 'IMG_0042.jpg': '/9j/4AAQSkZJRgABAQ=='}",
};

const parse = (body: unknown): InboundEvent[] => apidaze.parse(webhook(JSON.stringify(body)), channel, now);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const filesOf = (files: unknown, text = 'My receipt') => {
  const [event] = parse({ ...mms, files, text });
  return event?.kind === 'message' ? event.content.files : event;
};

describe('a message from Apidaze', () => {
  it('[SMS-01] is read without id and time', () => {
    expect(parse(sms)).toEqual([
      {
        kind: 'message',
        id: null,
        at: null,
        number: '+14125550199',
        customer: '+14125550142',
        content: { text: 'Yes please', files: [] },
      },
    ]);
    expect(apidaze.webhook.sameWithinMs).toBe(60_000);
  });

  it('[SMS-01] has its files inside, as a printed Python dictionary', () => {
    expect(parse(mms)).toMatchObject([
      {
        kind: 'message',
        content: { text: 'My receipt', files: [{ name: 'IMG_0042.jpg', data: '/9j/4AAQSkZJRgABAQ==' }] },
      },
    ]);
    expect(filesOf(`{"it's.jpg": b'YQ==', u'b\\u00fc \\'x\\'.png' : 'Yg==' , }`)).toEqual([
      { name: "it's.jpg", data: 'YQ==' },
      { name: "bü 'x'.png", data: 'Yg==' },
    ]);
  });

  it('[SMS-01] has neither the layout nor its own text among its files', () => {
    expect(filesOf(`{'a.SMIL': 'YQ==', 'text_0.txt': '${base64('My receipt\n')}'}`)).toEqual([]);
    expect(filesOf(`{'note.txt': '${base64('Other')}'}`)).toEqual([
      { name: 'note.txt', data: base64('Other') },
    ]);
    expect(filesOf([{ type: 'x', data: 'YQ==', mime_type: 'application/smil', name: 'layout' }])).toEqual([]);
  });

  it('[SMS-01] may have its files as JSON of any kind', () => {
    const url = 'https://media.example.com/a.jpg';
    expect(filesOf('{"a.jpg": "YQ=="}')).toEqual([{ name: 'a.jpg', data: 'YQ==' }]);
    expect(filesOf({ 'a.jpg': 'YQ==' })).toEqual([{ name: 'a.jpg', data: 'YQ==' }]);
    expect(filesOf(url)).toEqual([{ url }]);
    expect(filesOf([url, 'data:image/png;base64,YQ=='])).toEqual([
      { url },
      { data: 'YQ==', type: 'image/png' },
    ]);
    expect(
      filesOf([
        { url, filename: 'a.jpg', content_type: 'image/jpeg' },
        { base64: 'YQ', name: 'b.jpg', mime_type: 'image/jpeg' },
        { content: 'YW\nI=' },
      ]),
    ).toEqual([
      { url, name: 'a.jpg', type: 'image/jpeg' },
      { data: 'YQ==', name: 'b.jpg', type: 'image/jpeg' },
      { data: 'YWI=' },
    ]);
    expect(filesOf({ data: 'YQ==', name: 'c.jpg' })).toEqual([{ data: 'YQ==', name: 'c.jpg' }]);
  });

  it('[SMS-01] keeps its text and its good files when others cannot be read', () => {
    expect(parse({ ...mms, files: "{'a.jpg': '***', 'b.jpg': 'YQ=='}" })).toMatchObject([
      { kind: 'message', content: { text: 'My receipt', files: [{ name: 'b.jpg' }] } },
      { kind: 'ignored' },
    ]);
    for (const files of ["{'a.jpg': ", "{'a.jpg' 'YQ=='}", '{1: 2}', 7, [null], 'file:///etc/passwd']) {
      expect(parse({ ...mms, files })).toMatchObject([
        { kind: 'message', content: { text: 'My receipt', files: [] } },
        { kind: 'ignored' },
      ]);
      expect(parse({ ...mms, files, text: '' })).toMatchObject([
        { kind: 'message', content: { unsupported: 'MMS' } },
        { kind: 'ignored' },
      ]);
    }
  });

  it('[SMS-01] may use other names, and carry an id', () => {
    const ids = { id: '4', uuid: '3', message_uuid: '2' };
    expect(parse({ from: '4125550142', to: '+14125550199', body: 'Hi', ...ids })).toMatchObject([
      { kind: 'message', id: '2', customer: '+14125550142', content: { text: 'Hi' } },
    ]);
    expect(
      parse({ source: 14125550142, destination: '14125550199', message: 'Hi', reference_id: 1 }),
    ).toMatchObject([{ kind: 'message', id: '1' }]);
    const form = new URLSearchParams({ from: '14125550142', to: '14125550199', text: 'Hi & bye' });
    expect(apidaze.parse(webhook(form.toString()), channel, now)).toMatchObject([
      { kind: 'message', content: { text: 'Hi & bye' } },
    ]);
  });

  it('is ignored when it is not for this channel or of another kind', () => {
    expect(parse({ ...sms, destination_number: '14125550100' })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ ...sms, type: 'incomingCall' })).toMatchObject([{ kind: 'ignored' }]);
  });

  it('is malformed without both numbers', () => {
    for (const body of [
      { ...sms, caller_id_number: '' },
      { ...sms, caller_id_number: '?' },
      { ...sms, destination_number: null },
      { ...sms, uuid: 'x'.repeat(256) },
      'text',
      [],
    ]) {
      expect(parse(body)).toMatchObject([{ kind: 'malformed' }]);
    }
  });

  it('[SMS-01] is never made of a call that asks for a script', async () => {
    const call = webhook('', {}, { method: 'GET', rawQuery: 'caller_id_number=1&destination_number=2' });
    expect(await apidaze.verify(call, channel, now)).toMatchObject({
      ok: false,
      reply: { status: 405 },
      log: expect.stringContaining('SMS destination') as string,
    });
    expect(await apidaze.verify(webhook('{}'), channel, now)).toEqual({ ok: true });
  });

  it('never makes the parser throw, whatever the JSON or the bytes', () => {
    const keys = [...Object.keys(mms), 'from', 'to', 'status', 'msgid', 'uuid', 'base64', 'url', '__proto__'];
    fc.assert(
      fc.property(fc.oneof(nearly(keys), fc.jsonValue()), (json) => {
        for (const event of parse(json)) expect(event.kind).toMatch(/message|status|ignored|malformed/);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(apidaze.parse(webhook(bytes), channel, now)).toMatchObject([{ kind: 'malformed' }]);
      }),
    );
  });
});

describe('a receipt from Apidaze', () => {
  const receipt = (status: string, more = '&to=14125550142&msgid=m-1') =>
    apidaze.parse(webhook(`status=${encodeURIComponent(status)}${more}`), channel, now)[0];

  it.each([
    ...['queued', 'pending', 'accepted'].map((word) => [word, 'queued']),
    ...['sent', 'submitted', 'Enroute', 'buffered'].map((word) => [word, 'sent']),
    ...['DELIVERED', 'success'].map((word) => [word, 'delivered']),
    ...['failed', 'undelivered', 'undeliverable', 'rejected', 'expired', 'error'].map((word) => [
      word,
      'failed',
    ]),
  ])('[SMS-01] [CH-09] that says "%s" means %s', (word, status) => {
    expect(receipt(word)).toMatchObject({ kind: 'status', id: 'm-1', ref: null, status });
    expect(parse({ status: word, uuid: 'm-2', to: '14125550142' })).toMatchObject([{ id: 'm-2', status }]);
  });

  it('[SMS-01] with another word or no id changes nothing', () => {
    expect(receipt('pondering')).toMatchObject({ kind: 'ignored' });
    expect(receipt('constructor')).toMatchObject({ kind: 'ignored' });
    expect(receipt('delivered', '')).toMatchObject({ kind: 'ignored' });
    expect(parse({ ...sms, status: 'received' })).toMatchObject([{ kind: 'message' }]);
    expect(parse({ ...mms, text: '', status: 'received' })).toMatchObject([{ kind: 'message' }]);
  });
});

describe('a message to Apidaze', () => {
  const formOf = async (message: Outgoing, more: object = {}) => {
    const request = await apidaze.compose(message, channelWith({ ...fields, ...more }), now);
    return Object.fromEntries(new URLSearchParams(request.body ?? ''));
  };
  const files = ['a.jpg', 'b.jpg'].map((name) => fileNamed(name));

  it('[SMS-01] goes as a form with the secret in the query and digits for numbers', async () => {
    const request = await apidaze.compose(messageOf('Grüße'), channel, now);
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.apidaze.io/a1b2c3d4/sms/send?api_secret=s%26cret',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(await formOf(messageOf('Grüße'))).toEqual({
      from: '19195550142',
      to: '17045550187',
      body: 'Grüße',
      message_type: 'SMS',
    });
  });

  it('[SMS-01] has the accompanying text where an agent sends only files', async () => {
    expect(await formOf(messageOf({ kind: 'files', text: '', files }))).toEqual({
      from: '19195550142',
      to: '17045550187',
      body: 'Sent by the shop',
      message_type: 'MMS',
      'file_urls[0]': files[0]?.url,
      'file_urls[1]': files[1]?.url,
      skip_file_error: '0',
    });
    expect(await formOf(messageOf({ kind: 'files', text: 'Look', files }))).toMatchObject({ body: 'Look' });
    const initial = apidaze.form.find(({ name }) => name === 'accompanyingText')?.initial ?? '';
    expect(initial.trim()).not.toBe('');
  });

  it('[SMS-01] may go as JSON, and to another host', async () => {
    const other = channelWith({
      ...fields,
      encoding: 'json',
      baseUrl: 'https://cpaas-api.voipinnovations.com/',
    });
    const request = await apidaze.compose(messageOf({ kind: 'files', text: 'x', files }), other, now);
    expect(request.url).toBe('https://cpaas-api.voipinnovations.com/a1b2c3d4/sms/send?api_secret=s%26cret');
    expect(JSON.parse(request.body ?? '')).toMatchObject({
      message_type: 'MMS',
      file_urls: files.map(({ url }) => url),
      skip_file_error: false,
    });
    expect(apidaze.origins(other)).toEqual(['https://cpaas-api.voipinnovations.com']);
    expect(apidaze.validate?.(other.fields)).toBeNull();
    expect(apidaze.validate?.(fields)).toBeNull();
    for (const bad of ['http://api.apidaze.io', 'https://localhost', 'https://example.com/?x=1', 'x']) {
      expect(apidaze.validate?.({ ...fields, baseUrl: bad })).toMatchObject({ field: 'baseUrl' });
    }
  });

  it('[CH-11] is refused beforehand when it can never go, as far as the admin allows', () => {
    const of = (size: number) => messageOf({ kind: 'files', text: '', files: [fileNamed('a', { size })] });
    const any = { fields: { ...fields, fileLimit: 'any' } };
    expect(apidaze.admit(of(1_000_000), now)).toBeNull();
    expect(apidaze.admit(of(1_000_001), now)?.category).toBe('exceeds_size_limit');
    expect(apidaze.admit(of(100_000_000), now, any)).toBeNull();
    expect(apidaze.admit(of(100_000_001), now, any)?.category).toBe('exceeds_size_limit');
    expect(apidaze.admit(messageOf('x'.repeat(1601)), now)?.category).toBe('invalid_parameter');
  });
});

describe('an answer of Apidaze', () => {
  const interpret = (answer: HttpAnswer) => apidaze.interpret(answer, messageOf('Hi'), now);

  it.each([
    [{ ok: true, message: 'Message sent', details: { uuid: '702ba309' } }, '702ba309'],
    [{ ok: true, message: 'SMS sent', message_id: 'm', id: 'i', uuid: 'u' }, 'm'],
    [{ ok: true, id: 7, uuid: 'u', errors: [], error: null }, '7'],
    [{ ok: true, message: 'SMS sent' }, null],
    [{ success: true }, null],
    [{ status: { message: 'Message sent' } }, null],
    ['<ok><uuid>702ba309</uuid></ok>', '702ba309'],
  ])('[SMS-01] %j means sent', (body, providerId) => {
    expect(interpret(answerOf(200, body))).toEqual({ kind: 'accepted', providerId, status: 'sent' });
  });

  it.each([
    [{ ok: false, message: 'No' }],
    [{ success: false }],
    [{ ok: true, error: 'No' }],
    [{ ok: true, errors: ['No'] }],
    [{ code: 'E_OOPS', uuid: 'x' }],
    ['<error>No</error>'],
  ])('[SMS-01] %j under HTTP 200 means refused', (body) => {
    expect(interpret(answerOf(200, body))).toMatchObject({
      kind: 'refused',
      error: { category: 'unknown' },
      retry: null,
    });
  });

  it.each([[''], ['<!doctype html><h1>Docs</h1>'], ['OK'], [{}], [[]], [{ message: 'Hm' }]])(
    '[SMS-01] %j under HTTP 200 says neither',
    (body) => {
      expect(interpret(answerOf(200, body))).toMatchObject({
        kind: 'unknown',
        error: { category: 'unknown' },
      });
    },
  );

  it.each([
    [401, 'Unauthorized', 'auth_failed'],
    [404, 'api secret and api key are not a pair', 'auth_failed'],
    [404, 'Not found', 'invalid_parameter'],
    [403, 'Forbidden', 'no_permission'],
    [400, 'from 1412 is not on this application', 'no_permission'],
    [200, 'The from number is not on your account', 'no_permission'],
    [400, "'to' is wrong", 'invalid_phone_number'],
    [422, 'Bad destination', 'invalid_phone_number'],
    [422, 'Invalid number', 'invalid_phone_number'],
    [413, '', 'exceeds_size_limit'],
    [400, 'The file is too large', 'exceeds_size_limit'],
    [415, '', 'unsupported_media'],
    [422, 'Could not fetch the file', 'unsupported_media'],
    [400, 'The recipient has opted out', 'recipient_opted_out'],
    [400, 'opt-out', 'recipient_opted_out'],
    [400, 'User unsubscribed', 'recipient_opted_out'],
    [403, 'Blocked by recipient', 'recipient_opted_out'],
    [400, 'STOP', 'recipient_opted_out'],
    [400, 'Failed to send', 'invalid_parameter'],
    [422, 'Odd', 'invalid_parameter'],
    [418, 'Odd', 'unknown'],
  ])('[ERR-01] [SMS-01] of HTTP %i "%s" means %s, and no second try', (status, message, category) => {
    for (const body of [
      { code: 'E_X', message },
      { ok: false, message },
      { errors: [{ message }] },
      `<error>${message}</error>`,
    ]) {
      expect(interpret(answerOf(status, body))).toMatchObject({
        kind: 'refused',
        error: { category },
        retry: null,
      });
    }
    expect(interpret(answerOf(status, { code: 'E_X', message }))).toMatchObject({ error: { code: 'E_X' } });
  });

  it('[ERR-02] [SMS-01] is tried again when Apidaze is busy or clearly down', () => {
    expect(interpret(answerOf(429, '', { 'retry-after': '2' }))).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { scope: 'channel', afterMs: 2000 },
    });
    for (const status of [500, 502, 503]) {
      expect(interpret(answerOf(status))).toMatchObject({
        error: { category: 'service_unavailable' },
        retry: { scope: 'channel', afterMs: null },
      });
    }
    expect(interpret(answerOf(504))).toMatchObject({ kind: 'unknown' });
  });

  it('[CH-16] is kept without the secret that stands in our URL', () => {
    const message = 'No route for /a1b2c3d4/sms/send?api_secret=s%26cret&x=1';
    const said = JSON.stringify(interpret(answerOf(400, { code: 'E_X', message })));
    expect(said).not.toContain('s%26cret');
    expect(said).toContain('api_secret=***&x=1');
  });
});
