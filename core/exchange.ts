/** Between what providers carry and what a conversation's log holds. */
import type { Content, File } from './content.ts';
import { cleanText, findLinks } from './message.ts';
import type { InboundContent, InboundContext, InboundFile } from './providers/events.ts';
import type { OutgoingContent, OutgoingFile } from './providers/provider.ts';
import type { MessageContext } from './log.ts';

/** Characters (UTF-16 code units) of an inbound text that are kept; the rest is cut off and said so. */
export const maxInboundText = 20_000;
/** Files of one message that are taken in. */
const maxFiles = 30;

/** What a customer's message shows: mostly one thing, several where a message has a text and a place. */
export function contentsOf({ text: raw, files, place, contacts, unsupported }: InboundContent): Content[] {
  const text = inboundText(raw);
  const contents: Content[] = [];
  if (files.length > 0) {
    contents.push({ kind: 'files', ...text, files: files.slice(0, maxFiles).map(fileComing) });
  } else if (text.text !== '') {
    contents.push({ kind: 'text', ...text });
  }
  if (place) contents.push({ kind: 'location', place });
  if (contacts && contacts.length > 0) contents.push({ kind: 'contacts', contacts });
  if (contents.length === 0 && unsupported !== undefined)
    contents.push({ kind: 'unsupported', what: unsupported });
  return contents;
}

/** A text as it is kept, with its links. */
export function inboundText(raw: string): { text: string; links?: ReturnType<typeof findLinks> } {
  const long = raw.length > maxInboundText;
  const text = cleanText(long ? `${raw.slice(0, maxInboundText)}… (shortened)` : raw);
  const links = findLinks(text);
  return links.length > 0 ? { text, links } : { text };
}

/** A file before it is fetched. */
export function fileComing({ name = '', type = '', use }: InboundFile): File {
  return {
    state: 'fetching',
    name: name.slice(0, 200),
    type: type.split(';')[0]?.trim().toLowerCase().slice(0, 100) ?? '',
    size: 0,
    url: '',
    width: 0,
    height: 0,
    expiresAt: 0,
    ...(use ? { use } : {}),
  };
}

/** What goes with a message, its reference resolved by `find` to a message of this conversation. */
export function contextOf(
  context: InboundContext | undefined,
  find: (providerId: string) => string | null,
): MessageContext | undefined {
  if (!context) return undefined;
  const { replyTo, ...rest } = context;
  const answered = replyTo === undefined ? null : find(replyTo);
  const kept = { ...rest, ...(answered === null ? {} : { replyTo: answered }) };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** A message of ours as providers take it; null where it is of a kind that only live chat has. */
export function outgoingContent(content: Content, base: string): OutgoingContent | null {
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text };
    case 'files':
      return {
        kind: 'files',
        text: content.text,
        files: content.files.map((file) => outgoingFile(file, base)),
      };
    case 'location':
      return { kind: 'location', place: content.place };
    case 'contacts':
      return { kind: 'contacts', contacts: content.contacts };
    case 'image':
    case 'template':
    case 'unsupported':
      return null;
  }
}

/** A file of ours under the deployment's public address. */
export function outgoingFile({ url, name, type, size }: File, base: string): OutgoingFile {
  return { url: `${base}${url}`, name, type, size };
}
