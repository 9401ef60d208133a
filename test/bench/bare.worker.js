// @ts-nocheck: it runs in workerd, and this project has Node's types.
/** The baseline: an object that writes each message as one SQLite row and answers, and does nothing else. */
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

export default {
  async fetch(request, env) {
    const object = env.BARE.getByName(new URL(request.url).pathname);
    if (request.method !== 'POST') return object.fetch(request);
    await object.store(await request.text());
    return new Response(null, { status: 204 });
  },
};
