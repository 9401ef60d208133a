/** A served Parley with conversations in it: visitors on one side, a few agents on the other. */
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';
import { VisitorClient, type AgentClient } from '../support/clients.ts';

const origin = 'https://shop.example';
/** A message that takes longer is lost. */
export const lostMs = 60_000;

export interface Desk {
  client: AgentClient;
  /** The agent's sign-in, as `name=value`. */
  cookie: string;
  channelNumber: string;
}

export interface Stage {
  server: Server;
  desks: Desk[];
  visitor(index: number): VisitorClient;
  stop(): Promise<void>;
}

export interface Conversation {
  visitor: VisitorClient;
  desk: AgentClient;
  session: string;
}

async function connectDesk(workspace: TestWorkspace): Promise<Desk> {
  const one = await workspace.agent();
  const channel = await workspace.channel({ kind: 'agent', id: one.agent.id }, { name: one.agent.name });
  const client = one.desk();
  await client.connect();
  return { client, cookie: one.api.cookie, channelNumber: channel.number };
}

/** Starts a server with this many agents, each with a channel of their own, all connected. */
export async function setStage(agents: number): Promise<Stage> {
  // One address stands for thousands of visitors here.
  const server = await startServer({ build: false, env: { PARLEY_RATE_FACTOR: '100000' } });
  const workspace = await setUp(server);
  const desks: Desk[] = [];
  for (let i = 0; i < agents; i += 1) desks.push(await connectDesk(workspace));
  return {
    server,
    desks,
    visitor(index) {
      const desk = desks[index % desks.length];
      if (!desk) throw new Error('A stage needs an agent.');
      return new VisitorClient({ url: server.url, channelNumber: desk.channelNumber, origin });
    },
    async stop() {
      for (const { client } of desks) client.close();
      await server.stop();
    },
  };
}

/** Runs a task for each index, at most `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}

/** Opens conversations: each visitor connects and writes, and the agent has seen it. */
export async function converse(stage: Stage, count: number): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  await inParallel(count, 20, async (index) => {
    const visitor = stage.visitor(index);
    await visitor.connect();
    conversations[index] = await greet(stage, visitor, index);
  });
  return conversations;
}

/** The first message of a connected visitor, and the session that it opened as the agent sees it. */
export async function greet(stage: Stage, visitor: VisitorClient, index: number): Promise<Conversation> {
  const desk = stage.desks[index % stage.desks.length]?.client;
  if (!desk) throw new Error('A stage needs an agent.');
  const text = `first ${index}`;
  const [session] = await Promise.all([desk.hears(text, lostMs), visitor.send(text)]);
  return { visitor, desk, session };
}
