/** Contacts and phonebooks, as agents and admins edit them. */
import * as z from 'zod';
import {
  contact,
  phonebook,
  type Contact,
  type ContactInput,
  type Phonebook,
  type PhonebookInput,
} from '../../core/contact.ts';
import {
  contactsAnswer,
  duplicatesAnswer,
  importAnswer,
  phonebooksAnswer,
  type ContactsAnswer,
  type DuplicatesAnswer,
  type ImportAnswer,
  type ImportInput,
  type MergeInput,
} from '../../core/contactApi.ts';
import { call, nothing, type Answer } from './api.ts';

export interface ContactsWanted {
  search?: string;
  /** Id of a phonebook; empty for all contacts. */
  phonebook?: string;
  after?: string | null;
  limit?: number;
}

export function listContacts(wanted: ContactsWanted): Promise<Answer<ContactsAnswer>> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== null && value !== '') query.set(name, String(value));
  }
  return call('GET', `/api/contacts?${query}`, contactsAnswer);
}

/** All contacts that match, a thousand at a time. */
export async function allContacts(wanted: ContactsWanted): Promise<Answer<Contact[]>> {
  const all: Contact[] = [];
  let after: string | null = null;
  do {
    const answer: Answer<ContactsAnswer> = await listContacts({ ...wanted, after, limit: 1_000 });
    if ('problem' in answer) return answer;
    all.push(...answer.value.contacts);
    after = answer.value.next;
  } while (after !== null);
  return { value: all };
}

const at = (id: string) => `/api/contacts/${encodeURIComponent(id)}`;

export const readContact = (id: string): Promise<Answer<Contact>> => call('GET', at(id), contact);
export const createContact = (input: ContactInput): Promise<Answer<Contact>> =>
  call('POST', '/api/contacts', contact, input);
export const changeContact = (id: string, input: ContactInput): Promise<Answer<Contact>> =>
  call('PUT', at(id), contact, input);
export const deleteContacts = (ids: string[]): Promise<Answer<unknown>> =>
  call('POST', '/api/contacts/delete', nothing, { ids });
export const mergeContacts = (input: MergeInput): Promise<Answer<Contact>> =>
  call('POST', '/api/contacts/merge', contact, input);
export const importContacts = (input: ImportInput): Promise<Answer<ImportAnswer>> =>
  call('POST', '/api/contacts/import', importAnswer, input);
export const listDuplicates = (): Promise<Answer<DuplicatesAnswer>> =>
  call('GET', '/api/contacts/duplicates', duplicatesAnswer);

export const listPhonebooks = (): Promise<Answer<z.infer<typeof phonebooksAnswer>>> =>
  call('GET', '/api/phonebooks', phonebooksAnswer);
export const createPhonebook = (input: PhonebookInput): Promise<Answer<Phonebook>> =>
  call('POST', '/api/phonebooks', phonebook, input);
export const changePhonebook = (id: string, input: PhonebookInput): Promise<Answer<Phonebook>> =>
  call('PATCH', `/api/phonebooks/${encodeURIComponent(id)}`, phonebook, input);
export const deletePhonebook = (id: string): Promise<Answer<Phonebook>> =>
  call('DELETE', `/api/phonebooks/${encodeURIComponent(id)}`, phonebook);
