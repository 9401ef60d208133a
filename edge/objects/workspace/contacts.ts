/**
 * Contacts (GEN-07) and who is found by which number or address. Where several contacts have the same number, the
 * one made first gives the name; Desk keeps a copy of these names, told through the outbox.
 */
import {
  contactInput,
  inputOf,
  isSameContact,
  keysOf,
  maxContacts,
  mergeContacts,
  type Contact,
  type ContactInput,
} from '../../../core/contact.ts';
import {
  type ContactsAnswer,
  type ContactsQuery,
  type DuplicatesAnswer,
  type ImportAnswer,
  type ImportInput,
  type MergeInput,
} from '../../../core/contactApi.ts';
import { refuse, type Answer } from '../../answer.ts';
import type { DeskNotice } from '../contracts.ts';
import { ftsQuery } from '../ftsQuery.ts';
import type { Actor, Audit } from './audit.ts';
import { ContactRows, type ContactRow } from './contactRows.ts';

/** What is done to several contacts at once. */
export type ContactsChange =
  | { kind: 'delete'; ids: string[] }
  | { kind: 'merge'; input: MergeInput }
  | { kind: 'import'; input: ImportInput };

const duplicateGroups = 50;
const namesInNotice = 500;

export class Contacts {
  private readonly rows: ContactRows;

  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly notify: (notice: DeskNotice) => void,
  ) {
    this.rows = new ContactRows(sql);
  }

  get(id: string): Contact | null {
    const row = this.rows.row(id);
    return row && this.rows.contactOf(row);
  }

  /** By name, a page at a time. */
  page({ search, phonebook, after, limit }: ContactsQuery): ContactsAnswer {
    const where = ['1 = 1'];
    const values: (string | number)[] = [];
    if (phonebook !== null) {
      where.push('row IN (SELECT contact FROM phonebook_contacts WHERE phonebook = ?)');
      values.push(phonebook);
    }
    const words = contactQuery(search);
    if (words !== null) {
      where.push('row IN (SELECT rowid FROM contact_words WHERE contact_words MATCH ?)');
      values.push(words);
    }
    const total = this.sql
      .exec<{ n: number }>(`SELECT COUNT(*) AS n FROM contacts WHERE ${where.join(' AND ')}`, ...values)
      .one().n;
    const from = after === null ? null : cursorOf(after);
    if (from) {
      where.push('(sort, row) > (?, ?)');
      values.push(from.sort, from.row);
    }
    const rows = this.sql
      .exec<ContactRow & { sort: string }>(
        `SELECT row, id, sort, input, created_at, changed_at FROM contacts WHERE ${where.join(' AND ')}
         ORDER BY sort, row LIMIT ?`,
        ...values,
        limit + 1,
      )
      .toArray();
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      contacts: shown.map((row) => this.rows.contactOf(row)),
      next: rows.length > limit && last ? JSON.stringify([last.sort, last.row]) : null,
      total,
    };
  }

  create(actor: Actor, input: ContactInput): Answer<Contact> {
    const count = this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM contacts').one().n;
    if (count >= maxContacts) {
      const message = `There are ${maxContacts} contacts already. Delete some that are not needed any more.`;
      return refuse('conflict', { message });
    }
    const unknown = this.unknownPhonebook(input);
    if (unknown) return unknown;
    const contact = this.rows.insert(input);
    this.audit.write(actor, 'contact.created', targetOf(contact));
    this.tell(keysOf(contact));
    return { value: contact };
  }

  change(actor: Actor, id: string, input: ContactInput): Answer<Contact> {
    const row = this.rows.row(id);
    if (!row) return refuse('not_found');
    const unknown = this.unknownPhonebook(input);
    if (unknown) return unknown;
    const before = this.rows.contactOf(row);
    const after = this.rows.update(row, input);
    const fields = Object.entries(inputOf(input))
      .filter(
        ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof ContactInput]),
      )
      .map(([field]) => field);
    // People's data stays out of the log, which is kept for ever: it says which fields changed, not to what.
    this.audit.writeEdit(
      actor,
      'contact.changed',
      targetOf(after),
      fields.length > 0 ? [{ field: 'fields', before: null, after: fields }] : [],
    );
    this.tell([...new Set([...keysOf(before), ...keysOf(after)])]);
    return { value: after };
  }

  apply(actor: Actor, change: ContactsChange): Answer<Contact | ImportAnswer | Record<string, never>> {
    switch (change.kind) {
      case 'delete':
        return this.remove(actor, change.ids);
      case 'merge':
        return this.merge(actor, change.input);
      case 'import':
        return this.import(actor, change.input);
    }
  }

  /** Those that are not there any more are passed over. */
  private remove(actor: Actor, ids: readonly string[]): Answer<Record<string, never>> {
    const keys = new Set<string>();
    for (const id of ids) {
      const row = this.rows.row(id);
      if (!row) continue;
      const contact = this.rows.contactOf(row);
      for (const key of keysOf(contact)) keys.add(key);
      this.rows.drop(row.row);
      this.audit.write(actor, 'contact.deleted', targetOf(contact));
    }
    this.tell([...keys]);
    return { value: {} };
  }

  private merge(actor: Actor, { into, from }: MergeInput): Answer<Contact> {
    const target = this.rows.row(into);
    const rest = [...new Set(from)].filter((id) => id !== into).map((id) => this.rows.row(id));
    if (!target || rest.some((row) => row === null)) {
      return refuse('not_found', {
        message: 'One of these contacts is not there any more. Reload the page.',
      });
    }
    const others = rest.filter((row) => row !== null);
    const merged = contactInput.safeParse(
      mergeContacts(
        this.rows.contactOf(target),
        others.map((row) => this.rows.contactOf(row)),
      ),
    );
    if (!merged.success) {
      const message = merged.error.issues[0]?.message ?? '';
      return refuse('invalid_input', { message: `Together they do not fit into one contact. ${message}` });
    }
    for (const row of others) this.rows.drop(row.row);
    const contact = this.rows.update(target, merged.data);
    const names = others.map((row) => this.rows.nameIn(row));
    this.audit.write(actor, 'contact.merged', targetOf(contact), [
      { field: 'merged', before: names, after: null },
    ]);
    this.tell(keysOf(contact));
    return { value: contact };
  }

  /** Takes rows of a file in. A row is known when a contact has one of its numbers, or its e-mail address. */
  private import(actor: Actor, { rows, whenKnown }: ImportInput): Answer<ImportAnswer> {
    const counts: ImportAnswer = { created: 0, updated: 0, skipped: 0 };
    const keys = new Set<string>();
    const room = maxContacts - this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM contacts').one().n;
    if (rows.length > room) {
      const message = `A workspace has at most ${maxContacts} contacts; there is room for ${room} more.`;
      return refuse('conflict', { message });
    }
    const unknown = this.unknownPhonebook({ phonebooks: rows.flatMap(({ phonebooks }) => phonebooks) });
    if (unknown) return unknown;
    for (const input of rows) {
      const known = whenKnown === 'add' ? null : this.rows.known(input);
      if (!known) {
        for (const key of keysOf(this.rows.insert(input))) keys.add(key);
        counts.created += 1;
        continue;
      }
      const before = this.rows.contactOf(known);
      // What the file says wins; what it does not say stays.
      const merged = { ...mergeContacts(input, [before]), note: input.note || before.note };
      if (whenKnown === 'skip' || isSameContact(before, merged)) {
        counts.skipped += 1;
        continue;
      }
      const parsed = contactInput.safeParse(merged);
      if (!parsed.success) {
        counts.skipped += 1;
        continue;
      }
      for (const key of [...keysOf(before), ...keysOf(this.rows.update(known, parsed.data))]) keys.add(key);
      counts.updated += 1;
    }
    if (counts.created + counts.updated > 0) {
      this.audit.write(actor, 'contacts.imported', null, [
        { field: 'contacts', before: null, after: counts },
      ]);
    }
    this.tell([...keys]);
    return { value: counts };
  }

  /** Contacts that share a number, an address or an e-mail. */
  duplicates(): DuplicatesAnswer {
    const shared = this.sql
      .exec<{ key: string }>(
        `SELECT key FROM contact_keys GROUP BY key HAVING COUNT(*) > 1
         UNION ALL SELECT email FROM contacts WHERE email <> '' GROUP BY email HAVING COUNT(*) > 1
         LIMIT ?`,
        duplicateGroups + 1,
      )
      .toArray();
    const groups = new Map<string, { shared: string; contacts: Contact[] }>();
    for (const { key } of shared.slice(0, duplicateGroups)) {
      const rows = this.sql
        .exec<ContactRow>(
          `SELECT row, id, input, created_at, changed_at FROM contacts
           WHERE email = ?1 OR row IN (SELECT contact FROM contact_keys WHERE key = ?1)
           ORDER BY created_at, row LIMIT 51`,
          key,
        )
        .toArray();
      // The same people, found by two things that they share, are one group.
      const same = rows.map(({ row }) => row).join();
      const group = groups.get(same);
      if (!group) groups.set(same, { shared: key, contacts: rows.map((row) => this.rows.contactOf(row)) });
    }
    return { groups: [...groups.values()], more: shared.length > duplicateGroups };
  }

  /** Names by numbers; numbers of nobody are left out. */
  namesOf(numbers: readonly string[]): Record<string, string> {
    const named = this.rows.named(numbers);
    return Object.fromEntries(named.flatMap(({ key, contact }) => (contact ? [[key, contact.name]] : [])));
  }

  /** Takes a phonebook that is deleted out of its contacts, of which there may be very many. */
  leavePhonebook(id: string): void {
    this.sql.exec(
      `UPDATE contacts SET input = json_set(input, '$.phonebooks', json((
         SELECT json_group_array(value) FROM json_each(input, '$.phonebooks') WHERE value <> ?1)))
       WHERE row IN (SELECT contact FROM phonebook_contacts WHERE phonebook = ?1)`,
      id,
    );
    this.sql.exec('DELETE FROM phonebook_contacts WHERE phonebook = ?', id);
  }

  private unknownPhonebook({ phonebooks }: Pick<ContactInput, 'phonebooks'>): Answer<never> | null {
    const missing = this.sql
      .exec<{ value: string }>(
        'SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM phonebooks) LIMIT 1',
        JSON.stringify(phonebooks),
      )
      .toArray()[0];
    if (!missing) return null;
    const message = 'One of the phonebooks is not there any more. Choose another one.';
    return refuse('not_found', { field: 'phonebooks', message });
  }

  /** Tells Desk whom these keys lead to now. */
  private tell(keys: readonly string[]): void {
    for (let at = 0; at < keys.length; at += namesInNotice) {
      const names = this.rows.named(keys.slice(at, at + namesInNotice));
      this.notify({ kind: 'contacts', names });
    }
  }
}

function targetOf({ id, name }: { id: string; name: string }) {
  return { kind: 'contact' as const, id, name };
}

/** Null for what is not a cursor of ours: the list starts anew then. */
function cursorOf(text: string): { sort: string; row: number } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [sort, row] = value as unknown[];
  return typeof sort === 'string' && typeof row === 'number' ? { sort, row } : null;
}

/** A number is found by any digits in a row of it, however they were typed; else all words have to be there. */
function contactQuery(search: string): string | null {
  const isNumber =
    /^[\d\s()+./-]*\d{3}[\d\s()+./-]*$/.test(search) || /^\+?\d[\d\s()./-]+$/.test(search.trim());
  // What is dialled before a national number is no part of it.
  return ftsQuery(isNumber ? search.replace(/\D/g, '').replace(/^0+/, '') : search);
}
