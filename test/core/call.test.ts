/** The life of a call: who gets it, and how it ends. */
import { describe, expect, it } from 'vitest';
import type { AgentRef } from '../../core/agent.ts';
import {
  connectMs,
  decideCall,
  isLink,
  nextCheck,
  rejoinMs,
  ringMs,
  type CallCommand,
  type CallState,
} from '../../core/call.ts';
import {
  agentParty,
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

describe('a call of the visitor', () => {
  it('[CALL-01] opens a session, and is picked up by whoever answers first', () => {
    const story = rings();
    expect(story.log.map(({ body }) => body.kind)).toEqual(['opened', 'call']);
    expect(story.record).toMatchObject({ inbound: 1, call: { phase: 'ringing', from: 'customer' } });

    expect(story.say(answers(ann, 'e1'), 9_000)).toBe('done');
    expect(story.say(answers(bob, 'e2'), 9_001)).toBe('call_taken');
    expect(story.call).toMatchObject({ agent: ann, phase: 'connecting', ends: { agent: { id: 'e1' } } });
    expect(story.session.open?.route.agent).toEqual(ann);
    expect(story.record?.call).toMatchObject({ phase: 'answered', agent: ann });
    // An answer that is said twice, because the first one's answer got lost, is the same.
    expect(story.say(answers(ann, 'e1'), 9_500)).toBe('done');
    expect(story.calls).toHaveLength(2);
  });

  it('[CALL-01] is not picked up in a queue in which everybody answers, nor answered by who may not see it', () => {
    const story = rings();
    const outsider = { ...answers(bob, 'e2'), standing: standing(bob, 'manual', false) } as CallCommand;
    expect(story.say(outsider, 8_000)).toBe('session_not_yours');
    expect(story.say(answers(ann, 'e1', 'disabled'), 9_000)).toBe('done');
    expect(story.session.open?.route.agent).toBeNull();
    expect(story.call?.agent).toEqual(ann);
  });

  it('[CALL-04] is in the log with who, ringing time, duration and outcome', () => {
    const story = talking();
    story.say({ kind: 'hangUp', call: 'c1', party: customer, failed: false }, 72_000);
    expect(story.last).toEqual({
      kind: 'call',
      id: 'c1',
      phase: 'ended',
      from: 'customer',
      agent: ann,
      ringingMs: 8_000,
      talkingMs: 63_000,
      outcome: 'answered',
      endedBy: 'customer',
    });
    expect(story.record).toMatchObject({ call: null, lastMessage: { preview: 'Call, 1:03' } });
    expect(story.call).toBeNull();
  });

  it('[CALL-02] ends with its own outcome: missed, declined by all, cancelled, busy, failed, cut off', () => {
    const outcome = (story: Story) => story.last?.outcome;

    const missed = rings();
    expect(nextCheck(missed.call as CallState)).toBeLessThanOrEqual(1_000 + ringMs);
    missed.say({ kind: 'beat', call: 'c1', end: 'v1', party: customer, connected: false }, ringMs);
    missed.say({ kind: 'check' }, 1_000 + ringMs);
    expect(outcome(missed)).toBe('missed');

    const declined = rings();
    const decline = (agent: AgentRef): CallCommand => ({
      kind: 'decline',
      call: 'c1',
      party: agentParty(agent),
      ringing: [ann.id, bob.id],
    });
    declined.say(decline(ann), 2_000);
    declined.say(decline(ann), 2_100);
    expect(declined.call?.declined).toEqual([ann.id]);
    declined.say(decline(bob), 3_000);
    expect(outcome(declined)).toBe('declined');

    const cancelled = rings();
    cancelled.say({ kind: 'hangUp', call: 'c1', party: customer, failed: false }, 3_000);
    expect(outcome(cancelled)).toBe('cancelled');

    const busy = new Story();
    busy.say({ kind: 'customerCalls', call: 'c1', end: 'v1', opening, line: false }, 1_000);
    expect(outcome(busy)).toBe('busy');
    expect(busy.call).toBeNull();
    expect(busy.record).toMatchObject({ inbound: 1, call: null });

    const failed = rings();
    failed.say(answers(ann, 'e1'), 9_000);
    failed.say({ kind: 'hangUp', call: 'c1', party: customer, failed: true }, 12_000);
    expect(outcome(failed)).toBe('failed');

    const silent = rings();
    silent.say(answers(ann, 'e1'), 9_000);
    silent.say({ kind: 'check' }, 9_000 + connectMs);
    expect(outcome(silent)).toBe('failed');

    const lost = talking();
    lost.say({ kind: 'hangUp', call: 'c1', party: agentParty(ann), failed: true }, 30_000);
    expect(lost.last).toMatchObject({ outcome: 'lost', endedBy: 'agent', talkingMs: 21_000 });
  });

  it('[CALL-02] is hung up by nobody but its two sides', () => {
    const story = talking();
    const hangUp: CallCommand = { kind: 'hangUp', call: 'c1', party: agentParty(bob), failed: false };
    expect(story.say(hangUp, 20_000)).toBe('session_not_yours');
    expect(story.call).not.toBeNull();
    expect(story.say({ kind: 'join', call: 'c1', end: 'e9', party: agentParty(bob) }, 20_000)).toBe(
      'call_over',
    );
  });

  it('[LC-07] ends before its session does', () => {
    const story = talking();
    story.close(20_000);
    const kinds = story.log.map(({ body }) => (body.kind === 'call' ? body.phase : body.kind));
    expect(kinds.slice(-3)).toEqual(['ended', 'message', 'closed']);
    expect(story.record).toMatchObject({ status: 'closed', call: null });
  });
});

describe('a call of an agent', () => {
  it('[CALL-05] invites the visitor of an open session, who accepts or declines', () => {
    const invited = () => {
      const story = new Story();
      story.write([{ kind: 'opened', ordinal: 1, ...opening }], 500);
      const call: CallCommand = {
        kind: 'agentCalls',
        call: 'c1',
        end: 'e1',
        ordinal: 1,
        agent: ann,
        standing: standing(ann),
      };
      expect(story.say({ ...call, ordinal: 2 }, 900)).toBe('session_closed');
      expect(story.say({ ...call, standing: standing(ann, 'manual', false) }, 900)).toBe('session_not_yours');
      expect(story.say(call, 1_000)).toBe('done');
      return story;
    };
    const accepted = invited();
    expect(accepted.session.open?.route.agent).toEqual(ann);
    expect(accepted.record).toMatchObject({ inbound: 0, call: { phase: 'ringing', from: 'agent' } });
    expect(accepted.say({ kind: 'customerAnswers', call: 'c1', end: 'v1' }, 4_000)).toBe('done');
    expect(accepted.call).toMatchObject({ phase: 'connecting', agent: ann });

    const declined = invited();
    declined.say({ kind: 'decline', call: 'c1', party: customer, ringing: [] }, 4_000);
    expect(declined.last).toMatchObject({ outcome: 'declined', endedBy: 'customer' });
    const taken = invited();
    taken.say({ kind: 'hangUp', call: 'c1', party: agentParty(ann), failed: false }, 4_000);
    expect(taken.last).toMatchObject({ outcome: 'cancelled', endedBy: 'agent' });
  });

  it('[CALL-05] is one at a time in a session, with the name of who talks', () => {
    const story = talking();
    const second = decideCall(
      story.session,
      story.call,
      { kind: 'agentCalls', call: 'c2', end: 'e2', ordinal: 1, agent: bob, standing: standing(bob) },
      20_000,
    );
    expect(second).toMatchObject({ refusal: { code: 'call_running', details: [ann.name] } });
  });
});

describe('an end that goes away', () => {
  it('[CALL-03] may come back within its time, with a new page too, and the call goes on', () => {
    const story = talking();
    story.say({ kind: 'lost', side: 'customer', end: 'v1' }, 20_000);
    expect(nextCheck(story.call as CallState)).toBeLessThanOrEqual(20_000 + rejoinMs);
    story.say({ kind: 'join', call: 'c1', end: 'v2', party: customer }, 20_000 + rejoinMs - 1);
    // What the old page still says counts for nothing.
    story.say({ kind: 'lost', side: 'customer', end: 'v1' }, 36_000);
    story.say({ kind: 'beat', call: 'c1', end: 'e1', party: agentParty(ann), connected: true }, 36_000);
    story.say({ kind: 'check' }, 37_000);
    expect(story.call).toMatchObject({ phase: 'active', ends: { customer: { id: 'v2', lostAt: null } } });
    const call = story.call as CallState;
    expect(isLink(call, 'customer', 'v2', 'e1')).toBe(true);
    expect(isLink(call, 'customer', 'v1', 'e1')).toBe(false);
    expect(isLink(call, 'agent', 'v2', 'e1')).toBe(false);
  });

  it('[CALL-03] ends the call when it does not, also when nobody said that it went', () => {
    const left = talking();
    left.say({ kind: 'lost', side: 'customer', end: 'v1' }, 12_000);
    left.say({ kind: 'beat', call: 'c1', end: 'e1', party: agentParty(ann), connected: false }, 26_000);
    left.say({ kind: 'check' }, 12_000 + rejoinMs);
    expect(left.last).toMatchObject({ outcome: 'lost', endedBy: null, talkingMs: 18_000 });

    // A server that ended: nobody is heard of any more, and only the timer looks.
    const alone = talking();
    for (let looks = 0; alone.call && looks < 5; looks++) alone.say({ kind: 'check' }, nextCheck(alone.call));
    expect(alone.last).toMatchObject({ outcome: 'lost' });

    const caller = rings();
    caller.say({ kind: 'lost', side: 'customer', end: 'v1' }, 2_000);
    caller.say({ kind: 'check' }, 2_000 + rejoinMs);
    expect(caller.last).toMatchObject({ outcome: 'cancelled', endedBy: 'customer' });
  });
});
