/** Messenger's errors, by code and sub-code; the text is localised and decides nothing. */
import { sendErrorOf, type ErrorCategory, type SendError } from '../../sendError.ts';
import type { GraphError } from '../meta/graph.ts';
import type { SendResult } from '../provider.ts';

type Retry = Extract<SendResult, { kind: 'refused' }>['retry'];

interface Meaning {
  category: ErrorCategory;
  /** `limit` is tried again with the usual patience, `few` and `once` give up earlier; `plain` goes once as a file. */
  retry?: 'limit' | 'few' | 'once' | 'plain';
  hint?: string;
}

const windowClosed: Meaning = { category: 'window_closed' };
/** Blocked us, deactivated, or not reachable now; never a wish to opt out that would be kept. */
const gone: Meaning = { category: 'recipient_opted_out', hint: 'This person cannot be reached right now.' };
const limit: Meaning = { category: 'too_many_requests', retry: 'limit' };
const temporary: Meaning = { category: 'service_unavailable', retry: 'few' };
const dead: Meaning = { category: 'auth_failed', hint: 'The Access Token is not valid. Enter a new one.' };
const forbidden: Meaning = { category: 'no_permission' };

/** By `code/subcode`. */
const bySubcode: Readonly<Record<string, Meaning>> = {
  '10/2018278': windowClosed,
  '10/2534022': windowClosed,
  '10/2018065': windowClosed,
  '10/2018108': gone,
  '551/1545041': gone,
  '200/1545041': gone,
  '200/2018028': {
    category: 'no_permission',
    hint: 'The app has no Advanced Access yet: only people with a role on it can be answered.',
  },
  '10/2018300': { category: 'no_permission', hint: 'Another app holds this conversation.' },
  '10/1893063': { category: 'no_permission', hint: 'Meta has restricted the page for a time.' },
  '100/2018001': {
    category: 'invalid_parameter',
    hint: 'The page does not know this person. Compare the Page ID.',
  },
  '100/2018008': { category: 'unsupported_media', retry: 'once', hint: 'Meta could not fetch the file.' },
  '100/2018047': {
    category: 'unsupported_media',
    retry: 'plain',
    hint: 'Meta takes the file for another type than its content is.',
  },
  '100/2018294': { category: 'unsupported_media', retry: 'once' },
  '100/2018109': { category: 'exceeds_size_limit' },
  '9/2018352': limit,
  '613/1893016': limit,
};

const byCode: Readonly<Record<number, Meaning>> = {
  190: dead,
  102: dead,
  104: { category: 'auth_failed', hint: 'The App Secret does not belong to the app of the Access Token.' },
  3: forbidden,
  10: forbidden,
  230: forbidden,
  368: { category: 'no_permission', hint: 'Meta blocks the page for breaking a policy.' },
  551: gone,
  36000: { category: 'exceeds_size_limit' },
  546: { category: 'unsupported_media', hint: 'Messenger does not carry this kind of file.' },
  100: { category: 'invalid_parameter' },
  4: limit,
  17: limit,
  32: limit,
  613: limit,
  80001: limit,
  80006: limit,
  1: temporary,
  2: temporary,
  1200: temporary,
};

const tries = { few: 4, once: 2 };

/**
 * The result of a send that was answered with an error. `tagged` says that it went with the HUMAN_AGENT tag, `shown` that
 * it has a file that went as a picture, sound or video; `pauseMs` is what Meta told about waiting.
 */
export function messengerRefusal(
  error: GraphError,
  { tagged, shown }: { tagged: boolean; shown: boolean },
  pauseMs: number | null,
): SendResult {
  const told = messengerError(error, tagged);
  // The answer was lost on Meta's side, the message perhaps was not: its echo will tell.
  if (error.code === 1 && error.subcode === 1357046) return { kind: 'unknown', error: told };
  return { kind: 'refused', error: told, retry: retryOf(meaningOf(error), shown, pauseMs) };
}

function retryOf({ retry }: Meaning, shown: boolean, pauseMs: number | null): Retry {
  if (retry === undefined || (retry === 'plain' && !shown)) return null;
  switch (retry) {
    case 'limit':
      return { scope: 'channel', afterMs: pauseMs };
    case 'few':
      return { scope: 'channel', afterMs: pauseMs, tries: tries.few };
    case 'once':
      return { scope: 'recipient', afterMs: pauseMs, tries: tries.once };
    case 'plain':
      return { scope: 'recipient', afterMs: 0, plainFiles: true };
  }
}

function messengerError(error: GraphError, tagged: boolean): SendError {
  const meaning = meaningOf(error);
  // Meta says of a closed window and of an unreachable person the same; the time tells which it is.
  const { category, hint } = tagged && error.subcode === 1545041 ? windowClosed : meaning;
  const advice =
    tagged && category === 'no_permission'
      ? 'After 24 hours the app needs the feature Human Agent. It is probably not approved.'
      : hint;
  const code = error.subcode === null ? error.code : `${error.code}/${error.subcode}`;
  return sendErrorOf(category, { code, text: error.text, ...(advice ? { hint: advice } : {}) });
}

function meaningOf({ code, subcode, transient }: GraphError): Meaning {
  const meaning = bySubcode[`${code}/${subcode}`] ?? byCode[code];
  if (meaning) return meaning;
  if (code >= 200 && code <= 299) return forbidden;
  return transient ? temporary : { category: 'unknown' };
}
