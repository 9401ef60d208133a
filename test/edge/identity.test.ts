/** Who a visitor is, inside workerd: tokens of guests, and identities that the website signs. */
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { LiveChatInput } from '../../core/channel.ts';
import { makeAgent, makeChannel, setUp, type Console } from './console.ts';
import { Page, hello, page } from './visitor.ts';

const dayMs = 86_400_000;

let admin: Console;
let agentId: string;
beforeAll(async () => {
  admin = await setUp();
  agentId = (await makeAgent(admin)).id;
});

const channelWith = (change: Partial<LiveChatInput> = {}) =>
  makeChannel(admin, { kind: 'agent', id: agentId }, change);

describe('an identity that the website signs', () => {
  const sign = (secret: string, claims: Record<string, unknown>, expiresIn = '5m') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(expiresIn)
      .sign(new TextEncoder().encode(secret));

  it('[LC-22] is one conversation everywhere, and an error when it is wrong, never a guest', async () => {
    const channel = await channelWith();
    const identify = async (identity: string) => {
      const answer = await hello({ channelNumber: channel.number, identity });
      const body = await answer.json<{ visitor?: string; error?: { code: string } }>();
      return body.visitor ?? body.error?.code;
    };
    expect(await identify('')).toBe('identity_missing');
    expect(await identify('x.y.z')).toBe('identity_invalid');
    const { secret } = await admin.ask<{ secret: string }>(
      'POST',
      `/api/channels/${channel.id}/identity-secret`,
      {},
    );
    const first = await identify(
      await sign(secret, { sub: 'user-1', name: 'New Customer', email: 'newcomer@example.com' }),
    );
    expect(first).toMatch(/^u/);
    expect(await identify(await sign(secret, { sub: 'user-1' }))).toBe(first);
    expect(await identify(await sign(secret, { sub: 'user-2' }))).not.toBe(first);
    expect(await identify(await sign('another secret that is long enough', { sub: 'user-1' }))).toBe(
      'identity_invalid',
    );
    expect(await identify(await sign(secret, { sub: 'user-1' }, '-5m'))).toBe('identity_invalid');
    expect(await identify(await sign(secret, {}))).toBe('identity_invalid');
    const unsigned = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${btoa('{"sub":"user-1","exp":9999999999}').replaceAll('=', '')}.`;
    expect(await identify(unsigned)).toBe('identity_invalid');
  });
});

describe('names that no header can carry', () => {
  it('[LC-22] reach the session all the same', async () => {
    const channel = await channelWith();
    const { secret } = await admin.ask<{ secret: string }>(
      'POST',
      `/api/channels/${channel.id}/identity-secret`,
      {},
    );
    const identity = await new SignJWT({ sub: 'user-1', name: '新客 Zoë' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('-30s')
      .sign(new TextEncoder().encode(secret));
    // Half a minute past its end: clocks of websites may be off by that much.
    const { token } = await (
      await hello({ channelNumber: channel.number, identity })
    ).json<{ token: string }>();
    const visitor = await Page.open(channel.number, token);
    expect((await visitor.welcome()).profile).toMatchObject({ firstName: '新客', lastName: 'Zoë' });
  });
});

describe('a visitor token', () => {
  it('[LC-22] that has expired, or of another origin, is refused with its own code', async () => {
    const channel = await channelWith({ domains: ['shop.example', 'other.example'] });
    const { token } = await (await hello({ channelNumber: channel.number })).json<{ token: string }>();
    const codeOf = async (from: string) => {
      const answer = await hello({ channelNumber: channel.number, token }, from);
      return answer.ok ? 'ok' : (await answer.json<{ error: { code: string } }>()).error.code;
    };
    expect(await codeOf(page)).toBe('ok');
    expect(await codeOf('https://other.example')).toBe('token_invalid');
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 91 * dayMs);
    try {
      expect(await codeOf(page)).toBe('token_expired');
    } finally {
      clock.mockRestore();
    }
  });

  it('[LC-02] is never given to a page without an origin, or of a domain that is not listed', async () => {
    const { number } = await channelWith();
    for (const from of [
      null,
      'null',
      'https://evil.example',
      'http://evil.example',
      'https://shop.example.evil.example',
    ]) {
      const answer = await hello({ channelNumber: number }, from);
      expect(answer.status, String(from)).toBe(403);
    }
    expect((await hello({ channelNumber: 'LC99999' })).status).toBe(404);
  });
});
