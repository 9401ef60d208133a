/** The page's own outbox: messages that the edge has not stored yet survive reload and restart of the browser. */
import { createStore, del, entries, set } from 'idb-keyval';
import type { OutboxEntry, OutgoingDraft } from './desk-state.ts';

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
  const all = await entries<string, OutboxEntry | Earlier>(store).catch(() => []);
  return all
    .filter(([key]) => key.startsWith(`${agent}:`))
    .map(([, entry]) => current(entry))
    .map((entry): OutboxEntry => (entry.state === 'failed' ? entry : { ...entry, state: 'waiting' }))
    .sort((a, b) => a.at - b.at);
}

/** Entries of the version before held one image, and answered nothing. */
type Earlier = Omit<OutboxEntry, 'content' | 'replyTo'> & {
  content: { kind: 'image'; file: Blob; name: string } | Extract<OutgoingDraft, { kind: 'text' }>;
};

function current(entry: OutboxEntry | Earlier): OutboxEntry {
  if ('replyTo' in entry) return entry;
  const { content } = entry;
  if (content.kind === 'text') return { ...entry, content, replyTo: null };
  const files = [{ file: content.file, name: content.name, ticket: null }];
  return { ...entry, content: { kind: 'files', text: '', files }, replyTo: null };
}
