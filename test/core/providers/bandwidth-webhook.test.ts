import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandwidth } from '../../../core/providers/bandwidth.ts';
import { channelWith, nearly, now, webhook } from './fixtures.ts';

const applicationId = '5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94';
const channelOf = (password: string, numbers = ['+19195550142']) =>
  channelWith(
    { applicationId, accountId: '5001234' },
    { numbers, ours: { verifyToken: '', user: 'gw_ch_03', password } },
  );
const channel = channelOf('s3cret');
const hard = 'p:ss wörd£ "x"';

describe('the credentials of a Bandwidth callback', () => {
  const check = (password: string, header?: string) =>
    bandwidth.verify(
      webhook('[]', header === undefined ? {} : { authorization: header }),
      channelOf(password),
      now,
    );

  it('[SMS-02] B1: are asked for, without a word in the log, when there are none', async () => {
    expect(await check('s3cret')).toMatchObject({
      ok: false,
      reply: {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="gateway"' },
        body: null,
      },
      log: null,
    });
  });

  it.each([
    ['B2', 's3cret', 'Basic Z3dfY2hfMDM6czNjcmV0'],
    ['B3, with colon and umlaut', hard, 'Basic Z3dfY2hfMDM6cDpzcyB3w7ZyZMKjICJ4Ig=='],
    ['B4, with another case', 's3cret', 'basic Z3dfY2hfMDM6czNjcmV0'],
  ])('[SMS-02] %s: pass', async (_what, password, header) => {
    expect(await check(password, header)).toEqual({ ok: true });
  });

  it.each([
    ['B5, another password', 's3cret', 'Basic Z3dfY2hfMDM6czNjcmV1'],
    ['B6, not base64', 's3cret', 'Basic %%%'],
    ['B6, another scheme', 's3cret', 'Bearer x'],
    ['B6, no colon', 's3cret', 'Basic Z3dfY2hfMDM='],
    ['B7, in Latin-1', hard, 'Basic Z3dfY2hfMDM6cDpzcyB39nJkoyAieCI='],
    ['nothing', 's3cret', ''],
    ['the scheme alone', 's3cret', 'Basic '],
    ['another user', 's3cret', `Basic ${btoa('gw_ch_04:s3cret')}`],
    ['more behind it', 's3cret', 'Basic Z3dfY2hfMDM6czNjcmV0 x'],
  ])('[SMS-02] [CH-08] %s: are refused, with a word in the log', async (_what, password, header) => {
    expect(await check(password, header)).toMatchObject({
      ok: false,
      reply: { status: 401, headers: { 'www-authenticate': expect.any(String) } },
      log: expect.any(String),
    });
  });

  it('[SMS-02] are refused for any other character, but for the case of the scheme', async () => {
    const header = 'Basic Z3dfY2hfMDM6cDpzcyB3w7ZyZMKjICJ4Ig==';
    await fc.assert(
      fc.asyncProperty(fc.nat(header.length - 1), fc.integer({ min: 1, max: 127 }), async (index, flip) => {
        fc.pre(!(index < 5 && flip === 32));
        const forged =
          header.slice(0, index) +
          String.fromCharCode(header.charCodeAt(index) ^ flip) +
          header.slice(index + 1);
        expect((await check(hard, forged)).ok).toBe(false);
      }),
    );
  });
});

const example =
  '[{"type":"message-received","time":"2026-11-22T09:40:00.482Z","description":"Incoming message received","to":"+19195550142","message":{"id":"1795340400332kqz4v2nd6xw8btac","owner":"+19195550142","applicationId":"5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94","time":"2026-11-22T09:40:00.332Z","segmentCount":1,"direction":"in","to":["+19195550142"],"from":"+17045550187","text":"Is my order #1042 ready? Café + tea 🙂"}}]';
const expected = {
  kind: 'message',
  id: '1795340400332kqz4v2nd6xw8btac',
  at: Date.UTC(2026, 10, 22, 9, 40, 0, 332),
  number: '+19195550142',
  customer: '+17045550187',
  content: { text: 'Is my order #1042 ready? Café + tea 🙂', files: [] },
};
const base = {
  id: 'm-1',
  owner: '+19195550142',
  applicationId,
  direction: 'in',
  to: ['+19195550142'],
  from: '+17045550187',
  text: 'hi',
};
const eventWith = (message: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'message-received',
  time: '2026-11-22T09:40:00.482Z',
  to: '+19195550142',
  message: { ...base, ...message },
  ...more,
});
const parse = (body: unknown, at = channel) => bandwidth.parse(webhook(JSON.stringify(body)), at, now);

