/**
 * WhatsApp's error codes, which come in answers to sends and in `errors[]` of statuses alike. Only the code and
 * the details decide: the HTTP status misleads (limits are 400) and titles change.
 */
import { sendErrorOf, type ErrorCategory, type SendError } from '../../sendError.ts';
import type { SendResult } from '../provider.ts';
import type { GraphError } from '../meta/graph.ts';

/** What to try again, and who waits meanwhile. */
type Retry = 'channel' | 'pair' | 'thrice' | 'minute' | 'once';

interface Meaning {
  category: ErrorCategory;
  retry?: Retry;
  hint?: string;
}

const account =
  'The number or its account is not ready to send. An admin finds the cause in WhatsApp Manager.';
const limited = 'Meta limits this number for now. Sending more makes it worse; pause campaigns.';

const meanings: [readonly number[], Meaning][] = [
  [[0, 190], { category: 'auth_failed', hint: 'The Access Token is not valid any more. Enter a new one.' }],
  [
    [3, 10, 131005],
    { category: 'no_permission', hint: 'Assign the app and the WhatsApp account to the system user.' },
  ],
  [[368, 130497, 131031], { category: 'no_permission', hint: 'Meta restricts this account or the country.' }],
  [
    [131037, 131042, 131044, 131045, 133000, 133005, 133006, 133010, 133015, 134011],
    { category: 'no_permission', hint: account },
  ],
  [[131063], { category: 'no_permission' }],
  [[33], { category: 'invalid_parameter', hint: 'Our number does not exist at WhatsApp any more.' }],
  [[4, 80007, 130429], { category: 'too_many_requests', retry: 'channel' }],
  [[131056], { category: 'too_many_requests', retry: 'pair' }],
  [[131048], { category: 'too_many_requests', hint: limited }],
  [[131064], { category: 'too_many_requests', hint: 'The messaging limit is reached. Try again tomorrow.' }],
  [[133016], { category: 'too_many_requests' }],
  [[1, 2, 131016, 133004], { category: 'service_unavailable', retry: 'channel' }],
  [[131057], { category: 'service_unavailable', retry: 'minute' }],
  [[131000], { category: 'service_unavailable', retry: 'thrice' }],
  [[131026, 131021, 131030], { category: 'invalid_phone_number' }],
  [[100, 131008, 131009, 135000, 131035, 131036, 131062, 137000], { category: 'invalid_parameter' }],
  [[131047], { category: 'window_closed', hint: 'Send a template to write to this customer again.' }],
  [[131051, 131055], { category: 'unsupported_media' }],
  [[131052, 131053], { category: 'unsupported_media', retry: 'once' }],
  [
    [
      132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 134100, 134101,
      134102,
    ],
    { category: 'template_error' },
  ],
  [[131050], { category: 'recipient_opted_out', hint: 'The customer stopped marketing messages only.' }],
  [[131049, 130472], { category: 'unknown', hint: 'Meta chose not to deliver it. Wait a day at least.' }],
];
const byCode = new Map(meanings.flatMap(([codes, meaning]) => codes.map((code) => [code, meaning])));

/** The code that says that the customer wants no marketing messages. */
export const marketingStopped = 131050;

/** What an error of WhatsApp is to us. */
export function whatsappError(error: GraphError): SendError {
  const { category, hint } = meaningOf(error);
  return sendErrorOf(category, { code: error.code, text: error.text, ...(hint ? { hint } : {}) });
}

/** The result of a send that was answered with an error; `attempt` counts the tries before, from 0. */
export function whatsappRefusal(error: GraphError, attempt: number, pauseMs: number | null): SendResult {
  const { retry } = meaningOf(error);
  return {
    kind: 'refused',
    error: whatsappError(error),
    retry: retry ? retryOf(retry, attempt, pauseMs) : null,
  };
}

function meaningOf({ code, text, transient }: GraphError): Meaning {
  const meaning = byCode.get(code);
  if (code === 131053 && /\bsize\b|too (large|big)/i.test(text)) return { category: 'exceeds_size_limit' };
  if (meaning) return meaning;
  if (code >= 200 && code <= 299) return { category: 'no_permission' };
  return transient ? { category: 'service_unavailable', retry: 'channel' } : { category: 'unknown' };
}

function retryOf(retry: Retry, attempt: number, pauseMs: number | null) {
  switch (retry) {
    case 'channel':
      return { scope: 'channel', afterMs: pauseMs } as const;
    case 'pair':
      // Meta's own advice for one customer: 4, 16, 64 … seconds.
      return { scope: 'recipient', afterMs: pauseMs ?? Math.min(4000 * 4 ** attempt, 3_600_000) } as const;
    case 'minute':
      return { scope: 'channel', afterMs: pauseMs ?? 60_000 } as const;
    case 'thrice':
      return { scope: 'recipient', afterMs: pauseMs, tries: 3 } as const;
    case 'once':
      return { scope: 'recipient', afterMs: pauseMs, tries: 2 } as const;
  }
}
