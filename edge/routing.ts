/**
 * What the hot paths need of a channel, kept for a moment per isolate, so that neither a page load nor a
 * message costs a call to Workspace.
 */
import { addressOfPart, isLiveChat, parseConversationName } from '../core/address.ts';
import type { SessionSummary } from '../core/protocol.ts';
import type { Env } from './env.ts';
import { deskOf, workspaceOf } from './env.ts';
import type { LiveChatRouting, MessagingRouting } from './objects/contracts.ts';
import type { Availability } from '../core/protocol.ts';
import { hoursState, nextOpening } from '../core/hours.ts';

/** How soon a change of a channel's settings, and of an agent's presence, is seen. */
const routingFreshMs = 2_000;
const presenceFreshMs = 500;
const maxEntries = 5_000;

interface Entry<T> {
  at: number;
  value: T;
}

interface Cached<T> {
  (env: Env, key: string): Promise<T>;
  /** Asks again the next time; an answer that is under way already is not kept. */
  forget(key: string): void;
}

/** Keeps settled answers only: a promise of one request must not be awaited by another (Workers' I/O rule). */
function cached<T>(freshMs: number, load: (env: Env, key: string) => Promise<T>): Cached<T> {
  const entries = new Map<string, Entry<T>>();
  let forgotten = 0;
  const read = async (env: Env, key: string) => {
    const known = entries.get(key);
    if (known && Date.now() - known.at < freshMs) return known.value;
    const before = forgotten;
    const value = await load(env, key);
    if (forgotten !== before) return value;
    entries.delete(key);
    entries.set(key, { at: Date.now(), value });
    if (entries.size > maxEntries) {
      const oldest = entries.keys().next().value;
      if (oldest !== undefined) entries.delete(oldest);
    }
    return value;
  };
  return Object.assign(read, {
    forget(key: string) {
      forgotten += 1;
      entries.delete(key);
    },
  });
}

/** A live chat channel by its number; null when there is none. */
export const liveChatRouting = cached<LiveChatRouting | null>(routingFreshMs, (env, number) =>
  workspaceOf(env).liveChat(number),
);

/** A provider's channel, or an open form, by its id; null when there is none. */
export const messagingRouting = cached<MessagingRouting | null>(routingFreshMs, (env, id) =>
  workspaceOf(env).messagingRouting(id),
);

const agentAvailable = cached<boolean>(presenceFreshMs, (env, agent) => deskOf(env).isAvailable(agent));

/** The channel of a conversation as lists name it. One that was deleted is named by its number. */
export async function channelRef(env: Env, conversation: string): Promise<SessionSummary['channel']> {
  const { channel: id, number } = parseConversationName(conversation);
  if (isLiveChat(number)) {
    const name = (await liveChatRouting(env, number))?.channel.name ?? number;
    return { id, type: 'liveChat', provider: null, name, number };
  }
  const own = addressOfPart(number);
  const routing = await messagingRouting(env, id);
  const { type, provider, name } = routing ?? { type: 'sms' as const, provider: null, name: own };
  return { id, type, provider, name, number: own };
}

/** Whether somebody is there for a visitor, by the guide's rules for the two greetings (LC-13). */
export async function availabilityOf(env: Env, routing: LiveChatRouting, now: number): Promise<Availability> {
  const { hours, queue, agent, channel } = routing;
  const open = hoursState(hours, now) === 'open';
  const online = open && (queue !== null || (agent !== null && (await agentAvailable(env, agent.id))));
  return {
    online,
    greeting: online ? channel.messages.online : channel.messages.offline,
    opensAt: open ? null : nextOpening(hours, now),
  };
}
