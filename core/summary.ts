/** What a list shows of a session, folded from its events one by one. */
import type {
  CampaignRef,
  ChatAuthor,
  ChatEvent,
  EventBody,
  FullProfile,
  LogEvent,
  Marks,
  Route,
  SourcePage,
} from './log.ts';
import { chatEventBody, customerName } from './log.ts';
import { preview } from './message.ts';
import { callPreview } from './callRecord.ts';
import type { CurrentCall, SessionSummary } from './protocol.ts';
import type { SessionState } from './session.ts';

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
  /** Absent in records of earlier versions, as are labels. */
  campaign?: CampaignRef | null;
  labels?: string[];
  call?: CurrentCall | null;
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
      campaign: body.campaign ?? null,
      labels: [],
    };
  }
  if (before?.ordinal !== event.ordinal) return before;
  const record = { ...before, seq };
  switch (body.kind) {
    case 'message': {
      const from = body.author.kind;
      record.lastMessage = { seq, id: body.id, from, preview: preview(body.content), at, status: null };
      if (from !== 'auto') record.lastActivityAt = at;
      if (from === 'customer') record.inbound += 1;
      return record;
    }
    case 'status':
    case 'resent': {
      if (record.lastMessage?.id !== body.message) return record;
      const status = body.kind === 'status' ? body.status : 'queued';
      return { ...record, lastMessage: { ...record.lastMessage, status } };
    }
    case 'call':
      return withCall(record, body, seq, at);
    case 'reaction':
      return { ...record, lastActivityAt: at };
    case 'notice':
      return body.fromCustomer ? { ...record, lastActivityAt: at } : record;
    case 'pickedUp':
      return { ...record, lastActivityAt: at, route: { ...record.route, agent: body.agent } };
    case 'transferred':
      return { ...record, lastActivityAt: at, route: body.to };
    case 'labels':
      return { ...record, labels: body.labels.map(({ id }) => id) };
    case 'closed':
      return { ...record, status: 'closed' };
    case 'profile':
    case 'consent':
    case 'file':
    case 'text':
    case 'edited':
    case 'revoked':
    case 'optOut':
    case 'note':
    case 'dialled':
      return record;
  }
}

/** A call stands in lists like a message; one from the customer that begins is unread like one. */
function withCall(
  record: SessionRecord,
  body: Extract<EventBody, { kind: 'call' }>,
  seq: number,
  at: number,
): SessionRecord {
  const { id, from, agent, phase, ringingMs, outcome } = body;
  const isNews = from === 'customer' && (phase === 'started' || outcome === 'busy');
  const startedAt = phase === 'started' ? at : (record.call?.startedAt ?? at - ringingMs);
  const declined = record.call?.declined ?? [];
  const ringing: CurrentCall = {
    id,
    from,
    phase: 'ringing',
    agent,
    startedAt,
    answeredAt: null,
    declined: [],
  };
  const current: Record<typeof phase, CurrentCall | null> = {
    started: ringing,
    answered: { ...ringing, phase: 'answered', answeredAt: at, declined },
    ended: null,
  };
  return {
    ...record,
    lastActivityAt: at,
    lastMessage: {
      seq,
      id,
      from: from === 'customer' ? from : 'auto',
      preview: callPreview(body),
      at,
      status: null,
    },
    inbound: record.inbound + (isNews ? 1 : 0),
    call: current[phase],
  };
}

/** The name that lists show: what the customer said, else a stable one made of their address or id. */
export function displayName(profile: FullProfile, channel: ChannelRef['type'], address: string): string {
  const name = customerName(profile);
  if (name) return name;
  switch (channel) {
    case 'liveChat':
      return `Visitor ${lettersOf(address.slice(1)).slice(0, 4).toUpperCase()}`;
    case 'facebook':
      return `Facebook user ${address.slice(-4)}`;
    case 'whatsapp':
      return address.startsWith('+') ? address : `WhatsApp user ${lettersOf(address).slice(-4)}`;
    case 'sms':
      return address;
  }
}

function lettersOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '');
}

type ChannelRef = SessionSummary['channel'];

export function summaryOf(of: {
  id: string;
  channel: ChannelRef;
  /** The customer's address at the provider; a visitor's id for live chat. */
  address: string;
  record: SessionRecord;
  state: Pick<SessionState, 'profile' | 'consentAt' | 'lastInboundAt' | 'optedOut'>;
  marks: Marks;
}): SessionSummary {
  const { ordinal: _ordinal, ...record } = of.record;
  const { profile, consentAt, lastInboundAt, optedOut } = of.state;
  const { photo = null, ...said } = profile;
  return {
    id: of.id,
    channel: of.channel,
    customer: {
      name: displayName(profile, of.channel.type, of.address),
      profile: said,
      address: of.address,
      photo,
    },
    ...record,
    campaign: record.campaign ?? null,
    labels: record.labels ?? [],
    call: record.call ?? null,
    marks: of.marks,
    consentAt,
    lastInboundAt,
    optedOut,
  };
}

/** How an agent looks to visitors under the channel's agent display (LC-09). */
export function authorForVisitor(
  author: ChatAuthor,
  display: 'none' | 'name' | 'nameAndPhoto',
  defaultAgent: { name: string; photo: string | null },
): ChatAuthor {
  if (author.kind !== 'agent') return author;
  return { kind: 'agent', agent: agentForVisitor(author.agent, display, defaultAgent) };
}

export function agentForVisitor<A extends { id: string; name: string; photo: string | null }>(
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
): ChatEvent | null {
  const { body: whole } = event;
  if (whole.kind === 'transferred') {
    // To the visitor it is the same whether somebody picks a chat up or gets it.
    const { agent } = whole.to;
    return (
      agent && { ...event, body: { kind: 'pickedUp', agent: agentForVisitor(agent, display, defaultAgent) } }
    );
  }
  const parsed = chatEventBody.safeParse(whole);
  if (!parsed.success) return null;
  const body = parsed.data;
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
        : { ...event, body };
    case 'call':
      return {
        ...event,
        body: { ...body, agent: body.agent && agentForVisitor(body.agent, display, defaultAgent) },
      };
    case 'profile':
    case 'consent':
      return { ...event, body };
  }
}
