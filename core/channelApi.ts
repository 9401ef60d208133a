/**
 * The part of the API (table in `api.ts`) that is about channels. A file of its own, because its schemas know all
 * providers, which no other page needs to load.
 */
import * as z from 'zod';
import { idsInput } from './api.ts';
import { channelInput } from './channel.ts';
import { channelStatus } from './messagingChannel.ts';
import { providerIds } from './providers/registry.ts';
import { template } from './template.ts';

/** `endSessions` confirms that open sessions are closed with the channel (CH-15). */
export const deleteChannelsInput = idsInput.extend({ endSessions: z.boolean() });

export const channelRow = z.object({
  id: z.string(),
  type: z.enum(['liveChat', 'sms', 'facebook', 'whatsapp']),
  /** Null for live chat. */
  provider: z.enum(providerIds).nullable(),
  name: z.string(),
  /** The first of its numbers, and how many there are. */
  number: z.string(),
  numbers: z.number(),
  status: channelStatus,
  /** Why it is not connected; empty when it is. */
  cause: z.string(),
  /** When the provider was last asked, epoch ms; null for never. */
  checkedAt: z.number().nullable(),
  /** The name of the agent or queue that inbound messages of the first number go to. */
  destination: z.string(),
  /** Sessions open right now. */
  activeSessions: z.number(),
  /** Messages waiting for their turn, and since when the oldest waits (epoch ms). */
  queued: z.number(),
  oldestQueuedAt: z.number().nullable(),
  /** Messages of the time asked for; total = sent + failed. */
  statistics: z.object({
    total: z.number(),
    sent: z.number(),
    failed: z.number(),
    received: z.number(),
    /** SMS segments sent. */
    segments: z.number(),
    /** Sent, with an outcome that nobody knows; part of `sent`. */
    unknown: z.number(),
  }),
});
export type ChannelRow = z.infer<typeof channelRow>;

// ── Channels of providers ───────────────────────────────────────────────────────────────────────────────

/** A provider's channel takes over the open form that its webhook URL was shown in. */
export const newChannelInput = z.intersection(
  channelInput,
  z.object({ draft: z.string().max(64).optional() }),
);

export const draftInput = z.object({ provider: z.enum(providerIds) });

/** What the admin needs while the form is open, and pastes at the provider. */
export const channelDraft = z.object({
  id: z.string(),
  provider: z.enum(providerIds),
  /** One for each address of the deployment, with what providers would mind about it (CH-03). */
  webhooks: z.array(z.object({ base: z.string(), url: z.string(), warnings: z.array(z.string()) })),
  /** Made by us; which of them the provider wants, its `ours` says. */
  ours: z.object({ verifyToken: z.string(), user: z.string(), password: z.string() }),
});
export type ChannelDraft = z.infer<typeof channelDraft>;

export const healthAnswer = z.object({ status: channelStatus, cause: z.string(), checkedAt: z.number() });
export type HealthAnswer = z.infer<typeof healthAnswer>;

export const testMessageInput = z.object({
  from: z.string().min(1, 'Choose a number.'),
  to: z.string().trim().min(1, 'Enter the number to send to.').max(160),
  text: z.string().trim().min(1, 'Enter a text.').max(1600, 'Use at most 1,600 characters.'),
});
export type TestMessageInput = z.infer<typeof testMessageInput>;

/** One line of a channel's event log (CH-16): a webhook, a send, or a check. No secrets. */
export const channelEvent = z.object({
  id: z.number(),
  at: z.number(),
  kind: z.enum(['webhook', 'send', 'status', 'check', 'media', 'templates']),
  result: z.enum(['ok', 'ignored', 'refused', 'failed', 'unknown']),
  /** In one sentence: "Message from +1415…", "Signature does not match". */
  summary: z.string(),
  /** The provider's code and words, or the part of the payload that was not understood. */
  detail: z.string(),
  /** Milliseconds that it took; null where nothing was measured. */
  latencyMs: z.number().nullable(),
  /** Whether it can be replayed: a webhook whose body was kept, a message that failed. */
  replayable: z.boolean(),
});
export type ChannelEvent = z.infer<typeof channelEvent>;

export const replayAnswer = z.object({
  result: z.enum(['ok', 'ignored', 'refused', 'failed']),
  summary: z.string(),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;

export const templatesAnswer = z.object({
  templates: z.array(template),
  /** Epoch ms; null before the first time. */
  syncedAt: z.number().nullable(),
  /** Why the last try failed; null when it did not. */
  problem: z.string().nullable(),
  /** The provider has more than the 250 that are kept. */
  more: z.boolean(),
});
export type TemplatesAnswer = z.infer<typeof templatesAnswer>;
