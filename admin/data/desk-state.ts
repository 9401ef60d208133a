/** What the inbox knows, and how each frame from the edge changes it. Pure: no socket, no clock, no screen. */
import type { PresenceEntry } from '../../core/agent.ts';
import { customerKey, nameOf } from '../../core/customer.ts';
import type { Place, SentTemplate } from '../../core/content.ts';
import type { ToCall } from '../../core/callProtocol.ts';
import type { Problem } from '../../core/errors.ts';
import type { LogEvent } from '../../core/log.ts';
import { mentionText } from '../../core/notifications.ts';
import type { ContactName, InboxSession, Reach, ToAgentFrame } from '../../core/protocol.ts';
import type { TemplateInput } from '../../core/template.ts';
import { Sessions, tabOf, type Tab } from './sessions.ts';

/** The loaded part of a session's log: its newest events without a gap. */
export interface SessionLog {
  events: readonly LogEvent[];
  /** Nothing older exists. */
  complete: boolean;
  /** The connection was lost since: what came meanwhile is missing. */
  stale: boolean;
}

/** A file to be sent, with its ticket once it is uploaded. */
export interface OutboxFile {
  file: Blob;
  name: string;
  ticket: string | null;
}

/** What an agent wrote, chose or attached. */
export type OutgoingDraft =
  | { kind: 'text'; text: string }
  /** `text` goes with the files; live chat takes one file and no text. */
  | { kind: 'files'; text: string; files: OutboxFile[] }
  | { kind: 'place'; place: Place }
  /** `shown` is how it looks; the file of a header is uploaded like any other. */
  | { kind: 'template'; input: TemplateInput; shown: Omit<SentTemplate, 'header'>; files: OutboxFile[] };

/** A message on its way: kept in the page until the edge has stored it. */
export interface OutboxEntry {
  id: string;
  session: string;
  /** Epoch ms by this device. */
  at: number;
  content: OutgoingDraft;
  /** Id of the message that it answers. */
  replyTo: string | null;
  state: 'waiting' | 'sending' | 'stored' | 'failed';
  /** Share of the files that is uploaded, 0 to 1. */
  progress: number;
  problem: Problem | null;
}

/** The edge gives its list in two piles: what is open and not archived, and the rest. */
export type Pile = 'open' | 'archived';

/** The last session of a page: the next one begins after it. */
export interface Cursor {
  /** Its last activity, epoch ms. */
  at: number;
  id: string;
}

/** Whom a session was with that went away, and the colleague or queue that has it now. */
export interface Gone {
  name: string;
  by: string | null;
  transferred: boolean;
}

export interface DeskState {
  connection: 'connecting' | 'online' | 'offline';
  /** Whether there is a list to show: the edge's, or the one that this device has kept. */
  ready: boolean;
  /** Whether the edge's list has been received once. */
  heard: boolean;
  agent: string | null;
  /** What to add to this device's clock to get the edge's, ms. */
  skew: number;
  sessions: Sessions;
  /** Where the next page of the list begins; null when all of these sessions are here. */
  older: Readonly<Record<Pile, Cursor | null>>;
  logs: ReadonlyMap<string, SessionLog>;
  presence: ReadonlyMap<string, PresenceEntry>;
  /** Who types in which session; null is the customer. */
  typing: ReadonlyMap<string, ReadonlySet<string | null>>;
  /** Whether the visitors of live chats can be called, as far as the edge has said; only where calls are offered. */
  reach: ReadonlyMap<string, Reach>;
  outbox: readonly OutboxEntry[];
  /** Sessions that left this agent's view, by their ids. */
  gone: ReadonlyMap<string, Gone>;
}

const mostGone = 20;

export const emptyDesk: DeskState = {
  connection: 'connecting',
  ready: false,
  heard: false,
  agent: null,
  skew: 0,
  sessions: Sessions.none,
  older: { open: null, archived: null },
  logs: new Map(),
  presence: new Map(),
  typing: new Map(),
  reach: new Map(),
  outbox: [],
  gone: new Map(),
};

/** What the socket has to do, or the person has to be told, after a frame. */
export type Effect =
  /** A loaded log has a gap: ask for what came after `after`. */
  | { kind: 'resync'; session: string; after: number }
  /** The customer wrote, a session came into view, or a note mentions the agent. */
  | { kind: 'inbound'; session: InboxSession; preview: string; mentioned: boolean }
  /** Something about a call that the agent takes part in. */
  | { kind: 'call'; session: string; call: ToCall };

export interface Step {
  state: DeskState;
  effects: Effect[];
}

