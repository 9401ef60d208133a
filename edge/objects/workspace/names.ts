/** Names of stored things by their ids, for what people read: the audit log and refusals. */

const tables = { agents: 'agents', groups: 'agent_groups', queues: 'queues' } as const;
export type Named = keyof typeof tables;

/** A function from id to name; an id that is not there stands for itself. */
export function namesOf(sql: SqlStorage, kind: Named, ids: readonly string[]): (id: string) => string {
  const rows = sql
    .exec<{ id: string; name: string }>(
      `SELECT id, name FROM ${tables[kind]} WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    )
    .toArray();
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

/** The ids among these that stand for nothing. */
export function missing(sql: SqlStorage, kind: Named, ids: readonly string[]): string[] {
  return sql
    .exec<{ id: string }>(
      `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM ${tables[kind]})`,
      JSON.stringify(ids),
    )
    .toArray()
    .map(({ id }) => id);
}

/** Names of the channels whose inbound messages go there. */
export function channelsTo(sql: SqlStorage, kind: 'agent' | 'queue', ids: readonly string[]): string[] {
  return sql
    .exec<{ name: string }>(
      `SELECT config ->> 'name' AS name FROM channels
       WHERE destination_kind = ?1 AND destination_id IN (SELECT value FROM json_each(?2)) AND deleted_at IS NULL
       UNION
       SELECT c.config ->> 'name' FROM messaging_channels c JOIN messaging_numbers n ON n.channel_id = c.id
       WHERE n.destination_kind = ?1 AND n.destination_id IN (SELECT value FROM json_each(?2))
         AND c.deleted_at IS NULL
       ORDER BY name`,
      kind,
      JSON.stringify(ids),
    )
    .toArray()
    .map(({ name }) => name);
}
