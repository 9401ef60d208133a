/** The names of a channel's lanes: its Senders. */

/** The lane of a channel that needs but one: it writes every attempt down before it calls. */
export const carefulLane = -1;

export function senderName(channel: string, lane: number): string {
  return `${channel}.${lane}`;
}

/** The inverse of `senderName`. */
export function parseSenderName(name: string): { channel: string; lane: number } {
  const dot = name.lastIndexOf('.');
  return { channel: name.slice(0, dot), lane: Number(name.slice(dot + 1)) };
}

/** A recipient's Sender: always the same one while their number does not change. */
export function laneOf(recipient: string, lanes: number): number {
  let hash = 0;
  for (let i = 0; i < recipient.length; i += 1) hash = (Math.imul(hash, 31) + recipient.charCodeAt(i)) | 0;
  return Math.abs(hash) % lanes;
}
