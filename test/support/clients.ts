/** The visitor's and the agent's client without a browser: for tests that kill servers, and for the bench. */
import { helloAnswer, toAgentFrame, toVisitorFrame } from '../../core/protocol.ts';
import type {
  AgentFrame,
  HelloAnswer,
  InboxSession,
  ToAgentFrame,
  ToVisitorFrame,
  VisitorFrame,
} from '../../core/protocol.ts';
import type { CustomerProfile, LogEvent } from '../../core/log.ts';
import { Refused, SocketClient, socketUrl, visitorProtocols, type Connection } from './socket.ts';

/** The pause before an agent's client asks again for what the edge could not give just now, as in the inbox. */
const insistMs = 2_000;

/** Whether one of the events is a message with this text. */
export const holdsText = (events: readonly LogEvent[], text: string) =>
  events.some(
    ({ body }) => body.kind === 'message' && body.content.kind === 'text' && body.content.text === text,
  );

/** Events by `seq`, so that one seen twice is one. */
export class EventLog {
  private readonly bySeq = new Map<number, LogEvent>();
  private newest = 0;

  add(events: readonly LogEvent[]): void {
    for (const event of events) {
      this.bySeq.set(event.seq, event);
      this.newest = Math.max(this.newest, event.seq);
    }
  }

  get list(): LogEvent[] {
    return [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  get lastSeq(): number {
    return this.newest;
  }

  /** The texts of messages by people, in order. */
  get texts(): string[] {
    return this.list.flatMap(({ body }) =>
      body.kind === 'message' && body.author.kind !== 'auto' && body.content.kind === 'text'
        ? [body.content.text]
        : [],
    );
  }

  has(text: string): boolean {
    return holdsText(this.list, text);
  }
}

/** The first answer of `pick` that is not null, asked for each frame from now on. */
function nextFrame<Frame, Answer>(
  listeners: Set<(frame: Frame) => void>,
  pick: (frame: Frame) => Answer | null,
  what: string,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      listeners.delete(look);
    };
    const look = (frame: Frame) => {
      const answer = pick(frame);
      if (answer === null) return;
      done();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      done();
      reject(new Error(`"${what}" did not arrive within ${timeoutMs} ms.`));
    }, timeoutMs);
    listeners.add(look);
  });
}

type AgentRequest = Extract<AgentFrame, { id: string }>;
export type WithoutId<F> = F extends unknown ? Omit<F, 'id'> : never;

export interface VisitorOptions {
  /** Address of the deployment. */
  url: string;
  channelNumber: string;
  /** The page's origin, such as `https://shop.example`; its host must be listed in the channel. */
  origin: string;
  /** A visitor's token from before. */
  token?: string;
  identity?: string;
  page?: { url: string; title: string };
  /** Whether the page can make and take calls. */
  calls?: boolean;
}

export class VisitorClient extends SocketClient<VisitorFrame, ToVisitorFrame> {
  readonly log = new EventLog();
  greeted: HelloAnswer | null = null;
  welcome: (ToVisitorFrame & { kind: 'welcome' }) | null = null;
  /** Told of each frame when it has been taken in. */
  readonly listeners = new Set<(frame: ToVisitorFrame) => void>();
  private readonly options: VisitorOptions;

  constructor(options: VisitorOptions) {
    super();
    this.options = options;
  }

