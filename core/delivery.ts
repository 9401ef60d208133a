/** What becomes of a message that was sent, and why reports of it may come in any order. */
import * as z from 'zod/mini';

/**
 * `queued` until it has left; `unknown` when it may or may not have left. `delivered` and `read` are facts
 * about the customer's device and outweigh everything before.
 */
export const deliveryStatus = z.enum(['queued', 'sent', 'delivered', 'read', 'failed', 'unknown']);
export type DeliveryStatus = z.infer<typeof deliveryStatus>;

const rank: Record<DeliveryStatus, number> = {
  queued: 0,
  unknown: 1,
  sent: 2,
  failed: 3,
  delivered: 4,
  read: 5,
};

/**
 * The status after one more report: the further of both (invariant 6), so that any order of the same reports
 * ends the same. A failure is final unless the message arrives after all.
 */
export function advance(before: DeliveryStatus, report: DeliveryStatus): DeliveryStatus {
  return rank[report] > rank[before] ? report : before;
}
