/** Single values that a channel keeps, and which addresses belong to one customer. */

export class Facts {
  constructor(private readonly sql: SqlStorage) {}

  get<T>(key: string): T | null {
    const row = this.sql.exec<{ value: string }>('SELECT value FROM facts WHERE key = ?', key).toArray()[0];
    return row ? (JSON.parse(row.value) as T) : null;
  }

  set(key: string, value: unknown): void {
    this.sql.exec('INSERT OR REPLACE INTO facts VALUES (?, ?)', key, JSON.stringify(value));
  }

  forget(key: string): void {
    this.sql.exec('DELETE FROM facts WHERE key = ?', key);
  }

  /** The address that stands for a customer of several; all that are given lead there from now on. */
  customerOf(addresses: readonly string[]): string {
    const known = addresses
      .map(
        (alias) =>
          this.sql
            .exec<{ customer: string }>('SELECT customer FROM aliases WHERE alias = ?', alias)
            .toArray()[0],
      )
      .find((row) => row !== undefined);
    const customer = known?.customer ?? addresses[0] ?? '';
    for (const alias of addresses) {
      this.sql.exec('INSERT OR IGNORE INTO aliases VALUES (?, ?)', alias, customer);
    }
    return customer;
  }
}
