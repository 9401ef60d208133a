import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentRef } from '../../core/agent.ts';
import type { LogEvent, Route } from '../../core/log.ts';
import type { Standing } from '../../core/queue.ts';
import {
  assignmentOf,
  decide,
  evolve,
  noSession,
  place,
  type Command,
  type SessionState,
} from '../../core/session.ts';
import { eventForVisitor, recordEvent, type SessionRecord } from '../../core/summary.ts';

const people = ['a', 'b', 'c'].map((id): AgentRef => ({
  id,
  name: `Agent ${id}`,
  extension: id,
  photo: null,
}));
const [first, second] = people as [AgentRef, AgentRef, AgentRef];
const queues = ['q1', 'q2'].map((id) => ({ id, name: `Queue ${id}` }));
const [support, billing] = queues as [{ id: string; name: string }, { id: string; name: string }];
const waitingIn = (queue: { id: string; name: string }): Route => ({ queue, agent: null });

const begun = (route: Route): SessionState =>
  run(noSession, {
    kind: 'customerMessage',
    message: { id: 'm1', content: { kind: 'text', text: 'hello' } },
    opening: { route, source: null, greeting: null, autoResponse: null },
  }).state;

function run(
  state: SessionState,
  command: Command,
): { state: SessionState; events: LogEvent[]; refused: string | null } {
  const decision = decide(state, command, 1_000);
  if ('refusal' in decision) return { state, events: [], refused: decision.refusal.code };
  const events = place(state, decision.events, 1_000);
  return { state: events.reduce(evolve, state), events, refused: null };
}

const memberOf = (agent: AgentRef, queue: string | null): Standing => ({
  agent: agent.id,
  queue,
  inQueue: queue !== null,
  mode: queue === null ? null : 'manual',
});

describe('a standing that was judged by another queue', () => {
  it('[AG-04] [GEN-03] gives no right to a session that has moved on', () => {
    const moved = run(begun(waitingIn(support)), {
      kind: 'transfer',
      to: waitingIn(billing),
      ordinal: 1,
      agent: first,
      standing: memberOf(first, support.id),
    }).state;
    const common = { ordinal: 1, agent: second, standing: memberOf(second, support.id) };
    const message = { id: 'm2', content: { kind: 'text' as const, text: 'mine' } };
    const commands: Command[] = [
      { kind: 'pickUp', ...common },
      { kind: 'agentMessage', message, ...common },
      { kind: 'agentEnds', closedMessage: '', ...common },
      { kind: 'transfer', to: { queue: null, agent: second }, ...common },
    ];
    for (const command of commands)
      expect(run(moved, command).refused, command.kind).toBe('session_not_yours');
    expect(
      run(moved, { kind: 'pickUp', ...common, standing: memberOf(second, billing.id) }).refused,
    ).toBeNull();
  });
});

describe('sessions on their way between agents and queues', () => {
  it('[AG-04] [MQ-05] are always somewhere, and only who holds them gives them away', () => {
    const step = fc.record({
      agent: fc.constantFrom(...people),
      judgedBy: fc.constantFrom<(string | null)[]>('q1', 'q2', null),
      to: fc.oneof(
        fc.constantFrom(...people).map((agent): Route => ({ queue: null, agent })),
        fc.constantFrom(...queues).map(waitingIn),
      ),
      pickUp: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = begun(waitingIn(support));
        for (const { agent, judgedBy, to, pickUp } of steps) {
          const before = assignmentOf(state.open?.route ?? waitingIn(support));
          const common = { ordinal: 1, agent, standing: memberOf(agent, judgedBy) };
          const { state: next, events } = run(
            state,
            pickUp ? { kind: 'pickUp', ...common } : { kind: 'transfer', to, ...common },
          );
          state = next;
          if (events.length > 0) {
            const held = before.agent === agent.id;
            expect(held || (before.agent === null && before.queue === judgedBy)).toBe(true);
          }
          const after = assignmentOf(state.open?.route ?? { queue: null, agent: null });
          expect(after.agent ?? after.queue).not.toBeNull();
        }
      }),
    );
  });

  it('[AG-04] go back to their queue when their agent is there no more, and stay when they have none', () => {
    const pickedUp = run(begun(waitingIn(support)), {
      kind: 'pickUp',
      ordinal: 1,
      agent: first,
      standing: memberOf(first, support.id),
    }).state;
    const back = run(pickedUp, { kind: 'giveBack', ordinal: 1, agent: first.id });
    expect(back.state.open?.route).toEqual(waitingIn(support));
    expect(run(pickedUp, { kind: 'giveBack', ordinal: 1, agent: second.id }).events).toEqual([]);
    const own = begun({ queue: null, agent: first });
    expect(run(own, { kind: 'giveBack', ordinal: 1, agent: first.id }).events).toEqual([]);
  });

  it('[CMP-05] open by a campaign, which they remember; one that is open is used instead', () => {
    const campaign = { id: 'c1', name: 'Spring' };
    const message = (id: string) => ({ id, content: { kind: 'text' as const, text: 'Sale' } });
    const sent = (state: SessionState, id: string, route: Route) =>
      decide(state, { kind: 'campaignMessage', campaign, message: message(id), route }, 1);
    const opened = run(noSession, {
      kind: 'campaignMessage',
      campaign,
      message: message('m1'),
      route: waitingIn(support),
    });
    const record = opened.events.reduce<SessionRecord | null>(recordEvent, null);
    expect(record).toMatchObject({ status: 'open', campaign, lastMessage: { from: 'campaign' } });
    expect(sent(opened.state, 'm2', waitingIn(billing))).toMatchObject({
      events: [{ kind: 'message', id: 'm2', author: { kind: 'campaign', campaign } }],
    });
    const optedOut = { ...noSession, optedOut: true };
    expect(sent(optedOut, 'm3', waitingIn(support))).toMatchObject({ refusal: { code: 'opted_out' } });
  });
});

describe('what visitors get', () => {
  it('[AG-15] holds no note, no label and no route', () => {
    const secret = 'not for customers';
    const state = begun(waitingIn(support));
    const noted = run(state, {
      kind: 'note',
      note: { id: 'n1', text: secret, mentions: [] },
      agent: first,
      reads: true,
    });
    const labelled = run(noted.state, {
      kind: 'label',
      labels: [{ id: 'l1', name: secret }],
      agent: first,
      reads: true,
    });
    const given = run(labelled.state, {
      kind: 'transfer',
      to: { queue: null, agent: second },
      ordinal: 1,
      agent: first,
      standing: memberOf(first, support.id),
    });
    const display = { name: 'Support', photo: null };
    const seen = [...noted.events, ...labelled.events, ...given.events].map((event) =>
      eventForVisitor(event, 'name', display),
    );
    expect(seen).toMatchObject([null, null, { body: { kind: 'pickedUp', agent: { name: second.name } } }]);
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(JSON.stringify(seen)).not.toContain(support.name);
  });
});
