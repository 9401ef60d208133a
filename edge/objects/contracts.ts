/** What the objects say to each other, so that each can be read without the others. */
import type { Agent, AgentRef, Role } from '../../core/agent.ts';
import type { LiveChatChannel } from '../../core/channel.ts';
import type { BusinessHours } from '../../core/hours.ts';
import type { LogEvent } from '../../core/log.ts';
import type { SessionSummary } from '../../core/protocol.ts';
import type { PickupMode } from '../../core/queue.ts';

/** All that the hot paths need to know of a live chat channel. */
export interface LiveChatRouting {
  channel: LiveChatChannel;
  /** The destination, resolved; exactly one of both unless it is the third-party platform. */
  queue: { id: string; name: string; mode: PickupMode } | null;
  agent: AgentRef | null;
  hours: BusinessHours;
  /** Shown to visitors where the channel does not show who answers. */
  defaultAgent: { name: string; photo: string | null };
  /** Agents who may answer, at most 3, for the faces in the panel's header. */
  faces: AgentRef[];
}

/** A valid sign-in and whom it belongs to. */
export interface SignedIn {
  agent: Agent;
  signIn: string;
  /** Epoch ms. */
  expiresAt: number;
}

/** Workspace → Desk, through Workspace's outbox: who there is and who is in which queue. */
export type DeskNotice =
  | { kind: 'agent'; agent: AgentRef & { role: Role; enabled: boolean } }
  | { kind: 'agentGone'; id: string }
  /** `agents` with groups resolved, disabled agents left out. */
  | { kind: 'queue'; queue: { id: string; name: string; mode: PickupMode; agents: string[] } }
  | { kind: 'queueGone'; id: string }
  /** Closes the agent's sockets whose sign-in has ended; `signIns` null means all of them. */
  | { kind: 'signedOut'; agent: string; signIns: string[] | null };

/** Session → Desk: a session as it is now, and its newest events. Older notices than known are ignored. */
export interface SessionNotice {
  /** Rises with every change of the conversation. */
  rev: number;
  session: SessionSummary;
  events: LogEvent[];
}

/** Session → Channel: what happened in a conversation between two places of its log. */
export interface CountNotice {
  conversation: string;
  /** Seqs: what Channel is believed to know, and what it will know. */
  from: number;
  to: number;
  messages: { at: number; inbound: boolean }[];
  open: boolean;
}

export interface ChannelStatistics {
  total: number;
  sent: number;
  failed: number;
  received: number;
  activeSessions: number;
}