/** The state after a frame that arrived at `now` (epoch ms of this device). */
export function applyFrame(state: DeskState, frame: ToAgentFrame, now: number): Step {
  switch (frame.kind) {
    case 'welcome':
      return welcome(state, frame, now);
    case 'list':
      return only(withPage(state, frame));
    case 'session':
      return sessionChanged(state, frame.session, frame.events);
    case 'gone':
      return only(sessionGone(state, frame));
    case 'events':
      return only(withEvents(state, frame.session, frame.events, frame.complete));
    case 'marks': {
      const session = state.sessions.get(frame.session);
      if (!session) return only(state);
      return only({ ...state, sessions: state.sessions.with([{ ...session, marks: frame.marks }]) });
    }
    case 'typing':
      return only({ ...state, typing: withTyping(state.typing, frame.session, frame.agent, frame.on) });
    case 'presence': {
      const presence = new Map(state.presence).set(frame.entry.agent, frame.entry);
      return only({ ...state, presence });
    }
    case 'contacts':
      return only({ ...state, sessions: withNames(state.sessions, frame.names) });
    case 'done':
    case 'found':
    case 'refused':
      return only(state);
    case 'call':
      return { state, effects: [frame] };
    case 'reach':
      return only({ ...state, reach: new Map(state.reach).set(frame.session, frame.reach) });
  }
}

/** Adds older or newer events to a session's log. */
export function withEvents(
  state: DeskState,
  session: string,
  events: readonly LogEvent[],
  complete: boolean,
): DeskState {
  const before = state.logs.get(session);
  const merged = mergeEvents(before?.events ?? [], events);
  // After a long break the edge answers in parts.
  const isBehind = (state.sessions.get(session)?.seq ?? 0) > (merged.at(-1)?.seq ?? 0);
  const log = {
    events: merged,
    complete: complete || (before?.complete ?? false),
    stale: (before?.stale ?? false) && events.length > 0 && isBehind,
  };
  return settleOutbox({ ...state, logs: new Map(state.logs).set(session, log) }, session);
}

