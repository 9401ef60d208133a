/** A Channel's tables; docs/tables.md says who writes and who deletes each. Shipped steps never change. */
import { timersSchema } from '../timers.ts';
import { linesSchema } from './lines.ts';

export const channelSchema = [
  `
  CREATE TABLE conversations (
    name TEXT PRIMARY KEY,
    counted INTEGER NOT NULL,
    active INTEGER NOT NULL,
    reserved_until INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX conversations_active ON conversations (active, reserved_until);
  CREATE TABLE statistics (
    hour INTEGER PRIMARY KEY,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    received INTEGER NOT NULL
  );
` + timersSchema,
  `
  -- Quarters of an hour, because "today" starts at :30 or :45 in some time zones.
  CREATE TABLE traffic (
    quarter INTEGER PRIMARY KEY,
    sent INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    segments INTEGER NOT NULL DEFAULT 0,
    unknown INTEGER NOT NULL DEFAULT 0
  );
  INSERT INTO traffic (quarter, sent, failed, received)
    SELECT hour * 4, sent, failed, received FROM statistics;
  DROP TABLE statistics;

  -- One row a message on its way, and for 30 days after. order_key: conversation, message and round, so that
  -- the same order twice is one. state: see sends.ts. told: the status that the session has acknowledged.
  CREATE TABLE sends (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    order_key TEXT NOT NULL,
    part INTEGER NOT NULL,
    conversation TEXT,
    message TEXT NOT NULL,
    round INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    lane INTEGER NOT NULL,
    state INTEGER NOT NULL,
    status TEXT NOT NULL,
    told TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    segments INTEGER NOT NULL,
    payload TEXT NOT NULL,
    provider_id TEXT,
    error TEXT,
    queued_at INTEGER NOT NULL,
    slot_at REAL,
    sender INTEGER,
    done_at INTEGER,
    UNIQUE (order_key, part)
  );
  CREATE INDEX sends_ready ON sends (lane, id) WHERE state = 0;
  CREATE INDEX sends_waiting ON sends (not_before) WHERE state = 3;
  CREATE INDEX sends_slot ON sends (slot_at) WHERE slot_at IS NOT NULL;
  CREATE INDEX sends_recipient ON sends (recipient, id) WHERE state < 4;
  CREATE INDEX sends_provider ON sends (provider_id) WHERE provider_id IS NOT NULL;
  CREATE INDEX sends_untold ON sends (conversation) WHERE conversation IS NOT NULL AND told <> status;
  CREATE INDEX sends_done ON sends (done_at) WHERE done_at IS NOT NULL;

  -- Reports that came before the answer of the send call.
  CREATE TABLE early_reports (
    key TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    error TEXT,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- party: our number and the customer's address.
  CREATE TABLE opt_outs (
    party TEXT NOT NULL,
    scope TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (party, scope)
  ) WITHOUT ROWID;

  -- Other addresses of one customer.
  CREATE TABLE aliases (alias TEXT PRIMARY KEY, customer TEXT NOT NULL) WITHOUT ROWID;

  -- ref: the send that a line tells of; request: the webhook, for replaying it.
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    result TEXT NOT NULL,
    summary TEXT NOT NULL,
    detail TEXT NOT NULL,
    latency INTEGER,
    ref TEXT,
    request TEXT
  );

  -- Single values: health, templates, token, pause.
  CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`,
  `
  -- campaign: whose message it is. campaign_told: the status that the campaign has acknowledged, with a dot once the
  -- queue is done with the message.
  ALTER TABLE sends ADD COLUMN campaign TEXT;
  ALTER TABLE sends ADD COLUMN campaign_told TEXT NOT NULL DEFAULT 'queued';
  CREATE INDEX sends_campaign ON sends (campaign) WHERE campaign IS NOT NULL AND state < 4;
  CREATE INDEX sends_campaign_untold ON sends (campaign)
    WHERE campaign IS NOT NULL AND campaign_told <> status || CASE state WHEN 4 THEN '.' ELSE '' END;

  -- state: waits for its turn, goes, is done, or cancelled. told: it knows that it goes. window_ms: how long after its
  -- message a customer's message counts as a reply.
  CREATE TABLE campaigns (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    send_at INTEGER NOT NULL,
    window_ms INTEGER NOT NULL,
    told INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX campaigns_turn ON campaigns (state, send_at, id);

  -- Messages of campaigns that a customer may reply to yet; a reply stays until the campaign has acknowledged it.
  CREATE TABLE awaited (
    order_key TEXT PRIMARY KEY,
    party TEXT NOT NULL,
    campaign TEXT NOT NULL,
    message TEXT NOT NULL,
    until INTEGER NOT NULL,
    replied_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX awaited_party ON awaited (party) WHERE replied_at IS NULL;
  CREATE INDEX awaited_until ON awaited (until);
  CREATE INDEX awaited_replied ON awaited (campaign) WHERE replied_at IS NOT NULL;
`,
  linesSchema,
  `
  -- Looked through again and again, so it must not hold what was done in the last 30 days.
  CREATE INDEX sends_handed ON sends (slot_at) WHERE state = 2;
`,
  `
  -- answers: a message of ours in the same conversation that this one answers, where the provider's id of that one was not
  -- known yet when this one was queued.
  ALTER TABLE sends ADD COLUMN answers TEXT;
`,
  `
  -- slow: the provider takes such messages more slowly than others. Each kind is a line of its own.
  ALTER TABLE sends ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX sends_next ON sends (slow, lane, id) WHERE state = 0;
  DROP INDEX sends_ready;
`,
] as const;
