/**
 * A conversation's messages as they stand now. The log says what happened one by one; here what it says about
 * an earlier message (files, edits, reactions, reports) is put where it belongs.
 */
import type { Content, File, Link } from './content.ts';
import { advance, type DeliveryStatus } from './delivery.ts';
import type { Author, EventBody, LogEvent, MessageContext } from './log.ts';
import type { SendError } from './sendError.ts';

/** How far a message has got in its newest round; rounds count from 1. */
export interface MessageDelivery {
  round: number;
  status: DeliveryStatus;
  error: SendError | null;
}

export interface Message {
  id: string;
  seq: number;
  /** Epoch ms. */
  at: number;
  author: Author;
  content: Content;
  context: MessageContext;
  /** What it said before each edit, the oldest first. */
  earlier: readonly string[];
  /** The customer took it back; what it said stays in the log. */
  revoked: boolean;
  /** How the customer reacted to it. */
  reaction: string | null;
  /** Null before the first report, and always in live chat, which has marks instead. */
  delivery: MessageDelivery | null;
}

/**
 * The messages of a log by their ids, in the log's order. What is said about a message that `events` do not hold
 * is left out: it counts once the older page is loaded.
 */
export function messagesOf(events: readonly LogEvent[]): ReadonlyMap<string, Message> {
  const messages = new Map<string, Message>();
  for (const { body, seq, at } of events) {
    if (body.kind === 'message') {
      const { id, author, content, context = {} } = body;
      const fresh = { earlier: [], revoked: false, reaction: null, delivery: null };
      messages.set(id, { id, seq, at, author, content, context, ...fresh });
    } else if ('message' in body) {
      const before = messages.get(body.message);
      if (before) messages.set(body.message, remarked(before, body));
    }
  }
  return messages;
}

type Remark = Extract<EventBody, { message: string }>;

/** The message after one more thing that was said about it. */
function remarked(before: Message, remark: Remark): Message {
  switch (remark.kind) {
    case 'status':
      return { ...before, delivery: reported(before.delivery, remark) };
    case 'resent':
      return {
        ...before,
        delivery: reported(before.delivery, { round: remark.round, status: 'queued', error: null }),
      };
    case 'file':
      return { ...before, content: withFile(before.content, remark.index, remark.file) };
    case 'text':
      return { ...before, content: withText(before.content, remark.text, remark.links) };
    case 'edited':
      return {
        ...before,
        content: withText(before.content, remark.text, remark.links),
        earlier: [...before.earlier, textOf(before.content)],
      };
    case 'revoked':
      return { ...before, revoked: true };
    case 'reaction':
      return { ...before, reaction: remark.emoji };
  }
}

/**
 * Where a message stands after one more report. Within a round the order of reports does not matter
 * (invariant 6); a later round starts over, and what comes of an earlier one says nothing any more.
 */
export function reported(
  before: MessageDelivery | null,
  { round, status, error }: MessageDelivery,
): MessageDelivery {
  if (!before || round > before.round) return { round, status, error };
  if (round < before.round || advance(before.status, status) === before.status) return before;
  return { round, status, error };
}

/** The words of a content that has some; empty for all others. */
export function textOf(content: Content): string {
  return content.kind === 'text' || content.kind === 'files' ? content.text : '';
}

/** `index` at the end adds a file, and then a text becomes the words beside it. */
function withFile(content: Content, index: number, file: File): Content {
  if (content.kind === 'text') return { ...content, kind: 'files', files: [file] };
  if (content.kind !== 'files') return content;
  const files = [...content.files];
  files.splice(index, 1, file);
  return { ...content, files };
}

function withText(content: Content, text: string, links: Link[] | undefined): Content {
  if (content.kind !== 'text' && content.kind !== 'files') return content;
  const { links: _before, ...kept } = content;
  return { ...kept, text, ...(links ? { links } : {}) };
}
