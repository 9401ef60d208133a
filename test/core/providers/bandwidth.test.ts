import { describe, expect, it } from 'vitest';
import { bandwidth } from '../../../core/providers/bandwidth.ts';
import type { Outgoing } from '../../../core/providers/provider.ts';
import { answerOf, channelWith, fileNamed, messageOf, now } from './fixtures.ts';

const applicationId = '5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94';
const common = { applicationId, accountId: '5001234' };
const byOauth = channelWith(
  { ...common, auth: 'oauth', clientId: 'id', clientSecret: 'secret' },
  { token: 'tok' },
);
const byApiUser = channelWith({ ...common, auth: 'basic', username: 'user', password: 'päss' });
const interpret = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  bandwidth.interpret(answerOf(status, body, headers), messageOf('x'), now);

describe('a message to Bandwidth', () => {
  it('[SMS-02] goes to one recipient of the account, tagged with our reference', async () => {
    expect(await bandwidth.compose(messageOf('Yes, it is ready.'), byOauth, now)).toMatchObject({
      method: 'POST',
      url: 'https://messaging.bandwidth.com/api/v2/users/5001234/messages',
      headers: { authorization: 'Bearer tok', 'content-type': 'application/json; charset=utf-8' },
      body: `{"applicationId":"${applicationId}","to":["+17045550187"],"from":"+19195550142","text":"Yes, it is ready.","tag":"msg_01"}`,
    });
    const picture = messageOf(
      { kind: 'files', text: 'Photo', files: [fileNamed('a1.jpg')] },
      { ref: 'msg_02' },
    );
    expect((await bandwidth.compose(picture, byOauth, now)).body).toBe(
      `{"applicationId":"${applicationId}","to":["+17045550187"],"from":"+19195550142","text":"Photo","media":["https://gw.example.com/m/a1.jpg"],"tag":"msg_02"}`,
    );
  });

  it('[SMS-02] goes under the API user where the channel still has one', async () => {
    const { headers } = await bandwidth.compose(messageOf('x'), byApiUser, now);
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('user:päss').toString('base64')}`);
  });

  it('[SMS-02] is accepted with its id, and with nothing else', () => {
    expect(interpret(202, { id: 'm-1' })).toEqual({ kind: 'accepted', providerId: 'm-1', status: 'queued' });
    for (const body of ['<!doctype html>', '', '{}', '{"id":7}', 'null']) {
      expect(interpret(200, body)).toMatchObject({ kind: 'unknown' });
    }
  });

  it.each([
    ['to', 'invalid_phone_number'],
    ['to[0]', 'invalid_phone_number'],
    ['media', 'unsupported_media'],
    ['media[1]', 'unsupported_media'],
    ['from', 'invalid_parameter'],
    ['tag', 'invalid_parameter'],
    ['topic', 'invalid_parameter'],
  ])('[SMS-02] [ERR-01] is refused for its field %s as %s', (fieldName, category) => {
    const body = {
      type: 'request-validation',
      description: 'Invalid',
      fieldErrors: [{ fieldName, description: 'Wrong' }],
    };
    const result = interpret(400, body);
    expect(result).toMatchObject({
      kind: 'refused',
      error: { category, code: 'request-validation', text: `Invalid; ${fieldName}: Wrong` },
      retry: null,
    });
    expect(result.kind === 'refused' && 'hint' in result.error).toBe(fieldName === 'from');
  });

  it.each([
    [400, 'invalid_parameter'],
    [403, 'no_permission'],
    [404, 'invalid_parameter'],
    [405, 'unknown'],
    [406, 'unknown'],
    [415, 'unknown'],
  ])('[SMS-02] [ERR-01] HTTP %i is %s, for good', (status, category) => {
    for (const body of ['', '<html>', { type: 'some-type' }, { status, error: 'Error', message: 'None' }]) {
      expect(interpret(status, body)).toMatchObject({ kind: 'refused', error: { category }, retry: null });
    }
  });

  it('[SMS-02] [ERR-02] a refused token is replaced once', () => {
    expect(interpret(401, { type: 'unauthorized', description: 'No' })).toMatchObject({
      error: { category: 'auth_failed', code: 'unauthorized', text: 'No' },
      retry: { newToken: true, tries: 2, afterMs: 0 },
    });
  });

  it('[SMS-02] [ERR-02] a full queue is left alone for a while, and a 5xx is known to be unsent', () => {
    expect(interpret(429, { type: 'rate_limit_exceeded' })).toMatchObject({
      error: { category: 'too_many_requests', code: 'rate_limit_exceeded' },
      retry: { scope: 'channel', afterMs: 60_000 },
    });
    expect(interpret(429, '', { 'retry-after': '5' })).toMatchObject({ retry: { afterMs: 5000 } });
    for (const status of [500, 502, 503]) {
      expect(interpret(status, '<html>')).toMatchObject({
        kind: 'refused',
        error: { category: 'service_unavailable' },
        retry: { scope: 'channel', afterMs: null },
      });
    }
  });

  it('[CH-11] is refused beforehand when it can never go', () => {
    const category = (message: Outgoing) => bandwidth.admit(message, now)?.category;
    const files = (sizes: number[], from = '+19195550142') =>
      messageOf(
        { kind: 'files', text: '', files: sizes.map((size) => fileNamed('a.jpg', { size })) },
        { from },
      );
    expect(category(messageOf('x'.repeat(2048)))).toBeUndefined();
    expect(category(messageOf('x'.repeat(2049)))).toBe('invalid_parameter');
    expect(category(files([3_500_000, 3_500_000]))).toBeUndefined();
    expect(category(files([3_500_001]))).toBe('exceeds_size_limit');
    expect(category(files(Array<number>(11).fill(1)))).toBe('invalid_parameter');
    expect(category(files([1], 'PARLEY'))).toBe('unsupported_media');
  });
});

describe('the token of a Bandwidth channel', () => {
  it('[SMS-02] is asked for with the client credentials', () => {
    expect(bandwidth.token?.request(byOauth)).toMatchObject({
      method: 'POST',
      url: 'https://api.bandwidth.com/api/v1/oauth2/token',
      headers: {
        authorization: `Basic ${btoa('id:secret')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    expect(bandwidth.token?.request(byApiUser)).toBeNull();
  });

  it('[SMS-02] lives as long as the answer says, or an hour', () => {
    const read = (status: number, body: unknown) => bandwidth.token?.interpret(answerOf(status, body), now);
    expect(read(200, { access_token: 't', token_type: 'Bearer', expires_in: 60 })).toEqual({
      token: 't',
      expiresAt: now + 60_000,
    });
    expect(read(200, { access_token: 't', expires_in: '120' })).toMatchObject({ expiresAt: now + 120_000 });
    expect(read(200, { access_token: 't' })).toMatchObject({ expiresAt: now + 3_600_000 });
    for (const [status, body] of [
      [401, { error: 'invalid_client' }],
      [200, '<html>'],
      [200, {}],
      [200, { access_token: '' }],
    ] as const) {
      expect(read(status, body)).toBeNull();
    }
  });
});

