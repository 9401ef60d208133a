import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../core/providers/provider.ts';
import { twilio } from '../../../core/providers/twilio.ts';
import { answerOf, channelWith, fileNamed, messageOf, now } from './fixtures.ts';

const accountSid = 'AC7d1e5a9b3c4f8062d7e1a5b9c3f40682';
const fields = { accountSid, authToken: '3f9c1b7de2a84056b1c0d9e8f7a6b5c4' };
const webhookUrl = 'https://gw.example.com/webhook/twilio/ch_01';
const channel = channelWith(fields, { webhookUrl });
const interpret = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  twilio.interpret(answerOf(status, body, headers), messageOf('x'), now);

describe('a message to Twilio', () => {
  it('[SMS-06] is a form under Basic authorization, with a callback that knows the message', async () => {
    const request = await twilio.compose(messageOf('Yes, it is ready.'), channel, now);
    expect(request).toMatchObject({
      method: 'POST',
      url: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: `Basic ${btoa(`${accountSid}:${fields.authToken}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'To=%2B17045550187&From=%2B19195550142&Body=Yes%2C+it+is+ready.&StatusCallback=https%3A%2F%2Fgw.example.com%2Fwebhook%2Ftwilio%2Fch_01%3Fref%3Dmsg_01',
    });
  });

  it('[SMS-06] [CH-10] repeats MediaUrl for each file, and names the Messaging Service', async () => {
    const files = messageOf({ kind: 'files', text: '', files: [fileNamed('a.jpg'), fileNamed('b.jpg')] });
    const messagingServiceSid = `MG${'0'.repeat(32)}`;
    const own = channelWith({ ...fields, messagingServiceSid }, { webhookUrl: `${webhookUrl}?tenant=acme` });
    const form = new URLSearchParams((await twilio.compose(files, own, now)).body ?? '');
    expect(form.getAll('MediaUrl')).toEqual([
      'https://gw.example.com/m/a.jpg',
      'https://gw.example.com/m/b.jpg',
    ]);
    expect(form.get('MessagingServiceSid')).toBe(messagingServiceSid);
    expect(form.has('Body')).toBe(false);
    expect(form.get('StatusCallback')).toBe(`${webhookUrl}?tenant=acme&ref=msg_01`);
  });

  it('[SMS-06] is accepted with its SID, and waits at Twilio first', () => {
    expect(interpret(201, { sid: 'SM1', status: 'queued' })).toEqual({
      kind: 'accepted',
      providerId: 'SM1',
      status: 'queued',
    });
    expect(interpret(201, { sid: 'SM1', status: 'accepted', from: null })).toMatchObject({
      status: 'queued',
    });
    expect(interpret(201, { sid: 'SM1', status: 'failed', error_code: 30007 })).toMatchObject({
      kind: 'refused',
      error: { category: 'no_permission', code: '30007' },
    });
  });

  it('[SMS-06] has an unknown outcome where the answer does not tell', () => {
    for (const body of ['<!doctype html><p>It works', '', '{}', '{"sid":7}', 'null']) {
      expect(interpret(200, body)).toMatchObject({ kind: 'unknown' });
    }
    for (const status of [500, 502, 503]) {
      expect(interpret(status, '<html>')).toMatchObject({
        kind: 'unknown',
        error: { category: 'service_unavailable' },
      });
    }
    expect(twilio.repeatable).toBe(false);
  });

  const table = {
    invalid_phone_number: [21211, 21214, 21217, 21401, 21421, 21614, 21635],
    invalid_parameter: [
      21602, 21603, 21604, 21605, 21617, 21619, 21623, 21624, 21656, 20001, 21212, 21606, 21607, 21659, 21660,
      21703, 21704, 21705,
    ],
    unsupported_media: [21620, 12300, 21621, 21622, 63019, 63021],
    exceeds_size_limit: [11751, 30019, 63034],
    auth_failed: [20003, 20006],
    no_permission: [20005, 30002, 21408, 21608, 21612, 21717, 30034, 30032],
    recipient_opted_out: [21610],
    too_many_requests: [20429, 21611, 30001, 30022, 30023],
    service_unavailable: [20500, 20503, 30008, 30410, 30500],
    unknown: [21999, 0],
  };
  it.each(Object.entries(table))('[SMS-06] [ERR-01] is refused as %s by code', (category, codes) => {
    for (const code of codes) {
      const result = interpret(400, { code, message: `Refused: ${code}`, status: 400 });
      expect(result).toMatchObject({
        kind: 'refused',
        error: { category, code: String(code), text: `Refused: ${code}` },
      });
      const retried = result.kind === 'refused' && result.retry !== null;
      expect(retried).toBe(category === 'too_many_requests');
    }
  });

  it.each([
    [401, 'auth_failed'],
    [403, 'no_permission'],
    [404, 'auth_failed'],
    [429, 'too_many_requests'],
    [418, 'unknown'],
  ])('[SMS-06] [ERR-01] is refused by HTTP %i as %s where no code is known', (status, category) => {
    for (const body of ['', '<html>', { code: 20404, message: 'Not here' }, { code: null }]) {
      expect(interpret(status, body)).toMatchObject({ kind: 'refused', error: { category } });
    }
  });

  it('[ERR-02] waits as Retry-After says, and tells when it is our sender that is wrong', () => {
    expect(interpret(429, { code: 20429 }, { 'retry-after': '3' })).toMatchObject({
      retry: { scope: 'channel', afterMs: 3000 },
    });
    expect(interpret(429, { code: 20429 })).toMatchObject({ retry: { afterMs: null } });
    expect(interpret(400, { code: 21606 })).toMatchObject({
      error: { hint: expect.stringContaining('sending number') },
    });
    expect(interpret(400, { code: 21604 })).not.toHaveProperty('error.hint');
  });

  it('reads errors in the newer form, too', () => {
    const body = {
      type: 'about:blank',
      title: 'Bad',
      status: 400,
      code: 21211,
      detail: 'The To number is wrong.',
    };
    expect(interpret(400, body)).toMatchObject({
      error: { category: 'invalid_phone_number', text: 'The To number is wrong.' },
    });
  });

  it('[CH-11] is refused beforehand when it can never go', () => {
    const category = (message: Outgoing) => twilio.admit(message, now)?.category;
    const files = (sizes: number[], from = '+19195550142') =>
      messageOf(
        { kind: 'files', text: '', files: sizes.map((size) => fileNamed('a.jpg', { size })) },
        { from },
      );
    expect(category(messageOf('x'.repeat(1600)))).toBeUndefined();
    expect(category(messageOf('x'.repeat(1601)))).toBe('invalid_parameter');
    expect(category(files([5_000_000]))).toBeUndefined();
    expect(category(files([5_000_001]))).toBe('exceeds_size_limit');
    expect(category(files([3_000_000, 3_000_000]))).toBe('exceeds_size_limit');
    expect(category(files(Array<number>(11).fill(1)))).toBe('invalid_parameter');
    expect(category(files([1], 'PARLEY'))).toBe('unsupported_media');
  });
});

