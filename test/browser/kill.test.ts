/** The server is killed at random moments while people talk: nothing acknowledged is lost, doubled or moved. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type Server } from '../support/server.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';
import { until } from '../support/until.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';

const kills = 30;
const visitorCount = 20;
const agentCount = 5;

let server: Server;
let workspace: TestWorkspace;

beforeAll(async () => {
  server = await startServer({ env: { PARLEY_RATE_FACTOR: '1000' } });
  workspace = await setUp(server);
});
afterAll(() => server.stop());

/** A small seeded generator, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

it('[LC-18] survives 30 kills while 20 visitors and 5 agents talk', { timeout: 300_000 }, async () => {
  const seed = Date.now() % 1_000_000;
  const next = random(seed);
  const team = await Promise.all(Array.from({ length: agentCount }, () => workspace.agent()));
  const queue = await workspace.queue(team, 'disabled', 'Everyone');
  const { number } = await workspace.channel({ kind: 'queue', id: queue.id });
  const desks = team.map((member) => member.desk());
  const visitors = Array.from(
    { length: visitorCount },
    () => new VisitorClient({ url: server.url, channelNumber: number, origin: 'https://shop.example' }),
  );
  await Promise.all([...desks, ...visitors].map((client) => client.connect()));

  let talking = true;
  const acknowledged = new Map<VisitorClient, string[]>(visitors.map((visitor) => [visitor, []]));
  const bySession = new Map<string, VisitorClient>();

  const visitorTalks = visitors.map(async (visitor, index) => {
    for (let i = 0; talking; i++) {
      const text = `v${index}-${i}`;
      await visitor.send(text);
      acknowledged.get(visitor)?.push(text);
    }
  });
  const agentTalks = desks.map(async (desk, index) => {
    for (let i = 0; talking; i++) {
      await desk.until(() => desk.sessions.size > 0, 'a session', 60_000);
      const sessions = [...desk.sessions.keys()];
      const session = sessions[Math.floor(next() * sessions.length)] ?? '';
      const text = `a${index}-${i}`;
      await desk.send(session, text);
      const visitor = visitorOf(session);
      if (visitor) acknowledged.get(visitor)?.push(text);
    }
  });
  /** Which visitor a session belongs to: its id holds the visitor's. */
  function visitorOf(session: string): VisitorClient | undefined {
    const known = bySession.get(session);
    if (known) return known;
    const found = visitors.find((visitor) => session.includes(`.${visitor.greeted?.visitor}.`));
    if (found) bySession.set(session, found);
    return found;
  }

  for (let kill = 0; kill < kills; kill++) {
    const before = visitors.reduce((sum, visitor) => sum + visitor.log.lastSeq, 0);
    const wanted = before + 20 + Math.floor(next() * 300);
    await until(
      () => visitors.reduce((sum, visitor) => sum + visitor.log.lastSeq, 0) >= wanted,
      `talk before kill ${kill} (seed ${seed})`,
      60_000,
    );
    await server.restart();
  }
  talking = false;
  await Promise.all([...visitorTalks, ...agentTalks]);

  // Everybody holds the same log in the end, without being asked to reload.
  const behind = () =>
    desks.flatMap((desk, index) =>
      visitors.flatMap((visitor) => {
        const session = [...desk.sessions.keys()].find((id) => visitorOf(id) === visitor) ?? '';
        const [agent, customer] = [desk.logOf(session).lastSeq, visitor.log.lastSeq];
        return agent === customer ? [] : [{ agent: index, session, has: agent, visitorHas: customer }];
      }),
    );
  await expect.poll(behind, { timeout: 60_000, message: `who is behind, seed ${seed}` }).toEqual([]);
  for (const visitor of visitors) {
    const texts = visitor.log.texts;
    expect(new Set(texts).size, `doubled, seed ${seed}`).toBe(texts.length);
    for (const text of acknowledged.get(visitor) ?? []) expect(texts, `seed ${seed}`).toContain(text);
    for (const desk of desks) {
      const session = [...desk.sessions.keys()].find((id) => visitorOf(id) === visitor) ?? '';
      expect(desk.logOf(session).texts, `order, seed ${seed}`).toEqual(texts);
    }
  }
  for (const client of [...desks, ...visitors] as (AgentClient | VisitorClient)[]) client.close();
});