  /** POST /visitor/hello: a new token, or the old one renewed. */
  async sayHello(): Promise<HelloAnswer> {
    const { url, channelNumber, origin, identity } = this.options;
    const token = this.greeted?.token ?? this.options.token;
    const answer = await fetch(`${url}/visitor/hello`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ channelNumber, ...(token ? { token } : {}), ...(identity ? { identity } : {}) }),
    });
    const body: unknown = await answer.json();
    if (!answer.ok) throw new Error(`hello: ${answer.status} ${JSON.stringify(body)}`);
    this.greeted = helloAnswer.parse(body);
    return this.greeted;
  }

  /** Stores and answers a message; resolves with its place in the log once it is durable. */
  async send(text: string, id = this.newId()): Promise<number> {
    const { seq } = await this.request({ kind: 'send', id, text });
    if (seq === undefined) throw new Error('The answer to a message has no seq.');
    return seq;
  }

  async sendUpload(upload: string, id = this.newId()): Promise<void> {
    await this.request({ kind: 'send', id, upload });
  }

  async fillIn(profile: CustomerProfile, consent?: boolean): Promise<void> {
    await this.request({
      kind: 'profile',
      id: this.newId(),
      profile,
      ...(consent === undefined ? {} : { consent }),
    });
  }

  async end(): Promise<void> {
    await this.request({ kind: 'end', id: this.newId() });
  }

  /** Any request, such as one about a call; resolves once it is stored. */
  ask(frame: WithoutId<Extract<VisitorFrame, { id: string }>>): Promise<{ seq?: number | undefined }> {
    return this.request({ ...frame, id: this.newId() });
  }

  /** Resolves when a message with this text comes in. */
  hears(text: string, timeoutMs = 20_000): Promise<void> {
    return nextFrame(
      this.listeners,
      (frame) => ('events' in frame && holdsText(frame.events, text)) || null,
      text,
      timeoutMs,
    ).then(() => undefined);
  }

  protected async target(): Promise<Connection> {
    const { url, channelNumber, origin } = this.options;
    const { token } = this.greeted ?? (await this.sayHello());
    return {
      url: socketUrl(url, `/visitor/socket?channelNumber=${channelNumber}`),
      headers: { origin },
      protocols: visitorProtocols(token),
    };
  }

  protected hello(): VisitorFrame {
    const { page, calls } = this.options;
    return {
      kind: 'hello',
      after: this.log.lastSeq,
      ...(page ? { page } : {}),
      ...(calls === undefined ? {} : { calls }),
    };
  }

  protected parse(text: string): ToVisitorFrame {
    return toVisitorFrame.parse(JSON.parse(text));
  }

  protected take(frame: ToVisitorFrame): void {
    if (frame.kind === 'welcome') this.welcome = frame;
    if (frame.kind === 'welcome' || frame.kind === 'events' || frame.kind === 'history') {
      this.log.add(frame.events);
    }
    for (const listener of [...this.listeners]) listener(frame);
  }
}

export interface AgentOptions {
  url: string;
  /** The sign-in, as `name=value`. */
  cookie: string;
}

export class AgentClient extends SocketClient<AgentFrame, ToAgentFrame> {
  readonly sessions = new Map<string, InboxSession>();
  readonly logs = new Map<string, EventLog>();
  /** Sessions that left the view, with who took them. */
  readonly gone = new Map<string, string | null>();
  /** Told of each frame when it has been taken in. */
  readonly listeners = new Set<(frame: ToAgentFrame) => void>();
  private readonly options: AgentOptions;

  constructor(options: AgentOptions) {
    super();
    this.options = options;
  }

  logOf(session: string): EventLog {
    const known = this.logs.get(session);
    if (known) return known;
    const made = new EventLog();
    this.logs.set(session, made);
    return made;
  }

  async send(session: string, text: string, id = this.newId()): Promise<number> {
    const { seq } = await this.request({ kind: 'send', id, session, text });
    if (seq === undefined) throw new Error('The answer to a message has no seq.');
    return seq;
  }

  /** Sends whatever a frame can carry; resolves once it is durable, with the message's id. */
  async sendFrame(
    session: string,
    frame: Omit<Extract<AgentFrame, { kind: 'send' }>, 'kind' | 'id' | 'session'>,
  ): Promise<string> {
    const id = this.newId();
    await this.request({ kind: 'send', id, session, ...frame });
    return id;
  }

  async resend(session: string, message: string): Promise<void> {
    await this.request({ kind: 'resend', id: this.newId(), session, message });
  }

