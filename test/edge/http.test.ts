import { describe, expect, it, vi } from 'vitest';
import { clientAddress, readBytes } from '../../edge/http.ts';
import { Workspace } from '../../edge/objects/workspace.ts';
import { networkOf } from '../../edge/objects/workspace/limits.ts';
import { setUp } from './console.ts';
import { bindings } from './rows.ts';

const request = (headers: Record<string, string>, clientIp?: string) =>
  new Request('https://chat.example.com/', {
    headers,
    ...(clientIp ? { cf: { clientIp } } : {}),
  } as RequestInit);
const selfHosted = { ...bindings, PARLEY_PLATFORM: 'workerd' as const };
const behindProxy = { ...selfHosted, PARLEY_CLIENT_ADDRESS_HEADER: 'X-Forwarded-For' };

describe('the client’s address', () => {
  it('[GEN-02] is what the platform or the trusted proxy says, never what the client says', () => {
    const forged = { 'cf-connecting-ip': '6.6.6.6', 'x-forwarded-for': '6.6.6.6, 198.51.100.1' };
    expect(clientAddress(request(forged), bindings)).toBe('6.6.6.6');
    expect(clientAddress(request(forged, '192.0.2.1:5000'), selfHosted)).toBe('192.0.2.1');
    expect(clientAddress(request(forged, '192.0.2.1:5000'), behindProxy)).toBe('198.51.100.1');
    expect(clientAddress(request({}, '192.0.2.1:5000'), behindProxy)).toBeNull();
    expect(clientAddress(request({}, '[2001:db8::1]:5000'), selfHosted)).toBe('2001:db8::1');
    expect(clientAddress(request({}, '2001:db8::1'), selfHosted)).toBe('2001:db8::1');
    expect(clientAddress(request({}), selfHosted)).toBeNull();
  });
});

describe('limits by address', () => {
  it('[GEN-02] count a whole /64 of IPv6 as one', () => {
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(networkOf('unknown')).toBe('unknown');
  });
});

describe('an error nobody expected', () => {
  it('[GEN-03] tells the log everything and the client nothing', async () => {
    const admin = await setUp();
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.spyOn(Workspace.prototype, 'listAgents').mockImplementation(() => {
      throw new Error('a secret detail');
    });
    const reply = await admin.call('GET', '/api/agents');
    expect(reply).toMatchObject({ status: 500, body: { error: { code: 'unavailable' } } });
    expect(JSON.stringify(reply.body)).not.toContain('secret detail');
    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
      event: 'request.failed',
      path: '/api/agents',
    });
    vi.restoreAllMocks();
  });
});

describe('reading a body', () => {
  it('[GEN-03] counts what arrives instead of trusting Content-Length', async () => {
    const stream = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let n = 0; n < 4; n++) controller.enqueue(new Uint8Array(10));
          controller.close();
        },
      });
    const post = () => new Request('https://chat.example.com/', { method: 'POST', body: stream() });
    expect(await readBytes(post(), 39)).toBeNull();
    expect((await readBytes(post(), 40))?.length).toBe(40);
    expect((await readBytes(new Request('https://chat.example.com/'), 10))?.length).toBe(0);
  });
});
