/** The audit log (GEN-08): who did what to what, when, from where, and what it changed, without secrets. */
import type { AuditEntry } from '../../../core/api.ts';

/** Whoever asks for a change. */
export interface Actor {
  /** Null for the deployment itself and for a sign-in that failed. */
  id: string | null;
  name: string;
  /** IP address, where known. */
  address: string | null;
}

/** The deployment itself, such as when it takes its first admin from the environment. */
export const systemActor: Actor = { id: null, name: 'system', address: null };

export type AuditAction =
  | 'workspace.setUp'
  | 'agent.created'
  | 'agent.changed'
  | 'agent.deleted'
  | 'agent.signedOut'
  | 'group.created'
  | 'group.changed'
  | 'group.deleted'
  | 'queue.created'
  | 'queue.changed'
  | 'queue.deleted'
  | 'label.created'
  | 'label.changed'
  | 'label.deleted'
  | 'cannedResponse.created'
  | 'cannedResponse.changed'
  | 'cannedResponse.deleted'
  | 'contact.created'
  | 'contact.changed'
  | 'contact.deleted'
  | 'contact.merged'
  | 'contacts.imported'
  | 'phonebook.created'
  | 'phonebook.changed'
  | 'phonebook.deleted'
  | 'campaign.created'
  | 'campaign.changed'
  | 'campaign.scheduled'
  | 'campaign.sent'
  | 'campaign.paused'
  | 'campaign.resumed'
  | 'campaign.cancelled'
  | 'campaign.retried'
  | 'campaign.deleted'
  | 'channel.created'
  | 'channel.changed'
  | 'channel.deleted'
  | 'channel.instructionsMailed'
  | 'calls.changed'
  | 'pbx.changed'
  | 'hours.changed'
  | 'settings.changed'
  | 'settings.testMailed'
  | 'password.changed'
  | 'password.linkMade'
  | 'signIn.failed';

export type AuditTarget = NonNullable<AuditEntry['target']>;
export type AuditChange = AuditEntry['changes'][number];

export interface AuditPage {
  entries: AuditEntry[];
  /** Whether these are the oldest there are. */
  complete: boolean;
}

const pageSize = 50;
/** Failed sign-ins are the one kind of entry that strangers can make, so those do not stay for ever. */
const failedSignInLifetimeMs = 90 * 86_400_000;

export class Audit {
  constructor(private readonly sql: SqlStorage) {}

  write(
    actor: Actor,
    action: AuditAction,
    target: AuditTarget | null,
    changes: readonly AuditChange[] = [],
  ): void {
    this.sql.exec(
      'INSERT INTO audit (at, who_id, who_name, action, target, changes, address) VALUES (?, ?, ?, ?, ?, ?, ?)',
      Date.now(),
      actor.id,
      actor.name,
      action,
      target && JSON.stringify(target),
      JSON.stringify(changes),
      actor.address,
    );
  }

  /** Writes an edit down, unless it changed nothing. */
  writeEdit(
    actor: Actor,
    action: AuditAction,
    target: AuditTarget | null,
    changes: readonly AuditChange[],
  ): void {
    if (changes.length > 0) this.write(actor, action, target, changes);
  }

  /** Newest first, before the entry `before` (null: from the newest). */
  page(before: number | null): AuditPage {
    const rows = this.sql
      .exec<AuditRow>(
        'SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?',
        before ?? Number.MAX_SAFE_INTEGER,
        pageSize + 1,
      )
      .toArray();
    return { entries: rows.slice(0, pageSize).map(entryOf), complete: rows.length <= pageSize };
  }

  sweep(now: number): void {
    this.sql.exec(
      `DELETE FROM audit WHERE action = 'signIn.failed' AND at < ?`,
      now - failedSignInLifetimeMs,
    );
  }
}

type AuditRow = {
  id: number;
  at: number;
  who_id: string | null;
  who_name: string;
  action: string;
  target: string | null;
  changes: string;
  address: string | null;
};

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    who: { id: row.who_id, name: row.who_name },
    action: row.action,
    target: row.target === null ? null : (JSON.parse(row.target) as AuditTarget),
    changes: JSON.parse(row.changes) as AuditChange[],
    address: row.address,
  };
}

/**
 * The fields that differ, nested ones as `appearance.accent`. A field that is missing on one side counts as
 * null there. Lists are compared as a whole.
 */
export function changesBetween(before: object, after: object): AuditChange[] {
  const old = flatten(before);
  const fresh = flatten(after);
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: fresh.get(field) ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/**
 * What changed in a list of references: `before` names those that left and `after` those that came, because
 * two lists of 500 names would hide the one that matters. None when the list is the same.
 */
export function listChange(
  field: string,
  before: readonly string[],
  after: readonly string[],
  nameOf: (id: string) => string,
): AuditChange[] {
  const [old, fresh] = [new Set(before), new Set(after)];
  const left = [...old].filter((id) => !fresh.has(id));
  const came = [...fresh].filter((id) => !old.has(id));
  return left.length + came.length === 0
    ? []
    : [{ field, before: left.map(nameOf), after: came.map(nameOf) }];
}

function flatten(value: object, path = ''): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      for (const [inner, leaf] of flatten(part, `${path}${key}.`)) flat.set(inner, leaf);
    } else {
      flat.set(`${path}${key}`, part);
    }
  }
  return flat;
}
