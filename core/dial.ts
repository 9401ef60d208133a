/**
 * What becomes of a call that an agent makes to a customer's number through the PBX (CALL-06), as it stands in the log
 * of the session.
 */
import * as z from 'zod/mini';

/**
 * `answered`: they talked; `lost`: they talked, and the connection broke; `missed`: nobody answered; `busy`; `declined`;
 * `cancelled`: the agent hung up first; `unknown`: the agent's page ended before anybody knew; the rest by what the PBX
 * said: there is no such number, it is not `allowed`, or it `failed`.
 */
export const dialOutcome = z.enum([
  'answered',
  'lost',
  'missed',
  'busy',
  'declined',
  'cancelled',
  'noNumber',
  'notAllowed',
  'failed',
  'unknown',
]);
export type DialOutcome = z.infer<typeof dialOutcome>;

const dayMs = 24 * 3_600_000;
const duration = z.int().check(z.minimum(0), z.maximum(dayMs));

/** What an agent's page reports of a call that is over. */
export const dialReport = z.object({
  number: z.string().check(z.minLength(1), z.maxLength(32), z.regex(/^[+\d*#]+$/)),
  /** Until the answer, or the end when there was none; ms. */
  ringingMs: duration,
  /** From the answer to the end, ms. */
  talkingMs: duration,
  outcome: dialOutcome,
});
export type DialReport = z.infer<typeof dialReport>;

/** What a final answer of the network to a call means (RFC 3261, 21); 0 where it never came to one. */
export function outcomeOfStatus(status: number): DialOutcome {
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 408:
    case 480:
      return 'missed';
    case 487:
      return 'cancelled';
    case 603:
    case 607:
    case 608:
      return 'declined';
    case 404:
    case 410:
    case 484:
    case 604:
      return 'noNumber';
    case 401:
    case 403:
    case 407:
      return 'notAllowed';
    default:
      return 'failed';
  }
}
