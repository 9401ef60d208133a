import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facebook } from '../../../core/providers/facebook.ts';
import { whatsapp } from '../../../core/providers/whatsapp.ts';
import { channelOf, now, post, signature, signedPost } from './meta.ts';

const appSecret = 'app-secret-of-the-test';
const channel = channelOf({ appSecret }, []);
/** As it is before the form is saved: nothing but the verify token. */
const draft = channelOf({}, []);
const payload = { object: 'page', entry: [{ id: '1', text: 'Grüezi 👋 </script>' }] };

describe.each([facebook, whatsapp])('$label', (provider) => {
  describe('the handshake', () => {
    const ask = (rawQuery: string, at = draft) =>
      provider.handshake?.({ ...post(''), method: 'GET', rawQuery }, at);
    const right = 'hub.mode=subscribe&hub.challenge=1947302885&hub.verify_token=abcd1234efgh5678';

    it('[FB-01] [WA-01] answers the challenge alone as plain text, before the channel has any credentials', () => {
      expect(ask(right)).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: '1947302885',
      });
    });

    it('[FB-01] [WA-01] refuses another token or mode, and says 400 where something is missing', () => {
      expect(ask(right.replace('5678', '5679'))?.status).toBe(403);
      expect(ask(right.replace('subscribe', 'unsubscribe'))?.status).toBe(403);
      expect(ask('hub.mode=subscribe&hub.challenge=1')?.status).toBe(400);
      expect(ask('')?.status).toBe(400);
      expect(ask(`${right}${'9'.repeat(300)}`.replace('1947302885', '1'.repeat(300)))?.status).toBe(400);
    });

    it('takes no empty token for an empty one of ours', () => {
      const bare = { ...draft, ours: { verifyToken: '', user: '', password: '' } };
      expect(ask('hub.mode=subscribe&hub.challenge=1&hub.verify_token=', bare)?.status).toBe(403);
    });

    it('leaves events to the signature', () => {
      expect(provider.handshake?.(post('{}'), draft)).toBeNull();
    });
  });

  describe('the signature', () => {
    const verify = (request: ReturnType<typeof post>, at = channel) => provider.verify(request, at, now);

    it('[FB-01] [WA-01] is checked over the raw bytes, escapes and all', async () => {
      expect(await verify(signedPost(payload, appSecret))).toEqual({ ok: true });
      expect(await verify(signedPost(payload, 'another secret'))).toMatchObject({
        ok: false,
        reply: { status: 403 },
      });
      expect(await verify(post('{}'))).toMatchObject({ ok: false, reply: { status: 401 } });
      expect(await verify(signedPost(payload, ''), draft)).toMatchObject({ ok: false });
    });

    it('[FB-01] [WA-01] is also right in the escaped form of a body with raw accents and emoji', async () => {
      const raw = JSON.stringify({ text: 'äöå 👋' });
      const escaped = '{"text":"\\u00e4\\u00f6\\u00e5 \\ud83d\\udc4b"}';
      expect(await verify(post(raw, { 'x-hub-signature-256': signature(escaped, appSecret) }))).toEqual({
        ok: true,
      });
      expect(await verify(post(raw, { 'x-hub-signature-256': signature(raw, appSecret) }))).toEqual({
        ok: true,
      });
      expect(
        await verify(post(raw, { 'x-hub-signature-256': signature(`${escaped} `, appSecret) })),
      ).toMatchObject({
        ok: false,
      });
    });

    it('[FB-01] [WA-01] refuses truncated, upper-case and foreign forms', async () => {
      const request = signedPost(payload, appSecret);
      const right = request.headers['x-hub-signature-256'] ?? '';
      for (const wrong of [
        right.slice(0, -1),
        right.slice(7),
        right.toUpperCase(),
        `${right} `,
        `sha1=${right.slice(7)}`,
        '',
      ]) {
        expect(await verify({ ...request, headers: { 'x-hub-signature-256': wrong } })).toMatchObject({
          ok: false,
        });
      }
    });

    it('[FB-01] [WA-01] refuses any mutation of one byte, in the body or in the signature', async () => {
      const request = signedPost(payload, appSecret);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          fc.boolean(),
          async (at, flip, inBody) => {
            const body = request.body.slice();
            let header = request.headers['x-hub-signature-256'] ?? '';
            if (inBody) body[at % body.length] = (body[at % body.length] ?? 0) ^ flip;
            else {
              const index = at % header.length;
              const unit = String.fromCharCode(header.charCodeAt(index) ^ flip);
              header = header.slice(0, index) + unit + header.slice(index + 1);
            }
            const verdict = await verify({ ...request, body, headers: { 'x-hub-signature-256': header } });
            expect(verdict.ok).toBe(false);
          },
        ),
      );
    });
  });
});
