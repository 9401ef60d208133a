import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../core/providers/events.ts';
import { flowroute } from '../../../core/providers/flowroute.ts';
import type { HttpAnswer } from '../../../core/providers/provider.ts';
import { answerOf, channelWith, fileNamed, messageOf, nearly, now, webhook } from './fixtures.ts';

const fields = { accessKey: '83216497', secretKey: 'skey' };
const channel = channelWith(fields, { numbers: ['+14255550188'] });

const mms = {
  data: {
    id: 'mdr2-5b0c2f6e9d1a4c8fb3a27e6d90c1f4aa',
    type: 'message',
    attributes: {
      amount_display: '$0.0195',
      amount_nanodollars: 19500000,
      body: 'Is this the right part?',
      delivery_receipts: [],
      direction: 'inbound',
      from: '12065550123',
      is_mms: true,
      message_callback_url: 'https://edge.example.com/webhook/flowroute/TOKEN',
      message_encoding: 0,
      message_type: 'longcode',
      status: '',
      timestamp: '2026-11-03T20:40:11.00Z',
      to: '14255550188',
    },
    relationships: { media: { data: [{ id: '9f1c-1', type: 'media' }] } },
  },
  included: [
    {
      id: '9f1c-1',
      type: 'media',
      attributes: {
        file_name: 'image000000.png',
        file_size: 14832,
        mime_type: 'image/png',
        url: 'https://s3.us-west-2.amazonaws.com/flowroute-messaging-media/9f1c-1',
      },
      links: { self: 'https://api.flowroute.com/v2.1/media/9f1c-1' },
    },
  ],
};

const parse = (body: unknown, rawQuery = ''): InboundEvent[] =>
  flowroute.parse(webhook(JSON.stringify(body), {}, { rawQuery }), channel, now);

/** The MMS with other attributes. */
const mmsWith = (attributes: object, more: object = {}) => ({
  ...mms,
  ...more,
  data: { ...mms.data, attributes: { ...mms.data.attributes, ...attributes } },
});

