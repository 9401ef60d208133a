/**
 * How long a message takes from one side to the other, beside a bare object that stores and echoes it. At a
 * steady rate of messages and from the same rest, the same for both.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { BareClient, startBare } from './bare.ts';
import { converse, inParallel, setStage } from './stage.ts';
import { ms, printTable, quantile } from './table.ts';

const sizes = [1, 100, 1_000] as const;
const agents = 10;
const messages = 600;
/** Time from one message to the next; both directions take turns. */
const paceMs = 12;
/** Messages that only warm up the runtime and count for nothing. */
const warmUp = 100;
/**
 * Pause before each measurement, ms: longer than an object stays awake without work, so that both sides start
 * from the same rest, whatever their opening has cost them.
 */
const restMs = 15_000;
/** How many times the bare object's median ours may take. */
const limit = 2.5;

/** Sends at a steady pace and answers each message's time, ms; `send` resolves when it has arrived. */
async function measure(send: (index: number) => Promise<void>): Promise<number[]> {
  await wait(restMs);
  const taken: number[] = [];
  const running: Promise<void>[] = [];
  const start = performance.now();
  for (let index = 0; index < warmUp + messages; index += 1) {
    const due = start + index * paceMs;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    const began = performance.now();
    running.push(
      send(index).then(() => {
        if (index >= warmUp) taken.push(performance.now() - began);
      }),
    );
  }
  await Promise.all(running);
  return taken;
}

async function ours(size: number): Promise<{ toAgent: number[]; toVisitor: number[] }> {
  const stage = await setStage(Math.min(agents, size));
  try {
    const conversations = await converse(stage, size);
    const send = (to: 'agent' | 'visitor') => async (index: number) => {
      const conversation = conversations[index % size];
      if (!conversation) throw new Error('There is no such conversation.');
      const text = `${to} ${index}`;
      const { visitor, desk, session } = conversation;
      const [arrived, stored] =
        to === 'agent'
          ? [desk.hears(text), visitor.send(text)]
          : [visitor.hears(text), desk.send(session, text)];
      // What is measured is the arrival; a refusal must still end the run.
      await Promise.race([arrived, stored.then(async () => void (await arrived))]);
    };
    const toAgent = await measure(send('agent'));
    const toVisitor = await measure(send('visitor'));
    for (const { visitor } of conversations) visitor.close();
    return { toAgent, toVisitor };
  } finally {
    await stage.stop();
  }
}

async function bare(size: number): Promise<number[]> {
  const server = await startBare();
  try {
    const clients = Array.from({ length: size }, (_, index) => new BareClient(server.url, `object-${index}`));
    await inParallel(size, 20, async (index) => {
      await clients[index]?.opened;
      await clients[index]?.echo('first');
    });
    const taken = await measure(async (index) => clients[index % size]?.echo(`message ${index}`));
    for (const client of clients) client.close();
    return taken;
  } finally {
    await server.stop();
  }
}

export async function latency(): Promise<string[]> {
  const rows: string[][] = [];
  const missed: string[] = [];
  for (const size of sizes) {
    const base = await bare(size);
    const { toAgent, toVisitor } = await ours(size);
    const baseMedian = quantile(base, 0.5);
    const row = (name: string, taken: number[]) => {
      const ratio = quantile(taken, 0.5) / baseMedian;
      rows.push([
        `${size} × ${name}`,
        ms(quantile(taken, 0.5)),
        ms(quantile(taken, 0.99)),
        `${ratio.toFixed(2)}×`,
      ]);
      return ratio;
    };
    row('bare object, store and echo', base);
    for (const [name, taken] of [
      ['visitor → agent', toAgent],
      ['agent → visitor', toVisitor],
    ] as const) {
      const ratio = row(name, taken);
      if (ratio > limit)
        missed.push(`${name} at ${size} takes ${ratio.toFixed(2)} times the bare object, at most ${limit}`);
    }
  }
  const title = `Message latency, one message each ${paceMs} ms (limit: p50 at most ${limit}× the bare object's)`;
  printTable(title, ['conversations', 'p50', 'p99', 'p50 to bare'], rows);
  return missed;
}
