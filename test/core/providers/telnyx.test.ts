import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../core/providers/provider.ts';
import { telnyx } from '../../../core/providers/telnyx.ts';
import { answerOf, channelWith, fileNamed, messageOf, now } from './fixtures.ts';

const publicKey = 'kuHHfGg+lXzIL2JhownSoY5LQkjFlKag2yXTZkCECeQ=';
const messagingProfileId = '40019f3e-7d5b-4c1e-8e2a-0b6d9c3f1a22';
const fields = { apiKey: 'KEY1', publicKey, messagingProfileId };
const channel = channelWith(fields, { webhookUrl: 'https://gw.example.com/webhook/telnyx/ch_02' });
const picture = messageOf({ kind: 'files', text: 'Photo', files: [fileNamed('a1.jpg')] });
const interpret = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  message = messageOf('x'),
) => telnyx.interpret(answerOf(status, body, headers), message, now);
const refusal = (code: string, more: Record<string, unknown> = {}) => ({
  errors: [{ code, title: 'Title', ...more }],
});

describe('a message to Telnyx', () => {
  it('[SMS-05] is JSON under the API Key, with a callback that knows the message', async () => {
    expect(await telnyx.compose(messageOf('Yes, it is ready.'), channel, now)).toMatchObject({
      method: 'POST',
      url: 'https://api.telnyx.com/v2/messages',
      headers: { authorization: 'Bearer KEY1', 'content-type': 'application/json' },
      body: '{"from":"+19195550142","to":"+17045550187","text":"Yes, it is ready.","webhook_url":"https://gw.example.com/webhook/telnyx/ch_02?ref=msg_01"}',
    });
    expect((await telnyx.compose(picture, channel, now)).body).toBe(
      '{"from":"+19195550142","to":"+17045550187","text":"Photo","media_urls":["https://gw.example.com/m/a1.jpg"],"webhook_url":"https://gw.example.com/webhook/telnyx/ch_02?ref=msg_01"}',
    );
  });

  it('[SMS-05] [CH-06] names the Messaging Profile for an alphanumeric sender', async () => {
    const request = await telnyx.compose(messageOf('x', { from: 'PARLEY' }), channel, now);
    expect(JSON.parse(request.body ?? '')).toMatchObject({
      from: 'PARLEY',
      messaging_profile_id: messagingProfileId,
    });
  });

  it('[SMS-05] is accepted with its id', () => {
    const data = { id: 'm-1', to: [{ phone_number: '+17045550187', status: 'queued' }] };
    expect(interpret(200, { data })).toEqual({ kind: 'accepted', providerId: 'm-1', status: 'queued' });
    expect(interpret(200, { data: { id: 'm-1' } })).toMatchObject({ kind: 'accepted', status: 'queued' });
    expect(interpret(200, { data: { ...data, to: [{ status: 'sent' }] } })).toMatchObject({ status: 'sent' });
    const failed = { ...data, to: [{ status: 'sending_failed' }], errors: [{ code: '40310' }] };
    expect(interpret(200, { data: failed })).toMatchObject({
      kind: 'refused',
      error: { category: 'invalid_phone_number' },
    });
  });

  it('[SMS-05] has an unknown outcome where the answer does not tell', () => {
    for (const body of ['<!doctype html>', '', '{}', '{"data":{}}', '{"data":{"id":7}}']) {
      expect(interpret(200, body)).toMatchObject({ kind: 'unknown' });
    }
    for (const status of [408, 500, 502, 503, 504]) {
      expect(interpret(status, 'unavailable')).toMatchObject({
        kind: 'unknown',
        error: { category: 'service_unavailable' },
      });
    }
    expect(interpret(500, refusal('10007'))).toMatchObject({ kind: 'unknown', error: { code: '10007' } });
  });

  it('[ERR-02] is tried again after a 503 that is a refusal of Telnyx itself', () => {
    expect(interpret(503, refusal('10007'))).toMatchObject({ kind: 'refused', retry: { scope: 'channel' } });
  });

  const table = {
    invalid_phone_number: '10001 10002 10016 40001 40012 40310 42201',
    invalid_parameter:
      '10003 10004 10006 10015 10020 10023 10025 10026 10027 10028 10032 10033 40009 40302 40304 40316 40328 42202 42204 40013 40305 42200 40306 40307 40325 99999',
    unsupported_media: '40308 42203',
    exceeds_size_limit: '40317 42205',
    auth_failed: '10009 20001 20002 20005 20006 20008 20009',
    no_permission:
      '10010 10038 10039 20003 20012 20013 20014 20015 20016 20017 20100 40002 40003 40015 40017 40020 40322 40010 47000 40019 40100 40150 40151 40155 40315 40320 40321 40323 40329 40330 40309 40331 40311 40312 40313 40314 40333 40301 40319',
    too_many_requests: '10011 40011 40016 40018 40318',
    service_unavailable: '10007 10008 10036 10037 40005 40014 40006 40008',
    unknown: '40300 40004 40007 10014 10024 10029',
  };
  const retried = '10011 40011 40016 40018 40318 40006 40008'.split(' ');

  it.each(Object.entries(table))('[SMS-05] [ERR-01] [ERR-02] is refused as %s by code', (category, codes) => {
    for (const code of codes.split(' ')) {
      const result = interpret(400, refusal(code));
      expect(result, code).toMatchObject({ kind: 'refused', error: { category, code, text: 'Title' } });
      expect(result.kind === 'refused' && result.retry !== null, code).toBe(retried.includes(code));
    }
  });

  it('[ERR-02] is never repeated where Telnyx forbids it, whatever the status', () => {
    for (const code of ['40001', '40003', '40010', '40300', '40314', '40322']) {
      expect(interpret(429, refusal(code))).toMatchObject({ kind: 'refused', retry: null });
    }
  });

  it('[CH-14] is an opt-out by 40300 only when its words say so', () => {
    for (const more of [
      { title: 'Blocked due to STOP message' },
      { detail: 'Messages cannot be sent due to an existing block rule.' },
      { detail: 'The recipient has opted out.' },
    ]) {
      expect(interpret(403, refusal('40300', more))).toMatchObject({
        error: { category: 'recipient_opted_out' },
        retry: null,
      });
    }
    for (const detail of [
      'The number is not assigned to a messaging profile.',
      'Destination unreachable',
      'nonstop',
    ]) {
      expect(interpret(422, refusal('40300', { detail }))).toMatchObject({ error: { category: 'unknown' } });
    }
  });

  it('[ERR-01] means by 40301 and 40319 the media, if there was any', () => {
    for (const code of ['40301', '40319']) {
      expect(interpret(400, refusal(code), {}, picture)).toMatchObject({
        error: { category: 'unsupported_media' },
      });
    }
  });

  it('[ERR-01] tells when it is our sender that is wrong', () => {
    const ours = interpret(400, refusal('10001', { source: { pointer: '/from' } }));
    expect(ours).toMatchObject({
      error: { category: 'invalid_parameter', hint: expect.stringContaining('sending number') },
    });
    expect(interpret(400, refusal('10001', { source: { pointer: '/to' } }))).not.toHaveProperty('error.hint');
    expect(interpret(400, refusal('40305'))).toHaveProperty('error.hint');
  });

  it.each([
    [400, 'invalid_parameter'],
    [401, 'auth_failed'],
    [402, 'no_permission'],
    [403, 'no_permission'],
    [404, 'invalid_parameter'],
    [409, 'unknown'],
    [422, 'invalid_parameter'],
    [429, 'too_many_requests'],
    [418, 'unknown'],
  ])('[SMS-05] [ERR-01] is refused by HTTP %i as %s where no code is known', (status, category) => {
    for (const body of ['', '<html>', '{"errors":[]}', { errors: [{ title: 'No code' }] }]) {
      expect(interpret(status, body)).toMatchObject({
        kind: 'refused',
        error: { category },
        retry: status === 409 || status === 429 ? { scope: 'channel' } : null,
      });
    }
  });

  it('[ERR-02] waits as the answer says, in each documented way', () => {
    const waits = (headers: Record<string, string>, code = '10011') => {
      const result = interpret(429, refusal(code), headers);
      return result.kind === 'refused' ? result.retry?.afterMs : undefined;
    };
    expect(waits({ 'retry-after-ms': '1500', 'retry-after': '9' })).toBe(1500);
    expect(waits({ 'retry-after': '9', 'x-ratelimit-reset': '3' })).toBe(9000);
    expect(waits({ 'x-ratelimit-reset': '3' })).toBe(3000);
    expect(waits({ 'x-ratelimit-reset': String(now / 1000 + 12) })).toBe(12_000);
    expect(waits({ 'retry-after': '999999' })).toBe(3_600_000);
    expect(waits({ 'retry-after-ms': 'soon', 'x-ratelimit-reset': 'later' })).toBeNull();
    expect(waits({}, '40318')).toBe(60_000);
    expect(interpret(400, refusal('40018'))).toMatchObject({
      retry: { scope: 'recipient', afterMs: 60_000 },
    });
  });

  it('[CH-11] [CH-13] is refused beforehand when it can never go', () => {
    const category = (message: Outgoing) => telnyx.admit(message, now)?.category;
    const files = (sizes: number[], from = '+19195550142') =>
      messageOf(
        { kind: 'files', text: '', files: sizes.map((size) => fileNamed('a.jpg', { size })) },
        { from },
      );
    expect(category(messageOf('x'.repeat(1530)))).toBeUndefined();
    expect(category(messageOf('x'.repeat(1531)))).toBe('invalid_parameter');
    expect(category(messageOf('ж'.repeat(670)))).toBeUndefined();
    expect(category(messageOf('ж'.repeat(671)))).toBe('invalid_parameter');
    expect(category(messageOf('x'.repeat(1601)))).toBe('invalid_parameter');
    expect(category(files([600_000, 400_000]))).toBeUndefined();
    expect(category(files([600_000, 400_001]))).toBe('exceeds_size_limit');
    expect(category(files([1_000_001]))).toBe('exceeds_size_limit');
    expect(category(files(Array<number>(11).fill(1)))).toBe('invalid_parameter');
    expect(category(files([1], 'PARLEY'))).toBe('unsupported_media');
  });
});