describe('a message from Flowroute', () => {
  it('[SMS-03] is read with its media, which stand beside data', () => {
    expect(parse(mms)).toEqual([
      {
        kind: 'message',
        id: 'mdr2-5b0c2f6e9d1a4c8fb3a27e6d90c1f4aa',
        at: Date.UTC(2026, 10, 3, 20, 40, 11),
        number: '+14255550188',
        customer: '+12065550123',
        content: {
          text: 'Is this the right part?',
          files: [
            {
              url: 'https://s3.us-west-2.amazonaws.com/flowroute-messaging-media/9f1c-1',
              name: 'image000000.png',
              type: 'image/png',
            },
          ],
        },
      },
    ]);
  });

  it('[SMS-03] has no text but null when it is only media', () => {
    expect(parse(mmsWith({ body: null }))).toMatchObject([{ content: { text: '', files: [{}] } }]);
  });

  it('[SMS-03] may name our number with 10 digits, and any fraction of a second', () => {
    for (const timestamp of ['2026-11-03T20:40:11.500000Z', '2026-11-03T20:40:11.50Z']) {
      expect(parse(mmsWith({ to: '4255550188', timestamp }))).toMatchObject([
        { kind: 'message', number: '+14255550188', at: Date.UTC(2026, 10, 3, 20, 40, 11, 500) },
      ]);
    }
    expect(parse(mmsWith({ timestamp: 'soon' }))).toMatchObject([{ kind: 'message', at: null }]);
  });

  it('[SMS-03] orders its media as the relationships say, wherever they stand', () => {
    const medium = (id: string) => ({
      id,
      type: 'media',
      attributes: { url: `https://m.example.com/${id}` },
    });
    const data = [{ id: 'b' }, { id: 'a' }];
    const reordered = {
      data: { ...mms.data, relationships: { media: { data } }, included: [medium('a')] },
      included: ['junk', medium('c'), { id: 'x', attributes: { url: 7 } }, medium('b')],
    };
    const [event] = parse(reordered);
    expect(event).toMatchObject({
      content: {
        files: ['b', 'a', 'c'].map((id) => ({ url: `https://m.example.com/${id}` })),
      },
    });
  });

  it('[SMS-03] of webhook version v2 is taken, and the admin is told', () => {
    const events = parse({ to: '14255550188', from: '12065550123', body: 'Hello', id: 'mdr2-1' });
    expect(events).toMatchObject([
      { kind: 'message', id: 'mdr2-1', customer: '+12065550123', content: { text: 'Hello', files: [] } },
      { kind: 'account' },
    ]);
    expect(events[1]).toMatchObject({ text: expect.stringContaining('v2.1') as string });
  });

  it('is ignored when it is not for this channel, not inbound, or of another kind', () => {
    for (const body of [
      mmsWith({ to: '14255550999' }),
      mmsWith({ direction: 'outbound' }),
      { data: { ...mms.data, type: 'campaign' } },
    ]) {
      expect(parse(body)).toMatchObject([{ kind: 'ignored' }]);
    }
  });

  it('is malformed without id, sender or recipient', () => {
    for (const body of [
      { data: { ...mms.data, id: undefined } },
      { data: { ...mms.data, id: 'x'.repeat(256) } },
      mmsWith({ from: undefined }),
      mmsWith({ from: '' }),
      mmsWith({ to: null }),
      { data: [] },
      { to: '14255550188', from: '12065550123', body: 'Hello', id: '' },
      'text',
    ]) {
      expect(parse(body)).toMatchObject([{ kind: 'malformed' }]);
    }
    const binary = webhook(new Uint8Array([0x7b, 0xff, 0xfe]));
    expect(flowroute.parse(binary, channel, now)).toMatchObject([{ kind: 'malformed' }]);
  });

  it('never makes the parser throw, whatever the JSON or the bytes', () => {
    const keys = [
      'data',
      'included',
      'attributes',
      'relationships',
      'media',
      'id',
      'type',
      'from',
      'to',
      'body',
    ];
    const more = ['url', 'timestamp', 'status', 'status_code', 'level', '__proto__', 'constructor'];
    fc.assert(
      fc.property(fc.oneof(nearly([...keys, ...more]), fc.jsonValue()), (json) => {
        for (const event of parse(json))
          expect(event.kind).toMatch(/message|status|ignored|malformed|account/);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(flowroute.parse(webhook(bytes), channel, now)).toMatchObject([{ kind: 'malformed' }]);
      }),
    );
  });
});

