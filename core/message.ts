/** How text from outside becomes text that is safe to store and show. */
import * as linkify from 'linkifyjs';
import type { ChatContent, Content, File, Link } from './content.ts';
import { problem, type Problem } from './errors.ts';

/** Characters (UTF-16 code units) that one live chat message may have. */
export const maxTextLength = 5000;

/**
 * Cleans a text from outside: keeps letters, emoji, tabs and line breaks; drops other control characters,
 * broken surrogates, and the marks that reorder the text around them (U+202A-E, U+2066-9), with which a
 * message could show something else than it says.
 */
export function textContent(
  raw: string,
  maxLength = maxTextLength,
): { content: ChatContent } | { refusal: Problem } {
  if (raw.length > maxLength) return { refusal: problem('message_too_long', { field: 'text' }) };
  const text = cleanText(raw);
  if (text === '') return { refusal: problem('message_empty', { field: 'text' }) };
  const links = findLinks(text);
  return { content: links.length > 0 ? { kind: 'text', text, links } : { kind: 'text', text } };
}

/** The text without what must not be shown; empty when nothing is left. */
export function cleanText(raw: string): string {
  return raw
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trim();
}

/** One line for lists and notifications. */
export function preview(of: Content): string {
  switch (of.kind) {
    case 'text':
      return oneLine(of.text);
    case 'image':
      return of.media.name;
    case 'files':
      return oneLine(of.text) || of.files.map(fileWord).join(', ');
    case 'location':
      return oneLine(of.place.name ?? of.place.address ?? 'Location');
    case 'contacts':
      return oneLine(of.contacts.map(({ name }) => name).join(', ')) || 'Contact';
    case 'template':
      return oneLine(of.template.body) || of.template.name;
    case 'unsupported':
      return 'Unsupported message';
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 120);
}

/** What a file is called where only a word fits: senders' names of pictures say nothing. */
function fileWord({ type, name, use }: File): string {
  if (use === 'sticker') return 'Sticker';
  if (use === 'voice') return 'Voice message';
  if (type.startsWith('image/')) return 'Picture';
  if (type.startsWith('video/')) return 'Video';
  if (type.startsWith('audio/')) return 'Audio';
  return name || 'File';
}

/** The links in a text, as offsets. */
export function findLinks(text: string): Link[] {
  return linkify
    .find(text, { defaultProtocol: 'https' })
    .filter((found) => /^(https?:|mailto:)/i.test(found.href))
    .map(({ start, end, href }) => ({ start, end, href }));
}