describe('looking for a message of unknown outcome at Twilio', () => {
  const at = now;
  const entry = (change: Record<string, unknown> = {}) => ({
    sid: 'SM1',
    body: 'x',
    from: '+19195550142',
    to: '+17045550187',
    direction: 'outbound-api',
    num_media: '0',
    date_created: new Date(at).toUTCString(),
    ...change,
  });
  const find = (messages: unknown[], more: Record<string, unknown> = {}) =>
    twilio.lookUp?.interpret(answerOf(200, { messages, ...more }), messageOf('x'), at);

  it('finds the one with this text, at this time, and nothing else', () => {
    const old = entry({ sid: 'SM0', date_created: new Date(at - 3_600_000).toUTCString() });
    const inbound = entry({ sid: 'SM2', direction: 'inbound' });
    expect(find([entry(), old, inbound])).toEqual({ kind: 'found', providerId: 'SM1' });
    expect(find([entry({ from: null })])).toEqual({ kind: 'found', providerId: 'SM1' });
    expect(find([old, inbound])).toEqual({ kind: 'absent' });
    expect(find([])).toEqual({ kind: 'absent' });
    const created = (ms: number) => find([entry({ date_created: new Date(at + ms).toUTCString() })])?.kind;
    expect([-11_000, -9_000, 119_000, 121_000].map(created)).toEqual(['absent', 'found', 'found', 'absent']);
  });

  it('says so when it cannot tell', () => {
    expect(find([entry(), entry({ sid: 'SM3' })])).toEqual({ kind: 'unclear' });
    expect(find([entry({ body: 'Sent from your trial account - x' })])).toEqual({ kind: 'unclear' });
    expect(find([], { next_page_uri: '/more' })).toEqual({ kind: 'unclear' });
    expect(twilio.lookUp?.interpret(answerOf(503, ''), messageOf('x'), at)).toEqual({ kind: 'unclear' });
    expect(twilio.lookUp?.interpret(answerOf(200, '<html>'), messageOf('x'), at)).toEqual({
      kind: 'unclear',
    });
  });
});

describe('a Twilio channel', () => {
  it.each([
    ['active', 200, { status: 'active' }, 'connected'],
    ['suspended', 200, { status: 'suspended' }, 'unauthorized'],
    ['a web page', 200, '<html>', 'requestFailed'],
    ['401', 401, { code: 20003, message: 'Authenticate' }, 'unauthorized'],
    ['404', 404, { code: 20404 }, 'unauthorized'],
    ['503', 503, '', 'unavailable'],
    ['418', 418, '', 'unknown'],
  ])('[CH-12] answered by %s', (_what, status, body, expected) => {
    expect(twilio.judge(answerOf(status, body), 0, '', channel).status).toBe(expected);
  });

  it('[CH-12] without an answer has a failed request', () => {
    expect(twilio.judge(null, 0, '', channel).status).toBe('requestFailed');
  });

  it('checks its fields', () => {
    expect(twilio.validate?.(fields)).toBeNull();
    expect(twilio.validate?.({ ...fields, accountSid: `SK${'0'.repeat(32)}` })).toMatchObject({
      field: 'accountSid',
    });
    expect(twilio.validate?.({ ...fields, authToken: 'short' })).toMatchObject({ field: 'authToken' });
    expect(twilio.validate?.({ ...fields, messagingServiceSid: 'MG1' })).toMatchObject({
      field: 'messagingServiceSid',
    });
  });

  it('[CH-10] gives its credentials to twilio.com over HTTPS only', () => {
    const download = (url: string, redirected = false) => twilio.media.download(url, channel, redirected);
    const media = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1';
    expect(download(media)?.headers).toHaveProperty('authorization');
    expect(download('https://mcs.us1.twilio.com/a')?.headers).toHaveProperty('authorization');
    for (const url of [
      'http://api.twilio.com/a',
      'https://twilio.com.example.com/a',
      'https://eviltwilio.com/a',
      'file:///a',
      'x',
    ]) {
      expect(download(url)).toBeNull();
    }
    expect(download('https://media.example.net/a', true)).toMatchObject({ headers: {} });
    expect(download(media, true)).toMatchObject({ headers: {} });
  });
});
