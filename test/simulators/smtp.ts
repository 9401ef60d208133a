/** A mail server that speaks as much SMTP (RFC 5321) as a sender needs, and keeps what it is given. */
import { createServer, type Socket } from 'node:net';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** The decoded text of AUTH PLAIN, with its zero bytes as spaces; null without authentication. */
  auth: string | null;
  /** Headers and body as sent, dots unstuffed. */
  data: string;
}

export interface SmtpSimulator {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** What it does from now on: take mails, refuse every recipient, or hang up after the greeting. */
  mood: 'take' | 'refuse' | 'hangUp';
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback address. */
export async function startSmtp(): Promise<SmtpSimulator> {
  const server = createServer((socket) => talk(socket, simulator));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const simulator: SmtpSimulator = {
    port: typeof address === 'object' && address ? address.port : 0,
    mails: [],
    mood: 'take',
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return simulator;
}

function talk(socket: Socket, simulator: SmtpSimulator): void {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let mail = emptyMail();
  let inData = false;
  let rest = '';

  const hear = (line: string) => {
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    if (verb === 'EHLO') return say('250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME');
    if (verb === 'AUTH') {
      mail.auth = Buffer.from(line.slice('AUTH PLAIN '.length), 'base64').toString().replaceAll('\0', ' ');
      return say('235 2.7.0 Accepted');
    }
    if (verb === 'MAIL') {
      mail.from = between(line);
      return say('250 2.1.0 OK');
    }
    if (verb === 'RCPT') {
      if (simulator.mood === 'refuse') return say('550 5.1.1 No such mailbox');
      mail.to.push(between(line));
      return say('250 2.1.5 OK');
    }
    if (verb === 'DATA') {
      inData = true;
      return say('354 Go ahead');
    }
    if (verb === 'QUIT') return socket.end('221 Bye\r\n');
    return say(verb === 'RSET' ? '250 OK' : '500 5.5.1 Unknown command');
  };

  socket.setEncoding('utf8').on('data', (text: string) => {
    rest += text;
    for (;;) {
      const end = inData ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n');
      if (end < 0) return;
      const part = rest.slice(0, end);
      rest = rest.slice(end + (inData ? 5 : 2));
      if (!inData) {
        hear(part);
        continue;
      }
      simulator.mails.push({ ...mail, data: part.replace(/^\.\./gm, '.') });
      mail = emptyMail();
      inData = false;
      say('250 2.0.0 Queued');
    }
  });
  socket.on('error', () => socket.destroy());
  say('220 mail.example.com ESMTP');
  if (simulator.mood === 'hangUp') socket.end();
}

function emptyMail(): ReceivedMail {
  return { from: '', to: [], auth: null, data: '' };
}

function between(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}
