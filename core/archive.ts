/** What of a conversation can be found by its words: messages, notes, and who the customer is. */
import type { Content } from './content.ts';
import type { LogEvent } from './log.ts';
import type { SessionSummary } from './protocol.ts';

/** One thing that can be found. */
export interface ArchiveEntry {
  /** Id of the session. */
  session: string;
  /** Place in the log; 0 for what is known of the customer. */
  seq: number;
  /** Epoch ms. */
  at: number;
  text: string;
}

/** Longest text of one entry, UTF-16 units. */
const maxText = 20_000;

/** Where an entry is kept: the archive is in parts, one for each month (UTC), such as `2026-11`. */
export function periodOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The month before; `2025-12` for `2026-01`. */
export function periodBefore(period: string): string {
  return new Date(Date.parse(`${period}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 7);
}

/** The words of an event; null when it has none. */
export function entryOf(session: string, { seq, at, body }: LogEvent): ArchiveEntry | null {
  const text = body.kind === 'message' ? wordsOf(body.content) : body.kind === 'note' ? body.text : '';
  return text === '' ? null : { session, seq, at, text: text.slice(0, maxText) };
}

/** Who the customer of a session is, by everything that they or their channel say. */
export function headOf({ id, openedAt, customer, channel, source }: SessionSummary): ArchiveEntry {
  const { name, address, profile } = customer;
  const { firstName, lastName, email, phone, userId, attributes } = profile;
  const said = [firstName, lastName, email, phone, userId, ...Object.values(attributes ?? {})];
  const text = [name, address, ...said, channel.name, channel.number, source?.title, source?.url];
  return { session: id, seq: 0, at: openedAt, text: text.filter(Boolean).join('\n').slice(0, maxText) };
}

function wordsOf(content: Content): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'image':
      return content.media.name;
    case 'files':
      return joined([content.text, ...content.files.map(({ name }) => name)]);
    case 'location':
      return joined([content.place.name, content.place.address]);
    case 'contacts':
      return joined(
        content.contacts.flatMap(({ name, company, phones, emails = [] }) => [
          name,
          company,
          ...phones.map(({ number }) => number),
          ...emails,
        ]),
      );
    case 'template': {
      const { header, body, footer } = content.template;
      return joined([header?.kind === 'text' ? header.text : '', body, footer]);
    }
    case 'unsupported':
      return '';
  }
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join('\n');
}
