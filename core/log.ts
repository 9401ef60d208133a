/**
 * The log of a conversation: what happened, in the one order that everybody sees. It is what Session stores,
 * what travels to the inbox (and the chat's part of it to the widget), and what the state is folded from. `seq`
 * rises by one.
 */
import * as z from 'zod/mini';
import { chatContent, content, file, links } from './content.ts';
import { deliveryStatus } from './delivery.ts';
import { dialReport } from './dial.ts';
import { sendError } from './sendError.ts';

/** An agent as colleagues see them; visitors get as much of it as the channel's agent display allows. */
export const agentRef = z.object({
  id: z.string(),
  name: z.string(),
  extension: z.string(),
  photo: z.nullable(z.string()),
});

/** A campaign whose message opened a session, or went into one. */
export const campaignRef = z.object({ id: z.string(), name: z.string() });
export type CampaignRef = z.infer<typeof campaignRef>;

const customerAuthor = z.object({ kind: z.literal('customer') });
const agentAuthor = z.object({ kind: z.literal('agent'), agent: agentRef });

export const chatAuthor = z.discriminatedUnion('kind', [
  customerAuthor,
  agentAuthor,
  /** The texts that a channel sends by itself. */
  z.object({ kind: z.literal('auto'), reason: z.enum(['greeting', 'firstMessage', 'closed']) }),
]);
export type ChatAuthor = z.infer<typeof chatAuthor>;

export const author = z.discriminatedUnion('kind', [
  customerAuthor,
  agentAuthor,
  z.object({
    kind: z.literal('auto'),
    reason: z.enum(['greeting', 'firstMessage', 'closed', 'optOut']),
  }),
  /** Somebody who wrote from our number, but not through Parley: the page's own inbox. */
  z.object({ kind: z.literal('external') }),
  z.object({ kind: z.literal('campaign'), campaign: campaignRef }),
]);
export type Author = z.infer<typeof author>;

export const closer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer') }),
  z.object({ kind: z.literal('agent'), agent: agentRef }),
  z.object({ kind: z.literal('timeout') }),
  /** The channel was deleted. */
  z.object({ kind: z.literal('channel') }),
]);
export type Closer = z.infer<typeof closer>;

export const customerProfile = z.object({
  firstName: z.optional(z.string()),
  lastName: z.optional(z.string()),
  email: z.optional(z.string()),
  phone: z.optional(z.string()),
  /** The id that the website signed for this visitor (LC-22). */
  userId: z.optional(z.string()),
  /** Whatever else the page says of the visitor; unsigned, so shown as such. */
  attributes: z.optional(z.record(z.string(), z.string())),
});
export type CustomerProfile = z.infer<typeof customerProfile>;

/** With what only a provider tells: a copy of the customer's photo, as a path of ours. */
export const fullProfile = z.extend(customerProfile, { photo: z.optional(z.string()) });
export type FullProfile = z.infer<typeof fullProfile>;

/** The pre-chat form, the website's signed identity, what the page set by itself, or what a provider knows. */
export const profileSource = z.enum(['form', 'identity', 'page', 'provider']);
export type ProfileSource = z.infer<typeof profileSource>;

export const route = z.object({
  queue: z.nullable(z.object({ id: z.string(), name: z.string() })),
  agent: z.nullable(agentRef),
});
export type Route = z.infer<typeof route>;

/** A label as it was called when it was given. */
export const labelRef = z.object({ id: z.string(), name: z.string() });

export const sourcePage = z.object({ url: z.string(), title: z.string() });
export type SourcePage = z.infer<typeof sourcePage>;

const openedShape = {
  kind: z.literal('opened'),
  ordinal: z.number(),
  route,
  source: z.nullable(sourcePage),
};
const opened = z.object(openedShape);
const pickedUp = z.object({ kind: z.literal('pickedUp'), agent: agentRef });
const profileShape = { kind: z.literal('profile'), from: profileSource };
/** The terms that were agreed to, in full: they may read differently tomorrow. */
const consent = z.object({ kind: z.literal('consent'), terms: z.string(), explicit: z.boolean() });
const closed = z.object({ kind: z.literal('closed'), by: closer });

export const callFrom = z.enum(['customer', 'agent']);
export type CallFrom = z.infer<typeof callFrom>;

/**
 * How a call ended. `answered`: they talked; `lost`: they talked, and it was cut off; `failed`: answered, but no sound
 * came through; `missed`: nobody answered; `declined`; `cancelled`: whoever called hung up first; `busy`: all lines
 * were taken, so that it did not ring.
 */
export const callOutcome = z.enum(['answered', 'lost', 'failed', 'missed', 'declined', 'cancelled', 'busy']);
export type CallOutcome = z.infer<typeof callOutcome>;

/** A call began, was answered, or is over; each says all that is known of the call then. */
const call = z.object({
  kind: z.literal('call'),
  /** The call's; three events have it. */
  id: z.string(),
  phase: z.enum(['started', 'answered', 'ended']),
  from: callFrom,
  /** Who invites, or has answered. */
  agent: z.nullable(agentRef),
  /** From the beginning to the answer, or to the end when there was none; ms. */
  ringingMs: z.number(),
  /** From the answer to the end, ms. */
  talkingMs: z.number(),
  /** Null before the end. */
  outcome: z.nullable(callOutcome),
  /** Who ended it; null: by itself, or not yet. */
  endedBy: z.nullable(callFrom),
});

/** Made by whoever sent the message; the same id twice is the same message. */
const messageId = z.string();

