/** What the answers of SMS providers' APIs have in common. */
import type { SendError } from '../sendError.ts';
import { retryAfterMs } from './dialect.ts';
import type { ChannelHealth, HttpAnswer, SendResult } from './provider.ts';

/** Whether a web page came where data was expected: a wrong address, or a maintenance notice. */
export function isPage(answer: HttpAnswer): boolean {
  return (
    /\bhtml\b/i.test(answer.headers['content-type'] ?? '') || /^\s*<(!doctype|html)\b/i.test(answer.body)
  );
}

/** Not sent. Tried again by itself only where the provider was too busy or down. */
export function refused(error: SendError, answer: HttpAnswer, now: number): SendResult {
  const again = error.category === 'too_many_requests' || error.category === 'service_unavailable';
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  return { kind: 'refused', error, retry: again ? { scope: 'channel', afterMs } : null };
}

/** What the answer to a harmless request with credentials says about the channel, by its status alone. */
export function healthOf(answer: HttpAnswer | null, label: string): ChannelHealth {
  if (answer === null) return { status: 'requestFailed', cause: `${label} did not answer.` };
  const http = `HTTP ${answer.status}`;
  if (answer.status === 401 || answer.status === 403) {
    return { status: 'unauthorized', cause: `${label} refused the credentials (${http}).` };
  }
  if (answer.status >= 500) return { status: 'unavailable', cause: `${label} is out of service (${http}).` };
  if (isPage(answer)) {
    return { status: 'requestFailed', cause: `A web page came instead of an answer (${http}).` };
  }
  if (answer.status >= 200 && answer.status < 300) return { status: 'connected', cause: '' };
  return { status: 'unknown', cause: `${label} answered ${http}.` };
}