describe('a receipt from Flowroute', () => {
  const receipt = (attributes: object, type: string | undefined = 'delivery_receipt') => ({
    data: {
      type,
      id: 'mdr2-c33896eff70d19aa363a226264253634',
      attributes: { body: 'Hello', level: 2, timestamp: '2026-11-03T20:41:02.00Z', ...attributes },
    },
  });
  const read = (attributes: object) => parse(receipt(attributes))[0];

  it('[SMS-03] [CH-09] becomes a status under its id and our reference', () => {
    const delivered = { status: 'delivered', status_code: '1004', status_code_description: 'to handset' };
    expect(parse(receipt(delivered), 'a=1&ref=msg_01')).toEqual([
      {
        kind: 'status',
        id: 'mdr2-c33896eff70d19aa363a226264253634',
        ref: 'msg_01',
        status: 'delivered',
        error: null,
        at: Date.UTC(2026, 10, 3, 20, 41, 2),
      },
    ]);
    expect(parse(receipt(delivered), 'ref=%3Cscript%3E')).toMatchObject([{ ref: null }]);
  });

  it('[SMS-03] is known by level or code where the type is missing', () => {
    expect(parse(receipt({ status: 'message buffered', status_code: null }, ''))).toMatchObject([
      { kind: 'status', status: 'sent' },
    ]);
  });

  it.each([
    ['1001', 'queued'],
    [1001, 'queued'],
    ['1002', 'sent'],
    ['1003', 'sent'],
    [1004, 'delivered'],
    ['1005', 'failed'],
    ['1007', 'failed'],
    ['1008', 'failed'],
    [1009, 'failed'],
    ['1999', 'failed'],
  ])('[SMS-03] of code %s means %s, whatever the word', (code, status) => {
    expect(read({ status: 'anything', status_code: code })).toMatchObject({ status });
  });

  it.each([
    ['smsc submit', 'sent'],
    ['message buffered', 'sent'],
    ['Message Sent', 'sent'],
    ['pending', 'sent'],
    ['delivered', 'delivered'],
    ['DELIVERY SUCCESS', 'delivered'],
    ['success', 'delivered'],
    ['failed', 'failed'],
    ['delivery failure', 'failed'],
    ['rejected', 'failed'],
    ['smsc reject', 'failed'],
    ['expired', 'failed'],
  ])('[SMS-03] that says "%s" without a code means %s', (word, status) => {
    expect(read({ status: word, status_code: null })).toMatchObject({ status });
    expect(read({ status: word, status_code: '1000' })).toMatchObject({ status });
  });

  it('[CH-09] with words that nobody knows changes nothing', () => {
    for (const status of ['carrier pondering', 'constructor', '', undefined, null, 7]) {
      expect(read({ status, status_code: null })).toMatchObject({ kind: 'ignored' });
    }
    expect(read({ status: 'odd', status_code: '__proto__' })).toMatchObject({ kind: 'ignored' });
  });

  it.each([
    ['1110', 'recipient_opted_out'],
    ...['1108', '1112', '1116', '1206'].map((code) => [code, 'invalid_phone_number']),
    ...['1101', '1103', '1104', '1109', '1150', '1152'].map((code) => [code, 'no_permission']),
    ...['1006', '1102', '1105', '1106', '1111', '1115'].map((code) => [code, 'service_unavailable']),
    ['1210', 'too_many_requests'],
    ...['1107', '1201', '1202', '1203', '1205'].map((code) => [code, 'invalid_parameter']),
    ...['1005', '1007', '1113', '1300'].map((code) => [code, 'unknown']),
  ])('[ERR-01] [SMS-03] with code %s failed for %s', (code, category) => {
    expect(read({ status: 'failed', status_code: code, status_code_description: 'Why' })).toMatchObject({
      status: 'failed',
      error: { category, code, text: 'failed: Why' },
    });
  });
});

