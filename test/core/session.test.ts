import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentRef } from '../../core/agent.ts';
import type { LogEvent } from '../../core/log.ts';
import type { PickupMode } from '../../core/queue.ts';
import { decide, evolve, noSession, place, type Command, type SessionState } from '../../core/session.ts';

const agents: AgentRef[] = ['a1', 'a2', 'a3'].map((id) => ({
  id,
  name: `Agent ${id}`,
  extension: '1001',
  photo: null,
}));
const [first, second] = agents as [AgentRef, AgentRef, AgentRef];
const queue = { id: 'q1', name: 'Sales' };

const opening = { route: { queue, agent: null }, source: null, greeting: 'Hello', autoResponse: 'Thank you' };

/** Runs commands one after the other; refused ones change nothing. */
function runAll(commands: { command: Command; at: number }[]): { state: SessionState; log: LogEvent[] } {
  let state = noSession;
  const log: LogEvent[] = [];
  for (const { command, at } of commands) {
    const decision = decide(state, command, at);
    if ('refusal' in decision) continue;
    for (const event of place(state, decision.events, at)) {
      state = evolve(state, event);
      log.push(event);
    }
  }
  return { state, log };
}

const text = (value: string) => ({ kind: 'text' as const, text: value });
const standingOf = (agent: AgentRef, inQueue: boolean, mode: PickupMode | null) => ({
  agent: agent.id,
  queue: queue.id,
  inQueue,
  mode,
});

/** Commands as a busy day would bring them: any agent, any mode, any session, clocks that jump. */
const anyCommand = fc
  .record({
    at: fc.integer({ min: 0, max: 10_000_000 }),
    kind: fc.constantFrom(
      'customerMessage',
      'agentMessage',
      'pickUp',
      'profile',
      'customerEnds',
      'agentEnds',
      'timeout',
      'channelEnds',
    ),
    agent: fc.constantFrom(...agents),
    inQueue: fc.boolean(),
    mode: fc.constantFrom<PickupMode>('manual', 'auto', 'disabled'),
    ordinal: fc.integer({ min: 1, max: 4 }),
    toAgent: fc.boolean(),
    id: fc.uuid(),
  })
  .map(({ at, kind, agent, inQueue, mode, ordinal, toAgent, id }): { command: Command; at: number } => {
    const standing = standingOf(agent, inQueue, mode);
    const message = { id, content: text('hi') };
    const route = toAgent ? { queue: null, agent: first } : { queue, agent: null };
    const commands: Record<typeof kind, Command> = {
      customerMessage: { kind: 'customerMessage', message, opening: { ...opening, route } },
      agentMessage: { kind: 'agentMessage', message, ordinal, agent, standing },
      pickUp: { kind: 'pickUp', ordinal, agent, standing },
      profile: { kind: 'profile', profile: { firstName: agent.name }, from: 'form', consent: null },
      customerEnds: { kind: 'customerEnds', closedMessage: 'Bye' },
      agentEnds: { kind: 'agentEnds', ordinal, agent, standing, closedMessage: 'Bye' },
      timeout: { kind: 'timeout', afterMs: 1_000_000, closedMessage: 'Bye' },
      channelEnds: { kind: 'channelEnds', closedMessage: 'Bye' },
    };
    return { command: commands[kind], at };
  });

describe('the log of a conversation', () => {
  it('[LC-18] rises by one in seq and never runs back in time, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 60 }), (commands) => {
        const { log } = runAll(commands);
        log.forEach((event, index) => {
          expect(event.seq).toBe(index + 1);
          expect(event.at).toBeGreaterThanOrEqual(log[index - 1]?.at ?? 0);
        });
      }),
    );
  });

  it('tells the whole state again when it is replayed', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 60 }), (commands) => {
        const { state, log } = runAll(commands);
        expect(log.reduce(evolve, noSession)).toEqual(state);
      }),
    );
  });

  it('[AG-09] has messages of people only between the opening and the closing of their session', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 80 }), (commands) => {
        const { log } = runAll(commands);
        let open = 0;
        for (const { body, ordinal } of log) {
          if (body.kind === 'opened') {
            expect(open).toBe(0);
            open = body.ordinal;
          }
          if (body.kind === 'message') expect(ordinal).toBe(open);
          if (body.kind === 'closed') {
            expect(ordinal).toBe(open);
            open = 0;
          }
        }
      }),
    );
  });

  it('[MQ-05] has one owner after a pick up, and answers of nobody else', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 80 }), (commands) => {
        const { log } = runAll(commands);
        let owner: string | null = null;
        for (const { body } of log) {
          if (body.kind === 'opened') owner = body.route.agent?.id ?? null;
          if (body.kind === 'pickedUp') {
            expect(owner).toBeNull();
            owner = body.agent.id;
          }
          if (body.kind === 'message' && body.author.kind === 'agent' && owner !== null) {
            expect(body.author.agent.id).toBe(owner);
          }
        }
      }),
    );
  });
});

function opened(mode: PickupMode) {
  const start = runAll([
    { at: 1, command: { kind: 'customerMessage', message: { id: 'm1', content: text('hello') }, opening } },
  ]);
  const say = (state: SessionState, agent: AgentRef, id: string) =>
    decide(
      state,
      {
        kind: 'agentMessage',
        message: { id, content: text('yes') },
        ordinal: 1,
        agent,
        standing: standingOf(agent, true, mode),
      },
      2,
    );
  const pickUp = (state: SessionState, agent: AgentRef) =>
    decide(state, { kind: 'pickUp', ordinal: 1, agent, standing: standingOf(agent, true, mode) }, 2);
  const after = (state: SessionState, decision: ReturnType<typeof decide>) => {
    if ('refusal' in decision) throw new Error(decision.refusal.code);
    return place(state, decision.events, 2).reduce(evolve, state);
  };
  return { ...start, say, pickUp, after };
}

