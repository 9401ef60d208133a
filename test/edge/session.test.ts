/** Session, Desk and Channel inside workerd: timeouts, hibernation, media, counting, limits. */
import { env, exports } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { conversationName } from '../../core/address.ts';
import type { LiveChatChannel, LiveChatInput } from '../../core/channel.ts';
import { closeCodes } from '../../core/protocol.ts';
import { mediaLifetimeMs } from '../../edge/store/media.ts';
import type { ConversationRow } from '../../edge/objects/session/log.ts';
import { makeAgent, makeChannel, makeQueue, origin, setUp, type Console } from './console.ts';
import { Page, hello } from './visitor.ts';

const dayMs = 86_400_000;

/** One red pixel. */
const png = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
);

let admin: Console;
let agentId: string;
beforeAll(async () => {
  admin = await setUp();
  agentId = (await makeAgent(admin)).id;
});

const channelWith = (change: Partial<LiveChatInput> = {}) =>
  makeChannel(admin, { kind: 'agent', id: agentId }, change);

const sessionOf = (channel: LiveChatChannel, visitor: Page) =>
  env.SESSION.getByName(
    conversationName({ channel: channel.id, number: channel.number, customer: visitor.greeting.visitor }),
  );

/** Lets the object's alarm ring as if it were `ms` later. */
async function later(stub: ReturnType<typeof sessionOf>, ms: number): Promise<void> {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + ms);
  try {
    await evictDurableObject(stub);
    await runInDurableObject(stub, (_instance, state) => state.storage.setAlarm(1));
    await runDurableObjectAlarm(stub);
  } finally {
    clock.mockRestore();
  }
}

describe('a session without activity', () => {
  it('[LC-07] [LC-14] closes by itself after the channel’s days, with the closed message, for who comes back too', async () => {
    const channel = await channelWith({ timeoutDays: 2 });
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    await visitor.send({ text: 'Anybody?' });
    const stub = sessionOf(channel, visitor);

    await later(stub, 2 * dayMs - 60_000);
    expect((await visitor.welcome()).open).toBe(true);

    await later(stub, 2 * dayMs);
    const { events, open } = await visitor.welcome();
    expect(open).toBe(false);
    expect(events.slice(-2)).toMatchObject([
      {
        body: {
          kind: 'message',
          author: { kind: 'auto', reason: 'closed' },
          content: { text: channel.messages.closed },
        },
      },
      { body: { kind: 'closed', by: { kind: 'timeout' } } },
    ]);
  });

  it('[LC-07] stays open where the channel does not close by itself', async () => {
    const channel = await channelWith({ timeoutDays: null });
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    await visitor.send({ text: 'Anybody?' });
    const stub = sessionOf(channel, visitor);
    await later(stub, 400 * dayMs);
    expect((await visitor.welcome()).open).toBe(true);
  });

  it('[LC-07] is ended by the visitor, once, however often they ask', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    await visitor.send({ text: 'Hello' });
    visitor.tell({ kind: 'end', id: 'e1' });
    visitor.tell({ kind: 'end', id: 'e2' });
    await visitor.next('done', ({ id }) => id === 'e2');
    const { events } = await visitor.welcome();
    expect(events.filter(({ body }) => body.kind === 'closed')).toHaveLength(1);
  });
});

