/** An agent's list in pages: what it begins with, and what they scroll to. */
import type { AgentFrame, SessionSummary, ToAgentFrame } from '../../../core/protocol.ts';
import { firstPage } from './lists.ts';
import type { Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';
import type { Views } from './views.ts';

/** Open sessions at the start: for nearly everybody all of them, so that their counts and search are whole. */
const openAtFirst = 1_000;
/** Few enough that reading a page costs the inbox no frame. */
const openPage = 200;
const archivedPage = 50;

type Welcome = Extract<ToAgentFrame, { kind: 'welcome' }>;
type Page = Extract<ToAgentFrame, { kind: 'list' }>;

export class Pages {
  constructor(
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly views: Views,
  ) {}

  /** What `welcome` brings. */
  first(agent: string): Pick<Welcome, 'sessions' | 'openComplete' | 'archivedComplete'> {
    const queues = this.staff.queuesOf(agent);
    const open = this.sessions.lists.open(agent, queues, firstPage, openAtFirst);
    const archived = this.sessions.lists.archived(agent, queues, firstPage, archivedPage);
    return {
      sessions: this.shown([...open, ...archived], agent),
      openComplete: open.length < openAtFirst,
      archivedComplete: archived.length < archivedPage,
    };
  }

  /** The page that was asked for. */
  later(agent: string, { id, archived, ...from }: Extract<AgentFrame, { kind: 'list' }>): Page {
    const queues = this.staff.queuesOf(agent);
    const limit = archived ? archivedPage : openPage;
    const found = archived
      ? this.sessions.lists.archived(agent, queues, from, limit)
      : this.sessions.lists.open(agent, queues, from, limit);
    const sessions = this.shown(found, agent);
    return { kind: 'list', id, archived, sessions, complete: found.length < limit };
  }

  private shown(found: readonly SessionSummary[], agent: string) {
    return found.map((summary) => this.views.view(summary, agent));
  }
}
