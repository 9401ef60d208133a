/**
 * What the inbox showed last, kept on this device: the app opens with it at once, and can be read without a network. The
 * edge's own list replaces it as soon as there is a connection. Signing out deletes it.
 */
import { createStore, del, get, set } from 'idb-keyval';
import * as z from 'zod/mini';
import { logEvent } from '../../core/log.ts';
import { inboxSession } from '../../core/protocol.ts';
import type { DeskState, SessionLog } from './desk-state.ts';
import { Sessions, inListOrder } from './sessions.ts';
import type { Store } from './store.ts';

const store = createStore('parley-local', 'inbox');
const key = 'last';
/** Beside when the page goes out of sight. */
const keepEveryMs = 30_000;

/** What is kept at most: what people come back to, read in a few milliseconds. */
const mostSessions = 1_000;
const mostLogs = 30;
const mostEvents = 100;

const kept = z.object({
  agent: z.string(),
  sessions: z.array(inboxSession),
  logs: z.array(z.object({ session: z.string(), events: z.array(logEvent), complete: z.boolean() })),
});
type Kept = z.infer<typeof kept>;

export class LocalCopy {
  #agent: string | null = null;
  #kept: DeskState | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly state: Store<DeskState>) {}

  /** Shows what this agent saw last, until the edge says more, and keeps what they see from then on. */
  start(agent: string): void {
    this.#agent = agent;
    document.addEventListener('visibilitychange', this.keep);
    this.#timer = setInterval(this.keep, keepEveryMs);
    void readLocal(agent).then((local) => {
      const { value } = this.state;
      if (this.#agent === agent && !value.ready && local)
        this.state.set({ ...value, ...local, ready: true, agent });
    });
  }

  stop(): void {
    this.#agent = null;
    document.removeEventListener('visibilitychange', this.keep);
    clearInterval(this.#timer);
  }

  /** A device that keeps nothing (private mode, full disk) begins with an empty screen next time. */
  private keep = () => {
    const { value } = this.state;
    if (this.#agent === null || !value.heard || value === this.#kept) return;
    this.#kept = value;
    set(key, keptOf(this.#agent, value), store).catch(() => undefined);
  };
}

/** Null when nothing is kept, or it is another agent's or of another version. */
async function readLocal(agent: string): Promise<Pick<DeskState, 'sessions' | 'logs'> | null> {
  const found = kept.safeParse(await get(key, store).catch(() => undefined));
  if (!found.success || found.data.agent !== agent) return null;
  const logs = new Map<string, SessionLog>();
  for (const { session, events, complete } of found.data.logs) {
    logs.set(session, { events, complete, stale: true });
  }
  return { sessions: Sessions.none.with(found.data.sessions), logs };
}

export async function forgetLocal(): Promise<void> {
  await del(key, store).catch(() => undefined);
}

/** The newest sessions of each pile, and the ends of the conversations that were open. Pure. */
export function keptOf(agent: string, { sessions, logs }: DeskState): Kept {
  const open = [...sessions.list('mine'), ...sessions.list('queues'), ...sessions.list('campaigns')];
  const newest = [...open.sort(inListOrder), ...sessions.list('archived')].slice(0, mostSessions);
  const ends = newest
    .flatMap(({ id }) => {
      const log = logs.get(id);
      return log ? [{ session: id, log }] : [];
    })
    .slice(0, mostLogs);
  return {
    agent,
    sessions: newest,
    logs: ends.map(({ session, log }) => ({
      session,
      events: log.events.slice(-mostEvents),
      complete: log.complete && log.events.length <= mostEvents,
    })),
  };
}
