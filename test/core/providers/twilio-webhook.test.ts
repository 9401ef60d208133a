import fc from 'fast-check';
import sdk from 'twilio';
import { describe, expect, it } from 'vitest';
import { twilio } from '../../../core/providers/twilio.ts';
import type { WebhookRequest } from '../../../core/providers/provider.ts';
import { channelWith, now, webhook } from './fixtures.ts';

const accountSid = 'AC7d1e5a9b3c4f8062d7e1a5b9c3f40682';
const authToken = '3f9c1b7de2a84056b1c0d9e8f7a6b5c4';
const url = 'https://gw.example.com/webhook/twilio/ch_01';
const channelAt = (webhookUrl: string) => channelWith({ accountSid, authToken }, { webhookUrl });
const channel = channelAt(url);

const example =
  'ToCountry=US&ToState=NC&SmsMessageSid=SM5b8f3c0d9e1a4f7286c3d0e9b1a2f4c6&NumMedia=0&ToCity=RALEIGH&FromZip=28202&SmsSid=SM5b8f3c0d9e1a4f7286c3d0e9b1a2f4c6&FromState=NC&SmsStatus=received&FromCity=CHARLOTTE&Body=Is+my+order+%231042+ready%3F+Caf%C3%A9+%2B+tea+%F0%9F%99%82&FromCountry=US&To=%2B19195550142&ToZip=27601&NumSegments=1&MessageSid=SM5b8f3c0d9e1a4f7286c3d0e9b1a2f4c6&AccountSid=AC7d1e5a9b3c4f8062d7e1a5b9c3f40682&From=%2B17045550187&ApiVersion=2010-04-01';
const short = 'MessageSid=SM1&From=%2B17045550187&To=%2B19195550142&Body=hi';
const T1 = '7uQudtA5WWE0OJgxM6K7IBbwBYU=';
const formType = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };

function posted(
  body: string | Uint8Array,
  signature: string | null,
  rawQuery = '',
  type = formType,
): WebhookRequest {
  return webhook(
    body,
    { ...type, ...(signature === null ? {} : { 'x-twilio-signature': signature }) },
    { rawQuery },
  );
}
const passes = async (request: WebhookRequest, at = channel) => (await twilio.verify(request, at, now)).ok;

