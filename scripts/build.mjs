/**
 * Builds what `npm start` serves and `npm run deploy` uploads:
 *
 *   dist/assets/widget/   the loader, the panel and its lazy parts (Vite, vite.widget.config.ts)
 *   dist/assets/admin/    console and inbox (Vite, vite.admin.config.ts), and then their service worker, which
 *                         names their parts (vite.worker.config.ts)
 *   dist/assets/guides/   the providers' set-up guides as pages (scripts/guides.mjs)
 *   dist/edge/            the Worker in one module (wrangler's dry run; needs no account and no network)
 *
 * `npm run build -- edge` builds one part. Each part remembers the hash of what it was built from, so that a
 * build without changes takes no time.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, fail, prepare, root, run, say } from './install.mjs';
import { holdLock } from './lock.mjs';

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} inputs files and folders, from the root
 * @property {string} output what must be there afterwards
 * @property {() => void | Promise<void>} build
 */

/** @param {string} configFile */
function viteBuild(configFile) {
  // Another NODE_ENV, as test runners set one, would take the libraries' larger development builds.
  const env = { NODE_ENV: 'production' };
  const code = run(bin('vite'), ['build', '--config', configFile, '--logLevel', 'warn'], env);
  if (code !== 0) throw new Error(`${configFile} could not be built. See the lines above.`);
}

/** The edge needs to know the panel's hashed name to write it into the loader. */
function writeManifest() {
  const folder = join(root, 'dist/assets/widget');
  const manifest = join(folder, 'manifest.json');
  if (existsSync(manifest)) return;
  const panel = readdirSync(folder).find((name) => /^panel-[\w-]+\.js$/.test(name));
  if (!panel) throw new Error('The widget build has no panel-[hash].js. Check vite.widget.config.ts.');
  writeFileSync(manifest, JSON.stringify({ panel: `/widget/${panel}` }));
}

/** @type {Part[]} */
const parts = [
  {
    name: 'widget',
    inputs: ['core', 'widget', 'vite.widget.config.ts', 'package-lock.json', 'tsconfig.base.json'],
    output: 'dist/assets/widget/widget.js',
    build() {
      viteBuild('vite.widget.config.ts');
      writeManifest();
    },
  },
  {
    name: 'admin',
    inputs: [
      'core',
      'admin',
      'vite.admin.config.ts',
      'vite.worker.config.ts',
      'package-lock.json',
      'tsconfig.base.json',
    ],
    output: 'dist/assets/admin/sw.js',
    build() {
      viteBuild('vite.admin.config.ts');
      viteBuild('vite.worker.config.ts');
    },
  },
  {
    name: 'guides',
    inputs: ['docs/providers', 'core/tokens.css', 'scripts/guides.mjs', 'package-lock.json'],
    output: 'dist/assets/guides/index.html',
    build: async () => {
      // Loaded only now: on a fresh clone its library is installed by the time that it is needed.
      const { buildGuides } = await import('./guides.mjs');
      buildGuides();
    },
  },
  {
    name: 'edge',
    inputs: ['core', 'edge', 'wrangler.toml', 'package-lock.json', 'tsconfig.base.json'],
    output: 'dist/edge/worker.js',
    build() {
      mkdirSync(join(root, 'dist/assets'), { recursive: true });
      rmSync(join(root, 'dist/edge'), { recursive: true, force: true });
      const code = run(bin('wrangler'), ['deploy', '--dry-run', '--outdir', 'dist/edge'], wranglerEnv);
      if (code !== 0) throw new Error('The Worker could not be built. See the lines above.');
    },
  },
];

/** Keeps wrangler quiet and off the network. */
export const wranglerEnv = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'warn',
  WRANGLER_LOG_PATH: join(root, 'dist', 'wrangler-logs'),
};

/** @param {string} path @param {import('node:crypto').Hash} hash */
function addToHash(path, hash) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) addToHash(`${path}/${name}`, hash);
    return;
  }
  // The generated types follow from wrangler.toml and change nothing in the output.
  if (path === 'edge/worker-configuration.d.ts') return;
  hash.update(path).update('\0').update(readFileSync(full)).update('\0');
}

/** @param {Part} part */
function hashOf(part) {
  const hash = createHash('sha256');
  for (const input of part.inputs) addToHash(input, hash);
  return hash.digest('hex');
}

/**
 * Builds the parts whose sources changed; at once when there are none. Two builds at the same time wait for
 * each other.
 * @param {string[]} [only] names of parts; all when empty
 * @throws when a part cannot be built
 */
export async function build(only = []) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const release = await holdLock(join(root, 'dist', '.lock'));
  /** @type {string[]} */
  const problems = [];
  try {
    for (const part of parts) {
      if (only.length > 0 && !only.includes(part.name)) continue;
      const mark = join(root, 'dist', `.${part.name}.hash`);
      const hash = hashOf(part);
      const fresh = existsSync(mark) && readFileSync(mark, 'utf8') === hash;
      if (fresh && existsSync(join(root, part.output))) continue;
      const config = part.inputs.find((name) => name.startsWith('vite.'));
      if (config && !existsSync(join(root, config))) {
        say(`Nothing to build for ${part.name}: ${config} is missing.`);
        continue;
      }
      say(`Building ${part.name} …`);
      rmSync(mark, { force: true });
      try {
        await part.build();
        writeFileSync(mark, hash);
      } catch (error) {
        // The other parts may still be of use, and their errors are news, too.
        problems.push(/** @type {Error} */ (error).message);
      }
    }
  } finally {
    release();
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Builds for a script, which ends when that fails. @param {string[]} [only] */
export const buildOrEnd = (only) => build(only).catch((error) => fail(error.message));

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await prepare();
  await buildOrEnd(process.argv.slice(2));
}
