/** Calls over a running server, without sound: who gets them, what passes between the ends, and what stays of them. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallSettings } from '../../core/callSettings.ts';
import type { LiveChatInput } from '../../core/channel.ts';
import type { LogEvent } from '../../core/log.ts';
import type { Reach } from '../../core/protocol.ts';
import { PushSimulator } from '../simulators/push.ts';
import { agentEnd, visitorEnd } from '../support/callEnds.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

let server: Server;
let workspace: TestWorkspace;
let cloudflare: HttpServer;
/** What Cloudflare was asked, and answers. */
const asked: { path: string; token: string; body: unknown }[] = [];
let cloudflareStatus = 201;
const push = new PushSimulator();
const open: { close(): void }[] = [];

beforeAll(async () => {
  cloudflare = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      asked.push({
        path: request.url ?? '',
        token: request.headers.authorization ?? '',
        body: JSON.parse(text),
      });
      const servers = [{ urls: ['turn:turn.cf.example:3478', 'turn:turn.cf.example:53'], username: 'u' }];
      response.writeHead(cloudflareStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify(cloudflareStatus === 201 ? { iceServers: servers } : { errors: [] }));
    });
  });
  await new Promise<void>((resolve) => cloudflare.listen(0, '127.0.0.1', resolve));
  const { port } = cloudflare.address() as AddressInfo;
  await push.start();
  const urls = { cloudflareTurn: `http://127.0.0.1:${port}`, push: push.url };
  server = await startServer({
    env: { PARLEY_RATE_FACTOR: '100', PARLEY_PROVIDER_URLS: JSON.stringify(urls) },
  });
  workspace = await setUp(server);
});
afterAll(async () => {
  for (const client of open) client.close();
  cloudflare.close();
  await server.stop();
  await push.close();
});

async function connected(agent: Pick<TestAgent, 'desk'>): Promise<AgentClient> {
  const desk = agent.desk();
  open.push(desk);
  await desk.connect();
  return desk;
}

/** Two agents of a queue, its channel, and a way to get visitors. */
async function stage(change: Partial<LiveChatInput> = {}) {
  const [ann, bob] = [await workspace.agent(), await workspace.agent()];
  const queue = await workspace.queue([ann, bob], 'manual', `Calls ${ann.agent.extension}`);
  const channel = await workspace.channel(
    { kind: 'queue', id: queue.id },
    { interaction: 'phoneAndChat', agentDisplay: 'none', ...change },
  );
  const visitor = async (calls?: boolean) => {
    const options = { url: server.url, channelNumber: channel.number, origin: 'https://shop.example' };
    const client = new VisitorClient({ ...options, ...(calls === undefined ? { calls: true } : { calls }) });
    open.push(client);
    await client.connect();
    return client;
  };
  const desks = { ann: await connected(ann), bob: await connected(bob) };
  return { channel, visitor, desks, ann: ann.agent, bob: bob.agent };
}

/** The one session of an agent's in which a call rings; waits for it. */
async function ringing(desk: AgentClient, call: string): Promise<string> {
  const found = () => [...desk.sessions.values()].find((session) => session.call?.id === call)?.id;
  await desk.until(() => found() !== undefined, `call ${call} to ring`);
  return found() ?? '';
}

const code = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );
function fail(): never {
  throw new Error('There is no such device.');
}
const callsIn = (events: readonly LogEvent[]) =>
  events.flatMap(({ body }) => (body.kind === 'call' ? [body] : []));

