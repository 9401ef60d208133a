/** Twilio's error codes: of the send call, and of status callbacks, where some mean something else. */
import * as z from 'zod';
import { sendErrorOf, type ErrorCategory, type SendError } from '../../sendError.ts';
import { codeTable } from '../codeTable.ts';
import { parseJson } from '../dialect.ts';
import type { HttpAnswer } from '../provider.ts';

const ofSend = codeTable({
  invalid_phone_number: '21211 21214 21217 21401 21421 21614 21635 30005 30006',
  invalid_parameter:
    '21602 21603 21604 21605 21617 21619 21623 21624 21656 20001 21212 21606 21607 21659 21660 21703-21705',
  unsupported_media: '21620 12300 21621 21622 63019 63021 30011',
  exceeds_size_limit: '11751 30019 63034',
  auth_failed: '20003 20006',
  no_permission: '20005 30002 21408 21608 21612 21717 30034 30032 30004 30007',
  recipient_opted_out: '21610',
  too_many_requests: '20429 21611 30001 30022 30023',
  service_unavailable: '20500 20503 30003 30008 30410 30500',
});

/** In a callback 30008 is the carrier's "unknown error", not Twilio's own trouble. */
const ofCallback = codeTable({ unknown: '30008' });

const ourSender = codeTable({ invalid_parameter: '21212 21606 21607 21659 21660 21703-21705' });

const body = z.object({
  code: z.union([z.number(), z.string()]).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
});

/** Why a send was refused: the code decides, then the HTTP status. */
export function errorOfAnswer(answer: HttpAnswer): SendError {
  const read = body.safeParse(parseJson(answer.body));
  const { code, message, detail, title } = read.success ? read.data : {};
  const text = message ?? detail ?? title ?? `HTTP ${answer.status}`;
  const category = (code === undefined ? undefined : ofSend(code)) ?? categoryOfStatus(answer.status);
  return withHint(category, code ?? null, text);
}

/** Why a message failed, by a status callback. */
export function errorOfCallback(code: string, text: string): SendError {
  return withHint(ofCallback(code) ?? ofSend(code) ?? 'unknown', code || null, text);
}

function withHint(category: ErrorCategory, code: string | number | null, text: string): SendError {
  const wrongSender = code !== null && ourSender(code) !== undefined;
  const hint = wrongSender
    ? 'The sending number or the Messaging Service is not right at Twilio.'
    : undefined;
  return sendErrorOf(category, { code, text, ...(hint ? { hint } : {}) });
}

/** 404 answers a wrong Account SID, which is part of the address. */
function categoryOfStatus(status: number): ErrorCategory {
  if (status === 401 || status === 404) return 'auth_failed';
  if (status === 403) return 'no_permission';
  if (status === 429) return 'too_many_requests';
  return status >= 500 ? 'service_unavailable' : 'unknown';
}
