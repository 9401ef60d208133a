/** Who is mentioned in notes: they may read along from then on. */
import type { LogEvent } from '../../../core/log.ts';
import type { Sessions } from './sessions.ts';
import type { Staff } from './staff.ts';

/** Keeps the mentions in new events of a session. */
export function keepMentions(
  sessions: Sessions,
  staff: Staff,
  session: string,
  events: readonly LogEvent[],
): void {
  for (const { body } of events) {
    if (body.kind !== 'note') continue;
    for (const agent of body.mentions) {
      if (agent === body.agent.id || !staff.agent(agent)) continue;
      const { mentions } = sessions.own(session, agent);
      sessions.setOwn(session, agent, { mentioned: true, mentions: mentions + 1, removedSeq: -1 });
    }
  }
}