describe('a Bandwidth channel', () => {
  it('checks its fields', () => {
    expect(bandwidth.validate?.(common)).toBeNull();
    expect(bandwidth.validate?.({ ...common, applicationId: 'x' })).toMatchObject({ field: 'applicationId' });
    expect(bandwidth.validate?.({ ...common, accountId: '5001234/x' })).toMatchObject({ field: 'accountId' });
  });

  it('[SMS-02] offers OAuth first, and each pair of fields only with its choice', () => {
    const auth = bandwidth.form.find(({ name }) => name === 'auth');
    expect(auth).toMatchObject({
      kind: 'select',
      initial: 'oauth',
      options: [{ value: 'oauth' }, { value: 'basic' }],
    });
    const names = (value: string) =>
      bandwidth.form.filter(({ onlyIf }) => onlyIf?.value === value).map(({ name }) => name);
    expect([names('oauth'), names('basic')]).toEqual([
      ['clientId', 'clientSecret'],
      ['username', 'password'],
    ]);
    expect(bandwidth.ours.map(({ key }) => key)).toEqual(['user', 'password']);
  });

  it('[CH-12] asks for a token, or with an API user for the list of media', async () => {
    expect(await bandwidth.checks(byOauth, '')).toMatchObject([
      { url: 'https://api.bandwidth.com/api/v1/oauth2/token' },
    ]);
    expect(await bandwidth.checks(byApiUser, '')).toMatchObject([
      { method: 'GET', url: 'https://messaging.bandwidth.com/api/v2/users/5001234/media' },
    ]);
    const judge = (channel: typeof byOauth, status: number, body: unknown = {}) =>
      bandwidth.judge(answerOf(status, body), 0, '', channel).status;
    expect([
      judge(byApiUser, 200, []),
      judge(byApiUser, 401),
      judge(byApiUser, 403),
      judge(byApiUser, 503),
      judge(byApiUser, 400),
    ]).toEqual(['connected', 'unauthorized', 'unauthorized', 'unavailable', 'unknown']);
    expect([
      judge(byOauth, 200, { access_token: 't' }),
      judge(byOauth, 401),
      judge(byOauth, 400),
      judge(byOauth, 500),
      judge(byOauth, 200),
    ]).toEqual(['connected', 'unauthorized', 'unauthorized', 'unavailable', 'requestFailed']);
    expect(bandwidth.judge(null, 0, '', byOauth).status).toBe('requestFailed');
  });

  it("[CH-10] fetches the account's own media only, with its authorization", () => {
    const own = 'https://messaging.bandwidth.com/api/v2/users/5001234/media/m-1/1/a.jpeg';
    expect(bandwidth.media.download(own, byOauth, false)).toMatchObject({
      headers: { authorization: 'Bearer tok' },
    });
    expect(bandwidth.media.download(own, byApiUser, false)?.headers['authorization']).toMatch(/^Basic /);
    for (const url of [
      own.replace('5001234', '5009999'),
      own.replace('https', 'http'),
      own.replace('.com', '.com.example.net'),
      'https://messaging.bandwidth.com@example.net/api/v2/users/5001234/media/x',
      'https://messaging.bandwidth.com/api/v2/users/5001234/media/../messages',
      'https://messaging.bandwidth.com/api/v2/users/5001234/media/%2e%2e/messages',
      'x',
    ]) {
      expect(bandwidth.media.download(url, byOauth, false)).toBeNull();
    }
  });
});