/** Both lists as one, by `seq`, each once. */
export function mergeEvents(before: readonly LogEvent[], more: readonly LogEvent[]): readonly LogEvent[] {
  const [first] = more;
  if (!first) return before;
  if (first.seq > (before.at(-1)?.seq ?? 0)) return [...before, ...more];
  const bySeq = new Map(before.map((event) => [event.seq, event]));
  for (const event of more) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** The sessions of a tab that match `search`, in the tab's order. */
export function listed({ sessions }: DeskState, tab: Tab, search: string): readonly InboxSession[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const all = sessions.list(tab);
  if (words.length === 0) return all;
  return all.filter((session) => words.every((word) => searchText(session).includes(word)));
}

/** Unread messages in what is not archived. */
export function unreadTotal({ sessions }: DeskState): number {
  return sessions.unread('mine') + sessions.unread('queues') + sessions.unread('campaigns');
}

/** Texts to search are made once for each state of a session. */
const searchTexts = new WeakMap<InboxSession, string>();

function searchText(session: InboxSession): string {
  const known = searchTexts.get(session);
  if (known !== undefined) return known;
  const { name, profile, address } = session.customer;
  const text = [
    session.contact?.name,
    name,
    address,
    profile.email,
    profile.phone,
    profile.userId,
    session.channel.name,
    session.id,
    session.lastMessage?.preview,
  ]
    .filter(Boolean)
    .join('\n')
    .toLocaleLowerCase();
  searchTexts.set(session, text);
  return text;
}

type Welcome = Extract<ToAgentFrame, { kind: 'welcome' }>;

function welcome(state: DeskState, frame: Welcome, now: number): Step {
  const sessions = Sessions.none.with(frame.sessions);
  const logs = new Map<string, SessionLog>();
  for (const [id, log] of state.logs) if (sessions.has(id)) logs.set(id, { ...log, stale: true });
  const next: DeskState = {
    ...state,
    connection: 'online',
    ready: true,
    heard: true,
    agent: frame.agent,
    skew: frame.now - now,
    sessions,
    older: {
      open: (frame.openComplete ?? true) ? null : cursorOf(frame.sessions.filter((one) => !isArchived(one))),
      archived: frame.archivedComplete ? null : cursorOf(frame.sessions.filter(isArchived)),
    },
    logs,
    presence: new Map(frame.presence.map((entry) => [entry.agent, entry])),
    typing: new Map(),
    reach: new Map(),
  };
  // What came while nobody looked is in the list, and no news.
  if (!state.heard) return only(next);
  const effects: Effect[] = [];
  for (const session of sessions.values()) {
    const before = state.sessions.get(session.id);
    if (session.unread > (before?.unread ?? 0)) effects.push(wrote(session));
    if ((session.mentions ?? 0) > (before?.mentions ?? 0)) effects.push(mention(session));
  }
  return { state: next, effects };
}

function withPage(state: DeskState, frame: Extract<ToAgentFrame, { kind: 'list' }>): DeskState {
  const pile: Pile = (frame.archived ?? true) ? 'archived' : 'open';
  // Not the oldest session that is known: an older one may have come into view by itself.
  const next = frame.complete ? null : cursorOf(frame.sessions);
  return {
    ...state,
    sessions: state.sessions.with(frame.sessions),
    older: { ...state.older, [pile]: next },
  };
}

function cursorOf(page: readonly InboxSession[]): Cursor | null {
  const last = page.at(-1);
  return last ? { at: last.lastActivityAt, id: last.id } : null;
}

const isArchived = (session: InboxSession): boolean => tabOf(session) === 'archived';

function sessionChanged(state: DeskState, session: InboxSession, events: readonly LogEvent[]): Step {
  const before = state.sessions.get(session.id);
  let next: DeskState = { ...state, sessions: state.sessions.with([session]) };
  const effects: Effect[] = [];
  const log = state.logs.get(session.id);
  if (log) {
    const last = log.events.at(-1)?.seq ?? 0;
    const first = events[0]?.seq;
    const gap = first === undefined ? session.seq > last : first > last + 1;
    if (gap) effects.push({ kind: 'resync', session: session.id, after: last });
    else next = withEvents(next, session.id, events, log.complete);
  } else {
    next = settleWith(next, session.id, events);
  }
  if (session.inbound > (before?.inbound ?? 0) && session.unread > 0) effects.push(wrote(session));
  if ((session.mentions ?? 0) > (before?.mentions ?? 0)) effects.push(mention(session));
  // Whoever wrote has stopped typing.
  const typing = new Map(next.typing);
  if (session.lastMessage && session.lastMessage.seq > (before?.lastMessage?.seq ?? 0))
    typing.delete(session.id);
  return { state: { ...next, typing }, effects };
}

function wrote(session: InboxSession): Effect {
  return { kind: 'inbound', session, preview: session.lastMessage?.preview ?? '', mentioned: false };
}

function mention(session: InboxSession): Effect {
  return { kind: 'inbound', session, preview: mentionText, mentioned: true };
}

function sessionGone(
  state: DeskState,
  { session, by, transferred = false }: Extract<ToAgentFrame, { kind: 'gone' }>,
): DeskState {
  const left = state.sessions.get(session);
  if (!left) return state;
  const logs = new Map(state.logs);
  logs.delete(session);
  const sessions = state.sessions.without(session);
  // Only the one that is open is spoken of; a queue may see many go.
  const gone = new Map([...state.gone].slice(-mostGone));
  gone.set(session, { name: nameOf(left), by, transferred });
  return { ...state, sessions, logs, gone };
}

/** The files that a draft still has to upload before it can leave. */
export function filesOf(content: OutgoingDraft): readonly OutboxFile[] {
  return content.kind === 'files' || content.kind === 'template' ? content.files : [];
}

/** The draft with other files, or with the same ones uploaded. */
export function withFiles(content: OutgoingDraft, files: readonly OutboxFile[]): OutgoingDraft {
  return content.kind === 'files' || content.kind === 'template'
    ? { ...content, files: [...files] }
    : content;
}

/** Takes messages that have come back as events out of the outbox. */
function settleOutbox(state: DeskState, session: string): DeskState {
  return settleWith(state, session, state.logs.get(session)?.events ?? []);
}

function settleWith(state: DeskState, session: string, events: readonly LogEvent[]): DeskState {
  if (!state.outbox.some((entry) => entry.session === session)) return state;
  const arrived = new Set(events.map(({ body }) => (body.kind === 'message' ? body.id : '')));
  const outbox = state.outbox.filter((entry) => entry.session !== session || !arrived.has(entry.id));
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}

/** The sessions with who their customers are now. */
function withNames(before: Sessions, names: readonly ContactName[]): Sessions {
  const byKey = new Map(names.map(({ key, contact }) => [key, contact]));
  const renamed = [...before.values()].flatMap((session) => {
    const contact = byKey.get(customerKey(session.channel.id, session.customer.address));
    return contact === undefined ? [] : [{ ...session, contact }];
  });
  return renamed.length === 0 ? before : before.with(renamed);
}

function withTyping(
  before: DeskState['typing'],
  session: string,
  who: string | null,
  on: boolean,
): DeskState['typing'] {
  const typing = new Map(before);
  const people = new Set(typing.get(session) ?? []);
  if (on) people.add(who);
  else people.delete(who);
  if (people.size > 0) typing.set(session, people);
  else typing.delete(session);
  return typing;
}

function only(state: DeskState): Step {
  return { state, effects: [] };
}
