/** What an answer to a send means before either channel's own table of errors is asked. */
import { sendErrorOf } from '../../sendError.ts';
import type { HttpAnswer, SendResult } from '../provider.ts';
import { graphResult, pauseMs, type GraphError } from './graph.ts';

/**
 * Reads the answer. `accepted` gives the result of a success, or null when that has no message id; `refused`
 * that of an error of the Graph API. A 2xx that is not Meta's, and a gateway that stopped waiting (504), leave
 * open whether the message went out.
 */
export function outcomeOf(
  answer: HttpAnswer,
  now: number,
  accepted: (data: unknown) => SendResult | null,
  refused: (error: GraphError) => SendResult,
): SendResult {
  const result = graphResult(answer);
  if (result && 'error' in result) return refused(result.error);
  const { status } = answer;
  const more = { code: `HTTP ${status}`, text: 'The answer is not one of the Graph API.' };
  if ((status >= 200 && status < 300) || status === 504) {
    return (result && accepted(result.data)) ?? { kind: 'unknown', error: sendErrorOf('unknown', more) };
  }
  const afterMs = pauseMs(answer, now);
  if (status === 429) {
    const error = sendErrorOf('too_many_requests', more);
    return { kind: 'refused', error, retry: { scope: 'channel', afterMs } };
  }
  if (status >= 500) {
    const error = sendErrorOf('service_unavailable', more);
    return { kind: 'refused', error, retry: { scope: 'channel', afterMs } };
  }
  const category = status === 401 || status === 403 ? 'auth_failed' : 'unknown';
  return { kind: 'refused', error: sendErrorOf(category, more), retry: null };
}
