/** A served Parley whose channels can be filled at will, and a provider that notes when each message arrives. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/install.mjs';
import { secretsOf } from '../../scripts/server.mjs';
import { workerdArguments, workerdConfig } from '../../scripts/workerd.mjs';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { Call } from '../simulators/providers/simulator.ts';
import { addChannel, providerUrls, type TestChannel } from '../support/channels.ts';
import { startServer } from '../support/server.ts';
import { adminSignIn, ApiClient, setUp } from '../support/workspace.ts';

/** Notes the arrival of every send before it takes its time to answer. */
export class TimedService extends GeneralSimulator {
  /** `performance.now()` of each send. */
  arrivals: number[] = [];
  override readonly numbers: string[];

  constructor(numbers: string[]) {
    super();
    this.numbers = numbers;
  }

  protected override isSend(call: Call): boolean {
    const is = super.isSend(call);
    if (is) this.arrivals.push(performance.now());
    return is;
  }
}

export interface SendingStage {
  service: TimedService;
  channels: TestChannel[];
  /** Memory of the runtime, bytes. */
  memory(): Promise<number>;
  /** Puts `count` messages to so many customers into a channel's queue, numbered from `start`. */
  fill(index: number, start: number, count: number, customers: number): Promise<void>;
  /** Lets a channel send, or not. */
  enable(index: number, enabled: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Channels at these rates, switched off; the provider takes `latencyMs` for an answer. */
export async function setSendingStage(rates: readonly number[], latencyMs: number): Promise<SendingStage> {
  const numbers = rates.map((_, index) => `+1415555${String(1000 + index)}`);
  const service = await new TimedService(numbers).start();
  service.behave({ latencyMs });
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-sending-'));
  const env = providerUrls([service]);
  const channels: TestChannel[] = [];
  const server = await startServer({ build: false, dataDir, env });
  const admin = await setUp(server);
  const agent = await admin.agent();
  const destination = { kind: 'agent' as const, id: agent.agent.id };
  for (const [index, rate] of rates.entries()) {
    const number = { number: numbers[index] ?? '', destination, starters: { agents: [], groups: [] } };
    channels.push(
      await addChannel(admin, service, destination, {
        name: `${rate} a second`,
        rate,
        enabled: false,
        numbers: [number],
      }),
    );
  }
  await server.kill('SIGTERM');

  const runtime = await serveWithLoader(dataDir, env);
  const api = new ApiClient(runtime.url);
  await api.signIn(adminSignIn.login, adminSignIn.password);
  return {
    service,
    channels,
    async memory() {
      const status = await readFile(`/proc/${runtime.child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    },
    async fill(index, start, count, customers) {
      const added = channels[index];
      if (!added) throw new Error('There is no such channel.');
      const answer = await fetch(runtime.loader, {
        method: 'POST',
        body: JSON.stringify({ channel: added.channel.id, from: added.number, start, count, customers }),
      });
      if (!answer.ok) throw new Error(`The loader answered ${answer.status}.`);
    },
    async enable(index, enabled) {
      const added = channels[index];
      if (!added) throw new Error('There is no such channel.');
      const { id, createdAt: _at, secretsSet: _set, webhookUrl: _url, ...input } = added.channel;
      await api.call('PATCH', `/api/channels/${id}`, { ...input, enabled });
    },
    async stop() {
      const ended = new Promise((done) => runtime.child.once('exit', done));
      runtime.child.kill('SIGKILL');
      await ended;
      await service.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface Runtime {
  child: ChildProcess;
  url: string;
  loader: string;
}

/** The runtime as `npm start` configures it, with the loader's Worker beside ours. */
async function serveWithLoader(dataDir: string, env: Record<string, string>): Promise<Runtime> {
  const whole = { ...secretsOf(dataDir), ...process.env, ...env };
  const config = workerdConfig({
    address: '127.0.0.1:0',
    dataDir,
    tls: null,
    privateNetwork: true,
    env: whole,
  })
    .replace(
      'services = [',
      `services = [
    (name = "loader", worker = (
      modules = [(name = "worker.js", esModule = embed ${JSON.stringify(join(root, 'test/bench/loader.worker.js'))})],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "CHANNEL", durableObjectNamespace = (className = "Channel", serviceName = "main"))])),`,
    )
    .replace(
      'sockets = [',
      'sockets = [(name = "loader", address = "127.0.0.1:0", service = "loader", http = ()), ',
    );
  const file = join(dataDir, 'bench.capnp');
  await writeFile(file, config, { mode: 0o600 });
  const program = createRequire(import.meta.url)('workerd') as { default: string };
  const child = spawn(program.default, workerdArguments(file), {
    env: whole,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const ports = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    let heard = '';
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      for (const [, name = '', port = ''] of heard.matchAll(/"socket":"(\w+)","port":(\d+)/g)) {
        ports.set(name, port);
      }
      if (ports.size === 2) resolve();
    });
    child.once('exit', () => reject(new Error('The runtime did not start.')));
  });
  return {
    child,
    url: `http://127.0.0.1:${ports.get('http')}`,
    loader: `http://127.0.0.1:${ports.get('loader')}`,
  };
}

export interface Paced {
  /** Messages a second between the first and the last. */
  achieved: number;
  /** Most that arrived within any one second. */
  most: number;
}

/** How evenly arrivals came, without the first `skip`. */
export function pacedOf(arrivals: readonly number[], skip = 0): Paced {
  const times = arrivals.slice(skip);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return { achieved: ((times.length - 1) / span) * 1_000, most };
}
