/**
 * A company's telephone exchange that speaks SIP over WebSocket (RFC 7118, RFC 3261): it registers extensions, asks for
 * their password by digest, and puts their calls through to its lines. A line is a number with somebody at it who
 * answers an offer of media, lets it ring, or is refused by the network.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  composeSip,
  digestAnswer,
  digestParts,
  header,
  parseSip,
  tagOf,
  uriOf,
  userOf,
  type SipMessage,
} from './sip.ts';

export interface PbxAccount {
  password: string;
  /** Numbers it may call; all without it. */
  mayCall?: readonly string[];
}

/** What happens at a number. */
export type Line =
  /** Somebody answers: gives the media's answer to an offer. A later offer of the same call comes here too. */
  | { kind: 'answers'; answer: (offer: string) => Promise<string>; ringMs?: number }
  /** It rings until the caller gives up. */
  | { kind: 'rings' }
  /** A final answer of the network or the telephone, such as 486 Busy Here. */
  | { kind: 'refuses'; status: number };

export interface PbxCall {
  id: string;
  from: string;
  to: string;
  state: 'ringing' | 'answered' | 'ended';
  /** Who ended it, or the status of a refusal. */
  end: 'caller' | 'callee' | 'cancelled' | 'lost' | number | null;
  /** The party at the line hangs up. */
  hangUp(): void;
}

export interface PbxSimulator {
  /** `ws://127.0.0.1:…/ws` */
  readonly url: string;
  readonly domain: string;
  readonly accounts: Map<string, PbxAccount>;
  readonly lines: Map<string, Line>;
  /** Extensions that are registered now. */
  readonly registered: Set<string>;
  /** All calls that were let in, the newest last. */
  readonly calls: PbxCall[];
  /** Methods and statuses as they came and went, such as `INVITE` and `407`. */
  readonly log: string[];
  /** Refuses every registration (503), as an exchange that is being restarted. */
  down: boolean;
  close(): Promise<void>;
}

const reasons: Record<number, string> = {
  100: 'Trying',
  180: 'Ringing',
  200: 'OK',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  503: 'Service Unavailable',
  603: 'Decline',
};

