/** Message queues (MQ-01, MQ-06). Who is in one right now is `membership.ts`'s to say. */
import { everyoneGroup } from '../../../core/agent.ts';
import type { PickupMode, Queue, QueueInput } from '../../../core/queue.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { DeskNotice } from '../contracts.ts';
import { changesBetween, listChange, type Actor, type Audit, type AuditChange } from './audit.ts';
import type { Membership } from './membership.ts';
import { channelsTo, missing, namesOf } from './names.ts';
import { patched, type Patch } from './patch.ts';

type QueueRow = {
  id: string;
  name: string;
  mode: PickupMode;
  created_at: number;
  agents: string;
  groups: string;
};

const select = `
  SELECT id, name, mode, created_at,
    (SELECT json_group_array(agent_id) FROM queue_agents WHERE queue_id = queues.id) AS agents,
    (SELECT json_group_array(group_id) FROM queue_groups WHERE queue_id = queues.id) AS groups
  FROM queues`;

export class Queues {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly membership: Membership,
    private readonly notify: (notice: DeskNotice) => void,
  ) {}

  /** All queues, by name. */
  list(): Queue[] {
    return this.sql.exec<QueueRow>(`${select} ORDER BY name COLLATE NOCASE`).toArray().map(queueOf);
  }

  refs(): { id: string; name: string }[] {
    return this.sql
      .exec<{ id: string; name: string }>('SELECT id, name FROM queues ORDER BY name COLLATE NOCASE')
      .toArray();
  }

  create(actor: Actor, input: QueueInput): Answer<Queue> {
    const refusal = this.refuseInput(input, '');
    if (refusal) return refusal;
    const queue: Queue = { ...withoutDoubles(input), id: newId(), createdAt: Date.now() };
    this.sql.exec(
      'INSERT INTO queues VALUES (?, ?, ?, ?, NULL)',
      queue.id,
      queue.name,
      queue.mode,
      queue.createdAt,
    );
    this.writeMembers(queue);
    this.membership.tell([queue.id]);
    this.audit.write(actor, 'queue.created', targetOf(queue), this.changes(null, queue));
    return { value: queue };
  }

  change(actor: Actor, id: string, patch: Patch<QueueInput>): Answer<Queue> {
    const before = this.get(id);
    if (!before) return refuse('not_found');
    const changed = patched(before, patch);
    const refusal = this.refuseInput(changed, id);
    if (refusal) return refusal;
    const after: Queue = { ...before, ...withoutDoubles(changed) };
    this.sql.exec('UPDATE queues SET name = ?, mode = ? WHERE id = ?', after.name, after.mode, id);
    this.writeMembers(after);
    this.membership.tell([id]);
    this.audit.writeEdit(actor, 'queue.changed', targetOf(after), this.changes(before, after));
    return { value: after };
  }

  /** Deletes all of them or none. `openSessions` is how many the Desk has counted in each. */
  remove(
    actor: Actor,
    ids: readonly string[],
    openSessions: ReadonlyMap<string, number>,
  ): Answer<Record<string, never>> {
    const queues = this.some(ids);
    if (queues.length < new Set(ids).size) return refuse('not_found');
    const channels = channelsTo(this.sql, 'queue', ids);
    if (channels.length > 0) {
      return refuse('in_use', {
        message: `Messages of ${channels.join(', ')} go to this queue. Choose another destination there first.`,
        details: channels,
      });
    }
    const busy = queues.filter(({ id }) => (openSessions.get(id) ?? 0) > 0);
    if (busy.length > 0) {
      return refuse('in_use', {
        message: 'There are open sessions in this queue. End them first, or wait until they close.',
        details: busy.map(({ id, name }) => `${name}: ${openSessions.get(id)}`),
      });
    }
    for (const queue of queues) {
      this.sql.exec('DELETE FROM queues WHERE id = ?', queue.id);
      this.notify({ kind: 'queueGone', id: queue.id });
      this.audit.write(actor, 'queue.deleted', targetOf(queue), this.changes(queue, null));
    }
    return { value: {} };
  }

  private get(id: string): Queue | null {
    return this.some([id])[0] ?? null;
  }

  private some(ids: readonly string[]): Queue[] {
    return this.sql
      .exec<QueueRow>(`${select} WHERE id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids))
      .toArray()
      .map(queueOf);
  }

  private refuseInput({ name, agents, groups }: QueueInput, id: string): Refusal | null {
    if (this.sql.exec('SELECT 1 FROM queues WHERE name = ? AND id <> ?', name, id).toArray().length > 0) {
      return refuse('conflict', {
        field: 'name',
        message: 'Another queue has this name. Choose a different one.',
      });
    }
    if (missing(this.sql, 'agents', agents).length > 0) {
      return refuse('invalid_input', {
        field: 'agents',
        message: 'One of these agents was deleted. Reload and choose again.',
      });
    }
    if (missing(this.sql, 'groups', groups).some((group) => group !== everyoneGroup.id)) {
      return refuse('invalid_input', {
        field: 'groups',
        message: 'One of these groups was deleted. Reload and choose again.',
      });
    }
    return null;
  }

  private writeMembers({ id, agents, groups }: Queue): void {
    for (const [table, column, members] of [
      ['queue_agents', 'agent_id', JSON.stringify(agents)],
      ['queue_groups', 'group_id', JSON.stringify(groups)],
    ] as const) {
      this.sql.exec(
        `DELETE FROM ${table} WHERE queue_id = ? AND ${column} NOT IN (SELECT value FROM json_each(?))`,
        id,
        members,
      );
      this.sql.exec(`INSERT OR IGNORE INTO ${table} SELECT ?, value FROM json_each(?)`, id, members);
    }
  }

  private changes(before: Queue | null, after: Queue | null): AuditChange[] {
    const [oldAgents, agents] = [before?.agents ?? [], after?.agents ?? []];
    const [oldGroups, groups] = [before?.groups ?? [], after?.groups ?? []];
    const groupName = namesOf(this.sql, 'groups', [...oldGroups, ...groups]);
    return [
      ...changesBetween(auditedFields(before), auditedFields(after)),
      ...listChange('agents', oldAgents, agents, namesOf(this.sql, 'agents', [...oldAgents, ...agents])),
      ...listChange('groups', oldGroups, groups, (id) =>
        id === everyoneGroup.id ? everyoneGroup.name : groupName(id),
      ),
    ];
  }
}

function queueOf(row: QueueRow): Queue {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    createdAt: row.created_at,
    agents: JSON.parse(row.agents) as string[],
    groups: JSON.parse(row.groups) as string[],
  };
}

function withoutDoubles({ name, mode, agents, groups }: QueueInput): QueueInput {
  return { name, mode, agents: [...new Set(agents)], groups: [...new Set(groups)] };
}

function auditedFields(queue: Queue | null): object {
  return queue ? { name: queue.name, mode: queue.mode } : {};
}

function targetOf({ id, name }: Queue) {
  return { kind: 'queue', id, name };
}
