import { createPrivateKey, createHash, sign } from 'node:crypto';
import fc from 'fast-check';
import Telnyx from 'telnyx';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { telnyx } from '../../../core/providers/telnyx.ts';
import { channelWith, nearly, webhook } from './fixtures.ts';

const publicKey = 'kuHHfGg+lXzIL2JhownSoY5LQkjFlKag2yXTZkCECeQ=';
const channel = channelWith({ apiKey: 'KEY1', publicKey });
const example =
  '{"data":{"event_type":"message.received","id":"5f6d2c1a-9b34-4e0f-8a77-2d1c0b9e8f70","occurred_at":"2026-11-22T09:40:00.125+00:00","payload":{"cc":[],"completed_at":null,"cost":{"amount":"0.0000","currency":"USD"},"direction":"inbound","encoding":"UCS-2","errors":[],"from":{"carrier":"T-Mobile USA","line_type":"Wireless","phone_number":"+17045550187"},"id":"c2a1f7d0-63be-4d58-9f0a-7be2d4c91e55","media":[],"messaging_profile_id":"40019f3e-7d5b-4c1e-8e2a-0b6d9c3f1a22","organization_id":"6a9e3f10-55c4-4b7d-9d1e-8f0c2b7a6e31","parts":1,"received_at":"2026-11-22T09:39:59.981+00:00","record_type":"message","sent_at":null,"subject":null,"tags":[],"text":"Café + tea 🙂 order #1042?","to":[{"carrier":"Telnyx","line_type":"Wireless","phone_number":"+19195550142","status":"webhook_delivered"}],"type":"SMS","valid_until":null,"webhook_failover_url":null,"webhook_url":"https://gw.example.com/webhook/telnyx/ch_02"},"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://gw.example.com/webhook/telnyx/ch_02"}}';
const time = 1_795_340_400;
const V1 = 'LI3EKix+JnKFU5LUVrchzLB1Km3c5zap7vZtI30Q7DrhXYMpd2kAMIh+N1QQtIMeyMpgx2cshwb2UNTXVTMxAQ==';
const report =
  '{"data":{"event_type":"message.finalized","id":"evt-2","payload":{"id":"m-2","to":[{"phone_number":"+17045550187","status":"delivered"}]}}}';
const V2 = '3GMGrX/m1NHqG0QmC0EzUWbjqq2PiSE0l3w46erOgOeeL43j3LpPTY0XtMWwUlcxTVLslhn1OhPHawDef1R3DQ==';

const seed = createHash('sha256').update('edge-gateway telnyx vector 1').digest();
const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });

const signed = (body: string | Uint8Array, timestamp: string, signature: string) =>
  webhook(body, { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature });
const passes = async (request: ReturnType<typeof webhook>, seconds = time, at = channel) =>
  (await telnyx.verify(request, at, seconds * 1000 + 999)).ok;

