/** The ids of a campaign's messages: each try of each recipient has one, so that the same try twice is one message. */

export function messageIdOf(campaign: string, recipient: number, attempt: number): string {
  return `cmp-${campaign}-${recipient}-${attempt}`;
}

/** Whose message it is, and which try; null for what is no message of a campaign. */
export function numberOf(message: string): { recipient: number; attempt: number } | null {
  const match = /^cmp-.+-(\d+)-(\d+)$/.exec(message);
  return match && { recipient: Number(match[1]), attempt: Number(match[2]) };
}
