/** Bandwidth's errors: of the send call by field and HTTP status, of `message-failed` events by number. */
import * as z from 'zod';
import { sendErrorOf, type ErrorCategory, type SendError } from '../../sendError.ts';
import { codeTable } from '../codeTable.ts';
import { parseJson } from '../dialect.ts';
import type { HttpAnswer } from '../provider.ts';

const ofEvent = codeTable({
  invalid_phone_number: '4303 4350 4404 4406 4408 4720 4721',
  invalid_parameter: '4301 4360 4401 4435 4451 4452 4751 4752 4302 4403 4405 4407 4740',
  unsupported_media: '4409 4410 4412 4700 4712',
  exceeds_size_limit: '4411 4711',
  no_permission: '4493 4001 4420 4421 4431-4434 4470 4481 4482 4492 4770-4774 4790-4793 4795',
  recipient_opted_out: '4775',
  too_many_requests: '4780 4781 4785',
  service_unavailable: '4701 4702 4730 5100-5231 5500 5501 5600-5650',
});
const ourSender = codeTable({ invalid_parameter: '4302 4403 4405 4407 4740' });

const senderHint = 'The sending number is not right at Bandwidth, or is not linked to the application.';

/** Why a message failed after it was accepted. */
export function errorOfEvent(code: string, description: string): SendError {
  return sendErrorOf(ofEvent(code) ?? 'unknown', {
    code: code || null,
    text: description,
    ...(ourSender(code) ? { hint: senderHint } : {}),
  });
}

const optionalText = z.string().optional().catch(undefined);
const body = z.object({
  type: optionalText,
  description: optionalText,
  message: optionalText,
  fieldErrors: z
    .array(z.object({ fieldName: z.string(), description: optionalText }))
    .optional()
    .catch(undefined),
});

/** Why a send was refused. */
export function errorOfAnswer(answer: HttpAnswer): SendError {
  const read = body.safeParse(parseJson(answer.body));
  const { type, description, message, fieldErrors = [] } = read.success ? read.data : {};
  const fields = fieldErrors.map((field) => `${field.fieldName}: ${field.description ?? 'is wrong'}`);
  const text = [description ?? message, ...fields].filter(Boolean).join('; ') || `HTTP ${answer.status}`;
  const names = fieldErrors.map(({ fieldName }) => fieldName);
  const category = answer.status === 400 ? categoryOfFields(names) : categoryOfStatus(answer.status);
  const hint = category === 'invalid_parameter' && names.some((name) => isField(name, 'from'));
  return sendErrorOf(category, { code: type ?? null, text, ...(hint ? { hint: senderHint } : {}) });
}

function categoryOfFields(names: readonly string[]): ErrorCategory {
  if (names.some((name) => isField(name, 'to'))) return 'invalid_phone_number';
  if (names.some((name) => isField(name, 'media'))) return 'unsupported_media';
  return 'invalid_parameter';
}

/** One bad entry of a list may be named `to[0]`. */
function isField(name: string, field: string): boolean {
  return name === field || name.startsWith(`${field}[`) || name.startsWith(`${field}.`);
}

/** 405, 406 and 415 are about the form of our request: a fault of ours. */
function categoryOfStatus(status: number): ErrorCategory {
  if (status === 401) return 'auth_failed';
  if (status === 403) return 'no_permission';
  if (status === 404) return 'invalid_parameter';
  if (status === 429) return 'too_many_requests';
  return status >= 500 ? 'service_unavailable' : 'unknown';
}
