/** The agent's socket: connects again by itself, notices half-dead connections, and matches answers to requests. */
import ReconnectingWebSocket from 'partysocket/ws';
import { v7 as uuid } from 'uuid';
import { problem, type Problem } from '../../core/errors.ts';
import { closeCodes, toAgentFrame, type AgentFrame, type ToAgentFrame } from '../../core/protocol.ts';
import { asProblem } from './api.ts';
import { retryAfter, steadyMs } from './retry.ts';

const answerWithinMs = 15_000;
/** The pause before something is asked again that the edge could not do just now. */
const insistMs = 2_000;
const pingEveryMs = 20_000;
const pongWithinMs = 6_000;
/** The same where a dead connection is likely: after a sleep, or on another network. */
const wakePongWithinMs = 2_500;

const noAnswer = problem('unavailable', {
  message: 'The server did not answer. Check your connection and try again.',
});

/** Frames that carry an id and are answered. */
type Request = Extract<AgentFrame, { id: string }>;
/** The answer to what was stored. */
type Done = Extract<ToAgentFrame, { kind: 'done' }>;
export type Found = Extract<ToAgentFrame, { kind: 'found' }>;
type WithoutId<F> = F extends unknown ? Omit<F, 'id'> : never;

export interface SocketEvents {
  open(): void;
  /** The connection is gone; another one is being made. */
  lost(): void;
  /** The sign-in is no longer valid. */
  signedOut(): void;
  frame(frame: ToAgentFrame): void;
}

export class DeskSocket {
  readonly #socket: ReconnectingWebSocket;
  readonly #waiting = new Map<string, (answer: Done | Found | Problem) => void>();
  #ping: ReturnType<typeof setInterval> | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Tries that failed since the connection last held. */
  #failures = 0;
  /** By performance.now(); null while there is no connection. */
  #openedAt: number | null = null;

  constructor(private readonly events: SocketEvents) {
    const url = new URL('/desk', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#socket = new ReconnectingWebSocket(url.href, [], {
      connectionTimeout: 8_000,
      // The next try is made here: a wait of the library's own could not be cut short.
      maxRetries: 0,
      // What waits is in the outbox; a frame from before the break must not slip in ahead of `hello`.
      maxEnqueuedMessages: 0,
    });
    this.#socket.addEventListener('open', this.handleOpen);
    this.#socket.addEventListener('message', this.handleMessage);
    this.#socket.addEventListener('close', this.handleClose);
    addEventListener('online', this.wake);
    addEventListener('pageshow', this.wake);
    document.addEventListener('visibilitychange', this.handleVisibility);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.stopPing();
    clearTimeout(this.#retry);
    removeEventListener('online', this.wake);
    removeEventListener('pageshow', this.wake);
    document.removeEventListener('visibilitychange', this.handleVisibility);
    this.#socket.close();
    this.failAll();
  }

  /** Sends a frame that has no answer; dropped while there is no connection. */
  tell(frame: AgentFrame): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(frame));
  }

  /** Sends a request and answers null when it is stored, else why not. `id` makes a repeated one the same. */
  async ask(frame: WithoutId<Request>, id: string = uuid()): Promise<Problem | null> {
    const answer = await this.request(frame, id);
    return 'code' in answer ? answer : null;
  }

  /** Asks until the edge can do it, with pauses, while this connection is there and the answer still `wanted`. */
  async insist(frame: WithoutId<Request>, wanted: () => boolean): Promise<void> {
    for (;;) {
      const refusal = await this.ask(frame);
      if (refusal?.code !== 'unavailable') return;
      await new Promise((resolve) => setTimeout(resolve, insistMs));
      if (!this.isOpen || !wanted()) return;
    }
  }

  /** Sends a request and answers with what the edge says of it, or why not. */
  request(frame: WithoutId<Request>, id: string = uuid()): Promise<Done | Found | Problem> {
    if (!this.isOpen) return Promise.resolve(noAnswer);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(id, noAnswer), answerWithinMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#socket.send(JSON.stringify({ ...frame, id }));
    });
  }

  private handleOpen = () => {
    this.#openedAt = performance.now();
    this.#ping = setInterval(() => this.check(pongWithinMs), pingEveryMs);
    this.events.open();
  };

  private handleMessage = (event: MessageEvent) => {
    clearTimeout(this.#pong);
    this.#pong = undefined;
    if (typeof event.data !== 'string' || event.data === 'pong') return;
    const parsed = toAgentFrame.safeParse(parseJson(event.data));
    if (!parsed.success) {
      console.warn('A frame was not understood', parsed.error.issues);
      return;
    }
    const frame = parsed.data;
    this.events.frame(frame);
    if (frame.kind === 'refused') this.settle(frame.id, asProblem(frame.problem));
    if (frame.kind === 'done' || frame.kind === 'found') this.settle(frame.id, frame);
    if (frame.kind === 'events' || frame.kind === 'list')
      this.settle(frame.id, { kind: 'done', id: frame.id });
  };

  private handleClose = (event: { code: number; reason: string }) => {
    this.stopPing();
    this.failAll();
    if (event.code === closeCodes.unauthorized || event.code === closeCodes.forbidden) {
      this.#socket.close();
      this.events.signedOut();
      return;
    }
    if (this.#openedAt !== null && performance.now() - this.#openedAt >= steadyMs) this.#failures = 0;
    this.#openedAt = null;
    const wait = retryAfter(this.#failures, Math.random());
    this.#failures += 1;
    this.#retry = setTimeout(() => this.connect(), wait);
    this.events.lost();
  };

  private handleVisibility = () => {
    if (document.visibilityState === 'visible') this.wake();
  };

  /** Perhaps the network is another one, or there again: makes sure at once instead of later. */
  private wake = () => {
    if (this.isOpen) this.check(wakePongWithinMs);
    else if (this.#socket.readyState === WebSocket.CLOSED) this.connect();
  };

  /** Asks for a sign of life, and connects anew when none comes. */
  private check(withinMs: number): void {
    this.#socket.send('ping');
    this.#pong ??= setTimeout(() => {
      this.#pong = undefined;
      this.connect();
    }, withinMs);
  }

  private connect(): void {
    this.#socket.reconnect();
    // Where there was a connection, its end has set another try.
    clearTimeout(this.#retry);
  }

  private stopPing(): void {
    clearInterval(this.#ping);
    clearTimeout(this.#pong);
    this.#pong = undefined;
  }

  private settle(id: string, answer: Done | Found | Problem): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.(answer);
  }

  private failAll(): void {
    for (const id of [...this.#waiting.keys()]) this.settle(id, noAnswer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
