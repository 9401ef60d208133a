/**
 * From events and waiting messages to what is drawn: days, system lines, and groups of messages by sender
 * and time. Pure, so that it can be tested without a browser.
 */
import type { Media, Link } from '../core/content.ts';
import type { Closer, ChatEvent } from '../core/log.ts';
import type { CallEvent } from './calls.ts';
import type { Pending } from './chat.ts';

export interface Bubble {
  id: string;
  /** 0 while the edge has not confirmed it. */
  seq: number;
  at: number;
  text?: string;
  links?: readonly Link[];
  media?: Media;
  pending?: Pending;
}

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'joined'; key: string; name: string }
  | { kind: 'closed'; key: string; by: Closer }
  | { kind: 'call'; key: string; event: CallEvent }
  | {
      kind: 'group';
      key: string;
      side: 'visitor' | 'agent';
      /** Null for the channel's own texts. */
      agent: { name: string; photo: string | null } | null;
      bubbles: Bubble[];
    };

/** Messages of one sender that are further apart than this do not stand together. */
const groupMs = 60_000;

/** `clockOffset` moves the waiting messages' times to the edge's clock. */
export function timeline(
  events: readonly ChatEvent[],
  pending: readonly Pending[],
  clockOffset: number,
): Item[] {
  const items: Item[] = [];
  let day = '';
  const startDay = (at: number) => {
    const date = new Date(at).toDateString();
    if (date === day) return;
    day = date;
    items.push({ kind: 'day', key: `day-${date}`, at });
  };
  const put = (
    sender: string,
    group: Omit<Extract<Item, { kind: 'group' }>, 'kind' | 'key' | 'bubbles'>,
    bubble: Bubble,
  ) => {
    startDay(bubble.at);
    const last = items.at(-1);
    const previous = last?.kind === 'group' ? last.bubbles.at(-1) : undefined;
    if (
      last?.kind === 'group' &&
      previous &&
      last.key.startsWith(`${sender} `) &&
      bubble.at - previous.at < groupMs
    ) {
      last.bubbles.push(bubble);
    } else {
      items.push({ kind: 'group', key: `${sender} ${bubble.id}`, ...group, bubbles: [bubble] });
    }
  };

  for (const { seq, at, body } of events) {
    if (body.kind === 'message') {
      const { author, content, id } = body;
      const bubble: Bubble =
        content.kind === 'text'
          ? { id, seq, at, text: content.text, ...(content.links && { links: content.links }) }
          : { id, seq, at, media: content.media };
      if (author.kind === 'customer') put('visitor', { side: 'visitor', agent: null }, bubble);
      else if (author.kind === 'auto') put('auto', { side: 'agent', agent: null }, bubble);
      else put(`agent-${author.agent.id}`, { side: 'agent', agent: author.agent }, bubble);
    } else if (body.kind === 'pickedUp') {
      startDay(at);
      items.push({ kind: 'joined', key: `joined-${seq}`, name: body.agent.name });
    } else if (body.kind === 'closed') {
      startDay(at);
      items.push({ kind: 'closed', key: `closed-${seq}`, by: body.by });
    } else if (body.kind === 'call' && body.phase === 'ended') {
      startDay(at);
      items.push({ kind: 'call', key: `call-${seq}`, event: body });
    }
  }
  let latest = events.at(-1)?.at ?? 0;
  for (const message of pending) {
    // Never above what is confirmed, whatever this machine's clock says.
    latest = Math.max(latest, message.at + clockOffset);
    const { id, text } = message;
    const bubble = { id, seq: 0, at: latest, pending: message, ...(text !== undefined && { text }) };
    put('visitor', { side: 'visitor', agent: null }, bubble);
  }
  return items;
}

/** The agent who talks with the visitor now, as far as the log shows. */
export function presentAgent(events: readonly ChatEvent[]): { name: string; photo: string | null } | null {
  for (let index = events.length - 1; index >= 0; index--) {
    const body = events[index]?.body;
    if (body?.kind === 'pickedUp') return body.agent;
    if (body?.kind === 'message' && body.author.kind === 'agent') return body.author.agent;
    if (body?.kind === 'opened') return null;
  }
  return null;
}

/** Whether the visitor has written in the open session and nobody has answered. */
export function isUnanswered(events: readonly ChatEvent[]): boolean {
  let wrote = false;
  for (let index = events.length - 1; index >= 0; index--) {
    const body = events[index]?.body;
    if (body?.kind === 'opened') return wrote;
    if (body?.kind === 'closed') return false;
    if (body?.kind !== 'message') continue;
    if (body.author.kind === 'agent') return false;
    if (body.author.kind === 'customer') wrote = true;
  }
  return wrote;
}
