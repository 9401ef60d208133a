import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { periodBefore, periodOf, type ArchiveEntry } from '../../core/archive.ts';
import type { SearchPlace } from '../../core/protocol.ts';
import { archiveOf } from '../../edge/env.ts';
import { Connections } from '../../edge/objects/desk/connections.ts';
import { ContactNames } from '../../edge/objects/desk/contactNames.ts';
import { Search } from '../../edge/objects/desk/search.ts';
import { Sessions } from '../../edge/objects/desk/sessions.ts';
import { Staff } from '../../edge/objects/desk/staff.ts';
import { Views } from '../../edge/objects/desk/views.ts';
import { summaryOf } from '../support/sessions.ts';
import { setUp } from './console.ts';
import { bindings } from './rows.ts';

const entry = (session: string, seq: number, text: string): ArchiveEntry => ({ session, seq, at: seq, text });
const excerpts = async (period: string, text: string) =>
  (await archiveOf(bindings, period).search(text, null, 10)).map(({ excerpt }) => excerpt);

describe('the archive', () => {
  it('[AG-01] finds by the beginnings of words, without case and marks, and marks what fits', async () => {
    const archive = archiveOf(bindings, '2001-01');
    await archive.take([entry('a', 1, 'Der Schlüssel liegt unter der Fußmatte'), entry('a', 2, 'Danke!')]);
    expect(await excerpts('2001-01', 'schlussel MATTE')).toEqual([]);
    expect(await excerpts('2001-01', 'schlu unt')).toEqual([
      'Der \u0001Schlüssel\u0002 liegt \u0001unter\u0002 der Fußmatte',
    ]);
    for (const text of ['', ' ', '"', '*', "'; DROP TABLE entries; --", 'NEAR(', 'text:danke']) {
      expect(await excerpts('2001-01', text), text).toEqual([]);
    }
    expect(await excerpts('2001-01', 'danke')).toEqual(['\u0001Danke\u0002!']);
  });

  it('[AG-01] keeps each message once, and what is known of a customer as it is now', async () => {
    const archive = archiveOf(bindings, '2001-02');
    for (let time = 0; time < 3; time += 1) await archive.take([entry('a', 7, 'once only')]);
    expect(await excerpts('2001-02', 'once')).toHaveLength(1);
    await archive.take([entry('a', 0, 'Visitor 4F2A')]);
    await archive.take([entry('a', 0, 'Ada Lovelace')]);
    expect(await excerpts('2001-02', 'visitor')).toEqual([]);
    expect(await excerpts('2001-02', 'lovelace')).toEqual(['Ada \u0001Lovelace\u0002']);
  });

  it('[AG-01] answers in pages, the newest first, without a gap or a double', async () => {
    const archive = archiveOf(bindings, '2001-03');
    await archive.take(Array.from({ length: 25 }, (_none, at) => entry('a', at + 1, `page word ${at}`)));
    const seen: number[] = [];
    let before: number | null = null;
    for (;;) {
      const hits: { row: number; seq: number }[] = await archive.search('word', before, 10);
      if (hits.length === 0) break;
      seen.push(...hits.map(({ seq }) => seq));
      before = hits.at(-1)?.row ?? null;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_none, at) => 25 - at));
  });
});

const summary = (id: string, agent: string, openedAt: number) =>
  summaryOf(id, {
    status: 'closed',
    route: { queue: null, agent: { id: agent, name: agent, extension: '', photo: null } },
    openedAt,
    lastMessage: { seq: 9, id: 'm', from: 'customer', preview: '', at: openedAt, status: null },
  });

describe('the search over it', () => {
  it('[AG-01] [GEN-03] goes back month by month, past what others have, and ends at the first session', async () => {
    await setUp();
    const now = periodOf(Date.now());
    const months = [now, periodBefore(now), periodBefore(periodBefore(now))];
    const oldest = Date.parse(`${months[2]}-15T00:00:00Z`);
    for (const [at, period] of months.entries()) {
      await archiveOf(bindings, period).take([
        ...Array.from({ length: 40 }, (_none, n) => entry(`own${at}`, n + 1, `quagga ${n} of ${period}`)),
        ...Array.from({ length: 300 }, (_none, n) => entry(`theirs${at}`, n + 1, `quagga of theirs ${n}`)),
      ]);
    }
    const found = await runInDurableObject(bindings.DESK.getByName('archive test'), async (_desk, state) => {
      const staff = new Staff(state.storage.sql);
      const sessions = new Sessions(state.storage.sql);
      const names = new ContactNames(state.storage.sql);
      const views = new Views(staff, sessions, names, new Connections(state, bindings));
      for (const at of months.keys()) {
        sessions.put(1, summary(`own${at}`, 'me', oldest));
        sessions.put(1, summary(`theirs${at}`, 'somebody', oldest));
      }
      await sessions.kept();
      const search = new Search(bindings, staff, sessions, views);
      const all: string[] = [];
      let from: SearchPlace | undefined;
      for (;;) {
        const page = await search.find('me', {
          kind: 'search',
          id: 'x',
          text: 'quagga',
          ...(from ? { from } : {}),
        });
        expect(page.sessions.every(({ id }) => id.startsWith('own'))).toBe(true);
        all.push(...page.messages.map(({ session, seq }) => `${session}.${seq}`));
        if (!page.next) return all;
        from = page.next;
      }
    });
    expect(found).toHaveLength(120);
    expect(new Set(found).size).toBe(120);
    expect(found[0]).toBe('own0.40');
    expect(found.at(-1)).toBe('own2.1');
  });
});
