/** What the routes of contacts take and answer, for both ends. */
import * as z from 'zod';
import { contact, contactInput, phonebook } from './contact.ts';

/** Contacts on one page of the list. */
export const contactsPage = 100;
/** Most rows of one call to import. */
export const importBatch = 200;

/** What of the list is asked for; all of it is in the address. */
export const contactsQuery = z.object({
  search: z.string().max(200, 'Search for at most 200 characters.').default(''),
  phonebook: z.string().nullable().default(null),
  /** `next` of the page before. */
  after: z.string().max(2_000).nullable().default(null),
  limit: z.coerce.number().int().min(1).max(1_000).default(contactsPage),
});
export type ContactsQuery = z.infer<typeof contactsQuery>;

export const contactsAnswer = z.object({
  contacts: z.array(contact),
  /** Where the next page starts; null when this is the last. */
  next: z.string().nullable(),
  /** How many there are in all pages. */
  total: z.number(),
});
export type ContactsAnswer = z.infer<typeof contactsAnswer>;

export const phonebooksAnswer = z.object({ phonebooks: z.array(phonebook) });

/** A contact with those that share a number, an address or an e-mail with it. */
export const duplicatesAnswer = z.object({
  groups: z.array(z.object({ shared: z.string(), contacts: z.array(contact) })),
  /** There are more than these. */
  more: z.boolean(),
});
export type DuplicatesAnswer = z.infer<typeof duplicatesAnswer>;

export const mergeInput = z.object({
  /** The contact that stays. */
  into: z.string(),
  from: z.array(z.string()).min(1, 'Choose at least two contacts.').max(50, 'Merge at most 50 at once.'),
});
export type MergeInput = z.infer<typeof mergeInput>;

/** What happens to a row whose number or e-mail a contact has already. */
export const whenKnown = z.enum(['skip', 'update', 'add']);
export type WhenKnown = z.infer<typeof whenKnown>;

export const importInput = z.object({
  rows: z.array(contactInput).max(importBatch, `Send at most ${importBatch} rows at once.`),
  whenKnown,
});
export type ImportInput = z.infer<typeof importInput>;

export const importAnswer = z.object({ created: z.number(), updated: z.number(), skipped: z.number() });
export type ImportAnswer = z.infer<typeof importAnswer>;
