/**
 * A socket client for Node that behaves as the real ones do: it reconnects, says hello first, and sends each
 * request again until it is answered. Base of the visitor's and the agent's client.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { closeCodes, subprotocol } from '../../core/protocol.ts';

/** What every answer to a request holds. */
interface Answer {
  kind: string;
  id?: string | undefined;
  seq?: number | undefined;
  problem?: { code: string; message: string };
}

/** A request that the edge refused; `code` is the problem's. */
export class Refused extends Error {
  readonly code: string;
  constructor(problem: { code: string; message: string }) {
    super(`${problem.code}: ${problem.message}`);
    this.code = problem.code;
  }
}

interface Pending<Frame> {
  frame: Frame;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export interface Connection {
  url: string;
  headers: Record<string, string>;
  protocols: string[];
}

const firstRetryMs = 40;
const lastRetryMs = 1_000;

export abstract class SocketClient<Out extends { kind: string }, In extends Answer> {
  private socket: WebSocket | null = null;
  private retryMs = firstRetryMs;
  private retry: NodeJS.Timeout | null = null;
  private closed = false;
  private readonly pending = new Map<string, Pending<Out>>();
  private readonly waiters = new Set<() => void>();
  /** How often the edge welcomed this client. */
  welcomes = 0;
  /** The code that ended the connection last; null before. */
  lastClose: number | null = null;

  /** Where to connect, asked anew each time (a token may have to be renewed). */
  protected abstract target(): Promise<Connection>;
  /** The first frame of every connection. */
  protected abstract hello(): Out;
  protected abstract parse(text: string): In;
  /** Every frame but answers to requests that wait for them. */
  protected abstract take(frame: In): void;

  /** Connects, and resolves with the first welcome. */
  async connect(timeoutMs = 20_000): Promise<void> {
    const before = this.welcomes;
    void this.open();
    await this.until(() => this.welcomes > before, 'the welcome', timeoutMs);
  }

  /** Closes for good; requests without an answer are rejected. */
  close(): void {
    this.closed = true;
    if (this.retry) clearTimeout(this.retry);
    this.socket?.terminate();
    for (const { reject } of this.pending.values()) reject(new Error('The client was closed.'));
    this.pending.clear();
  }

  /** Drops the connection as a bad network does; the client comes back by itself. */
  drop(): void {
    this.socket?.terminate();
  }

  get connected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Requests that the edge has not answered yet. */
  get unanswered(): number {
    return this.pending.size;
  }

  /** Sends a frame that has no answer; lost when there is no connection, as with the real clients. */
  tell(frame: Out): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Sends a raw text or bytes, for tests of bad input. */
  sendRaw(data: string | Uint8Array): void {
    this.socket?.send(data);
  }

  /** Sends a request, again after each reconnect, until it is answered; throws `Refused`. */
  protected request(frame: Out & { id: string }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.pending.set(frame.id, { frame, resolve, reject });
      if (this.welcomes > 0) this.tell(frame);
    });
  }

  protected newId(): string {
    return randomUUID();
  }

  /** Resolves as soon as the condition holds; looked at after each frame and close. */
  async until(condition: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(look);
        reject(new Error(`Waited ${timeoutMs} ms for ${what}.`));
      }, timeoutMs);
      const look = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve();
      };
      this.waiters.add(look);
    });
  }

  private async open(): Promise<void> {
    let target: Connection;
    try {
      target = await this.target();
    } catch {
      this.later();
      return;
    }
    if (this.closed) return;
    const socket = new WebSocket(target.url, target.protocols, {
      headers: target.headers,
      perMessageDeflate: false,
      handshakeTimeout: 15_000,
    });
    this.socket = socket;
    socket.on('open', () => socket.send(JSON.stringify(this.hello())));
    socket.on('message', (data) => this.receive(data.toString()));
    // The close that follows says the same.
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.lastClose = code;
      if (this.socket === socket) this.socket = null;
      this.look();
      this.later();
    });
  }

  private later(): void {
    if (this.closed || this.lastClose === closeCodes.forbidden) return;
    // Spread out, so that a thousand clients do not come back at one moment.
    const wait = this.retryMs * (0.5 + Math.random());
    this.retryMs = Math.min(lastRetryMs, this.retryMs * 2);
    this.retry = setTimeout(() => void this.open(), wait);
  }

  private receive(text: string): void {
    if (text === 'pong') return;
    const frame = this.parse(text);
    const waiting = frame.id === undefined ? undefined : this.pending.get(frame.id);
    if (waiting && frame.id !== undefined) {
      this.pending.delete(frame.id);
      if (frame.kind === 'refused' && frame.problem) waiting.reject(new Refused(frame.problem));
      else waiting.resolve(frame);
    }
    this.take(frame);
    if (frame.kind === 'welcome') {
      this.retryMs = firstRetryMs;
      this.welcomes += 1;
      for (const { frame: again } of this.pending.values()) this.tell(again);
    }
    this.look();
  }

  private look(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}

/** The subprotocols of a visitor's socket: the second carries the token, so that no URL does. */
export const visitorProtocols = (token: string) => [subprotocol, token];

export const socketUrl = (url: string, path: string) => `${url.replace(/^http/, 'ws')}${path}`;
