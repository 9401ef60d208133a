/** Extension groups (GEN-04). `Default_All_Extensions` is not stored: it is whoever there is. */
import { everyoneGroup, type Group, type GroupInput } from '../../../core/agent.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import { changesBetween, listChange, type Actor, type Audit, type AuditChange } from './audit.ts';
import type { Membership } from './membership.ts';
import { missing, namesOf } from './names.ts';
import { patched, type Patch } from './patch.ts';

type GroupRow = { id: string; name: string; agents: string };

const select = `
  SELECT id, name,
    (SELECT json_group_array(agent_id) FROM group_agents WHERE group_id = agent_groups.id) AS agents
  FROM agent_groups`;

export class Groups {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly membership: Membership,
  ) {}

  /** Everyone's group first, then the others by name. */
  list(): Group[] {
    const all = this.sql.exec<{ id: string }>('SELECT id FROM agents').toArray();
    const rows = this.sql.exec<GroupRow>(`${select} ORDER BY name COLLATE NOCASE`).toArray();
    return [{ ...everyoneGroup, agents: all.map(({ id }) => id) }, ...rows.map(groupOf)];
  }

  create(actor: Actor, input: GroupInput): Answer<Group> {
    const refusal = this.refuseInput(input, '');
    if (refusal) return refusal;
    const group: Group = { id: newId(), name: input.name, agents: [...new Set(input.agents)] };
    this.sql.exec('INSERT INTO agent_groups VALUES (?, ?)', group.id, group.name);
    this.writeAgents(group);
    this.audit.write(actor, 'group.created', targetOf(group), this.changes(null, group));
    return { value: group };
  }

  change(actor: Actor, id: string, patch: Patch<GroupInput>): Answer<Group> {
    if (id === everyoneGroup.id) return refuseEveryone();
    const before = this.get(id);
    if (!before) return refuse('not_found');
    const after = patched(before, patch);
    const refusal = this.refuseInput(after, id);
    if (refusal) return refusal;
    after.agents = [...new Set(after.agents)];
    this.sql.exec('UPDATE agent_groups SET name = ? WHERE id = ?', after.name, id);
    this.writeAgents(after);
    this.membership.tell(this.membership.queuesWith(id));
    this.audit.writeEdit(actor, 'group.changed', targetOf(after), this.changes(before, after));
    return { value: after };
  }

  /** The group leaves the queues it is in, and its agents lose what they saw only through it. */
  remove(actor: Actor, id: string): Answer<Record<string, never>> {
    if (id === everyoneGroup.id) return refuseEveryone();
    const group = this.get(id);
    if (!group) return refuse('not_found');
    const queues = this.membership.queuesWith(id);
    this.sql.exec('DELETE FROM queue_groups WHERE group_id = ?', id);
    this.sql.exec('DELETE FROM agent_groups WHERE id = ?', id);
    this.membership.tell(queues);
    this.audit.write(actor, 'group.deleted', targetOf(group), this.changes(group, null));
    return { value: {} };
  }

  private get(id: string): Group | null {
    const row = this.sql.exec<GroupRow>(`${select} WHERE id = ?`, id).toArray()[0];
    return row ? groupOf(row) : null;
  }

  private refuseInput({ name, agents }: GroupInput, id: string): Refusal | null {
    const taken = this.sql.exec('SELECT 1 FROM agent_groups WHERE name = ? AND id <> ?', name, id).toArray();
    if (taken.length > 0 || name.toLowerCase() === everyoneGroup.name.toLowerCase()) {
      return refuse('conflict', {
        field: 'name',
        message: 'Another group has this name. Choose a different one.',
      });
    }
    if (missing(this.sql, 'agents', agents).length === 0) return null;
    return refuse('invalid_input', {
      field: 'agents',
      message: 'One of these agents was deleted. Reload and choose again.',
    });
  }

  private writeAgents({ id, agents }: Group): void {
    const list = JSON.stringify(agents);
    this.sql.exec(
      'DELETE FROM group_agents WHERE group_id = ? AND agent_id NOT IN (SELECT value FROM json_each(?))',
      id,
      list,
    );
    this.sql.exec('INSERT OR IGNORE INTO group_agents SELECT ?, value FROM json_each(?)', id, list);
  }

  private changes(before: Group | null, after: Group | null): AuditChange[] {
    const [old, fresh] = [before?.agents ?? [], after?.agents ?? []];
    return [
      ...changesBetween(before ? { name: before.name } : {}, after ? { name: after.name } : {}),
      ...listChange('agents', old, fresh, namesOf(this.sql, 'agents', [...old, ...fresh])),
    ];
  }
}

function groupOf(row: GroupRow): Group {
  return { id: row.id, name: row.name, agents: JSON.parse(row.agents) as string[] };
}

function targetOf({ id, name }: Group) {
  return { kind: 'group', id, name };
}

function refuseEveryone(): Refusal {
  return refuse('forbidden', {
    message: `${everyoneGroup.name} always holds every agent. It cannot be changed or deleted.`,
  });
}