describe('the three pickup modes', () => {
  it('[MQ-02] Manual Pickup: all may reply until one picks up, then only that one', () => {
    const { state, say, pickUp, after } = opened('manual');
    const replied = after(after(state, say(state, first, 'r1')), say(state, second, 'r2'));
    expect(replied.open?.route.agent).toBeNull();
    const taken = after(replied, pickUp(replied, second));
    expect(taken.open?.route.agent?.id).toBe('a2');
    expect(say(taken, first, 'r3')).toMatchObject({ refusal: { code: 'picked_up_by_other' } });
  });

  it('[MQ-03] Auto-Pickup: the first answer picks up, before it is sent', () => {
    const { state, say } = opened('auto');
    const decision = say(state, first, 'r1');
    expect(decision).toMatchObject({
      events: [
        { kind: 'pickedUp', agent: { id: 'a1' } },
        { kind: 'message', id: 'r1' },
      ],
    });
  });

  it('[MQ-03] Auto-Pickup: pressing Pick Up works too', () => {
    const { state, pickUp, after } = opened('auto');
    expect(after(state, pickUp(state, first)).open?.route.agent?.id).toBe('a1');
  });

  it('[MQ-04] Disable Pickup: all reply, nobody picks up', () => {
    const { state, say, pickUp, after } = opened('disabled');
    expect(pickUp(state, first)).toMatchObject({ refusal: { code: 'pickup_disabled' } });
    const replied = after(after(state, say(state, first, 'r1')), say(state, second, 'r2'));
    expect(replied.open?.route.agent).toBeNull();
  });

  it('[MQ-05] the one who comes second is told who won', () => {
    const { state, pickUp, after } = opened('manual');
    const taken = after(state, pickUp(state, first));
    expect(pickUp(taken, second)).toMatchObject({
      refusal: { code: 'picked_up_by_other', details: ['Agent a1'] },
    });
  });

  it('[MQ-07] an agent who left the queue neither answers nor picks up, unless the session is theirs', () => {
    const { state, pickUp, after } = opened('manual');
    const outside = standingOf(first, false, 'manual');
    const answer = (of: SessionState) =>
      decide(
        of,
        {
          kind: 'agentMessage',
          message: { id: 'r', content: text('x') },
          ordinal: 1,
          agent: first,
          standing: outside,
        },
        3,
      );
    expect(answer(state)).toMatchObject({ refusal: { code: 'session_not_yours' } });
    expect(decide(state, { kind: 'pickUp', ordinal: 1, agent: first, standing: outside }, 3)).toMatchObject({
      refusal: { code: 'session_not_yours' },
    });
    expect(answer(after(state, pickUp(state, first)))).toMatchObject({ events: [{ id: 'r' }] });
  });
});

describe('a live chat session', () => {
  it('[LC-14] greets, takes the first message, answers it, and says so when it closes', () => {
    const { log, state } = opened('manual');
    expect(
      log.map(({ body }) =>
        body.kind === 'message' ? (body.author.kind === 'auto' ? body.author.reason : 'customer') : body.kind,
      ),
    ).toEqual(['opened', 'greeting', 'customer', 'firstMessage']);
    for (const command of [
      { kind: 'customerEnds', closedMessage: 'Bye' },
      {
        kind: 'agentEnds',
        ordinal: 1,
        agent: first,
        standing: standingOf(first, true, 'manual'),
        closedMessage: 'Bye',
      },
      { kind: 'timeout', afterMs: 1, closedMessage: 'Bye' },
      { kind: 'channelEnds', closedMessage: 'Bye' },
    ] satisfies Command[]) {
      expect(decide(state, command, 100)).toMatchObject({
        events: [
          { kind: 'message', author: { kind: 'auto', reason: 'closed' }, content: { text: 'Bye' } },
          { kind: 'closed' },
        ],
      });
    }
  });

  it('[LC-07] closes by itself when nobody wrote for the whole time, not a millisecond before', () => {
    const { state } = opened('manual');
    const timeout: Command = { kind: 'timeout', afterMs: 86_400_000, closedMessage: 'Bye' };
    expect(decide(state, timeout, 86_400_000)).toEqual({ events: [] });
    expect(decide(state, timeout, 86_400_001)).toMatchObject({
      events: [{}, { kind: 'closed', by: { kind: 'timeout' } }],
    });
  });

  it('[AG-09] is closed for agents, and the next message of the customer opens another one', () => {
    const { state, after, say } = opened('manual');
    const closed = after(state, decide(state, { kind: 'customerEnds', closedMessage: '' }, 5));
    expect(say(closed, first, 'late')).toMatchObject({ refusal: { code: 'session_closed' } });
    expect(
      decide(closed, { kind: 'customerMessage', message: { id: 'm2', content: text('again') }, opening }, 6),
    ).toMatchObject({ events: [{ kind: 'opened', ordinal: 2 }, {}, { id: 'm2' }, {}] });
  });

  it('[LC-22] keeps a signed identity when the page sets something else', () => {
    const { state } = runAll([
      {
        at: 1,
        command: {
          kind: 'profile',
          profile: { userId: 'u1', email: 'a@example.com' },
          from: 'identity',
          consent: null,
        },
      },
      {
        at: 2,
        command: { kind: 'profile', profile: { attributes: { plan: 'pro' } }, from: 'page', consent: null },
      },
    ]);
    expect(state.profile).toEqual({ userId: 'u1', email: 'a@example.com', attributes: { plan: 'pro' } });
  });
});