describe('a Telnyx channel', () => {
  it('checks its fields', () => {
    expect(telnyx.validate?.(fields)).toBeNull();
    for (const wrong of [publicKey.slice(0, -1), 'x'.repeat(43) + '=', btoa('x'.repeat(31)), 'KEY1']) {
      expect(telnyx.validate?.({ ...fields, publicKey: wrong })).toMatchObject({ field: 'publicKey' });
    }
    expect(telnyx.validate?.({ ...fields, messagingProfileId: '7' })).toMatchObject({
      field: 'messagingProfileId',
    });
  });

  it('[CH-12] asks for one messaging profile to learn how it is', async () => {
    const [request] = await telnyx.checks(channel, '');
    expect(request).toMatchObject({
      url: 'https://api.telnyx.com/v2/messaging_profiles?page[size]=1',
      headers: { authorization: 'Bearer KEY1' },
    });
    const judge = (status: number, body = '{}') =>
      telnyx.judge(answerOf(status, body), 0, '', channel).status;
    expect([judge(200), judge(401), judge(403), judge(500), judge(418), judge(200, '<html>')]).toEqual([
      'connected',
      'unauthorized',
      'unauthorized',
      'unavailable',
      'unknown',
      'requestFailed',
    ]);
    expect(telnyx.judge(null, 0, '', channel).status).toBe('requestFailed');
  });

  it('[CH-10] fetches media without its key first, and gives it to telnyx.com over HTTPS only', () => {
    const download = (url: string, refused: boolean) => telnyx.media.download(url, channel, false, refused);
    expect(download('https://media.telnyx.com/a', false)).toMatchObject({ headers: {} });
    expect(download('https://media.telnyx.com/a', true)).toMatchObject({
      headers: { authorization: 'Bearer KEY1' },
    });
    for (const url of [
      'https://telnyx.com.example.com/a',
      'https://nottelnyx.com/a',
      'http://media.telnyx.com/a',
    ]) {
      expect(download(url, false)).toMatchObject({ headers: {} });
      expect(download(url, true)).toBeNull();
    }
    expect(download('file:///etc/passwd', false)).toBeNull();
  });
});