describe('the signature of a Telnyx webhook', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('[SMS-05] passes the example within five minutes either way', async () => {
    expect(createHash('sha256').update(example).digest('hex')).toBe(
      '6a825d7d9d6d1497bf3041331ffffe0688724ad7822d1a608cf9667df720661b',
    );
    for (const seconds of [time, time - 300, time + 300]) {
      expect(await passes(signed(example, String(time), V1), seconds)).toBe(true);
    }
    expect(await passes(signed(report, '1795340401', V2))).toBe(true);
  });

  it.each([
    ['a clock 301 s ahead', signed(example, String(time), V1), time + 301],
    ['a clock 301 s behind', signed(example, String(time), V1), time - 301],
    ['another spacing', signed(JSON.stringify(JSON.parse(example), null, 1), String(time), V1), time],
    ['another time', signed(example, String(time + 1), V1), time],
    ['a time in ms', signed(example, `${time}000`, V1), time],
    ['a time with a sign', signed(example, `+${time}`, V1), time],
    ['no padding', signed(example, String(time), V1.slice(0, -2)), time],
    ['a signature in base64url', signed(example, String(time), V1.replaceAll('+', '-')), time],
    ['an empty signature', signed(example, String(time), ''), time],
    ['no headers', webhook(example), time],
    ['no time', webhook(example, { 'telnyx-signature-ed25519': V1 }), time],
    ['no signature', webhook(example, { 'telnyx-timestamp': String(time) }), time],
  ])('[SMS-05] [CH-08] is refused for %s', async (_what, request, seconds) => {
    const verdict = await telnyx.verify(request, channel, seconds * 1000);
    expect(verdict).toMatchObject({ ok: false, reply: { status: 403 }, log: expect.any(String) });
  });

  it('[SMS-05] is refused under another key, and under what is no key', async () => {
    for (const other of ['iuHHfGg+lXzIL2JhownSoY5LQkjFlKag2yXTZkCECeQ=', publicKey.slice(0, -2), 'x', '']) {
      expect(await passes(signed(example, String(time), V1), time, channelWith({ publicKey: other }))).toBe(
        false,
      );
    }
  });

  it('[SMS-05] is refused for any other byte of body, time or signature', async () => {
    const bytes = new TextEncoder().encode(example);
    const flipped = (text: string, index: number, flip: number) =>
      text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ flip) + text.slice(index + 1);
    const flip = fc.integer({ min: 1, max: 127 });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
        const forged = bytes.slice();
        forged[index] = (forged[index] ?? 0) ^ mask;
        expect(await passes(signed(forged, String(time), V1))).toBe(false);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(V1.length - 1), flip, async (index, mask) => {
        expect(await passes(signed(example, String(time), flipped(V1, index, mask)))).toBe(false);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(9), flip, async (index, mask) => {
        expect(await passes(signed(example, flipped(String(time), index, mask), V1))).toBe(false);
      }),
    );
  });

  it('[SMS-05] is refused where the signed time is not plain digits', async () => {
    for (const odd of [`${time}.0`, ` ${time}`, `+${time}`, `0x${time.toString(16)}`, '1.7953404e9']) {
      expect(Number(odd)).toBe(time);
      const signature = sign(null, Buffer.from(`${odd}|${report}`), key).toString('base64');
      expect(await passes(signed(report, odd, signature))).toBe(false);
    }
    const signature = sign(null, Buffer.from(`${time}|${report}`), key).toString('base64');
    expect(await passes(signed(report, String(time), signature))).toBe(true);
  });

  it("[SMS-05] agrees with Telnyx's own library", async () => {
    const client = new Telnyx({ apiKey: 'KEY1', publicKey });
    vi.useFakeTimers({ toFake: ['Date'] });
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.integer({ min: -310, max: 310 }),
        fc.boolean(),
        async (json, late, genuine) => {
          const body = JSON.stringify(json);
          const signature = sign(null, Buffer.from(`${time}|${body}${genuine ? '' : ' '}`), key).toString(
            'base64',
          );
          vi.setSystemTime((time + late) * 1000);
          const request = signed(body, String(time), signature);
          const theirs = await client.webhooks.unwrap(body, { headers: { ...request.headers } }).then(
            () => true,
            () => false,
          );
          expect(await passes(request, time + late)).toBe(theirs);
          expect(theirs).toBe(genuine && Math.abs(late) <= 300);
        },
      ),
    );
  });
});

const data = { event_type: 'message.received', id: 'evt-1', occurred_at: '2026-11-22T09:40:00.125+00:00' };
const payload = {
  id: 'm-1',
  direction: 'inbound',
  type: 'SMS',
  from: { phone_number: '+17045550187' },
  to: [{ phone_number: '+19195550142' }],
  text: 'hi',
};
const parse = (change: Record<string, unknown>, more: Record<string, unknown> = {}, rawQuery = '') => {
  const body = JSON.stringify({ data: { ...data, ...more, payload: { ...payload, ...change } } });
  return telnyx.parse(webhook(body, {}, { rawQuery }), channel, 0);
};

