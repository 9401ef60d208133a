/** Who may ask what of a session over the desk socket: every frame by everybody (GEN-03, invariant 8). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { agentFrame, type AgentFrame } from '../../core/protocol.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { socketUrl } from '../support/socket.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

type Asked = Parameters<AgentClient['ask']>[0];
type Kind = AgentFrame['kind'];
type Who = 'assignee' | 'queueAgent' | 'otherAgent' | 'mentioned' | 'admin';

/** Requests about one session; `by` names who may. Admins read everything and answer what is theirs. */
const requests: Record<
  Exclude<
    Kind,
    'hello' | 'list' | 'search' | 'presence' | 'mark' | 'typing' | 'start' | 'resend' | 'visible' | 'callNote'
  >,
  { frame: (session: string, to: string) => Asked; taken: Who[]; waiting: Who[] }
> = {
  open: {
    frame: (session) => ({ kind: 'open', session, after: 0 }),
    taken: ['assignee', 'mentioned', 'admin'],
    waiting: ['assignee', 'queueAgent', 'admin'],
  },
  history: {
    frame: (session) => ({ kind: 'history', session, before: 100 }),
    taken: ['assignee', 'mentioned', 'admin'],
    waiting: ['assignee', 'queueAgent', 'admin'],
  },
  send: {
    frame: (session) => ({ kind: 'send', session, text: 'hello' }),
    taken: ['assignee'],
    waiting: ['assignee', 'queueAgent'],
  },
  note: {
    frame: (session) => ({ kind: 'note', session, text: 'a note', mentions: [] }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  dialled: {
    frame: (session) => ({
      kind: 'dialled',
      session,
      report: { number: '+15550100', ringingMs: 1000, talkingMs: 0, outcome: 'busy' },
    }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  label: {
    frame: (session) => ({ kind: 'label', session, labels: [] }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  archive: {
    frame: (session) => ({ kind: 'archive', session, on: false }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  remove: {
    frame: (session) => ({ kind: 'remove', session }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  unread: {
    frame: (session) => ({ kind: 'unread', session }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  show: {
    frame: (session) => ({ kind: 'show', session }),
    taken: ['assignee', 'mentioned'],
    waiting: ['assignee', 'queueAgent'],
  },
  pickUp: {
    frame: (session) => ({ kind: 'pickUp', session }),
    taken: ['assignee'],
    waiting: ['assignee', 'queueAgent'],
  },
  transfer: {
    frame: (session, to) => ({ kind: 'transfer', session, to: { kind: 'agent', id: to } }),
    taken: ['assignee'],
    waiting: ['assignee', 'queueAgent'],
  },
  call: {
    frame: (session) => ({
      kind: 'call',
      session,
      ask: { kind: 'start', call: crypto.randomUUID(), end: 'page' },
    }),
    taken: ['assignee'],
    waiting: ['assignee', 'queueAgent'],
  },
  end: {
    frame: (session) => ({ kind: 'end', session }),
    taken: ['assignee'],
    waiting: ['assignee', 'queueAgent'],
  },
};

let server: Server;
let workspace: TestWorkspace;
let people: Record<Who, AgentClient>;
let ids: Record<'assignee' | 'mentioned' | 'spare', string>;
let channel: string;
const open: { close(): void }[] = [];

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '100' } });
  workspace = await setUp(server);
  const [assignee, queueAgent, otherAgent, mentioned, spare] = await Promise.all(
    ['Assignee', 'Queue', 'Other', 'Mentioned', 'Spare'].map((name) => workspace.agent({ name })),
  );
  if (!assignee || !queueAgent || !otherAgent || !mentioned || !spare) throw new Error('agents are missing');
  ids = { assignee: assignee.agent.id, mentioned: mentioned.agent.id, spare: spare.agent.id };
  const queue = await workspace.queue([assignee, queueAgent], 'manual', 'Rights');
  channel = (await workspace.channel({ kind: 'queue', id: queue.id }, { interaction: 'phoneAndChat' }))
    .number;
  const connect = async (agent: Pick<TestAgent, 'desk'>) => {
    const client = agent.desk();
    open.push(client);
    await client.connect();
    return client;
  };
  people = {
    assignee: await connect(assignee),
    queueAgent: await connect(queueAgent),
    otherAgent: await connect(otherAgent),
    mentioned: await connect(mentioned),
    admin: await connect(workspace),
  };
});
afterAll(async () => {
  for (const client of open) client.close();
  await server.stop();
});

/** A new session, waiting or picked up; in the latter somebody is mentioned. */
async function session(state: 'waiting' | 'taken'): Promise<string> {
  const visitor = new VisitorClient({
    url: server.url,
    channelNumber: channel,
    origin: 'https://shop.example',
    calls: true,
  });
  open.push(visitor);
  await visitor.connect();
  const heard = people.assignee.hears('hello');
  await visitor.send('hello');
  const id = await heard;
  if (state === 'waiting') return id;
  await people.assignee.pickUp(id);
  await people.assignee.ask({ kind: 'note', session: id, text: 'look', mentions: [ids.mentioned] });
  const { assignee, mentioned } = people;
  await assignee.until(() => assignee.sessions.get(id)?.route.agent?.id === ids.assignee, 'the pick up');
  await mentioned.until(() => mentioned.sessions.has(id), 'the mention');
  return id;
}

describe('every frame about a session', () => {
  it('[GEN-03] stands in the table, or has tests of its own', () => {
    const kinds = agentFrame.def.options.map((option) => [...option.def.shape.kind.def.values][0]);
    const elsewhere = ['hello', 'list', 'search', 'presence', 'mark', 'typing', 'start', 'resend', 'visible'];
    // What strangers say of a call: calls.test.ts.
    elsewhere.push('callNote');
    expect(new Set(kinds)).toEqual(new Set([...Object.keys(requests), ...elsewhere]));
  });

  for (const state of ['taken', 'waiting'] as const) {
    for (const [kind, request] of Object.entries(requests)) {
      it(`[GEN-03] [MQ-05] ${kind} of a ${state} session`, { timeout: 60_000 }, async () => {
        for (const who of Object.keys(people) as Who[]) {
          const id = await session(state);
          const answer = await people[who].ask(request.frame(id, ids.spare)).then(
            () => 'taken',
            (error: { code?: string }) => error.code ?? String(error),
          );
          const allowed = request[state].includes(who);
          // The assignee has it already, which a pick up says by doing nothing.
          if (allowed) expect(answer, `${who} ${kind}`).toBe('taken');
          else
            expect(['session_not_yours', 'picked_up_by_other'], `${who} ${kind}: ${answer}`).toContain(
              answer,
            );
        }
      });
    }
  }

  it('[GEN-03] typing and marks of strangers change nothing', async () => {
    const id = await session('taken');
    const before = people.assignee.sessions.get(id)?.marks;
    const stranger = people.otherAgent;
    stranger.tell({ kind: 'typing', session: id, on: true });
    stranger.tell({ kind: 'mark', session: id, read: 50 });
    // An answer to what came after shows that both were handled.
    await expect(stranger.ask({ kind: 'open', session: id, after: 0 })).rejects.toMatchObject({
      code: 'session_not_yours',
    });
    expect(people.assignee.sessions.get(id)?.marks).toEqual(before);
  });
});

describe('the desk itself', () => {
  const refusal = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const socket = new WebSocket(socketUrl(server.url, '/desk'), { headers });
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.once('open', () => reject(new Error('it opened')));
      socket.once('error', () => undefined);
    });

  it('[GEN-03] opens for nobody without a sign-in, with a forged or expired one, or from another site', async () => {
    const cookie = workspace.cookie;
    expect(await refusal({ origin: server.url })).toBe(401);
    expect(await refusal({ origin: server.url, cookie: `${cookie.split('=')[0]}=${'A'.repeat(43)}` })).toBe(
      401,
    );
    expect(await refusal({ origin: 'https://evil.example', cookie })).toBe(403);
    const gone = await workspace.agent();
    await gone.api.call('POST', '/api/sign-out', {});
    expect(await refusal({ origin: server.url, cookie: gone.api.cookie })).toBe(401);
  });

  it('[GEN-04] closes for a disabled agent, who cannot come back', async () => {
    const agent = await workspace.agent();
    const desk = agent.desk();
    open.push(desk);
    await desk.connect();
    await workspace.call('PATCH', `/api/agents/${agent.agent.id}`, { enabled: false });
    await desk.until(() => !desk.connected, 'the socket to close');
    expect(await refusal({ origin: server.url, cookie: agent.api.cookie })).toBe(401);
  });

  it('[GEN-03] a visitor’s token opens no desk', async () => {
    const visitor = new VisitorClient({
      url: server.url,
      channelNumber: channel,
      origin: 'https://shop.example',
    });
    const { token } = await visitor.sayHello();
    const name = workspace.cookie.split('=')[0];
    expect(await refusal({ origin: server.url, cookie: `${name}=${token}` })).toBe(401);
    expect(await refusal({ origin: server.url, authorization: `Bearer ${token}` })).toBe(401);
  });
});
