/** A Campaign's tables; docs/tables.md says who writes and who deletes each. Shipped steps never change. */
import { outboxSchema } from '../outbox.ts';
import { timersSchema } from '../timers.ts';

export const campaignSchema = [
  `
  -- value: what it is and what was decided, as JSON (record.ts).
  CREATE TABLE campaign (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL);

  -- details: what the row of the list says by column, as JSON. attempt, round: of the newest try, as messages are
  -- named by. handed: the channel, or the session, has that try.
  CREATE TABLE recipients (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    details TEXT NOT NULL,
    result TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    round INTEGER NOT NULL,
    handed INTEGER NOT NULL,
    error TEXT,
    at INTEGER,
    replied_at INTEGER
  );
  CREATE INDEX recipients_result ON recipients (result, id);
  CREATE INDEX recipients_unhanded ON recipients (id) WHERE result = 'queued' AND handed = 0;
  CREATE INDEX recipients_replied ON recipients (replied_at) WHERE replied_at IS NOT NULL;

  -- Parts of lists that were taken in.
  CREATE TABLE chunks (
    list TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    PRIMARY KEY (list, chunk)
  ) WITHOUT ROWID;
  -- Rows of lists that could not be.
  CREATE TABLE faults (id INTEGER PRIMARY KEY AUTOINCREMENT, row INTEGER NOT NULL, message TEXT NOT NULL);
` +
    timersSchema +
    outboxSchema,
] as const;
