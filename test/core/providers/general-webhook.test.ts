import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { general } from '../../../core/providers/general.ts';
import { channelWith, nearly, now, webhook } from './fixtures.ts';

const secret = 'parley-example-secret';
const body =
  '{"data":{"event_type":"message.received","payload":{"id":"m-1","from":{"phone_number":"+14155550101"},"to":[{"phone_number":"+14155550102"}],"text":"Grüße","received_at":"2026-11-03T08:15:00.000+01:00","record_type":"message"}}}';
const signature = 'sha256=25fee53f8f099379656265301ca110a6cd713905daaa4066dd211ebec98b07c9';

const fields = {
  apiKey: 'key-1',
  secret,
  sendUrl: 'https://sms.example.com/messages',
  verifyUrl: 'https://sms.example.com/verify?v=1',
};
const channel = channelWith(fields, { numbers: ['+14155550102', '+4930555012'] });

const payload = {
  id: 'm-1',
  from: { phone_number: '+14155550101' },
  to: [{ phone_number: '+14155550102' }],
  text: 'Hello',
  received_at: '2026-11-03T08:15:00.503+01:00',
};
const parse = (change: Record<string, unknown>, data: Record<string, unknown> = {}) =>
  general.parse(
    webhook(
      JSON.stringify({
        data: { event_type: 'message.received', ...data, payload: { ...payload, ...change } },
      }),
    ),
    channel,
    now,
  );

describe('the signature of a General webhook', () => {
  const check = (header: string | undefined, bytes: string | Uint8Array = body) =>
    general.verify(webhook(bytes, header === undefined ? {} : { 'x-signature-256': header }), channel, now);

  it('[SMS-10] is HMAC-SHA256 of the raw body, in lower-case hex', async () => {
    expect(new TextEncoder().encode(body)).toHaveLength(230);
    expect(await check(signature)).toEqual({ ok: true });
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['without its prefix', signature.slice(7)],
    ['too short', signature.slice(0, -1)],
    ['too long', `${signature}0`],
    ['not hex', `${signature.slice(0, -1)}g`],
    ['upper-case', `sha256=${signature.slice(7).toUpperCase()}`],
    ['a plain digest of the body', `sha256=${createHash('sha256').update(body).digest('hex')}`],
    [
      'a digest of secret and body',
      `sha256=${createHash('sha256')
        .update(secret + body)
        .digest('hex')}`,
    ],
    [
      'a digest of body and secret',
      `sha256=${createHash('sha256')
        .update(body + secret)
        .digest('hex')}`,
    ],
  ])('[SMS-10] is refused with 400 when %s', async (_what, header) => {
    expect(await check(header)).toMatchObject({ ok: false, reply: { status: 400 }, log: expect.any(String) });
  });

  it('[SMS-10] is refused when any byte of body or header is another', async () => {
    const bytes = new TextEncoder().encode(body);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, flip) => {
        const forged = bytes.slice();
        forged[index] = (forged[index] ?? 0) ^ flip;
        expect((await check(signature, forged)).ok).toBe(false);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(signature.length - 1),
        fc.integer({ min: 1, max: 127 }),
        async (index, flip) => {
          const code = signature.charCodeAt(index) ^ flip;
          const forged = signature.slice(0, index) + String.fromCharCode(code) + signature.slice(index + 1);
          expect((await check(forged)).ok).toBe(false);
        },
      ),
    );
  });

  it('is not asked for when the channel has no secret', async () => {
    const open = channelWith({ apiKey: 'k', sendUrl: fields.sendUrl });
    expect(await general.verify(webhook(body, { 'x-signature-256': 'nonsense' }), open, now)).toEqual({
      ok: true,
    });
  });
});

