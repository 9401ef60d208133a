// @ts-nocheck: it runs in workerd, and this project has Node's types.
/**
 * The baselines: an object that writes each message as one SQLite row and answers, and does nothing else; and objects that
 * make calls at given times, and do nothing else.
 */
import { DurableObject } from 'cloudflare:workers';

export class Bare extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  }

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, text) {
    this.store(text);
    socket.send(text);
  }

  store(text) {
    this.ctx.storage.sql.exec('INSERT INTO message (body) VALUES (?)', text);
  }
}

export class BareLane extends DurableObject {
  /** Makes a call at each of these times, epoch ms. */
  pace(call, times) {
    for (const at of times) setTimeout(() => this.call(call), Math.max(0, at - Date.now()));
  }

  async call({ url, init }) {
    const answer = await fetch(url, init);
    await answer.text();
  }
}

/** Spreads `count` calls evenly over `lanes` objects, `perSecond` of them in each second. */
async function pace(request, env) {
  const { call, perSecond, count, lanes } = await request.json();
  const begin = Date.now() + 500;
  const times = Array.from({ length: count }, (_, index) => begin + (index * 1_000) / perSecond);
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      env.LANE.getByName(String(lane)).pace(
        call,
        times.filter((_, index) => index % lanes === lane),
      ),
    ),
  );
  return new Response(null, { status: 204 });
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/pace') return pace(request, env);
    const object = env.BARE.getByName(new URL(request.url).pathname);
    if (request.method !== 'POST') return object.fetch(request);
    await object.store(await request.text());
    return new Response(null, { status: 204 });
  },
};
