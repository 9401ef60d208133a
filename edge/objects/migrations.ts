/** Schema versions of an object's database. `PRAGMA user_version` is refused there, so a table keeps it. */

/**
 * Runs the steps that the database has not seen, each in a transaction of its own. A shipped step is never
 * edited: objects may sleep for months, so every step has to work from every older version.
 */
export function migrate(storage: DurableObjectStorage, steps: readonly string[]): void {
  storage.sql.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const row = storage.sql.exec<{ version: number }>('SELECT version FROM schema_version').toArray()[0];
  let version = row?.version ?? 0;
  if (!row) storage.sql.exec('INSERT INTO schema_version VALUES (0)');
  for (const step of steps.slice(version)) {
    version += 1;
    storage.transactionSync(() => {
      storage.sql.exec(step);
      storage.sql.exec('UPDATE schema_version SET version = ?', version);
    });
  }
}
