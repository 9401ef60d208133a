/**
 * A message on its way, or a part of one, as a row of the queue. Its state:
 *
 *   ready    next in line for its recipient      handed   with a Sender, or the Sender was never reached
 *   behind   an earlier message of the same      waiting  refused for now, ready again at `not_before`
 *            recipient is still on its way       done     sent, failed, or of unknown outcome
 */
import type { DeliveryStatus } from '../../../core/delivery.ts';
import type { Outgoing } from '../../../core/providers/provider.ts';
import type { SendError } from '../../../core/sendError.ts';
import type { SendSlot } from '../contracts.ts';

export const ready = 0;
export const behind = 1;
export const handed = 2;
export const waiting = 3;
export const done = 4;

export interface SendRow extends Record<string, SqlStorageValue> {
  id: number;
  ref: string;
  order_key: string;
  part: number;
  conversation: string | null;
  message: string;
  round: number;
  recipient: string;
  lane: number;
  state: number;
  status: DeliveryStatus;
  attempts: number;
  segments: number;
  payload: string;
  provider_id: string | null;
  error: string | null;
  queued_at: number;
  slot_at: number | null;
  sender: number | null;
  done_at: number | null;
  campaign: string | null;
  answers: string | null;
  /** 1 for what the provider takes more slowly than others. */
  slow: number;
}

/** What is read of a row that is to get a slot. */
export type ReadyRow = Pick<
  SendRow,
  'id' | 'ref' | 'attempts' | 'payload' | 'slot_at' | 'sender' | 'conversation' | 'answers' | 'slow'
>;

/** What is read of a row that a Sender tells of. */
export type HandedRow = Pick<
  SendRow,
  | 'id'
  | 'ref'
  | 'order_key'
  | 'part'
  | 'recipient'
  | 'state'
  | 'status'
  | 'attempts'
  | 'segments'
  | 'provider_id'
  | 'queued_at'
  | 'slot_at'
  | 'done_at'
>;
export const handedColumns =
  'id, ref, order_key, part, recipient, state, status, attempts, segments, provider_id, queued_at, slot_at, done_at';

/** A message that the provider took, how far it has got, and the provider's name for it. */
export type TakenSend = readonly [id: number, status: DeliveryStatus, providerId: string | null];

/** The row's id, when it may leave (epoch ms), and with which Sender. */
export type GivenSlot = readonly [id: number, at: number, sender: number];

/** One part of an order, before it has a place. */
export interface NewSend {
  key: string;
  part: number;
  /** Null when no session has to hear of it. */
  conversation: string | null;
  message: string;
  round: number;
  recipient: string;
  /** Whose message it is; null when no campaign has to hear of it. */
  campaign: string | null;
  segments: number;
  /** Our message that this one answers, by our id; null when the provider's id is known, or there is none. */
  answers: string | null;
  outgoing: Outgoing;
  /** The provider takes it more slowly than others. */
  isSlow: boolean;
  /** Refused before it was sent. */
  error: SendError | null;
  at: number;
}

/** A row as its Sender takes it; `replyTo` is put in where it was not known before. */
export function slotOf(
  { payload, attempts, slot_at }: ReadyRow,
  at = slot_at ?? 0,
  replyTo: string | null = null,
): SendSlot {
  const message = JSON.parse(payload) as Outgoing;
  return { at, message: { ...message, replyTo: message.replyTo ?? replyTo, attempt: attempts } };
}
