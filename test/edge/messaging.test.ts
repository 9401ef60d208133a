/** Providers' channels inside workerd, where the clock can be moved: what days and hours do to them. */
import { env, exports } from 'cloudflare:workers';
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressPart, conversationName } from '../../core/address.ts';
import type { AgentRef } from '../../core/agent.ts';
import type { ChannelRow } from '../../core/channelApi.ts';
import type { LogEvent } from '../../core/log.ts';
import type { MessagingChannel, MessagingInput } from '../../core/messagingChannel.ts';
import { hex, hmac } from '../../core/providers/dialect.ts';
import { mediaLifetimeMs } from '../../edge/store/media.ts';
import { makeAgent, origin, setUp, type Console } from './console.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const secret = 'a secret that signs';
/** One red pixel. */
const png = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
);

let admin: Console;
let agent: AgentRef;
/** What the providers were asked, in order. */
let calls: { url: string; body: string }[] = [];
let answers: (url: string) => Response;

beforeAll(async () => {
  admin = await setUp();
  const { id, name, extension, photo } = await makeAgent(admin);
  agent = { id, name, extension, photo };
});
beforeEach(() => {
  calls = [];
  answers = () => Response.json({ data: { id: crypto.randomUUID() } });
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    calls.push({ url, body: typeof init?.body === 'string' ? init.body : '' });
    return Promise.resolve(answers(url));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const forms = {
  general: {
    type: 'sms',
    fields: {
      apiKey: 'key',
      secret,
      sendUrl: 'https://sms.example.com/send',
      verifyUrl: 'https://sms.example.com/verify',
    },
    number: '+14155550102',
    customer: '+14155550101',
  },
  facebook: {
    type: 'facebook',
    fields: { accessToken: 'EAAG', appSecret: secret, pageId: '100200300400500', pageName: 'Shop' },
    number: '100200300400500',
    customer: '7400111222333444',
  },
  whatsapp: {
    type: 'whatsapp',
    fields: {
      accessToken: 'EAAG',
      appSecret: secret,
      phoneNumber: '+15559871234',
      phoneNumberId: '108800000000002',
      wabaId: '109900000000001',
    },
    number: '+15559871234',
    customer: '+15550001111',
  },
} as const;
type Kind = keyof typeof forms;

async function addChannel(kind: Kind, change: Partial<MessagingInput> = {}): Promise<MessagingChannel> {
  const { type, fields, number } = forms[kind];
  return admin.ask('POST', '/api/channels', {
    type,
    provider: kind,
    name: kind,
    enabled: true,
    rate: 10,
    timeoutDays: null,
    fields,
    webhookBase: origin,
    numbers: [{ number, destination: { kind: 'agent', id: agent.id }, starters: { agents: [], groups: [] } }],
    ...change,
  });
}

/** So that its number can be used again. */
const gone = ({ id }: MessagingChannel) =>
  admin.ask('POST', '/api/channels/delete', { ids: [id], endSessions: true });

/** The body of a customer's message, as each of them posts it. */
function bodyOf(kind: Kind, text: string, media: object[]): string {
  const { number, customer } = forms[kind];
  const id = crypto.randomUUID();
  switch (kind) {
    case 'general': {
      const payload = { id, from: { phone_number: customer }, to: number, text, media };
      return JSON.stringify({ data: { event_type: 'message.received', payload } });
    }
    case 'facebook': {
      const event = { sender: { id: customer }, recipient: { id: number }, message: { mid: id, text } };
      return JSON.stringify({ object: 'page', entry: [{ id: number, messaging: [event] }] });
    }
    case 'whatsapp': {
      const value = {
        metadata: { phone_number_id: forms.whatsapp.fields.phoneNumberId },
        messages: [{ from: customer.slice(1), id, type: 'text', text: { body: text } }],
      };
      const entry = [{ id: forms.whatsapp.fields.wabaId, changes: [{ field: 'messages', value }] }];
      return JSON.stringify({ object: 'whatsapp_business_account', entry });
    }
  }
}

/** A customer writes; answers the conversation's object. */
async function says(channel: MessagingChannel, kind: Kind, text: string, media: object[] = []) {
  const body = bodyOf(kind, text, media);
  const signature = `sha256=${hex(await hmac('SHA-256', secret, new TextEncoder().encode(body)))}`;
  const answer = await exports.default.fetch(channel.webhookUrl, {
    method: 'POST',
    headers: { 'x-signature-256': signature, 'x-hub-signature-256': signature },
    body,
  });
  expect(answer.status).toBeLessThan(300);
  const { number, customer } = forms[kind];
  const parts = { channel: channel.id, number: addressPart(number), customer: addressPart(customer) };
  return env.SESSION.getByName(conversationName(parts));
}
type Stub = Awaited<ReturnType<typeof says>>;

const pageOf = async (stub: Stub, ordinal = 1) =>
  (await stub.page(ordinal, { after: 0 })) as unknown as { events: LogEvent[] };
const send = (stub: Stub, text: string) =>
  stub.agentCommand({
    kind: 'send',
    id: crypto.randomUUID(),
    content: { kind: 'text', text },
    ordinal: 1,
    agent,
    standing: { agent: agent.id, queue: null, inQueue: false, mode: null },
  }) as Promise<unknown>;

/** Does something as if it were `ms` later. */
async function later<T>(ms: number, what: () => Promise<T>): Promise<T> {
  const now = Date.now();
  const started = performance.now();
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + ms + (performance.now() - started));
  try {
    return await what();
  } finally {
    clock.mockRestore();
  }
}

/** Lets an object's alarm ring now. */
async function ring(stub: DurableObjectStub<undefined>): Promise<void> {
  await runInDurableObject(stub, (_instance, state) => state.storage.setAlarm(1));
  await runDurableObjectAlarm(stub);
}

describe('a session of a provider’s channel', () => {
  it('[CH-05] closes by itself after the channel’s days without activity, and the next message opens another', async () => {
    const channel = await addChannel('general', { timeoutDays: 3 });
    const stub = await says(channel, 'general', 'Anybody?');
    const closed = async () => (await pageOf(stub)).events.some(({ body }) => body.kind === 'closed');
    await later(3 * dayMs - 60_000, () => ring(stub));
    expect(await closed()).toBe(false);
    await later(3 * dayMs, () => ring(stub));
    expect((await pageOf(stub)).events.at(-1)?.body).toMatchObject({
      kind: 'closed',
      by: { kind: 'timeout' },
    });
    await says(channel, 'general', 'Here I am again');
    expect((await pageOf(stub, 2)).events.map(({ body }) => body.kind)).toEqual(['opened', 'message']);
    await gone(channel);
  });
});

describe('the time to answer', () => {
  it('[FB-04] is 24 hours on Messenger, 7 days with the tag for people, and then over', async () => {
    const channel = await addChannel('facebook');
    answers = () => Response.json({ recipient_id: forms.facebook.customer, message_id: crypto.randomUUID() });
    const stub = await says(channel, 'facebook', 'Is it there yet?');
    const sent = async (text: string) => {
      expect(await send(stub, text)).toMatchObject({ changed: true });
      await vi.waitUntil(() => calls.some(({ body }) => body.includes(text)), { timeout: 8000 });
      return JSON.parse(calls.find(({ body }) => body.includes(text))?.body ?? '{}') as unknown;
    };
    expect(await sent('Within the day')).toMatchObject({ messaging_type: 'RESPONSE' });
    expect(await later(25 * hourMs, () => sent('The day after'))).toMatchObject({
      messaging_type: 'MESSAGE_TAG',
      tag: 'HUMAN_AGENT',
    });
    expect(await later(7 * dayMs + 60_000, () => send(stub, 'Too late'))).toMatchObject({
      refusal: { code: 'window_closed' },
    });
    expect(calls.some(({ body }) => body.includes('Too late'))).toBe(false);
    await gone(channel);
  });

  it('[WA-04] is 24 hours on WhatsApp, and starts anew when the customer writes', async () => {
    const channel = await addChannel('whatsapp');
    const stub = await says(channel, 'whatsapp', 'Is it there yet?');
    expect(await later(24 * hourMs - 60_000, () => send(stub, 'In time'))).toMatchObject({ changed: true });
    await later(24 * hourMs + 60_000, async () => {
      expect(await send(stub, 'Too late')).toMatchObject({ refusal: { code: 'window_closed' } });
      await says(channel, 'whatsapp', 'And now?');
      expect(await send(stub, 'In time again')).toMatchObject({ changed: true });
    });
  });
});

it('[CH-10] keeps a customer’s file for 72 hours: then its link ends and its bytes are deleted', async () => {
  const channel = await addChannel('general');
  answers = (url) => (url.endsWith('.png') ? new Response(png) : Response.json({ data: { id: 'x' } }));
  const stub = await says(channel, 'general', 'A picture', [{ url: 'https://files.example.com/a.png' }]);
  const fileOf = async () =>
    (await pageOf(stub)).events.flatMap(({ body }) => (body.kind === 'file' ? [body.file] : []))[0];
  await vi.waitUntil(async () => (await fileOf())?.state === 'ready', { timeout: 8000, interval: 100 });
  const url = `${origin}${(await fileOf())?.url}`;
  const status = async () => {
    const answer = await exports.default.fetch(url);
    await answer.arrayBuffer();
    return answer.status;
  };
  expect(await status()).toBe(200);
  expect(await later(mediaLifetimeMs - 60_000, status)).toBe(200);
  expect(await later(mediaLifetimeMs + 1000, status)).toBe(404);
  const stored = async () =>
    (await (env.MEDIA as R2Bucket).list({ prefix: `media/${channel.id}/` })).objects.length;
  const sweeps = (ms: number) => later(ms, () => ring(env.CHANNEL.getByName(channel.id)));
  await sweeps(mediaLifetimeMs - hourMs);
  expect(await stored()).toBe(1);
  await sweeps(mediaLifetimeMs + 2 * hourMs);
  expect(await stored()).toBe(0);
  await gone(channel);
});

describe('the profile of a customer', () => {
  const person = { first_name: 'Zoë', last_name: 'Example' };
  const profileIn = async (stub: Stub) =>
    (await pageOf(stub)).events.flatMap(({ body }) => (body.kind === 'profile' ? [body.profile] : []))[0];
  /** What the first message brings when Meta tells this; the channel is gone again afterwards. */
  const told = async (status: number, profile: object, photo: () => Response) => {
    answers = (url) =>
      url.includes(`/${forms.facebook.customer}`) ? Response.json(profile, { status }) : photo();
    const channel = await addChannel('facebook');
    const stub = await says(channel, 'facebook', 'Hello');
    await vi.waitUntil(() => calls.some(({ url }) => url.includes(`/${forms.facebook.customer}`)), {
      timeout: 8000,
    });
    const found =
      status === 200
        ? await vi.waitUntil(() => profileIn(stub), { timeout: 8000, interval: 50 })
        : await profileIn(stub);
    await gone(channel);
    return found;
  };

  it('[FB-02] is name and photo as Messenger knows them, the photo copied to an address of ours', async () => {
    const profile_pic = 'https://platform-lookaside.fbsbx.com/platform/profilepic/1.jpg';
    const found = await told(200, { ...person, profile_pic }, () => new Response(png));
    expect(found).toMatchObject({ firstName: 'Zoë', lastName: 'Example' });
    const answer = await exports.default.fetch(`${origin}${found?.photo ?? ''}`);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png);
  });

  it('[FB-02] is the name alone when the photo is none, or lies where photos of Meta do not', async () => {
    const elsewhere = { ...person, profile_pic: 'https://10.0.0.1/photo.jpg' };
    expect(await told(200, elsewhere, () => new Response(png))).toEqual({
      firstName: 'Zoë',
      lastName: 'Example',
    });
    expect(calls.some(({ url }) => url.includes('10.0.0.1'))).toBe(false);
    const profile_pic = 'https://platform-lookaside.fbsbx.com/platform/profilepic/2.jpg';
    const broken = { ...person, profile_pic };
    expect(await told(200, broken, () => new Response('<p>Sorry'))).toEqual({
      firstName: 'Zoë',
      lastName: 'Example',
    });
  });

  it('[FB-02] is missed without harm where Meta does not tell it', async () => {
    const error = { message: 'Unsupported get request', code: 100, error_subcode: 33 };
    expect(await told(400, { error }, () => new Response(png))).toBeUndefined();
  });
});

