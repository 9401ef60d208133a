/** Desk's copy of who customers are (AG-06): the contact that each customer's key leads to. */
import { customerKey } from '../../../core/customer.ts';
import type { ContactName, ContactRef, SessionSummary } from '../../../core/protocol.ts';

export const contactNamesSchema = `
  CREATE TABLE contact_names (key TEXT PRIMARY KEY, contact TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
`;

/** Customers whose contact, or lack of one, is kept in memory. */
const maxCached = 10_000;

export class ContactNames {
  private readonly known = new Map<string, ContactRef | null>();

  constructor(private readonly sql: SqlStorage) {}

  of({ channel, customer }: SessionSummary): ContactRef | null {
    const key = customerKey(channel.id, customer.address);
    let found = this.known.get(key);
    if (found === undefined) {
      const row = this.sql
        .exec<{ contact: string; name: string }>('SELECT contact, name FROM contact_names WHERE key = ?', key)
        .toArray()[0];
      found = row ? { id: row.contact, name: row.name } : null;
      if (this.known.size >= maxCached) this.known.clear();
      this.known.set(key, found);
    }
    return found;
  }

  put(names: readonly ContactName[]): void {
    for (const { key, contact } of names) {
      this.known.delete(key);
      if (contact) {
        this.sql.exec('INSERT OR REPLACE INTO contact_names VALUES (?, ?, ?)', key, contact.id, contact.name);
      } else {
        this.sql.exec('DELETE FROM contact_names WHERE key = ?', key);
      }
    }
  }
}
