/** The widget's picture of a conversation: whatever order frames come in, it has no gap and no double. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noMarks, type ChatEvent, type ChatEventBody } from '../../core/log.ts';
import type { ToVisitorFrame } from '../../core/protocol.ts';
import { callLine } from '../../widget/call/line.ts';
import type { CallEvent } from '../../widget/calls.ts';
import { emptyState } from '../../widget/chat.ts';
import { fold, lastSeq, unreadCount, type Shared } from '../../widget/store.ts';
import { isUnanswered, timeline } from '../../widget/timeline.ts';

const ada = { id: 'a', name: 'Ada', extension: '', photo: null };

function message(seq: number, author: 'customer' | 'agent' = 'customer', at = seq * 1000): ChatEvent {
  const body: ChatEventBody = {
    kind: 'message',
    id: `m${seq}`,
    author: author === 'agent' ? { kind: 'agent', agent: ada } : { kind: 'customer' },
    content: { kind: 'text', text: `text ${seq}` },
  };
  return { seq, at, ordinal: 1, body };
}

function log(length: number): ChatEvent[] {
  return Array.from({ length }, (_, index) => message(index + 1, index % 3 === 0 ? 'agent' : 'customer'));
}

function welcome(events: ChatEvent[], complete: boolean): ToVisitorFrame {
  const availability = { online: true, greeting: '', opensAt: null };
  return {
    kind: 'welcome',
    now: 0,
    events,
    complete,
    marks: noMarks,
    open: true,
    formDue: false,
    profile: {},
    availability,
  };
}

describe('the fold of frames', () => {
  it('[LC-18] has no gap and no double, whatever is lost, repeated or replayed', () => {
    // Each step either delivers a slice of the log as live events, or reconnects and is told what is missing.
    const step = fc.record({ live: fc.boolean(), from: fc.nat(60), length: fc.integer({ min: 1, max: 10 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(step, { maxLength: 40 }), (length, steps) => {
        const whole = log(length);
        let state: Shared = emptyState;
        const told: number[] = [];
        for (const { live, from, length: size } of steps) {
          const known = lastSeq(state);
          const frame: ToVisitorFrame = live
            ? { kind: 'events', events: whole.slice(from, from + size) }
            : welcome(known === 0 ? whole.slice(-10) : whole.slice(known), known === 0 && length <= 10);
          const folded = fold(state, frame, 0);
          state = folded.state;
          told.push(...folded.fresh.map(({ seq }) => seq));
          const seqs = state.events.map(({ seq }) => seq);
          expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
          if (folded.gap) expect(lastSeq(state)).toBe(known);
        }
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  it('[LC-18] starts over when the edge knows less than the page, as after a restored backup', () => {
    const { state } = fold(emptyState, welcome(log(20), true), 0);
    const older = fold(state, welcome(log(5), true), 0);
    expect(lastSeq(older.state)).toBe(5);
  });

  it('[LC-19] puts history before what is known, and counts what the visitor has not read', () => {
    const whole = log(9);
    const { state } = fold(emptyState, welcome(whole.slice(6), false), 0);
    const older = fold(
      state,
      { kind: 'history', id: 'h', events: whole.slice(0, 7), complete: true },
      0,
    ).state;
    expect(older.events).toEqual(whole);
    expect(older.complete).toBe(true);
    expect(unreadCount(older)).toBe(3);
    const marks = { ...noMarks, customer: { delivered: 9, read: 4 } };
    expect(unreadCount({ ...older, marks })).toBe(1);
  });
});

describe('the timeline', () => {
  it('[LC-19] groups by sender and minute, and puts waiting messages last whatever this clock says', () => {
    const events = [message(1, 'agent', 0), message(2, 'agent', 10_000), message(3, 'agent', 200_000)];
    const waiting = [{ id: 'w', at: -999_999, text: 'waiting' }];
    const items = timeline(events, waiting, 0).filter(({ kind }) => kind === 'group');
    expect(items.map((item) => (item.kind === 'group' ? item.bubbles.map(({ id }) => id) : []))).toEqual([
      ['m1', 'm2'],
      ['m3'],
      ['w'],
    ]);
  });

  it('[LC-19] knows when nobody has answered yet', () => {
    const opened: ChatEvent = {
      seq: 1,
      at: 0,
      ordinal: 1,
      body: { kind: 'opened', ordinal: 1, route: { queue: null, agent: null }, source: null },
    };
    expect(isUnanswered([opened, message(2)])).toBe(true);
    expect(isUnanswered([opened, message(2), message(3, 'agent')])).toBe(false);
  });
});

describe('calls', () => {
  const ended: ChatEventBody = {
    kind: 'call',
    id: 'c1',
    phase: 'ended',
    from: 'customer',
    agent: ada,
    ringingMs: 4000,
    talkingMs: 65_000,
    outcome: 'answered',
    endedBy: 'agent',
  };

  it('[CALL-03] keeps how a call stands for tabs that join, not what is for the moment, and asks anew with each welcome', () => {
    const standing = { kind: 'state', now: 0, call: null };
    const told = fold(emptyState, { kind: 'call', call: standing }, 0).state;
    expect(told.call).toBe(standing);
    const passing = fold(told, { kind: 'call', call: { kind: 'rtc', call: 'c1' } }, 0).state;
    expect(passing.call).toBe(standing);
    expect(fold(passing, welcome([], true), 0).state.call).toBeNull();
  });

  it('[CALL-04] stand in the conversation once they are over, in one line', () => {
    const started: ChatEventBody = { ...ended, phase: 'started', outcome: null };
    const events = [started, ended].map((body, index) => ({ seq: index + 1, at: 1000, ordinal: 1, body }));
    expect(timeline(events, [], 0).map(({ kind }) => kind)).toEqual(['day', 'call']);
  });

  it('[CALL-02] [CALL-04] say what became of each, by who called and how it ended', () => {
    const line = (change: Partial<CallEvent>) => callLine({ ...ended, ...change });
    expect(line({})).toBe('Call with Ada, 1:05');
    expect(line({ outcome: 'lost', agent: { ...ada, name: '' } })).toBe('Call, 1:05');
    const byVisitor = (['missed', 'declined', 'cancelled', 'busy', 'failed'] as const).map((outcome) =>
      line({ outcome }),
    );
    const byAgent = (['missed', 'declined', 'cancelled'] as const).map((outcome) =>
      line({ outcome, from: 'agent' }),
    );
    expect(byVisitor).toEqual([
      'You called, but nobody could answer',
      'The call was not taken',
      'You cancelled the call',
      'You called, but all lines were busy',
      'The call did not come through',
    ]);
    expect(byAgent).toEqual(['You missed a call', 'You declined the call', 'You missed a call']);
  });
});
