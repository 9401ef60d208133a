/** Web Push from a customer's message to an agent's device, by a simulated push service and simulated browsers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceIdOf, type NotificationsAnswer } from '../../core/notifications.ts';
import { PushSimulator, type SimulatedBrowser } from '../simulators/push.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const push = new PushSimulator();
let server: Server;
let workspace: TestWorkspace;
/** Of somebody who has nothing to do with what is tested. */
let watch: Phone;
const open: { close(): void }[] = [];

beforeAll(async () => {
  await push.start();
  const env = { PARLEY_PROVIDER_URLS: JSON.stringify({ push: push.url }), PARLEY_RATE_FACTOR: '100' };
  server = await startServer({ env });
  workspace = await setUp(server);
  watch = await phone();
});
afterEach(() => expect(push.faults).toEqual([]));
afterAll(async () => {
  for (const one of open) one.close();
  await server.stop();
  await push.close();
});

interface Phone {
  owner: TestAgent;
  browser: SimulatedBrowser;
  id: string;
  /** Of a channel whose messages go to the owner. */
  number: string;
}

/** An agent with a channel of their own and one device. */
async function phone(): Promise<Phone> {
  const owner = await workspace.agent();
  const { number } = await workspace.channel({ kind: 'agent', id: owner.agent.id });
  return { ...(await subscribe(owner)), owner, number };
}

async function subscribe(owner: TestAgent): Promise<{ browser: SimulatedBrowser; id: string }> {
  const { publicKey } = (await owner.api.call('GET', '/api/me/notifications')) as NotificationsAnswer;
  const browser = push.subscribe(publicKey);
  await owner.api.call('PUT', '/api/me/devices', browser.subscription);
  return { browser, id: await deviceIdOf(browser.subscription.endpoint) };
}

async function visit(number: string): Promise<VisitorClient> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: number,
    origin: 'https://shop.example',
  });
  open.push(visitor);
  await visitor.connect();
  return visitor;
}

const bodies = (browser: SimulatedBrowser) => push.messagesOf(browser).map(({ body }) => body);
const arrives = (browser: SimulatedBrowser, body: string) =>
  until(() => bodies(browser).includes(body), `the push "${body}"`, 20_000);

/** A desk of an agent that says whether its page is on the screen. */
async function deskOf(agent: TestAgent, visible: boolean): Promise<AgentClient> {
  const desk = agent.desk();
  open.push(desk);
  await desk.connect();
  desk.tell({ kind: 'visible', on: visible });
  return desk;
}

/**
 * Resolves when whatever the edge was going to push is pushed: another agent's device has got a push of a message
 * that was written later.
 */
async function nothingMore(): Promise<void> {
  const text = `later than all of it ${Math.random()}`;
  await (await visit(watch.number)).send(text);
  await arrives(watch.browser, text);
}

