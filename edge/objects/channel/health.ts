/** Whether a channel can work (CH-12), and its templates (WA-03): what is asked of the provider by itself. */
import type { TemplatesAnswer } from '../../../core/channelApi.ts';
import type { ChannelHealth, Provider, ProviderChannel } from '../../../core/providers/provider.ts';
import type { Env } from '../../env.ts';
import { callProvider, NoAnswer, type Connections } from '../../outbound.ts';

export type Health = ChannelHealth & { at: number };

const checkTimeoutMs = 10_000;
/** Pages of templates that are read at most. */
const maxPages = 10;

/**
 * Asks the provider, request by request; the first that is not "connected" is the result. Null when there is nothing
 * that it can be asked.
 */
export async function checkHealth(
  env: Env,
  provider: Provider,
  channel: ProviderChannel,
  connections: Connections,
): Promise<ChannelHealth | null> {
  const challenge = randomLetters(32);
  const requests = await provider.checks(channel, challenge);
  let last: ChannelHealth | null = null;
  for (const [index, request] of requests.entries()) {
    const answer = await callProvider(env, provider, channel, request, connections, checkTimeoutMs).catch(
      (error: unknown) => {
        if (error instanceof NoAnswer) return null;
        throw error;
      },
    );
    last = provider.judge(answer, index, challenge, channel);
    if (last.status !== 'connected') return last;
  }
  return last;
}

/** Reads all templates. What was known before stays when the provider cannot be asked. */
export async function readTemplates(
  env: Env,
  provider: Provider,
  channel: ProviderChannel,
  connections: Connections,
  before: TemplatesAnswer,
  now: number,
): Promise<TemplatesAnswer> {
  if (!provider.templates) return before;
  const rows: unknown[] = [];
  let cursor: string | null = null;
  try {
    for (let page = 0; page < maxPages; page += 1) {
      const request = provider.templates.request(channel, cursor);
      const answer = await callProvider(env, provider, channel, request, connections, checkTimeoutMs);
      const read = provider.templates.interpret(answer);
      if ('error' in read)
        return { ...before, problem: read.error.text || 'The provider refused the request.' };
      rows.push(...read.templates);
      cursor = read.cursor;
      if (cursor === null) break;
    }
  } catch {
    return { ...before, problem: 'The provider did not answer. Try again in a moment.' };
  }
  const { templates, more } = provider.templates.keep(rows);
  return { templates, more: more > 0, syncedAt: now, problem: null };
}

function randomLetters(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % 62]).join('');
}
