/** What agents do with sessions over the real sockets: transfer, start, notes, labels; and who may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { FacebookSimulator } from '../simulators/providers/facebook.ts';
import { addChannel, providerUrls, type TestChannel } from '../support/channels.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const twilio = new TwilioSimulator();
const facebook = new FacebookSimulator();
let server: Server;
let workspace: TestWorkspace;
let ada: TestAgent;
let ben: TestAgent;
let cleo: TestAgent;
let desks: { ada: AgentClient; ben: AgentClient; cleo: AgentClient };
let support: { id: string; channel: string };
let billing: { id: string };
let texting: TestChannel;
const open: { close(): void }[] = [];

beforeAll(async () => {
  await Promise.all([twilio.start(), facebook.start()]);
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100', ...providerUrls([twilio, facebook]) } });
  workspace = await setUp(server);
  ada = await workspace.agent({ name: 'Ada' });
  ben = await workspace.agent({ name: 'Ben' });
  cleo = await workspace.agent({ name: 'Cleo' });
  const queue = await workspace.queue([ada, ben], 'manual', 'Support');
  billing = await workspace.queue([cleo], 'manual', 'Billing');
  const channel = await workspace.channel({ kind: 'queue', id: queue.id });
  support = { id: queue.id, channel: channel.number };
  const starters = { agents: [ada.agent.id], groups: [] };
  texting = await addChannel(
    workspace,
    twilio,
    { kind: 'queue', id: queue.id },
    {
      numbers: twilio.numbers.map((number) => ({
        number,
        destination: { kind: 'queue' as const, id: queue.id },
        starters,
      })),
    },
  );
  desks = { ada: await deskOf(ada), ben: await deskOf(ben), cleo: await deskOf(cleo) };
});
afterAll(async () => {
  for (const client of open) client.close();
  await server.stop();
  await Promise.all([twilio.close(), facebook.close()]);
});

async function deskOf(agent: TestAgent): Promise<AgentClient> {
  const desk = agent.desk();
  open.push(desk);
  await desk.connect();
  return desk;
}

type Asked = Parameters<AgentClient['ask']>[0];
const ask = (desk: AgentClient, frame: Asked) => desk.ask(frame);

/** A visitor's session in the queue Support, which Ada and Ben see. */
async function begin(text: string): Promise<{ visitor: VisitorClient; session: string }> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: support.channel,
    origin: 'https://shop.example',
  });
  open.push(visitor);
  await visitor.connect();
  const heard = [desks.ada.hears(text), desks.ben.hears(text)];
  await visitor.send(text);
  const [session = ''] = await Promise.all(heard);
  return { visitor, session };
}

/** Resolves when an agent's list shows that the session is theirs. */
const isWith = (desk: AgentClient, { agent }: TestAgent, session: string) =>
  desk.until(() => desk.sessions.get(session)?.route.agent?.id === agent.id, `${agent.name} to have it`);

const toAgent = (session: string, agent: TestAgent): Asked => ({
  kind: 'transfer',
  session,
  to: { kind: 'agent', id: agent.agent.id },
});

