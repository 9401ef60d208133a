/** Adds channels of providers over the API and connects them with their simulators, as an admin would. */
import { channelDraft, channelRow, type ChannelRow } from '../../core/channelApi.ts';
import { messagingChannel, type MessagingChannel, type MessagingInput } from '../../core/messagingChannel.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providers, type ProviderId } from '../../core/providers/registry.ts';
import type { Destination } from '../../core/destination.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import type { ApiClient } from './workspace.ts';

export interface TestChannel {
  channel: MessagingChannel;
  simulator: ProviderSimulator;
  /** Our number that tests write to and from. */
  number: string;
}

/** PARLEY_PROVIDER_URLS for some simulators. */
export function providerUrls(simulators: readonly ProviderSimulator[]): { PARLEY_PROVIDER_URLS: string } {
  return {
    PARLEY_PROVIDER_URLS: JSON.stringify(
      Object.fromEntries(simulators.map((one) => [one.provider, one.url])),
    ),
  };
}

/** Opens the form, saves it, and pastes at the provider what the form says. */
export async function addChannel(
  admin: ApiClient,
  simulator: ProviderSimulator,
  destination: Destination,
  change: Partial<MessagingInput> = {},
): Promise<TestChannel> {
  const id = simulator.provider as ProviderId;
  const provider: Provider = providers[id];
  const draft = channelDraft.parse(await admin.call('POST', '/api/channels/drafts', { provider: id }));
  const own =
    provider.numbers.kind === 'one' ? [simulator.fields[provider.numbers.field] ?? ''] : simulator.numbers;
  const input: MessagingInput = {
    type: provider.kind,
    provider: id,
    name: provider.label,
    enabled: true,
    rate: provider.rate,
    timeoutDays: null,
    fields: simulator.fields,
    webhookBase: draft.webhooks[0]?.base ?? admin.url,
    numbers: own.map((number) => ({ number, destination, starters: { agents: [], groups: [] } })),
    ...change,
  };
  const channel = messagingChannel.parse(
    await admin.call('POST', '/api/channels', { ...input, draft: draft.id }),
  );
  await simulator.configure({ webhookUrl: channel.webhookUrl, ...draft.ours });
  return { channel, simulator, number: own[0] ?? '' };
}

/** The channel's line in the list. */
export async function rowOf(admin: ApiClient, id: string): Promise<ChannelRow> {
  const { channels } = (await admin.call('GET', '/api/channels')) as { channels: unknown[] };
  const row = channels.map((one) => channelRow.parse(one)).find((one) => one.id === id);
  if (!row) throw new Error('the channel is not listed');
  return row;
}
