/**
 * Sending mail: over SMTP when the deployment names a server, else by Cloudflare's mail binding, else not at
 * all. Without a sender address there is no mail either.
 */
import type { Env } from '../env.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /** Resolves when the mail server has taken the mail; throws with its reason when it has not. */
  send(mail: Mail): Promise<void>;
}

const timeoutMs = 15_000;

/** How this deployment sends mail; set by its environment, never in the console. */
export function mailKind(env: Env): 'none' | 'smtp' | 'cloudflare' {
  if (mailFrom(env) === null) return 'none';
  if (env.PARLEY_SMTP_URL) return 'smtp';
  return env.PARLEY_PLATFORM === 'cloudflare' && env.EMAIL ? 'cloudflare' : 'none';
}

/** The sender's address, as `PARLEY_MAIL_FROM` has it. */
export function mailFrom(env: Env): string | null {
  return env.PARLEY_MAIL_FROM?.trim() || null;
}

export function mailer(env: Env): Mailer | null {
  const kind = mailKind(env);
  const from = parseAddress(mailFrom(env) ?? '');
  if (kind === 'smtp' && env.PARLEY_SMTP_URL) return smtpMailer(env.PARLEY_SMTP_URL, from);
  if (kind === 'cloudflare' && env.EMAIL) return cloudflareMailer(env.EMAIL, from);
  return null;
}

export interface Address {
  email: string;
  name?: string;
}

/** `Parley <chat@example.com>` or only the address. */
export function parseAddress(text: string): Address {
  const match = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+)>\s*$/.exec(text);
  const [, name, email] = match ?? [];
  if (email === undefined) return { email: text.trim() };
  return name ? { email, name } : { email };
}

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  secure: boolean;
  credentials: { username: string; password: string } | null;
}

/** `smtp://user:password@host:587` or `smtps://…:465`. Throws on anything else. */
export function parseSmtpUrl(text: string): SmtpServer {
  const match = /^(smtps?):\/\/(.*)$/i.exec(text.trim());
  if (!match) throw new Error('PARLEY_SMTP_URL has to start with smtp:// or smtps://');
  const secure = match[1]?.toLowerCase() === 'smtps';
  // As https, because of other schemes the URL standard leaves host and port unchecked.
  const url = new URL(`https://${match[2] ?? ''}`);
  const standardPort = secure ? 465 : 587;
  const explicit = /:(\d+)\/?$/.exec(match[2] ?? '')?.[1];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: explicit === undefined ? standardPort : Number(explicit),
    secure,
    credentials: url.username
      ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : null,
  };
}

function smtpMailer(url: string, from: Address): Mailer {
  return {
    async send(mail) {
      const { host, port, secure, credentials } = parseSmtpUrl(url);
      // Loaded when needed: most requests never send a mail.
      const { WorkerMailer, LogLevel } = await import('worker-mailer');
      await WorkerMailer.send(
        {
          host,
          port,
          secure,
          startTls: !secure,
          ...(credentials ? { credentials } : {}),
          authType: ['plain', 'login'],
          logLevel: LogLevel.NONE,
          socketTimeoutMs: timeoutMs,
        },
        {
          from: named(from),
          to: { email: mail.to },
          subject: oneLine(mail.subject),
          text: mail.text,
          html: mail.html,
        },
      );
    },
  };
}

function cloudflareMailer(binding: SendEmail, from: Address): Mailer {
  return {
    async send(mail) {
      await binding.send({
        from: { email: from.email, name: from.name ?? from.email },
        to: mail.to,
        subject: oneLine(mail.subject),
        text: mail.text,
        html: mail.html,
      });
    },
  };
}

function named({ email, name }: Address): Address {
  return name === undefined ? { email } : { email, name: oneLine(name).replace(/["\\]/g, '') };
}

/** A header's value ends at a line break, and what follows would be a header of the sender's choice. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