/** Each has agents, customers and devices of its own; what they wait for can pass at the same time. */
describe.concurrent('a customer’s message', () => {
  it('[AG-13] reaches the device of an agent whose page is closed: encrypted, signed, replaceable', async () => {
    const { browser, number, owner, id } = await phone();
    const visitor = await visit(number);
    await visitor.send('anybody home?');
    await arrives(browser, 'anybody home?');
    const [message] = push.messagesOf(browser);
    const [received] = push.received.filter(({ device }) => device === browser.id);
    expect(message).toMatchObject({ unread: 1, session: expect.stringContaining(number) as unknown });
    expect(message?.title).toMatch(/^Visitor /);
    expect(received).toMatchObject({ urgency: 'high', subject: server.url });
    expect(received?.topic).toMatch(/^[\w-]{32}$/);
    expect(received?.ttlSeconds).toBeGreaterThan(3600);
    await until(async () => {
      const { devices } = (await owner.api.call('GET', '/api/me/notifications')) as NotificationsAnswer;
      return devices.some((one) => one.id === id && one.lastUsedAt !== null);
    }, 'the device to be marked as used');
  });

  it('[AG-13] is one size for short and longer texts, and carries no text where that is to be hidden', async () => {
    const { browser, number, owner } = await phone();
    const visitor = await visit(number);
    await visitor.send('ok');
    await arrives(browser, 'ok');
    await owner.api.call('PATCH', '/api/me/notifications', { hideText: true });
    await visitor.send(`my door code is 4711 ${'x'.repeat(60)}`);
    await arrives(browser, 'New message');
    const sizes = push.received.filter(({ device }) => device === browser.id).map(({ size }) => size);
    expect(new Set(sizes).size).toBe(1);
    expect(push.received.some(({ text, device }) => device === browser.id && text.includes('4711'))).toBe(
      false,
    );
  });

  it('[AG-13] disturbs nobody who looks at the page, and everybody whose page is in the background', async () => {
    const looking = await phone();
    const away = await phone();
    await deskOf(looking.owner, true);
    await deskOf(away.owner, false);
    await (await visit(looking.number)).send('you see me');
    await (await visit(away.number)).send('you do not');
    await arrives(away.browser, 'you do not');
    await nothingMore();
    expect(bodies(looking.browser)).toEqual([]);
  });

  it('[AG-13] is not pushed after all to whose page was on the screen when it came, when that is left', async () => {
    const { browser, number, owner } = await phone();
    const desk = await deskOf(owner, true);
    const heard = desk.hears('told by the page');
    await (await visit(number)).send('told by the page');
    await heard;
    desk.tell({ kind: 'visible', on: false });
    await nothingMore();
    expect(bodies(browser)).toEqual([]);
  });

  it('[AG-13] is pushed again when the page goes to the background', async () => {
    const { browser, number, owner } = await phone();
    const desk = await deskOf(owner, true);
    const visitor = await visit(number);
    const heard = desk.hears('seen');
    await visitor.send('seen');
    await heard;
    desk.tell({ kind: 'visible', on: false });
    // Answered after what was said before it.
    await desk.setPresence('available');
    await visitor.send('unseen');
    await arrives(browser, 'unseen');
  });

  it('[AG-13] [GEN-05] is silent in Do Not Disturb and Off Work, and comes in all other states', async () => {
    const { browser, number, owner } = await phone();
    const desk = await deskOf(owner, false);
    const visitor = await visit(number);
    for (const state of ['doNotDisturb', 'offWork'] as const) {
      await desk.setPresence(state);
      await visitor.send(`not in ${state}`);
      await nothingMore();
    }
    expect(bodies(browser)).toEqual([]);
    await desk.setPresence('lunchBreak');
    await visitor.send('in the lunch break');
    await arrives(browser, 'in the lunch break');
  });

  it('[AG-13] follows the agent’s wish: all of their queues, only their own sessions, or nothing', async () => {
    const wishes = await Promise.all(
      ['all', 'mine', 'mentions', 'off'].map(async (wish) => {
        const owner = await workspace.agent();
        await owner.api.call(
          'PATCH',
          '/api/me/notifications',
          wish === 'off' ? { notifications: false } : { about: wish },
        );
        return { wish, owner, ...(await subscribe(owner)) };
      }),
    );
    const queue = await workspace.queue(
      wishes.map(({ owner }) => owner),
      'manual',
      'Wishes',
    );
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    const visitor = await visit(number);
    await visitor.send('waiting');
    await arrives(wishes[0]?.browser as SimulatedBrowser, 'waiting');
    await nothingMore();
    expect(wishes.map(({ browser }) => bodies(browser))).toEqual([['waiting'], [], [], []]);

    const mine = wishes[1];
    if (!mine) throw new Error('no such agent');
    const desk = await deskOf(mine.owner, false);
    const [session = ''] = desk.sessions.keys();
    await desk.pickUp(session);
    await visitor.send('now yours');
    await arrives(mine.browser, 'now yours');
    await nothingMore();
    // Nobody else sees it any more.
    expect(wishes.map(({ browser }) => bodies(browser).at(-1))).toEqual([
      'waiting',
      'now yours',
      undefined,
      undefined,
    ]);
  });
});

describe.concurrent('a note that mentions an agent', () => {
  it('[AG-13] [AG-15] is pushed to them, also who wants nothing else, without what it says; the session’s messages are not', async () => {
    const holder = await phone();
    const mentioned = await workspace.agent();
    await mentioned.api.call('PATCH', '/api/me/notifications', { about: 'mentions' });
    const { browser } = await subscribe(mentioned);
    const desk = await deskOf(holder.owner, true);
    const visitor = await visit(holder.number);
    const heard = desk.hears('to the holder');
    await visitor.send('to the holder');
    const session = await heard;
    const note = (text: string, mentions: string[]) => desk.ask({ kind: 'note', session, text, mentions });
    await note('nobody is meant', []);
    await nothingMore();
    expect(bodies(browser)).toEqual([]);
    await note('please look, code 4711', [mentioned.agent.id]);
    await arrives(browser, 'A note mentions you');
    expect(push.messagesOf(browser)).toMatchObject([{ session, unread: 1 }]);
    await visitor.send('more of the customer');
    await nothingMore();
    expect(bodies(browser)).toEqual(['A note mentions you']);
    expect(bodies(holder.browser)).toEqual([]);
  });
});