describe('X-Twilio-Signature', () => {
  const odd = 'Reason=zeta&ReasonCode=alpha&Tag=b&Tag=a&Tag=b&Empty=&body=lower&Body=Upper';
  const json = '{"type":"message","text":"héllo"}';
  const jsonType = { 'content-type': 'application/json' };
  const digest = 'bodySHA256=e78d4fa88eafa4abd0756c802d098a4cfcdf49ee75952deb181bbf5f1ca5f4ed';

  it.each([
    ['T1, the example', url, posted(example, T1)],
    [
      'T2, without the port',
      `${url.replace('.com', '.com:8443')}?tenant=acme&v=2`,
      posted(short, 'L90yHDA6RzeWthHQaeD98sVuXPo=', 'tenant=acme&v=2'),
    ],
    ['T3, with the default port', url, posted(short, 'wnl9la+RTbe5evt/dmJsCHFQjsA=')],
    ['T4, repeated and empty parameters', url, posted(odd, '7lF/zTz8pPTrVXoF+OW1JT73nWU=')],
    [
      'T5, an apostrophe',
      `${url}?note=it's`,
      posted('MessageSid=SM1', 'OkQxe4l//pBU8JzzReXXzFG02qE=', "note=it's"),
    ],
    [
      'T5, an apostrophe escaped on the way',
      `${url}?note=it's`,
      posted('MessageSid=SM1', 'OkQxe4l//pBU8JzzReXXzFG02qE=', 'note=it%27s'),
    ],
    [
      'T6, JSON by its digest',
      `${url}?${digest}`,
      posted(json, 'QTnlVDx7WW42ufTfD+l8KGTaNXU=', digest, jsonType),
    ],
    [
      'T7, GET',
      url,
      webhook(
        '',
        { 'x-twilio-signature': 'pCnVlcO9wybf+RzsxKZpwRotTeQ=' },
        { method: 'GET', rawQuery: 'MessageSid=SM1&From=%2B17045550187&Body=hi+there' },
      ),
    ],
  ])('[SMS-06] passes %s', async (_what, webhookUrl, request) => {
    expect(await passes(request, channelAt(webhookUrl))).toBe(true);
  });

  it('[SMS-06] passes the apostrophe signed in its escaped form', async () => {
    const signature = sdk.getExpectedTwilioSignature(authToken, `${url}?note=it%27s`, { MessageSid: 'SM1' });
    expect(
      await passes(posted('MessageSid=SM1', signature, "note=it's"), channelAt(`${url}?note=it's`)),
    ).toBe(true);
  });

  it.each([
    ['a changed body', url, posted(example.replace('%99%82', '%99%82!'), T1)],
    [
      'another token',
      url,
      posted(
        example,
        sdk.getExpectedTwilioSignature('0'.repeat(32), url, Object.fromEntries(new URLSearchParams(example))),
      ),
    ],
    ['http', url.replace('https', 'http'), posted(example, T1)],
    ['a trailing slash', `${url}/`, posted(example, T1)],
    [
      'undecoded values',
      url,
      posted(
        example,
        sdk.getExpectedTwilioSignature(
          authToken,
          url,
          Object.fromEntries(example.split('&').map((pair) => pair.split('=') as [string, string])),
        ),
      ),
    ],
    ['pairs sorted as one text', url, posted(odd, '3i/SvhufqdAmIn3XTworLx5M8kU=')],
    [
      'JSON with a byte more',
      `${url}?${digest}`,
      posted(`${json} `, 'QTnlVDx7WW42ufTfD+l8KGTaNXU=', digest, jsonType),
    ],
    [
      'JSON without a digest',
      url,
      posted(json, sdk.getExpectedTwilioSignature(authToken, url, {}), '', jsonType),
    ],
    ['no header', url, posted(example, null)],
    ['an empty header', url, posted(example, '')],
    ['a query that was added', url, posted(example, T1, 'a=b')],
    ['a body that is not UTF-8', url, posted(new Uint8Array([0x41, 0x3d, 0xff]), T1)],
  ])('[SMS-06] [CH-08] is refused for %s', async (_what, webhookUrl, request) => {
    const verdict = await twilio.verify(request, channelAt(webhookUrl), now);
    expect(verdict).toMatchObject({ ok: false, reply: { status: 403 }, log: expect.any(String) });
  });

  it('[SMS-06] is refused for any other byte that changes what the form says', async () => {
    const bytes = new TextEncoder().encode(example);
    const meaning = (body: Uint8Array) =>
      JSON.stringify([...new URLSearchParams(new TextDecoder().decode(body))]);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, flip) => {
        const forged = bytes.slice();
        forged[index] = (forged[index] ?? 0) ^ flip;
        // %2b and %2B, + and a blank are the same form.
        fc.pre(meaning(forged) !== meaning(bytes));
        expect(await passes(posted(forged, T1))).toBe(false);
      }),
      { numRuns: 500 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(T1.length - 1), fc.integer({ min: 1, max: 127 }), async (index, flip) => {
        const forged =
          T1.slice(0, index) + String.fromCharCode(T1.charCodeAt(index) ^ flip) + T1.slice(index + 1);
        expect(await passes(posted(example, forged))).toBe(false);
      }),
    );
  });

  it('[SMS-06] is refused where a name and its value are torn apart', async () => {
    expect(
      await passes(
        posted('MessageSid&SM1', 'OkQxe4l//pBU8JzzReXXzFG02qE=', "note=it's"),
        channelAt(`${url}?note=it's`),
      ),
    ).toBe(false);
  });

  it("[SMS-06] agrees with Twilio's own library on any form and URL", async () => {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
    const forms = fc.array(fc.tuple(name, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 8 });
    const urls = fc.constantFrom(
      url,
      `${url}?a=b`,
      `${url}?it's=1&x=%20`,
      url.replace('.com', '.com:8443'),
      url.replace('.com', '.com:443'),
    );
    await fc.assert(
      fc.asyncProperty(forms, urls, fc.boolean(), async (pairs, target, genuine) => {
        const form = new URLSearchParams(pairs);
        const parameters: Record<string, string | string[]> = {};
        for (const key of new Set(form.keys())) parameters[key] = form.getAll(key);
        const signature = sdk.getExpectedTwilioSignature(
          genuine ? authToken : 'x'.repeat(32),
          target,
          parameters,
        );
        const [, rawQuery = ''] = target.split('?');
        const ours = await passes(posted(form.toString(), signature, rawQuery), channelAt(target));
        expect(ours).toBe(genuine);
        // Their library knows no URL with a port but the default one.
        if (!target.includes(':8443'))
          expect(sdk.validateRequest(authToken, signature, target, parameters)).toBe(ours);
      }),
    );
  });
});

