/** Channels, their embed code and their identity secret, as an admin edits them. */
import * as z from 'zod';
import { channelRow, embedCode, type ChannelRow, type EmbedCode } from '../../core/api.ts';
import { channel, type Channel, type ChannelInput } from '../../core/channel.ts';
import { call, nothing, type Answer } from './api.ts';

const channelList = z.object({ channels: z.array(channelRow) });
const secret = z.object({ secret: z.string() });

const at = (id: string) => `/api/channels/${encodeURIComponent(id)}`;

export const listChannels = (): Promise<Answer<{ channels: ChannelRow[] }>> =>
  call('GET', '/api/channels', channelList);
export const readChannel = (id: string): Promise<Answer<Channel>> => call('GET', at(id), channel);
export const createChannel = (input: ChannelInput): Promise<Answer<Channel>> =>
  call('POST', '/api/channels', channel, input);
export const changeChannel = (id: string, input: ChannelInput): Promise<Answer<Channel>> =>
  call('PATCH', at(id), channel, input);
/** With `endSessions`, open sessions are closed with their channel; without, they refuse the deletion. */
export const deleteChannels = (ids: string[], endSessions: boolean): Promise<Answer<unknown>> =>
  call('POST', '/api/channels/delete', nothing, { ids, endSessions });

export const makeIdentitySecret = (id: string): Promise<Answer<{ secret: string }>> =>
  call('POST', `${at(id)}/identity-secret`, secret, {});
export const removeIdentitySecret = (id: string): Promise<Answer<unknown>> =>
  call('DELETE', `${at(id)}/identity-secret`, nothing);

export const readEmbedCode = (id: string): Promise<Answer<EmbedCode>> =>
  call('GET', `${at(id)}/embed`, embedCode);
export const mailEmbedCode = (id: string, to: string): Promise<Answer<unknown>> =>
  call('POST', `${at(id)}/embed/email`, nothing, { to });
