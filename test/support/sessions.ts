/** Sessions as Desk and the inbox know them, for tests of what is done with them. */
import { noMarks } from '../../core/log.ts';
import type { InboxSession, SessionSummary } from '../../core/protocol.ts';

/** An open live chat that nobody holds and nothing was said in; `change` says what is otherwise. */
export function summaryOf(id: string, change: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id,
    channel: { id: 'c', type: 'liveChat', provider: null, name: 'Shop', number: 'LC00000' },
    customer: { name: `Visitor ${id}`, profile: {}, address: id, photo: null },
    status: 'open',
    route: { queue: null, agent: null },
    openedAt: 1,
    lastActivityAt: 1,
    lastMessage: null,
    seq: 1,
    inbound: 0,
    marks: noMarks,
    source: null,
    consentAt: null,
    lastInboundAt: null,
    optedOut: false,
    ...change,
  };
}

/** The same as an agent's list shows it, read and not archived. */
export function inboxSessionOf(id: string, change: Partial<InboxSession> = {}): InboxSession {
  return { ...summaryOf(id), unread: 0, archived: false, pickup: null, ...change };
}