describe.concurrent('a call of a visitor', () => {
  it('[CALL-01] rings at all agents of the queue, goes to the first who answers, and passes words on', async () => {
    const { visitor: come, desks, ann } = await stage();
    const visitor = await come();
    const caller = visitorEnd(visitor);
    const call = await caller.start();
    const session = await ringing(desks.ann, call);
    expect(await ringing(desks.bob, call)).toBe(session);
    expect(desks.bob.sessions.get(session)).toMatchObject({ unread: 1, call: { phase: 'ringing' } });

    const [first, second] = [agentEnd(desks.ann, () => session), agentEnd(desks.bob, () => session)];
    await first.answer(call);
    expect(['call_taken', 'session_not_yours']).toContain(await code(second.answer(call)));
    await desks.bob.until(() => desks.bob.gone.get(session) === ann.name, 'the colleague to hear who it was');
    expect(desks.ann.sessions.get(session)?.route.agent?.id).toBe(ann.id);

    await caller.until((view) => view?.phase === 'connecting', 'the visitor to hear of it');
    // Visitors see no more of agents than the channel shows.
    expect(caller.view).toMatchObject({ agent: { name: 'Support', id: 'agent' } });
    expect(caller.view?.ends).toEqual({ customer: caller.end, agent: first.end });

    first.say(call, caller.end, 'offer of the agent');
    await caller.untilSaid('offer of the agent');
    second.say(call, caller.end, 'of a stranger');
    caller.say(call, second.end, 'to a stranger');
    caller.say(call, first.end, 'offer of the visitor');
    await first.untilSaid('offer of the visitor');
    first.say(call, caller.end, 'the last one');
    await caller.untilSaid('the last one');
    expect(caller.said).toEqual(['offer of the agent', 'the last one']);
    expect(second.said).toEqual([]);

    first.beat(call);
    await caller.until((view) => view?.phase === 'active', 'the call to go on');
    expect(await code(second.hangUp(call))).toBe('session_not_yours');
    await caller.hangUp(call);
    await first.until((view) => view?.outcome === 'answered', 'the agent to hear the end');
    const kept = callsIn(await desks.ann.read(session));
    expect(kept.map(({ phase }) => phase)).toEqual(['started', 'answered', 'ended']);
    expect(kept.at(-1)).toMatchObject({ outcome: 'answered', endedBy: 'customer', agent: { id: ann.id } });
    // Nothing of what only passed through is stored.
    expect(JSON.stringify(await desks.ann.read(session))).not.toContain('offer of');
  });

  it('[CALL-02] stops ringing at who declines, and ends when nobody is left', async () => {
    const { visitor: come, desks, ann } = await stage();
    const caller = visitorEnd(await come());
    const call = await caller.start();
    const session = await ringing(desks.bob, call);
    await agentEnd(desks.ann, () => session).ask({ kind: 'decline', call });
    await desks.bob.until(
      () => desks.bob.sessions.get(session)?.call?.declined.includes(ann.id) === true,
      'the decline',
    );
    expect(caller.view?.phase).toBe('ringing');
    await agentEnd(desks.bob, () => session).ask({ kind: 'decline', call });
    await caller.until((view) => view?.outcome === 'declined', 'the visitor to hear it');
    await desks.bob.until(() => desks.bob.sessions.get(session)?.call === null, 'the end');
    expect(desks.bob.sessions.get(session)).toMatchObject({ unread: 1 });
  });

  it('[CALL-01] [AG-13] is pushed to the device of who is available and has no page open, and then that it was missed', async () => {
    const agents = [await workspace.agent(), await workspace.agent()] as const;
    const channel = await workspace.channel(
      { kind: 'queue', id: (await workspace.queue(agents, 'manual', 'Out and about')).id },
      { interaction: 'phoneAndChat' },
    );
    const devices = await Promise.all(
      agents.map(async ({ api }) => {
        const { publicKey } = (await api.call('GET', '/api/me/notifications')) as { publicKey: string };
        const device = push.subscribe(publicKey);
        await api.call('PUT', '/api/me/devices', device.subscription);
        return device;
      }),
    );
    const away = await connected(agents[1]);
    await away.setPresence('lunchBreak');
    away.close();
    const visitor = new VisitorClient({
      url: server.url,
      channelNumber: channel.number,
      origin: 'https://shop.example',
    });
    open.push(visitor);
    await visitor.connect();
    const caller = visitorEnd(visitor);
    const call = await caller.start();
    const told = (at: 0 | 1) => push.messagesOf(devices[at] ?? fail()).map(({ body }) => body);
    await until(() => told(0).includes('Incoming call'), 'the push that it rings');
    expect(told(1)).toEqual([]);
    await caller.hangUp(call);
    await until(() => told(0).at(-1) === 'Missed call', 'the push that it was missed');
    await until(() => told(1).includes('Missed call'), 'the same for who is at lunch');
    expect(told(1)).toEqual(['Missed call']);
  });

  it('[LC-03] is refused where visitors can only chat, and before a form that is asked for', async () => {
    const chatOnly = await stage({ interaction: 'chat' });
    const visitor = await chatOnly.visitor();
    expect(await code(visitorEnd(visitor).start())).toBe('calls_off');
    const heard = chatOnly.desks.ann.hears('then I write');
    await visitor.send('then I write');
    const session = await heard;
    expect(await code(agentEnd(chatOnly.desks.ann, () => session).start())).toBe('calls_off');

    const { preChat } = chatOnly.channel;
    const form = await stage({ preChat: { ...preChat, enabled: true } });
    expect(await code(visitorEnd(await form.visitor()).start())).toBe('profile_required');
  });

  it('[LC-05] has as many lines as the channel, for visitors and agents together, and is counted once', async () => {
    const { visitor: come, desks } = await stage({ maxCalls: 1 });
    const [one, two] = [await come(), await come()];
    const [caller, late] = [visitorEnd(one), visitorEnd(two)];
    const call = await caller.start();
    // The same call said again has its line.
    await caller.start(call);
    const busy = late.start('second-call');
    expect(await code(busy)).toBe('call_busy');
    const heard = desks.ann.hears('may I call?');
    await two.send('may I call?');
    const other = await heard;
    // Agents see that somebody could not get through.
    expect(callsIn(await desks.ann.read(other))).toMatchObject([{ outcome: 'busy', phase: 'ended' }]);
    const inviter = agentEnd(desks.ann, () => other);
    expect(await code(inviter.start())).toBe('call_busy');

    await caller.hangUp(call);
    await until(async () => (await code(inviter.start())) === 'done', 'the line to be free');
    expect(await code(caller.start())).toBe('call_busy');
  });
});

