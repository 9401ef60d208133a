import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutgoingContent, OutgoingFile } from '../../../core/providers/provider.ts';
import { facebook } from '../../../core/providers/facebook.ts';
import { textParts } from '../../../core/providers/facebook/textParts.ts';
import { FacebookSimulator } from '../../simulators/providers/facebook.ts';
import { answer, call, channelOf, hour, listen, now, outgoing } from './meta.ts';

const simulator = new FacebookSimulator();
const page = simulator.pageId;
const psid = '7400111222333444';
const channel = channelOf(simulator.fields, [page]);
const text: OutgoingContent = { kind: 'text', text: 'Yes, until 6 pm.' };
const file = (type: string, size = 1000): OutgoingFile => ({
  url: 'https://files.example.com/a',
  name: 'a',
  type,
  size,
});

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

describe('what may go', () => {
  const admit = (ms: number | null, byHuman = true, content: OutgoingContent = text) =>
    facebook.admit(outgoing(content, { byHuman, lastInboundAt: ms === null ? null : now - ms }), now)
      ?.category ?? null;

  it('[FB-03] is an answer only: nobody is written to first', () => {
    expect(facebook.canStart).toBe(false);
    expect(admit(null)).toBe('window_closed');
    expect(facebook.rate).toBe(40);
  });

  it("[FB-04] is anything within 24 hours, an agent's words up to 7 days, then nothing", () => {
    expect([admit(24 * hour, false), admit(24 * hour + 1, false)]).toEqual([null, 'window_closed']);
    expect([admit(7 * 24 * hour), admit(7 * 24 * hour + 1)]).toEqual([null, 'window_closed']);
    expect(facebook.windows).toEqual({ freeMs: 24 * hour, humanMs: 7 * 24 * hour });
  });

  it('[FB-03] is text and files of at most 25 MB', () => {
    const files = (size: number): OutgoingContent => ({
      kind: 'files',
      text: '',
      files: [file('application/pdf', size)],
    });
    expect(admit(hour, true, files(25 * 1024 * 1024))).toBeNull();
    expect(admit(hour, true, files(25 * 1024 * 1024 + 1))).toBe('exceeds_size_limit');
    expect(admit(hour, true, { kind: 'location', place: { latitude: 1, longitude: 2 } })).toBe(
      'unsupported_media',
    );
    expect(admit(hour, true, { kind: 'text', text: 'x'.repeat(100_000) })).toBe('invalid_parameter');
    expect(
      admit(hour, true, {
        kind: 'files',
        text: '',
        files: Array.from({ length: 11 }, () => file('image/png')),
      }),
    ).toBe('unsupported_media');
  });
});

describe('long texts', () => {
  it('go in parts of 2000, cut between words, in order', () => {
    const words = Array.from({ length: 1000 }, (_, index) => `word${index}`).join(' ');
    const parts = facebook.split(outgoing({ kind: 'text', text: words }, { replyTo: 'm_Q' }));
    expect(parts.map(({ ref, replyTo }) => [ref, replyTo])).toEqual([
      ['ref-01J9Z', 'm_Q'],
      ['ref-01J9Z-2', null],
      ['ref-01J9Z-3', null],
      ['ref-01J9Z-4', null],
    ]);
    expect(parts.map(({ content }) => (content.kind === 'text' ? content.text : '')).join(' ')).toBe(words);
  });

  it('lose nothing but white space, break no surrogate pair and keep to the length', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('👍'.repeat(30)), fc.constant('  \n'));
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 2, max: 50 }), (pieces, length) => {
        const whole = pieces.join('');
        const parts = textParts(whole, length);
        expect(parts.every((part) => part.length > 0 && part.length <= length && part.isWellFormed())).toBe(
          true,
        );
        expect(parts.join('').replace(/\s/g, '')).toBe(whole.replace(/\s/g, ''));
      }),
    );
  });

  it('go before the files, each of which is a message', () => {
    const content: OutgoingContent = {
      kind: 'files',
      text: 'Here',
      files: [file('image/png'), file('audio/mpeg')],
    };
    const parts = facebook.split(outgoing(content));
    expect(parts.map((part) => part.content.kind)).toEqual(['text', 'files', 'files']);
    expect(facebook.split(outgoing({ ...content, text: '' }))).toHaveLength(2);
  });
});