describe('transfer', () => {
  it('[AG-04] to a colleague: it leaves the giver, who is told; the other reads the whole history', async () => {
    const { visitor, session } = await begin('who can help with bills');
    await desks.ada.pickUp(session);
    await desks.ada.send(session, 'let me see');
    await ask(desks.ada, toAgent(session, cleo));
    await desks.ada.until(() => desks.ada.gone.has(session), 'it to leave');
    expect(desks.ada.gone.get(session)).toBe('Cleo');
    await desks.cleo.until(() => desks.cleo.sessions.has(session), 'it to arrive');
    expect(desks.cleo.sessions.get(session)).toMatchObject({ unread: 1, route: { queue: null } });
    const events = await desks.cleo.read(session);
    expect(events.map(({ body }) => body.kind)).toEqual(
      expect.arrayContaining(['opened', 'pickedUp', 'message', 'transferred']),
    );

    await expect(desks.ada.send(session, 'still me')).rejects.toMatchObject({ code: 'session_not_yours' });
    const answered = visitor.hears('I can');
    await desks.cleo.send(session, 'I can');
    await answered;
    // The visitor sees who joined, and nothing of queues.
    const seen = JSON.stringify(visitor.log.list);
    expect(seen).toContain('Cleo');
    expect(seen).not.toContain('transferred');
    expect(seen).not.toContain('Support');
  });

  it('[AG-04] to a queue: it waits there in that queue’s mode, for its agents only', async () => {
    const { session } = await begin('an invoice is wrong');
    await ask(desks.ben, { kind: 'transfer', session, to: { kind: 'queue', id: billing.id } });
    await desks.cleo.until(() => desks.cleo.sessions.has(session), 'it to arrive');
    expect(desks.cleo.sessions.get(session)).toMatchObject({
      pickup: 'manual',
      route: { queue: { name: 'Billing' }, agent: null },
    });
    for (const desk of [desks.ada, desks.ben]) {
      await desk.until(() => desk.gone.has(session), 'it to leave');
      expect(desk.gone.get(session)).toBe('Billing');
    }
    await desks.cleo.pickUp(session);
  });

  it('[AG-04] brings back what an agent had removed or archived', async () => {
    const { session } = await begin('removed once');
    await desks.ada.pickUp(session);
    await ask(desks.ada, toAgent(session, ben));
    await isWith(desks.ben, ben, session);
    await ask(desks.ben, { kind: 'remove', session });
    await ask(desks.ben, toAgent(session, ada));
    await isWith(desks.ada, ada, session);
    await ask(desks.ada, { kind: 'archive', session, on: true });
    await ask(desks.ada, toAgent(session, ben));
    const again = await deskOf(ben);
    await isWith(again, ben, session);
    expect(again.sessions.get(session)).toMatchObject({ archived: false });
  });

  it('[AG-04] refuses what leads nowhere, and says why', async () => {
    const { session } = await begin('nowhere');
    await desks.ada.pickUp(session);
    const refused = (frame: Asked, code: string) =>
      expect(ask(desks.ada, frame)).rejects.toMatchObject({ code });
    await refused(toAgent(session, ada), 'transfer_nowhere');
    await refused({ kind: 'transfer', session, to: { kind: 'agent', id: 'nobody' } }, 'transfer_unknown');
    await refused({ kind: 'transfer', session, to: { kind: 'queue', id: 'none' } }, 'transfer_unknown');
    await refused({ kind: 'transfer', session, to: { kind: 'platform' } }, 'platform_missing');
    await expect(ask(desks.cleo, toAgent(session, cleo))).rejects.toMatchObject({
      code: 'session_not_yours',
    });
    await desks.ada.end(session);
    await refused(toAgent(session, ben), 'session_closed');
  });

  it('[AG-04] [MQ-05] and a pick up at the same moment: one holds it, the other is told', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { session } = await begin(`race ${round}`);
      const outcomes = await Promise.allSettled([
        ask(desks.ada, toAgent(session, cleo)),
        desks.ben.pickUp(session),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [given] = outcomes;
      const holder = given.status === 'fulfilled' ? desks.cleo : desks.ben;
      await holder.until(() => holder.sessions.get(session)?.route.agent !== null, 'the holder');
      await holder.send(session, 'mine');
    }
  });

  it('[AG-04] loses nothing that the customer writes meanwhile', async () => {
    const { visitor, session } = await begin('part 0');
    await desks.ada.pickUp(session);
    const writing = (async () => {
      for (let part = 1; part <= 20; part += 1) await visitor.send(`part ${part}`);
    })();
    await ask(desks.ada, toAgent(session, ben));
    await ask(desks.ben, toAgent(session, cleo));
    await writing;
    await desks.cleo.until(() => desks.cleo.sessions.get(session)?.inbound === 21, 'all parts');
    const texts = (await desks.cleo.read(session)).flatMap(({ body }) =>
      body.kind === 'message' && body.author.kind === 'customer' && body.content.kind === 'text'
        ? [body.content.text]
        : [],
    );
    expect(texts).toEqual(Array.from({ length: 21 }, (_, part) => `part ${part}`));
  });

  it('[AG-04] [GEN-04] what a disabled agent had picked up waits in its queue again', async () => {
    const dora = await workspace.agent({ name: 'Dora' });
    await workspace.call('PATCH', `/api/queues/${support.id}`, {
      agents: [ada, ben, dora].map((one) => one.agent.id),
    });
    const { session } = await begin('left alone');
    const doras = await deskOf(dora);
    await doras.pickUp(session);
    await desks.ada.until(() => desks.ada.gone.has(session), 'it to leave');
    await workspace.call('PATCH', `/api/agents/${dora.agent.id}`, { enabled: false });
    await desks.ada.until(() => desks.ada.sessions.get(session)?.route.agent === null, 'it to wait again');
  });
});

