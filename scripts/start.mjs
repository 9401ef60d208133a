/**
 * `npm start`: builds when needed and serves everything on one port, with its data in one folder. Needs no
 * account and no other server. See docs/self-hosting.md.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { bin, fail, prepare, root, say } from './install.mjs';
import { holderOf, holdersOf, takeLock } from './lock.mjs';
import { workerdArguments, workerdConfig } from './workerd.mjs';

const help = `Usage: npm start -- [options]

  --port N         port to listen on (PARLEY_PORT, default 8080; 0 takes a free one)
  --host ADDRESS   address to listen on (PARLEY_HOST, default 127.0.0.1: this machine only;
                   0.0.0.0 or :: opens it to the network)
  --data DIR       folder of all data (PARLEY_DATA, default .data)
  --tls-cert FILE  certificate chain, PEM (PARLEY_TLS_CERT)
  --tls-key FILE   its private key, PEM (PARLEY_TLS_KEY)
  --no-build       serve dist/ as it is
  --help           this text

More by environment: PARLEY_PUBLIC_URL, PARLEY_SMTP_URL, PARLEY_MAIL_FROM, PARLEY_ADMIN_EMAIL,
PARLEY_ADMIN_PASSWORD, PARLEY_CLIENT_ADDRESS_HEADER, PARLEY_ALLOW_PRIVATE_NETWORK. See docs/self-hosting.md.`;

/** Milliseconds that open requests get to end when the server is stopped. */
const graceMs = 1_500;
/** Descriptors under which a warning is due: an awake conversation takes four, a sleeping one its socket's. */
const fewDescriptors = 8_192;
/** How many times in a minute the runtime is started again before giving up. */
const restartsPerMinute = 5;

/** @typedef {{ port: number, host: string, dataDir: string, tls: { cert: string, key: string } | null, build: boolean }} Options */

/** @returns {Options} */
function readOptions() {
  const { env } = process;
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: env.PARLEY_PORT || '8080' },
        host: { type: 'string', default: env.PARLEY_HOST || '127.0.0.1' },
        data: { type: 'string', default: env.PARLEY_DATA || '.data' },
        'tls-cert': { type: 'string', default: env.PARLEY_TLS_CERT || '' },
        'tls-key': { type: 'string', default: env.PARLEY_TLS_KEY || '' },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return fail(`${/** @type {Error} */ (error).message}\n\n${help}`);
  }
  if (values.help) {
    say(help);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`--port ${values.port} is not a port. Use a number from 1 to 65535, or 0 for a free one.`);
  }
  const { 'tls-cert': cert, 'tls-key': key } = values;
  if (Boolean(cert) !== Boolean(key)) fail('TLS needs both --tls-cert and --tls-key.');
  for (const file of [cert, key]) if (file && !existsSync(file)) fail(`${file} was not found.`);
  return {
    port,
    host: values.host,
    dataDir: resolve(values.data),
    tls: cert && key ? { cert: resolve(cert), key: resolve(key) } : null,
    build: !values['no-build'],
  };
}

/**
 * Takes the data folder for this process: two servers on the same files would destroy them.
 * @param {string} dataDir
 */
async function claim(dataDir) {
  for (const name of ['', 'objects', 'media']) {
    mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
  }
  const lock = join(dataDir, 'server.lock');
  // A killed server's runtime takes a moment to go, and it still writes until then.
  for (let tries = 0; tries < 30; tries += 1) {
    if (takeLock(lock)) return lock;
    const scriptAlive = holdersOf(lock).some((holder) => holder.pid === scriptOf(lock));
    if (scriptAlive) break;
    await wait(100);
  }
  const pids = holdersOf(lock).map((holder) => holder.pid);
  return fail(
    `Another Parley (process ${pids.join(', ')}) uses ${dataDir}. Stop it first, or choose another folder with --data.`,
  );
}

/** The script that wrote a lock comes first in it, its runtime second. @param {string} lock */
function scriptOf(lock) {
  return /** @type {{ pid: number }[]} */ (JSON.parse(readFileSync(lock, 'utf8')))[0]?.pid;
}

/**
 * The keys that sign and seal, made on the first start. Losing them signs all visitors out and makes sealed
 * credentials unreadable, so they are part of a backup.
 * @param {string} dataDir
 */
function secretsOf(dataDir) {
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

/** @param {string} host @param {number} port */
const addressOf = (host, port) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Says in plain words what workerd would say in a stack trace. @param {Options} options */
async function checkPort({ host, port }) {
  const probe = createServer();
  await new Promise((done) => {
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE')
        fail(`Port ${port} is in use. Choose another: npm start -- --port ${port + 1}`);
      if (error.code === 'EACCES') fail(`Port ${port} needs more rights. Choose one above 1023 with --port.`);
      fail(`Cannot listen on ${addressOf(host, port)}: ${error.message}.`);
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(done));
  });
}

