/** Telnyx's error codes: the same list serves send calls and delivery reports. */
import * as z from 'zod';
import { sendErrorOf, type ErrorCategory, type SendError } from '../../sendError.ts';
import { codeTable } from '../codeTable.ts';

const categoryOf = codeTable({
  invalid_phone_number: '10001 10002 10016 40001 40012 40310 42201',
  invalid_parameter:
    '10003 10004 10006 10015 10020 10023 10025-10028 10032 10033 40009 40302 40304 40316 40328 42202 42204 40013 40305 42200 40306 40307 40325',
  unsupported_media: '40308 42203',
  exceeds_size_limit: '40317 42205',
  auth_failed: '10009 20001 20002 20005 20006 20008 20009',
  no_permission:
    '10010 10038 10039 20003 20012-20017 20100 40002 40003 40015 40017 40020 40322 40010 47000 40019 40100 40150 40151 40155 40315 40320 40321 40323 40329 40330 40309 40331 40311-40314 40333 40301 40319',
  too_many_requests: '10011 40011 40016 40018 40318',
  service_unavailable: '10007 10008 10036 10037 40005 40014 40006 40008',
  // 10014, 10024 and 10029 are about the content type of our request: a fault of ours.
  unknown: '40004 40007 40300 10014 10024 10029',
});

const ourSender = codeTable({ invalid_parameter: '40013 40305 42200 40306 40307 40325' });
/** This sender cannot send this kind of message to this recipient. */
const ofThisKind = codeTable({ unsupported_media: '40301 40319' });

const optionalText = z.string().optional().catch(undefined);

export const telnyxErrors = z.object({
  errors: z
    .array(
      z.object({
        code: z.union([z.string(), z.number().transform(String)]),
        title: optionalText,
        detail: optionalText,
        source: z.object({ pointer: optionalText }).optional().catch(undefined),
      }),
    )
    .min(1),
});
export type TelnyxError = z.infer<typeof telnyxErrors>['errors'][number];

/** What one of Telnyx's errors means to us; `status` is the HTTP status of a send call, null for reports. */
export function sendErrorOfTelnyx(error: TelnyxError, hadMedia: boolean, status: number | null): SendError {
  const { code, title, detail, source } = error;
  const text = [title, detail].filter(Boolean).join(': ');
  const fromUs = ourSender(code) !== undefined || (code === '10001' && source?.pointer === '/from');
  const hint = fromUs
    ? 'The sending number is not right at Telnyx, or is not of the Messaging Profile.'
    : undefined;
  return sendErrorOf(fromUs ? 'invalid_parameter' : categoryOfError(code, text, hadMedia, status), {
    code,
    text,
    ...(hint ? { hint } : {}),
  });
}

function categoryOfError(
  code: string,
  text: string,
  hadMedia: boolean,
  status: number | null,
): ErrorCategory {
  // 40300 has four meanings, of which an opt-out is only one.
  if (code === '40300' && (/block rule|opted[ -]?out/i.test(text) || /\bSTOP\b/.test(text))) {
    return 'recipient_opted_out';
  }
  if (hadMedia && ofThisKind(code)) return 'unsupported_media';
  return categoryOf(code) ?? (status === null ? 'unknown' : categoryOfStatus(status));
}

/** What an HTTP status means where no known code comes with it. */
export function categoryOfStatus(status: number): ErrorCategory {
  if (status === 401) return 'auth_failed';
  if (status === 402 || status === 403) return 'no_permission';
  if (status === 429) return 'too_many_requests';
  if (status === 408 || status >= 500) return 'service_unavailable';
  return status === 400 || status === 404 || status === 422 ? 'invalid_parameter' : 'unknown';
}
