/**
 * Who is in which queue, and telling the Desk whenever that changes (MQ-07). A queue's notice holds its
 * agents with groups resolved and disabled agents left out; it is sent again only when it has changed.
 */
import { everyoneGroup } from '../../../core/agent.ts';
import type { PickupMode } from '../../../core/queue.ts';
import type { DeskNotice } from '../contracts.ts';

/**
 * A query for the enabled agents of the queue that `queue` stands for in SQL. Written out for one queue, since
 * SQLite would compute a view of all queues first and only then pick one.
 */
export function membersOf(queue: string): string {
  return `
    SELECT id AS agent_id FROM agents WHERE enabled = 1 AND id IN (
      SELECT agent_id FROM queue_agents WHERE queue_id = ${queue}
      UNION ALL SELECT group_agents.agent_id
        FROM queue_groups JOIN group_agents ON group_agents.group_id = queue_groups.group_id
        WHERE queue_groups.queue_id = ${queue}
      UNION ALL SELECT agents.id
        FROM queue_groups JOIN agents ON queue_groups.group_id = '${everyoneGroup.id}'
        WHERE queue_groups.queue_id = ${queue})`;
}

export class Membership {
  constructor(
    private readonly sql: SqlStorage,
    private readonly notify: (notice: DeskNotice) => void,
  ) {}

  /** Ids of the queues that an agent is in by any way, enabled or not. */
  queuesOf(agent: string): string[] {
    return this.ids(
      `SELECT queue_id AS id FROM queue_agents WHERE agent_id = ?1
       UNION SELECT queue_id FROM queue_groups
         WHERE group_id = ?2 OR group_id IN (SELECT group_id FROM group_agents WHERE agent_id = ?1)`,
      agent,
      everyoneGroup.id,
    );
  }

  /** Ids of the queues that a group is in. */
  queuesWith(group: string): string[] {
    return this.ids('SELECT queue_id AS id FROM queue_groups WHERE group_id = ?', group);
  }

  /** Sends a notice about each of these queues whose name, mode or agents the Desk does not know yet. */
  tell(queues: readonly string[]): void {
    const rows = this.sql
      .exec<{ id: string; name: string; mode: PickupMode; told: string | null; agents: string }>(
        `SELECT id, name, mode, told,
           (SELECT json_group_array(agent_id) FROM
             (${membersOf('queues.id')} ORDER BY agent_id)) AS agents
         FROM queues WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(queues),
      )
      .toArray();
    for (const { id, name, mode, told, agents } of rows) {
      const queue = { id, name, mode, agents: JSON.parse(agents) as string[] };
      const telling = JSON.stringify(queue);
      if (telling === told) continue;
      this.sql.exec('UPDATE queues SET told = ? WHERE id = ?', telling, id);
      this.notify({ kind: 'queue', queue });
    }
  }

  private ids(query: string, ...binds: string[]): string[] {
    return this.sql
      .exec<{ id: string }>(query, ...binds)
      .toArray()
      .map(({ id }) => id);
  }
}