describe('starting a session', () => {
  const start = (desk: AgentClient, to: string, number = texting.number) =>
    ask(desk, { kind: 'start', channel: texting.channel.id, number, to });

  it('[AG-02] [CH-06] by SMS from a permitted number; an open one is found again, not doubled', async () => {
    const senders = await ada.api.call('GET', '/api/senders');
    expect(senders).toMatchObject({
      senders: texting.channel.numbers.map(({ number }) => ({ number, type: 'sms' })),
    });
    const { session = '' } = await start(desks.ada, '+1 415 555-0188');
    expect(session).toContain('+14155550188');
    await desks.ada.until(() => desks.ada.sessions.has(session), 'the session');
    const before = twilio.accepted.length;
    await desks.ada.send(session, 'Your car is ready');
    await until(() => twilio.accepted.length > before, 'the text to leave');
    expect((await start(desks.ada, '+14155550188')).session).toBe(session);
  });

  it('[AG-02] [CH-06] refuses numbers that are not permitted, not numbers, or taken', async () => {
    await expect(start(desks.ben, '+14155550188')).rejects.toMatchObject({ code: 'start_not_permitted' });
    expect(await ben.api.call('GET', '/api/senders')).toEqual({ senders: [] });
    await expect(start(desks.ada, '12')).rejects.toMatchObject({ code: 'number_invalid' });
    await expect(start(desks.ada, '+14155550188', '+19995550000')).rejects.toMatchObject({
      code: 'start_not_permitted',
    });
    const { session = '' } = await start(desks.ada, '+14155550177');
    await ask(desks.ada, toAgent(session, cleo));
    await desks.cleo.until(() => desks.cleo.sessions.has(session), 'it to arrive');
    await expect(start(desks.ada, '+14155550177')).rejects.toMatchObject({ code: 'start_taken' });
  });

  it('[AG-02] [CH-14] refuses customers who have opted out', async () => {
    const { session = '' } = await start(desks.ada, '+14155550166');
    await twilio.customerSends({ from: '+14155550166', to: texting.number, text: 'STOP' });
    await desks.ada.until(() => desks.ada.sessions.get(session)?.optedOut === true, 'the opt-out');
    await desks.ada.end(session);
    await expect(start(desks.ada, '+14155550166')).rejects.toMatchObject({ code: 'opted_out' });
  });

  it('[FB-03] [LC-17] [AG-02] refuses Messenger and live chat', async () => {
    const page = await addChannel(workspace, facebook, { kind: 'queue', id: support.id });
    const frame = {
      kind: 'start',
      channel: page.channel.id,
      number: page.number,
      to: '+14155550101',
    } as const;
    await expect(ask(desks.ada, frame)).rejects.toMatchObject({ code: 'start_channel' });
    const chat = { ...frame, channel: 'nothing', number: support.channel };
    await expect(ask(desks.ada, chat)).rejects.toMatchObject({ code: 'start_not_permitted' });
  });
});

