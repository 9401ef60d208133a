/** A routed channel as its provider's functions see it. */
import type { ProviderChannel } from '../core/providers/provider.ts';
import type { MessagingRouting } from './objects/contracts.ts';

/** Without a short-lived token: who calls the provider adds it. */
export function channelView(routing: MessagingRouting): ProviderChannel {
  const { id, fields, webhookUrl, ours } = routing;
  return { id, fields, webhookUrl, ours, numbers: routing.numbers.map(({ number }) => number), token: null };
}
