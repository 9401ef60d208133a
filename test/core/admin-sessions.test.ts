/** The inbox's lists, however sessions come and go: always what sorting all of them would give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFrame, emptyDesk, listed, unreadTotal, type DeskState } from '../../admin/data/desk-state.ts';
import { newIn, tabOf, type Tab } from '../../admin/data/sessions.ts';
import { noMarks } from '../../core/log.ts';
import type { InboxSession, ToAgentFrame } from '../../core/protocol.ts';

const agent = { id: 'me', name: 'Me', extension: '1001', photo: null };
const queue = { id: 'q', name: 'Sales' };
const tabs: Tab[] = ['mine', 'queues', 'campaigns', 'archived'];

const session: fc.Arbitrary<InboxSession> = fc
  .record({
    // Few ids and times, so that the same session comes again and many share a moment.
    id: fc.integer({ min: 0, max: 24 }).map((id) => `LC00000:visitor-${id}#1`),
    lastActivityAt: fc.integer({ min: 0, max: 5 }),
    unread: fc.integer({ min: 0, max: 3 }),
    mentions: fc.integer({ min: 0, max: 2 }),
    archived: fc.boolean(),
    closed: fc.boolean(),
    taken: fc.boolean(),
    campaign: fc.boolean(),
    reads: fc.boolean(),
  })
  .map(({ closed, taken, campaign, reads, ...own }) => ({
    channel: { id: 'c', type: 'liveChat', provider: null, name: 'Shop', number: 'LC00000' },
    customer: { name: `Visitor ${own.id}`, profile: {}, address: own.id, photo: null },
    status: closed ? 'closed' : 'open',
    route: { queue, agent: taken ? agent : null },
    openedAt: 0,
    lastMessage: null,
    seq: 1,
    inbound: own.unread,
    marks: noMarks,
    source: null,
    consentAt: null,
    lastInboundAt: null,
    optedOut: false,
    campaign: campaign ? { id: 'k', name: 'Spring' } : null,
    pickup: null,
    role: reads ? 'reads' : 'answers',
    ...own,
  }));

const id = session.map((one) => one.id);
const sessions = fc.uniqueArray(session, { selector: (one) => one.id, maxLength: 12 });

const frame: fc.Arbitrary<ToAgentFrame> = fc.oneof(
  session.map((one): ToAgentFrame => ({ kind: 'session', session: one, events: [] })),
  id.map((one): ToAgentFrame => ({ kind: 'gone', session: one, by: null })),
  id.map((one): ToAgentFrame => ({ kind: 'marks', session: one, marks: noMarks })),
  fc
    .tuple(sessions, fc.boolean())
    .map(([page, complete]): ToAgentFrame => ({ kind: 'list', id: 'x', sessions: page, complete })),
  sessions.map((page): ToAgentFrame => ({
    kind: 'welcome',
    now: 0,
    agent: 'me',
    sessions: page,
    archivedComplete: true,
    presence: [],
  })),
);

/** What each frame says, kept in the plainest way. */
function plainly(known: Map<string, InboxSession>, next: ToAgentFrame): Map<string, InboxSession> {
  const after = new Map(next.kind === 'welcome' ? [] : known);
  if (next.kind === 'session') after.set(next.session.id, next.session);
  if (next.kind === 'gone') after.delete(next.session);
  if (next.kind === 'list' || next.kind === 'welcome')
    for (const one of next.sessions) after.set(one.id, one);
  return after;
}

const ids = (of: readonly InboxSession[]) => of.map((one) => one.id);

describe('the lists of the inbox', () => {
  it('[AG-01] are those of sorting everything anew, in whatever order frames come', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 60 }), (frames) => {
        let state: DeskState = emptyDesk;
        let known = new Map<string, InboxSession>();
        for (const next of frames) {
          const before = state;
          const listsBefore = tabs.map((tab) => ids(before.sessions.list(tab)));
          state = applyFrame(state, next, 0).state;
          known = plainly(known, next);
          // What was is still what it was.
          expect(tabs.map((tab) => ids(before.sessions.list(tab)))).toEqual(listsBefore);
        }
        const all = [...known.values()];
        for (const tab of tabs) {
          const expected = all
            .filter((one) => tabOf(one) === tab)
            .sort((a, b) => b.lastActivityAt - a.lastActivityAt || (a.id < b.id ? 1 : -1));
          expect(ids(listed(state, tab, ''))).toEqual(ids(expected));
          expect(state.sessions.unread(tab)).toBe(expected.reduce((sum, one) => sum + newIn(one), 0));
          const found = expected.filter((one) => one.id.includes('visitor-1'));
          expect(ids(listed(state, tab, 'visitor-1'))).toEqual(ids(found));
        }
        expect(state.sessions.size).toBe(all.length);
        expect(new Set(state.sessions.values())).toEqual(new Set(all));
        for (const one of all) expect(state.sessions.get(one.id)).toEqual(one);
        const open = all.filter((one) => tabOf(one) !== 'archived');
        expect(unreadTotal(state)).toBe(open.reduce((sum, one) => sum + newIn(one), 0));
      }),
    );
  });

  it('[AG-01] stay the same array while none of their sessions changes', () => {
    const [one, other] = fc.sample(session, { numRuns: 2, seed: 7 });
    if (!one || !other) throw new Error('two sessions are needed');
    const waiting = {
      ...one,
      id: 'a',
      archived: false,
      status: 'open' as const,
      route: { queue, agent: null },
    };
    const state = emptyDesk.sessions.with([{ ...waiting, campaign: null, role: 'answers' as const }]);
    const queues = state.list('queues');
    const next = state.with([{ ...other, id: 'b', archived: true }]);
    expect(next.list('queues')).toBe(queues);
    expect(next.list('archived')).not.toBe(state.list('archived'));
  });

  it('[AG-01] go on after the last of a page, not after what came into view by itself', () => {
    const make = (name: string, at: number): InboxSession => {
      const [one] = fc.sample(session, { numRuns: 1, seed: 3 });
      if (!one) throw new Error('a session is needed');
      return { ...one, id: name, lastActivityAt: at, archived: false, status: 'open' };
    };
    const welcome: ToAgentFrame = {
      kind: 'welcome',
      now: 0,
      agent: 'me',
      sessions: [make('b', 9), make('a', 9)],
      openComplete: false,
      archivedComplete: true,
      presence: [],
    };
    let { state } = applyFrame(emptyDesk, welcome, 0);
    expect(state.older).toEqual({ open: { at: 9, id: 'a' }, archived: null });
    state = applyFrame(state, { kind: 'session', session: make('old', 1), events: [] }, 0).state;
    expect(state.older.open).toEqual({ at: 9, id: 'a' });
    const page = { kind: 'list', id: 'x', archived: false } as const;
    state = applyFrame(state, { ...page, sessions: [make('c', 4)], complete: false }, 0).state;
    expect(state.older.open).toEqual({ at: 4, id: 'c' });
    state = applyFrame(state, { ...page, sessions: [], complete: true }, 0).state;
    expect(state.older.open).toBeNull();
    expect(ids(listed(state, tabOf(make('c', 4)), ''))).toEqual(['b', 'a', 'c', 'old']);
  });
});