describe('notes and labels', () => {
  it('[AG-15] colleagues read notes, the customer never does, and a note picks nothing up', async () => {
    const { visitor, session } = await begin('something private');
    await ask(desks.ada, { kind: 'note', session, text: 'is a good customer', mentions: [] });
    await desks.ben.until(
      () => desks.ben.logOf(session).list.some(({ body }) => body.kind === 'note'),
      'the note',
    );
    expect(desks.ben.sessions.get(session)?.route.agent).toBeNull();
    await visitor.send('hello?');
    await desks.ada.send(session, 'an answer');
    await visitor.until(() => visitor.log.has('an answer'), 'the answer');
    expect(JSON.stringify(visitor.log.list)).not.toContain('good customer');
    const later = new VisitorClient({
      url: server.url,
      channelNumber: support.channel,
      origin: 'https://shop.example',
      token: visitor.greeted?.token ?? '',
    });
    open.push(later);
    await later.connect();
    expect(later.log.has('an answer')).toBe(true);
    expect(JSON.stringify(later.log.list)).not.toContain('good customer');
  });

  it('[AG-15] the same note twice is one, an empty one is refused, closed sessions take them', async () => {
    const { session } = await begin('note twice');
    const note: Asked = { kind: 'note', session, text: 'once', mentions: [] };
    await desks.ada.ask(note, 'note-of-this-test');
    await desks.ada.ask(note, 'note-of-this-test');
    await desks.ada.pickUp(session);
    await desks.ada.end(session);
    await ask(desks.ada, { kind: 'note', session, text: 'afterwards', mentions: [] });
    const notes = (await desks.ada.read(session)).filter(({ body }) => body.kind === 'note');
    expect(notes).toHaveLength(2);
    const empty: Asked = { kind: 'note', session, text: '  ', mentions: [] };
    await expect(ask(desks.ada, empty)).rejects.toMatchObject({ code: 'note_empty' });
    const foreign: Asked = { kind: 'note', session, text: 'x', mentions: [] };
    await expect(ask(desks.cleo, foreign)).rejects.toMatchObject({ code: 'session_not_yours' });
  });

  it('[AG-15] who is mentioned reads along while it is open, may add notes, and may not answer', async () => {
    const { session } = await begin('ask Cleo');
    await desks.ada.pickUp(session);
    await ask(desks.ada, { kind: 'note', session, text: '@Cleo a look?', mentions: [cleo.agent.id] });
    await desks.cleo.until(() => desks.cleo.sessions.get(session)?.mentions === 1, 'the mention');
    expect(desks.cleo.sessions.get(session)).toMatchObject({ role: 'reads', pickup: null });
    expect((await desks.cleo.read(session)).length).toBeGreaterThan(2);
    await ask(desks.cleo, { kind: 'note', session, text: 'looks fine', mentions: [] });
    await expect(desks.cleo.send(session, 'hi')).rejects.toMatchObject({ code: 'session_not_yours' });
    await expect(desks.cleo.pickUp(session)).rejects.toMatchObject({ code: 'session_not_yours' });
    await expect(ask(desks.cleo, toAgent(session, cleo))).rejects.toMatchObject({
      code: 'session_not_yours',
    });
    await desks.ada.end(session);
    await expect(desks.cleo.read(session)).rejects.toMatchObject({ code: 'session_not_yours' });
  });

  it('[AG-15] labels are made by agents, put on sessions, and seen by everybody who sees them', async () => {
    const { session } = await begin('label me');
    const made = (await ada.api.call('POST', '/api/labels', { name: 'Urgent', colour: 'red' })) as {
      id: string;
    };
    await ask(desks.ada, { kind: 'label', session, labels: [made.id, 'unknown'] });
    await desks.ben.until(() => desks.ben.sessions.get(session)?.labels?.[0] === made.id, 'the label');
    expect(desks.ben.sessions.get(session)?.labels).toEqual([made.id]);
    await expect(
      ada.api.call('POST', '/api/labels', { name: 'urgent', colour: 'blue' }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(ada.api.call('DELETE', `/api/labels/${made.id}`)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await workspace.call('PATCH', `/api/labels/${made.id}`, { name: 'Very urgent', colour: 'amber' });
    expect(await ben.api.call('GET', '/api/labels')).toEqual({
      labels: [{ id: made.id, name: 'Very urgent', colour: 'amber' }],
    });
    await ask(desks.ben, { kind: 'label', session, labels: [] });
    await desks.ada.until(() => desks.ada.sessions.get(session)?.labels?.length === 0, 'no label');
  });
});
