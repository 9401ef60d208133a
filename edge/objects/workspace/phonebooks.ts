/** Phonebooks: named lists of contacts, for campaigns and for finding people. */
import { maxPhonebooks, type Phonebook, type PhonebookInput } from '../../../core/contact.ts';
import { refuse, type Answer } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { Actor, Audit } from './audit.ts';

export type PhonebookChange =
  | { kind: 'create'; input: PhonebookInput }
  | { kind: 'change'; id: string; input: PhonebookInput }
  | { kind: 'delete'; id: string };

export class Phonebooks {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    /** Takes a phonebook out of its contacts, which stay. */
    private readonly empty: (id: string) => void,
  ) {}

  list(): Phonebook[] {
    return this.sql
      .exec<Phonebook>(
        `SELECT id, name, (SELECT COUNT(*) FROM phonebook_contacts WHERE phonebook = id) AS contacts
         FROM phonebooks ORDER BY name`,
      )
      .toArray();
  }

  apply(actor: Actor, change: PhonebookChange): Answer<Phonebook> {
    switch (change.kind) {
      case 'create':
        return this.create(actor, change.input);
      case 'change':
        return this.edit(actor, change.id, change.input);
      case 'delete':
        return this.remove(actor, change.id);
    }
  }

  private create(actor: Actor, { name }: PhonebookInput): Answer<Phonebook> {
    if (this.list().length >= maxPhonebooks) {
      const message = `There are ${maxPhonebooks} phonebooks already. Delete one that is not used any more.`;
      return refuse('conflict', { message });
    }
    if (this.isTaken(name, '')) return taken();
    const made = { id: newId(), name, contacts: 0 };
    this.sql.exec('INSERT INTO phonebooks VALUES (?, ?)', made.id, name);
    this.audit.write(actor, 'phonebook.created', targetOf(made));
    return { value: made };
  }

  private edit(actor: Actor, id: string, { name }: PhonebookInput): Answer<Phonebook> {
    const before = this.list().find((one) => one.id === id);
    if (!before) return refuse('not_found');
    if (this.isTaken(name, id)) return taken();
    this.sql.exec('UPDATE phonebooks SET name = ? WHERE id = ?', name, id);
    const changes = before.name === name ? [] : [{ field: 'name', before: before.name, after: name }];
    this.audit.writeEdit(actor, 'phonebook.changed', targetOf({ id, name }), changes);
    return { value: { ...before, name } };
  }

  private remove(actor: Actor, id: string): Answer<Phonebook> {
    const found = this.list().find((one) => one.id === id);
    if (!found) return refuse('not_found');
    this.empty(id);
    this.sql.exec('DELETE FROM phonebooks WHERE id = ?', id);
    this.audit.write(actor, 'phonebook.deleted', targetOf(found));
    return { value: found };
  }

  private isTaken(name: string, except: string): boolean {
    return (
      this.sql.exec('SELECT 1 FROM phonebooks WHERE name = ? AND id <> ?', name, except).toArray().length > 0
    );
  }
}

function taken(): Answer<never> {
  return refuse('conflict', { field: 'name', message: 'There is a phonebook of this name already.' });
}

function targetOf({ id, name }: { id: string; name: string }) {
  return { kind: 'phonebook' as const, id, name };
}
