/** Channels as an admin edits them: their settings, what they paste elsewhere, their log and their templates. */
import * as z from 'zod';
import { embedCode, type EmbedCode } from '../../core/api.ts';
import {
  channelDraft,
  channelEvent,
  channelRow,
  healthAnswer,
  replayAnswer,
  templatesAnswer,
  type ChannelDraft,
  type ChannelEvent,
  type ChannelRow,
  type HealthAnswer,
  type ReplayAnswer,
  type TemplatesAnswer,
  type TestMessageInput,
} from '../../core/channelApi.ts';
import { channel, type Channel, type ChannelInput } from '../../core/channel.ts';
import type { ProviderId } from '../../core/providers/registry.ts';
import { call, nothing, type Answer } from './api.ts';
import type { LogPart } from './pages.ts';
import type { TimeRange } from './periods.ts';

const channelList = z.object({ channels: z.array(channelRow) });
const secret = z.object({ secret: z.string() });
const eventPage = z.object({ entries: z.array(channelEvent), complete: z.boolean() });

const at = (id: string) => `/api/channels/${encodeURIComponent(id)}`;

/** With the statistics of `range`, or of all time. */
export const listChannels = (range: TimeRange | null = null): Promise<Answer<{ channels: ChannelRow[] }>> =>
  call('GET', range ? `/api/channels?from=${range.from}&to=${range.to}` : '/api/channels', channelList);
export const readChannel = (id: string): Promise<Answer<Channel>> => call('GET', at(id), channel);
/** A provider's channel takes the address and the tokens of its draft. */
export const createChannel = (input: ChannelInput, draft?: string): Promise<Answer<Channel>> =>
  call('POST', '/api/channels', channel, draft === undefined ? input : { ...input, draft });
export const changeChannel = (id: string, input: ChannelInput): Promise<Answer<Channel>> =>
  call('PATCH', at(id), channel, input);
/** With `endSessions`, open sessions are closed with their channel; without, they refuse the deletion. */
export const deleteChannels = (ids: string[], endSessions: boolean): Promise<Answer<unknown>> =>
  call('POST', '/api/channels/delete', nothing, { ids, endSessions });

// ── Live chat ───────────────────────────────────────────────────────────────────────────────────────────

export const makeIdentitySecret = (id: string): Promise<Answer<{ secret: string }>> =>
  call('POST', `${at(id)}/identity-secret`, secret, {});
export const removeIdentitySecret = (id: string): Promise<Answer<unknown>> =>
  call('DELETE', `${at(id)}/identity-secret`, nothing);

export const readEmbedCode = (id: string): Promise<Answer<EmbedCode>> =>
  call('GET', `${at(id)}/embed`, embedCode);
export const mailEmbedCode = (id: string, to: string): Promise<Answer<unknown>> =>
  call('POST', `${at(id)}/embed/email`, nothing, { to });

// ── Channels of providers ───────────────────────────────────────────────────────────────────────────────

/** The same one each time, until it becomes a channel. */
export const openDraft = (provider: ProviderId): Promise<Answer<ChannelDraft>> =>
  call('POST', '/api/channels/drafts', channelDraft, { provider });
export const readWebhook = (id: string): Promise<Answer<ChannelDraft>> =>
  call('GET', `${at(id)}/webhook`, channelDraft);
/** The old address is dead at once. */
export const renewWebhook = (id: string): Promise<Answer<ChannelDraft>> =>
  call('POST', `${at(id)}/webhook`, channelDraft, {});

export const checkChannel = (id: string): Promise<Answer<HealthAnswer>> =>
  call('POST', `${at(id)}/check`, healthAnswer, {});
/** What becomes of the message, the event log tells. */
export const sendTestMessage = (id: string, input: TestMessageInput): Promise<Answer<unknown>> =>
  call('POST', `${at(id)}/test`, nothing, input);

/** 50 entries before `before` (an entry's id), newest first; the newest ones without it. */
export const readEvents = (id: string, before?: number): Promise<Answer<LogPart<ChannelEvent>>> =>
  call('GET', `${at(id)}/events${before === undefined ? '' : `?before=${before}`}`, eventPage);
export const replayEvent = (id: string, event: number): Promise<Answer<ReplayAnswer>> =>
  call('POST', `${at(id)}/events/${event}/replay`, replayAnswer, {});

export const readTemplates = (id: string): Promise<Answer<TemplatesAnswer>> =>
  call('GET', `${at(id)}/templates`, templatesAnswer);
export const refreshTemplates = (id: string): Promise<Answer<TemplatesAnswer>> =>
  call('POST', `${at(id)}/templates/refresh`, templatesAnswer, {});