describe('a General webhook', () => {
  it("[SMS-10] is read from the guide's sample", () => {
    const sample = {
      data: {
        event_type: 'message.received',
        id: '3cddbb13-5e51-4035-b8e3-c30502fca2ab',
        occurred_at: '2026-11-03T08:15:00.588+01:00',
        payload: {
          completed_at: null,
          direction: 'inbound',
          encoding: 'GSM-7',
          errors: [],
          from: {
            carrier: 'Example',
            line_type: 'long_code',
            phone_number: '+14155550101',
            status: 'webhook_delivered',
          },
          id: 'eef85db5-e484-42ae-8bb0-d816728b5a28',
          media: [{ content_type: null, sha256: null, url: 'https://media.example.net/a/400x400.png' }],
          parts: 1,
          received_at: '2026-11-03T08:15:00.503+01:00',
          record_type: 'message',
          tags: [],
          text: 'Hello',
          to: [
            {
              carrier: 'PBX',
              line_type: 'Wireless',
              phone_number: '+14155550102',
              status: 'webhook_delivered',
            },
          ],
          type: 'SMS/MMS',
        },
        record_type: 'event',
      },
      meta: { attempt: 1 },
    };
    expect(general.parse(webhook(JSON.stringify(sample)), channel, now)).toEqual([
      {
        kind: 'message',
        id: 'eef85db5-e484-42ae-8bb0-d816728b5a28',
        at: Date.UTC(2026, 10, 3, 7, 15, 0, 503),
        number: '+14155550102',
        customer: '+14155550101',
        content: { text: 'Hello', files: [{ url: 'https://media.example.net/a/400x400.png' }] },
      },
    ]);
  });

  it.each([
    ['a list', [{ phone_number: '+14155550102' }]],
    ['an object', { phone_number: '+14155550102' }],
    ['a text', '+14155550102'],
    ['digits without +', { phone_number: '14155550102' }],
    ['a number in JSON', { phone_number: 14155550102 }],
    ['a list with a stranger first', [{ phone_number: '+14155559999' }, { phone_number: '+14155550102' }]],
  ])('[SMS-10] takes `to` as %s', (_shape, to) => {
    expect(parse({ to })).toMatchObject([{ kind: 'message', number: '+14155550102' }]);
  });

  it('takes digits without + as whole international numbers', () => {
    expect(parse({ from: { phone_number: '6591234567' }, to: '4930555012' })).toMatchObject([
      { kind: 'message', customer: '+6591234567', number: '+4930555012' },
    ]);
    expect(parse({ from: { phone_number: 'EXAMPLE' } })).toMatchObject([{ customer: 'EXAMPLE' }]);
    expect(parse({ from: { phone_number: '12345' } })).toMatchObject([{ customer: '12345' }]);
  });

  it('[SMS-10] takes ids of up to 255 characters, and refuses longer ones and none', () => {
    expect(parse({ id: 'i'.repeat(255) })).toMatchObject([{ kind: 'message', id: 'i'.repeat(255) }]);
    expect(parse({ id: 42 })).toMatchObject([{ kind: 'message', id: '42' }]);
    for (const id of ['i'.repeat(256), '', undefined, null, {}]) {
      expect(parse({ id })).toMatchObject([{ kind: 'malformed' }]);
    }
    expect([general.webhook.accepted, general.webhook.malformed.status]).toEqual([
      { status: 204, headers: {}, body: null },
      400,
    ]);
  });

  it('needs text or media, and skips media without a URL', () => {
    expect(parse({ text: '' })).toMatchObject([{ kind: 'malformed' }]);
    expect(parse({ text: null, media: [{ content_type: 'image/png' }] })).toMatchObject([
      { kind: 'malformed' },
    ]);
    const sha256 = 'AB'.repeat(32);
    const media = [{}, 7, { url: 'https://m.example.net/1', content_type: 'image/png', sha256, size: 9 }];
    expect(parse({ text: undefined, media })).toMatchObject([
      {
        content: {
          text: '',
          files: [{ url: 'https://m.example.net/1', type: 'image/png', sha256: 'ab'.repeat(32) }],
        },
      },
    ]);
    expect(parse({ media: [{ url: 'm.example.net/2' }, { url: 'file:///etc/passwd' }] })).toMatchObject([
      { content: { files: [{ url: 'https://m.example.net/2' }] } },
    ]);
  });

  it('falls back on the time of the event, then on none', () => {
    const occurred = { occurred_at: '2026-11-03T08:15:00.588+01:00' };
    expect(parse({ received_at: 'soon' }, occurred)).toMatchObject([
      { at: Date.UTC(2026, 10, 3, 7, 15, 0, 588) },
    ]);
    expect(parse({ received_at: undefined })).toMatchObject([{ at: null }]);
  });

  it('ignores other events and numbers that are not of the channel', () => {
    expect(parse({}, { event_type: 'message.finalized' })).toMatchObject([{ kind: 'ignored' }]);
    const bare = webhook(JSON.stringify({ data: { event_type: 'number.ported' } }));
    expect(general.parse(bare, channel, now)).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ to: '+14155559999' })).toMatchObject([
      { kind: 'ignored', what: expect.stringContaining('+14155559999') },
    ]);
    expect(parse({ to: [] })).toMatchObject([{ kind: 'malformed' }]);
    expect(parse({ from: 'nobody', to: {} })).toMatchObject([{ kind: 'malformed' }]);
  });

  it('never throws, whatever the bytes and whatever the JSON', () => {
    const keys = [
      'data',
      'event_type',
      'payload',
      'id',
      'from',
      'to',
      'phone_number',
      'media',
      'url',
      'text',
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          nearly(keys).map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(general.parse(webhook(text), channel, now)).not.toHaveLength(0);
        },
      ),
    );
    fc.assert(
      fc.property(nearly(keys), (to) => {
        expect(parse({ to, media: to, from: to })).toHaveLength(1);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(general.parse(webhook(bytes), channel, now)).toMatchObject([{ kind: 'malformed' }]);
      }),
    );
    expect(general.parse(webhook('['.repeat(200_000)), channel, now)).toMatchObject([{ kind: 'malformed' }]);
  });
});