describe.concurrent('a device', () => {
  it('[AG-13] [GEN-02] of an agent who was disabled or has signed out gets nothing more', async () => {
    const disabled = await workspace.agent();
    const signedOut = await workspace.agent();
    const stays = await workspace.agent();
    const agents = [disabled, signedOut, stays];
    const browsers = await Promise.all(agents.map(async (one) => (await subscribe(one)).browser));
    const queue = await workspace.queue(agents, 'manual', 'Leaving');
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    await workspace.call('PATCH', `/api/agents/${disabled.agent.id}`, { enabled: false });
    await signedOut.api.call('POST', '/api/sign-out', {});
    await (await visit(number)).send('who is left?');
    await arrives(browsers[2] as SimulatedBrowser, 'who is left?');
    await nothingMore();
    expect(browsers.map(bodies)).toEqual([[], [], ['who is left?']]);
  });

  it('[AG-13] hears nothing of a queue that its agent was taken out of', async () => {
    const owner = await workspace.agent();
    const { browser } = await subscribe(owner);
    const queue = await workspace.queue([owner], 'manual', 'Left');
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    await workspace.call('PATCH', `/api/queues/${queue.id}`, { agents: [] });
    await (await visit(number)).send('a secret');
    await nothingMore();
    expect(bodies(browser)).toEqual([]);
  });
});

/** Alone, as it goes by the clock. */
describe('a customer’s message after another', () => {
  it('[AG-13] is one push with its followers within ten seconds, unless it was read in between', async () => {
    const { browser, number, owner } = await phone();
    const desk = await deskOf(owner, false);
    const visitor = await visit(number);
    const heard = desk.hears('one');
    await visitor.send('one');
    const session = await heard;
    await arrives(browser, 'one');
    for (const text of ['two', 'three']) await visitor.send(text);
    await nothingMore();
    expect(bodies(browser)).toEqual(['one']);
    await arrives(browser, 'three');
    const [first, second] = push.received.filter(({ device }) => device === browser.id);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(9_000);
    expect(push.messagesOf(browser).at(-1)?.unread).toBe(3);
    expect(first?.topic).toBe(second?.topic);

    desk.tell({ kind: 'mark', session, read: visitor.log.lastSeq });
    const at = Date.now();
    await visitor.send('four');
    await arrives(browser, 'four');
    expect(Date.now() - at).toBeLessThan(9_000);
    expect(bodies(browser)).toEqual(['one', 'three', 'four']);
  });

  it('[AG-13] is not pushed when it was read elsewhere at once', async () => {
    const { browser, number, owner } = await phone();
    const desk = await deskOf(owner, false);
    const visitor = await visit(number);
    const heard = desk.hears('read at once');
    const seq = await visitor.send('read at once');
    desk.tell({ kind: 'mark', session: await heard, read: seq });
    await nothingMore();
    expect(bodies(browser)).toEqual([]);
  });
});

/** Alone: the simulator's next answers are planned, whoever asks. */
describe('a push service', () => {
  it('[AG-13] that is busy or broken is asked again, after the time that it names', async () => {
    const { browser, number } = await phone();
    await nothingMore();
    push.answers.push({ status: 503 }, { status: 429, retryAfterSeconds: 2 });
    const before = push.requests;
    const at = Date.now();
    await (await visit(number)).send('be patient');
    await arrives(browser, 'be patient');
    expect(push.requests - before).toBe(3);
    expect(Date.now() - at).toBeGreaterThan(2_000);
  });

  it('[AG-13] that no longer knows a device ends it; the agent’s other devices go on', async () => {
    const { browser, number, owner, id } = await phone();
    const other = await subscribe(owner);
    push.expire(browser);
    await (await visit(number)).send('to the one that is left');
    await arrives(other.browser, 'to the one that is left');
    await until(async () => {
      const { devices } = (await owner.api.call('GET', '/api/me/notifications')) as NotificationsAnswer;
      return devices.length === 1 && devices[0]?.id !== id;
    }, 'the device to be gone');
  });

  it('[AG-13] gets what waited when the server was killed', async () => {
    const { browser, number } = await phone();
    await nothingMore();
    push.answers.push({ status: 503, retryAfterSeconds: 3 });
    const before = push.requests;
    await (await visit(number)).send('survives');
    await until(() => push.requests > before, 'the first try');
    await server.restart();
    await arrives(browser, 'survives');
  });

  it('[AG-13] gets a test when its owner asks for one', async () => {
    const { browser, owner, id } = await phone();
    await owner.api.call('POST', `/api/me/devices/${id}/test`, {});
    await arrives(browser, 'Push works on this device.');
  });
});
