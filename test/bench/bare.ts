/** Serves the bare objects (bare.worker.js) with the workerd that serves Parley, and talks to it. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { root } from '../../scripts/install.mjs';

export interface BareServer {
  url: string;
  stop(): Promise<void>;
}

const config = (objects: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed ${JSON.stringify(join(root, 'test/bench/bare.worker.js'))})],
      compatibilityDate = "2026-11-01",
      bindings = [
        (name = "BARE", durableObjectNamespace = "Bare"),
        (name = "LANE", durableObjectNamespace = "BareLane")],
      durableObjectNamespaces = [
        (className = "Bare", uniqueKey = "bare", enableSql = true),
        (className = "BareLane", uniqueKey = "lane", enableSql = true)],
      durableObjectStorage = (localDisk = "objects"),
      globalOutbound = "outbound")),
    (name = "outbound", network = (allow = ["private"])),
    (name = "objects", disk = (path = ${JSON.stringify(objects)}, writable = true))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "main", http = ())]
);
`;

export async function startBare(): Promise<BareServer> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bare-'));
  await mkdir(join(folder, 'objects'));
  const file = join(folder, 'bare.capnp');
  await writeFile(file, config(join(folder, 'objects')));
  const workerd = createRequire(import.meta.url)('workerd') as { default: string };
  const child = spawn(
    workerd.default,
    ['serve', '--experimental', '--import-path=/', '--control-fd=3', file],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    },
  );
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const port = await new Promise<string>((resolve, reject) => {
    let heard = '';
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      const found = /"port":(\d+)/.exec(heard)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error('The bare server did not start.')));
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    async stop() {
      process.off('exit', onExit);
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A connection to one bare object; `echo` resolves when a text has been stored and sent back. */
export class BareClient {
  private readonly socket: WebSocket;
  /** Resolves when connected. */
  readonly opened: Promise<void>;
  private readonly waiting = new Map<string, () => void>();

  constructor(url: string, name: string) {
    this.socket = new WebSocket(`${url}/${name}`, { perMessageDeflate: false });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
    this.socket.on('message', (data) => {
      const text = data.toString();
      this.waiting.get(text)?.();
      this.waiting.delete(text);
    });
  }

  echo(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(text, resolve);
      this.socket.send(text);
    });
  }

  close(): void {
    this.socket.terminate();
  }
}
