/** How a customer is found among contacts, and what they are called. */

/**
 * The key that a customer is found by: their number in E.164, which is the same on all channels, else the channel
 * and their address there.
 */
export function customerKey(channel: string, address: string): string {
  return address.startsWith('+') ? address : `${channel} ${address}`;
}

/** Who a customer is: the contact's name, else what they call themselves. */
export function nameOf(of: {
  contact?: { name: string } | null | undefined;
  customer: { name: string };
}): string {
  return of.contact?.name ?? of.customer.name;
}
