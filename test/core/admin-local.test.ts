/** What of the inbox a device keeps. */
import { describe, expect, it } from 'vitest';
import { emptyDesk, type SessionLog } from '../../admin/data/desk-state.ts';
import { keptOf } from '../../admin/data/local.ts';
import { Sessions } from '../../admin/data/sessions.ts';
import type { LogEvent } from '../../core/log.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { inboxSessionOf } from '../support/sessions.ts';

const session = (id: string, lastActivityAt: number, change: Partial<InboxSession> = {}) =>
  inboxSessionOf(id, { lastActivityAt, ...change });

const logOf = (length: number): SessionLog => ({
  events: Array.from({ length }, (_none, at): LogEvent => ({
    seq: at + 1,
    at,
    ordinal: 1,
    body: { kind: 'consent' } as LogEvent['body'],
  })),
  complete: true,
  stale: false,
});

describe('the copy of the inbox', () => {
  it('[AG-01] keeps the newest open sessions before archived ones, and no more than it may', () => {
    const open = Array.from({ length: 990 }, (_none, at) => session(`open${at}`, at));
    const closed = Array.from({ length: 30 }, (_none, at) =>
      session(`closed${at}`, 5_000 + at, { status: 'closed' }),
    );
    const { agent, sessions } = keptOf('me', {
      ...emptyDesk,
      sessions: Sessions.none.with([...closed, ...open]),
    });
    expect(agent).toBe('me');
    expect(sessions).toHaveLength(1_000);
    expect(sessions[0]?.id).toBe('open989');
    expect(sessions.filter(({ status }) => status === 'closed')).toHaveLength(10);
  });

  it('[AG-01] keeps the ends of conversations, and says whether they are whole', () => {
    const sessions = Sessions.none.with([session('long', 2), session('short', 1)]);
    const logs = new Map([
      ['long', logOf(150)],
      ['short', logOf(3)],
      ['gone', logOf(1)],
    ]);
    const kept = keptOf('me', { ...emptyDesk, sessions, logs }).logs;
    expect(kept.map((log) => [log.session, log.events[0]?.seq, log.events.length, log.complete])).toEqual([
      ['long', 51, 100, false],
      ['short', 1, 3, true],
    ]);
  });
});
