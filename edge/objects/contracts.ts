/** What the objects say to each other, so that each can be read without the others. */
import type { Agent, AgentRef, Role } from '../../core/agent.ts';
import type { CallAsk, ToCall } from '../../core/callProtocol.ts';
import type { CampaignInput, CampaignStatus, CampaignTotals } from '../../core/campaign.ts';
import type { ImportCounts } from '../../core/campaignApi.ts';
import type { LiveChatChannel } from '../../core/channel.ts';
import type { NumberType } from '../../core/contact.ts';
import type { BusinessHours } from '../../core/hours.ts';
import type { CampaignRef, LogEvent, Route } from '../../core/log.ts';
import type { NotificationSettings, PushSubscriptionInput } from '../../core/notifications.ts';
import type { ContactName, SessionSummary } from '../../core/protocol.ts';
import type { PushMessage } from '../../core/pushMessage.ts';
import type { DialReport } from '../../core/dial.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type {
  ChannelHealth,
  ChannelKind,
  Outgoing,
  ProviderChannel,
  SendResult,
} from '../../core/providers/provider.ts';
import type { Content } from '../../core/content.ts';
import type { Problem } from '../../core/errors.ts';
import type { Call } from '../../core/pacing.ts';
import type { OutgoingContent } from '../../core/providers/provider.ts';
import type { Standing } from '../../core/queue.ts';
import type { Note } from '../../core/session.ts';
import type { SendError } from '../../core/sendError.ts';
import type { ProviderId } from '../../core/providers/registry.ts';
import type { PickupMode } from '../../core/queue.ts';
import type { Actor, AuditAction, AuditChange } from './workspace/audit.ts';
import type { RoutedNumber } from './workspace/messagingChannels.ts';
import type { Vapid } from './workspace/vapid.ts';

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

/**
 * All that webhooks and sending need of a provider's channel. It has the credentials in plain text, so it stays
 * inside the edge and is never logged.
 */
