/** The visitor's side of a Session: their sockets, and what each frame from them does. */
import { sessionIdOf } from '../../../core/address.ts';
import { formDue, plainText, readAttributes, readForm } from '../../../core/preChat.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import { isListedOrigin } from '../../../core/origin.ts';
import { take, type Bucket } from '../../../core/limits.ts';
import type { ToCall } from '../../../core/callProtocol.ts';
import type { Content } from '../../../core/content.ts';
import type { LogEvent, Marks } from '../../../core/log.ts';
import { textContent } from '../../../core/message.ts';
import {
  closeCodes,
  maxFrameBytes,
  subprotocol,
  type Reach,
  type ToVisitorFrame,
  type VisitorFrame,
} from '../../../core/protocol.ts';
import { deskOf } from '../../env.ts';
import { handedOver } from '../../handover.ts';
import { allowances } from '../../limits.ts';
import { availabilityOf } from '../../routing.ts';
import { verifyUpload, type VisitorClaims } from '../../tokens.ts';
import type { LiveChatRouting } from '../contracts.ts';
import type { Session } from '../session.ts';
import { attachmentOf, clean, forVisitor, parseFrame, type Attachment } from './visitorSocket.ts';

/** Events in the first page, and in each frame of a longer replay. */
const pageSize = 50;
const replaySize = 500;

type Answerable = Extract<VisitorFrame, { id: string }>;

