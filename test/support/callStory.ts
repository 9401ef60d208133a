/** A conversation and its call as Session keeps both, for tests of the rules. */
import type { AgentRef } from '../../core/agent.ts';
import { decideCall, type CallCommand, type CallState, type Party } from '../../core/call.ts';
import type { EventBody, LogEvent } from '../../core/log.ts';
import type { PickupMode } from '../../core/queue.ts';
import { decide, evolve, noSession, place, type SessionState } from '../../core/session.ts';
import { recordEvent, type SessionRecord } from '../../core/summary.ts';

export const agents: AgentRef[] = ['a1', 'a2', 'a3'].map((id) => ({
  id,
  name: `Agent ${id}`,
  extension: '1001',
  photo: null,
}));
export const [ann, bob] = agents as [AgentRef, AgentRef, AgentRef];
export const queue = { id: 'q1', name: 'Sales' };
export const opening = { route: { queue, agent: null }, source: null };
export const standing = (agent: AgentRef, mode: PickupMode = 'manual', inQueue = true) => ({
  agent: agent.id,
  queue: queue.id,
  inQueue,
  mode,
});
export const customer: Party = { side: 'customer' };
export const agentParty = (agent: AgentRef): Party => ({ side: 'agent', agent });

/** A conversation with its call, as Session keeps both. */
export class Story {
  session: SessionState = noSession;
  record: SessionRecord | null = null;
  call: CallState | null = null;
  log: LogEvent[] = [];

  /** The code of a refusal, or `done`. */
  say(command: CallCommand, now: number): string {
    const decision = decideCall(this.session, this.call, command, now);
    if ('refusal' in decision) return decision.refusal.code;
    this.call = decision.call;
    this.write(decision.events, now);
    return 'done';
  }

  write(bodies: readonly EventBody[], now: number): void {
    for (const event of place(this.session, bodies, now)) {
      this.session = evolve(this.session, event);
      this.record = recordEvent(this.record, event);
      this.log.push(event);
    }
  }

  /** Ends the session as Session does it: its call first. */
  close(now: number): void {
    const decision = decide(this.session, { kind: 'customerEnds', closedMessage: 'Bye' }, now);
    if ('refusal' in decision || decision.events.length === 0) return;
    this.say({ kind: 'closing', by: { kind: 'customer' } }, now);
    this.write(decision.events, now);
  }

  get calls() {
    return this.log.flatMap(({ body }) => (body.kind === 'call' ? [body] : []));
  }

  get last() {
    return this.calls.at(-1);
  }
}

export const rings = (id = 'c1', now = 1_000): Story => {
  const story = new Story();
  story.say({ kind: 'customerCalls', call: id, end: 'v1', opening, line: true }, now);
  return story;
};
export const answers = (agent: AgentRef, end: string, mode: PickupMode = 'manual'): CallCommand => ({
  kind: 'agentAnswers',
  call: 'c1',
  end,
  agent,
  standing: standing(agent, mode),
});
export const talking = (): Story => {
  const story = rings();
  story.say(answers(ann, 'e1'), 9_000);
  story.say({ kind: 'beat', call: 'c1', end: 'e1', party: agentParty(ann), connected: true }, 10_000);
  return story;
};
