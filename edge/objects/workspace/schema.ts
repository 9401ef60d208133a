/** The Workspace's tables; docs/tables.md says who writes and who deletes each. Shipped steps never change. */
import { outboxSchema } from '../outbox.ts';
import { timersSchema } from '../timers.ts';

export const workspaceSchema = [
  `
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    extension TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    photo TEXT,
    may_call_out INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    password_hash TEXT,
    created_at INTEGER NOT NULL,
    last_sign_in_at INTEGER
  ) WITHOUT ROWID;

  CREATE TABLE agent_groups (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) WITHOUT ROWID;
  CREATE TABLE group_agents (
    group_id TEXT NOT NULL REFERENCES agent_groups (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, agent_id)
  ) WITHOUT ROWID;
  CREATE INDEX group_agents_agent ON group_agents (agent_id);

  -- told: the notice that the Desk was last sent about this queue, as JSON.
  CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    mode TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    told TEXT
  ) WITHOUT ROWID;
  CREATE TABLE queue_agents (
    queue_id TEXT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    PRIMARY KEY (queue_id, agent_id)
  ) WITHOUT ROWID;
  CREATE INDEX queue_agents_agent ON queue_agents (agent_id);
  -- group_id is also 'all', which has no row among the groups.
  CREATE TABLE queue_groups (
    queue_id TEXT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL,
    PRIMARY KEY (queue_id, group_id)
  ) WITHOUT ROWID;
  CREATE INDEX queue_groups_group ON queue_groups (group_id);

  -- config: what an admin edits, as JSON. The destination is repeated in columns to be found by.
  CREATE TABLE channels (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    config TEXT NOT NULL,
    destination_kind TEXT NOT NULL,
    destination_id TEXT,
    identity_secret TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX channels_destination ON channels (destination_kind, destination_id);

  CREATE TABLE sign_ins (
    token_digest TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    slid_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX sign_ins_agent ON sign_ins (agent_id);
  CREATE TABLE password_links (
    token_digest TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL UNIQUE REFERENCES agents (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE buckets (key TEXT PRIMARY KEY, tokens REAL NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who_id TEXT,
    who_name TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    changes TEXT NOT NULL,
    address TEXT
  );
  ` +
    timersSchema +
    outboxSchema,
  `
  -- config: what an admin edits but for numbers and secrets, as JSON. nonce: goes into the webhook URL.
  CREATE TABLE messaging_channels (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    config TEXT NOT NULL,
    nonce TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
  ) WITHOUT ROWID;
  -- number: as entered; address: as compared. starters: agents and groups, as JSON.
  CREATE TABLE messaging_numbers (
    channel_id TEXT NOT NULL REFERENCES messaging_channels (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    address TEXT NOT NULL,
    position INTEGER NOT NULL,
    destination_kind TEXT NOT NULL,
    destination_id TEXT,
    starters TEXT NOT NULL,
    PRIMARY KEY (channel_id, number)
  ) WITHOUT ROWID;
  CREATE INDEX messaging_numbers_address ON messaging_numbers (address);
  CREATE INDEX messaging_numbers_destination ON messaging_numbers (destination_kind, destination_id);
  CREATE TABLE messaging_secrets (
    channel_id TEXT NOT NULL REFERENCES messaging_channels (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (channel_id, field)
  ) WITHOUT ROWID;
  -- Forms that are open: their webhook URLs work already.
  CREATE TABLE channel_drafts (
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    nonce TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (agent_id, provider)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE labels (id TEXT PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- settings: as JSON; what is missing in it is as by default. told: the devices that the Desk was last told.
  CREATE TABLE notification_settings (
    agent_id TEXT PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    settings TEXT NOT NULL,
    told INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- id: a digest of the endpoint. origin: of the page that subscribed.
  CREATE TABLE push_devices (
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    sign_in TEXT NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    label TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX push_devices_agent ON push_devices (agent_id);
  CREATE INDEX push_devices_sign_in ON push_devices (sign_in);
  `,
  `
  CREATE TABLE phonebooks (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) WITHOUT ROWID;
  -- input: the whole contact, as JSON. sort: the name as lists are sorted by.
  CREATE TABLE contacts (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    email TEXT NOT NULL COLLATE NOCASE,
    input TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  );
  CREATE INDEX contacts_sort ON contacts (sort, row);
  CREATE INDEX contacts_email ON contacts (email);
  -- key: what a customer is found by (core/contact.ts).
  CREATE TABLE contact_keys (
    key TEXT NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (key, contact)
  ) WITHOUT ROWID;
  CREATE INDEX contact_keys_contact ON contact_keys (contact);
  CREATE TABLE phonebook_contacts (
    phonebook TEXT NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (phonebook, contact)
  ) WITHOUT ROWID;
  CREATE INDEX phonebook_contacts_contact ON phonebook_contacts (contact);
  CREATE VIRTUAL TABLE contact_words USING fts5 (
    words, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  );
  `,
  `
  -- agent_id: whose own it is; null where everybody has it.
  CREATE TABLE canned_responses (
    id TEXT PRIMARY KEY,
    agent_id TEXT REFERENCES agents (id) ON DELETE CASCADE,
    shortcut TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX canned_responses_agent ON canned_responses (agent_id);
  `,
  `
  -- summary: what the campaign has told of itself, as JSON. rev, acts: how far it has told.
  CREATE TABLE campaigns (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    status TEXT NOT NULL,
    send_at INTEGER,
    summary TEXT NOT NULL,
    rev INTEGER NOT NULL,
    acts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
  );
  CREATE INDEX campaigns_channel ON campaigns (channel_id, status);
  `,
  `
  -- user: the extension, as the PBX knows it. password: sealed.
  CREATE TABLE pbx_extensions (
    agent_id TEXT PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
    user TEXT NOT NULL,
    password TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
] as const;
