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

function smtpMailer(url: string, from: Address): Mailer {
  return {
    async send({ to, subject, text, html }) {
      // Loaded when needed: most requests never send a mail.
      const [{ Email, encodeHeader }, { parseSmtpUrl, sendBySmtp }] = await Promise.all([
        import('worker-mailer'),
        import('./smtp.ts'),
      ]);
      const message = new Email({
        from: from.email,
        to,
        subject: oneLine(subject),
        text,
        html,
        headers: { From: fromHeader(from, encodeHeader) },
      });
      await sendBySmtp(parseSmtpUrl(url), { from: from.email, to }, message.getEmailData());
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

/** RFC 5322 quotes names in ASCII; RFC 2047 wants encoded ones without quotes. */
function fromHeader({ email, name }: Address, encode: (text: string) => string): string {
  if (name === undefined) return email;
  const clean = oneLine(name).replace(/["\\]/g, '');
  return /^[\x20-\x7e]*$/.test(clean) ? `"${clean}" <${email}>` : `${encode(clean)} <${email}>`;
}

/** A header's value ends at a line break, and what follows would be a header of the sender's choice. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
