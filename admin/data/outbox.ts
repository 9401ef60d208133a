/** The page's own outbox: messages that the edge has not stored yet survive reload and restart of the browser. */
import { createStore, del, entries, set } from 'idb-keyval';
import type { OutboxEntry } from './desk-state.ts';

const store = createStore('parley-inbox', 'outbox');

const keyOf = (agent: string, id: string) => `${agent}:${id}`;

/** Stores an entry; rejects when the browser keeps nothing (private mode, full disk). */
export function keep(agent: string, entry: OutboxEntry): Promise<void> {
  return set(keyOf(agent, entry.id), entry, store);
}

export async function drop(agent: string, id: string): Promise<void> {
  await del(keyOf(agent, id), store).catch(() => undefined);
}

/** What this agent has not got out yet, oldest first. Colleagues on the same browser keep theirs. */
export async function kept(agent: string): Promise<OutboxEntry[]> {
  const all = await entries<string, OutboxEntry>(store).catch(() => []);
  return all
    .filter(([key]) => key.startsWith(`${agent}:`))
    .map(([, entry]): OutboxEntry => (entry.state === 'failed' ? entry : { ...entry, state: 'waiting' }))
    .sort((a, b) => a.at - b.at);
}
