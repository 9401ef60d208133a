/** Visitors and agents on the built product, over the real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startServer, type Server } from '../support/server.ts';
import { VisitorClient, type AgentClient, type VisitorOptions } from '../support/clients.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const origin = 'https://shop.example';
let server: Server;
let workspace: TestWorkspace;
let ada: TestAgent;
let ben: TestAgent;
const open: { close(): void }[] = [];

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  workspace = await setUp(server);
  // A name with letters that no HTTP header may have.
  ada = await workspace.agent({ name: '第一 Ågent' });
  ben = await workspace.agent();
});
afterAll(async () => {
  for (const client of open) client.close();
  await server.stop();
});

async function deskOf(agent: TestAgent): Promise<AgentClient> {
  const desk = agent.desk();
  open.push(desk);
  await desk.connect();
  return desk;
}

async function visitorOf(channelNumber: string, more: Partial<VisitorOptions> = {}): Promise<VisitorClient> {
  const visitor = new VisitorClient({ url: server.url, channelNumber, origin, ...more });
  open.push(visitor);
  await visitor.connect();
  return visitor;
}

describe('a visitor and an agent', () => {
  it('[LC-04] [MQ-02] [AG-03] talk through a queue, and only the one who picked up goes on', async () => {
    const queue = await workspace.queue([ada, ben], 'manual', 'Talk');
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    const [adas, bens] = [await deskOf(ada), await deskOf(ben)];
    const visitor = await visitorOf(number, { page: { url: 'https://shop.example/cart', title: 'Cart' } });

    const heard = [adas.hears('Hello there'), bens.hears('Hello there')];
    await visitor.send('Hello there');
    const [session] = await Promise.all(heard);
    expect(adas.sessions.get(session ?? '')).toMatchObject({
      pickup: 'manual',
      unread: 1,
      source: { url: 'https://shop.example/cart' },
    });

    await adas.pickUp(session ?? '');
    await bens.until(() => bens.gone.has(session ?? ''), 'the session to leave');
    expect(bens.gone.get(session ?? '')).toBe(ada.agent.name);
    await expect(bens.send(session ?? '', 'Me too')).rejects.toMatchObject({ code: 'picked_up_by_other' });

    const answered = visitor.hears('How can I help?');
    await adas.send(session ?? '', 'How can I help?');
    await answered;
    await adas.end(session ?? '');
    await visitor.until(() => visitor.log.list.at(-1)?.body.kind === 'closed', 'the end');
    await expect(adas.send(session ?? '', 'Late')).rejects.toMatchObject({ code: 'session_closed' });

    const again = bens.hears('One more thing');
    await visitor.send('One more thing');
    expect(await again).not.toBe(session);
  });

  it('[MQ-05] two agents press Pick Up at once: exactly one wins, the other is told who', async () => {
    const queue = await workspace.queue([ada, ben], 'manual', 'Race');
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    const [adas, bens] = [await deskOf(ada), await deskOf(ben)];
    for (let round = 0; round < 10; round++) {
      const visitor = await visitorOf(number);
      const text = `Race ${round}`;
      const heard = [adas.hears(text), bens.hears(text)];
      await visitor.send(text);
      const [session = ''] = await Promise.all(heard);
      const outcomes = await Promise.allSettled([adas.pickUp(session), bens.pickUp(session)]);
      expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      const lost = outcomes.find((one) => one.status === 'rejected');
      expect(lost?.reason).toMatchObject({ code: 'picked_up_by_other' });
    }
  });

  it('[MQ-07] an added agent sees the waiting session at once, a removed one loses it, an owner keeps it', async () => {
    const queue = await workspace.queue([ada], 'manual', 'Members');
    const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
    const [adas, bens] = [await deskOf(ada), await deskOf(ben)];
    const visitor = await visitorOf(number);
    const heard = adas.hears('Waiting');
    await visitor.send('Waiting');
    const waiting = await heard;
    const owned = await (async () => {
      const other = await visitorOf(number);
      const soon = adas.hears('Mine');
      await other.send('Mine');
      const session = await soon;
      await adas.pickUp(session);
      return session;
    })();

    const path = `/api/queues/${queue.id}`;
    await workspace.call('PATCH', path, { agents: [ada.agent.id, ben.agent.id] });
    await bens.until(() => bens.sessions.has(waiting), 'the waiting session');
    expect(bens.sessions.has(owned)).toBe(false);

    await workspace.call('PATCH', path, { agents: [ben.agent.id] });
    await adas.until(() => adas.gone.has(waiting), 'the session to leave');
    expect(adas.sessions.has(owned)).toBe(true);
    await expect(adas.send(waiting, 'Still here?')).rejects.toMatchObject({ code: 'session_not_yours' });
    await adas.send(owned, 'Yours still');
  });

  it('[LC-19] marks and typing travel both ways', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const adas = await deskOf(ada);
    const visitor = await visitorOf(number);
    const heard = adas.hears('Marks');
    const seq = await visitor.send('Marks');
    const session = await heard;

    const frames: string[] = [];
    visitor.listeners.add((frame) => {
      if (frame.kind === 'marks') frames.push(`read ${frame.marks.agents.read}`);
      if (frame.kind === 'typing') frames.push(`typing ${frame.on}`);
    });
    adas.tell({ kind: 'mark', session, read: seq });
    adas.tell({ kind: 'typing', session, on: true });
    await visitor.until(
      () => frames.includes(`read ${seq}`) && frames.includes('typing true'),
      'marks and typing',
    );
    await adas.until(() => adas.sessions.get(session)?.unread === 0, 'nothing unread');

    const answer = await adas.send(session, 'Seen?');
    visitor.tell({ kind: 'mark', delivered: answer, read: answer });
    await adas.until(() => adas.sessions.get(session)?.marks.customer.read === answer, 'the read mark');
  });

  it('[AG-08] [AG-10] archive and remove hold until somebody writes again', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const adas = await deskOf(ada);
    const visitor = await visitorOf(number);
    const heard = adas.hears('Shelf');
    await visitor.send('Shelf');
    const session = await heard;
    await adas.archive(session);
    await adas.until(() => adas.sessions.get(session)?.archived === true, 'it is archived');
    await adas.send(session, 'Back again');
    await adas.until(() => adas.sessions.get(session)?.archived === false, 'sending unarchived it');
    await adas.remove(session);
    await adas.until(() => adas.gone.has(session), 'it is gone');
    const other = await deskOf(ada);
    expect(other.sessions.has(session)).toBe(false);
  });

  it('[LC-15] a limit of active sessions refuses one more, and only as long as they are active', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id }, { sessionLimit: 1 });
    const [one, two] = [await visitorOf(number), await visitorOf(number)];
    await one.send('First');
    await expect(two.send('Second')).rejects.toMatchObject({ code: 'session_limit' });
    await one.end();
    await expect
      .poll(
        () =>
          two.send('Third').then(
            () => 'sent',
            () => 'refused',
          ),
        { timeout: 15_000, interval: 200 },
      )
      .toBe('sent');
  });

  it('[LC-11] [LC-12] the form is due before the first message, and what it says is kept', async () => {
    const { number } = await workspace.channel(
      { kind: 'agent', id: ada.agent.id },
      {
        preChat: {
          enabled: true,
          title: 'Hi',
          subtitle: '',
          firstName: 'required',
          lastName: 'off',
          email: 'required',
          phone: 'off',
        },
        consent: {
          enabled: true,
          explicit: true,
          text: [[{ text: 'Terms', href: 'https://shop.example/terms' }]],
        },
      },
    );
    const adas = await deskOf(ada);
    const visitor = await visitorOf(number);
    expect(visitor.welcome?.formDue).toBe(true);
    await expect(visitor.send('Hello')).rejects.toMatchObject({ code: 'profile_required' });
    await expect(visitor.fillIn({ firstName: 'Newcomer' }, true)).rejects.toMatchObject({
      code: 'profile_required',
    });
    await expect(visitor.fillIn({ firstName: 'Newcomer', email: 'nonsense' }, true)).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(
      visitor.fillIn({ firstName: 'Newcomer', email: 'newcomer@example.com' }, false),
    ).rejects.toMatchObject({
      code: 'consent_required',
    });
    await visitor.fillIn({ firstName: 'Newcomer', email: 'newcomer@example.com' }, true);
    const heard = adas.hears('Now');
    await visitor.send('Now');
    const session = adas.sessions.get(await heard);
    expect(session?.customer).toMatchObject({ name: 'Newcomer', profile: { email: 'newcomer@example.com' } });
    expect(session?.consentAt).toBeGreaterThan(0);
  });

  it('[LC-13] greets by office hours, and by whether the agent is there and Available', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ben.agent.id });
    const greetingNow = async () => {
      const visitor = new VisitorClient({ url: server.url, channelNumber: number, origin });
      return (await visitor.sayHello()).availability.online;
    };
    const becomes = (online: boolean) =>
      expect.poll(greetingNow, { timeout: 10_000, interval: 250 }).toBe(online);
    const bens = await deskOf(ben);
    await bens.setPresence('available');
    await becomes(true);
    for (const presence of ['away', 'businessTrip', 'doNotDisturb', 'lunchBreak', 'offWork'] as const) {
      await bens.setPresence(presence);
      await becomes(false);
      await bens.setPresence('available');
      await becomes(true);
    }
  });

  it('[LC-09] agents look to visitors as the channel says', async () => {
    const shown = async (agentDisplay: 'none' | 'name' | 'nameAndPhoto') => {
      const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id }, { agentDisplay });
      const adas = await deskOf(ada);
      const visitor = await visitorOf(number);
      const heard = adas.hears('Who?');
      await visitor.send('Who?');
      const answered = visitor.hears('Me');
      await adas.send(await heard, 'Me');
      await answered;
      const body = visitor.log.list.at(-1)?.body;
      return body?.kind === 'message' && body.author.kind === 'agent' ? body.author.agent : null;
    };
    expect(await shown('name')).toMatchObject({ name: ada.agent.name, photo: null, extension: '' });
    expect(await shown('none')).toMatchObject({ id: 'agent', photo: null, extension: '' });
    expect((await shown('none'))?.name).not.toBe(ada.agent.name);
  });
});

describe('bad input at the sockets', () => {
  it('[LC-02] a page on a domain that is not listed gets nothing: not hello, not the socket', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    for (const foreign of [
      'https://evil.example',
      'https://shop.example.evil.example',
      'http://shop.example.',
      'null',
    ]) {
      const visitor = new VisitorClient({ url: server.url, channelNumber: number, origin: foreign });
      await expect(visitor.sayHello()).rejects.toThrow(/domain_not_listed/);
    }
    const good = new VisitorClient({ url: server.url, channelNumber: number, origin });
    const { token } = await good.sayHello();
    const status = await refusalOf(`/visitor/socket?channelNumber=${number}`, 'https://evil.example', token);
    expect(status).toBe(403);
  });

  it('[LC-22] forged, foreign and missing tokens are told so and reach nobody', async () => {
    const first = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const second = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const { token } = await new VisitorClient({
      url: server.url,
      channelNumber: first.number,
      origin,
    }).sayHello();
    const path = (number: string) => `/visitor/socket?channelNumber=${number}`;
    expect(await refusalOf(path(second.number), origin, token)).toBe(4401);
    expect(await refusalOf(path(first.number), origin, `${token.slice(0, -3)}abc`)).toBe(4401);
    expect(await refusalOf(path(first.number), origin, 'x')).toBe(4401);
    const forged = new VisitorClient({
      url: server.url,
      channelNumber: first.number,
      origin,
      token: 'forged',
    });
    await expect(forged.sayHello()).rejects.toThrow(/token_invalid/);
    const unsigned = new VisitorClient({
      url: server.url,
      channelNumber: first.number,
      origin,
      identity: 'a.b.c',
    });
    await expect(unsigned.sayHello()).rejects.toThrow(/identity_invalid/);
  });

  it('[LC-18] odd texts are cleaned or refused, the same id twice is one message, and the socket lives on', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const adas = await deskOf(ada);
    const visitor = await visitorOf(number);
    await expect(visitor.send('x'.repeat(5001))).rejects.toMatchObject({ code: 'message_too_long' });
    await expect(visitor.send('\u0000\u0007 \u202e')).rejects.toMatchObject({ code: 'message_empty' });
    visitor.sendRaw('not json');
    visitor.sendRaw('{"kind":"nonsense"}');
    visitor.sendRaw(new Uint8Array([1, 2, 3]));
    const heard = adas.hears('<b>safe</b> evil.exe');
    const seq = await visitor.send('<b>safe</b> \u202eevil.exe\u0000', 'same-id');
    await heard;
    expect(await visitor.send('another text', 'same-id')).toBe(seq);
    expect(visitor.log.texts).toEqual(['<b>safe</b> evil.exe']);
  });

  it('[LC-18] a frame of 1 MB and a flood end their own socket, and nobody else notices', async () => {
    const strict = await startServer({ build: false });
    try {
      const own = await setUp(strict);
      const agent = await own.agent();
      const { number } = await own.channel({ kind: 'agent', id: agent.agent.id });
      const visitorAt = () => new VisitorClient({ url: strict.url, channelNumber: number, origin });
      const [big, flood, calm] = [visitorAt(), visitorAt(), visitorAt()];
      await Promise.all([big.connect(), flood.connect(), calm.connect()]);
      big.sendRaw(JSON.stringify({ kind: 'send', id: 'big', text: 'x'.repeat(1_000_000) }));
      await big.until(() => big.lastClose === 1009, 'the socket to close');
      for (let i = 0; i < 200; i++) flood.sendRaw('{"kind":"typing","on":true}');
      await flood.until(() => flood.lastClose === 4429, 'the socket to close');
      expect(await calm.send('Fine here')).toBeGreaterThan(0);
      for (const client of [big, flood, calm]) client.close();
    } finally {
      await strict.stop();
    }
  });

  it('[GEN-03] an agent who asks for another agent’s session is refused, in every way of asking', async () => {
    const { number } = await workspace.channel({ kind: 'agent', id: ada.agent.id });
    const [adas, bens] = [await deskOf(ada), await deskOf(ben)];
    const visitor = await visitorOf(number);
    const heard = adas.hears('Private');
    await visitor.send('Private');
    const session = await heard;
    const refused = { code: 'session_not_yours' };
    await expect(bens.catchUp(session)).rejects.toMatchObject(refused);
    await expect(bens.send(session, 'x')).rejects.toMatchObject(refused);
    await expect(bens.pickUp(session)).rejects.toMatchObject(refused);
    await expect(bens.end(session)).rejects.toMatchObject(refused);
    await expect(bens.archive(session)).rejects.toMatchObject(refused);
    await expect(bens.remove(session)).rejects.toMatchObject(refused);
    expect(bens.sessions.has(session)).toBe(false);
  });

  it('[GEN-02] [GEN-05] a disabled agent’s open socket is closed at once', async () => {
    const gone = await workspace.agent();
    const desk = await deskOf(gone);
    const watching = await deskOf(ada);
    const offline = new Promise<void>((resolve) => {
      watching.listeners.add((frame) => {
        if (frame.kind === 'presence' && frame.entry.agent === gone.agent.id && !frame.entry.connected)
          resolve();
      });
    });
    await workspace.call('PATCH', `/api/agents/${gone.agent.id}`, { enabled: false });
    await desk.until(() => desk.lastClose === 4401, 'the socket to close');
    await offline;
  });
});

/** How the edge refuses a socket: the HTTP status of the handshake, or the code that it closes with. */
async function refusalOf(path: string, from: string, token: string): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, ['parley.v1', token], {
    origin: from,
  });
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
  });
}