describe('a conversation', () => {
  it('[LC-18] replays only what is missing, in order, also after the object slept', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    const { seq = 0 } = await visitor.send({ text: 'one' });
    await visitor.send({ text: 'two' });
    await evictDurableObject(sessionOf(channel, visitor));
    await visitor.send({ text: 'three' });
    const { events } = await visitor.welcome(seq);
    const texts = events.map(({ body }) =>
      body.kind === 'message' && body.content.kind === 'text' ? body.content.text : '',
    );
    expect(texts).toEqual(['two', 'three']);
    expect(events.map((event) => event.seq)).toEqual([seq + 1, seq + 2]);
    expect((await visitor.welcome(seq + 1000)).events.length).toBeGreaterThan(2);
  });

  it('[LC-18] replays more than a page without a gap, and pages back through all of it', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    const stub = sessionOf(channel, visitor);
    await visitor.send({ text: 'first' });
    await runInDurableObject(stub, async (session) => {
      for (let i = 0; i < 1200; i++) {
        session.run({
          kind: 'customerMessage',
          message: { id: `bulk-${i}`, content: { kind: 'text', text: String(i) } },
          opening: { route: { queue: null, agent: null }, source: null, greeting: null, autoResponse: null },
        });
      }
    });
    const back = await Page.open(channel.number, visitor.greeting.token);
    const { events } = await back.welcome(2);
    const last = await back.next('events', (frame) => (frame.events.at(-1)?.seq ?? 0) >= 1202);
    const seqs = [
      ...events,
      ...back.frames.flatMap((frame) => (frame.kind === 'events' ? frame.events : [])),
    ].map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 3));
    expect(last.events.at(-1)?.seq).toBe(seqs.at(-1));

    back.tell({ kind: 'history', id: 'h', before: 40 });
    const page = await back.next('history');
    expect(page.complete).toBe(true);
    expect(page.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 39 }, (_, index) => index + 1));
  });

  it('[LC-18] tells Desk after a crash in between, from the alarm', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    await visitor.send({ text: 'Do you know?' });
    const stub = sessionOf(channel, visitor);
    const id = `${channel.id}.${channel.number}.${visitor.greeting.visitor}.1`;
    const desk = env.DESK.getByName('desk');
    const known = () => desk.openSessions('channel', channel.id);
    await vi.waitUntil(async () => (await known()) === 1);
    // As if Desk had never heard of it and the Session had forgotten what it has told.
    await runInDurableObject(desk, (_instance, state) => {
      state.storage.sql.exec('DELETE FROM sessions WHERE id = ?', id);
    });
    await evictDurableObject(desk);
    await runInDurableObject(stub, (_instance, state) => {
      const row = JSON.parse(
        state.storage.sql.exec<{ value: string }>('SELECT value FROM conversation').one().value,
      ) as ConversationRow;
      const forgotten = JSON.stringify({ ...row, published: 0, publishedRev: 0 });
      state.storage.sql.exec('UPDATE conversation SET value = ?', forgotten);
      state.storage.sql.exec("INSERT OR REPLACE INTO timers VALUES ('publish', 0)");
      return state.storage.setAlarm(Date.now());
    });
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    await vi.waitUntil(async () => (await known()) === 1);
  });

  it('[LC-14] [LC-13] is opened by a message with the greeting that was shown, and answers the first one', async () => {
    const channel = await channelWith({
      messages: { online: 'On', offline: 'Off', autoResponse: 'Got it', closed: 'Bye' },
    });
    const visitor = await Page.open(channel.number);
    const { availability } = await visitor.welcome();
    expect(availability).toMatchObject({ online: false, greeting: 'Off' });
    await visitor.send({ text: 'First' });
    await visitor.send({ text: 'Second' });
    const { events } = await visitor.welcome();
    expect(
      events.map(({ body }) =>
        body.kind === 'message' && body.content.kind === 'text' ? body.content.text : body.kind,
      ),
    ).toEqual(['opened', 'Off', 'First', 'Got it', 'Second']);
  });
});

describe('an edge that fails', () => {
  it('[LC-18] lets a page that it could not welcome come back, instead of waiting for ever', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    await visitor.send({ text: 'kept' });
    const rename = (from: string, to: string) =>
      runInDurableObject(sessionOf(channel, visitor), (_instance, { storage }) => {
        storage.sql.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
      });
    await rename('events', 'hidden');
    const unlucky = await Page.open(channel.number, visitor.greeting.token);
    unlucky.tell({ kind: 'hello', after: 0 });
    expect(await unlucky.closed).toBe(closeCodes.again);
    await rename('hidden', 'events');
    const back = await Page.open(channel.number, visitor.greeting.token);
    expect((await back.welcome()).events.length).toBeGreaterThan(0);
  });

  it('[AG-12] does the same for an agent’s inbox', async () => {
    const desk = env.DESK.getByName('desk');
    const rename = (from: string, to: string) =>
      runInDurableObject(desk, (_instance, { storage }) => {
        storage.sql.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
      });
    const hello = async () => {
      const { webSocket } = await exports.default.fetch(`${origin}/desk`, {
        headers: { upgrade: 'websocket', cookie: admin.cookie, origin },
      });
      if (!webSocket) throw new Error('There is no socket.');
      const heard = new Promise<unknown>((resolve) => {
        webSocket.addEventListener('close', ({ code }) => resolve(code));
        webSocket.addEventListener('message', ({ data }) => {
          const frame = JSON.parse(String(data)) as { kind: string };
          if (frame.kind === 'welcome') resolve(frame.kind);
        });
      });
      webSocket.accept();
      webSocket.send(JSON.stringify({ kind: 'hello' }));
      return heard;
    };
    await rename('sessions', 'hidden');
    expect(await hello()).toBe(closeCodes.again);
    await rename('hidden', 'sessions');
    expect(await hello()).toBe('welcome');
  });
});

