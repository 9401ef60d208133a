/**
 * `npm run dev`: serves like `npm start` on port 8080 with data in .data/dev, and builds and starts again when
 * a source changes. Browsers keep their page and reconnect by themselves.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { prepare, root, run, say } from './install.mjs';

await prepare();

const sources = ['core', 'edge', 'widget', 'admin'];
/** Editors write a file in several steps. */
const settleMs = 300;

const start = () =>
  spawn(
    process.execPath,
    ['scripts/start.mjs', '--no-build', '--data', '.data/dev', ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );

const build = () => run(process.execPath, ['scripts/build.mjs']) === 0;

/** @type {ReturnType<typeof start> | null} */
let server = build() ? start() : null;
let busy = false;
let again = false;

async function rebuild() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  // A build that fails says why; the last good one stays up.
  if (build()) {
    const old = server;
    if (old && old.exitCode === null) {
      const ended = new Promise((done) => old.once('exit', done));
      old.kill('SIGTERM');
      await ended;
    }
    server = start();
  }
  busy = false;
  if (again) {
    again = false;
    void rebuild();
  }
}

/** @type {NodeJS.Timeout | undefined} */
let timer;
for (const folder of sources) {
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (name === 'worker-configuration.d.ts') return;
    clearTimeout(timer);
    timer = setTimeout(() => void rebuild(), settleMs);
  });
}
say(`Watching ${sources.join(', ')}.`);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    server?.kill('SIGTERM');
    process.exit(0);
  });
}
