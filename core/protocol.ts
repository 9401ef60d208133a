/**
 * What travels over the two sockets, for both ends. Each incoming frame is parsed with these schemas, never
 * cast. Requests carry an `id` that their answer (`done` or `refused`) repeats.
 *
 *   visitor's socket   GET /visitor/socket?channelNumber=LC00000   subprotocols `parley.v1`, visitor token
 *   agent's socket     GET /desk                                   the sign-in cookie
 *
 * Both ends may send the text `ping` at any time; the edge answers `pong` without waking the object.
 */
import * as z from 'zod/mini';
import { file, media, place } from './content.ts';
import { deliveryStatus } from './delivery.ts';
import { chatEvent, customerProfile, logEvent, marks, route, sourcePage } from './log.ts';

export const subprotocol = 'parley.v1';

/** Bytes of one incoming frame; a longer one closes the socket (1009). */
export const maxFrameBytes = 64 * 1024;

/** Why the edge closes a socket for good: the client must not simply reconnect. */
export const closeCodes = {
  /** The token or sign-in is no longer valid: say hello again, or sign in. */
  unauthorized: 4401,
  /** The channel was switched off or deleted, or the domain is no longer listed. */
  forbidden: 4403,
  /** Too many frames; reconnect after the time in the reason (seconds). */
  flooding: 4429,
} as const;

const id = z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[A-Za-z0-9_-]+$/));
const seq = z.int().check(z.minimum(0));
const rawText = z.string();

export const problemFrame = z.object({
  code: z.string(),
  message: z.string(),
  field: z.optional(z.string()),
  details: z.optional(z.array(z.string())),
});

/** What a message to be sent carries: a text, or the ticket of an uploaded image. */
const outgoing = { text: z.optional(rawText), upload: z.optional(z.string()) };

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

// ── Visitor → edge ──────────────────────────────────────────────────────────────────────────────────────

export const visitorFrame = z.discriminatedUnion('kind', [
  /** First frame of every connection: replays what came after `after` (0: the newest page). */
  z.object({ kind: z.literal('hello'), after: seq, page: z.optional(sourcePage) }),
  /** Sends a message; `id` is made by the page and may be sent again until answered. */
  z.object({ kind: z.literal('send'), id, ...outgoing }),
  z.object({ kind: z.literal('profile'), id, profile: customerProfile, consent: z.optional(z.boolean()) }),
  z.object({ kind: z.literal('mark'), delivered: z.optional(seq), read: z.optional(seq) }),
  z.object({ kind: z.literal('typing'), on: z.boolean() }),
  /** The page of events before `before`. */
  z.object({ kind: z.literal('history'), id, before: seq }),
  z.object({ kind: z.literal('end'), id }),
]);
export type VisitorFrame = z.infer<typeof visitorFrame>;

// ── Edge → visitor ──────────────────────────────────────────────────────────────────────────────────────

/** Whether somebody is there (LC-13), and the words for it. */
export const availability = z.object({
  online: z.boolean(),
  greeting: z.string(),
  /** When the business opens next, epoch ms; null when it is open or does not say. */
  opensAt: z.nullable(z.number()),
});
export type Availability = z.infer<typeof availability>;

export const toVisitorFrame = z.discriminatedUnion('kind', [
  /** Answers `hello`. `events` rise by seq without a gap; `complete` says that nothing older exists. */
  z.object({
    kind: z.literal('welcome'),
    now: z.number(),
    events: z.array(chatEvent),
    complete: z.boolean(),
    marks,
    /** Whether a session is open; a message opens one otherwise. */
    open: z.boolean(),
    /** Whether the pre-chat form (with consent) has to be filled in before the next message. */
    formDue: z.boolean(),
    profile: customerProfile,
    availability,
  }),
  z.object({ kind: z.literal('events'), events: z.array(chatEvent) }),
  z.object({ kind: z.literal('marks'), marks }),
  z.object({ kind: z.literal('typing'), on: z.boolean() }),
  z.object({ kind: z.literal('history'), id: z.string(), events: z.array(chatEvent), complete: z.boolean() }),
  /** The request is stored. For `send`, `seq` is the message's place in the log. */
  z.object({ kind: z.literal('done'), id: z.string(), seq: z.optional(z.number()) }),
  z.object({ kind: z.literal('refused'), id: z.string(), problem: problemFrame }),
]);
export type ToVisitorFrame = z.infer<typeof toVisitorFrame>;

// ── Sessions as the inbox lists them ────────────────────────────────────────────────────────────────────

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
      from: z.enum(['customer', 'agent', 'auto']),
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
});
export type SessionSummary = z.infer<typeof sessionSummary>;

/** A summary with what is this agent's own: unread messages, archived. */
export const inboxSession = z.extend(sessionSummary, {
  unread: z.number(),
  archived: z.boolean(),
  /** The pickup mode of the queue it waits in; null when picked up or without a queue. */
  pickup: z.nullable(z.enum(['manual', 'auto', 'disabled'])),
});
export type InboxSession = z.infer<typeof inboxSession>;

// ── Agent → edge ────────────────────────────────────────────────────────────────────────────────────────

const session = z.string().check(z.maxLength(255));
const presence = z.enum(['available', 'away', 'businessTrip', 'doNotDisturb', 'lunchBreak', 'offWork']);

