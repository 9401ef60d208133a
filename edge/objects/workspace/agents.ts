/** Agents: the people who sign in (GEN-04). Passwords are hashed by the Worker and only stored here. */
import { everyoneGroup, type Agent, type AgentInput, type AgentRef, type Role } from '../../../core/agent.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { DeskNotice } from '../contracts.ts';
import {
  changesBetween,
  listChange,
  type Actor,
  type Audit,
  type AuditChange,
  type AuditTarget,
} from './audit.ts';
import type { Membership } from './membership.ts';
import { channelsTo, missing, namesOf } from './names.ts';
import { patched, type Patch } from './patch.ts';

type AgentRow = {
  id: string;
  extension: string;
  email: string;
  name: string;
  role: Role;
  photo: string | null;
  may_call_out: number;
  enabled: number;
  password_hash: string | null;
  created_at: number;
  last_sign_in_at: number | null;
  groups: string;
};

const select = `
  SELECT agents.*,
    (SELECT json_group_array(group_id) FROM group_agents WHERE agent_id = agents.id) AS groups
  FROM agents`;

export class Agents {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly membership: Membership,
    private readonly notify: (notice: DeskNotice) => void,
  ) {}

  /** All agents, by extension number. */
  list(): Agent[] {
    return this.sql.exec<AgentRow>(`${select} ORDER BY length(extension), extension`).toArray().map(agentOf);
  }

  get(id: string): Agent | null {
    const row = this.sql.exec<AgentRow>(`${select} WHERE id = ?`, id).toArray()[0];
    return row ? agentOf(row) : null;
  }

  /** Enabled agents, as far as colleagues need them, by name. */
  refs(): AgentRef[] {
    return this.sql
      .exec<AgentRef & Record<string, SqlStorageValue>>(
        'SELECT id, name, extension, photo FROM agents WHERE enabled = 1 ORDER BY name COLLATE NOCASE',
      )
      .toArray();
  }

  /** Whether anybody is there at all: without an agent the workspace is not set up. */
  isEmpty(): boolean {
    return this.sql.exec('SELECT 1 FROM agents LIMIT 1').toArray().length === 0;
  }

  /** The agent whose e-mail or extension this is, enabled or not. */
  byLogin(login: string): Agent | null {
    const text = login.trim().toLowerCase();
    const row = this.sql.exec<AgentRow>(`${select} WHERE email = ?1 OR extension = ?1`, text).toArray()[0];
    return row ? agentOf(row) : null;
  }

  passwordHash(id: string): string | null {
    const row = this.sql.exec<{ hash: string | null }>(
      'SELECT password_hash AS hash FROM agents WHERE id = ?',
      id,
    );
    return row.toArray()[0]?.hash ?? null;
  }

  setPasswordHash(id: string, hash: string): void {
    this.sql.exec('UPDATE agents SET password_hash = ? WHERE id = ?', hash, id);
  }

  markSignedIn(id: string, now: number): void {
    this.sql.exec('UPDATE agents SET last_sign_in_at = ? WHERE id = ?', now, id);
  }

  /** `passwordHash` null: the agent gets a link to choose a password. */
  create(actor: Actor, input: AgentInput, passwordHash: string | null): Answer<Agent> {
    const refusal = this.refuseInput(input, null);
    if (refusal) return refusal;
    const agent: Agent = {
      ...withGroups(input),
      id: newId(),
      createdAt: Date.now(),
      lastSignInAt: null,
      hasPassword: passwordHash !== null,
    };
    this.sql.exec(
      'INSERT INTO agents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
      agent.id,
      agent.extension,
      agent.email,
      agent.name,
      agent.role,
      agent.photo,
      Number(agent.mayCallOut),
      Number(agent.enabled),
      passwordHash,
      agent.createdAt,
    );
    this.writeGroups(agent.id, agent.groups);
    this.tellDesk(agent);
    this.membership.tell(this.membership.queuesOf(agent.id));
    this.audit.write(actor, 'agent.created', targetOf(agent), [
      ...this.changes(null, agent),
      { field: 'password', before: 'not set', after: passwordHash === null ? 'not set' : 'set' },
    ]);
    return { value: agent };
  }

  change(actor: Actor, id: string, patch: Patch<AgentInput>): Answer<Agent> {
    const before = this.get(id);
    if (!before) return refuse('not_found');
    const input = patched(inputOf(before), patch);
    const refusal = this.refuseInput(input, before);
    if (refusal) return refusal;
    const after: Agent = { ...before, ...withGroups(input) };
    const queues = new Set(this.membership.queuesOf(id));
    this.sql.exec(
      `UPDATE agents SET extension = ?, email = ?, name = ?, role = ?, photo = ?, may_call_out = ?, enabled = ?
       WHERE id = ?`,
      after.extension,
      after.email,
      after.name,
      after.role,
      after.photo,
      Number(after.mayCallOut),
      Number(after.enabled),
      id,
    );
    this.writeGroups(id, after.groups);
    this.tellDesk(after);
    for (const queue of this.membership.queuesOf(id)) queues.add(queue);
    this.membership.tell([...queues]);
    this.audit.writeEdit(actor, 'agent.changed', targetOf(after), this.changes(before, after));
    return { value: after };
  }

  /** `openSessions` is how many the Desk has counted on this agent. */
  remove(actor: Actor, id: string, openSessions: number): Answer<Record<string, never>> {
    const agent = this.get(id);
    if (!agent) return refuse('not_found');
    if (this.isLastAdmin(agent)) return refuse('last_admin');
    const channels = channelsTo(this.sql, 'agent', [id]);
    if (channels.length > 0) return inUseAsDestination(agent.name, channels);
    if (openSessions > 0) {
      return refuse('in_use', {
        message: `${agent.name} has ${openSessions} open sessions. End them first, or disable the agent instead.`,
      });
    }
    const queues = this.membership.queuesOf(id);
    this.sql.exec('DELETE FROM agents WHERE id = ?', id);
    this.membership.tell(queues);
    this.notify({ kind: 'agentGone', id });
    this.audit.write(actor, 'agent.deleted', targetOf(agent), this.changes(agent, null));
    return { value: {} };
  }

  private refuseInput(input: AgentInput, before: Agent | null): Refusal | null {
    const taken = this.sql
      .exec<{ email: string }>(
        'SELECT email FROM agents WHERE (email = ? OR extension = ?) AND id <> ?',
        input.email,
        input.extension,
        before?.id ?? '',
      )
      .toArray();
    if (taken.some(({ email }) => email === input.email)) {
      return refuse('conflict', {
        field: 'email',
        message: 'Another agent has this e-mail address. Use a different one.',
      });
    }
    if (taken.length > 0) {
      return refuse('conflict', {
        field: 'extension',
        message: 'Another agent has this extension number. Use a different one.',
      });
    }
    if (missing(this.sql, 'groups', withGroups(input).groups).length > 0) {
      return refuse('invalid_input', {
        field: 'groups',
        message: 'One of these groups was deleted. Reload and choose again.',
      });
    }
    if (before && !(input.enabled && input.role === 'admin') && this.isLastAdmin(before)) {
      return refuse('last_admin', { field: input.enabled ? 'role' : 'enabled' });
    }
    const channels = before?.enabled && !input.enabled ? channelsTo(this.sql, 'agent', [before.id]) : [];
    return channels.length > 0 ? inUseAsDestination(input.name, channels, 'enabled') : null;
  }

  /** An admin who has not chosen a password yet cannot help anybody, so only those who have count. */
  private isLastAdmin(agent: Agent): boolean {
    if (agent.role !== 'admin' || !agent.enabled) return false;
    const others = this.sql.exec(
      `SELECT 1 FROM agents WHERE role = 'admin' AND enabled = 1 AND password_hash IS NOT NULL AND id <> ? LIMIT 1`,
      agent.id,
    );
    return others.toArray().length === 0;
  }

  private writeGroups(id: string, groups: readonly string[]): void {
    const list = JSON.stringify(groups);
    this.sql.exec(
      'DELETE FROM group_agents WHERE agent_id = ? AND group_id NOT IN (SELECT value FROM json_each(?))',
      id,
      list,
    );
    this.sql.exec('INSERT OR IGNORE INTO group_agents SELECT value, ? FROM json_each(?)', id, list);
  }

  private tellDesk({ id, name, extension, photo, role, enabled }: Agent): void {
    this.notify({ kind: 'agent', agent: { id, name, extension, photo, role, enabled } });
  }

  private changes(before: Agent | null, after: Agent | null): AuditChange[] {
    const groups = [...(before?.groups ?? []), ...(after?.groups ?? [])];
    return [
      ...changesBetween(auditedFields(before), auditedFields(after)),
      ...listChange('groups', before?.groups ?? [], after?.groups ?? [], namesOf(this.sql, 'groups', groups)),
    ];
  }
}