describe('a message to Flowroute', () => {
  it('[SMS-03] goes as JSON:API under Basic auth, with numbers in digits and a receipt address', async () => {
    const request = await flowroute.compose(messageOf('“Hello”'), channel, now);
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.flowroute.com/v2.1/messages',
      headers: {
        authorization: `Basic ${Buffer.from('83216497:skey').toString('base64')}`,
        'content-type': 'application/vnd.api+json',
        accept: 'application/vnd.api+json',
      },
    });
    expect(JSON.parse(request.body ?? '')).toEqual({
      data: {
        type: 'message',
        attributes: {
          to: '17045550187',
          from: '19195550142',
          body: '“Hello”',
          dlr_callback: 'https://gw.example.com/webhook/any/token?ref=msg_01',
        },
      },
    });
  });

  it('[SMS-03] is an MMS only when it has files, and leaves an empty body out', async () => {
    const files = [fileNamed('a.jpg'), fileNamed('b.jpg')];
    const request = await flowroute.compose(messageOf({ kind: 'files', text: '', files }), channel, now);
    const { data } = JSON.parse(request.body ?? '') as { data: { attributes: object } };
    expect(data.attributes).toMatchObject({ is_mms: true, media_urls: files.map(({ url }) => url) });
    expect(data.attributes).not.toHaveProperty('body');
  });

  it('[CH-11] is refused beforehand when it can never go', () => {
    const file = (size: number) => fileNamed('a.jpg', { size });
    const files = (text: string, ...sizes: number[]) =>
      messageOf({ kind: 'files', text, files: sizes.map(file) });
    const category = (message: ReturnType<typeof messageOf>) => flowroute.admit(message, now)?.category;
    expect(category(messageOf('Hello'))).toBeUndefined();
    expect(category(files('', 767_840))).toBeUndefined();
    expect(category(files('x', 767_840))).toBe('exceeds_size_limit');
    expect(category(files('', 767_841))).toBe('exceeds_size_limit');
    expect(category(files('', 400_000, 400_000))).toBe('exceeds_size_limit');
    expect(category(messageOf(''))).toBe('invalid_parameter');
    expect(category(messageOf('x'.repeat(100_000)))).toBe('invalid_parameter');
    expect(category(messageOf('Hi', { to: 'SHOP' }))).toBe('invalid_phone_number');
    expect(category(messageOf({ kind: 'location', place: { latitude: 1, longitude: 2 } }))).toBe(
      'unsupported_media',
    );
  });

  const interpret = (answer: HttpAnswer) => flowroute.interpret(answer, messageOf('Hi'), now);
  const errors = (detail: string, title = 'Error') => ({ errors: [{ id: 'e-1', status: 0, title, detail }] });

  it('[SMS-03] is sent when Flowroute has given it an id, and only then', () => {
    const id = 'mdr2-c33896eff70d19aa363a226264253634';
    expect(interpret(answerOf(202, { data: { id, type: 'message' } }))).toEqual({
      kind: 'accepted',
      providerId: id,
      status: 'sent',
    });
    for (const body of ['', '{}', '<!doctype html><p>Hi', { data: { id: '' } }, { data: null }]) {
      expect(interpret(answerOf(200, body))).toMatchObject({
        kind: 'unknown',
        error: { category: 'unknown' },
      });
    }
    expect(interpret(answerOf(200, errors('No')))).toMatchObject({ kind: 'refused', retry: null });
  });

  it.each([
    [400, '1110 recipient', 'recipient_opted_out'],
    [400, 'The recipient has opted out', 'recipient_opted_out'],
    [400, 'The phone rejected the message', 'recipient_opted_out'],
    [400, "The 'to' attribute is wrong", 'invalid_phone_number'],
    [422, 'from is not a valid phone number', 'invalid_phone_number'],
    [422, 'Error fetching media: over 767840 byte limit', 'exceeds_size_limit'],
    [422, 'Error fetching media', 'unsupported_media'],
    [400, 'Odd', 'invalid_parameter'],
    [404, 'Odd', 'invalid_parameter'],
    [405, 'Odd', 'invalid_parameter'],
    [415, 'Unsupported media type', 'invalid_parameter'],
    [422, 'Odd', 'invalid_parameter'],
    [401, 'Odd', 'auth_failed'],
    [403, 'from number is not yours', 'no_permission'],
    [418, 'Odd', 'unknown'],
    [301, 'Odd', 'unknown'],
  ])(
    '[ERR-01] [SMS-03] answered %i "%s" failed for %s and is not tried again',
    (status, detail, category) => {
      const result = interpret(answerOf(status, errors(detail)));
      expect(result).toMatchObject({ kind: 'refused', error: { category }, retry: null });
      expect(result).toMatchObject({ error: { text: `Error: ${detail} (error id e-1)` } });
    },
  );

  it('[ERR-01] keeps the code of an error, or the HTTP status', () => {
    expect(interpret(answerOf(400, { errors: [{ code: 1110 }] }))).toMatchObject({
      error: { category: 'recipient_opted_out', code: '1110' },
    });
    expect(interpret(answerOf(401, ''))).toMatchObject({ error: { code: '401', text: 'HTTP 401' } });
  });

  it.each([
    [429, 'too_many_requests'],
    [500, 'service_unavailable'],
    [502, 'service_unavailable'],
    [503, 'service_unavailable'],
  ])('[ERR-02] [SMS-03] answered %i is tried again, as Retry-After says', (status, category) => {
    expect(interpret(answerOf(status, 'busy', { 'retry-after': '7' }))).toMatchObject({
      kind: 'refused',
      error: { category },
      retry: { scope: 'channel', afterMs: 7000 },
    });
    expect(interpret(answerOf(status))).toMatchObject({ retry: { afterMs: null } });
  });

  it('[ERR-02] may have gone out when a gateway ran out of time, so it is not repeated', () => {
    const error = { category: 'service_unavailable' };
    expect(interpret(answerOf(504))).toMatchObject({ kind: 'unknown', error });
    expect(flowroute.repeatable).toBe(false);
  });
});