describe('business hours', () => {
  it('[LC-13] decide the greeting of a queue: online when open, offline when closed and on holidays', async () => {
    const queue = await makeQueue(admin, { agents: [agentId] });
    const { number } = await makeChannel(admin, { kind: 'queue', id: queue.id });
    const online = async () => {
      const answer = await hello({ channelNumber: number });
      return (await answer.json<{ availability: { online: boolean } }>()).availability.online;
    };
    const always = [{ from: 0, to: 1440 }];
    const hours = {
      timeZone: 'UTC',
      week: Array.from({ length: 7 }, () => always),
      holidays: [] as unknown[],
    };
    const put = async (body: unknown) => {
      await admin.ask('PUT', '/api/hours', body);
    };
    await put(hours);
    await vi.waitUntil(online, { timeout: 8000, interval: 200 });
    await put({ ...hours, week: Array.from({ length: 7 }, () => []) });
    await vi.waitUntil(async () => !(await online()), { timeout: 8000, interval: 200 });
    await put(hours);
    await vi.waitUntil(online, { timeout: 8000, interval: 200 });
    await put({
      ...hours,
      holidays: [{ name: 'All year', from: '2026-01-01', to: '2026-12-31', yearly: true }],
    });
    await vi.waitUntil(async () => !(await online()), { timeout: 8000, interval: 200 });
  });
});

describe('images', () => {
  it('[LC-06] [LC-17] are stored, sent and served for 72 hours, then gone for good', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    const uploaded = await visitor.upload(png, 'my "photo".png');
    expect(uploaded.status).toBe(200);
    const { upload, media } = await uploaded.json<{
      upload: string;
      media: { url: string; name: string; expiresAt: number };
    }>();
    expect(media.name).toBe('my photo.png');
    expect(await visitor.send({ upload })).toMatchObject({ seq: expect.any(Number) });

    const read = (range?: string) =>
      exports.default.fetch(`${origin}${media.url}`, { headers: range ? { range } : {} });
    const whole = await read();
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(png);
    const part = await read('bytes=0-7');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 0-7/${png.length}`]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(png.slice(0, 8));

    const clock = vi.spyOn(Date, 'now').mockReturnValue(media.expiresAt + 1);
    expect((await read()).status).toBe(404);
    clock.mockReturnValue(media.expiresAt + 3_600_000);
    const object = env.CHANNEL.getByName(channel.id);
    await runInDurableObject(object, (_instance, state) => state.storage.setAlarm(1));
    await runDurableObjectAlarm(object);
    clock.mockRestore();
    expect((await (env.MEDIA as R2Bucket).list({ prefix: `media/${channel.id}/` })).objects).toEqual([]);
    expect(media.expiresAt).toBeGreaterThan(Date.now() + mediaLifetimeMs - 60_000);
  });

  it('[LC-06] are refused when damaged, mislabelled, too large, not allowed, or of another conversation', async () => {
    const channel = await channelWith();
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    const codeOf = async (answer: Response) => (await answer.json<{ error: { code: string } }>()).error.code;
    expect(await codeOf(await visitor.upload(png.slice(0, -4)))).toBe('image_damaged');
    expect(await codeOf(await visitor.upload(new TextEncoder().encode('GIF89a'), 'x.png'))).toBe(
      'image_type',
    );
    const large = new Uint8Array(10 * 1024 * 1024 + 1);
    large.set(png);
    expect(await codeOf(await visitor.upload(large))).toBe('image_too_large');

    const other = await Page.open(channel.number);
    await other.welcome();
    const { upload } = await (await other.upload(png)).json<{ upload: string }>();
    expect(await visitor.send({ upload })).toEqual({ refused: 'media_unknown' });
    expect(await visitor.send({ upload: 'made.up.ticket' })).toEqual({ refused: 'media_unknown' });

    const textOnly = await channelWith({ supports: 'text' });
    const third = await Page.open(textOnly.number);
    await third.welcome();
    expect(await codeOf(await third.upload(png))).toBe('images_not_allowed');
    expect(await third.send({ upload })).toEqual({ refused: 'images_not_allowed' });
    for (const path of ['/media/', '/media/../workspace', `/media/${channel.id}/1/1-x.png`, '/files/x.png']) {
      expect((await exports.default.fetch(`${origin}${path}`)).status, path).toBe(404);
    }
  });
});

describe('what a channel counts', () => {
  it('[LC-15] is right when a session tells it twice, late or from elsewhere', async () => {
    const object = env.CHANNEL.getByName('counting');
    const notice = {
      conversation: 'c',
      from: 0,
      to: 3,
      open: true,
      messages: [
        { at: 1, inbound: true },
        { at: 2, inbound: false },
      ],
    };
    expect(await object.count(notice)).toBe(3);
    expect(await object.count(notice)).toBe(3);
    expect(await object.count({ ...notice, from: 1, to: 5 })).toBe(3);
    expect(
      await object.count({ ...notice, from: 3, to: 4, open: false, messages: [{ at: 9, inbound: true }] }),
    ).toBe(4);
    expect(await object.statistics(null, null)).toMatchObject({
      total: 1,
      sent: 1,
      failed: 0,
      received: 2,
      activeSessions: 0,
    });
  });
});
