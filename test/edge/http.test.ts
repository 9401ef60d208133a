import { describe, expect, it } from 'vitest';
import { clientAddress, readBytes } from '../../edge/http.ts';
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
