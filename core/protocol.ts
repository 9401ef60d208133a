/**
 * What travels over the agents' socket, for both ends: GET /desk, with the sign-in cookie. Each incoming frame is
 * parsed with these schemas, never cast; requests carry an `id` that their answer repeats. What it shares with the
 * visitors' socket stands in `visitorProtocol.ts`.
 */
import * as z from 'zod/mini';
import { callAsk, callNote, toCall } from './callProtocol.ts';
import { file, place } from './content.ts';
import { deliveryStatus } from './delivery.ts';
import { dialReport } from './dial.ts';
import {
  agentRef,
  callFrom,
  campaignRef,
  customerProfile,
  logEvent,
  marks,
  route,
  sourcePage,
} from './log.ts';
import { problemFrame, rawText, requestId as id, seq } from './visitorProtocol.ts';

export * from './visitorProtocol.ts';

/** What an agent's message carries; live chat takes `text` or one upload. Texts may go with files. */
const agentOutgoing = {
  text: z.optional(rawText),
  /** Tickets of uploaded files. */
  uploads: z.optional(z.array(z.string()).check(z.maxLength(20))),
  place: z.optional(place),
  /** A WhatsApp template with its values; `templateInput` of `template.ts`, checked by the edge. */
  template: z.optional(z.record(z.string(), z.unknown())),
  /** Id of the message that this one answers. */
  replyTo: z.optional(z.string()),
};

// ── Sessions as the inbox lists them ────────────────────────────────────────────────────────────────────

/** A call as those see it who do not take part. */
export const currentCall = z.object({
  id: z.string(),
  from: callFrom,
  phase: z.enum(['ringing', 'answered']),
  /** Who invites, or has answered. */
  agent: z.nullable(agentRef),
  startedAt: z.number(),
  answeredAt: z.nullable(z.number()),
  /** Ids of agents at whom it does not ring any more. */
  declined: z.array(z.string()),
});
export type CurrentCall = z.infer<typeof currentCall>;

/** Whether the visitor can be called: `away` has no page open, `unable` has one that cannot take calls. */
export const reach = z.enum(['ready', 'away', 'unable']);
export type Reach = z.infer<typeof reach>;

export const sessionSummary = z.object({
  id: z.string(),
  channel: z.object({
    id: z.string(),
    type: z.enum(['liveChat', 'sms', 'facebook', 'whatsapp']),
    /** Id of the provider; null for live chat. */
    provider: z.nullable(z.string()),
    name: z.string(),
    number: z.string(),
  }),
  customer: z.object({
    /** The name to show: what the customer said, else a stable one such as "Visitor 4F2A". */
    name: z.string(),
    profile: customerProfile,
    /** Where they are reached: a phone number, an id at the provider; a visitor's id for live chat. */
    address: z.string(),
    photo: z.nullable(z.string()),
  }),
  status: z.enum(['open', 'closed']),
  route,
  openedAt: z.number(),
  lastActivityAt: z.number(),
  lastMessage: z.nullable(
    z.object({
      seq: z.number(),
      id: z.string(),
      from: z.enum(['customer', 'agent', 'auto', 'external', 'campaign']),
      preview: z.string(),
      at: z.number(),
      /** How far it has got, for what was sent through a provider; null before the first report. */
      status: z.nullable(deliveryStatus),
    }),
  ),
  /** Seq of the newest event of this session. */
  seq: z.number(),
  /** Messages of the customer in this session; what an agent has not read of them is unread. */
  inbound: z.number(),
  marks,
  source: z.nullable(sourcePage),
  consentAt: z.nullable(z.number()),
  /** When the customer last did something that opens the provider's window, epoch ms. */
  lastInboundAt: z.nullable(z.number()),
  optedOut: z.boolean(),
  /** The campaign whose message opened it. */
  campaign: z.optional(z.nullable(campaignRef)),
  /** Ids of labels. */
  labels: z.optional(z.array(z.string())),
  /** The call that rings or goes on in it. */
  call: z.optional(z.nullable(currentCall)),
});
export type SessionSummary = z.infer<typeof sessionSummary>;

/** Who a customer is: a contact of theirs (core/contact.ts). */
export const contactRef = z.object({ id: z.string(), name: z.string() });
export type ContactRef = z.infer<typeof contactRef>;

/** Whom a customer's key leads to; null: to nobody any more. */
export const contactName = z.object({ key: z.string(), contact: z.nullable(contactRef) });
export type ContactName = z.infer<typeof contactName>;

