/**
 * What the visitor sent and the edge has not confirmed: kept in IndexedDB, so that it survives a reload and
 * the end of the tab, and shared by all tabs of the website. Where the browser refuses storage it is kept in
 * memory, and lasts as long as the page.
 */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval';

import type { Pending } from './chat.ts';

export interface Entry extends Omit<Pending, 'progress'> {
  /** Whose message it is; empty before the visitor has a name. */
  visitor: string;
  /** Rises with every message, whatever the clock does. */
  order: number;
  /** The ticket of the uploaded file. */
  upload?: string;
}

export class Outbox {
  #memory = new Map<string, Entry>();
  #store: UseStore | null = null;
  #added: Promise<unknown> = Promise.resolve();
  readonly #name: string;

  /** One database per channel, made when the first message is. */
  constructor(channelNumber: string) {
    this.#name = `parley-${channelNumber}`;
  }

  /** This visitor's entries, oldest first. */
  async list(visitor: string): Promise<Entry[]> {
    const all = new Map(this.#memory);
    // Looking must not leave a trace: a page stores nothing before its visitor acts.
    if (this.#store || (await this.#exists())) {
      await this.#try(async (store) => {
        for (const [id, entry] of await entries<string, Entry>(store)) all.set(id, entry);
      });
    }
    return [...all.values()]
      .filter((entry) => entry.visitor === visitor)
      .sort((a, b) => a.order - b.order || a.at - b.at);
  }

  /** Resolves when the message is as safe as this browser can make it; one after the other, in the order of calls. */
  add(message: Omit<Entry, 'order'>): Promise<Entry> {
    const added = this.#added.then(async () => {
      const order = ((await this.list(message.visitor)).at(-1)?.order ?? 0) + 1;
      const entry = { ...message, order };
      await this.put(entry);
      return entry;
    });
    this.#added = added;
    return added;
  }

  async put(entry: Entry): Promise<void> {
    const stored = await this.#try((store) => set(entry.id, entry, store));
    if (stored) this.#memory.delete(entry.id);
    else this.#memory.set(entry.id, entry);
  }

  async remove(id: string): Promise<void> {
    this.#memory.delete(id);
    await this.#try((store) => del(id, store));
  }

  /** Hands what one visitor wrote to another name of the same person. */
  async adopt(from: string, to: string): Promise<void> {
    for (const entry of await this.list(from)) await this.put({ ...entry, visitor: to });
  }

  async #exists(): Promise<boolean> {
    try {
      return (await indexedDB.databases()).some(({ name }) => name === this.#name);
    } catch {
      return false;
    }
  }

  async #try(work: (store: UseStore) => Promise<unknown>): Promise<boolean> {
    try {
      this.#store ??= createStore(this.#name, 'outbox');
      await work(this.#store);
      return true;
    } catch {
      return false;
    }
  }
}
