/**
 * Message queues and the rules of their three pickup modes (guide, "Create a Message Queue"): who sees a
 * session, who may answer it, and what an answer does to it.
 */
import * as z from 'zod';
import { problem, type Problem } from './errors.ts';

export const pickupMode = z.enum(['manual', 'auto', 'disabled']);
export type PickupMode = z.infer<typeof pickupMode>;

export const pickupModeNames: Record<PickupMode, string> = {
  manual: 'Manual Pickup',
  auto: 'Auto-Pickup',
  disabled: 'Disable Pickup',
};

/** What an admin edits. Groups count with whoever is in them at the time. */
export const queueInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(80, 'Use at most 80 characters.'),
  mode: pickupMode,
  agents: z.array(z.string()).max(10_000),
  groups: z.array(z.string()).max(200),
});
export type QueueInput = z.infer<typeof queueInput>;
export const queue = queueInput.extend({ id: z.string(), createdAt: z.number() });
export type Queue = z.infer<typeof queue>;

/** Where a session stands: in a queue, with an agent, or with an agent who picked it up from a queue. */
export interface Assignment {
  queue: string | null;
  agent: string | null;
}

/** What the rules need to know of an agent who wants something. */
export interface Standing {
  agent: string;
  /** The queue that the rest was judged by. A session that has moved on since is judged anew, and refused until then. */
  queue: string | null;
  /** Whether the agent is in that queue now. */
  inQueue: boolean;
  /** The mode of the session's queue now; a session without a queue has none. */
  mode: PickupMode | null;
}

function isMember({ queue }: Assignment, standing: Standing): boolean {
  return queue !== null && queue === standing.queue && standing.inQueue;
}

/** Whether the agent sees the session: it is theirs, or it waits in a queue of theirs. */
export function maySee(assignment: Assignment, standing: Standing): boolean {
  if (assignment.agent !== null) return assignment.agent === standing.agent;
  return isMember(assignment, standing);
}

/**
 * Whether the agent may read the session and add notes: who sees it may, and who was mentioned in a note, as long as it
 * is open. Being mentioned gives no right to answer.
 */
export function mayRead(
  assignment: Assignment,
  standing: Standing,
  { open, mentioned }: { open: boolean; mentioned: boolean },
): boolean {
  return maySee(assignment, standing) || (open && mentioned);
}

/** Refuses an answer by an agent who does not hold the session; null when the answer may go. */
export function refuseReply(assignment: Assignment, standing: Standing): Problem | null {
  if (maySee(assignment, standing)) return null;
  if (assignment.agent !== null && isMember(assignment, standing)) return problem('picked_up_by_other');
  return problem('session_not_yours');
}

/** Whether an answer by this agent also picks the session up (Auto-Pickup's first answer). */
export function replyPicksUp(assignment: Assignment, standing: Standing): boolean {
  return assignment.agent === null && isMember(assignment, standing) && standing.mode === 'auto';
}

/** Refuses a pick up; null when this agent gets the session. The loser of a race is told that it is gone. */
export function refusePickUp(assignment: Assignment, standing: Standing): Problem | null {
  if (assignment.queue === null) {
    return problem(assignment.agent === standing.agent ? 'not_in_queue' : 'session_not_yours');
  }
  if (!isMember(assignment, standing)) return problem('session_not_yours');
  if (assignment.agent !== null) {
    return problem(assignment.agent === standing.agent ? 'not_in_queue' : 'picked_up_by_other');
  }
  if (standing.mode === 'disabled') return problem('pickup_disabled');
  return null;
}
