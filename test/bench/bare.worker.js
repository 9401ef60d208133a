// @ts-nocheck: it runs in workerd, and this project has Node's types.
/** The baseline: an object that writes each message as one SQLite row and echoes it, and does nothing else. */
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
    this.ctx.storage.sql.exec('INSERT INTO message (body) VALUES (?)', text);
    socket.send(text);
  }
}

export default {
  fetch(request, env) {
    return env.BARE.getByName(new URL(request.url).pathname).fetch(request);
  },
};
