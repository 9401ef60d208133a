/**
 * Makes `npm start`, `npm test` and the others work as the first command on a fresh clone: installs the
 * packages when they are missing or out of date, and goes on in the newer Node that they bring along.
 * Uses nothing but Node 20 itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The tools of the build (wrangler, vitest) ask for Node 22.12 or later. */
const neededMajor = 22;
const neededMinor = 12;

/** Says one line about what is being done. @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Ends the script with what went wrong and how to put it right. @param {string} line @returns {never} */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** Our environment with the installed Node before the system's, which tools would find too old. */
export const toolEnv = () => ({
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
});

/**
 * Runs a program to its end with our own input and output.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to ours
 * @returns {number} its exit code
 */
export function run(command, args, env = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...toolEnv(), ...env } });
  return done.status ?? 1;
}

/** A program that an installed package brought. @param {string} name */
export const bin = (name) =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

function nodeIsNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** Whether npm's record of what it installed has each package of the lock file in its version. */
function installed() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  /** @type {(file: string) => Record<string, { version?: string, optional?: boolean }>} */
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = packages(record);
  return Object.entries(packages(join(root, 'package-lock.json'))).every(
    // Optional ones are mostly binaries for other systems.
    ([path, wanted]) => path === '' || wanted.optional || have[path]?.version === wanted.version,
  );
}

function installIfNeeded() {
  if (installed()) return;
  say('Installing packages (npm ci) …');
  // What builds is a development dependency, whatever NODE_ENV says.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = run(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0)
    fail('The packages could not be installed. See the lines above, then run the command again.');
}

/**
 * Installs what is missing. When this Node is too old, the calling script is run again in the installed one
 * and this process only waits for its end: the promise then never resolves.
 */
export async function prepare() {
  installIfNeeded();
  if (nodeIsNewEnough()) {
    // Started by an older Node (below): do not outlive it, even when it is killed.
    if (process.env.PARLEY_RELAUNCHED) {
      process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
      process.channel?.unref();
    }
    return;
  }
  const child = spawn(bin('node'), process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PARLEY_RELAUNCHED: '1' },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  await new Promise(() => {
    child.on('exit', (code) => process.exit(code ?? 1));
    child.on('error', (error) =>
      fail(`The newer Node could not be started: ${error.message}. Delete node_modules and try again.`),
    );
  });
}
