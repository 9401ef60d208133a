/** Contacts as rows, and the three indexes that go with each: words, customers' keys, phonebooks. */
import { contactInput, inputOf, keysOf, type Contact, type ContactInput } from '../../../core/contact.ts';
import type { ContactName } from '../../../core/protocol.ts';
import { newId } from '../../secrets.ts';

export type ContactRow = { row: number; id: string; input: string; created_at: number; changed_at: number };
type KeyRow = { key: string; id: string; name: string };

export class ContactRows {
  constructor(private readonly sql: SqlStorage) {}

  row(id: string): ContactRow | null {
    return (
      this.sql
        .exec<ContactRow>('SELECT row, id, input, created_at, changed_at FROM contacts WHERE id = ?', id)
        .toArray()[0] ?? null
    );
  }

  contactOf({ id, input, created_at, changed_at }: ContactRow): Contact {
    return { id, ...contactInput.parse(JSON.parse(input)), createdAt: created_at, changedAt: changed_at };
  }

  nameIn({ input }: ContactRow): string {
    return contactInput.parse(JSON.parse(input)).name;
  }

  /** The first contact that has a number, an account or the e-mail of these. */
  known(input: ContactInput): ContactRow | null {
    return (
      this.sql
        .exec<ContactRow>(
          `SELECT row, id, input, created_at, changed_at FROM contacts
           WHERE row IN (SELECT contact FROM contact_keys WHERE key IN (SELECT value FROM json_each(?1)))
              OR (?2 <> '' AND email = ?2)
           ORDER BY created_at, row LIMIT 1`,
          JSON.stringify(keysOf(input)),
          input.email,
        )
        .toArray()[0] ?? null
    );
  }

  /** Whom each of these keys leads to: of several contacts the one that was made first. */
  named(keys: readonly string[]): ContactName[] {
    const rows = this.sql.exec<KeyRow>(
      `SELECT k.key, c.id, c.name FROM contact_keys k JOIN contacts c ON c.row = k.contact
       WHERE k.key IN (SELECT value FROM json_each(?)) ORDER BY c.created_at DESC, c.row DESC`,
      JSON.stringify(keys),
    );
    const found = new Map<string, { id: string; name: string }>();
    for (const { key, id, name } of rows) found.set(key, { id, name });
    return keys.map((key) => ({ key, contact: found.get(key) ?? null }));
  }

  insert(input: ContactInput): Contact {
    const now = Date.now();
    const id = newId();
    const { row } = this.sql
      .exec<{ row: number }>(
        `INSERT INTO contacts (id, name, sort, email, input, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         RETURNING row`,
        id,
        input.name,
        sortOf(input.name),
        input.email,
        JSON.stringify(inputOf(input)),
        now,
        now,
      )
      .one();
    this.index(row, input);
    return { id, ...inputOf(input), createdAt: now, changedAt: now };
  }

  update({ row, id, created_at }: ContactRow, input: ContactInput): Contact {
    const now = Date.now();
    this.sql.exec(
      'UPDATE contacts SET name = ?, sort = ?, email = ?, input = ?, changed_at = ? WHERE row = ?',
      input.name,
      sortOf(input.name),
      input.email,
      JSON.stringify(inputOf(input)),
      now,
      row,
    );
    this.unindex(row);
    this.index(row, input);
    return { id, ...inputOf(input), createdAt: created_at, changedAt: now };
  }

  drop(row: number): void {
    this.unindex(row);
    this.sql.exec('DELETE FROM contacts WHERE row = ?', row);
  }

  private index(row: number, input: ContactInput): void {
    const { name, company, email, note, numbers, phonebooks } = input;
    this.sql.exec(
      'INSERT INTO contact_words (rowid, words) VALUES (?, ?)',
      row,
      [name, company, email, note, ...numbers.flatMap(({ number }) => endings(number))].join('\n'),
    );
    for (const key of keysOf(input)) this.sql.exec('INSERT INTO contact_keys VALUES (?, ?)', key, row);
    for (const id of new Set(phonebooks)) {
      this.sql.exec('INSERT INTO phonebook_contacts VALUES (?, ?)', id, row);
    }
  }

  private unindex(row: number): void {
    this.sql.exec('DELETE FROM contact_words WHERE rowid = ?', row);
    this.sql.exec('DELETE FROM contact_keys WHERE contact = ?', row);
    this.sql.exec('DELETE FROM phonebook_contacts WHERE contact = ?', row);
  }
}

/** All that a number's digits end with, from three digits on: the search finds beginnings of words. */
function endings(number: string): string[] {
  const digits = number.replace(/\D/g, '');
  return Array.from({ length: Math.max(1, digits.length - 2) }, (_none, at) => digits.slice(at));
}

/** Without case and marks: É stands with e. */
function sortOf(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
