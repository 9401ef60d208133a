/** How text from outside becomes text that is safe to store and show. */
import * as linkify from 'linkifyjs';
import type { Content, Link } from './content.ts';
import { problem, type Problem } from './errors.ts';

/** Characters (UTF-16 code units) that one live chat message may have. */
export const maxTextLength = 5000;

/**
 * Cleans a text from outside: keeps letters, emoji, tabs and line breaks; drops other control characters,
 * broken surrogates, and the marks that reorder the text around them (U+202A-E, U+2066-9), with which a
 * message could show something else than it says.
 */
export function textContent(raw: string): { content: Content } | { refusal: Problem } {
  if (raw.length > maxTextLength) return { refusal: problem('message_too_long', { field: 'text' }) };
  const text = raw
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trim();
  if (text === '') return { refusal: problem('message_empty', { field: 'text' }) };
  const links = findLinks(text);
  return { content: links.length > 0 ? { kind: 'text', text, links } : { kind: 'text', text } };
}

/** One line for lists and notifications. */
export function preview(of: Content): string {
  if (of.kind === 'image') return of.media.name;
  return of.text.replace(/\s+/g, ' ').slice(0, 120);
}

function findLinks(text: string): Link[] {
  return linkify
    .find(text, { defaultProtocol: 'https' })
    .filter((found) => /^(https?:|mailto:)/i.test(found.href))
    .map(({ start, end, href }) => ({ start, end, href }));
}
