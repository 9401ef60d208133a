/**
 * Canned responses (AG-15): those that everybody has, which admins keep, and each agent's own, which nobody else sees
 * or changes. The audit log is about the first kind only.
 */
import type { Role } from '../../../core/agent.ts';
import {
  maxOwn,
  maxShared,
  sameShortcut,
  type CannedResponse,
  type CannedResponseInput,
} from '../../../core/cannedResponse.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';

type CannedRow = { id: string; agent_id: string | null; shortcut: string; title: string; text: string };

/** The agent who asks for a change. */
export interface Keeper {
  actor: Actor;
  agent: string;
  role: Role;
}

export type CannedResponseChange =
  | { kind: 'create'; input: CannedResponseInput }
  | { kind: 'change'; id: string; input: CannedResponseInput }
  | { kind: 'delete'; id: string };

export class CannedResponses {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
  ) {}

  /** Those that an agent sees: everybody's and their own. */
  of(agent: string): CannedResponse[] {
    return this.sql
      .exec<CannedRow>(
        `SELECT * FROM canned_responses WHERE agent_id IS NULL OR agent_id = ?
         ORDER BY shortcut COLLATE NOCASE, agent_id IS NULL`,
        agent,
      )
      .toArray()
      .map(({ id, agent_id, shortcut, title, text }) => ({
        id,
        shortcut,
        title,
        text,
        shared: agent_id === null,
      }));
  }

  apply(keeper: Keeper, change: CannedResponseChange): Answer<CannedResponse> {
    switch (change.kind) {
      case 'create':
        return this.create(keeper, change.input);
      case 'change':
        return this.edit(keeper, change.id, change.input);
      case 'delete':
        return this.remove(keeper, change.id);
    }
  }

  private create(keeper: Keeper, input: CannedResponseInput): Answer<CannedResponse> {
    const refusal = refuseInput(keeper, this.of(keeper.agent), input, null);
    if (refusal) return refusal;
    const made = { id: newId(), ...input };
    this.sql.exec(
      'INSERT INTO canned_responses VALUES (?, ?, ?, ?, ?)',
      made.id,
      ownerOf(keeper, made),
      made.shortcut,
      made.title,
      made.text,
    );
    this.record(keeper.actor, null, made);
    return { value: made };
  }

  private edit(keeper: Keeper, id: string, input: CannedResponseInput): Answer<CannedResponse> {
    const all = this.of(keeper.agent);
    const before = all.find((one) => one.id === id);
    if (!before) return refuse('not_found');
    const refusal = refuseKept(keeper, before) ?? refuseInput(keeper, all, input, before);
    if (refusal) return refusal;
    const after = { id, ...input };
    this.sql.exec(
      'UPDATE canned_responses SET agent_id = ?, shortcut = ?, title = ?, text = ? WHERE id = ?',
      ownerOf(keeper, after),
      after.shortcut,
      after.title,
      after.text,
      id,
    );
    this.record(keeper.actor, before, after);
    return { value: after };
  }

  private remove(keeper: Keeper, id: string): Answer<CannedResponse> {
    const found = this.of(keeper.agent).find((one) => one.id === id);
    if (!found) return refuse('not_found');
    const refusal = refuseKept(keeper, found);
    if (refusal) return refusal;
    this.sql.exec('DELETE FROM canned_responses WHERE id = ?', id);
    this.record(keeper.actor, found, null);
    return { value: found };
  }

  /** An own one that becomes everybody's is new to the audit log, and the other way round it is gone. */
  private record(actor: Actor, before: CannedResponse | null, after: CannedResponse | null): void {
    const old = before?.shared ? before : null;
    const fresh = after?.shared ? after : null;
    if (old && fresh) {
      const changes = changesBetween(auditedFields(old), auditedFields(fresh));
      this.audit.writeEdit(actor, 'cannedResponse.changed', targetOf(fresh), changes);
    } else if (fresh) {
      const changes = changesBetween({}, auditedFields(fresh));
      this.audit.write(actor, 'cannedResponse.created', targetOf(fresh), changes);
    } else if (old) {
      this.audit.write(actor, 'cannedResponse.deleted', targetOf(old));
    }
  }
}

/** Null where the keeper may change or delete it. */
function refuseKept({ role }: Keeper, { shared }: CannedResponse): Refusal | null {
  if (!shared || role === 'admin') return null;
  return refuse('forbidden', {
    message: 'Everybody uses this canned response. Ask an admin to change it, or add one of your own.',
  });
}

/** `all` is what the keeper sees, `before` what they change. */
function refuseInput(
  { role }: Keeper,
  all: readonly CannedResponse[],
  { shortcut, shared }: CannedResponseInput,
  before: CannedResponse | null,
): Refusal | null {
  if (shared && role !== 'admin') {
    return refuse('forbidden', {
      field: 'shared',
      message: 'Only admins add canned responses for everybody. Keep it for yourself, or ask an admin.',
    });
  }
  const others = all.filter((one) => one.id !== before?.id);
  const taken = others.find((one) => sameShortcut(one.shortcut, shortcut));
  // An own one stays as it is when a shared one with its shortcut comes later.
  const kept = before?.shared === shared && sameShortcut(before.shortcut, shortcut);
  if (taken && !kept) {
    const whose = taken.shared ? 'A canned response for everybody' : 'Another of your canned responses';
    const message = `${whose} has the shortcut ${taken.shortcut}. Choose another one.`;
    return refuse('conflict', { field: 'shortcut', message });
  }
  const most = shared ? maxShared : maxOwn;
  if (others.filter((one) => one.shared === shared).length < most) return null;
  const whose = shared ? 'for everybody' : 'of your own';
  return refuse('conflict', {
    message: `There are ${most} canned responses ${whose} already. Delete one that is not used any more.`,
  });
}

function ownerOf({ agent }: Keeper, { shared }: CannedResponse): string | null {
  return shared ? null : agent;
}

function auditedFields({ shortcut, title, text }: CannedResponse): object {
  return { shortcut, title, text };
}

function targetOf({ id, shortcut }: CannedResponse) {
  return { kind: 'cannedResponse', id, name: shortcut };
}