/** What a visitor's page gets of the log. */
export const chatEventBody = z.discriminatedUnion('kind', [
  opened,
  z.object({ kind: z.literal('message'), id: messageId, author: chatAuthor, content: chatContent }),
  pickedUp,
  z.object({ ...profileShape, profile: customerProfile }),
  consent,
  closed,
  call,
]);
export type ChatEventBody = z.infer<typeof chatEventBody>;

/** What goes with a message of a provider. */
const context = z.object({
  /** Id of the message that this one answers, in this conversation. */
  replyTo: z.optional(z.string()),
  forwarded: z.optional(z.boolean()),
  /** What the customer tapped: a quick reply, a button. */
  payload: z.optional(z.string()),
  /** Where the customer came from. */
  referral: z.optional(
    z.object({ source: z.string(), title: z.optional(z.string()), url: z.optional(z.string()) }),
  ),
});
export type MessageContext = z.infer<typeof context>;

/** Everything that can happen. The kinds after `call` say something about an earlier message, by its id. */
export const eventBody = z.discriminatedUnion('kind', [
  z.object({
    ...openedShape,
    /** The agent who started it; absent when the customer did. */
    by: z.optional(agentRef),
    campaign: z.optional(campaignRef),
  }),
  z.object({
    kind: z.literal('message'),
    id: messageId,
    author,
    content,
    context: z.optional(context),
  }),
  pickedUp,
  z.object({ ...profileShape, profile: fullProfile }),
  consent,
  closed,
  call,
  /** How far a message that we sent has got. `round` counts how often it was sent, from 1. */
  z.object({
    kind: z.literal('status'),
    message: messageId,
    round: z.number(),
    status: deliveryStatus,
    error: z.nullable(sendError),
  }),
  /** An agent sends a message once more that failed, or whose outcome is unknown. */
  z.object({ kind: z.literal('resent'), message: messageId, round: z.number(), agent: agentRef }),
  /** A file of a message was fetched or could not be; `index` at the end of the list adds one. */
  z.object({ kind: z.literal('file'), message: messageId, index: z.number(), file }),
  /** The text of a message whose files came first. */
  z.object({ kind: z.literal('text'), message: messageId, text: z.string(), links: z.optional(links) }),
  /** The customer changed what they wrote; earlier texts stay in the log. */
  z.object({ kind: z.literal('edited'), message: messageId, text: z.string(), links: z.optional(links) }),
  z.object({ kind: z.literal('revoked'), message: messageId }),
  /** `emoji` null takes it back. */
  z.object({ kind: z.literal('reaction'), message: messageId, emoji: z.nullable(z.string()) }),
  /** The customer does not want messages (`marketing`: no campaigns) any more, or wants them again. */
  z.object({ kind: z.literal('optOut'), out: z.boolean(), scope: z.enum(['all', 'marketing']) }),
  /**
   * Something to know about the customer or the conversation. `fromCustomer`: they did it just now, without a word, and it
   * opens the provider's window.
   */
  z.object({ kind: z.literal('notice'), text: z.string(), fromCustomer: z.optional(z.boolean()) }),
  /** The session went to another agent or queue. `by` null: by itself, as its agent is disabled. */
  z.object({ kind: z.literal('transferred'), by: z.nullable(agentRef), from: route, to: route }),
  /** What agents tell each other about the session; customers never get it. `mentions`: ids of agents. */
  z.object({
    kind: z.literal('note'),
    id: messageId,
    agent: agentRef,
    text: z.string(),
    links: z.optional(links),
    mentions: z.array(z.string()),
  }),
  /** An agent called a number of the customer's through the PBX, and that is over; `id` was made by their page. */
  z.object({ kind: z.literal('dialled'), id: messageId, agent: agentRef, report: dialReport }),
  /** The labels that the session has from now on. */
  z.object({ kind: z.literal('labels'), agent: agentRef, labels: z.array(labelRef) }),
]);
export type EventBody = z.infer<typeof eventBody>;

const stamp = { seq: z.number(), at: z.number(), ordinal: z.number() };
export const logEvent = z.object({ ...stamp, body: eventBody });
/** One event of the log; `at` is epoch ms by the server's clock, `ordinal` the session it belongs to. */
export type LogEvent = z.infer<typeof logEvent>;
export const chatEvent = z.object({ ...stamp, body: chatEventBody });
/** An event as the visitor's page gets it; its `seq`s may have gaps. */
export type ChatEvent = z.infer<typeof chatEvent>;

/** How far each side has got, as `seq`s. Both only rise. */
const mark = z.object({ delivered: z.number(), read: z.number() });
export const marks = z.object({ customer: mark, agents: mark });
export type Marks = z.infer<typeof marks>;
export type Side = keyof Marks;

export const noMarks: Marks = {
  customer: { delivered: 0, read: 0 },
  agents: { delivered: 0, read: 0 },
};

/**
 * Moves one side's marks forward, never back and never past `lastSeq`. What is read is delivered. Answers the
 * same object when nothing moved.
 */
export function advanceMarks(
  before: Marks,
  side: Side,
  to: { delivered?: number | undefined; read?: number | undefined },
  lastSeq: number,
): Marks {
  const clamp = (value: number | undefined) => Math.min(Math.max(0, Math.floor(value ?? 0)), lastSeq);
  const read = Math.max(before[side].read, clamp(to.read));
  const delivered = Math.max(before[side].delivered, clamp(to.delivered), read);
  if (read === before[side].read && delivered === before[side].delivered) return before;
  return { ...before, [side]: { delivered, read } };
}

/** The customer's name as agents read it, empty when the customer has not said any. */
export function customerName(profile: CustomerProfile): string {
  return (
    [profile.firstName, profile.lastName].filter(Boolean).join(' ') || (profile.email ?? profile.phone ?? '')
  );
}