/** A summary with what is this agent's own: unread messages, archived. */
export const inboxSession = z.extend(sessionSummary, {
  contact: z.optional(z.nullable(contactRef)),
  unread: z.number(),
  archived: z.boolean(),
  /** The pickup mode of the queue it waits in; null when picked up or without a queue. */
  pickup: z.nullable(z.enum(['manual', 'auto', 'disabled'])),
  /** Where the agent stands: the session is theirs to answer, or they were mentioned and may read along. */
  role: z.optional(z.enum(['answers', 'reads'])),
  /** Notes that mention this agent and that they have not seen. */
  mentions: z.optional(z.number()),
});
export type InboxSession = z.infer<typeof inboxSession>;

// ── Agent → edge ────────────────────────────────────────────────────────────────────────────────────────

const session = z.string().check(z.maxLength(255));
const presence = z.enum(['available', 'away', 'businessTrip', 'doNotDisturb', 'lunchBreak', 'offWork']);

/** Where a session can be transferred to. */
export const transferTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), id: z.string() }),
  z.object({ kind: z.literal('queue'), id: z.string() }),
  z.object({ kind: z.literal('platform') }),
]);
export type TransferTarget = z.infer<typeof transferTarget>;

/** Where a search goes on: in the archive of a month, such as `2026-11`, below a row. */
export const searchPlace = z.object({
  period: z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/)),
  row: z.nullable(z.number()),
});
export type SearchPlace = z.infer<typeof searchPlace>;

export const agentFrame = z.discriminatedUnion('kind', [
  /** First frame of every connection. */
  z.object({ kind: z.literal('hello') }),
  /**
   * A page of the list, newest first, after the session `beforeId` whose last activity was at `before` (epoch ms);
   * without an id, before that time.
   */
  z.object({
    kind: z.literal('list'),
    id,
    archived: z.boolean(),
    before: z.number(),
    beforeId: z.optional(z.string().check(z.maxLength(255))),
  }),
  /** One session of the agent's that is not in the pages so far: answered by its `session` frame, then `done`. */
  z.object({ kind: z.literal('show'), id, session }),
  /** The events of a session after `after` (0: the newest page). */
  z.object({ kind: z.literal('open'), id, session, after: seq }),
  /** The page before `before`; with `through`, all from that one on, as far as one answer can hold them. */
  z.object({ kind: z.literal('history'), id, session, before: seq, through: z.optional(seq) }),
  /** Contacts, sessions and messages with these words; `from` is `next` of the answer before. */
  z.object({
    kind: z.literal('search'),
    id,
    text: z.string().check(z.maxLength(200)),
    from: z.optional(searchPlace),
  }),
  z.object({ kind: z.literal('send'), id, session, ...agentOutgoing }),
  /** Sends a message once more that failed, or whose outcome is unknown. */
  z.object({ kind: z.literal('resend'), id, session, message: z.string() }),
  z.object({ kind: z.literal('pickUp'), id, session }),
  z.object({ kind: z.literal('end'), id, session }),
  z.object({ kind: z.literal('transfer'), id, session, to: transferTarget }),
  /** Opens a session with a customer who need not have written; one that is open already is answered instead. */
  z.object({
    kind: z.literal('start'),
    id,
    channel: z.string(),
    number: z.string(),
    to: z.string().check(z.maxLength(40)),
  }),
  /** Tells colleagues something about the session; the customer never gets it. */
  z.object({
    kind: z.literal('note'),
    id,
    session,
    text: rawText,
    mentions: z.array(z.string()).check(z.maxLength(20)),
  }),
  /** What became of a call to a number of the customer's (CALL-06); the same `id` again is the same call. */
  z.object({ kind: z.literal('dialled'), id, session, report: dialReport }),
  /** The labels that the session has from now on, by their ids. */
  z.object({ kind: z.literal('label'), id, session, labels: z.array(z.string()).check(z.maxLength(20)) }),
  z.object({ kind: z.literal('archive'), id, session, on: z.boolean() }),
  /** Takes the session off this agent's list, in all of their clients. */
  z.object({ kind: z.literal('remove'), id, session }),
  z.object({ kind: z.literal('mark'), session, read: seq }),
  z.object({ kind: z.literal('typing'), session, on: z.boolean() }),
  z.object({ kind: z.literal('presence'), id, presence }),
  /** Whether the page is on the screen: an agent who looks at one is not pushed to. Off until it is said. */
  z.object({ kind: z.literal('visible'), on: z.boolean() }),
  /** Makes the session unread for this agent, in all of their clients, until they look at it again. */
  z.object({ kind: z.literal('unread'), id, session }),
  z.object({ kind: z.literal('call'), id, session, ask: callAsk }),
  z.object({ kind: z.literal('callNote'), session, note: callNote }),
]);
export type AgentFrame = z.infer<typeof agentFrame>;

