/**
 * Search for an agent: contacts, sessions and messages (AG-01). Archives know the words and nothing of rights, so what
 * they find is looked at here, until there is enough that the agent may read.
 */
import { periodBefore, periodOf } from '../../../core/archive.ts';
import { keysOf } from '../../../core/contact.ts';
import type { AgentFrame, FoundMessage, SearchPlace, ToAgentFrame } from '../../../core/protocol.ts';
import { archiveOf, workspaceOf, type Env } from '../../env.ts';
import { isRemoved, type Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';
import type { Views } from './views.ts';

/** What one answer holds at most. */
const mostMessages = 30;
const mostSessions = 20;
const mostContacts = 8;
/** Hits that are asked for at once, and how often, before the answer says to ask for older ones. */
const hitsAtOnce = 200;
const mostRounds = 12;

type Found = Extract<ToAgentFrame, { kind: 'found' }>;

export class Search {
  constructor(
    private readonly env: Env,
    private readonly staff: Staff,
    private readonly sessions: Sessions,
    private readonly views: Views,
  ) {}

  async find(agent: string, { id, text, from }: Extract<AgentFrame, { kind: 'search' }>): Promise<Found> {
    const [people, words] = await Promise.all([
      from ? { contacts: [], sessions: [] } : this.people(agent, text),
      this.words(agent, text, from ?? null),
    ]);
    const matched = [...new Set([...people.sessions, ...words.sessions])].slice(0, mostSessions);
    const shown = new Set([...matched, ...words.messages.map(({ session }) => session)]);
    return {
      kind: 'found',
      id,
      contacts: people.contacts,
      matched,
      messages: words.messages,
      sessions: [...shown].flatMap((session) => {
        const known = this.sessions.get(session);
        return known ? [this.views.view(known.summary, agent)] : [];
      }),
      next: words.next,
    };
  }

  /** Contacts, and what the agent sees of their sessions. */
  private async people(
    agent: string,
    text: string,
  ): Promise<Pick<Found, 'contacts'> & { sessions: string[] }> {
    if (text.trim() === '') return { contacts: [], sessions: [] };
    const query = { search: text, phonebook: null, after: null, limit: mostContacts };
    const { contacts } = await workspaceOf(this.env).listContacts(query);
    const keys = contacts.flatMap(keysOf);
    const queues = this.staff.queuesOf(agent);
    return {
      contacts: contacts.map(({ id, name, company, numbers }) => ({
        id,
        name,
        company,
        number: numbers[0]?.number ?? '',
      })),
      sessions: this.sessions.lists.ofCustomers(keys, agent, queues, mostSessions).map(({ id }) => id),
    };
  }

  private async words(
    agent: string,
    text: string,
    from: SearchPlace | null,
  ): Promise<{ messages: FoundMessage[]; sessions: string[]; next: SearchPlace | null }> {
    const messages: FoundMessage[] = [];
    const sessions: string[] = [];
    const oldest = periodOf(this.sessions.lists.firstOpenedAt() ?? Date.now());
    let place: SearchPlace = from ?? { period: periodOf(Date.now()), row: null };
    for (let round = 0; round < mostRounds && place.period >= oldest; round += 1) {
      const hits = await archiveOf(this.env, place.period).search(text, place.row, hitsAtOnce);
      for (const { row, session, seq, at, excerpt } of hits) {
        place = { period: place.period, row };
        if (!this.mayFind(session, agent)) continue;
        if (seq === 0) sessions.push(session);
        else messages.push({ session, seq, at, excerpt });
        if (messages.length >= mostMessages) return { messages, sessions, next: place };
      }
      if (hits.length < hitsAtOnce) place = { period: periodBefore(place.period), row: null };
    }
    return { messages, sessions, next: place.period >= oldest ? place : null };
  }

  private mayFind(session: string, agent: string): boolean {
    const known = this.sessions.get(session);
    if (!known || !this.views.reads(known.summary, agent)) return false;
    return !isRemoved(known.summary, this.sessions.own(session, agent));
  }
}
