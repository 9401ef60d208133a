/** What a message may carry: the shapes that are stored, sent and shown. Small, because the widget has it too. */
import * as z from 'zod/mini';

/** A link inside a text, by UTF-16 offsets, found once at the edge so that no client needs a link finder. */
const link = z.object({ start: z.number(), end: z.number(), href: z.string() });
export type Link = z.infer<typeof link>;

export const media = z.object({
  /** Path of ours; unguessable, and gone after `expiresAt`. */
  url: z.string(),
  name: z.string(),
  type: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Pixels. */
  width: z.number(),
  height: z.number(),
  /** Epoch ms; 72 hours after the upload (LC-17). */
  expiresAt: z.number(),
});
export type Media = z.infer<typeof media>;

export const content = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), links: z.optional(z.array(link)) }),
  z.object({ kind: z.literal('image'), media }),
]);
export type Content = z.infer<typeof content>;
