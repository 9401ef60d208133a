/**
 * The sessions that the inbox knows: by their ids, and for each tab in order with what is unread there. A value that
 * never changes: `with` and `without` answer the next one, at the cost of what has changed. Pure.
 */
import type { InboxSession } from '../../core/protocol.ts';

export type Tab = 'mine' | 'queues' | 'campaigns' | 'archived';

/** The tab that lists a session. Closed sessions are archived (guide, "End a messaging session"). */
export function tabOf(session: InboxSession): Tab {
  if (session.archived || session.status === 'closed') return 'archived';
  // Where an agent only reads along it is about them, whoever has it.
  if (session.role === 'reads') return 'mine';
  if (session.campaign) return 'campaigns';
  return session.route.agent === null ? 'queues' : 'mine';
}

/** What an agent has not seen of a session: messages, and notes that mention them. Others answer what they only read. */
export function newIn({ unread, role, mentions = 0 }: InboxSession): number {
  return role === 'reads' ? mentions : unread + mentions;
}

/** The one with the newest activity first; of two at the same time, in the order of the edge's pages. */
export function inListOrder(a: InboxSession, b: InboxSession): number {
  if (a.lastActivityAt !== b.lastActivityAt) return b.lastActivityAt - a.lastActivityAt;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

type Part = ReadonlyMap<string, InboxSession>;

interface TabList {
  sessions: readonly InboxSession[];
  unread: number;
}

type Lists = Readonly<Record<Tab, TabList>>;

/** The index by id is in parts, so that a change copies one of them and not all. */
const partCount = 256;
const nobody: TabList = { sessions: [], unread: 0 };

export class Sessions {
  static readonly none = new Sessions(
    Array.from({ length: partCount }, () => new Map()),
    { mine: nobody, queues: nobody, campaigns: nobody, archived: nobody },
    new Map(),
  );

  private constructor(
    private readonly parts: readonly Part[],
    private readonly lists: Lists,
    /** Those in which a call rings or goes on. */
    readonly calling: Part,
  ) {}

  get(id: string): InboxSession | undefined {
    return this.parts[partOf(id)]?.get(id);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  get size(): number {
    return Object.values(this.lists).reduce((sum, { sessions }) => sum + sessions.length, 0);
  }

  /** The sessions of a tab in their order; the same array until one of them changes. */
  list(tab: Tab): readonly InboxSession[] {
    return this.lists[tab].sessions;
  }

  /** What the agent has not seen of a tab's sessions. */
  unread(tab: Tab): number {
    return this.lists[tab].unread;
  }

  *values(): Iterable<InboxSession> {
    for (const part of this.parts) yield* part.values();
  }

  /** With these, in place of those that have their ids. */
  with(changed: readonly InboxSession[]): Sessions {
    const draft = new Draft(this.parts, this.lists, this.calling);
    for (const session of changed) draft.put(session);
    return new Sessions(draft.parts, draft.lists, draft.calling);
  }

  without(id: string): Sessions {
    const draft = new Draft(this.parts, this.lists, this.calling);
    draft.drop(id);
    return new Sessions(draft.parts, draft.lists, draft.calling);
  }
}

/** The next value while it is made: copies what it touches, once. */
class Draft {
  readonly parts: Part[];
  readonly lists: Record<Tab, TabList>;
  readonly #parts = new Map<number, Map<string, InboxSession>>();
  readonly #lists = new Map<Tab, InboxSession[]>();

  calling: Part;

  constructor(parts: readonly Part[], lists: Lists, calling: Part) {
    this.calling = calling;
    this.parts = [...parts];
    this.lists = { ...lists };
  }

  put(session: InboxSession): void {
    this.drop(session.id);
    this.part(session.id).set(session.id, session);
    if (session.call) this.calling = new Map(this.calling).set(session.id, session);
    const tab = tabOf(session);
    const list = this.list(tab);
    list.splice(placeIn(list, session), 0, session);
    this.lists[tab] = { sessions: list, unread: this.lists[tab].unread + newIn(session) };
  }

  drop(id: string): void {
    const before = this.parts[partOf(id)]?.get(id);
    if (!before) return;
    this.part(id).delete(id);
    if (this.calling.has(id)) this.calling = new Map([...this.calling].filter(([one]) => one !== id));
    const tab = tabOf(before);
    const list = this.list(tab);
    list.splice(placeIn(list, before), 1);
    this.lists[tab] = { sessions: list, unread: this.lists[tab].unread - newIn(before) };
  }

  private part(id: string): Map<string, InboxSession> {
    const at = partOf(id);
    let part = this.#parts.get(at);
    if (!part) {
      part = new Map(this.parts[at]);
      this.#parts.set(at, part);
      this.parts[at] = part;
    }
    return part;
  }

  private list(tab: Tab): InboxSession[] {
    let list = this.#lists.get(tab);
    if (!list) {
      list = [...this.lists[tab].sessions];
      this.#lists.set(tab, list);
    }
    return list;
  }
}

/** Where a session stands in a list, or would stand. */
function placeIn(list: readonly InboxSession[], session: InboxSession): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = list[middle];
    if (one && inListOrder(one, session) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function partOf(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at += 1) hash = (hash * 31 + id.charCodeAt(at)) | 0;
  return (hash >>> 0) % partCount;
}
