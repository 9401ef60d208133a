/** Pieces of schemas for what Meta posts: a field that is missing or odd must not cost the message around it. */
import * as z from 'zod';

/** The value where it fits, else undefined. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** The items of a list, unread, so that one bad item does not spoil the others; empty when it is none. */
export const items = z.array(z.unknown()).catch([]);

/** An id: text, or a number that is still exact. Ids above 2^53 come as text. */
export const id = z.union([z.string().min(1).max(255), z.int().transform(String)]);

/** A number that may be written as text. */
export const numeric = z.union([
  z.number(),
  z.string().trim().min(1).max(40).transform(Number).pipe(z.number()),
]);

/** A moment as epoch ms. Meta mixes seconds with milliseconds, and numbers with text. */
export const moment = numeric
  .refine((value) => value > 0 && value < 8.64e15)
  .transform((value) => Math.round(value < 1e12 ? value * 1000 : value));

/** The object that fits, or null. */
export function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | null {
  const result = schema.safeParse(value);
  return result.success ? result.data : null;
}

/** Only links that a browser may open. */
export const webLink = z
  .string()
  .max(2048)
  .regex(/^https?:\/\//i);
