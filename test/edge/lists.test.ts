/** What agents' lists hold, beside a filter over all sessions; and that none of their questions reads a whole table. */
import { runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../core/protocol.ts';
import { firstPage } from '../../edge/objects/desk/lists.ts';
import { lastSeq, Sessions } from '../../edge/objects/desk/sessions.ts';
import { summaryOf } from '../support/sessions.ts';
import { bindings } from './rows.ts';

const queues = ['support', 'billing', 'sales'];
const agents = ['me', 'other'];

/** A session, and what is mine about it. */
const made = fc.record({
  at: fc.integer({ min: 1, max: 5 }),
  isOpen: fc.boolean(),
  queue: fc.constantFrom(null, ...queues),
  agent: fc.constantFrom(null, ...agents),
  archivedSeq: fc.constantFrom(-1, 0, 9),
  removedSeq: fc.constantFrom(-1, 0, 9),
  mentioned: fc.boolean(),
});
type Made = typeof made extends fc.Arbitrary<infer T> ? T : never;

function sessionOf({ at, isOpen, queue, agent }: Made, index: number): SessionSummary {
  const person = agent === null ? null : { id: agent, name: agent, extension: '1001', photo: null };
  return summaryOf(`LC00000:visitor-${index}#1`, {
    lastActivityAt: at,
    openedAt: 1_000 + at,
    status: isOpen ? 'open' : 'closed',
    route: { queue: queue === null ? null : { id: queue, name: queue }, agent: person },
  });
}

/** The ids that my list should hold, newest first; I am in two of the queues. */
function expected(
  sessions: readonly SessionSummary[],
  all: readonly Made[],
  wantsArchived: boolean,
): string[] {
  return sessions
    .filter((session, index) => {
      const { isOpen, queue, agent, archivedSeq, removedSeq, mentioned } = all[index] ?? fail();
      const waits = agent === null && queue !== null && queues.slice(0, 2).includes(queue);
      const isSeen = agent === 'me' || waits || (mentioned && isOpen);
      const isArchived = !isOpen || archivedSeq >= lastSeq(session);
      return isSeen && removedSeq < lastSeq(session) && isArchived === wantsArchived;
    })
    .toSorted((a, b) => b.lastActivityAt - a.lastActivityAt || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
}

function fail(): never {
  throw new Error('There is no such session.');
}

describe('what an agent’s lists hold', () => {
  it('[AG-01] is what is theirs, waits in their queues or mentions them, newest first, at any length', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { maxLength: 25 }),
        fc.integer({ min: 1, max: 30 }),
        async (all, limit) => {
          run += 1;
          await runInDurableObject(bindings.DESK.getByName(`lists-${run}`), async (_desk, state) => {
            const index = new Sessions(state.storage.sql);
            const sessions = all.map(sessionOf);
            for (const [at, { archivedSeq, removedSeq, mentioned }] of all.entries()) {
              const session = sessions[at] ?? fail();
              index.put(1, session);
              index.setOwn(session.id, 'me', { archivedSeq, removedSeq, mentioned });
            }
            await index.kept();
            const mine = queues.slice(0, 2);
            const ids = (list: SessionSummary[]) => list.map(({ id }) => id);
            expect(ids(index.lists.open('me', mine, firstPage, limit))).toEqual(
              expected(sessions, all, false).slice(0, limit),
            );
            expect(ids(index.lists.archived('me', mine, firstPage, limit))).toEqual(
              expected(sessions, all, true).slice(0, limit),
            );
            const first = Math.min(...sessions.map(({ openedAt }) => openedAt));
            expect(index.lists.firstOpenedAt()).toBe(sessions.length === 0 ? null : first);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('[AG-01] is found by indexes alone, however many sessions there have been', async () => {
    await runInDurableObject(bindings.DESK.getByName('plans'), (_desk, state) => {
      const { sql } = state.storage;
      const asked: string[] = [];
      const watched = {
        exec: (query: string, ...binds: SqlStorageValue[]) => {
          const plan = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...binds).toArray();
          asked.push(...plan.map(({ detail }) => detail));
          return sql.exec(query, ...binds);
        },
      } as unknown as SqlStorage;
      const { lists } = new Sessions(watched);
      lists.open('me', queues, firstPage, 10);
      lists.archived('me', queues, firstPage, 10);
      lists.ofCustomers(['+14155550101'], 'me', queues, 10);
      lists.customersAmong(['+14155550101']);
      for (const queue of queues) lists.unclaimedIn(queue);
      for (const kind of ['agent', 'queue', 'channel'] as const) lists.openOf(kind, 'x');
      expect(asked.length).toBeGreaterThan(10);
      expect(asked.filter((detail) => /^SCAN (?!json_each|beginning)/.test(detail))).toEqual([]);
      // The order is the index's, but for what mentions the agent, twice, and what is found by customers.
      expect(asked.filter((detail) => detail.includes('ORDER BY'))).toHaveLength(3);
    });
  });
});
