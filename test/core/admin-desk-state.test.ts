/** How frames change what the inbox knows, without a socket. */
import { describe, expect, it } from 'vitest';
import {
  applyFrame,
  emptyDesk,
  listed,
  mergeEvents,
  unreadTotal,
  type DeskState,
  type OutboxEntry,
} from '../../admin/data/desk-state.ts';
import { tabOf } from '../../admin/data/sessions.ts';
import type { LogEvent } from '../../core/log.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { inboxSessionOf } from '../support/sessions.ts';

const self = { id: 'me', name: 'Me', extension: '1001', photo: null };
const queue = { id: 'q', name: 'Sales' };

const session = (id: string, change: Partial<InboxSession> = {}) =>
  inboxSessionOf(id, { route: { queue, agent: null }, pickup: 'manual', ...change });

function message(seq: number, id = `m${seq}`): LogEvent {
  const content = { kind: 'text' as const, text: `text ${seq}` };
  return { seq, at: seq, ordinal: 1, body: { kind: 'message', id, author: { kind: 'customer' }, content } };
}

function welcomed(sessions: InboxSession[], before: DeskState = emptyDesk): DeskState {
  const frame = {
    kind: 'welcome' as const,
    now: 1_000,
    agent: 'me',
    sessions,
    archivedComplete: true,
    presence: [],
  };
  return applyFrame(before, frame, 400).state;
}

const events = (state: DeskState, of: readonly LogEvent[], complete = false) =>
  applyFrame(state, { kind: 'events', id: 'x', session: 'a', events: [...of], complete }, 0).state;