describe('a message from Bandwidth', () => {
  it('[SMS-02] is read from the example, in a list and alone', () => {
    expect(bandwidth.parse(webhook(example), channel, now)).toEqual([expected]);
    expect(bandwidth.parse(webhook(example.slice(1, -1)), channel, now)).toEqual([expected]);
  });

  it('[SMS-02] is not lost to others in the list', () => {
    const list = [
      null,
      7,
      {},
      { type: 'message-received' },
      eventWith({ id: 9 }),
      [eventWith({})],
      eventWith({}),
      eventWith({ id: 'm-2' }),
    ];
    expect(parse(list).map((event) => (event.kind === 'message' ? event.id : event.kind))).toEqual([
      ...Array<string>(6).fill('ignored'),
      'm-1',
      'm-2',
    ]);
  });

  it('[SMS-02] [CH-10] brings its files, without the layout of the MMS', () => {
    const media = 'https://messaging.bandwidth.com/api/v2/users/5001234/media/m-1';
    const files = [
      `${media}/0/0.smil`,
      `${media}/1/IMG_0042.jpeg`,
      `${media}/2/layout.XML`,
      7,
      'x',
      `${media}/3/a%20b%ZZ.png`,
      `${media}/4/a%20b.png`,
    ];
    expect(parse([eventWith({ media: files, text: undefined })])).toMatchObject([
      {
        content: {
          text: '',
          files: [
            { url: `${media}/1/IMG_0042.jpeg`, name: 'IMG_0042.jpeg' },
            { url: `${media}/3/a%20b%ZZ.png`, name: 'a%20b%ZZ.png' },
            { url: `${media}/4/a%20b.png`, name: 'a b.png' },
          ],
        },
      },
    ]);
  });

  it('[SMS-02] of a group goes to the number that owns it', () => {
    const two = channelOf('s3cret', ['+19195550142', '+19195550143']);
    const group = { to: ['+19195550142', '+19195550143', '+17045550190'], owner: '+19195550143' };
    expect(parse([eventWith(group)], two)).toMatchObject([
      { number: '+19195550143', customer: '+17045550187' },
    ]);
  });

  it('takes the number and the time from where they are', () => {
    expect(parse([eventWith({ owner: undefined, time: undefined })])).toMatchObject([
      { number: '+19195550142', at: Date.UTC(2026, 10, 22, 9, 40, 0, 482) },
    ]);
    expect(parse([eventWith({ time: '2024-12-02 20:15:57.278000+00:00' })])).toMatchObject([
      { at: Date.UTC(2024, 11, 2, 20, 15, 57, 278) },
    ]);
    expect(parse([eventWith({ time: 'x' }, { time: 'y' })])).toMatchObject([{ at: null }]);
  });

  it('[SMS-02] is ignored when it is of another application or number, or our own', () => {
    expect(parse([eventWith({ applicationId: '0' })])).toMatchObject([{ kind: 'ignored' }]);
    expect(parse([eventWith({ owner: '+19195559999' }, { to: '+19195559999' })])).toMatchObject([
      { kind: 'ignored', what: expect.stringContaining('+19195559999') },
    ]);
    expect(parse([eventWith({ direction: 'out' })])).toMatchObject([{ kind: 'ignored' }]);
    expect(parse([eventWith({ from: '' })])).toMatchObject([{ kind: 'ignored' }]);
    for (const type of ['suggestion-response', 'requested-location-response', 'constructor']) {
      expect(parse([eventWith({}, { type })])).toMatchObject([{ kind: 'ignored' }]);
    }
  });

  it('[CH-14] says that the network has handled STOP on toll-free numbers, and nothing elsewhere', () => {
    const tollFree = channelOf('s3cret', ['+18885550142', '+19195550142']);
    const said = (text: string, owner = '+18885550142') => parse([eventWith({ text, owner })], tollFree)[0];
    expect(said(' stop ')).toMatchObject({ kind: 'message', optOut: 'stop' });
    expect(said('UNSTOP')).toMatchObject({ optOut: 'start' });
    for (const event of [said('help'), said('stop it'), said('STOP', '+19195550142')]) {
      expect(event).toMatchObject({ kind: 'message' });
      expect(event).not.toHaveProperty('optOut');
    }
    expect(bandwidth.optOut).toBe('ours');
  });

  it('is acknowledged even when it is of no use, or it would come back all day', () => {
    expect(bandwidth.parse(webhook('nonsense'), channel, now)).toMatchObject([{ kind: 'malformed' }]);
    expect(parse([])).toMatchObject([{ kind: 'ignored' }]);
    expect([
      bandwidth.webhook.accepted.status,
      bandwidth.webhook.malformed.status,
      bandwidth.webhook.busy.status,
    ]).toEqual([200, 200, 503]);
  });

  it('never throws, whatever the bytes and whatever the JSON', () => {
    const keys = [
      'type',
      'time',
      'to',
      'message',
      'id',
      'owner',
      'from',
      'text',
      'media',
      'tag',
      'errorCode',
      'description',
    ];
    const types = fc.constantFrom('message-received', 'message-failed', 'message-delivered', 'x');
    fc.assert(
      fc.property(nearly(keys), types, (value, type) => {
        expect(
          parse([
            { type, message: value },
            eventWith(
              { media: value, owner: value, from: value, tag: value },
              { type, errorCode: value, description: value },
            ),
          ]),
        ).toHaveLength(2);
        expect(parse(value).length).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bandwidth.parse(webhook(bytes), channel, now).length).toBeGreaterThan(0);
      }),
    );
    expect(bandwidth.parse(webhook('['.repeat(200_000)), channel, now)).toMatchObject([
      { kind: 'malformed' },
    ]);
    expect(
      bandwidth.parse(webhook(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), channel, now),
    ).toMatchObject([{ kind: 'ignored' }]);
  });
});