describe('by the clock', () => {
  const rowOf = async (id: string) =>
    (await admin.ask<{ channels: ChannelRow[] }>('GET', '/api/channels')).channels.find(
      (row) => row.id === id,
    );

  it('[CH-12] [SMS-09] asks the provider every hour whether the channel works', async () => {
    let works = true;
    answers = (url) => {
      const challenge = new URL(url).searchParams.get('challenge');
      return works ? new Response(challenge) : new Response('', { status: 500 });
    };
    const channel = await addChannel('general');
    const stub = env.CHANNEL.getByName(channel.id);
    await vi.waitUntil(async () => (await rowOf(channel.id))?.status === 'connected', { timeout: 8000 });
    works = false;
    await later(hourMs + 1000, () => ring(stub));
    expect((await rowOf(channel.id))?.status).toBe('unavailable');
    works = true;
    // While it does not work it is asked more often.
    await later(hourMs + 10 * 60_000, () => ring(stub));
    expect((await rowOf(channel.id))?.status).toBe('connected');
    await gone(channel);
  });

  it('[WA-03] reads the templates once a day', async () => {
    answers = (url) => (url.includes('message_templates') ? Response.json({ data: [] }) : Response.json({}));
    const channel = await addChannel('whatsapp', {
      fields: { ...forms.whatsapp.fields, phoneNumber: '+15559871299' },
      numbers: [
        {
          number: '+15559871299',
          destination: { kind: 'agent', id: agent.id },
          starters: { agents: [], groups: [] },
        },
      ],
    });
    const stub = env.CHANNEL.getByName(channel.id);
    const asked = () => calls.filter(({ url }) => url.includes('message_templates')).length;
    await vi.waitUntil(() => asked() === 1, { timeout: 8000 });
    await later(23 * hourMs, () => ring(stub));
    expect(asked()).toBe(1);
    await later(24 * hourMs + 60_000, () => ring(stub));
    expect(asked()).toBe(2);
  });
});