describe('a message from Twilio', () => {
  const base = {
    MessageSid: 'SM1',
    AccountSid: accountSid,
    From: '+17045550187',
    To: '+19195550142',
    Body: 'hi',
  };
  const parse = (change: Record<string, string>, rawQuery = '') =>
    twilio.parse(
      posted(new URLSearchParams({ ...base, ...change }).toString(), null, rawQuery),
      channel,
      now,
    );

  it('[SMS-06] is read from the example', () => {
    expect(twilio.parse(posted(example, T1), channel, now)).toEqual([
      {
        kind: 'message',
        id: 'SM5b8f3c0d9e1a4f7286c3d0e9b1a2f4c6',
        at: null,
        number: '+19195550142',
        customer: '+17045550187',
        content: { text: 'Is my order #1042 ready? Café + tea 🙂', files: [] },
      },
    ]);
  });

  it('[SMS-06] [CH-10] brings its files', () => {
    const media = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1';
    expect(
      parse({
        Body: '',
        NumMedia: '2',
        MediaUrl0: media,
        MediaContentType0: 'image/jpeg',
        MediaUrl1: `${media}2`,
      }),
    ).toMatchObject([
      { content: { text: '', files: [{ url: media, type: 'image/jpeg' }, { url: `${media}2` }] } },
    ]);
  });

  it('[SMS-06] may come by GET', () => {
    const request = webhook('', {}, { method: 'GET', rawQuery: new URLSearchParams(base).toString() });
    expect(twilio.parse(request, channel, now)).toMatchObject([{ kind: 'message', content: { text: 'hi' } }]);
  });

  it('loses its NULs, may be empty, and may come from a short code or a name', () => {
    expect(parse({ Body: 'a\0b' })).toMatchObject([{ content: { text: 'ab' } }]);
    expect(
      twilio.parse(
        posted(`MessageSid=SM1&AccountSid=${accountSid}&From=12345&To=%2B19195550142`, null),
        channel,
        now,
      ),
    ).toMatchObject([{ kind: 'message', customer: '12345', content: { text: '', files: [] } }]);
    expect(parse({ From: 'My Bank' })).toMatchObject([{ kind: 'message', customer: 'My_Bank' }]);
  });

  it('[CH-14] says when Twilio handled the keyword', () => {
    for (const [OptOutType, optOut] of [
      ['STOP', 'stop'],
      ['START', 'start'],
      ['HELP', 'help'],
    ] as const) {
      expect(parse({ Body: OptOutType, OptOutType })).toMatchObject([{ kind: 'message', optOut }]);
    }
    expect(parse({ OptOutType: 'toString' })[0]).not.toHaveProperty('optOut');
  });

  it('falls back on the older names of its id', () => {
    expect(parse({ MessageSid: '', SmsSid: 'SM2' })).toMatchObject([{ id: 'SM2' }]);
    expect(parse({ MessageSid: '', SmsMessageSid: 'SM3' })).toMatchObject([{ id: 'SM3' }]);
    expect(parse({ MessageSid: '' })).toMatchObject([{ kind: 'malformed' }]);
  });

  it('is ignored when it is of another account, number or kind', () => {
    expect(parse({ AccountSid: 'AC0' })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ To: '+19195559999' })).toMatchObject([
      { kind: 'ignored', what: expect.stringContaining('+19195559999') },
    ]);
    expect(parse({ From: 'whatsapp:+17045550187' })).toMatchObject([
      { kind: 'ignored', what: 'a message of whatsapp' },
    ]);
    expect(parse({ From: '' })).toMatchObject([{ kind: 'ignored' }]);
    expect(
      twilio.parse(posted('{}', null, '', { 'content-type': 'application/json' }), channel, now),
    ).toMatchObject([{ kind: 'ignored' }]);
  });

  it('[SMS-06] is answered with an empty TwiML, never with text', () => {
    expect(twilio.webhook.accepted).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    });
    expect([twilio.webhook.malformed, twilio.webhook.busy].map(({ body }) => body)).toEqual([null, null]);
    expect(twilio.webhookFragment).toBe('#rc=3&rp=ct,rt,5xx');
  });

  it.each([
    ['accepted', 'queued'],
    ['scheduled', 'queued'],
    ['queued', 'queued'],
    ['sending', 'queued'],
    ['sent', 'sent'],
    ['partially_delivered', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('[SMS-06] [CH-09] status %s is %s', (MessageStatus, status) => {
    expect(parse({ MessageStatus, SmsStatus: MessageStatus }, 'ref=msg_01')).toMatchObject([
      { kind: 'status', id: 'SM1', ref: 'msg_01', status },
    ]);
  });

  it('ignores statuses of inbound messages and unknown ones', () => {
    for (const MessageStatus of ['receiving', 'received', 'vanished', 'toString', '']) {
      expect(parse({ MessageStatus })).toMatchObject([{ kind: 'ignored' }]);
    }
  });

  it('[ERR-01] a failure carries its code, which may mean something else than on a send', () => {
    const failure = (ErrorCode: string) => {
      const [event] = parse({ MessageStatus: 'undelivered', ErrorCode });
      return event?.kind === 'status' ? event.error : null;
    };
    const expected: Record<string, string> = {
      '30003': 'service_unavailable',
      '30004': 'no_permission',
      '30005': 'invalid_phone_number',
      '30006': 'invalid_phone_number',
      '30007': 'no_permission',
      '30008': 'unknown',
      '30011': 'unsupported_media',
      '30019': 'exceeds_size_limit',
      '30034': 'no_permission',
      '30032': 'no_permission',
      '21610': 'recipient_opted_out',
      '63019': 'unsupported_media',
      '99999': 'unknown',
    };
    for (const [code, category] of Object.entries(expected))
      expect(failure(code)).toMatchObject({ code, category });
    expect(parse({ MessageStatus: 'failed' }, 'ref=no%20ref')).toMatchObject([
      { ref: null, error: { category: 'unknown', code: null, text: 'failed' } },
    ]);
  });

  it('never throws, whatever the bytes', () => {
    const keys = fc.constantFrom(
      'MessageSid',
      'AccountSid',
      'From',
      'To',
      'Body',
      'MessageStatus',
      'MediaUrl0',
      'ErrorCode',
      'NumMedia',
    );
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(accountSid, '+19195550142', 'SM1', 'failed'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values)), fc.string(), (pairs, rawQuery) => {
        expect(
          twilio.parse(posted(new URLSearchParams(pairs).toString(), null, rawQuery), channel, now),
        ).toHaveLength(1);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('GET', 'POST'), (body, method) => {
        expect(twilio.parse(webhook(body, formType, { method }), channel, now)).toHaveLength(1);
      }),
    );
  });
});