export const agentFrame = z.discriminatedUnion('kind', [
  /** First frame of every connection. */
  z.object({ kind: z.literal('hello') }),
  /** A page of the list, newest first, before this time of last activity (epoch ms). */
  z.object({ kind: z.literal('list'), id, archived: z.boolean(), before: z.number() }),
  /** The events of a session after `after` (0: the newest page). */
  z.object({ kind: z.literal('open'), id, session, after: seq }),
  z.object({ kind: z.literal('history'), id, session, before: seq }),
  z.object({ kind: z.literal('send'), id, session, ...agentOutgoing }),
  /** Sends a message once more that failed, or whose outcome is unknown. */
  z.object({ kind: z.literal('resend'), id, session, message: z.string() }),
  z.object({ kind: z.literal('pickUp'), id, session }),
  z.object({ kind: z.literal('end'), id, session }),
  z.object({ kind: z.literal('archive'), id, session, on: z.boolean() }),
  /** Takes the session off this agent's list, in all of their clients. */
  z.object({ kind: z.literal('remove'), id, session }),
  z.object({ kind: z.literal('mark'), session, read: seq }),
  z.object({ kind: z.literal('typing'), session, on: z.boolean() }),
  z.object({ kind: z.literal('presence'), id, presence }),
]);
export type AgentFrame = z.infer<typeof agentFrame>;

// ── Edge → agent ────────────────────────────────────────────────────────────────────────────────────────

const presenceEntry = z.object({ agent: z.string(), presence, connected: z.boolean() });

export const toAgentFrame = z.discriminatedUnion('kind', [
  /** Answers `hello`: all open sessions that this agent sees, and the first page of the archived ones. */
  z.object({
    kind: z.literal('welcome'),
    now: z.number(),
    agent: z.string(),
    sessions: z.array(inboxSession),
    archivedComplete: z.boolean(),
    presence: z.array(presenceEntry),
  }),
  z.object({
    kind: z.literal('list'),
    id: z.string(),
    sessions: z.array(inboxSession),
    complete: z.boolean(),
  }),
  /** A session came into view or changed; `events` are its newest ones, without a gap before `session.seq`. */
  z.object({ kind: z.literal('session'), session: inboxSession, events: z.array(logEvent) }),
  /** A session left this agent's view; `by` is the colleague who picked it up. */
  z.object({ kind: z.literal('gone'), session: z.string(), by: z.nullable(z.string()) }),
  /** Answers `open` and `history`. */
  z.object({
    kind: z.literal('events'),
    id: z.string(),
    session: z.string(),
    events: z.array(logEvent),
    complete: z.boolean(),
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
  /** The request is stored. For `send`, `seq` is the message's place in the log. */
  z.object({ kind: z.literal('done'), id: z.string(), seq: z.optional(z.number()) }),
  z.object({ kind: z.literal('refused'), id: z.string(), problem: problemFrame }),
]);
export type ToAgentFrame = z.infer<typeof toAgentFrame>;

// ── The visitor's HTTP calls ────────────────────────────────────────────────────────────────────────────

/** POST /visitor/hello: gets or renews a visitor token, and what the panel needs before it connects. */
export const helloRequest = z.object({
  channelNumber: z.string().check(z.maxLength(20)),
  token: z.optional(z.string().check(z.maxLength(4096))),
  /** A token that the website signed with the channel's identity secret (LC-22). */
  identity: z.optional(z.string().check(z.maxLength(8192))),
});
export type HelloRequest = z.infer<typeof helloRequest>;

export const rule = z.enum(['off', 'optional', 'required']);

/** What the widget knows of its channel: the public part of its settings, ready to draw. */
export const widgetConfig = z.object({
  channelNumber: z.string(),
  interaction: z.enum(['chat', 'phoneAndChat']),
  images: z.boolean(),
  language: z.string(),
  preChat: z.nullable(
    z.object({
      title: z.string(),
      subtitle: z.string(),
      firstName: rule,
      lastName: rule,
      email: rule,
      phone: rule,
    }),
  ),
  consent: z.nullable(
    z.object({
      text: z.array(
        z.array(
          z.object({
            text: z.string(),
            bold: z.optional(z.boolean()),
            italic: z.optional(z.boolean()),
            href: z.optional(z.string()),
          }),
        ),
      ),
      explicit: z.boolean(),
    }),
  ),
  title: z.string(),
  welcome: z.string(),
  logo: z.nullable(z.string()),
  /** Faces of the agents who may answer, as far as the channel shows them. */
  faces: z.array(z.object({ name: z.string(), photo: z.nullable(z.string()) })),
});
export type WidgetConfig = z.infer<typeof widgetConfig>;

export const helloAnswer = z.object({
  token: z.string(),
  /** Changes when the token belongs to another visitor than before: the page then starts clean. */
  visitor: z.string(),
  config: widgetConfig,
  availability,
  /** Whether this visitor has written before, so that the page connects without being asked. */
  known: z.boolean(),
});
export type HelloAnswer = z.infer<typeof helloAnswer>;

/** PUT /visitor/media and PUT /api/media (raw image in the body): the ticket to send it with. */
export const uploadAnswer = z.object({ upload: z.string(), media });
export type UploadAnswer = z.infer<typeof uploadAnswer>;

/** PUT /api/media for a provider's channel (raw file in the body): the ticket to send it with. */
export const fileAnswer = z.object({ upload: z.string(), file });
export type FileAnswer = z.infer<typeof fileAnswer>;

/** Every refused HTTP call answers this, with a matching status. */
export const errorAnswer = z.object({ error: problemFrame });
