/** A million messages waiting in one channel: how fast they are taken in, what they cost, and the pace then. */
import { until } from '../support/until.ts';
import { pacedOf, setSendingStage } from './sending.ts';
import { printTable } from './table.ts';

const count = 1_000_000;
const customers = 200_000;
const rate = 200;
const secondsPaced = 12;
const limit = 0.99;
const mib = 1024 * 1024;

export async function backlog(): Promise<string[]> {
  const stage = await setSendingStage([rate], 150);
  try {
    const before = await stage.memory();
    const start = performance.now();
    const step = count / 10;
    for (let at = 0; at < count; at += step) await stage.fill(0, at, step, customers);
    const seconds = (performance.now() - start) / 1_000;
    const after = await stage.memory();
    await stage.enable(0, true);
    const wanted = rate * secondsPaced;
    await until(() => stage.service.arrivals.length >= wanted, `${wanted} messages`, 60_000);
    const arrivals = stage.service.arrivals.slice(0, wanted);
    const { achieved } = pacedOf(arrivals, rate * 2);
    const { most } = pacedOf(arrivals);
    printTable(
      `${count.toLocaleString('en')} messages waiting in one channel (limits: pacing as without them)`,
      ['', 'value'],
      [
        ['taken in, messages/s', (count / seconds).toFixed(0)],
        ['memory of the runtime before, MiB', (before / mib).toFixed(0)],
        ['memory with all of them waiting, MiB', (after / mib).toFixed(0)],
        [`messages/s at ${rate}`, `${achieved.toFixed(2)} (${((achieved / rate) * 100).toFixed(2)}%)`],
        ['most in a second', String(most)],
      ],
    );
    return [
      ...(achieved / rate < limit
        ? [`with a backlog ${((achieved / rate) * 100).toFixed(2)}% of the rate`]
        : []),
      ...(most > rate ? [`with a backlog ${most} messages within one second`] : []),
    ];
  } finally {
    await stage.stop();
  }
}
