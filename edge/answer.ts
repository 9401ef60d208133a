/** What a call answers that can be refused: a value, or a problem that the caller passes on. */
import { problem, type Problem, type ProblemCode } from '../core/errors.ts';

export interface Refusal {
  refusal: Problem;
  /** Milliseconds after which the same call may succeed; for `too_many_requests`. */
  waitMs?: number;
}
export type Answer<T> = { value: T } | Refusal;

export function refuse(code: ProblemCode, more: Parameters<typeof problem>[1] = {}): Refusal {
  return { refusal: problem(code, more) };
}