  /** Resolves with the session when a message with this text comes in. */
  hears(text: string, timeoutMs = 20_000): Promise<string> {
    const sessionWithText = (frame: ToAgentFrame) => {
      if (frame.kind === 'session') return holdsText(frame.events, text) ? frame.session.id : null;
      if (frame.kind === 'events') return holdsText(frame.events, text) ? frame.session : null;
      return null;
    };
    return nextFrame(this.listeners, sessionWithText, text, timeoutMs);
  }

  async pickUp(session: string): Promise<void> {
    await this.request({ kind: 'pickUp', id: this.newId(), session });
  }

  async end(session: string): Promise<void> {
    await this.request({ kind: 'end', id: this.newId(), session });
  }

  async archive(session: string, on = true): Promise<void> {
    await this.request({ kind: 'archive', id: this.newId(), session, on });
  }

  async remove(session: string): Promise<void> {
    await this.request({ kind: 'remove', id: this.newId(), session });
  }

  /** Any request, such as a transfer; resolves with the answer once it is stored. */
  ask(frame: WithoutId<AgentRequest>, id = this.newId()): Promise<Extract<ToAgentFrame, { kind: 'done' }>> {
    return this.request({ ...frame, id }) as Promise<Extract<ToAgentFrame, { kind: 'done' }>>;
  }

  /** What the edge finds for these words, newest first. */
  search(text: string): Promise<Extract<ToAgentFrame, { kind: 'found' }>> {
    return this.request({ kind: 'search', id: this.newId(), text }) as Promise<
      Extract<ToAgentFrame, { kind: 'found' }>
    >;
  }

  /** The events of a session, the newest page and what has come since. */
  async read(session: string): Promise<LogEvent[]> {
    await this.catchUp(session);
    return this.logOf(session).list;
  }

  async setPresence(presence: (AgentFrame & { kind: 'presence' })['presence']): Promise<void> {
    await this.request({ kind: 'presence', id: this.newId(), presence });
  }

  /** Loads what the log of a session misses after its last event (all of the newest page for a new one). */
  async catchUp(session: string): Promise<void> {
    await this.request({ kind: 'open', id: this.newId(), session, after: this.logOf(session).lastSeq });
  }

  protected target(): Promise<Connection> {
    const { url, cookie } = this.options;
    return Promise.resolve({ url: socketUrl(url, '/desk'), headers: { cookie, origin: url }, protocols: [] });
  }

  protected hello(): AgentFrame {
    return { kind: 'hello' };
  }

  protected parse(text: string): ToAgentFrame {
    return toAgentFrame.parse(JSON.parse(text));
  }

  protected take(frame: ToAgentFrame): void {
    if (frame.kind === 'welcome') {
      this.sessions.clear();
      for (const session of frame.sessions) this.see(session);
    } else if (frame.kind === 'session') {
      this.takeEvents(frame.session.id, frame.events, frame.session.seq);
      this.sessions.set(frame.session.id, frame.session);
    } else if (frame.kind === 'list') {
      for (const session of frame.sessions) this.see(session);
    } else if (frame.kind === 'events') {
      this.logOf(frame.session).add(frame.events);
    } else if (frame.kind === 'gone') {
      this.sessions.delete(frame.session);
      this.gone.set(frame.session, frame.by);
    }
    for (const listener of [...this.listeners]) listener(frame);
  }

  private see(session: InboxSession): void {
    this.sessions.set(session.id, session);
    if (session.seq > this.logOf(session.id).lastSeq) this.catchUpSoon(session.id);
  }

  private takeEvents(session: string, events: readonly LogEvent[], seq: number): void {
    const log = this.logOf(session);
    const first = events[0]?.seq ?? seq + 1;
    const missing = first > log.lastSeq + 1;
    // With a gap before them, these come again in the answer that fills it.
    if (missing) this.catchUpSoon(session);
    else log.add(events);
  }

  private catchUpSoon(session: string): void {
    this.catchUp(session).catch((error: unknown) => {
      // A session that leaves the view meanwhile is refused, and then there is nothing to catch up with.
      if (!(error instanceof Refused) || error.code !== 'unavailable') return;
      setTimeout(() => this.catchUpSoon(session), insistMs).unref();
    });
  }
}