// ── Edge → agent ────────────────────────────────────────────────────────────────────────────────────────

/** A message or note that was found; the words that match stand between \u0001 and \u0002. */
const foundMessage = z.object({ session: z.string(), seq: z.number(), at: z.number(), excerpt: z.string() });
export type FoundMessage = z.infer<typeof foundMessage>;

const foundContact = z.object({ id: z.string(), name: z.string(), company: z.string(), number: z.string() });
export type FoundContact = z.infer<typeof foundContact>;

const presenceEntry = z.object({ agent: z.string(), presence, connected: z.boolean() });

export const toAgentFrame = z.discriminatedUnion('kind', [
  /** Answers `hello`: the first page of the open sessions that this agent sees, and of the archived ones. */
  z.object({
    kind: z.literal('welcome'),
    now: z.number(),
    agent: z.string(),
    sessions: z.array(inboxSession),
    /** Whether there is no further page of open sessions; not said by edges that know of one page only. */
    openComplete: z.optional(z.boolean()),
    archivedComplete: z.boolean(),
    presence: z.array(presenceEntry),
  }),
  z.object({
    kind: z.literal('list'),
    id: z.string(),
    /** What was asked for; archived ones when it is not said. */
    archived: z.optional(z.boolean()),
    sessions: z.array(inboxSession),
    complete: z.boolean(),
  }),
  /** A session came into view or changed; `events` are its newest ones, without a gap before `session.seq`. */
  z.object({ kind: z.literal('session'), session: inboxSession, events: z.array(logEvent) }),
  /** A session left this agent's view; `by` is the colleague or queue that has it now. */
  z.object({
    kind: z.literal('gone'),
    session: z.string(),
    by: z.nullable(z.string()),
    /** It was given away, rather than picked up. */
    transferred: z.optional(z.boolean()),
  }),
  /** Answers `open` and `history`. */
  z.object({
    kind: z.literal('events'),
    id: z.string(),
    session: z.string(),
    events: z.array(logEvent),
    complete: z.boolean(),
  }),
  /** Answers `search`. `sessions` has all that are spoken of, `matched` the ids of those whose customer was found. */
  z.object({
    kind: z.literal('found'),
    id: z.string(),
    contacts: z.array(foundContact),
    matched: z.array(z.string()),
    messages: z.array(foundMessage),
    sessions: z.array(inboxSession),
    next: z.nullable(searchPlace),
  }),
  z.object({ kind: z.literal('marks'), session: z.string(), marks }),
  /** `agent` is null when it is the customer who types. */
  z.object({
    kind: z.literal('typing'),
    session: z.string(),
    agent: z.nullable(z.string()),
    on: z.boolean(),
  }),
  z.object({ kind: z.literal('presence'), entry: presenceEntry }),
  /** Customers whom the agent may know have another name now. */
  z.object({ kind: z.literal('contacts'), names: z.array(contactName) }),
  /** The request is stored. `seq` is the place in the log of what was sent, `session` the one that was started. */
  z.object({
    kind: z.literal('done'),
    id: z.string(),
    seq: z.optional(z.number()),
    session: z.optional(z.string()),
  }),
  z.object({ kind: z.literal('refused'), id: z.string(), problem: problemFrame }),
  /** To the agent who takes part in the session's call. */
  z.object({ kind: z.literal('call'), session: z.string(), call: toCall }),
  /** After the `events` that answer `open`, and with every change: whether the visitor of a live chat can be called. */
  z.object({ kind: z.literal('reach'), session: z.string(), reach }),
]);
export type ToAgentFrame = z.infer<typeof toAgentFrame>;

/** PUT /api/media for a provider's channel (raw file in the body): the ticket to send it with. */
export const fileAnswer = z.object({ upload: z.string(), file });
export type FileAnswer = z.infer<typeof fileAnswer>;

/** GET /api/senders: the numbers that the agent may start sessions from. */
export const sender = z.object({
  channel: z.string(),
  type: z.enum(['sms', 'whatsapp']),
  name: z.string(),
  number: z.string(),
});
export type Sender = z.infer<typeof sender>;
export const sendersAnswer = z.object({ senders: z.array(sender) });
