/**
 * Names that lead to a conversation without a look-up. The object of a conversation is named by a pure
 * function of (channel, number, customer), so two webhooks at once cannot make two; a session's id is that
 * name and the session's ordinal in it, so an id alone says where the session lives.
 */
import * as z from 'zod';

const part = /^[A-Za-z0-9+_-]{1,180}$/;

/** Live chat channel numbers: `LC` and five or more digits, counted up from LC00000 (guide, "Live Chat"). */
export const liveChatNumber = z.string().regex(/^LC\d{5,9}$/, 'Use a live chat number such as LC00000.');

export const sessionId = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9+_-]+\.[A-Za-z0-9+_-]+\.[A-Za-z0-9+_-]+\.[1-9]\d{0,8}$/, 'This is not a session ID.');

export interface Conversation {
  channel: string;
  number: string;
  customer: string;
}

/** The name of the object that holds a conversation. Throws on a part that could be mistaken for another. */
export function conversationName({ channel, number, customer }: Conversation): string {
  for (const value of [channel, number, customer]) {
    if (!part.test(value)) throw new Error(`not a conversation part: ${JSON.stringify(value)}`);
  }
  return `${channel}.${number}.${customer}`;
}

/** The inverse of `conversationName`. */
export function parseConversationName(name: string): Conversation {
  const [channel, number, customer, ...rest] = name.split('.');
  if (!channel || !number || !customer || rest.length > 0) throw new Error(`not a conversation: ${name}`);
  return { channel, number, customer };
}

/** Whether a conversation's number is a live chat channel's: providers' numbers are written so that none is. */
export function isLiveChat(number: string): boolean {
  return liveChatNumber.safeParse(number).success;
}

/**
 * A provider's number or customer as a part of a name: whatever a name cannot hold (the dots of a BSUID, the spaces
 * of a sender ID) becomes `_` and hex digits of its UTF-16 unit. Throws on more than fits.
 */
export function addressPart(address: string): string {
  const escaped = address.replace(/[^A-Za-z0-9+-]/g, escapeUnit);
  const whole = /^LC\d/.test(escaped) ? escapeUnit('L') + escaped.slice(1) : escaped;
  if (!part.test(whole)) throw new Error(`not an address: ${JSON.stringify(address.slice(0, 200))}`);
  return whole;
}

/** The inverse of `addressPart`. */
export function addressOfPart(written: string): string {
  return written.replace(/_([0-9a-f]{4})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function escapeUnit(unit: string): string {
  return `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The id of the `ordinal`th session (from 1) of a conversation. */
export function sessionIdOf(conversation: string, ordinal: number): string {
  return `${conversation}.${ordinal}`;
}

/** The conversation and ordinal that a valid session id stands for. */
export function parseSessionId(id: string): { conversation: string; ordinal: number } {
  const dot = id.lastIndexOf('.');
  return { conversation: id.slice(0, dot), ordinal: Number(id.slice(dot + 1)) };
}

/** `LC00007` for 7. */
export function liveChatNumberOf(index: number): string {
  return `LC${String(index).padStart(5, '0')}`;
}
