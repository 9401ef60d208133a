/** An agent's list in pages, over the Desk's own tables: nothing is lost or told twice between two pages. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { Connections } from '../../edge/objects/desk/connections.ts';
import { ContactNames } from '../../edge/objects/desk/contactNames.ts';
import { Pages } from '../../edge/objects/desk/pages.ts';
import { Sessions } from '../../edge/objects/desk/sessions.ts';
import { Staff } from '../../edge/objects/desk/staff.ts';
import { Views } from '../../edge/objects/desk/views.ts';
import type { InboxSession, SessionSummary } from '../../core/protocol.ts';
import { summaryOf } from '../support/sessions.ts';
import { bindings } from './rows.ts';

const me = { id: 'me', name: 'Me', extension: '1001', photo: null };

const summary = (id: string, lastActivityAt: number, open: boolean) =>
  summaryOf(id, { lastActivityAt, status: open ? 'open' : 'closed', route: { queue: null, agent: me } });

/** All pages of an agent's list with these sessions in the index, `[open, archived]`. */
function allPages(name: string, sessions: readonly SessionSummary[]): Promise<InboxSession[][][]> {
  return runInDurableObject(bindings.DESK.getByName(name), async (_desk, state) => {
    const staff = new Staff(state.storage.sql);
    const index = new Sessions(state.storage.sql);
    const names = new ContactNames(state.storage.sql);
    const views = new Views(staff, index, names, new Connections(state, bindings));
    const pages = new Pages(staff, index, views);
    for (const one of sessions) index.put(1, one);
    await index.kept();
    const first = pages.first('me');
    return [false, true].map((archived) => {
      const found = [first.sessions.filter((one) => one.archived === archived)];
      let complete = archived ? first.archivedComplete : first.openComplete;
      while (!complete) {
        const last = found.at(-1)?.at(-1);
        const from = { before: last?.lastActivityAt ?? 0, beforeId: last?.id };
        const page = pages.later('me', { kind: 'list', id: 'x', archived, ...from });
        found.push(page.sessions);
        complete = page.complete;
      }
      return found;
    });
  });
}

describe('the pages of an agent’s list', () => {
  it('[AG-01] hold every open and every archived session once, also where many share a moment', async () => {
    const made = Array.from({ length: 1_640 }, (_, at) =>
      // Thousands of a campaign may come within one millisecond.
      summary(`LC00000:visitor-${String(at).padStart(5, '0')}#1`, 1_000 + Math.floor(at / 700), at % 4 !== 0),
    );
    const [open = [], archived = []] = await allPages('paged', made);
    for (const [pages, of] of [
      [open, made.filter((one) => one.status === 'open')],
      [archived, made.filter((one) => one.status === 'closed')],
    ] as const) {
      const expected = of
        .toSorted((a, b) => b.lastActivityAt - a.lastActivityAt || (a.id < b.id ? 1 : -1))
        .map((one) => one.id);
      expect(pages.flat().map((one) => one.id)).toEqual(expected);
    }
    expect(open.map((page) => page.length)).toEqual([1_000, 200, 30]);
  });

  it('[AG-01] are one of open sessions for who has no more than that', async () => {
    const [open = []] = await allPages('short', [summary('LC00000:visitor-1#1', 1, true)]);
    expect(open.map((page) => page.length)).toEqual([1]);
  });
});