describe('a message from Telnyx', () => {
  it('[SMS-05] is read from the example', () => {
    expect(telnyx.parse(webhook(example), channel, 0)).toEqual([
      {
        kind: 'message',
        id: 'c2a1f7d0-63be-4d58-9f0a-7be2d4c91e55',
        at: Date.UTC(2026, 10, 22, 9, 39, 59, 981),
        number: '+19195550142',
        customer: '+17045550187',
        content: { text: 'Café + tea 🙂 order #1042?', files: [] },
      },
    ]);
  });

  it('[SMS-05] [CH-10] brings its files, and loses none to a bad one', () => {
    const media = [
      { url: 'https://media.telnyx.com/7c1d', content_type: 'image/jpeg', sha256: '9f2b', size: 102400 },
      { content_type: 'image/png' },
      null,
      { url: 'https://media.telnyx.com/7c1e', content_type: null, hash_sha256: '9f2b', size: null },
    ];
    expect(parse({ type: 'MMS', text: null, media })).toMatchObject([
      {
        content: {
          text: '',
          files: [
            { url: 'https://media.telnyx.com/7c1d', type: 'image/jpeg' },
            { url: 'https://media.telnyx.com/7c1e' },
          ],
        },
      },
    ]);
  });

  it('[SMS-05] takes `to` and `cc` in each documented shape', () => {
    for (const to of [
      '+19195550142',
      { phone_number: '+19195550142' },
      ['+19195550142'],
      [{ phone_number: '+19195550142' }],
    ]) {
      expect(parse({ to })).toMatchObject([{ kind: 'message', number: '+19195550142' }]);
    }
    for (const cc of [['+19195550142'], [{ phone_number: '+19195550142' }]]) {
      expect(parse({ to: '+19195559999', cc })).toMatchObject([{ kind: 'message', number: '+19195550142' }]);
    }
    expect(parse({ from: '12345' })).toMatchObject([{ customer: '12345' }]);
  });

  it('[CH-14] says when Telnyx handled the keyword', () => {
    expect(parse({ autoresponse_type: 'STOP' })).toMatchObject([{ kind: 'message', optOut: 'stop' }]);
    expect(parse({ autoresponse_type: 'START' })).toMatchObject([{ optOut: 'start' }]);
    expect(parse({ autoresponse_type: 'HELP' })).toMatchObject([{ optOut: 'help' }]);
    expect(parse({ autoresponse_type: null })[0]).not.toHaveProperty('optOut');
  });

  it('falls back on the id and the time of the event', () => {
    expect(parse({ id: undefined, received_at: 'x' })).toMatchObject([
      { id: 'evt-1', at: Date.UTC(2026, 10, 22, 9, 40, 0, 125) },
    ]);
    expect(parse({ id: undefined }, { id: null })).toMatchObject([{ kind: 'malformed' }]);
  });

  it('is ignored when it is of another number or kind, or our own', () => {
    for (const type of ['RCS', 'WhatsApp']) expect(parse({ type })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ to: '+19195559999' })).toMatchObject([
      { kind: 'ignored', what: expect.stringContaining('+19195559999') },
    ]);
    expect(parse({ to: [] })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ from: {} })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ direction: 'outbound' })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({}, { event_type: 'call.initiated' })).toEqual([
      { kind: 'ignored', what: 'event call.initiated' },
    ]);
  });

  it('never throws, whatever the bytes and whatever the JSON', () => {
    const keys = [
      'data',
      'event_type',
      'payload',
      'id',
      'from',
      'to',
      'cc',
      'phone_number',
      'media',
      'url',
      'status',
      'errors',
      'code',
    ];
    const kinds = fc.constantFrom('message.received', 'message.sent', 'message.finalized');
    fc.assert(
      fc.property(nearly(keys), kinds, (value, event_type) => {
        expect(parse({ to: value, from: value, media: value, errors: value }, { event_type })).toHaveLength(
          1,
        );
        const whole = JSON.stringify({ data: { event_type, payload: value } });
        expect(telnyx.parse(webhook(whole), channel, 0)).toHaveLength(1);
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          expect(telnyx.parse(webhook(bytes), channel, 0)).toMatchObject([{ kind: 'malformed' }]);
        },
      ),
    );
    expect(telnyx.parse(webhook('{"data":'.repeat(100_000)), channel, 0)).toMatchObject([
      { kind: 'malformed' },
    ]);
  });
});

describe('a delivery report from Telnyx', () => {
  const finalized = { event_type: 'message.finalized' };
  const to = (status: string) => ({ direction: 'outbound', to: [{ phone_number: '+17045550187', status }] });

  it.each([
    ['queued', 'queued'],
    ['sending', 'queued'],
    ['scheduled', 'queued'],
    ['sent', 'sent'],
    ['delivery_unconfirmed', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['sending_failed', 'failed'],
    ['delivery_failed', 'failed'],
    ['expired', 'failed'],
    ['cancelled', 'failed'],
  ])('[SMS-05] [CH-09] of %s means %s, whatever the event is called', (word, status) => {
    for (const event_type of ['message.sent', 'message.finalized']) {
      expect(parse(to(word), { event_type }, 'ref=msg_01')).toMatchObject([
        { kind: 'status', id: 'm-1', ref: 'msg_01', status, at: Date.UTC(2026, 10, 22, 9, 40, 0, 125) },
      ]);
    }
  });

  it('of anything else changes nothing', () => {
    for (const word of ['webhook_delivered', 'unknown', 'constructor', '']) {
      expect(parse(to(word), finalized)).toMatchObject([{ kind: 'ignored' }]);
    }
    for (const odd of [null, [], 7, ['+17045550187']]) {
      expect(parse({ to: odd }, finalized)).toMatchObject([{ kind: 'ignored' }]);
    }
    expect(parse({ id: 7 }, finalized)).toMatchObject([{ kind: 'malformed' }]);
  });

  it('[ERR-01] of a failure says why', () => {
    const errors = [
      { code: '40008', title: 'Undeliverable', detail: 'The recipient carrier did not accept the message.' },
    ];
    expect(
      parse({ ...to('delivery_failed'), errors, completed_at: '2026-11-22T09:41:12.870+00:00' }, finalized),
    ).toMatchObject([
      {
        status: 'failed',
        at: Date.UTC(2026, 10, 22, 9, 41, 12, 870),
        error: {
          category: 'service_unavailable',
          code: '40008',
          text: 'Undeliverable: The recipient carrier did not accept the message.',
        },
      },
    ]);
    expect(parse({ ...to('expired'), errors: [] }, finalized)).toMatchObject([
      { error: { category: 'unknown', code: null, text: 'expired' } },
    ]);
    const kind = [{ code: '40319' }];
    expect(parse({ ...to('sending_failed'), errors: kind, type: 'MMS' }, finalized)).toMatchObject([
      { error: { category: 'unsupported_media' } },
    ]);
  });
});
