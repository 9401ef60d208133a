/**
 * The log of a conversation: what happened, in the one order that everybody sees. It is what Session stores,
 * what travels to the widget and the inbox, and what the state is folded from. `seq` rises by one.
 */
import * as z from 'zod/mini';
import { content } from './content.ts';

/** An agent as colleagues see them; visitors get as much of it as the channel's agent display allows. */
const agentRef = z.object({
  id: z.string(),
  name: z.string(),
  extension: z.string(),
  photo: z.nullable(z.string()),
});

export const author = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer') }),
  z.object({ kind: z.literal('agent'), agent: agentRef }),
  /** The texts that a channel sends by itself. */
  z.object({ kind: z.literal('auto'), reason: z.enum(['greeting', 'firstMessage', 'closed']) }),
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

/** The pre-chat form, the website's signed identity, or what the page set by itself. */
export const profileSource = z.enum(['form', 'identity', 'page']);
export type ProfileSource = z.infer<typeof profileSource>;

export const route = z.object({
  queue: z.nullable(z.object({ id: z.string(), name: z.string() })),
  agent: z.nullable(agentRef),
});
export type Route = z.infer<typeof route>;

export const sourcePage = z.object({ url: z.string(), title: z.string() });
export type SourcePage = z.infer<typeof sourcePage>;

export const eventBody = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    ordinal: z.number(),
    route,
    source: z.nullable(sourcePage),
  }),
  z.object({
    kind: z.literal('message'),
    /** Made by whoever sent it; the same id twice is the same message. */
    id: z.string(),
    author,
    content,
  }),
  z.object({ kind: z.literal('pickedUp'), agent: agentRef }),
  z.object({ kind: z.literal('profile'), profile: customerProfile, from: profileSource }),
  /** The terms that were agreed to, in full: they may read differently tomorrow. */
  z.object({ kind: z.literal('consent'), terms: z.string(), explicit: z.boolean() }),
  z.object({ kind: z.literal('closed'), by: closer }),
]);
export type EventBody = z.infer<typeof eventBody>;

const stamp = { seq: z.number(), at: z.number(), ordinal: z.number() };
export const logEvent = z.object({ ...stamp, body: eventBody });
/** One event of the log; `at` is epoch ms by the server's clock, `ordinal` the session it belongs to. */
export type LogEvent = z.infer<typeof logEvent>;

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
