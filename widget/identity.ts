/** Who the visitor is to the edge: a token in the page's own storage, under one key per channel. */
import * as z from 'zod/mini';

const schema = z.object({
  token: z.string(),
  visitor: z.string(),
  /** Whether the website said who it is (LC-22), so that nothing of theirs is handed to a guest. */
  identified: z.boolean(),
});
export type Identity = z.infer<typeof schema>;

/** What this browser remembers; null when it remembers nothing, or may not. */
export function readIdentity(channelNumber: string): Identity | null {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(key(channelNumber)) ?? 'null'));
  } catch {
    return null;
  }
}

/** Remembers the visitor; a browser that refuses storage has a new visitor on every page. */
export function writeIdentity(channelNumber: string, identity: Identity): void {
  try {
    localStorage.setItem(key(channelNumber), JSON.stringify(identity));
  } catch {
    return;
  }
}

function key(channelNumber: string): string {
  return `parley:${channelNumber}`;
}
