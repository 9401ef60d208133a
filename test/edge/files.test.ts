import { beforeAll, describe, expect, it } from 'vitest';
import { type Console, makeAgent, setUp, signInAs } from './console.ts';

/** One red pixel. */
const png = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
);
let agent: Console;
beforeAll(async () => {
  agent = await signInAs(await makeAgent(await setUp()));
});

const put = <T = { error: { code: string } }>(bytes: Uint8Array, type = 'image/png') =>
  agent.call<T>('PUT', '/api/files', bytes, { 'content-type': type });

describe('photos and logos', () => {
  it('[GEN-04] are stored under a name that nobody can guess, and served to anybody', async () => {
    const { status, body } = await put<{ url: string }>(png);
    expect(status).toBe(200);
    expect(body.url).toMatch(/^\/files\/[\w-]{43}\.png$/);
    const me = await agent.ask<{ photo: string }>('PATCH', '/api/me', { photo: body.url });
    expect(me.photo).toBe(body.url);
    const served = await agent.call<string>('GET', body.url, undefined, { cookie: null });
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('[GEN-04] are what their bytes are, not what they are called, and at most 2 MB', async () => {
    const mislabelled = await put<{ url: string }>(png, 'image/jpeg');
    expect(mislabelled.body.url).toMatch(/\.png$/);
    expect(await put(png.slice(0, -12))).toMatchObject({
      status: 422,
      body: { error: { code: 'image_damaged' } },
    });
    const html = new TextEncoder().encode('<script>alert(1)</script>');
    expect(await put(html)).toMatchObject({ status: 415, body: { error: { code: 'image_type' } } });
    const large = new Uint8Array(2 * 1024 * 1024 + 1);
    large.set(png);
    expect(await put(large)).toMatchObject({ status: 413, body: { error: { code: 'image_too_large' } } });
  });
});
