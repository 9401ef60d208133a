/**
 * Who a WhatsApp customer is. Since 2026 a customer may have a phone number, a business-scoped user id (BSUID,
 * `US.7300…`), or both; what came first in a webhook is not what comes next time. The phone number is the
 * address where there is one, and the ids go along as aliases.
 */
import * as z from 'zod';
import { items, maybe, read } from '../meta/loose.ts';

export interface Customer {
  /** E.164 with `+`, or the BSUID. */
  address: string;
  /** The other addresses of the same person. */
  aliases: string[];
  /** The name that the customer chose, or the user name. */
  name?: string;
}

const contact = z.object({
  wa_id: maybe(z.string()),
  user_id: maybe(z.string()),
  parent_user_id: maybe(z.string()),
  profile: maybe(z.object({ name: maybe(z.string()), username: maybe(z.string()) })),
});

/** Whether it is a business-scoped user id, which is never a phone number. */
export function isBsuid(text: string): boolean {
  return /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(text);
}

/** `wa_id` as an address: `+` and digits, or the BSUID that has been seen in its place; null for neither. */
export function addressOfWaId(waId: string | undefined): string | null {
  if (waId === undefined) return null;
  const text = waId.trim();
  if (isBsuid(text)) return text;
  return /^\+?\d{5,20}$/.test(text) ? `+${text.replace('+', '')}` : null;
}

/** The customer of a message; null when the webhook names nobody. */
export function customerOf(
  ids: { from?: string | undefined; userId?: string | undefined; parentId?: string | undefined },
  contacts: unknown,
): Customer | null {
  const known = items.parse(contacts).flatMap((item) => read(contact, item) ?? []);
  const named = Object.values(ids).some((id) => id);
  const match =
    known.find(({ wa_id }) => wa_id && addressOfWaId(wa_id) === addressOfWaId(ids.from)) ??
    known.find(({ user_id }) => user_id && (user_id === ids.userId || user_id === ids.from)) ??
    (named ? undefined : known[0]);
  const addresses = [ids.from, match?.wa_id, ids.userId, match?.user_id, ids.parentId, match?.parent_user_id]
    .map(addressOfWaId)
    .filter((address) => address !== null);
  const [address, ...aliases] = [
    ...new Set([...addresses.filter((item) => item.startsWith('+')), ...addresses]),
  ];
  if (address === undefined) return null;
  const name = match?.profile?.name?.trim() || match?.profile?.username?.trim();
  return { address, aliases, ...(name ? { name } : {}) };
}
