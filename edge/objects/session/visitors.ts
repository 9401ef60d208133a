/** The visitor's side of a Session: their sockets, and what each frame from them does. */
import { formDue, plainText, readAttributes, readForm } from '../../../core/preChat.ts';
import { problem, type Problem } from '../../../core/errors.ts';
import { isListedOrigin } from '../../../core/origin.ts';
import { take, type Bucket } from '../../../core/limits.ts';
import type { Content } from '../../../core/content.ts';
import type { ChatEvent, LogEvent, Marks, SourcePage } from '../../../core/log.ts';
import { textContent } from '../../../core/message.ts';
import {
  closeCodes,
  maxFrameBytes,
  subprotocol,
  visitorFrame,
  type ToVisitorFrame,
  type VisitorFrame,
} from '../../../core/protocol.ts';
import { eventForVisitor } from '../../../core/summary.ts';
import { handedOver } from '../../handover.ts';
import { allowances } from '../../limits.ts';
import { availabilityOf } from '../../routing.ts';
import { verifyUpload, type VisitorClaims } from '../../tokens.ts';
import type { LiveChatRouting } from '../contracts.ts';
import type { Session } from '../session.ts';

/** Events in the first page, and in each frame of a longer replay. */
const pageSize = 50;
const replaySize = 500;

/** What a socket remembers through hibernation. */
interface Attachment {
  claims: VisitorClaims;
  page: SourcePage | null;
  /** Whether the page has said hello: before it, an event would leave a hole in what the page holds. */
  greeted: boolean;
}

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
    const frame = parse(data);
    if (!frame) {
      console.warn(JSON.stringify({ event: 'visitor.frame_invalid', conversation: this.session.name }));
      return Promise.resolve();
    }
    this.turn = this.turn
      .then(() => this.handle(socket, frame))
      .catch((error: unknown) => {
        console.error(JSON.stringify({ event: 'visitor.failed', kind: frame.kind, error: String(error) }));
        if ('id' in frame) this.refuse(socket, frame.id, problem('unavailable'));
      });
    return this.turn;
  }

  onClose(socket: WebSocket): void {
    this.frames.delete(socket);
  }

  /** New events to all sockets of the visitor. */
  sendEvents(events: readonly LogEvent[]): void {
    if (this.sockets().length === 0) return;
    if (this.display) {
      this.broadcast({ kind: 'events', events: forVisitor(events, this.display) });
      return;
    }
    // Woken by an agent: how agents are shown has to be asked first, and order kept with what follows.
    this.turn = this.turn.then(async () => {
      this.display = await this.session.routing();
      if (this.display) this.broadcast({ kind: 'events', events: forVisitor(events, this.display) });
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
    socket.serializeAttachment({ ...attachment, page, greeted: true } satisfies Attachment);
  }

  private async send(
    socket: WebSocket,
    frame: Extract<VisitorFrame, { kind: 'send' }>,
    routing: LiveChatRouting,
  ): Promise<void> {
    const known = this.session.log.seqOfMessage(frame.id);
    if (known !== null) return this.tell(socket, { kind: 'done', id: frame.id, seq: known });
    const refused = (refusal: Problem) => this.refuse(socket, frame.id, refusal);

    const pace = take(this.messages, allowances(this.session.environment).visitorMessages, Date.now());
    this.messages = pace.bucket;
    if (pace.waitMs > 0) return refused(problem('too_many_requests'));
    if (formDue(routing.channel, this.session.current.state)) return refused(problem('profile_required'));
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

function parse(data: string | ArrayBuffer): VisitorFrame | null {
  if (typeof data !== 'string') return null;
  try {
    return visitorFrame.parse(JSON.parse(data));
  } catch {
    return null;
  }
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

function forVisitor(events: readonly LogEvent[], routing: LiveChatRouting): ChatEvent[] {
  const { agentDisplay } = routing.channel;
  return events.flatMap((event) => eventForVisitor(event, agentDisplay, routing.defaultAgent) ?? []);
}

function clean(page: SourcePage): SourcePage {
  const isWeb = /^https?:\/\//i.test(page.url);
  return { url: isWeb ? page.url.slice(0, 2000) : '', title: page.title.slice(0, 200) };
}
