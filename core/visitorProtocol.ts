/**
 * What travels between a visitor's page and the edge, for both ends. Each incoming frame is parsed with these
 * schemas, never cast. Requests carry an `id` that their answer (`done` or `refused`) repeats.
 *
 *   GET /visitor/socket?channelNumber=LC00000   subprotocols `parley.v1`, visitor token
 *
 * Both ends may send the text `ping` at any time; the edge answers `pong` without waking the object.
 */
import * as z from 'zod/mini';
import { callAsk, callNote } from './callAsk.ts';
import { media } from './content.ts';
import { chatEvent, customerProfile, marks, sourcePage } from './log.ts';

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
  /** The edge could not do what it had to just now (RFC 6455 registry: try again later): reconnect, and miss nothing. */
  again: 1013,
} as const;

/** Made by whoever asks. */
export const requestId = z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[A-Za-z0-9_-]+$/));
export const seq = z.int().check(z.minimum(0));
export const rawText = z.string();

export const problemFrame = z.object({
  code: z.string(),
  message: z.string(),
  field: z.optional(z.string()),
  details: z.optional(z.array(z.string())),
});

/** What a message to be sent carries: a text, or the ticket of an uploaded image. */
const outgoing = { text: z.optional(rawText), upload: z.optional(z.string()) };

// ── Visitor → edge ──────────────────────────────────────────────────────────────────────────────────────

export const visitorFrame = z.discriminatedUnion('kind', [
  /**
   * First frame of every connection: replays what came after `after` (0: the newest page). `calls`: the page can make
   * and take calls (it is secure, and the browser has what it takes).
   */
  z.object({
    kind: z.literal('hello'),
    after: seq,
    page: z.optional(sourcePage),
    calls: z.optional(z.boolean()),
  }),
  /** Sends a message; `id` is made by the page and may be sent again until answered. */
  z.object({ kind: z.literal('send'), id: requestId, ...outgoing }),
  z.object({
    kind: z.literal('profile'),
    id: requestId,
    profile: customerProfile,
    consent: z.optional(z.boolean()),
  }),
  z.object({ kind: z.literal('mark'), delivered: z.optional(seq), read: z.optional(seq) }),
  z.object({ kind: z.literal('typing'), on: z.boolean() }),
  /** The page of events before `before`. */
  z.object({ kind: z.literal('history'), id: requestId, before: seq }),
  z.object({ kind: z.literal('end'), id: requestId }),
  z.object({ kind: z.literal('call'), id: requestId, ask: callAsk }),
  z.object({ kind: z.literal('callNote'), note: callNote }),
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
  /** About a call: `toCall` of callProtocol.ts, which the panel reads only once it has the part for calls. */
  z.object({ kind: z.literal('call'), call: z.unknown() }),
]);
export type ToVisitorFrame = z.infer<typeof toVisitorFrame>;

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

/** Every refused HTTP call answers this, with a matching status. */
export const errorAnswer = z.object({ error: problemFrame });
