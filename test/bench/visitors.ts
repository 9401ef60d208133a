/**
 * 10,000 connected visitors, each with a session object of their own and mostly idle, as visitors are: how fast
 * they connect, what they cost, and whether a message to each and back is lost.
 */
import { execSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { VisitorClient } from '../support/clients.ts';
import { greet, inParallel, lostMs, setStage } from './stage.ts';
import { printTable } from './table.ts';

const wanted = Number(process.env.PARLEY_BENCH_VISITORS ?? '10000');
/** Descriptors of a connected visitor asleep; awake, the three files of a database join them. */
const perVisitor = 2;
/** Descriptors for those awake at one moment, and for the server itself. */
const spare = 6_500;
const agents = 10;
/** Visitors that connect, and conversations that go on, at the same time. */
const width = 40;
/** How long objects may take to fall asleep after the last message. */
const sleepMs = 60_000;

interface Usage {
  megabytes: number;
  descriptors: number;
}

/** Resident memory and open descriptors of a process; Linux only, else NaN. */
async function usageOf(pid: number): Promise<Usage> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    return { megabytes: kilobytes / 1_024, descriptors: (await readdir(`/proc/${pid}/fd`)).length };
  } catch {
    return { megabytes: Number.NaN, descriptors: Number.NaN };
  }
}

/** Samples the usage until `stop` and answers the highest of each. */
function watchPeak(pid: number): { stop(): Promise<Usage> } {
  const peak: Usage = { megabytes: 0, descriptors: 0 };
  let going = true;
  const watching = (async () => {
    while (going) {
      const now = await usageOf(pid);
      peak.megabytes = Math.max(peak.megabytes, now.megabytes);
      peak.descriptors = Math.max(peak.descriptors, now.descriptors);
      await wait(500);
    }
  })();
  return {
    async stop() {
      going = false;
      await watching;
      return peak;
    },
  };
}

/** As many visitors as were asked for, or as the machine's limit of descriptors lets one process have. */
function affordable(): number {
  const limit = Number(execSync('ulimit -Hn', { encoding: 'utf8' }));
  return Number.isNaN(limit) ? wanted : Math.min(wanted, Math.floor((limit - spare) / perVisitor));
}

/** Waits until the objects sleep: only the sockets' descriptors are left. */
async function asleep(pid: number, sockets: number): Promise<Usage> {
  const deadline = Date.now() + sleepMs;
  for (;;) {
    const usage = await usageOf(pid);
    if (!(usage.descriptors > sockets * perVisitor * 1.01 + 100) || Date.now() > deadline) return usage;
    await wait(500);
  }
}

export async function visitors(): Promise<string[]> {
  const visitorCount = affordable();
  if (visitorCount < wanted) {
    console.log(
      `\nThis machine's limit of descriptors allows ${visitorCount} of ${wanted} visitors (see ulimit -Hn).`,
    );
  }
  const stage = await setStage(agents);
  const { pid } = stage.server;
  const clients: VisitorClient[] = [];
  const rows: string[][] = [];
  const report = (name: string, usage: Usage, more: string) =>
    rows.push([name, `${usage.megabytes.toFixed(0)} MB`, String(usage.descriptors), more]);
  try {
    report('server with 10 agents, no visitors', await usageOf(pid), '');

    let peak = watchPeak(pid);
    let start = performance.now();
    await inParallel(visitorCount, width, async (index) => {
      const visitor = stage.visitor(index);
      clients[index] = visitor;
      await visitor.connect(60_000);
    });
    const connectSeconds = (performance.now() - start) / 1_000;
    report(
      `${visitorCount} connect (peak)`,
      await peak.stop(),
      `${(visitorCount / connectSeconds).toFixed(0)} a second`,
    );
    report('all asleep', await asleep(pid, visitorCount), '');

    peak = watchPeak(pid);
    start = performance.now();
    let lost = 0;
    await inParallel(visitorCount, width, async (index) => {
      const visitor = clients[index];
      if (!visitor) return;
      try {
        const { desk, session } = await greet(stage, visitor, index);
        const answer = `answer ${index}`;
        await Promise.all([visitor.hears(answer, lostMs), desk.send(session, answer)]);
      } catch {
        lost += 1;
      }
    });
    const talkSeconds = (performance.now() - start) / 1_000;
    const doubled = clients.filter((visitor, index) => {
      const { texts } = visitor.log;
      return texts.length !== 2 || texts[0] !== `first ${index}` || texts[1] !== `answer ${index}`;
    }).length;
    report(
      'a message from each and to each (peak)',
      await peak.stop(),
      `${((2 * visitorCount) / talkSeconds).toFixed(0)} messages a second`,
    );
    report('all asleep again', await asleep(pid, visitorCount), `${lost} lost`);

    printTable(
      `${visitorCount} connected visitors, each their own session object (limit: nothing lost)`,
      ['', 'memory', 'descriptors', ''],
      rows,
    );
    return [
      ...(lost > 0 ? [`${lost} of ${visitorCount} messages there and back were lost`] : []),
      ...(doubled > lost
        ? [`${doubled - lost} conversations do not hold exactly their two messages in order`]
        : []),
    ];
  } finally {
    for (const client of clients) client.close();
    await stage.stop();
  }
}