describe.concurrent('a call of an agent', () => {
  it('[CALL-05] invites a visitor who is there, who accepts or declines', async () => {
    const { visitor: come, desks } = await stage();
    const visitor = await come();
    const heard = desks.ann.hears('call me');
    await visitor.send('call me');
    const session = await heard;
    const reached: Reach[] = [];
    desks.ann.listeners.add((frame) => {
      if (frame.kind === 'reach' && frame.session === session) reached.push(frame.reach);
    });
    await desks.ann.read(session);
    await desks.ann.until(() => reached.at(-1) === 'ready', 'the visitor to be reachable');

    const [inviter, invited] = [agentEnd(desks.ann, () => session), visitorEnd(visitor)];
    const declined = await inviter.start();
    await invited.until((view) => view?.id === declined && view.phase === 'ringing', 'the invitation');
    expect(desks.ann.sessions.get(session)?.route.agent).not.toBeNull();
    await invited.ask({ kind: 'decline', call: declined });
    await inviter.until((view) => view?.outcome === 'declined', 'the refusal');

    const call = await inviter.start();
    await invited.until((view) => view?.id === call, 'the second invitation');
    await invited.answer(call);
    await inviter.until((view) => view?.phase === 'connecting', 'the answer');
    expect(inviter.view?.ends).toEqual({ customer: invited.end, agent: inviter.end });
    await inviter.hangUp(call);
    await invited.until((view) => view?.outcome === 'answered', 'the end');

    visitor.close();
    await desks.ann.until(() => reached.at(-1) === 'away', 'the visitor to be gone');
    expect(await code(inviter.start())).toBe('visitor_away');
  });

  it('[CALL-05] does not reach a page that cannot take calls', async () => {
    const { visitor: come, desks } = await stage();
    const visitor = await come(false);
    const heard = desks.ann.hears('call me?');
    await visitor.send('call me?');
    const session = await heard;
    expect(await code(agentEnd(desks.ann, () => session).start())).toBe('visitor_unable');
  });
});

