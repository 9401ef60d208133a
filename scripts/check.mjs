/** `npm run check`: types of all parts, lint, format. Changes nothing but the generated Worker types. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wranglerEnv } from './build.mjs';
import { bin, prepare, root, run, say } from './install.mjs';

await prepare();

/** @type {[string, string, string[]][]} */
const steps = [
  // Names of secrets and optional bindings come from edge/env.ts, so only the runtime's types are generated.
  ['Types of the runtime', 'wrangler', ['types', 'edge/worker-configuration.d.ts', '--include-env=false']],
  ['Types: widget and admin', 'tsc', ['-p', 'tsconfig.browser.json']],
  ['Types: service worker', 'tsc', ['-p', 'tsconfig.worker.json']],
  ['Types: edge', 'tsc', ['-p', 'tsconfig.edge.json']],
  ['Types: scripts and tests', 'tsc', ['-p', 'tsconfig.node.json']],
  ['Lint', 'eslint', ['.', '--max-warnings=0']],
  ['Format', 'prettier', ['--check', '--log-level=warn', '.']],
];

const failed = [];
for (const [title, tool, args] of steps) {
  say(`${title} …`);
  if (run(bin(tool), args, wranglerEnv) !== 0) failed.push(title);
}
if (!existsSync(join(root, 'edge/worker-configuration.d.ts'))) failed.push('Types of the runtime');
say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exit(failed.length === 0 ? 0 : 1);
