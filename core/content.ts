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

export const links = z.array(link);

const textContent = z.object({ kind: z.literal('text'), text: z.string(), links: z.optional(links) });
const imageContent = z.object({ kind: z.literal('image'), media });

/** What live chat carries, which is all that the widget knows. */
export const chatContent = z.discriminatedUnion('kind', [textContent, imageContent]);
export type ChatContent = z.infer<typeof chatContent>;

// ── Channels of providers ───────────────────────────────────────────────────────────────────────────────

/** A file of a message. Inbound ones are fetched after the message is shown, so they have a state. */
export const file = z.object({
  state: z.enum(['fetching', 'ready', 'failed']),
  name: z.string(),
  /** MIME type; by content once it is ready. */
  type: z.string(),
  /** Bytes; 0 while unknown. */
  size: z.number(),
  /** Path of ours with its signature; empty until ready. */
  url: z.string(),
  /** Pixels of an image, 0 while unknown. */
  width: z.number(),
  height: z.number(),
  /** Epoch ms; 0 until ready. */
  expiresAt: z.number(),
  use: z.optional(z.enum(['sticker', 'voice'])),
  /** Why it failed, for the agent. */
  problem: z.optional(z.string()),
});
export type File = z.infer<typeof file>;

export const place = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: z.optional(z.string()),
  address: z.optional(z.string()),
});
export type Place = z.infer<typeof place>;

export const contact = z.object({
  name: z.string(),
  phones: z.array(z.object({ number: z.string(), type: z.optional(z.string()) })),
  emails: z.optional(z.array(z.string())),
  company: z.optional(z.string()),
});
export type Contact = z.infer<typeof contact>;

/** A template as it was sent: its filled-in texts, for showing it again. */
export const sentTemplate = z.object({
  name: z.string(),
  language: z.string(),
  header: z.nullable(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), text: z.string() }),
      z.object({ kind: z.enum(['image', 'video', 'document']), file }),
      z.object({ kind: z.literal('location'), place }),
    ]),
  ),
  body: z.string(),
  footer: z.string(),
  buttons: z.array(z.string()),
});
export type SentTemplate = z.infer<typeof sentTemplate>;

export const content = z.discriminatedUnion('kind', [
  textContent,
  imageContent,
  /** `text` may be empty: a picture without words. */
  z.object({
    kind: z.literal('files'),
    text: z.string(),
    links: z.optional(links),
    files: z.array(file),
  }),
  z.object({ kind: z.literal('location'), place }),
  z.object({ kind: z.literal('contacts'), contacts: z.array(contact) }),
  z.object({ kind: z.literal('template'), template: sentTemplate }),
  /** Something that cannot be shown; `what` says what it was, as far as the provider told. */
  z.object({ kind: z.literal('unsupported'), what: z.string() }),
]);
export type Content = z.infer<typeof content>;
