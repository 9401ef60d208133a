/**
 * The socket to the edge, kept alive: it comes back by itself, notices when the other end is gone without a
 * word (a laptop that slept, a network that changed), and parses every frame that arrives.
 */
import {
  closeCodes,
  subprotocol,
  toVisitorFrame,
  type ToVisitorFrame,
  type VisitorFrame,
} from '../core/visitorProtocol.ts';

/** How long a socket may take to open. */
const openMs = 8000;
/** Quiet time after which the other end is asked for a sign of life, and how long it has for that. */
const heartbeatMs = 25_000;
const answerMs = 5000;
/** How long a sign of life may take right after waking up, when a dead socket is likely. */
const wakeAnswerMs = 2500;
/** Waits between attempts, by how many have failed; each is spread out, so that a restarted edge is not met
 * by everybody at once. */
const retryMs = [300, 1000, 2000, 4000, 8000, 12_000];
/** Attempts in vain after which the token, and not the network, may be what is wrong. */
const patience = 4;

export interface ConnectionEvents {
  /** The socket is open: say hello. */
  onOpen(): void;
  onFrame(frame: ToVisitorFrame): void;
  /** The socket is gone and being brought back. */
  onDown(): void;
  /**
   * The edge does not want this token, or not this page, or cannot be reached by this socket at all: nothing
   * more is tried, because another hello will say which.
   */
  onRefused(reason: 'unauthorized' | 'forbidden'): void;
}

export class Connection {
  #socket: WebSocket | null = null;
  #failures = 0;
  readonly #ending = new AbortController();
  /** The one thing waited for: opening, the next question, or the next attempt. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  /** No attempt before this moment, by this machine's clock. */
  #pausedUntil = 0;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly events: ConnectionEvents,
  ) {
    const { signal } = this.#ending;
    const check = () => this.check();
    for (const name of ['online', 'offline', 'pageshow', 'focus']) addEventListener(name, check, { signal });
    for (const name of ['visibilitychange', 'resume']) document.addEventListener(name, check, { signal });
    this.#open();
  }

  /** Sends if the socket is open. A frame that did not go out is the caller's to repeat after `onOpen`. */
  send(frame: VisitorFrame): void {
    this.#say(JSON.stringify(frame));
  }

  /** Makes sure right now: asks for a sign of life, or connects at once instead of at the next attempt. */
  check(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ask(wakeAnswerMs);
    else if (!this.#socket && Date.now() >= this.#pausedUntil) this.#open();
  }

  stop(): void {
    this.#ending.abort();
    this.#drop();
  }

  #open(): void {
    this.#drop();
    const socket = new WebSocket(this.url, [subprotocol, this.token]);
    this.#socket = socket;
    const end = (code = 0, reason = '') => {
      if (this.#socket === socket) this.#closed(code, reason);
    };
    this.#timer = setTimeout(end, openMs);
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#listen();
      this.events.onOpen();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#socket === socket) this.#receive(data);
    };
    socket.onclose = ({ code, reason }) => end(code, reason);
  }

  #receive(data: unknown): void {
    // Not before: an edge that takes the socket and then fails is not asked again at once.
    this.#failures = 0;
    this.#listen();
    if (data === 'pong') return;
    const frame = parse(data);
    // A frame of a newer edge that this page does not know yet is left out, not fatal.
    if (frame) this.events.onFrame(frame);
  }

  /** Something was heard: the next question is due in a while. */
  #listen(): void {
    this.#quiet();
    this.#timer = setTimeout(() => this.#ask(answerMs), heartbeatMs);
  }

  #ask(withinMs: number): void {
    if (this.#deadline !== undefined) return;
    this.#say('ping');
    this.#deadline = setTimeout(() => this.#closed(0, ''), withinMs);
  }

  #say(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #closed(code: number, reason: string): void {
    const failures = this.#failures++;
    this.#drop();
    if (code === closeCodes.forbidden || code === closeCodes.unauthorized || this.#failures >= patience) {
      this.stop();
      this.events.onRefused(code === closeCodes.forbidden ? 'forbidden' : 'unauthorized');
      return;
    }
    let wait = (retryMs[Math.min(failures, retryMs.length - 1)] ?? 0) * (0.75 + Math.random() / 2);
    if (code === closeCodes.flooding) wait = Math.min(Math.max(Number(reason) || 5, 1), 300) * 1000;
    this.#pausedUntil = code === closeCodes.flooding ? Date.now() + wait : 0;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.events.onDown();
  }

  #quiet(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  /** Forgets the socket; what it still says is not heard. */
  #drop(): void {
    this.#quiet();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

function parse(data: unknown): ToVisitorFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const result = toVisitorFrame.safeParse(JSON.parse(data));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
