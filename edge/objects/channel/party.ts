/** Our number and the customer's address: whom messages stay in order for, and who can opt out. */
export function partyOf(number: string, customer: string): string {
  return `${number}|${customer}`;
}
