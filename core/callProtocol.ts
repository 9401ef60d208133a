/**
 * What travels about calls, the same on the visitors' socket and on the agents': frames of kind `call` and `callNote`
 * (`visitorProtocol.ts`, `protocol.ts`) carry what stands here. What a call is, and who may do what: `call.ts`.
 *
 * An end is a page that takes part, by an id that it makes itself and makes anew when it loads again. A link is one
 * pair of ends; each link has a peer connection of its own (`callLink.ts`).
 */
import * as z from 'zod/mini';
import { agentRef, callFrom, callOutcome } from './log.ts';

export * from './callAsk.ts';

/** As browsers say it: RTCSessionDescription and RTCIceCandidate. */
const description = z.object({ type: z.enum(['offer', 'answer']), sdp: z.string() });
const candidate = z.object({
  candidate: z.string(),
  sdpMid: z.optional(z.nullable(z.string())),
  sdpMLineIndex: z.optional(z.nullable(z.number())),
  usernameFragment: z.optional(z.nullable(z.string())),
});
export type CallDescription = z.infer<typeof description>;
export type CallCandidate = z.infer<typeof candidate>;

const ofLink = { call: z.string(), from: z.string(), to: z.string() };

// ── From the edge ───────────────────────────────────────────────────────────────────────────────────────

/** A call as both ends see it. Visitors see the agent as the channel shows agents. */
export const callView = z.object({
  id: z.string(),
  /** Who calls. */
  from: callFrom,
  phase: z.enum(['ringing', 'connecting', 'active', 'ended']),
  /** Who invites, or has answered; null while nobody has. */
  agent: z.nullable(agentRef),
  /** Epoch ms by the edge's clock. */
  startedAt: z.number(),
  answeredAt: z.nullable(z.number()),
  /** The ids of the pages that take part; null while that side has not answered. */
  ends: z.object({ customer: z.nullable(z.string()), agent: z.nullable(z.string()) }),
  /** How it ended; null before. */
  outcome: z.nullable(callOutcome),
});
export type CallView = z.infer<typeof callView>;

/** As RTCConfiguration takes it. */
const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});
export type IceServer = z.infer<typeof iceServer>;

/** What an end's peer connection is made with. */
export interface IceSetup {
  servers: readonly IceServer[];
  relayOnly?: boolean | undefined;
}

/** The same as browsers take it: with nothing that is there and undefined, which frames may hold. */
export function peerConfiguration({ servers, relayOnly }: IceSetup): {
  iceServers: { urls: string[]; username?: string; credential?: string }[];
  iceTransportPolicy: 'all' | 'relay';
} {
  const iceServers = servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
  return { iceServers, iceTransportPolicy: relayOnly ? 'relay' : 'all' };
}

/** The body of a `call` frame from the edge. */
export const toCall = z.discriminatedUnion('kind', [
  /**
   * How the call stands now: after `welcome` when there is one, and with every change. `call` null: there is none, which
   * answers what is said about a call that nobody knows any more. `now`: the edge's clock, epoch ms.
   */
  z.object({ kind: z.literal('state'), now: z.number(), call: z.nullable(callView) }),
  /** Comes before the `done` of `start`, `answer` and `join`, to the socket that asked. */
  z.object({
    kind: z.literal('ice'),
    call: z.string(),
    servers: z.array(iceServer),
    /** Whether sound may go through a TURN server only. */
    relayOnly: z.optional(z.boolean()),
  }),
  /** What the other end says. */
  z.object({
    kind: z.literal('rtc'),
    ...ofLink,
    description: z.optional(description),
    candidates: z.optional(z.array(candidate)),
  }),
]);
export type ToCall = z.infer<typeof toCall>;
