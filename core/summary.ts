/** What a list shows of a session, folded from its events one by one. */
import type { Author, CustomerProfile, LogEvent, Marks, Route, SourcePage } from './log.ts';
import { customerName } from './log.ts';
import { preview } from './message.ts';
import type { SessionSummary } from './protocol.ts';

/** One session of a conversation as far as its events tell. */
export interface SessionRecord {
  ordinal: number;
  status: 'open' | 'closed';
  route: Route;
  source: SourcePage | null;
  openedAt: number;
  lastActivityAt: number;
  /** Seq of its newest event. */
  seq: number;
  /** Messages of the customer. */
  inbound: number;
  lastMessage: SessionSummary['lastMessage'];
}

/** The record after one more event; null stays null until the session opens. */
export function recordEvent(before: SessionRecord | null, event: LogEvent): SessionRecord | null {
  const { body, seq, at } = event;
  if (body.kind === 'opened') {
    return {
      ordinal: body.ordinal,
      status: 'open',
      route: body.route,
      source: body.source,
      openedAt: at,
      lastActivityAt: at,
      seq,
      inbound: 0,
      lastMessage: null,
    };
  }
  if (before?.ordinal !== event.ordinal) return before;
  const record = { ...before, seq };
  switch (body.kind) {
    case 'message': {
      const from = body.author.kind;
      record.lastMessage = { seq, from, preview: preview(body.content), at };
      if (from !== 'auto') record.lastActivityAt = at;
      if (from === 'customer') record.inbound += 1;
      return record;
    }
    case 'pickedUp':
      return { ...record, lastActivityAt: at, route: { ...record.route, agent: body.agent } };
    case 'closed':
      return { ...record, status: 'closed' };
    case 'profile':
    case 'consent':
      return record;
  }
}

/** The name that lists show: what the customer said, else a stable one made of the customer's id. */
export function displayName(profile: CustomerProfile, customer: string): string {
  const letters = customer.slice(1).replace(/[^A-Za-z0-9]/g, '');
  return customerName(profile) || `Visitor ${letters.slice(0, 4).toUpperCase()}`;
}

export function summaryOf(of: {
  id: string;
  channel: SessionSummary['channel'];
  customer: string;
  record: SessionRecord;
  profile: CustomerProfile;
  marks: Marks;
  consentAt: number | null;
}): SessionSummary {
  const { ordinal: _ordinal, ...record } = of.record;
  return {
    id: of.id,
    channel: of.channel,
    customer: { name: displayName(of.profile, of.customer), profile: of.profile },
    ...record,
    marks: of.marks,
    consentAt: of.consentAt,
  };
}

/** How an agent looks to visitors under the channel's agent display (LC-09). */
export function authorForVisitor(
  author: Author,
  display: 'none' | 'name' | 'nameAndPhoto',
  defaultAgent: { name: string; photo: string | null },
): Author {
  if (author.kind !== 'agent') return author;
  return { kind: 'agent', agent: agentForVisitor(author.agent, display, defaultAgent) };
}

function agentForVisitor<A extends { id: string; name: string; photo: string | null }>(
  agent: A,
  display: 'none' | 'name' | 'nameAndPhoto',
  defaultAgent: { name: string; photo: string | null },
) {
  const shown = display === 'none' ? defaultAgent : agent;
  return {
    // Which of the agents it is stays inside; messages are still told apart by who is shown.
    id: display === 'none' ? 'agent' : agent.id,
    extension: '',
    name: shown.name,
    photo: display === 'name' ? null : shown.photo,
  };
}

/** An event as the visitor gets it: agents as the channel shows them, nothing of queues and routes. */
export function eventForVisitor(
  event: LogEvent,
  display: 'none' | 'name' | 'nameAndPhoto',
  defaultAgent: { name: string; photo: string | null },
): LogEvent {
  const { body } = event;
  switch (body.kind) {
    case 'message':
      return { ...event, body: { ...body, author: authorForVisitor(body.author, display, defaultAgent) } };
    case 'opened':
      return { ...event, body: { ...body, route: { queue: null, agent: null } } };
    case 'pickedUp':
      return { ...event, body: { ...body, agent: agentForVisitor(body.agent, display, defaultAgent) } };
    case 'closed':
      return body.by.kind === 'agent'
        ? {
            ...event,
            body: {
              ...body,
              by: { ...body.by, agent: agentForVisitor(body.by.agent, display, defaultAgent) },
            },
          }
        : event;
    case 'profile':
    case 'consent':
      return event;
  }
}
