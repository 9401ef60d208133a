/**
 * Runs workerd on a data folder and keeps it running: claims the folder, makes the keys, raises the descriptor
 * limit, starts the runtime again should it end by itself, and never leaves it behind.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fail, root, say } from './install.mjs';
import { holdersOf, shareLock, takeLock } from './lock.mjs';
import { workerdArguments, workerdConfig } from './workerd.mjs';

/** Milliseconds that open requests get to end when the server is stopped. */
const graceMs = 1_500;
/** Descriptors under which a warning is due: a connection takes two, and three more while awake. */
const fewDescriptors = 8_192;
/** How many times in a minute the runtime is started again before giving up. */
const restartsPerMinute = 5;

/**
 * @typedef {object} ServeOptions
 * @property {number} port 0 takes a free one
 * @property {string} host
 * @property {string} dataDir absolute
 * @property {{ cert: string, key: string } | null} tls absolute paths of PEM files
 */

/** @param {string} host @param {number} port */
export const addressOf = (host, port) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * Takes the data folder for this process: two servers on the same files would destroy them.
 * @param {string} dataDir
 */
export async function claim(dataDir) {
  for (const name of ['', 'objects', 'media']) {
    mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
  }
  const lock = join(dataDir, 'server.lock');
  // A killed server's runtime takes a moment to go, and it still writes until then.
  for (let tries = 0; tries < 20; tries += 1) {
    if (takeLock(lock)) {
      process.on('exit', () => rmSync(lock, { force: true }));
      return lock;
    }
    await wait(100);
  }
  const pids = holdersOf(lock).map((holder) => holder.pid);
  return fail(
    `Another Parley (process ${pids.join(', ')}) uses ${dataDir}. Stop it first, or choose another folder with --data.`,
  );
}

/**
 * The keys that sign and seal, made on the first start. Losing them signs all visitors out and makes sealed
 * credentials unreadable, so they are part of a backup.
 * @param {string} dataDir
 */
export function secretsOf(dataDir) {
  const file = join(dataDir, 'secrets.json');
  if (!existsSync(file)) {
    const key = () => randomBytes(32).toString('base64url');
    const made = { PARLEY_SIGNING_KEY: key(), PARLEY_SEALING_KEY: key() };
    writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600, flag: 'wx' });
  }
  /** @type {Record<string, string>} */
  const secrets = JSON.parse(readFileSync(file, 'utf8'));
  return secrets;
}

/** What a shell does to allow as many open files as the system lets us. */
const raiseLimit =
  'ulimit -n "$(ulimit -Hn)" 2>/dev/null || ulimit -n 65536 2>/dev/null || ulimit -n 10240 2>/dev/null';

function warnOfLowLimit() {
  if (process.platform === 'win32') return;
  const shown = spawnSync('sh', ['-c', `${raiseLimit}; ulimit -n`], { encoding: 'utf8' }).stdout.trim();
  const limit = Number(shown);
  if (!limit || limit >= fewDescriptors) return;
  say(
    `Only ${limit} files may be open at once: enough for about ${Math.floor(limit / 5)} people who write at`,
  );
  say('the same time. Raise the limit of this account (nofile) for more: docs/self-hosting.md.');
}

/** @returns {string} the runtime's program, also where npm was told to run no install scripts */
const workerdProgram = () => createRequire(import.meta.url)('workerd').default;

/**
 * Starts workerd so that it cannot outlive this process: the shell that becomes workerd leaves a watcher
 * behind, which waits for our end of its input to close; the system does that even when we are killed.
 * @param {string} configFile @param {NodeJS.ProcessEnv} env
 */
function spawnWorkerd(configFile, env) {
  const args = workerdArguments(configFile);
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['pipe', 'inherit', 'inherit', 'pipe'];
  if (process.platform === 'win32') return spawn(workerdProgram(), args, { stdio, env });
  // The input of a background command would be /dev/null, hence the copy; 3 is workerd's own report.
  const script = `${raiseLimit}
exec 4<&0
{ read -r word; [ "$word" = ended ] || kill -9 $$; } <&4 3>&- >/dev/null 2>&1 &
exec "$0" "$@" </dev/null 4<&-`;
  // A group of its own: Ctrl+C reaches us, and we let it finish.
  return spawn('sh', ['-c', script, workerdProgram(), ...args], { stdio, env, cwd: root, detached: true });
}

/**
 * The port that workerd says it listens on; never resolves when it ends before.
 * @param {import('node:child_process').ChildProcess} child @returns {Promise<number>}
 */
function listening(child) {
  return new Promise((done) => {
    let heard = '';
    child.stdio[3]?.on('data', (/** @type {Buffer} */ chunk) => {
      heard += chunk.toString();
      const found = /"event":"listen".*"port":(\d+)/.exec(heard);
      if (found) done(Number(found[1]));
    });
  });
}

/**
 * Serves until this process is told to stop (SIGINT, SIGTERM, SIGHUP).
 * @param {ServeOptions} options
 * @param {string} lock from `claim`
 * @param {(port: number) => Promise<void>} onListen called each time the runtime begins to listen
 */
export async function serve(options, lock, onListen) {
  const { dataDir, host, tls } = options;
  warnOfLowLimit();

  const env = { ...secretsOf(dataDir), ...process.env };
  const configFile = join(dataDir, 'parley.capnp');
  let { port } = options;
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    say('Stopping …');
    child?.kill('SIGTERM');
    setTimeout(() => child?.kill('SIGKILL'), graceMs).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);

  /** @type {number[]} */
  let starts = [];
  while (!stopping) {
    const now = Date.now();
    starts = [...starts.filter((at) => now - at < 60_000), now];
    // Stand-ins for providers run on this machine: only then may the Worker reach it.
    const privateNetwork = env.PARLEY_ALLOW_PRIVATE_NETWORK === '1' || Boolean(env.PARLEY_PROVIDER_URLS);
    const config = workerdConfig({ address: addressOf(host, port), dataDir, tls, privateNetwork, env });
    writeFileSync(configFile, config, { mode: 0o600 });
    const started = spawnWorkerd(configFile, env);
    child = started;
    if (started.pid !== undefined) shareLock(lock, started.pid);
    void listening(started).then((real) => {
      port = real;
      return onListen(real);
    });
    const reason = await new Promise((done) => {
      started.once('exit', (code, signal) => done(signal ?? `code ${code}`));
      started.once('error', (error) => done(error.message));
    });
    started.stdin?.end('ended\n');
    if (stopping) break;
    if (port === 0 || starts.length > restartsPerMinute) {
      fail(`The runtime ended (${reason}) and could not be kept running. See the lines above.`);
    }
    say(`The runtime ended (${reason}); starting it again …`);
  }
}
