/** A TCP proxy in front of a server that tests can make misbehave as networks do. */
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  readonly url: string;
  /** Connections through it now. */
  readonly connections: number;
  /** Lets nothing through; what is written meanwhile is kept and passed on by `resume`. */
  pause(): void;
  resume(): void;
  /** Resets all connections; new ones are accepted. */
  cut(): void;
  /** Existing connections swallow everything and never end: a path that died without a word. New ones work. */
  halfDead(): void;
  /** New connections are refused (true) or accepted again, as when a network is off; existing ones are cut. */
  offline(on: boolean): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  upstream: Socket;
  dead: boolean;
}

/** Starts a proxy on a free port of the loopback address to another port there. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let paused = false;
  let off = false;

  const server = createServer((client) => {
    if (off) {
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = { client, upstream: connect(targetPort, '127.0.0.1'), dead: false };
    pairs.add(pair);
    const ways: [Socket, Socket][] = [
      [pair.client, pair.upstream],
      [pair.upstream, pair.client],
    ];
    for (const [from, to] of ways) {
      from.setNoDelay(true);
      if (paused) from.pause();
      from.on('data', (chunk) => {
        if (!pair.dead && !to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!paused) from.resume();
      });
      from.on('end', () => {
        if (!pair.dead) to.end();
      });
      // The close that follows an error ends the other side.
      from.on('error', () => undefined);
      from.on('close', () => {
        pairs.delete(pair);
        if (!pair.dead) to.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const { port } = address;

  const setPaused = (on: boolean) => {
    paused = on;
    for (const { client, upstream } of pairs) {
      for (const socket of [client, upstream])
        if (on) socket.pause();
        else socket.resume();
    }
  };
  const cut = () => {
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  };

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return pairs.size;
    },
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    cut,
    halfDead() {
      for (const pair of pairs) pair.dead = true;
    },
    offline(on) {
      off = on;
      if (on) cut();
    },
    async close() {
      cut();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
