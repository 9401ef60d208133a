/**
 * What pages ask and say about calls. In a file of its own, because the panel parses nothing of it and should not carry
 * what stands beside it (`callProtocol.ts`).
 */
import * as z from 'zod/mini';

/** Of calls and ends: made by whoever begins them. */
const madeId = z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[A-Za-z0-9_-]+$/));

/** How often an end says that it is there, ms. */
export const beatMs = 5_000;

/** UTF-16 units of one session description; that of a call with one track has about 3,000. */
const maxDescription = 20_000;
const maxCandidate = 1_000;

/** What is asked of the edge about a call; answered by `done` or `refused`. */
export const callAsk = z.discriminatedUnion('kind', [
  /** Begins a call: a visitor calls the agents, an agent invites the visitor. The same `call` again is the same call. */
  z.object({ kind: z.literal('start'), call: madeId, end: madeId }),
  /** Takes a call that rings. The first one gets it. */
  z.object({ kind: z.literal('answer'), call: madeId, end: madeId }),
  /** Does not take a call that rings. Of several agents it goes on ringing at the others. */
  z.object({ kind: z.literal('decline'), call: madeId }),
  /** Takes a call back that rings, or ends it. `failed`: because no sound comes through. */
  z.object({ kind: z.literal('hangUp'), call: madeId, failed: z.optional(z.boolean()) }),
  /** Is there again: after a lost socket with the same `end`, after a reload, or in another tab, with a new one. */
  z.object({ kind: z.literal('join'), call: madeId, end: madeId }),
]);
export type CallAsk = z.infer<typeof callAsk>;

/** As browsers say it: an RTCIceCandidate. */
const candidate = z.object({
  candidate: z.string().check(z.maxLength(maxCandidate)),
  sdpMid: z.optional(z.nullable(z.string().check(z.maxLength(maxCandidate)))),
  sdpMLineIndex: z.optional(z.nullable(z.number())),
  usernameFragment: z.optional(z.nullable(z.string().check(z.maxLength(maxCandidate)))),
});

/** What is said about a call without an answer. */
export const callNote = z.discriminatedUnion('kind', [
  /** To the other end of the link, as it is; dropped when one of both is no end of the call any more. */
  z.object({
    kind: z.literal('rtc'),
    call: madeId,
    from: madeId,
    to: madeId,
    description: z.optional(
      z.object({
        type: z.enum(['offer', 'answer']),
        sdp: z.string().check(z.maxLength(maxDescription)),
      }),
    ),
    candidates: z.optional(z.array(candidate).check(z.maxLength(50))),
  }),
  /** Every `beatMs`: the end is there. `connected`: sound can come through. */
  z.object({ kind: z.literal('beat'), call: madeId, end: madeId, connected: z.boolean() }),
]);
export type CallNote = z.infer<typeof callNote>;
