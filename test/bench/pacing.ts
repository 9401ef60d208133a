/** The channel's rate, measured where the messages arrive, beside a bare Worker and BullMQ's limiter on Redis. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { until } from '../support/until.ts';
import { startBare } from './bare.ts';
import { pacedOf, setSendingStage, type Paced, type SendingStage, TimedService } from './sending.ts';
import { printTable } from './table.ts';

const rates = [1, 10, 80, 200, 1_000];
const latencyMs = 150;
const secondsEach = 12;
/** Left out of the rate, while connections are made; no second may hold more than the rate all the same. */
const warmUpSeconds = 2;
const customers = 5_000;
/** Of one object of the bare Worker. */
const callsAtOnce = 3;
/** Part of the configured rate that has to be achieved. */
const limit = 0.99;

async function parley(stage: SendingStage, index: number): Promise<Paced> {
  const { service } = stage;
  const rate = rates[index] ?? 1;
  const count = rate * secondsEach + 1;
  await stage.fill(index, 0, count, customers);
  service.arrivals = [];
  await stage.enable(index, true);
  await until(() => service.arrivals.length >= count, `${count} messages`, (secondsEach + 20) * 1_000);
  const { achieved } = pacedOf(service.arrivals, rate * warmUpSeconds);
  return { achieved, most: pacedOf(service.arrivals).most };
}

/** The call that sends one message to the service. */
const callOf = (service: TimedService, text: string) => ({
  url: `${service.url}/messages`,
  init: {
    method: 'POST',
    headers: { authorization: `Bearer ${service.fields.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: '+14155551000', to: '+14155550101', text }),
  },
});

/** Timers and calls in a Worker with nothing around them, which know nothing of what leaves late. */
async function bare(): Promise<Map<number, Paced>> {
  const server = await startBare();
  const service = await new TimedService(['+14155551000']).start();
  service.behave({ latencyMs });
  const found = new Map<number, Paced>();
  try {
    for (const rate of rates) {
      const count = rate * secondsEach + 1;
      service.arrivals = [];
      const lanes = Math.ceil((rate * latencyMs) / 1_000 / callsAtOnce);
      const asked = { call: callOf(service, 'message'), perSecond: rate, count, lanes };
      await fetch(`${server.url.replace('ws:', 'http:')}/pace`, {
        method: 'POST',
        body: JSON.stringify(asked),
      });
      await until(
        () => service.arrivals.length >= count,
        `the bare Worker at ${rate}`,
        (secondsEach + 20) * 1_000,
      );
      const { achieved } = pacedOf(service.arrivals, rate * warmUpSeconds);
      found.set(rate, { achieved, most: pacedOf(service.arrivals).most });
    }
    return found;
  } finally {
    await server.stop();
    await service.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** The same messages through BullMQ; null where there is no Redis. */
async function bullmq(): Promise<Map<number, Paced> | null> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder], {
    stdio: 'ignore',
  });
  const missing = await new Promise<boolean>((resolve) => {
    redis.once('error', () => resolve(true));
    redis.once('spawn', () => resolve(false));
  });
  if (missing) {
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const found = new Map<number, Paced>();
  try {
    for (const rate of rates) {
      const service = await new TimedService(['+14155551000']).start();
      service.behave({ latencyMs });
      const count = rate * secondsEach + 1;
      const queue = new Queue(`rate-${rate}`, { connection });
      await queue.addBulk(Array.from({ length: count }, (_, index) => ({ name: 'send', data: { index } })));
      const worker = new Worker(
        `rate-${rate}`,
        async ({ data }: { data: { index: number } }) => {
          const { url, init } = callOf(service, `message ${data.index}`);
          await fetch(url, init).then((answer) => answer.arrayBuffer());
        },
        {
          connection,
          limiter: { max: rate, duration: 1_000 },
          concurrency: Math.max(1, Math.ceil(rate * (latencyMs / 1_000) * 2)),
        },
      );
      await until(() => service.arrivals.length >= count, `BullMQ at ${rate}`, (secondsEach + 30) * 1_000);
      const { achieved } = pacedOf(service.arrivals, rate * warmUpSeconds);
      found.set(rate, { achieved, most: pacedOf(service.arrivals).most });
      await worker.close();
      await queue.close();
      await service.close();
    }
    return found;
  } finally {
    redis.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

export async function pacing(): Promise<string[]> {
  const missed: string[] = [];
  const rows: string[][] = [];
  const stage = await setSendingStage(rates, latencyMs);
  try {
    for (const [index, rate] of rates.entries()) {
      const { achieved, most } = await parley(stage, index);
      const share = achieved / rate;
      rows.push([
        `Parley at ${rate}`,
        achieved.toFixed(2),
        `${(share * 100).toFixed(2)}%`,
        String(most),
        String(stage.service.connections.most),
      ]);
      if (share < limit) missed.push(`${rate} messages a second: ${(share * 100).toFixed(2)}% achieved`);
      if (most > rate) missed.push(`${rate} messages a second: ${most} within one second`);
    }
  } finally {
    await stage.stop();
  }
  const theirs = await bullmq();
  for (const [name, measured] of [
    ['Bare Worker', await bare()],
    ['BullMQ', theirs],
  ] as const) {
    for (const [rate, { achieved, most }] of measured ?? []) {
      const share = `${((achieved / rate) * 100).toFixed(2)}%`;
      rows.push([`${name} at ${rate}`, achieved.toFixed(2), share, String(most), '']);
    }
  }
  printTable(
    `Messages a second with a provider that takes ${latencyMs} ms (limits: at least ${limit * 100}% of the rate, never more in any second; no object opens more than six connections, or its send fails)`,
    ['', 'messages/s', 'of the rate', 'most in a second', 'connections in all'],
    rows,
  );
  if (!theirs) console.log('Redis is not installed, so BullMQ was not measured.');
  return missed;
}
