/** Durable messages a second over 100 conversations, each waiting for its answer, beside the bare object. */
import { BareClient, startBare } from './bare.ts';
import { converse, inParallel, setStage } from './stage.ts';
import { until } from '../support/until.ts';
import { printTable } from './table.ts';

const conversationCount = 100;
const agents = 10;
const warmUpMs = 2_000;
const measuredMs = 10_000;
/** Part of the bare object's messages a second that ours must reach. */
const limit = 0.4;

/** Lets each lane send one message after the other; answers the messages a second. */
async function saturate(send: (lane: number, index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const from = start + warmUpMs;
  const end = from + measuredMs;
  let counted = 0;
  await inParallel(conversationCount, conversationCount, async (lane) => {
    for (let index = 0; performance.now() < end; index += 1) {
      await send(lane, index);
      const now = performance.now();
      if (now >= from && now < end) counted += 1;
    }
  });
  return counted / (measuredMs / 1_000);
}

async function bare(): Promise<number> {
  const server = await startBare();
  try {
    const clients = Array.from(
      { length: conversationCount },
      (_, lane) => new BareClient(server.url, `object-${lane}`),
    );
    await Promise.all(clients.map((client) => client.opened));
    const rate = await saturate(async (lane, index) => clients[lane]?.echo(`message ${index}`));
    for (const client of clients) client.close();
    return rate;
  } finally {
    await server.stop();
  }
}

async function ours(): Promise<{ rate: number; lost: number }> {
  const stage = await setStage(agents);
  try {
    const conversations = await converse(stage, conversationCount);
    const sent = new Map<string, number>();
    const rate = await saturate(async (lane, index) => {
      const conversation = conversations[lane];
      if (!conversation) throw new Error('There is no such conversation.');
      await conversation.visitor.send(`message ${index}`);
      sent.set(conversation.session, index + 1);
    });
    // The agents have every message, too, as soon as what is under way has arrived.
    const missing = () =>
      conversations.reduce((sum, { desk, session }) => {
        const seen = desk.logOf(session).texts.filter((text) => text.startsWith('message ')).length;
        return sum + (sent.get(session) ?? 0) - seen;
      }, 0);
    await until(() => missing() === 0, 'the agents to have all messages', 30_000).catch(() => undefined);
    for (const { visitor } of conversations) visitor.close();
    return { rate, lost: missing() };
  } finally {
    await stage.stop();
  }
}

export async function throughput(): Promise<string[]> {
  const base = await bare();
  const { rate, lost } = await ours();
  const ratio = rate / base;
  printTable(
    `Durable messages a second over ${conversationCount} conversations (limit: at least ${limit * 100}% of the bare object's)`,
    ['', 'messages/s', 'to bare'],
    [
      ['bare object, store and echo', base.toFixed(0), '100%'],
      ['visitors, each message also with its agent', rate.toFixed(0), `${(ratio * 100).toFixed(0)}%`],
    ],
  );
  return [
    ...(ratio < limit
      ? [
          `${rate.toFixed(0)} messages a second are ${(ratio * 100).toFixed(0)}% of the bare object's, at least ${limit * 100}%`,
        ]
      : []),
    ...(lost > 0 ? [`${lost} messages did not reach their agent`] : []),
  ];
}
