/**
 * `npm test`: installs what is missing (packages, Node, Chromium), builds, and runs all tests. Arguments go to
 * vitest: `npm test -- --project core`, `npm test -- test/edge/desk.test.ts`.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildOrEnd } from './build.mjs';
import { chromium } from './chromium.mjs';
import { bin, prepare, root, run, say } from './install.mjs';

await prepare();
await buildOrEnd();

const results = join(root, 'dist', 'test-results.json');
rmSync(results, { force: true });
const args = process.argv.slice(2);
const code = run(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...args],
  { PARLEY_CHROMIUM: chromium(), PARLEY_BUILT: '1', WRANGLER_SEND_METRICS: 'false' },
);

/** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: unknown[] }[] } | null} */
const summary = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : null;
const passed = summary?.numPassedTests ?? 0;
// A file that could not even be loaded counts as one failure: it holds no test that could fail.
const broken = summary?.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
const failed = Math.max((summary?.numFailedTests ?? 0) + (broken?.length ?? 0), code === 0 ? 0 : 1);
say(`${passed} passed, ${failed} failed`);
process.exit(code);