describe('a status event from Bandwidth', () => {
  const sent = {
    direction: 'out',
    from: '+19195550142',
    owner: '+17045550187',
    to: ['+17045550187'],
    tag: 'msg_01',
    text: '',
  };
  const status = (type: string, more: Record<string, unknown> = {}, message: Record<string, unknown> = {}) =>
    parse([eventWith({ ...sent, ...message }, { type, to: '+17045550187', ...more })])[0];

  it.each([
    ['message-sending', 'queued'],
    ['message-sent', 'sent'],
    ['message-delivered', 'delivered'],
    ['message-read', 'read'],
  ])('[SMS-02] [CH-09] %s means %s', (type, ours) => {
    expect(status(type)).toEqual({
      kind: 'status',
      id: 'm-1',
      ref: 'msg_01',
      status: ours,
      error: null,
      at: Date.UTC(2026, 10, 22, 9, 40, 0, 482),
    });
  });

  it('[SMS-02] [CH-09] delivered to the carrier is no more than sent', () => {
    expect(status('message-delivered', { description: 'Message delivered to carrier' })).toMatchObject({
      status: 'sent',
    });
  });

  it('[SMS-02] [CH-09] a missing receipt (9902) is no failure', () => {
    expect(
      status('message-failed', { errorCode: 9902, description: 'delivery-receipt-expired' }),
    ).toMatchObject({
      status: 'sent',
      error: { category: 'unknown', code: '9902', text: 'delivery-receipt-expired' },
    });
  });

  it('takes no tag that cannot be ours, and no report for numbers that are not', () => {
    for (const tag of [undefined, 'not ours', '', 'x'.repeat(81), 7]) {
      expect(status('message-sent', {}, { tag })).toMatchObject({ kind: 'status', ref: null });
    }
    expect(status('message-sent', {}, { from: '+19195559999' })).toMatchObject({ kind: 'ignored' });
    expect(status('message-sent', {}, { applicationId: 'other' })).toMatchObject({ kind: 'ignored' });
  });

  const table = {
    invalid_phone_number: '4303 4350 4404 4406 4408 4720 4721',
    invalid_parameter: '4301 4360 4401 4435 4451 4452 4751 4752 4302 4403 4405 4407 4740',
    unsupported_media: '4409 4410 4412 4700 4712',
    exceeds_size_limit: '4411 4711',
    no_permission:
      '4493 4001 4420 4421 4431 4432 4433 4434 4470 4481 4482 4492 4770 4771 4772 4773 4774 4790 4791 4792 4793 4795',
    recipient_opted_out: '4775',
    too_many_requests: '4780 4781 4785',
    service_unavailable: '4701 4702 4730 5100 5231 5500 5501 5600 5650',
    unknown: '4750 4753 5999 9999 995 4794 5232',
  };
  it.each(Object.entries(table))('[SMS-02] [ERR-01] message-failed is %s by code', (category, codes) => {
    for (const code of codes.split(' ')) {
      expect(status('message-failed', { errorCode: Number(code), description: 'why' }), code).toMatchObject({
        status: 'failed',
        error: { category, code, text: 'why' },
      });
    }
  });

  it('[ERR-01] tells when it is our sender that is wrong', () => {
    expect(status('message-failed', { errorCode: 4405 })).toMatchObject({
      error: { hint: expect.stringContaining('sending number') },
    });
    expect(status('message-failed', { errorCode: 4401 })).not.toHaveProperty('error.hint');
    expect(status('message-failed')).toMatchObject({
      error: { category: 'unknown', code: null, text: 'message-failed' },
    });
  });
});
