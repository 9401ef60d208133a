/**
 * Flowroute's delivery receipts, which SIPTRUNK's would look like: first the code decides, then the word, both
 * as the provider's support page and Kannel (its gateway) name them.
 */
import * as z from 'zod';
import type { DeliveryStatus } from '../../delivery.ts';
import { sendErrorOf, type ErrorCategory } from '../../sendError.ts';
import { timeOf } from '../dialect.ts';
import type { InboundEvent } from '../events.ts';

const optionalText = z.string().nullish().catch(null);
const textOrNumber = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(null);

const receipt = z.object({
  status: optionalText,
  status_code: textOrNumber,
  status_code_description: optionalText,
  timestamp: optionalText,
});

const categories: Record<string, ErrorCategory> = {
  '1110': 'recipient_opted_out',
  '1108': 'invalid_phone_number',
  '1112': 'invalid_phone_number',
  '1116': 'invalid_phone_number',
  '1206': 'invalid_phone_number',
  '1101': 'no_permission',
  '1103': 'no_permission',
  '1104': 'no_permission',
  '1109': 'no_permission',
  '1150': 'no_permission',
  '1152': 'no_permission',
  '1006': 'service_unavailable',
  '1102': 'service_unavailable',
  '1105': 'service_unavailable',
  '1106': 'service_unavailable',
  '1111': 'service_unavailable',
  '1115': 'service_unavailable',
  '1210': 'too_many_requests',
  '1107': 'invalid_parameter',
  '1201': 'invalid_parameter',
  '1202': 'invalid_parameter',
  '1203': 'invalid_parameter',
  '1205': 'invalid_parameter',
};

const byCode: Record<string, DeliveryStatus> = {
  '1001': 'queued',
  '1002': 'sent',
  '1003': 'sent',
  '1004': 'delivered',
};

const byWord: Record<string, DeliveryStatus> = {
  'smsc submit': 'sent',
  'message buffered': 'sent',
  'message sent': 'sent',
  pending: 'sent',
  delivered: 'delivered',
  'delivery success': 'delivered',
  success: 'delivered',
  failed: 'failed',
  'delivery failure': 'failed',
  rejected: 'failed',
  'smsc reject': 'failed',
  expired: 'failed',
};

/** Whether `data` with these attributes is a receipt and not a message. */
export function isReceipt(type: string | null, attributes: Record<string, unknown>): boolean {
  if (type === 'delivery_receipt') return true;
  return !('to' in attributes) && ('level' in attributes || 'status_code' in attributes);
}

/** A receipt as a status. A word that nobody has documented changes nothing. */
export function receiptEvent(
  id: string | null,
  ref: string | null,
  attributes: Record<string, unknown>,
): InboundEvent {
  const read = receipt.safeParse(attributes);
  if (!read.success || (id === null && ref === null)) {
    return { kind: 'ignored', what: 'a delivery receipt that names no message' };
  }
  const { status: word, status_code, status_code_description: description, timestamp } = read.data;
  const code = status_code?.trim() ? status_code.trim() : null;
  const status = statusOf(code, word?.trim().toLowerCase() ?? '');
  if (status === null) {
    return { kind: 'ignored', what: `a delivery receipt ${code ?? ''} "${(word ?? '').slice(0, 100)}"` };
  }
  const category = (code !== null && Object.hasOwn(categories, code) && categories[code]) || 'unknown';
  const text = [word, description].filter(Boolean).join(': ');
  const error = status === 'failed' ? sendErrorOf(category, { code, text }) : null;
  return { kind: 'status', id, ref, status, error, at: timeOf(timestamp) };
}

function statusOf(code: string | null, word: string): DeliveryStatus | null {
  if (code !== null && Object.hasOwn(byCode, code)) return byCode[code] ?? null;
  if (code !== null && /^(100[5-9]|1[1-9]\d\d)$/.test(code)) return 'failed';
  return Object.hasOwn(byWord, word) ? (byWord[word] ?? null) : null;
}