/** Starts one on a free port of the loopback address, with no extensions and no lines. */
export async function startPbx(): Promise<PbxSimulator> {
  const server = createServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({
    server,
    path: '/ws',
    handleProtocols: (offered: Set<string>) => (offered.has('sip') ? 'sip' : false),
    // RFC 7118, 4.1: a client that does not offer the subprotocol is none.
    verifyClient: ({ req }: { req: IncomingMessage }) =>
      (req.headers['sec-websocket-protocol'] ?? '').split(/, */).includes('sip'),
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const pbx: PbxSimulator = {
    url: `ws://127.0.0.1:${port}/ws`,
    domain: 'pbx.example.com',
    accounts: new Map(),
    lines: new Map(),
    registered: new Set(),
    calls: [],
    log: [],
    down: false,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  const dialogs = new Map<string, Dialog>();
  sockets.on('connection', (socket: WebSocket) => new Talk(pbx, socket, dialogs));
  return pbx;
}

/** How long a call goes on whose caller's connection is gone, ms: exchanges end it once no sound has come for a while. */
const lingerMs = 30_000;

/** An answered or ringing call. */
interface Dialog {
  call: PbxCall;
  /** The connection through which its caller spoke last. */
  talk: Talk;
  line: Line;
  invite: SipMessage;
  tag: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** One connection of a client. */
class Talk {
  /** Challenges that were given and not used. */
  private readonly nonces = new Set<string>();
  private user = '';

  constructor(
    private readonly pbx: PbxSimulator,
    private readonly socket: WebSocket,
    /** All of the exchange, by their Call-ID: a caller may come back through another connection. */
    private readonly dialogs: Map<string, Dialog>,
  ) {
    socket.on('message', (data) => this.hear((data as Buffer).toString()));
    socket.on('close', () => {
      pbx.registered.delete(this.user);
      for (const dialog of this.dialogs.values()) {
        if (dialog.talk !== this) continue;
        setTimeout(() => dialog.talk === this && this.end(dialog, 'lost'), lingerMs).unref();
      }
    });
  }

  private hear(text: string): void {
    const message = parseSip(text);
    // Responses are those to our BYE.
    if (!message?.method) return;
    this.pbx.log.push(message.method);
    const dialog = this.dialogs.get(header(message, 'call-id'));
    if (dialog) dialog.talk = this;
    switch (message.method) {
      case 'REGISTER':
        return this.register(message);
      case 'INVITE':
        return dialog && tagOf(header(message, 'to')) ? this.renew(message, dialog) : this.invite(message);
      case 'CANCEL':
        if (dialog?.call.state !== 'ringing') return this.reply(message, 481);
        this.reply(message, 200, { tag: dialog.tag });
        this.reply(dialog.invite, 487, { tag: dialog.tag });
        return this.end(dialog, 'cancelled');
      case 'BYE':
        if (!dialog) return this.reply(message, 481);
        this.reply(message, 200);
        return this.end(dialog, 'caller');
      case 'ACK':
        return;
      default:
        // OPTIONS, INFO with a key that was pressed, UPDATE of a session timer.
        return this.reply(message, dialog || message.method === 'OPTIONS' ? 200 : 481);
    }
  }

  private register(message: SipMessage): void {
    if (this.pbx.down) return this.reply(message, 503);
    const user = userOf(header(message, 'to'));
    const account = this.pbx.accounts.get(user);
    if (!account) return this.reply(message, 403);
    if (!this.proves(message, 'authorization', user, account)) return this.challenge(message, 401);
    const contact = header(message, 'contact');
    const expires = /;expires=(\d+)/.exec(contact)?.[1] ?? (header(message, 'expires') || '600');
    if (Number(expires) === 0) this.pbx.registered.delete(user);
    else this.pbx.registered.add(user);
    this.user = user;
    this.reply(message, 200, {
      more: [
        ['contact', contact.includes(';expires=') ? contact : `${contact};expires=${expires}`],
        ['expires', expires],
      ],
    });
  }

  private invite(message: SipMessage): void {
    const from = userOf(header(message, 'from'));
    const account = this.pbx.accounts.get(from);
    if (!account) return this.reply(message, 403);
    if (!this.proves(message, 'proxy-authorization', from, account)) return this.challenge(message, 407);
    const to = userOf(message.uri ?? '');
    if (account.mayCall && !account.mayCall.includes(to)) return this.reply(message, 403);
    this.reply(message, 100);
    const line = this.pbx.lines.get(to) ?? { kind: 'refuses', status: 404 };
    const call: PbxCall = {
      id: header(message, 'call-id'),
      from,
      to,
      state: 'ringing',
      end: null,
      hangUp: () => dialog.talk.hangUp(dialog),
    };
    const dialog: Dialog = { call, talk: this, line, invite: message, tag: token(), timer: undefined };
    this.pbx.calls.push(call);
    this.dialogs.set(call.id, dialog);
    if (line.kind === 'refuses') {
      this.reply(message, line.status, { tag: dialog.tag });
      return this.end(dialog, line.status);
    }
    this.reply(message, 180, { tag: dialog.tag, more: [contactOf(this.pbx, to)] });
    if (line.kind === 'rings') return;
    dialog.timer = setTimeout(() => {
      void line.answer(message.body).then((answer) => {
        if (call.state !== 'ringing') return;
        call.state = 'answered';
        dialog.talk.replyWithMedia(message, dialog, answer);
      });
    }, line.ringMs ?? 0);
  }

  /** Another offer in a call: a network that changed, or a call that is held. */
  private renew(message: SipMessage, dialog: Dialog): void {
    const { line } = dialog;
    if (line.kind !== 'answers') return this.reply(message, 481);
    void line.answer(message.body).then((answer) => this.replyWithMedia(message, dialog, answer));
  }

  private replyWithMedia(message: SipMessage, dialog: Dialog, answer: string): void {
    const more: [string, string][] = [
      contactOf(this.pbx, dialog.call.to),
      ['content-type', 'application/sdp'],
    ];
    this.reply(message, 200, { tag: dialog.tag, more, body: answer });
  }

  private hangUp(dialog: Dialog): void {
    if (dialog.call.state !== 'answered') return;
    const { invite, tag } = dialog;
    this.say({
      method: 'BYE',
      uri: uriOf(header(invite, 'contact')),
      headers: [
        ['via', `SIP/2.0/WS pbx.example.com;branch=z9hG4bK${token()}`],
        ['max-forwards', '70'],
        ['from', `${header(invite, 'to')};tag=${tag}`],
        ['to', header(invite, 'from')],
        ['call-id', header(invite, 'call-id')],
        ['cseq', '1 BYE'],
      ],
      body: '',
    });
    this.end(dialog, 'callee');
  }

  private end(dialog: Dialog, end: NonNullable<PbxCall['end']>): void {
    clearTimeout(dialog.timer);
    if (dialog.call.state !== 'ended') Object.assign(dialog.call, { state: 'ended', end });
    this.dialogs.delete(dialog.call.id);
  }

  private proves(message: SipMessage, name: string, user: string, account: PbxAccount): boolean {
    const parts = digestParts(header(message, name));
    if (!parts || parts['username'] !== user || !this.nonces.delete(parts['nonce'] ?? '')) return false;
    return parts['response'] === digestAnswer(parts, message.method ?? '', account.password);
  }

  private challenge(message: SipMessage, status: 401 | 407): void {
    const nonce = token();
    this.nonces.add(nonce);
    const name = status === 401 ? 'www-authenticate' : 'proxy-authenticate';
    const value = `Digest realm="${this.pbx.domain}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
    this.reply(message, status, { more: [[name, value]] });
  }

  private reply(
    request: SipMessage,
    status: number,
    { tag, more = [], body = '' }: { tag?: string; more?: [string, string][]; body?: string } = {},
  ): void {
    const to = header(request, 'to');
    const copied = request.headers.filter(([name]) => ['via', 'from', 'call-id', 'cseq'].includes(name));
    const tagged = status === 100 || tagOf(to) ? to : `${to};tag=${tag ?? token()}`;
    this.say({
      status,
      reason: reasons[status] ?? 'Refused',
      headers: [...copied, ['to', tagged], ...more],
      body,
    });
  }

  private say(message: SipMessage): void {
    this.pbx.log.push(message.method ?? `${message.status}`);
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(composeSip(message));
  }
}

function contactOf(pbx: PbxSimulator, user: string): [string, string] {
  return ['contact', `<sip:${encodeURIComponent(user)}@${pbx.domain};transport=ws>`];
}

function token(): string {
  return randomBytes(9).toString('hex');
}