export interface MessagingRouting {
  id: string;
  provider: ProviderId;
  type: ChannelKind;
  name: string;
  enabled: boolean;
  /** False for a form that is still open: only handshakes are answered. */
  saved: boolean;
  /** Messages a second. */
  rate: number;
  timeoutDays: number | null;
  fields: Record<string, string>;
  ours: ProviderChannel['ours'];
  /** Of the webhook's address; empty for a deleted channel. */
  nonce: string;
  /** Without fragment. */
  webhookUrl: string;
  webhookBase: string;
  numbers: RoutedNumber[];
  workspaceName: string;
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
  /** How an agent wants to be notified, and how many devices of theirs can be pushed to. */
  | { kind: 'notifications'; agent: string; settings: NotificationSettings; devices: number }
  /** Whom these customer keys lead to from now on. */
  | { kind: 'contacts'; names: ContactName[] }
  /** Closes the agent's sockets whose sign-in has ended; `signIns` null means all of them. */
  | { kind: 'signedOut'; agent: string; signIns: string[] | null };

/**
 * Desk → Session: which part of a log is wanted. `after` 0 is the newest page; `through` asks for all events from that
 * one up to `before`.
 */
export type LogPage = { after: number } | { before: number; through?: number | undefined };

/** Desk → Session: what an agent may ask. Desk has checked who asks; the reducer checks whether they may. */
export type AgentCommand = { ordinal: number; agent: AgentRef; standing: Standing } & (
  | {
      kind: 'send';
      id: string;
      content: Content;
      /** What a template needs beside what its log entry shows. */
      prepared?: OutgoingContent;
      replyTo?: string;
    }
  | { kind: 'resend'; message: string }
  | { kind: 'pickUp' }
  | { kind: 'end' }
  | { kind: 'transfer'; to: Route }
  /** `reads`: Desk has checked that the agent may read the session. */
  | { kind: 'note'; note: Note; reads: boolean }
  | { kind: 'label'; labels: { id: string; name: string }[]; reads: boolean }
  | { kind: 'dialled'; id: string; report: DialReport; reads: boolean }
  /** `ringing`: ids of the agents whom a call in this session reaches now. */
  | { kind: 'call'; ask: CallAsk; ringing: string[] }
);

/** Session → Desk: the session that an agent has started, or found open, and where it stands. */
export type StartAnswer = { session: string; route: Route } | { refusal: Problem };

/**
 * `seq` is the newest event's; `changed` says whether the command did anything; `frames` about calls go to the socket
 * that asked, before its answer.
 */
export type CommandAnswer = { seq: number; changed: boolean; frames?: ToCall[] } | { refusal: Problem };

/** Session → Desk: a session as it is now, and its newest events. Older notices than known are ignored. */
export interface SessionNotice {
  /** Rises with every change of the conversation. */
  rev: number;
  session: SessionSummary;
  events: LogEvent[];
}

/** What Desk has heard of a conversation: the events up to `seq`, and the state as of `rev`. */
export interface Told {
  seq: number;
  rev: number;
}

/** A notice on its way to Desk, and what Desk has heard once it has it. */
export interface Letter {
  notice: SessionNotice;
  told: Told;
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
  /** SMS segments sent. */
  segments: number;
  /** Of those sent: with an outcome that nobody knows. */
  unknown: number;
  activeSessions: number;
  /** Messages waiting for their turn, and since when the oldest one waits. */
  queued: number;
  oldestQueuedAt: number | null;
  /** What the provider said last; null before it was asked. */
  health: (ChannelHealth & { at: number }) | null;
}

export const noStatistics: ChannelStatistics = {
  total: 0,
  sent: 0,
  failed: 0,
  received: 0,
  segments: 0,
  unknown: 0,
  activeSessions: 0,
  queued: 0,
  oldestQueuedAt: null,
  health: null,
};

// ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────

/** Session → Channel: a message to be sent. The same (conversation, message, round) again is the same one. */
export interface SendOrder {
  conversation: string;
  message: string;
  round: number;
  /** What of an `Outgoing` the channel does not make itself. */
  outgoing: Omit<Outgoing, 'ref' | 'attempt'>;
  /** Our message that it answers, where the provider's id of that one is not known yet: `replyTo` follows from it. */
  answers?: string;
  /** Goes out though the customer has opted out: the answer to STOP itself. */
  exempt: boolean;
  /** Id of the campaign whose message it is: gives way to others, and the campaign hears what becomes of it. */
  campaign?: string;
}

/** Channel → Session: how far a message has got. Repeats and old ones change nothing. */
export interface DeliveryNotice {
  message: string;
  round: number;
  status: DeliveryStatus;
  error: SendError | null;
  /** The provider's ids of its parts, for what refers to them later. */
  providerIds: string[];
}

/** Channel → Sender: call the provider at `at` (epoch ms). */
export interface SendSlot {
  at: number;
  message: Outgoing;
}

/** Sender → Channel: what a Sender knows of a slot. */
export type Recalled =
  | {
      ref: string;
      known: 'absent' | 'busy';
      /** Since when it knows what it was handed, epoch ms; null when it knows all that it ever called. */
      since: number | null;
    }
  | SendReport;

/** Sender → Channel: a message left at another time than planned; null: not at all, it can be planned anew. */
export interface SlotNotice {
  ref: string;
  attempt: number;
  plannedAt: number;
  leftAt: number | null;
}
export type LaneReport = SendReport | SlotNotice;

/** Sender → Channel: what came of it. */
export interface SendReport {
  ref: string;
  /** `Outgoing.attempt` of the call. */
  attempt: number;
  result: SendResult;
  /** When the call was made, epoch ms. */
  attemptedAt: number;
  /** Null when it was not this call that told. */
  call: Call | null;
}

// ── Campaigns ───────────────────────────────────────────────────────────────────────────────────────────

/** Workspace → Campaign, through Workspace's outbox: it is there from now on. */
export interface CampaignMade {
  id: string;
  at: number;
  /** What its form starts with. */
  input: CampaignInput;
  channel: { name: string; type: 'sms' | 'whatsapp' };
  /** Its recipients and its file are copied from this campaign. */
  copyOf: string | null;
}

/** Campaign → Workspace: what the list shows of it. Older ones than known are ignored, by `rev`. */
export interface CampaignTold {
  id: string;
  rev: number;
  summary: CampaignSummary;
  /** What somebody did, for the audit log; written once, by its number. */
  act: { number: number; actor: Actor; action: AuditAction; changes: AuditChange[] } | null;
}

export interface CampaignSummary {
  name: string;
  channel: { id: string; name: string; type: 'sms' | 'whatsapp' };
  number: string;
  /** Ids; null where recipients were put in or imported. */
  phonebooks: string[] | null;
  status: CampaignStatus;
  stopReason: string;
  sendAt: number | null;
  timeZone: string | null;
  destination: { kind: 'agent' | 'queue'; id: string; name: string } | null;
  totals: CampaignTotals;
  changedAt: number;
}

/** Campaign → Campaign: recipients by their rows, for a copy. */
export interface CopiedRecipients {
  rows: { number: string; name: string; values: Record<string, string> }[];
  columns: string[];
  /** Where the next part starts; null when this is the last. */
  after: number | null;
}

/** Campaign → Workspace: what a campaign wants to know of what its form names. */
export interface CampaignQuestion {
  channel: string;
  destination: { kind: 'agent' | 'queue'; id: string } | null;
  /** `optedOut`: customers who are not counted. */
  phonebooks: { ids: string[]; numberType: NumberType; optedOut: string[] } | null;
}

export interface CampaignSurroundings {
  routing: MessagingRouting | null;
  /** Null when the destination is not there, or not enabled. */
  route: Route | null;
  /** Null when one of the phonebooks is not there. */
  counts: ImportCounts | null;
}

/** Workspace → Campaign: contacts of phonebooks by their rows, each with its numbers of one type. */
export interface PhonebookPage {
  rows: { number: string | null; name: string; company: string }[];
  /** Where the next page starts; null when this is the last. */
  after: number | null;
}

/** Campaign → Session: a message of it. The same id again is the same message. */
export interface CampaignSend {
  id: string;
  campaign: CampaignRef;
  route: Route;
  content: Content;
  /** What a template needs beside what its log entry shows. */
  prepared: OutgoingContent | null;
}

/** Channel → Campaign: how far its messages have got, and who wrote after theirs. Repeats change nothing. */
export interface CampaignNews {
  reports: (Omit<DeliveryNotice, 'providerIds'> & { left: boolean })[];
  replies: { message: string; at: number }[];
}

// ── Push ────────────────────────────────────────────────────────────────────────────────────────────────

/** Desk → Pusher: tell all devices of an agent; with `device`, only that one. A newer one of a session replaces it. */
export interface PushOrder {
  agent: string;
  device?: string;
  message: PushMessage;
}

/** Workspace → Pusher: the devices that may be pushed to, and who we are to their push services. */
export interface PushTargets {
  /** Null when the key pair cannot be opened: nothing can be pushed then. It stays inside the edge. */
  vapid: Vapid | null;
  devices: PushTarget[];
}

export interface PushTarget {
  id: string;
  agent: string;
  subscription: PushSubscriptionInput;
  /** An address of this deployment, for a push service that has something to say. */
  contact: string;
}
