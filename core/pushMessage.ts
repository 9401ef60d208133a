/** What a push carries to the service worker of a device: small, because push services take 4 KB at most. */
import * as z from 'zod/mini';

export const pushMessage = z.object({
  title: z.string(),
  body: z.string(),
  /** What the notification is about; null for a test. A newer one of the same session replaces it. */
  session: z.nullable(z.string()),
  /** Unread messages of the agent, for the badge of the app; null leaves it as it is. */
  unread: z.nullable(z.number()),
  /** Epoch ms. */
  at: z.number(),
});
export type PushMessage = z.infer<typeof pushMessage>;

/** The message of a push's text; null for what is none. */
export function readPush(text: string): PushMessage | null {
  try {
    return pushMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
