/** Short formatted text, such as the privacy terms: paragraphs of runs, so that it is never HTML anywhere. */
import * as z from 'zod';

const run = z.object({
  text: z.string().min(1).max(2000),
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  href: z
    .string()
    .max(2000)
    .regex(/^(https?:\/\/|mailto:)/i, 'Links start with https://, http:// or mailto:.')
    .optional(),
});

export const richText = z.array(z.array(run).max(200)).max(50);
export type RichText = z.infer<typeof richText>;
