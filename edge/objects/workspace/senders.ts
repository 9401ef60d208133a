/** Who may start sessions from which numbers (CH-06, AG-02). */
import { everyoneGroup } from '../../../core/agent.ts';
import type { Sender } from '../../../core/protocol.ts';

type SenderRow = { channel: string; type: Sender['type']; name: string; number: string };

export class Senders {
  constructor(private readonly sql: SqlStorage) {}

  /** The numbers of enabled SMS and WhatsApp channels that permit this agent, by themselves or by a group. */
  of(agent: string): Sender[] {
    return this.sql
      .exec<SenderRow>(
        `SELECT c.id AS channel, c.config ->> 'type' AS type, c.config ->> 'name' AS name, n.number AS number
         FROM messaging_numbers n JOIN messaging_channels c ON c.id = n.channel_id
         WHERE c.deleted_at IS NULL AND c.config ->> 'enabled' AND c.config ->> 'type' IN ('sms', 'whatsapp')
           AND (EXISTS (SELECT 1 FROM json_each(n.starters, '$.agents') WHERE value = ?1)
             OR EXISTS (SELECT 1 FROM json_each(n.starters, '$.groups')
               WHERE value = ?2 OR value IN (SELECT group_id FROM group_agents WHERE agent_id = ?1)))
         ORDER BY name COLLATE NOCASE, n.position`,
        agent,
        everyoneGroup.id,
      )
      .toArray();
  }
}
