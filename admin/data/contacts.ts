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
  type DuplicatesAnswer,
  type ImportAnswer,
  type ImportInput,
  type MergeInput,
} from '../../core/contactApi.ts';
import { call, nothing, type Answer } from './api.ts';
import { allRows, pageOf, queryOf, type ListPage, type PageWanted } from './pages.ts';

export interface ContactsWanted extends PageWanted {
  search?: string;
  /** Id of a phonebook; empty for all contacts. */
  phonebook?: string;
}

/** Most contacts of one call. */
export const mostContacts = 1_000;

export const listContacts = async (wanted: ContactsWanted): Promise<Answer<ListPage<Contact>>> =>
  pageOf(await call('GET', `/api/contacts?${queryOf(wanted)}`, contactsAnswer), 'contacts');
/** All contacts that match. */
export const allContacts = (wanted: ContactsWanted): Promise<Answer<Contact[]>> =>
  allRows((part) => listContacts({ ...wanted, ...part }), mostContacts);

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
