import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/install.mjs';
import { isGone, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { adminSignIn, ApiClient, setUp } from '../support/workspace.ts';

const temporary: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'parley-start-'));
  temporary.push(made);
  return made;
}
afterAll(() => {
  for (const path of temporary) rmSync(path, { recursive: true, force: true });
});

interface Started {
  said(): string;
  pid: number;
  exited: Promise<number | null>;
}

/** Runs a start script as a user would, and leaves it running. */
function start(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Started {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  return {
    said: () => text,
    pid: child.pid ?? 0,
    exited: new Promise((done) => child.once('exit', (code) => done(code))),
  };
}

const listens = /Parley listens on (https?):\/\/(\S+):(\d+)/;

/** Waits for the greeting and answers the port. */
async function portOf(started: Started, timeoutMs = 120_000): Promise<number> {
  await Promise.race([
    until(() => listens.test(started.said()), 'the server to listen', timeoutMs),
    started.exited,
  ]);
  const found = listens.exec(started.said());
  if (!found) throw new Error(`It does not listen:\n${started.said()}`);
  return Number(found[3]);
}

async function stop(started: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  process.kill(started.pid, signal);
  return started.exited;
}

const health = async (port: number): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${port}/health`)).json();

describe('npm start', () => {
  it('serves a fresh clone, and keeps its data over a restart', { timeout: 240_000 }, async () => {
    const clone = join(folder(), 'parley');
    execFileSync('git', ['clone', '-q', '--no-hardlinks', root, clone]);
    // The packages are the same ones; only installing them again is left out.
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    const env = { PARLEY_PORT: '0', PARLEY_DATA: 'kept' };

    const first = start([], { cwd: clone, env });
    const port = await portOf(first);
    expect(await health(port)).toEqual({ status: 'ok' });
    await until(() => /Open http:\/\/127\.0\.0\.1:\d+\/setup/.test(first.said()), 'the way to the set-up');
    await setUp({ url: `http://127.0.0.1:${port}` });
    expect(await stop(first)).toBe(0);

    const second = start([], { cwd: clone, env });
    const again = await portOf(second, 10_000);
    expect(second.said()).not.toContain('Building');
    const client = new ApiClient(`http://127.0.0.1:${again}`);
    expect(await client.signIn(adminSignIn.login, adminSignIn.password)).toMatchObject({ role: 'admin' });
    expect(second.said()).not.toContain('/setup');
    expect(await stop(second)).toBe(0);
  });

  it('keeps its secrets to itself', async () => {
    const server = await startServer();
    const file = join(server.dataDir, 'secrets.json');
    const keys = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    expect(keys.map((key) => Buffer.from(key, 'base64url').length)).toEqual([32, 32]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(server.dataDir).mode & 0o077).toBe(0);
    for (const key of keys) expect(server.output()).not.toContain(key);
    await server.stop();
  });

  it('refuses a second server on the same data, and says which process has it', async () => {
    const server = await startServer();
    const second = start(['--no-build', '--port', '0', '--data', server.dataDir]);
    expect(await second.exited).toBe(1);
    expect(second.said()).toMatch(/Another Parley \(process \d+.*\) uses .*--data/);
    expect(await health(server.port)).toEqual({ status: 'ok' });
    await server.stop();
  });

  it('says what to do about a port in use, a wrong option and half of TLS', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const address = taken.address();
    if (address === null || typeof address === 'string') throw new Error('There is no port.');
    const said = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['scripts/start.mjs', '--no-build', '--data', folder(), ...args],
        { cwd: root, encoding: 'utf8' },
      );
      return { status, text: stdout + stderr };
    };
    expect(said('--port', String(address.port))).toMatchObject({
      status: 1,
      text: expect.stringMatching(/in use\. Choose another: npm start -- --port/) as string,
    });
    expect(said('--port', 'x')).toMatchObject({
      status: 1,
      text: expect.stringContaining('is not a port') as string,
    });
    expect(said('--speed')).toMatchObject({ status: 1, text: expect.stringContaining('Usage') as string });
    expect(said('--tls-cert', 'a.pem')).toMatchObject({
      status: 1,
      text: expect.stringContaining('both --tls-cert and --tls-key') as string,
    });
    expect(said('--help')).toMatchObject({
      status: 0,
      text: expect.stringContaining('--data DIR') as string,
    });
    taken.close();
  });

  it('serves TLS with a certificate of your own', async () => {
    const data = folder();
    const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], {
      stdio: 'ignore',
    });
    const server = start(['--no-build', '--port', '0', '--data', data, '--tls-cert', cert, '--tls-key', key]);
    const port = await portOf(server);
    expect(server.said()).toContain(`https://127.0.0.1:${port}`);
    const body = await new Promise<string>((done, fail) => {
      const options = {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path: '/health',
        ca: readFileSync(cert),
      };
      request(options, (answer) => {
        answer.setEncoding('utf8').on('data', done);
      })
        .on('error', fail)
        .end();
    });
    expect(JSON.parse(body)).toEqual({ status: 'ok' });
    await stop(server);
  });
});

describe('a server that loses a process', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('starts its runtime again when that is killed', async () => {
    const { port, pid } = server;
    process.kill(pid, 'SIGKILL');
    await until(() => server.output().includes('Parley runs again.'), 'the runtime to come back');
    expect(await health(port)).toEqual({ status: 'ok' });
    expect(isGone(pid)).toBe(true);
  });

  it('takes its runtime along when it is killed itself, and starts again on the same data', async () => {
    const holders = JSON.parse(readFileSync(join(server.dataDir, 'server.lock'), 'utf8')) as {
      pid: number;
    }[];
    const [script, runtime] = holders.map((holder) => holder.pid);
    if (script === undefined || runtime === undefined) throw new Error('The lock names no processes.');
    process.kill(script, 'SIGKILL');
    await until(() => isGone(runtime), 'the runtime to end with its parent');
    await server.restart();
    expect(await health(server.port)).toEqual({ status: 'ok' });
  });
});
