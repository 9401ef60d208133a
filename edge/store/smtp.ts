/**
 * Handing a mail to an SMTP server (RFC 5321), with STARTTLS (RFC 3207) and AUTH PLAIN or LOGIN (RFC 4954).
 * The mail itself is composed by worker-mailer; its own client is not used, since it spins without end, and
 * the whole server with it, when the other side hangs up.
 */
import { connect } from 'cloudflare:sockets';
import { isLoopbackHost } from '../../core/origin.ts';

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  secure: boolean;
  credentials: { username: string; password: string } | null;
}

export interface Envelope {
  from: string;
  to: string;
}

/** For the whole conversation, connecting included. */
const timeoutMs = 20_000;
const maxReplyCharacters = 64_000;

/** `smtp://user:password@host:587` or `smtps://…:465`. Throws on anything else. */
export function parseSmtpUrl(text: string): SmtpServer {
  const [, scheme, rest] = /^(smtps?):\/\/(.+)$/i.exec(text.trim()) ?? [];
  if (scheme === undefined || rest === undefined || !URL.canParse(`https://${rest}`)) {
    throw new Error('PARLEY_SMTP_URL has to look like smtp://user:password@mail.example.com:587.');
  }
  const secure = scheme.toLowerCase() === 'smtps';
  // Read as https, because the URL standard leaves the parts of unknown schemes unchecked. The port is read
  // apart: https would swallow its own.
  const url = new URL(`https://${rest}`);
  const port = /:(\d+)\/?$/.exec(rest)?.[1];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (secure ? 465 : 587) : Number(port),
    secure,
    credentials: url.username
      ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : null,
  };
}

/**
 * Sends one mail. `data` is a whole message, dots stuffed and ended by a line with a single dot. Throws with
 * the server's own words when it does not take the mail.
 */
export async function sendBySmtp(server: SmtpServer, envelope: Envelope, data: string): Promise<void> {
  const conversation = new Conversation(server);
  const timer = setTimeout(() => conversation.giveUp(), timeoutMs);
  try {
    await conversation.open();
    await conversation.ask(`MAIL FROM:<${envelope.from}>`, 250);
    await conversation.ask(`RCPT TO:<${envelope.to}>`, 250);
    await conversation.ask('DATA', 354);
    await conversation.ask(data.replace(/\r\n$/, ''), 250);
    await conversation.say('QUIT');
  } finally {
    clearTimeout(timer);
    conversation.close();
  }
}

class Conversation {
  private socket: Socket;
  private reader: ReadableStreamDefaultReader<Uint8Array>;
  private writer: WritableStreamDefaultWriter<Uint8Array>;
  private heard = '';
  private encrypted: boolean;
  private timedOut = false;

  constructor(private readonly server: SmtpServer) {
    this.encrypted = server.secure;
    this.socket = connect(
      { hostname: server.host, port: server.port },
      { secureTransport: server.secure ? 'on' : 'starttls', allowHalfOpen: false },
    );
    this.reader = this.socket.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    this.writer = this.socket.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
  }

  /** Greets, turns on TLS where it can, and signs in. */
  async open(): Promise<void> {
    await this.hear(220);
    let offers = await this.ask('EHLO parley', 250);
    if (!this.encrypted && /^250[ -]STARTTLS\s*$/im.test(offers)) {
      await this.ask('STARTTLS', 220);
      this.startTls();
      offers = await this.ask('EHLO parley', 250);
    }
    const { credentials, host } = this.server;
    if (!credentials) return;
    if (!this.encrypted && !isLoopbackHost(host)) {
      throw new Error(
        'The mail server offers no TLS, so the password was not sent. Use smtps:// or another port.',
      );
    }
    const { username, password } = credentials;
    if (/^250[ -]AUTH\b.*\bPLAIN\b/im.test(offers)) {
      await this.ask(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`, 235);
    } else {
      await this.ask('AUTH LOGIN', 334);
      await this.ask(base64(username), 334);
      await this.ask(base64(password), 235);
    }
  }

  /** Says a line and answers the reply to it; throws when the reply has another code. */
  async ask(line: string, expected: number): Promise<string> {
    await this.say(line);
    return this.hear(expected);
  }

  async say(line: string): Promise<void> {
    await this.writer.write(new TextEncoder().encode(`${line}\r\n`));
  }

  giveUp(): void {
    this.timedOut = true;
    this.close();
  }

  close(): void {
    // Whether the other side still listens does not matter any more.
    this.socket.close().catch(() => undefined);
  }

  /** The next reply, all of its lines. */
  private async hear(expected: number): Promise<string> {
    for (;;) {
      const end = /^\d{3}(?: .*)?\r?\n/m.exec(this.heard);
      if (end) {
        const reply = this.heard.slice(0, end.index + end[0].length).trim();
        this.heard = this.heard.slice(end.index + end[0].length);
        const last = reply.split('\n').at(-1) ?? '';
        if (!last.startsWith(String(expected))) throw new Error(reply);
        return reply;
      }
      const { value, done } = await this.reader.read().catch((error: unknown) => {
        throw this.timedOut ? new Error('The mail server did not answer in time.') : error;
      });
      if (done)
        throw new Error(
          this.timedOut ? 'The mail server did not answer in time.' : 'The mail server hung up.',
        );
      this.heard += new TextDecoder().decode(value);
      if (this.heard.length > maxReplyCharacters) throw new Error('The mail server talks too much.');
    }
  }

  private startTls(): void {
    this.reader.releaseLock();
    this.writer.releaseLock();
    this.socket = this.socket.startTls();
    this.reader = this.socket.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    this.writer = this.socket.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
    // What was said before TLS began could be anybody's (RFC 3207, section 4.2).
    this.heard = '';
    this.encrypted = true;
  }
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
