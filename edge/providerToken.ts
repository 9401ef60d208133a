/** Short-lived tokens of providers that want one for every call (OAuth), shared by all who call. */
import type { Provider, ProviderChannel } from '../core/providers/provider.ts';
import type { Env } from './env.ts';
import { callProvider, NoAnswer, type Connections } from './outbound.ts';

interface Kept {
  /** The credentials that it was granted for: others need another one. */
  fields: string;
  token: string;
  expiresAt: number;
}

const kept = new Map<string, Kept>();
const maxKept = 1_000;
/** A token this close to its end is not used any more, ms. */
const marginMs = 60_000;

/**
 * The channel with its token: null where none is needed, and where the provider refuses the credentials, which
 * the next call then shows. Throws `NoAnswer` when the provider cannot be asked.
 */
export async function withToken(
  env: Env,
  provider: Provider,
  channel: ProviderChannel,
  connections: Connections,
): Promise<ProviderChannel> {
  const request = provider.token?.request(channel) ?? null;
  if (!provider.token || !request) return channel;
  const fields = JSON.stringify(channel.fields);
  const known = kept.get(channel.id);
  if (known?.fields === fields && known.expiresAt - marginMs > Date.now()) {
    return { ...channel, token: known.token };
  }
  const answer = await callProvider(env, provider, channel, request, connections, 10_000);
  // An outage says nothing about the credentials.
  if (answer.status >= 500) throw new NoAnswer('no', `the token was answered ${answer.status}`);
  const granted = provider.token.interpret(answer, Date.now());
  if (!granted) return channel;
  if (kept.size >= maxKept) kept.clear();
  kept.set(channel.id, { fields, ...granted });
  return { ...channel, token: granted.token };
}

/** The provider refused a token before its time. */
export function forgetToken(channel: string): void {
  kept.delete(channel);
}