function agentOf(row: AgentRow): Agent {
  return {
    id: row.id,
    extension: row.extension,
    name: row.name,
    email: row.email,
    role: row.role,
    photo: row.photo,
    groups: JSON.parse(row.groups) as string[],
    mayCallOut: row.may_call_out === 1,
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    hasPassword: row.password_hash !== null,
  };
}

function inputOf({ extension, name, email, role, photo, groups, mayCallOut, enabled }: Agent): AgentInput {
  return { extension, name, email, role, photo, groups, mayCallOut, enabled };
}

/** Each group once, and without the one that everybody is in. */
function withGroups(input: AgentInput): AgentInput {
  return { ...input, groups: [...new Set(input.groups)].filter((id) => id !== everyoneGroup.id) };
}

function auditedFields(agent: Agent | null): object {
  if (!agent) return {};
  const { extension, name, email, role, photo, mayCallOut, enabled } = agent;
  return { extension, name, email, role, photo, mayCallOut, enabled };
}

export function targetOf(agent: { id: string; name: string }): AuditTarget {
  return { kind: 'agent', id: agent.id, name: agent.name };
}

function inUseAsDestination(name: string, channels: string[], field?: string): Refusal {
  return refuse('in_use', {
    message: `${name} is the destination of ${channels.join(', ')}. Choose another destination there first.`,
    details: channels,
    ...(field ? { field } : {}),
  });
}
