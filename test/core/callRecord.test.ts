/** What the log says of calls, whatever comes in which order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCheck, rejoinMs, silentMs, viewOf, type CallCommand, type CallState } from '../../core/call.ts';
import { callPreview, talkTime } from '../../core/callRecord.ts';
import type { LogEvent } from '../../core/log.ts';
import type { PickupMode } from '../../core/queue.ts';
import { eventForVisitor } from '../../core/summary.ts';
import {
  agentParty,
  agents,
  ann,
  answers,
  bob,
  customer,
  opening,
  rings,
  standing,
  Story,
  talking,
} from '../support/callStory.ts';

/** Whatever people and machines may say about a call, in any order and at any time. */
const anyCommand = fc
  .record({
    kind: fc.constantFrom<CallCommand['kind']>(
      'customerCalls',
      'agentCalls',
      'customerAnswers',
      'agentAnswers',
      'decline',
      'hangUp',
      'join',
      'beat',
      'lost',
      'check',
    ),
    call: fc.constantFrom('c1', 'c2'),
    end: fc.constantFrom('v1', 'v2', 'e1', 'e2'),
    agent: fc.constantFrom(...agents),
    byCustomer: fc.boolean(),
    mode: fc.constantFrom<PickupMode>('manual', 'auto', 'disabled'),
    flag: fc.boolean(),
  })
  .map(({ kind, call, end, agent, byCustomer, mode, flag }): CallCommand => {
    const party = byCustomer ? customer : agentParty(agent);
    const commands: Record<typeof kind, CallCommand> = {
      customerCalls: { kind: 'customerCalls', call, end, opening, line: flag },
      agentCalls: { kind: 'agentCalls', call, end, ordinal: 1, agent, standing: standing(agent, mode) },
      customerAnswers: { kind: 'customerAnswers', call, end },
      agentAnswers: { kind: 'agentAnswers', call, end, agent, standing: standing(agent, mode) },
      decline: { kind: 'decline', call, party, ringing: agents.map(({ id }) => id) },
      hangUp: { kind: 'hangUp', call, party, failed: flag },
      join: { kind: 'join', call, end, party },
      beat: { kind: 'beat', call, end, party, connected: flag },
      lost: { kind: 'lost', side: party.side, end },
      closing: { kind: 'closing', by: { kind: 'customer' } },
      check: { kind: 'check' },
    };
    return commands[kind];
  });
const anyStory = fc.array(
  fc.record({ command: anyCommand, waitMs: fc.integer({ min: 0, max: 20_000 }), close: fc.nat(12) }),
  { maxLength: 60 },
);

function told(steps: { command: CallCommand; waitMs: number; close: number }[]): Story {
  const story = new Story();
  let now = 1_000;
  for (const { command, waitMs, close } of steps) {
    now += waitMs;
    if (close === 0) story.close(now);
    else story.say(command, now);
  }
  return story;
}

describe('the record of calls', () => {
  it('[CALL-04] has each call begin once, be answered once at most, and end once, one call after the other', () => {
    fc.assert(
      fc.property(anyStory, (steps) => {
        const story = told(steps);
        let running: { id: string; answered: boolean } | null = null;
        for (const { id, phase, outcome, agent, talkingMs, ringingMs } of story.calls) {
          expect(ringingMs).toBeGreaterThanOrEqual(0);
          if (phase === 'started') {
            expect(running).toBeNull();
            running = { id, answered: false };
          } else if (phase === 'answered') {
            expect(running).toEqual({ id, answered: false });
            expect(agent).not.toBeNull();
            running = { id, answered: true };
          } else if (outcome === 'busy') {
            expect(running).toBeNull();
          } else {
            expect(running?.id).toBe(id);
            const talked = outcome === 'answered' || outcome === 'lost' || outcome === 'failed';
            expect(talked).toBe(running?.answered);
            if (!talked) expect(talkingMs).toBe(0);
            running = null;
          }
        }
        expect(running?.id ?? null).toBe(story.call?.id ?? null);
        expect(story.record?.call?.id ?? null).toBe(story.call?.id ?? null);
      }),
    );
  });

  it('[CALL-04] belongs to the session in which the call goes on, and nothing goes on in a closed one', () => {
    fc.assert(
      fc.property(anyStory, (steps) => {
        const { log, call, session } = told(steps);
        let open = 0;
        for (const { body, ordinal } of log) {
          if (body.kind === 'opened') open = body.ordinal;
          if (body.kind === 'call') expect(ordinal).toBe(open);
          if (body.kind === 'closed') open = 0;
        }
        if (call) expect(session.open && session.ordinal).toBe(call.ordinal);
      }),
    );
  });

  it('[CALL-03] gets its end whatever happened before, when nobody says anything any more', () => {
    fc.assert(
      fc.property(anyStory, (steps) => {
        const story = told(steps);
        let now = 10_000_000;
        for (let looks = 0; story.call && looks < 4; looks++) {
          now = Math.max(now, nextCheck(story.call));
          story.say({ kind: 'check' }, now);
        }
        expect(story.call).toBeNull();
      }),
    );
  });

  it('[CALL-01] has one winner of two answers, whichever comes first', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(20_000), (annFirst, waitMs) => {
        const story = rings();
        const both = [answers(ann, 'e1'), answers(bob, 'e2')];
        if (!annFirst) both.reverse();
        const said = both.map((command, index) => story.say(command, 1_000 + waitMs + index));
        expect(said).toEqual(['done', 'call_taken']);
        expect(story.call?.agent).toEqual(annFirst ? ann : bob);
        expect(story.session.open?.route.agent).toEqual(story.call?.agent);
      }),
    );
  });

  it('reads well in lists', () => {
    const { last } = talking();
    expect(last && callPreview(last)).toBe('Call in progress');
    expect(talkTime(3_729_000)).toBe('1:02:09');
    expect(talkTime(59_999)).toBe('0:59');
  });

  it('[LC-09] shows a visitor the agent as the channel shows agents', () => {
    const story = talking();
    const shown = eventForVisitor(story.log.at(-1) as LogEvent, 'none', { name: 'Support', photo: null });
    expect(shown?.body).toMatchObject({ kind: 'call', phase: 'answered', agent: { name: 'Support' } });
    expect(viewOf(story.call as CallState, 'answered')).toMatchObject({
      phase: 'ended',
      outcome: 'answered',
    });
    expect(silentMs).toBeLessThan(rejoinMs);
  });
});