export class Visitors {
  /** Frames and messages of this moment; forgotten in hibernation, when they would be full again. */
  private frames = new Map<WebSocket, Bucket>();
  private messages: Bucket | undefined;
  /** Frames are handled one after the other, also where one has to wait for something. */
  private turn: Promise<void> = Promise.resolve();
  /** How agents are shown, as of the last frame; needed to tell sockets of what agents do. */
  private display: LiveChatRouting | null = null;

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly session: Session,
  ) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  accept(request: Request): Response {
    const claims = handedOver<VisitorClaims>(request);
    const pair = new WebSocketPair();
    this.ctx.acceptWebSocket(pair[1]);
    pair[1].serializeAttachment({ claims, page: null, greeted: false } satisfies Attachment);
    return new Response(null, {
      status: 101,
      webSocket: pair[0],
      headers: { 'sec-websocket-protocol': subprotocol },
    });
  }

  onMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (!this.admit(socket, data)) return Promise.resolve();
    const frame = parseFrame(data);
    if (!frame) {
      console.warn(JSON.stringify({ event: 'visitor.frame_invalid', conversation: this.session.name }));
      return Promise.resolve();
    }
    this.turn = this.turn
      .then(() => this.handle(socket, frame))
      .catch((error: unknown) => {
        console.error(JSON.stringify({ event: 'visitor.failed', kind: frame.kind, error: String(error) }));
        if ('id' in frame) this.refuse(socket, frame.id, problem('unavailable'));
        // Who was not welcomed would wait for ever.
        else if (frame.kind === 'hello') socket.close(closeCodes.again, 'unavailable');
      });
    return this.turn;
  }

  onClose(socket: WebSocket): void {
    this.frames.delete(socket);
    const { end } = attachmentOf(socket);
    if (end !== undefined) this.session.calls.run({ kind: 'lost', side: 'customer', end });
    void this.tellReach().catch(() => undefined);
  }

  /** Whether the visitor can be called. */
  reach(): Reach {
    const pages = this.sockets().map((socket) => attachmentOf(socket).calls === true);
    if (pages.length === 0) return 'away';
    return pages.includes(true) ? 'ready' : 'unable';
  }

  /** The same for the inbox; null where calls are not offered. */
  async reachForAgents(): Promise<Reach | null> {
    const routing = this.session.isLiveChat() ? await this.session.routing() : null;
    return routing?.channel.interaction === 'phoneAndChat' ? this.reach() : null;
  }

  /** Something about a call to all pages; the one that takes part knows it by its end. */
  async sendCall(make: (routing: LiveChatRouting) => ToCall): Promise<void> {
    if (this.sockets().length === 0) return;
    this.display ??= await this.session.routing();
    if (this.display) this.broadcast({ kind: 'call', call: make(this.display) });
  }

  /** New events to all sockets of the visitor. */
  sendEvents(events: readonly LogEvent[]): void {
    if (this.sockets().length === 0) return;
    if (this.display) {
      this.broadcast({ kind: 'events', events: forVisitor(events, this.display) });
      return;
    }
    // Woken by an agent: how agents are shown has to be asked first, and order kept with what follows.
    this.turn = this.turn
      .then(async () => {
        this.display = await this.session.routing();
        if (this.display) this.broadcast({ kind: 'events', events: forVisitor(events, this.display) });
      })
      .catch((error: unknown) => {
        console.error(JSON.stringify({ event: 'visitor.untold', error: String(error) }));
        // Pages that come back ask for what they have missed.
        for (const socket of this.sockets()) socket.close(closeCodes.again, 'unavailable');
      });
  }

  sendMarks(marks: Marks): void {
    this.broadcast({ kind: 'marks', marks });
  }

  sendTyping(on: boolean): void {
    this.broadcast({ kind: 'typing', on });
  }

  // ── Frames ────────────────────────────────────────────────────────────────────────────────────────────

  private async handle(socket: WebSocket, frame: VisitorFrame): Promise<void> {
    const routing = await this.session.routing();
    const { claims } = attachmentOf(socket);
    if (!routing?.channel.enabled || !isListedOrigin(claims.origin, routing.channel.domains)) {
      socket.close(closeCodes.forbidden, 'channel');
      return;
    }
    this.display = routing;
    switch (frame.kind) {
      case 'hello':
        return this.hello(socket, frame, routing);
      case 'send':
        return this.send(socket, frame, routing);
      case 'profile':
        return this.profile(socket, frame, routing);
      case 'mark':
        return this.session.mark('customer', frame);
      case 'typing':
        return this.session.customerTyping(frame.on);
      case 'history': {
        const events = this.session.log.before(frame.before, pageSize);
        const complete = events.length < pageSize || events[0]?.seq === 1;
        return this.tell(socket, {
          kind: 'history',
          id: frame.id,
          events: forVisitor(events, routing),
          complete,
        });
      }
      case 'call':
        return this.call(socket, frame, routing);
      case 'callNote': {
        if (frame.note.kind === 'beat') this.speaksFor(socket, frame.note.end);
        const answer = this.session.calls.note({ side: 'customer' }, frame.note);
        if (answer) this.tell(socket, { kind: 'call', call: answer });
        return;
      }
      case 'end':
        this.session.run({ kind: 'customerEnds', closedMessage: routing.channel.messages.closed });
        return this.tell(socket, { kind: 'done', id: frame.id });
    }
  }

  private async hello(
    socket: WebSocket,
    frame: Extract<VisitorFrame, { kind: 'hello' }>,
    routing: LiveChatRouting,
  ): Promise<void> {
    const attachment = attachmentOf(socket);
    const { identity } = attachment.claims;
    if (identity) this.session.run({ kind: 'profile', profile: identity, from: 'identity', consent: null });

    const now = Date.now();
    const availability = await availabilityOf(this.session.environment, routing, now);
    const { state, marks } = this.session.current;
    // A page that knows more than we do (a restored backup) starts over.
    const fresh = frame.after === 0 || frame.after > state.seq;
    const first = fresh
      ? this.session.log.before(state.seq + 1, pageSize)
      : this.session.log.after(frame.after, replaySize);
    this.tell(socket, {
      kind: 'welcome',
      now,
      events: forVisitor(first, routing),
      complete: fresh && (first.length < pageSize || first[0]?.seq === 1),
      marks,
      open: state.open !== null,
      formDue: formDue(routing.channel, state),
      profile: state.profile,
      availability,
    });
    let last = first.at(-1)?.seq ?? state.seq;
    while (!fresh && last < this.session.current.state.seq) {
      const events = this.session.log.after(last, replaySize);
      this.tell(socket, { kind: 'events', events: forVisitor(events, routing) });
      last = events.at(-1)?.seq ?? this.session.current.state.seq;
    }
    const page = frame.page ? clean(frame.page) : attachment.page;
    const calls = frame.calls ?? false;
    socket.serializeAttachment({ ...attachment, page, greeted: true, calls } satisfies Attachment);
    const call = this.session.calls.view();
    if (call) this.tell(socket, { kind: 'call', call: this.session.calls.forVisitor(call, routing) });
    void this.tellReach().catch(() => undefined);
  }

  private async send(
    socket: WebSocket,
    frame: Extract<VisitorFrame, { kind: 'send' }>,
    routing: LiveChatRouting,
  ): Promise<void> {
    const known = this.session.log.seqOfMessage(frame.id);
    if (known !== null) return this.tell(socket, { kind: 'done', id: frame.id, seq: known });
    const refused = (refusal: Problem) => this.refuse(socket, frame.id, refusal);

    const refusal = this.refuseNow(routing);
    if (refusal) return refused(refusal);
    const content = await this.content(frame, routing);
    if ('refusal' in content) return refused(content.refusal);
    const full = await this.session.reserve(routing);
    if (full) return refused(full);

    const { page } = attachmentOf(socket);
    const { messages } = routing.channel;
    // Only a message that opens a session needs the greeting of the moment.
    const greeting = this.session.current.state.open
      ? null
      : (await availabilityOf(this.session.environment, routing, Date.now())).greeting;
    const answer = this.session.run({
      kind: 'customerMessage',
      message: { id: frame.id, content: content.content },
      opening: {
        route: {
          queue: routing.queue && { id: routing.queue.id, name: routing.queue.name },
          agent: routing.agent,
        },
        source: page,
        greeting,
        autoResponse: messages.autoResponse || null,
      },
    });
    if ('refusal' in answer) return refused(answer.refusal);
    const seq = this.session.log.seqOfMessage(frame.id) ?? answer.seq;
    this.tell(socket, { kind: 'done', id: frame.id, seq });
  }

  private async call(
    socket: WebSocket,
    { id, ask }: Extract<VisitorFrame, { kind: 'call' }>,
    routing: LiveChatRouting,
  ): Promise<void> {
    const { page } = attachmentOf(socket);
    const answer = await this.session.callAsks.fromVisitor(
      ask,
      routing,
      page,
      async () => this.refuseNow(routing) ?? this.session.reserve(routing),
    );
    if ('refusal' in answer) return this.refuse(socket, id, answer.refusal);
    if ('end' in ask) this.speaksFor(socket, ask.end);
    for (const call of answer.frames ?? []) this.tell(socket, { kind: 'call', call });
    this.tell(socket, { kind: 'done', id, seq: answer.seq });
  }

  /** Why the visitor cannot write or call right now; null when they can. */
  private refuseNow(routing: LiveChatRouting): Problem | null {
    const pace = take(this.messages, allowances(this.session.environment).visitorMessages, Date.now());
    this.messages = pace.bucket;
    if (pace.waitMs > 0) return problem('too_many_requests');
    return formDue(routing.channel, this.session.current.state) ? problem('profile_required') : null;
  }

  private async content(
    frame: Extract<VisitorFrame, { kind: 'send' }>,
    routing: LiveChatRouting,
  ): Promise<{ content: Content } | { refusal: Problem }> {
    if (frame.upload === undefined) return textContent(frame.text ?? '');
    if (routing.channel.supports !== 'textAndImage') return { refusal: problem('images_not_allowed') };
    const media = await verifyUpload(this.session.environment, frame.upload, this.session.name, Date.now());
    return media ? { content: { kind: 'image', media } } : { refusal: problem('media_unknown') };
  }

  private profile(
    socket: WebSocket,
    frame: Extract<VisitorFrame, { kind: 'profile' }>,
    routing: LiveChatRouting,
  ): void {
    const { channel } = routing;
    const { attributes, ...fields } = frame.profile;
    if (attributes) {
      const kept = { attributes: readAttributes(attributes) };
      this.session.run({ kind: 'profile', profile: kept, from: 'page', consent: null });
    }
    const isForm = frame.consent !== undefined || Object.keys(fields).length > 0;
    if (isForm) {
      const form = readForm(channel, fields, frame.consent ?? false);
      if ('refusal' in form) return this.refuse(socket, frame.id, form.refusal);
      const { enabled, explicit, text } = channel.consent;
      this.session.run({
        kind: 'profile',
        profile: form.profile,
        from: 'form',
        consent: enabled && frame.consent ? { terms: plainText(text), explicit } : null,
      });
    }
    this.tell(socket, { kind: 'done', id: frame.id });
  }

  // ── Sockets ───────────────────────────────────────────────────────────────────────────────────────────

  /** Size and pace of frames. Who floods is disconnected, with the seconds to wait as the reason. */
  private admit(socket: WebSocket, data: string | ArrayBuffer): boolean {
    const size = typeof data === 'string' ? data.length : data.byteLength;
    if (size > maxFrameBytes) {
      socket.close(1009, 'too large');
      return false;
    }
    const allowance = allowances(this.session.environment).visitorFrames;
    const { bucket, waitMs } = take(this.frames.get(socket), allowance, Date.now());
    this.frames.set(socket, bucket);
    if (waitMs === 0) return true;
    socket.close(closeCodes.flooding, '10');
    return false;
  }

  /** Remembers through which socket an end of a call speaks: when that closes, the end is gone. */
  private speaksFor(socket: WebSocket, end: string): void {
    const attachment = attachmentOf(socket);
    if (attachment.end !== end) socket.serializeAttachment({ ...attachment, end } satisfies Attachment);
  }

  /** Tells agents whether the visitor can be called; nothing is kept. */
  private async tellReach(): Promise<void> {
    const { environment, name, current } = this.session;
    const { open, ordinal } = current.state;
    const reach = open ? await this.reachForAgents() : null;
    if (reach) await deskOf(environment).visitorReach(sessionIdOf(name, ordinal), reach);
  }

  private sockets(): WebSocket[] {
    return this.ctx
      .getWebSockets()
      .filter((socket) => socket.readyState === WebSocket.OPEN && attachmentOf(socket).greeted);
  }

  private broadcast(frame: ToVisitorFrame): void {
    const text = JSON.stringify(frame);
    for (const socket of this.sockets()) socket.send(text);
  }

  private tell(socket: WebSocket, frame: ToVisitorFrame): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  private refuse(socket: WebSocket, id: Answerable['id'], refusal: Problem): void {
    this.tell(socket, { kind: 'refused', id, problem: refusal });
  }
}
