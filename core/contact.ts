/**
 * Contacts and phonebooks (GEN-07): who a customer is, whatever channel they write on.
 */
import * as z from 'zod';
import { customerKey } from './customer.ts';
import { phoneNumber } from './phone.ts';

/** In the order in which forms offer them and lists show them. */
export const numberTypes = ['business', 'mobile', 'home', 'businessFax', 'homeFax', 'other'] as const;
export type NumberType = (typeof numberTypes)[number];

export const numberTypeNames: Record<NumberType, string> = {
  business: 'Business',
  mobile: 'Mobile',
  home: 'Home',
  businessFax: 'Business fax',
  homeFax: 'Home fax',
  other: 'Other',
};

const phone = z
  .string()
  .trim()
  .max(40, 'A phone number has at most 15 digits.')
  .transform((text, context) => {
    const number = phoneNumber(text);
    if (number !== null) return number;
    const message = text.startsWith('+')
      ? 'There is no such number. Check the country code and the digits.'
      : 'Write the number with + and its country code, such as +14155550101.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

export const contactNumber = z.object({ type: z.enum(numberTypes), number: phone });
export type ContactNumber = z.infer<typeof contactNumber>;

/** A customer who has no phone number: their address at one channel (a Page-scoped ID, a visitor's ID). */
export const contactAccount = z.object({
  channel: z.string().min(1).max(64),
  address: z.string().min(1).max(200),
});
export type ContactAccount = z.infer<typeof contactAccount>;

const line = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);

export const contactInput = z.object({
  name: line(120).min(1, 'Enter a name.'),
  company: line(120),
  email: z.union([z.literal(''), z.string().trim().pipe(z.email('This is not an e-mail address.').max(254))]),
  note: line(2_000),
  numbers: z.array(contactNumber).max(20, 'A contact has at most 20 numbers.'),
  accounts: z.array(contactAccount).max(50),
  /** Ids of phonebooks. */
  phonebooks: z.array(z.string()).max(100),
});
export type ContactInput = z.infer<typeof contactInput>;

export const contact = contactInput.extend({
  id: z.string(),
  /** Epoch ms. */
  createdAt: z.number(),
  changedAt: z.number(),
});
export type Contact = z.infer<typeof contact>;

export const emptyContact: ContactInput = {
  name: '',
  company: '',
  email: '',
  note: '',
  numbers: [],
  accounts: [],
  phonebooks: [],
};

export const phonebookInput = z.object({
  // A semicolon parts the names of several phonebooks in a CSV file.
  name: line(60)
    .min(1, 'Enter a name.')
    .regex(/^[^;]*$/, 'Leave out the semicolon.'),
});
export type PhonebookInput = z.infer<typeof phonebookInput>;
export const phonebook = phonebookInput.extend({ id: z.string(), contacts: z.number() });
export type Phonebook = z.infer<typeof phonebook>;

/** Most contacts and phonebooks that a workspace can have. */
export const maxContacts = 200_000;
export const maxPhonebooks = 200;

/** All keys that lead to a contact, each once. */
export function keysOf({ numbers, accounts }: Pick<ContactInput, 'numbers' | 'accounts'>): string[] {
  return [
    ...new Set([
      ...numbers.map(({ number }) => number),
      ...accounts.map(({ channel, address }) => customerKey(channel, address)),
    ]),
  ];
}

/** Adds a customer's key to what a contact has, unless it is there. */
export function withCustomer(
  input: ContactInput,
  channel: { id: string; type: 'liveChat' | 'sms' | 'facebook' | 'whatsapp' },
  address: string,
): ContactInput {
  if (keysOf(input).includes(customerKey(channel.id, address))) return input;
  return phoneNumber(address) === null
    ? { ...input, accounts: [...input.accounts, { channel: channel.id, address }] }
    : { ...input, numbers: [...input.numbers, { type: 'mobile', number: address }] };
}

/**
 * One contact of several: `into` keeps its words and gets what it lacks, first come first kept, and every number,
 * account and phonebook once. A number that two have under different types keeps the first.
 */
export function mergeContacts(into: ContactInput, from: readonly ContactInput[]): ContactInput {
  const all = [into, ...from];
  const firstOf = (field: 'company' | 'email') => all.find((one) => one[field] !== '')?.[field] ?? '';
  return {
    name: into.name,
    company: firstOf('company'),
    email: firstOf('email'),
    note: [...new Set(all.map(({ note }) => note).filter(Boolean))].join('\n').slice(0, 2_000),
    numbers: unique(
      all.flatMap(({ numbers }) => numbers),
      ({ number }) => number,
    ),
    accounts: unique(
      all.flatMap(({ accounts }) => accounts),
      ({ channel, address }) => customerKey(channel, address),
    ),
    phonebooks: [...new Set(all.flatMap(({ phonebooks }) => phonebooks))],
  };
}

/** Whether two inputs say the same. */
export function isSameContact(one: ContactInput, other: ContactInput): boolean {
  return JSON.stringify(inputOf(one)) === JSON.stringify(inputOf(other));
}

/** The editable part, its fields in one order. */
export function inputOf({
  name,
  company,
  email,
  note,
  numbers,
  accounts,
  phonebooks,
}: ContactInput): ContactInput {
  return { name, company, email, note, numbers, accounts, phonebooks };
}

function unique<T>(list: readonly T[], keyOf: (one: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const one of list) if (!seen.has(keyOf(one))) seen.set(keyOf(one), one);
  return [...seen.values()];
}
