/** Filling in the mail that asks a website's admin to add the live chat (LC-16). */
import type { Mail } from './mail.ts';

export interface MailTemplate {
  subject: string;
  body: string;
}

/** What stands for `{{company}}`, `{{code}}` and `{{domain}}`. */
export interface MailValues {
  company: string;
  code: string;
  domain: string;
}

/**
 * The mail as plain text and as HTML. Everything is filled in at once, so that a value that looks like a
 * placeholder stays as it is; unknown placeholders stay, too.
 */
export function composeMail(template: MailTemplate, values: MailValues, to: string): Mail {
  const text = fill(template.body, (key) => values[key]);
  const html = fill(escape(template.body), (key) =>
    key === 'code' ? `<code style="${codeStyle}">${escape(values.code)}</code>` : escape(values[key]),
  );
  return {
    to,
    subject: fill(template.subject, (key) => values[key]),
    text,
    html: `<div style="${bodyStyle}">${html.replace(/\r?\n/g, '<br>\n')}</div>`,
  };
}

const bodyStyle = 'font:15px/1.5 system-ui,sans-serif;color:#1a1f2b';
const codeStyle =
  'display:inline-block;padding:8px 12px;background:#f2f4f8;border-radius:6px;word-break:break-all';

function fill(text: string, valueOf: (key: keyof MailValues) => string): string {
  return text.replace(/\{\{\s*(company|code|domain)\s*\}\}/g, (_, key: keyof MailValues) => valueOf(key));
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
