/** The servers by which the ends of a call find each other. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { peerConfiguration } from '../../core/callProtocol.ts';
import {
  callSettingsInput,
  cloudflareServers,
  coturnCredentials,
  credentialSeconds,
} from '../../core/callSettings.ts';

describe('TURN', () => {
  it('[CALL-01] gives credentials as coturn checks them: base64(HMAC-SHA1(secret, "expiry:user"))', async () => {
    const now = Date.UTC(2026, 10, 29, 6, 0, 0, 999);
    const { username, credential } = await coturnCredentials('north', 'LC00000', now);
    const expiry = Date.UTC(2026, 10, 29, 6) / 1000 + credentialSeconds;
    expect(username).toBe(`${expiry}:LC00000`);
    expect(credential).toBe(createHmac('sha1', 'north').update(username).digest('base64'));
    // `echo -n 1433895918:filippo | openssl dgst -binary -sha1 -hmac mysecret | openssl base64`
    const known = 'LAVO4x6krThupZhMndZUB+0L7Ws=';
    const then = await coturnCredentials('mysecret', 'filippo', (1433895918 - credentialSeconds) * 1000);
    expect(then).toEqual({ username: '1433895918:filippo', credential: known });
  });

  it('[CALL-01] takes from Cloudflare what browsers can use', () => {
    const servers = cloudflareServers({
      iceServers: [
        { urls: ['stun:stun.cloudflare.com:3478', 'stun:stun.cloudflare.com:53'] },
        {
          urls: ['turn:turn.cloudflare.com:3478?transport=udp', 'turn:turn.cloudflare.com:53?transport=udp'],
          username: 'u',
          credential: 'c',
        },
      ],
    });
    expect(servers).toEqual([
      { urls: ['stun:stun.cloudflare.com:3478'] },
      { urls: ['turn:turn.cloudflare.com:3478?transport=udp'], username: 'u', credential: 'c' },
    ]);
    expect(() => cloudflareServers({ errors: [] })).toThrow();
  });

  it('[CALL-01] can be all that there is between two ends, and then has to be there', () => {
    const choose = (turn: object, relayOnly?: boolean) =>
      callSettingsInput.safeParse({ stun: [], turn, ...(relayOnly === undefined ? {} : { relayOnly }) });
    const coturn = { kind: 'coturn', urls: ['turn:turn.example.com'], secret: '' };
    expect(choose(coturn).data?.relayOnly).toBe(false);
    expect(choose(coturn, true).data?.relayOnly).toBe(true);
    expect(choose({ kind: 'none' }, false).success).toBe(true);
    const refused = choose({ kind: 'none' }, true).error?.issues;
    expect(refused?.map(({ path }) => path)).toEqual([['relayOnly']]);
    expect(refused?.[0]?.message).toContain('needs a TURN server');

    const servers = [{ urls: ['turn:t'], username: undefined, credential: 'c' }];
    expect(peerConfiguration({ servers, relayOnly: true })).toEqual({
      iceServers: [{ urls: ['turn:t'], credential: 'c' }],
      iceTransportPolicy: 'relay',
    });
    // As an edge says it that knows of no choice.
    expect(peerConfiguration({ servers: [] })).toEqual({ iceServers: [], iceTransportPolicy: 'all' });
  });

  it('[CALL-01] accepts the addresses that browsers accept, and no others', () => {
    const turnWith = (url: string) =>
      callSettingsInput.safeParse({ stun: [], turn: { kind: 'coturn', urls: [url], secret: 's' } }).success;
    for (const url of [
      'turn:turn.example.com',
      'turn:192.0.2.1:3478?transport=udp',
      'turns:[2001:db8::1]:443?transport=tcp',
    ])
      expect(turnWith(url), url).toBe(true);
    for (const url of ['https://turn.example.com', 'turn://turn.example.com', 'stun:x', 'turn:a b', 'turn:'])
      expect(turnWith(url), url).toBe(false);
    const stun = (url: string) =>
      callSettingsInput.safeParse({ stun: [url], turn: { kind: 'none' } }).success;
    expect(stun('stun:stun.example.com:3478')).toBe(true);
    expect(stun('stun:stun.example.com?transport=udp')).toBe(false);
  });
});
