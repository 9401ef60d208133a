/**
 * `npm run bench`: prints the figures that Parley promises, each beside its limit and its bare baseline.
 * `npm run bench -- latency` runs one part; parts: weights, latency, throughput, visitors, intake,
 * pacing, backlog, inbox.
 */
import { buildOrEnd } from './build.mjs';
import { prepare, run } from './install.mjs';

await prepare();
await buildOrEnd();
process.exit(
  run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'test/bench/main.ts',
    ...process.argv.slice(2),
  ]),
);
