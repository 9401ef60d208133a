/** Webhooks taken in: signed, deduplicated, stored and acknowledged, beside a bare Worker with one write. */
import { randomUUID } from 'node:crypto';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import { addChannel, providerUrls, rowOf } from '../support/channels.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp } from '../support/workspace.ts';
import { startBare } from './bare.ts';
import { Poster, type Posted } from './http.ts';
import { inParallel } from './stage.ts';
import { ms, printTable, quantile } from './table.ts';

const concurrency = 32;
const customers = 200;
const warmUpMs = 3_000;
const measuredMs = 10_000;
/** Part of the bare Worker's requests a second that ours must reach. */
const limit = 0.5;
const overloadMs = 10_000;
/** Milliseconds below which 99 % of the answers must come at twice the sustainable load. */
const overloadLimitMs = 1_000;

type Post = (index: number) => Promise<Posted>;

interface Load {
  rate: number;
  answers: Posted[];
}

/** As many at a time as `concurrency`, one after the other. */
async function saturate(post: Post): Promise<Load> {
  const start = performance.now();
  const end = start + warmUpMs + measuredMs;
  const answers: Posted[] = [];
  let next = 0;
  let counted = 0;
  await inParallel(concurrency, concurrency, async () => {
    while (performance.now() < end) {
      const answer = await post(next++);
      answers.push(answer);
      const now = performance.now();
      if (answer.status === 204 && now >= start + warmUpMs && now < end) counted += 1;
    }
  });
  return { rate: counted / (measuredMs / 1_000), answers };
}

/** So many a second, whether they are answered or not. */
async function pour(post: Post, perSecond: number): Promise<Load> {
  const answers: Promise<Posted>[] = [];
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < overloadMs) {
    const due = Math.floor(((performance.now() - start) / 1_000) * perSecond);
    while (sent < due) answers.push(post(1_000_000 + sent++));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { rate: perSecond, answers: await Promise.all(answers) };
}

async function bare(): Promise<number> {
  const server = await startBare();
  const poster = new Poster(concurrency);
  try {
    const url = server.url.replace('ws:', 'http:');
    const { rate } = await saturate((index) =>
      poster.post(
        `${url}/customer-${index % customers}`,
        { 'content-type': 'application/json' },
        'x'.repeat(600),
      ),
    );
    return rate;
  } finally {
    poster.close();
    await server.stop();
  }
}

interface Ours {
  sustained: Load;
  overload: Load;
  /** Acknowledged messages that are not in the log of any conversation. */
  lost: number;
}

async function ours(): Promise<Ours> {
  const simulator = await new GeneralSimulator().start();
  const server = await startServer({ build: false, env: providerUrls([simulator]) });
  const [poster, crowd] = [new Poster(concurrency), new Poster(512)];
  try {
    const admin = await setUp(server);
    const agent = await admin.agent();
    const { channel, number } = await addChannel(admin, simulator, { kind: 'agent', id: agent.agent.id });
    const send = (by: Poster) => (index: number) => {
      const from = `+1415556${String(index % customers).padStart(4, '0')}`;
      const body = simulator.event({ from, to: number, text: `message ${index}` }, randomUUID());
      const headers = { 'content-type': 'application/json', 'x-signature-256': simulator.sign(body) };
      return by.post(channel.webhookUrl, headers, body);
    };
    const sustained = await saturate(send(poster));
    const overload = await pour(send(crowd), sustained.rate * 2);
    const acknowledged = [...sustained.answers, ...overload.answers].filter(
      ({ status }) => status === 204,
    ).length;
    const received = async () => (await rowOf(admin, channel.id)).statistics.received;
    // The channel counts when a conversation comes to rest.
    let last = 0;
    await until(
      async () => {
        last = await received().catch(() => last);
        return last >= acknowledged;
      },
      'all to be counted',
      60_000,
    ).catch((error: unknown) => console.log(`${String(error)} ${last} of ${acknowledged}`));
    return { sustained, overload, lost: Math.max(0, acknowledged - (await received())) };
  } finally {
    poster.close();
    crowd.close();
    await server.stop();
    await simulator.close();
  }
}

export async function intake(): Promise<string[]> {
  const base = await bare();
  const { sustained, overload, lost } = await ours();
  const ratio = sustained.rate / base;
  const times = overload.answers.map((one) => one.ms);
  const share = (status: number) =>
    `${((overload.answers.filter((one) => one.status === status).length / overload.answers.length) * 100).toFixed(1)}%`;
  const p99 = quantile(times, 0.99);
  const other = overload.answers.filter(({ status }) => status !== 204 && status !== 503).length;
  printTable(
    `Webhooks a second at concurrency ${concurrency} over ${customers} customers (limit: at least ${limit * 100}% of the bare Worker's)`,
    ['', 'webhooks/s', 'to bare', 'p99'],
    [
      ['bare Worker, one write', base.toFixed(0), '100%', ''],
      [
        'signed, deduplicated, stored, acknowledged',
        sustained.rate.toFixed(0),
        `${(ratio * 100).toFixed(0)}%`,
        ms(
          quantile(
            sustained.answers.map((one) => one.ms),
            0.99,
          ),
        ),
      ],
    ],
  );
  printTable(
    `Twice that load for ${overloadMs / 1_000} s (limits: nothing acknowledged is lost, p99 below ${overloadLimitMs} ms)`,
    ['', 'webhooks/s', 'stored', 'asked to come again', 'p99', 'lost'],
    [['at twice the load', overload.rate.toFixed(0), share(204), share(503), ms(p99), String(lost)]],
  );
  return [
    ...(ratio < limit
      ? [`webhooks are taken in at ${(ratio * 100).toFixed(0)}% of the bare Worker's rate`]
      : []),
    ...(p99 >= overloadLimitMs ? [`p99 at twice the load is ${p99.toFixed(0)} ms`] : []),
    ...(lost > 0 ? [`${lost} acknowledged webhooks were lost`] : []),
    ...(other > 0 ? [`${other} webhooks got another answer than "stored" or "come again"`] : []),
  ];
}
