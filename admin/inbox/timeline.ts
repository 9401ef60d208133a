/** A session's events as people read them: days, system lines, and messages grouped by sender and minute. Pure. */
import { messagesOf, type Message } from '../../core/conversation.ts';
import type { Author, EventBody, LogEvent } from '../../core/log.ts';
import { callWords, type CallEvent } from './call-words.ts';
import { isSameDay } from '../elements/times.ts';
import { dialWords } from './dial-words.ts';

/** `seq` is the place in the log at which it begins. */
export type Item = { key: string; seq: number; at: number } & (
  | { kind: 'day' }
  | { kind: 'system'; text: string }
  | { kind: 'group'; author: Author; messages: Message[] }
  | { kind: 'note'; note: Extract<EventBody, { kind: 'note' }> }
  | { kind: 'call'; call: CallEvent }
);

/** Items that are drawn, or not, together; by its number the same one however much of the log is loaded. */
export interface Chunk {
  number: number;
  items: readonly Item[];
}

const groupForMs = 60_000;
/** Places of the log in one chunk. */
const chunkLength = 16;

/** The number of the chunk that holds a place of the log. */
export const chunkOf = (seq: number): number => Math.floor(seq / chunkLength);

/** The items by the chunks in which they begin. */
export function chunked(items: readonly Item[]): Chunk[] {
  const chunks: { number: number; items: Item[] }[] = [];
  for (const item of items) {
    const number = chunkOf(item.seq);
    const last = chunks.at(-1);
    if (last?.number === number) last.items.push(item);
    else chunks.push({ number, items: [item] });
  }
  return chunks;
}

/** `self` is the reading agent's id, `messages` what the events fold to. */
export function timeline(
  events: readonly LogEvent[],
  self: string | null,
  messages: ReadonlyMap<string, Message> = messagesOf(events),
): Item[] {
  const items: Item[] = [];
  let last = 0;
  for (const event of events) {
    const message = event.body.kind === 'message' ? messages.get(event.body.id) : undefined;
    const note = event.body.kind === 'note' ? event.body : null;
    // A call stands where it ended; while it goes on, it is in the head of the page.
    const call = event.body.kind === 'call' && event.body.phase === 'ended' ? event.body : null;
    const text = message || note || call ? null : systemText(event, self);
    // What is only said about an earlier message has no place of its own, nor a day.
    if (!message && !note && !call && !text) continue;
    const { seq, at } = event;
    if (last === 0 || !isSameDay(last, at)) items.push({ kind: 'day', key: `day-${seq}`, seq, at });
    last = at;
    if (message) addMessage(items, message);
    else if (note) items.push({ kind: 'note', key: `note-${seq}`, seq, at, note });
    else if (call) items.push({ kind: 'call', key: `call-${seq}`, seq, at, call });
    else if (text) items.push({ kind: 'system', key: `system-${seq}`, seq, at, text });
  }
  return items;
}

/** What happened, in one line; null for what only the details show. */
export function systemText({ body }: LogEvent, self: string | null): string | null {
  const nameOf = (agent: { id: string; name: string }) => (agent.id === self ? 'You' : agent.name);
  switch (body.kind) {
    case 'message':
      return null;
    case 'opened':
      if (body.campaign) return `Started by the campaign ${body.campaign.name}`;
      if (body.by) return `${nameOf(body.by)} started this session`;
      if (body.route.queue) return `Session started in the queue ${body.route.queue.name}`;
      return body.route.agent
        ? `Session started with ${nameOf(body.route.agent).replace('You', 'you')}`
        : 'Session started';
    case 'pickedUp':
      return `${nameOf(body.agent)} picked up this session`;
    case 'transferred': {
      const to = body.to.agent
        ? nameOf(body.to.agent).replace('You', 'you')
        : `the queue ${body.to.queue?.name ?? ''}`;
      if (!body.by) return `Back in ${to}, as its agent is not there any more`;
      return `${nameOf(body.by)} transferred this session to ${to}`;
    }
    case 'labels':
      return body.labels.length > 0
        ? `${nameOf(body.agent)} set the labels ${body.labels.map(({ name }) => name).join(', ')}`
        : `${nameOf(body.agent)} took the labels off`;
    case 'profile':
      return body.from === 'form' ? 'The customer filled in the form' : null;
    case 'consent':
      return body.explicit ? 'The customer accepted the privacy terms' : 'The privacy terms were shown';
    case 'closed':
      switch (body.by.kind) {
        case 'customer':
          return 'The customer ended the chat';
        case 'agent':
          return `${nameOf(body.by.agent)} ended the session`;
        case 'timeout':
          return 'Closed by itself after a time without messages';
        case 'channel':
          return 'Closed with its channel';
      }
    case 'optOut':
      return optOutText(body);
    case 'notice':
      return body.text;
    case 'note':
      return `${nameOf(body.agent)} added a note`;
    case 'dialled':
      return dialWords(body.report, nameOf(body.agent));
    case 'call':
      return body.phase === 'ended' ? callWords(body, self) : null;
    case 'status':
    case 'resent':
    case 'file':
    case 'text':
    case 'edited':
    case 'revoked':
    case 'reaction':
      return null;
  }
}

function optOutText({ out, scope }: { out: boolean; scope: 'all' | 'marketing' }): string {
  if (scope === 'marketing') {
    return out ? 'The customer has opted out of campaigns' : 'The customer wants campaigns again';
  }
  return out ? 'The customer has opted out of messages' : 'The customer wants messages again';
}

/** A text cut at its links, for drawing. */
export function textParts(
  text: string,
  links: readonly { start: number; end: number; href: string }[] = [],
): { text: string; href: string | null }[] {
  const parts: { text: string; href: string | null }[] = [];
  let at = 0;
  for (const { start, end, href } of links) {
    if (start < at || end > text.length || !/^(https?:|mailto:)/i.test(href)) continue;
    if (start > at) parts.push({ text: text.slice(at, start), href: null });
    parts.push({ text: text.slice(start, end), href });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), href: null });
  return parts;
}

function addMessage(items: Item[], message: Message): void {
  const before = items.at(-1);
  const previous = before?.kind === 'group' ? before.messages.at(-1) : undefined;
  if (
    before?.kind === 'group' &&
    previous &&
    message.at - previous.at < groupForMs &&
    // No group is longer than a chunk, so that a long monologue need not be drawn as a whole.
    chunkOf(previous.seq) === chunkOf(message.seq) &&
    sameAuthor(before.author, message.author)
  ) {
    before.messages.push(message);
    before.at = message.at;
    return;
  }
  const { seq, at, author } = message;
  items.push({ kind: 'group', key: `message-${seq}`, seq, at, author, messages: [message] });
}

function sameAuthor(one: Author, other: Author): boolean {
  if (one.kind === 'agent' && other.kind === 'agent') return one.agent.id === other.agent.id;
  return one.kind === other.kind;
}