describe.concurrent('TURN', () => {
  it('[CALL-01] [GEN-09] is set by admins, never told again, and given to both ends of a call', async () => {
    const save = (turn: object, relayOnly = false) =>
      workspace.call('PUT', '/api/calls', { stun: ['stun:s.example'], turn, relayOnly });
    const urls = ['turn:turn.example.com:3478?transport=udp'];
    await expect(save({ kind: 'coturn', urls, secret: '' })).rejects.toMatchObject({ code: 'invalid_input' });
    const saved = (await save({ kind: 'coturn', urls, secret: 'north' })) as CallSettings;
    expect(saved).toMatchObject({ secretSet: true, turn: { secret: '' } });
    await save({ kind: 'coturn', urls, secret: '' }, true);

    const { visitor: come, desks } = await stage();
    const caller = visitorEnd(await come());
    const call = await caller.start();
    const session = await ringing(desks.ann, call);
    const answerer = agentEnd(desks.ann, () => session);
    await answerer.answer(call);
    for (const { servers, relayOnly } of [caller, answerer]) {
      expect(relayOnly).toBe(true);
      expect(servers).toMatchObject([{ urls: ['stun:s.example'] }, { urls, username: /^\d+:/ }]);
      expect(servers?.[1]?.credential).toMatch(/^[A-Za-z0-9+/]{27}=$/);
    }
    await caller.hangUp(call);

    await save({ kind: 'cloudflare', keyId: 'key-0123456789', secret: 'token' });
    expect(await workspace.call('POST', '/api/calls/test', {})).toEqual({
      servers: [{ urls: ['stun:s.example'] }, { urls: ['turn:turn.cf.example:3478'], username: 'u' }],
    });
    expect(asked.at(-1)).toEqual({
      path: '/v1/turn/keys/key-0123456789/credentials/generate-ice-servers',
      token: 'Bearer token',
      body: { ttl: 86_400 },
    });
    cloudflareStatus = 401;
    await expect(workspace.call('POST', '/api/calls/test', {})).rejects.toMatchObject({
      code: 'provider_silent',
    });
    // A call is made all the same: most find their way without.
    const second = await caller.start();
    expect(caller.servers).toEqual([{ urls: ['stun:s.example'] }]);
    await caller.hangUp(second);
  });
});

describe('a server that is killed', () => {
  it('[CALL-03] goes on with a call whose ends come back, and ends one that nobody comes back to', async () => {
    const { visitor: come, desks, channel } = await stage({ maxCalls: 2 });
    const [stays, leaves] = [await come(), await come()];
    const [kept, left] = [visitorEnd(stays), visitorEnd(leaves)];
    const calls: [string, string] = [await kept.start(), await left.start()];
    const sessions = [await ringing(desks.ann, calls[0]), await ringing(desks.bob, calls[1])] as const;
    const answering = [
      agentEnd(desks.ann, () => sessions[0]),
      agentEnd(desks.bob, () => sessions[1]),
    ] as const;
    for (const index of [0, 1] as const) {
      await answering[index].answer(calls[index]);
      answering[index].beat(calls[index]);
      await answering[index].until((view) => view?.phase === 'active', 'the call');
    }
    leaves.close();
    await server.restart();
    const rejoin = (call: string, end: string) => ({ kind: 'join', call, end }) as const;
    await Promise.all([
      kept.ask(rejoin(calls[0], kept.end)),
      answering[0].ask(rejoin(calls[0], answering[0].end)),
      answering[1].ask(rejoin(calls[1], answering[1].end)),
    ]);
    const beats = setInterval(() => {
      kept.beat(calls[0]);
      for (const index of [0, 1] as const) answering[index].beat(calls[index]);
    }, 3_000);
    await answering[1].until((view) => view?.outcome === 'lost', 'the call to end', 45_000);
    clearInterval(beats);
    expect(callsIn(await desks.bob.read(sessions[1])).at(-1)).toMatchObject({ outcome: 'lost' });
    expect(answering[0].view).toMatchObject({ id: calls[0], phase: 'active' });
    kept.say(calls[0], answering[0].end, 'still here');
    await answering[0].untilSaid('still here');
    await kept.hangUp(calls[0]);
    await answering[0].until((view) => view?.outcome === 'answered', 'the end');
    expect(channel.maxCalls).toBe(2);
  });
});
