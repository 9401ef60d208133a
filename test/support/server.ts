/** A real Parley for tests and measurements: the built product, started as a user would, on a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as buildAll } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { birthOf } from '../../scripts/lock.mjs';
import { until } from './until.ts';

export interface ServerOptions {
  env?: Record<string, string>;
  /** A temporary folder, removed by `stop()`, when absent. */
  dataDir?: string;
  /** A free one when absent; `restart()` takes the same again. */
  port?: number;
  /** Whether to build first when sources changed (default true). */
  build?: boolean;
  /** Starts a copy of what was built, which the test may change without disturbing others (default false). */
  copy?: boolean;
}

export interface Server {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** The folder of Parley that runs. */
  readonly root: string;
  /** The runtime's process (workerd): the one whose memory counts. */
  readonly pid: number;
  /** What the server has printed since the test began. */
  output(): string;
  /** Ends the server's processes by a signal and waits until they are gone; the data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again on the same port and data, killing it first if it still runs. */
  restart(): Promise<void>;
  /** Stops, and removes the data if they were temporary. */
  stop(): Promise<void>;
}

interface Running {
  script: ChildProcess;
  port: number;
  runtimePid: number;
}

const startTimeoutMs = 60_000;

/** Whether a process has ended; one that only waits to be collected has. */
export const isGone = (pid: number): boolean => birthOf(pid) === null;

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** What a server needs of this folder, in a temporary one. The packages are the same ones. */
async function copyBuilt(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'parley-copy-'));
  for (const part of ['scripts', 'package.json', 'package-lock.json', 'dist/assets', 'dist/edge']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function launch(
  folder: string,
  port: number,
  dataDir: string,
  env: Record<string, string>,
  log: string[],
): Promise<Running> {
  const args = ['--no-build', '--port', String(port), '--host', '127.0.0.1', '--data', dataDir];
  const script = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const from = log.length;
  const said = () => log.slice(from).join('');
  for (const stream of [script.stdout, script.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => log.push(text));
  }
  const listens = /Parley listens on https?:\/\/\S+:(\d+)/;
  await until(() => listens.test(said()) || hasEnded(script), 'the server to start', startTimeoutMs);
  const found = listens.exec(said());
  if (!found) throw new Error(`The server did not start:\n${said()}`);
  const holders: unknown = JSON.parse(await readFile(join(dataDir, 'server.lock'), 'utf8'));
  const runtime = Array.isArray(holders) ? (holders as { pid: number }[])[1] : undefined;
  if (!runtime) throw new Error('The lock file does not name the runtime.');
  return { script, port: Number(found[1]), runtimePid: runtime.pid };
}

/** Starts a server and resolves when it listens. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  // `npm test` has built already.
  if (options.build !== false && process.env.PARLEY_BUILT !== '1') await buildAll();
  const folder = options.copy ? await copyBuilt() : root;
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'parley-test-')));
  const log: string[] = [];
  const env = options.env ?? {};
  let running = await launch(folder, options.port ?? 0, dataDir, env, log);
  // A test process that ends early must not leave its servers behind.
  const onExit = () => running.script.kill('SIGKILL');
  process.once('exit', onExit);

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { script, runtimePid } = running;
    if (!hasEnded(script)) {
      script.kill(signal);
      if (signal === 'SIGKILL' && !isGone(runtimePid)) process.kill(runtimePid, 'SIGKILL');
    }
    await until(() => hasEnded(script) && isGone(runtimePid), 'the server to end');
  }

  return {
    get url() {
      return `http://127.0.0.1:${running.port}`;
    },
    get port() {
      return running.port;
    },
    get pid() {
      return running.runtimePid;
    },
    dataDir,
    root: folder,
    output: () => log.join(''),
    kill,
    async restart() {
      await kill();
      const { port } = running;
      // Somebody's connection may have got the port meanwhile; it ends.
      const again = () =>
        launch(folder, port, dataDir, env, log).catch((error: unknown) => {
          if (String(error).includes('is in use')) return null;
          throw error;
        });
      running = await until(again, 'the port to be free', startTimeoutMs);
    },
    async stop() {
      process.off('exit', onExit);
      await kill('SIGTERM');
      if (temporary) await rm(dataDir, { recursive: true, force: true });
      if (options.copy) await rm(folder, { recursive: true, force: true });
    },
  };
}