describe('the inbox state', () => {
  it('[AG-01] sorts sessions into Mine, Queues and Archived, newest first, and finds them by words', () => {
    const state = welcomed([
      session('a', { lastActivityAt: 5 }),
      session('b', {
        lastActivityAt: 9,
        customer: {
          name: 'Anna Berg',
          profile: { email: 'anna@example.com' },
          address: '+15550001111',
          photo: null,
        },
      }),
      session('c', { route: { queue, agent: self } }),
      session('d', { status: 'closed' }),
      session('e', { archived: true }),
    ]);
    expect(listed(state, 'queues', '').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(listed(state, 'mine', '').map(({ id }) => id)).toEqual(['c']);
    expect(new Set(listed(state, 'archived', '').map(({ id }) => id))).toEqual(new Set(['d', 'e']));
    expect(listed(state, 'queues', '0001111').map(({ id }) => id)).toEqual(['b']);
    expect(listed(state, 'queues', 'berg ANNA@').map(({ id }) => id)).toEqual(['b']);
    expect(state.skew).toBe(600);
  });

  it('[AG-01] counts what is unread in open sessions only', () => {
    const state = welcomed([session('a', { unread: 2 }), session('b', { unread: 3, archived: true })]);
    expect(unreadTotal(state)).toBe(2);
  });

  it('[LC-18] merges events by place, each once, and asks for what is missing instead of showing a gap', () => {
    expect(mergeEvents([message(1), message(3)], [message(2), message(3)]).map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
    const loaded = events(welcomed([session('a', { seq: 2 })]), [message(1), message(2)], true);
    const step = applyFrame(
      loaded,
      { kind: 'session', session: session('a', { seq: 5 }), events: [message(5)] },
      0,
    );
    expect(step.effects).toContainEqual({ kind: 'resync', session: 'a', after: 2 });
    expect(step.state.logs.get('a')?.events.map(({ seq }) => seq)).toEqual([1, 2]);
    const filled = events(step.state, [message(3), message(4), message(5)]);
    expect(filled.logs.get('a')?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(filled.logs.get('a')?.complete).toBe(true);
  });

  it('[LC-18] asks on after a break until a log has come to its end, in however many parts', () => {
    const long = [message(1), message(2)];
    const broken = welcomed([session('a', { seq: 5 })], events(welcomed([session('a', { seq: 2 })]), long));
    const part = events(broken, [message(3), message(4)]);
    expect(part.logs.get('a')?.stale).toBe(true);
    const whole = events(part, [message(5)]);
    expect(whole.logs.get('a')).toMatchObject({ stale: false });
    expect(whole.logs.get('a')?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('[AG-01] tells of no news at the start, however old the copy is that the device has kept', () => {
    const kept = { ...welcomed([session('a')]), heard: false };
    const news = session('a', { unread: 3, inbound: 3, seq: 4 });
    const frame = {
      kind: 'welcome' as const,
      now: 1_000,
      agent: 'me',
      sessions: [news],
      archivedComplete: true,
      presence: [],
    };
    expect(applyFrame(kept, frame, 400).effects).toEqual([]);
    expect(applyFrame({ ...kept, heard: true }, frame, 400).effects).toHaveLength(1);
  });

  it('[AG-06] calls customers by the names of their contacts, from one moment to the next', () => {
    const state = welcomed([
      session('a'),
      session('b', { customer: { name: '+15550001111', profile: {}, address: '+15550001111', photo: null } }),
    ]);
    const ada = { id: '1', name: 'Ada' };
    const named = applyFrame(
      state,
      { kind: 'contacts', names: [{ key: '+15550001111', contact: ada }] },
      0,
    ).state;
    expect(named.sessions.get('b')?.contact).toEqual(ada);
    expect(named.sessions.get('a')).toBe(state.sessions.get('a'));
    const nobody = applyFrame(
      named,
      { kind: 'contacts', names: [{ key: '+15550001111', contact: null }] },
      0,
    );
    expect(nobody.state.sessions.get('b')?.contact).toBeNull();
  });

  it('[LC-18] marks loaded logs stale after a reconnect, and drops those of sessions that are gone', () => {
    const loaded = events(welcomed([session('a')]), [message(1)]);
    expect(welcomed([session('a')], loaded).logs.get('a')?.stale).toBe(true);
    expect(welcomed([session('b')], loaded).logs.has('a')).toBe(false);
  });

  it('[AG-12] takes a message out of the outbox when it comes back, and only that one', () => {
    const entry = (id: string): OutboxEntry => ({
      id,
      session: 'a',
      at: 0,
      content: { kind: 'text', text: id },
      replyTo: null,
      state: 'sending',
      progress: 0,
      problem: null,
    });
    const waiting = { ...welcomed([session('a')]), outbox: [entry('m1'), entry('other')] };
    expect(events(waiting, [message(1)]).outbox.map(({ id }) => id)).toEqual(['other']);
    const unseen = applyFrame(
      waiting,
      { kind: 'session', session: session('a'), events: [message(1)] },
      0,
    ).state;
    expect(unseen.outbox.map(({ id }) => id)).toEqual(['other']);
  });

  it('[MQ-05] remembers who took a session that went away', () => {
    const { state } = applyFrame(
      welcomed([session('a')]),
      { kind: 'gone', session: 'a', by: 'Sales Agent' },
      0,
    );
    expect(state.sessions.has('a')).toBe(false);
    expect(state.gone.get('a')).toEqual({
      name: 'Visitor a',
      by: 'Sales Agent',
      transferred: false,
    });
  });

  it('[AG-13] tells of new customer messages, not of answers, and of what came while away', () => {
    const state = welcomed([session('a', { inbound: 1, unread: 0 })]);
    const inbound = session('a', { inbound: 2, unread: 1, seq: 2 });
    expect(applyFrame(state, { kind: 'session', session: inbound, events: [] }, 0).effects).toHaveLength(1);
    const answered = session('a', { inbound: 1, unread: 0, seq: 2 });
    expect(applyFrame(state, { kind: 'session', session: answered, events: [] }, 0).effects).toEqual([]);
    const frame = {
      kind: 'welcome' as const,
      now: 0,
      agent: 'me',
      sessions: [inbound],
      archivedComplete: true,
      presence: [],
    };
    expect(applyFrame(state, frame, 0).effects).toHaveLength(1);
    expect(applyFrame(emptyDesk, frame, 0).effects).toEqual([]);
  });

  it('[AG-09] puts a closed session into Archived whatever its flag says', () => {
    expect(tabOf(session('a', { status: 'closed', archived: false }))).toBe('archived');
  });
});