describe('the call', () => {
  const compose = async (content: OutgoingContent, more = {}) => {
    const request = await facebook.compose(outgoing(content, { to: psid, ...more }), channel, now);
    return { ...request, body: JSON.parse(request.body ?? '') as Record<string, unknown> };
  };

  it("[FB-03] posts to the page with our reference and the proof of the app's secret", async () => {
    const proof = createHmac('sha256', simulator.appSecret).update(simulator.accessToken).digest('hex');
    expect(await compose(text, { replyTo: 'm_Q' })).toEqual({
      method: 'POST',
      url: `https://graph.facebook.com/v25.0/${page}/messages?appsecret_proof=${proof}`,
      headers: {
        authorization: `Bearer ${simulator.accessToken}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: {
        recipient: { id: psid },
        messaging_type: 'RESPONSE',
        message: { text: 'Yes, until 6 pm.', metadata: 'parley:ref-01J9Z' },
        reply_to: { mid: 'm_Q' },
      },
    });
  });

  it('[FB-04] tags what an agent writes after 24 hours, and nothing else', async () => {
    const tagged = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
    expect((await compose(text, { lastInboundAt: now - 25 * hour })).body).toMatchObject(tagged);
    expect((await compose(text, { lastInboundAt: now - 24 * hour + 5000 })).body).toMatchObject(tagged);
    expect((await compose(text, { lastInboundAt: now - 23 * hour })).body).not.toHaveProperty('tag');
    expect((await compose(text, { lastInboundAt: now - 25 * hour, byHuman: false })).body).not.toHaveProperty(
      'tag',
    );
  });

  it.each([
    ['image/jpeg', 8_000_000, 'image'],
    ['image/jpeg', 8_000_001, 'file'],
    ['image/webp', 1000, 'file'],
    ['video/mp4', 1000, 'video'],
    ['audio/ogg', 1000, 'audio'],
    ['application/pdf', 1000, 'file'],
  ])('sends %s of %i bytes as %s', async (type, size, kind) => {
    const content: OutgoingContent = { kind: 'files', text: '', files: [file(type, size)] };
    expect(facebook.slower?.includes(outgoing(content))).toBe(['audio', 'video'].includes(kind));
    expect((await compose(content)).body).toMatchObject({
      message: { attachment: { type: kind, payload: { url: 'https://files.example.com/a' } } },
    });
  });
});

describe('the answer', () => {
  const interpret = (status: number, body: unknown, headers = {}, more = {}) =>
    facebook.interpret(answer(status, body, headers), outgoing(text, { to: psid, ...more }), now);
  const error = (code: number, subcode?: number, more = {}) => ({
    error: { message: `(#${code}) Meta says`, code, ...(subcode ? { error_subcode: subcode } : {}), ...more },
  });

  it('of 200 means sent, and a page in its place leaves it open', () => {
    expect(interpret(200, { recipient_id: psid, message_id: 'm_1' })).toEqual({
      kind: 'accepted',
      providerId: 'm_1',
      status: 'sent',
      customer: psid,
    });
    expect(interpret(200, { message_id: 'm_1' })).toEqual({
      kind: 'accepted',
      providerId: 'm_1',
      status: 'sent',
    });
    expect(interpret(200, '<p>It works.')).toMatchObject({ kind: 'unknown' });
    expect(interpret(200, { recipient_id: psid })).toMatchObject({ kind: 'unknown' });
    expect(interpret(500, error(1, 1357046))).toMatchObject({
      kind: 'unknown',
      error: { code: '1/1357046' },
    });
  });

  const limit = { scope: 'channel', afterMs: null };
  const few = { scope: 'channel', afterMs: null, tries: 4 };
  const once = { scope: 'recipient', afterMs: null, tries: 2 };
  it.each([
    [['190', '190/458', '190/460', '190/463', '190/467', '102', '104'], 'auth_failed', null],
    [
      ['10', '200', '201', '299', '3', '230', '200/2018028', '10/2018300', '10/1893063', '368'],
      'no_permission',
      null,
    ],
    [['10/2018278', '10/2534022', '10/2018065'], 'window_closed', null],
    [['10/2018108', '551/1545041', '200/1545041'], 'recipient_opted_out', null],
    [['100/2018001', '100/2018074', '100/1893061', '100', '100/33'], 'invalid_parameter', null],
    [['100/2018008', '100/2018294'], 'unsupported_media', once],
    [['100/2018047', '546'], 'unsupported_media', null],
    [['100/2018109', '36000'], 'exceeds_size_limit', null],
    [
      ['4', '17', '32', '613', '80001', '80006', '9/2018352', '4/2018022', '4/2018354', '613/1893016'],
      'too_many_requests',
      limit,
    ],
    [['1', '2', '1200'], 'service_unavailable', few],
    [['9', '77777'], 'unknown', null],
  ])('[ERR-01] [ERR-02] %j is %s', (codes, category, retry) => {
    for (const code of codes) {
      const [main, sub] = code.split('/').map(Number);
      expect(interpret(400, error(main ?? 0, sub))).toMatchObject({
        kind: 'refused',
        error: { category, code, text: `(#${main}) Meta says` },
        retry,
      });
    }
  });

  it('[ERR-02] sends what is not the type that Meta sees once more, as a plain file', async () => {
    const picture: OutgoingContent = { kind: 'files', text: '', files: [file('image/png')] };
    const plain = outgoing(picture, { plainFiles: true });
    const refused = (more: object) => interpret(400, error(100, 2018047), {}, more);
    expect(refused({ content: picture })).toMatchObject({ retry: { scope: 'recipient', plainFiles: true } });
    expect((await facebook.compose(plain, channel, now)).body).toContain('"attachment":{"type":"file"');
    expect(refused(plain)).toMatchObject({ retry: null });
  });

  it('[ERR-02] tries again what Meta calls transient, and waits as its headers say', () => {
    expect(interpret(400, error(77777, undefined, { is_transient: true }))).toMatchObject({ retry: few });
    expect(interpret(503, 'unavailable')).toMatchObject({ retry: limit });
    expect(interpret(400, error(4), { 'retry-after': '9' })).toMatchObject({ retry: { afterMs: 9000 } });
    const usage = JSON.stringify({ '1': [{ type: 'messenger', estimated_time_to_regain_access: 2 }] });
    expect(interpret(400, error(4), { 'x-business-use-case-usage': usage })).toMatchObject({
      retry: { afterMs: 120_000 },
    });
    expect(interpret(400, error(4), { 'x-business-use-case-usage': '{"1":5}' })).toMatchObject({
      retry: limit,
    });
  });

  it('[FB-04] explains refusals after 24 hours: the missing feature, and a closed window by another name', () => {
    const late = { lastInboundAt: now - 30 * hour };
    expect(interpret(400, error(10), {}, late)).toMatchObject({
      error: { category: 'no_permission', hint: expect.stringContaining('Human Agent') as string },
    });
    expect(interpret(400, error(551, 1545041), {}, late)).toMatchObject({
      error: { category: 'window_closed' },
    });
  });
});

describe('the channel', () => {
  it('[FB-01] asks for what the guide names, and checks the Page ID', () => {
    expect(facebook.form.filter(({ required }) => required).map(({ label }) => label)).toEqual([
      'Access Token',
      'App Secret',
      'Page ID',
      'Page Name',
    ]);
    expect(facebook.ours.map(({ label }) => label)).toEqual(['Verify Token']);
    expect(facebook.validate?.(simulator.fields)).toBeNull();
    expect(facebook.validate?.({ ...simulator.fields, pageId: 'Example' })?.field).toBe('pageId');
  });

  it("[CH-12] is connected only when the token is the page's and messages are subscribed to", async () => {
    const meta = await new FacebookSimulator().start();
    started.push(meta);
    const health = async (fields = meta.fields) => {
      const checked = channelOf(fields, meta.numbers);
      for (const [index, request] of (await facebook.checks(checked, '')).entries()) {
        const result = facebook.judge(await call(request, meta), index, '', checked);
        if (result.status !== 'connected') return result.status;
      }
      return 'connected';
    };
    expect(await health()).toBe('connected');
    expect(await health({ ...meta.fields, accessToken: 'x' })).toBe('unauthorized');
    expect(await health({ ...meta.fields, appSecret: 'of another app' })).toBe('unauthorized');
    expect(await health({ ...meta.fields, pageId: '5' })).toBe('unauthorized');
    meta.subscribed = ['message_reads'];
    expect(await health()).toBe('unauthorized');
    meta.behave({ outage: '503' });
    expect(await health()).toBe('unavailable');
  });

  it("[CH-10] fetches files from Meta's own hosts only, and shows them no token", () => {
    expect(
      facebook.media.download('https://scontent.xx.fbcdn.net/v/a.jpg?oe=6B', channel, false)?.headers,
    ).toEqual({});
    for (const bad of [
      'https://example.com/a',
      'https://fbcdn.net.example.com/a',
      'http://scontent.xx.fbcdn.net/a',
      'https://10.0.0.1/',
      '',
    ]) {
      expect(facebook.media.download(bad, channel, false)).toBeNull();
    }
  });
});

describe('a conversation with the simulator', () => {
  const connect = async () => {
    const meta = await new FacebookSimulator().start();
    const own = channelOf(meta.fields, meta.numbers);
    const webhook = await listen(facebook, own);
    started.push(meta, webhook);
    await meta.configure({ webhookUrl: webhook.url, verifyToken: 'abcd1234efgh5678' });
    await meta.customerSends({
      from: psid,
      to: page,
      text: 'Hello – 👋',
      files: [{ name: 'a.png', type: 'image/png', bytes: Buffer.from('x') }],
    });
    const lastInboundAt = meta.now();
    const send = async (content: OutgoingContent, more = {}) => {
      const message = outgoing(content, { to: psid, lastInboundAt, ...more });
      return facebook.interpret(
        await call(await facebook.compose(message, own, meta.now()), meta),
        message,
        meta.now(),
      );
    };
    return { meta, webhook, send, own };
  };

  it('[FB-02] [FB-03] carries text and files in and out, with all statuses', async () => {
    const { meta, webhook, send } = await connect();
    expect(webhook.events[0]).toMatchObject({
      kind: 'message',
      content: { text: 'Hello – 👋', files: [{ url: expect.stringContaining('a.png') as string }] },
    });
    expect(await send(text)).toMatchObject({ kind: 'accepted', customer: psid });
    await expect
      .poll(() => webhook.events.map(({ kind }) => kind))
      .toEqual(['message', 'status', 'status', 'watermark']);
    expect(webhook.events[1]).toMatchObject({ ref: 'ref-01J9Z', id: meta.accepted[0]?.id, status: 'sent' });
    await meta.customerReads(psid);
    await meta.employeeSends(psid, 'From the inbox');
    expect(webhook.events.slice(-2)).toMatchObject([
      { kind: 'watermark', status: 'read' },
      { kind: 'echo', customer: psid, content: { text: 'From the inbox' } },
    ]);
    expect(await send({ kind: 'files', text: '', files: [file('image/png')] })).toMatchObject({
      kind: 'accepted',
    });
    expect(meta.accepted[1]?.media).toEqual(['https://files.example.com/a']);
    expect(webhook.refusals).toEqual([]);
  });

  it('[FB-04] is let through by the tag until 7 days are over', async () => {
    const { meta, send } = await connect();
    meta.aheadMs = 25 * hour;
    expect(await send(text)).toMatchObject({ kind: 'accepted' });
    expect(await send(text, { byHuman: false })).toMatchObject({
      error: { category: 'window_closed', code: '10/2018278' },
    });
    meta.humanAgentApproved = false;
    expect(await send(text)).toMatchObject({ error: { category: 'no_permission' } });
    meta.humanAgentApproved = true;
    meta.aheadMs = 8 * 24 * hour;
    expect(await send(text)).toMatchObject({ error: { category: 'window_closed' } });
  });

  it('proves an unknown outcome by the echo', async () => {
    const { meta, webhook, send } = await connect();
    meta.behave({ swallow: 1 });
    await expect(send(text)).rejects.toThrow();
    await expect
      .poll(() => webhook.events)
      .toContainEqual(
        expect.objectContaining({ kind: 'status', ref: 'ref-01J9Z', id: meta.accepted[0]?.id }),
      );
  });

  it('[FB-02] asks for name and photo, and has a name where Meta tells none', async () => {
    const { meta, own } = await connect();
    const { profile } = facebook;
    if (!profile) throw new Error('no profile');
    const ask = async () => profile.interpret(await call(await profile.request(psid, own), meta));
    expect(await ask()).toBeNull();
    meta.people.set(psid, { first_name: 'Ada', profile_pic: meta.photo(Buffer.from('x')) });
    expect(await ask()).toEqual({
      firstName: 'Ada',
      photo: expect.stringContaining('https://platform-lookaside.fbsbx.com/') as string,
    });
    meta.people.set(psid, { first_name: 'Ada', last_name: 'Muster' });
    expect(await ask()).toEqual({ firstName: 'Ada', lastName: 'Muster' });
    expect(profile.interpret(answer(400, { error: { code: 100, error_subcode: 2018218 } }))).toBeNull();
  });

  it('[ERR-01] hears of wrong credentials and of persons of another page', async () => {
    const { meta, send } = await connect();
    expect(await send(text, { to: '1' })).toMatchObject({
      error: { code: '100/2018001', category: 'invalid_parameter' },
    });
    meta.behave({ refuse: ['200/2018028'], perSecond: null });
    expect(await send(text)).toMatchObject({ error: { category: 'no_permission' } });
    meta.accessToken = 'changed';
    expect(await send(text)).toMatchObject({ error: { category: 'auth_failed' }, retry: null });
  });
});
