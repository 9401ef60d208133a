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