/** What a shell does to allow as many open files as the system lets us. */
const raiseLimit =
  'ulimit -n "$(ulimit -Hn)" 2>/dev/null || ulimit -n 65536 2>/dev/null || ulimit -n 10240 2>/dev/null';

function warnOfLowLimit() {
  if (process.platform === 'win32') return;
  const shown = spawnSync('sh', ['-c', `${raiseLimit}; ulimit -n`], { encoding: 'utf8' }).stdout.trim();
  const limit = Number(shown);
  if (limit && limit < fewDescriptors) {
    say(
      `Only ${limit} files may be open at once: enough for about ${Math.floor(limit / 4)} people writing at the`,
    );
    say('same time. Raise the limit of this account (nofile) for more: docs/self-hosting.md.');
  }
}

/**
 * Starts workerd so that it cannot outlive this process: a shell between them leaves behind a watcher that
 * waits for our end of its input to close, which the system does even when we are killed.
 * @param {string} configFile @param {NodeJS.ProcessEnv} env
 */
function spawnWorkerd(configFile, env) {
  const args = workerdArguments(configFile);
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['pipe', 'inherit', 'inherit', 'pipe'];
  if (process.platform === 'win32') return spawn(bin('workerd'), args, { stdio, env, shell: true });
  const watcher = '{ read -r word; [ "$word" = ended ] || kill -9 $$; } 3>&- >/dev/null 2>&1 &';
  // A background command's input would be /dev/null, so the watcher reads a copy.
  const script = `${raiseLimit}; exec 4<&0; ${watcher.replace('3>&-', '3>&- <&4')} exec "$0" "$@" </dev/null 4<&-`;
  return spawn('sh', ['-c', script, bin('workerd'), ...args], { stdio, env, cwd: root, detached: true });
}

/** The port that workerd says it listens on. @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
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

/** Asks the server itself whether it has an admin. @param {Options} options @param {number} port @returns {Promise<boolean>} */
function setupNeeded({ host, tls }, port) {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const request = tls ? httpsRequest : httpRequest;
  return new Promise((done) => {
    // Our own certificate need not name the loopback address.
    const call = request(
      { host: own, port, path: '/api/state', rejectUnauthorized: false, timeout: 10_000 },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part) => (body += part));
        answer.on('end', () => done(/"setupNeeded":true/.test(body)));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => done(false));
    call.end();
  });
}

/** @param {Options} options @param {number} port */
async function greet(options, port) {
  const shownHost = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  const url = `${options.tls ? 'https' : 'http'}://${addressOf(shownHost, port)}`;
  say(`Parley listens on ${url}`);
  say(`Data: ${options.dataDir}`);
  if (options.host === '127.0.0.1')
    say('Only this machine can reach it; --host 0.0.0.0 opens it to the network.');
  if (await setupNeeded(options, port)) say(`Open ${url}/setup to make the first admin.`);
}

async function main() {
  const options = readOptions();
  if (options.build) await build();
  if (!existsSync(join(root, 'dist/edge/worker.js')))
    fail('There is nothing built yet. Run npm run build first.');
  const lock = await claim(options.dataDir);
  process.on('exit', () => rmSync(lock, { force: true }));
  if (options.port !== 0) await checkPort(options);
  warnOfLowLimit();

  const env = { ...secretsOf(options.dataDir), ...process.env };
  const configFile = join(options.dataDir, 'parley.capnp');
  let port = options.port;
  let stopping = false;
  /** @type {number[]} */
  const restarts = [];

  for (;;) {
    const config = workerdConfig({
      address: addressOf(options.host, port),
      dataDir: options.dataDir,
      tls: options.tls,
      privateNetwork: env.PARLEY_ALLOW_PRIVATE_NETWORK === '1',
      env,
    });
    writeFileSync(configFile, config, { mode: 0o600 });
    const child = spawnWorkerd(configFile, env);
    const pid = child.pid ?? 0;
    writeFileSync(lock, JSON.stringify([holderOf(process.pid), holderOf(pid)]), { mode: 0o600 });

    const stop = () => {
      if (stopping) return;
      stopping = true;
      say('Stopping …');
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);

    const ended = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
    const first = restarts.length === 0;
    void listening(child).then(async (real) => {
      port = real;
      if (first) await greet(options, real);
      else say('Parley runs again.');
    });
    const reason = await ended;
    child.stdin?.end('ended\n');
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
    if (stopping) break;

    const now = Date.now();
    restarts.push(now);
    const recent = restarts.filter((at) => now - at < 60_000).length;
    if (port === 0 || recent > restartsPerMinute) {
      fail(`The runtime ended (${reason}) and could not be kept running. See the lines above.`);
    }
    say(`The runtime ended (${reason}); starting it again …`);
  }
  process.exit(0);
}

await prepare();
await main();
