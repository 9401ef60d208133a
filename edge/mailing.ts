/** Sending a mail for an admin who waits for the outcome. */
import { refuse, type Answer } from './answer.ts';
import type { Env } from './env.ts';
import { mailer, type Mail } from './store/mail.ts';

/** Refuses when no mail is configured or the server does not take the mail; its words are in `details`. */
export async function sendMail(env: Env, mail: Mail): Promise<Answer<Record<string, never>>> {
  const transport = mailer(env);
  if (!transport) {
    const message = 'No mail server is configured. Copy the text and send it yourself.';
    return refuse('unavailable', { message });
  }
  try {
    await transport.send(mail);
    return { value: {} };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(JSON.stringify({ event: 'mail.failed', error: reason }));
    const message = 'The mail server did not take the mail. Check its settings and try again.';
    return refuse('unavailable', { message, details: [reason.trim().slice(0, 300)] });
  }
}
