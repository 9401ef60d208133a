/** Who is told of what, and the encryption that push services ask for, against the RFC's own example. */
import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presence } from '../../core/agent.ts';
import {
  defaultNotifications,
  mayNotify,
  notificationText,
  notifyAbout,
  pushSubscriptionInput,
  type NotificationSettings,
  type Way,
} from '../../core/notifications.ts';
import { readPush } from '../../core/pushMessage.ts';
import { PushSimulator, SimulatedBrowser } from '../simulators/push.ts';

const ways: Way[] = ['sound', 'notification', 'push'];
const way = fc.constantFrom(...ways);
const settings: fc.Arbitrary<NotificationSettings> = fc.record({
  notifications: fc.boolean(),
  sound: fc.boolean(),
  tone: fc.constantFrom('chime', 'knock', 'drop'),
  volume: fc.integer({ min: 0, max: 100 }),
  about: fc.constantFrom(...notifyAbout.options),
  hideText: fc.boolean(),
});
const occasion = fc.record({ mine: fc.boolean(), mentioned: fc.boolean() });
const anyPresence = fc.constantFrom(...presence.options);

describe('who is told', () => {
  it('[AG-13] [GEN-05] nobody who does not want to be disturbed, in no way and of nothing', () => {
    fc.assert(
      fc.property(
        way,
        settings,
        occasion,
        (by, wishes, what) => !mayNotify(by, wishes, 'doNotDisturb', what),
      ),
    );
  });

  it('[AG-13] [GEN-05] no device of an agent who is off work, while their open page still tells them', () => {
    const queue = { mine: false, mentioned: false };
    expect(ways.map((by) => mayNotify(by, defaultNotifications, 'offWork', queue))).toEqual([
      true,
      true,
      false,
    ]);
    for (const at of ['available', 'away', 'businessTrip', 'lunchBreak'] as const) {
      expect(mayNotify('push', defaultNotifications, at, queue)).toBe(true);
    }
  });

  it('[AG-13] switches are obeyed, and a narrower wish never tells of more', () => {
    fc.assert(
      fc.property(way, settings, anyPresence, occasion, (by, wishes, at, what) => {
        const told = (about: NotificationSettings['about']) => mayNotify(by, { ...wishes, about }, at, what);
        if (!(by === 'sound' ? wishes.sound : wishes.notifications)) expect(told('all')).toBe(false);
        expect(told('mine') && !told('all')).toBe(false);
        expect(told('mentions') && !told('mine')).toBe(false);
        if (told('mentions')) expect(what.mentioned).toBe(true);
      }),
    );
  });

  it('[AG-13] says who wrote, and what unless that is to be hidden', () => {
    const session = {
      customer: { name: 'Ada', profile: {}, address: '1', photo: null },
      lastMessage: {
        seq: 1,
        id: 'm',
        from: 'customer' as const,
        preview: 'my door code',
        at: 1,
        status: null,
      },
    };
    expect(notificationText(session, false)).toEqual({ title: 'Ada', body: 'my door code' });
    expect(notificationText(session, true)).toEqual({ title: 'Ada', body: 'New message' });
  });
});

describe('what comes from a browser or a push', () => {
  it('[AG-13] is taken only in the form of a subscription', () => {
    const good = new SimulatedBrowser().subscription;
    expect(pushSubscriptionInput.safeParse(good).success).toBe(true);
    for (const bad of [
      { ...good, endpoint: 'http://push.example.com/1' },
      { ...good, endpoint: 'javascript:alert(1)' },
      { ...good, keys: { ...good.keys, auth: 'short' } },
      { ...good, keys: { ...good.keys, p256dh: '' } },
      { ...good, keys: undefined },
    ]) {
      expect(pushSubscriptionInput.safeParse(bad).success).toBe(false);
    }
  });

  it('[AG-13] is no message unless it is one', () => {
    const message = { title: 'Ada', body: 'hello', session: 'a.b.c.1', unread: 2, at: 1 };
    expect(readPush(`${JSON.stringify(message)}      `)).toEqual(message);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readPush(text)).toBeNull();
      }),
    );
  });
});

describe('the encryption of pushes', () => {
  const bytes = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'base64url');

  it('[AG-13] as the simulator reads it is that of RFC 8291, appendix A', () => {
    const browser = new SimulatedBrowser({
      privateKey: bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
      auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
    });
    expect(browser.subscription.keys.p256dh).toBe(
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    );
    const body = bytes(`DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml
      mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT
      pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN`);
    expect(browser.open(body)).toBe('When I grow up, I want to be a watermelon');
  });

  it('[AG-13] as the library writes it is read by that browser, and by no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
        const browser = new SimulatedBrowser();
        const body = await encryptNotification(
          { ...browser.subscription, expirationTime: null },
          new TextEncoder().encode(text),
          { pad: false },
        );
        expect(browser.open(Buffer.from(body))).toBe(text);
        expect(() => new SimulatedBrowser().open(Buffer.from(body))).toThrow();
      }),
      { numRuns: 30 },
    );
  });

  it('[AG-13] the simulator refuses what real services refuse', async () => {
    const simulator = new PushSimulator();
    await simulator.start();
    const key = () => {
      const {
        d = '',
        x = '',
        y = '',
      } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
      }).privateKey.export({ format: 'jwk' }) as Record<string, string>;
      const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
      return { publicKey: point.toString('base64url'), privateKey: d };
    };
    const ours = key();
    const browser = simulator.subscribe(ours.publicKey);
    const subscription = { ...browser.subscription, expirationTime: null };
    const body = await encryptNotification(subscription, new TextEncoder().encode('{}'));
    const send = async (
      change: { keys?: typeof ours; subject?: string; headers?: Record<string, string>; body?: BodyInit },
      path = new URL(subscription.endpoint).pathname,
    ) => {
      const subject = change.subject ?? 'https://chat.example.com';
      const signed = await vapidHeaders(subscription, { ...(change.keys ?? ours), subject });
      const answer = await fetch(simulator.url + path, {
        method: 'POST',
        headers: { ...signed.headers, ttl: '60', 'content-encoding': 'aes128gcm', ...change.headers },
        body: change.body ?? body,
      });
      return answer.status;
    };
    expect(await send({})).toBe(201);
    expect(await send({ keys: key() })).toBe(403);
    // Signed by another key, and said to be ours.
    const theirs = await vapidHeaders(subscription, { ...key(), subject: 'https://chat.example.com' });
    const authorization = theirs.headers.authorization.replace(/k=.*/, `k=${ours.publicKey}`);
    expect(await send({ headers: { authorization } })).toBe(403);
    expect(await send({ subject: 'nobody' })).toBe(403);
    expect(await send({ headers: { ttl: 'soon' } })).toBe(400);
    expect(await send({ headers: { 'content-encoding': 'aesgcm' } })).toBe(400);
    expect(await send({ body: new Uint8Array(4097) })).toBe(413);
    simulator.expire(browser);
    expect(await send({})).toBe(410);
    await simulator.close();
  });
});
