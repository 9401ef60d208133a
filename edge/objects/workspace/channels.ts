/** Live chat channels, and what the hot paths need to know of one. */
import { liveChatNumberOf } from '../../../core/address.ts';
import type { AgentRef } from '../../../core/agent.ts';
import { defaultMaxCalls, type LiveChatChannel, type LiveChatInput } from '../../../core/channel.ts';
import type { Destination } from '../../../core/destination.ts';
import type { PickupMode } from '../../../core/queue.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { LiveChatRouting } from '../contracts.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';
import { membersOf } from './membership.ts';
import { namesOf } from './names.ts';
import type { Settings } from './settings.ts';

type ChannelRow = {
  id: string;
  number: string;
  config: string;
  destination_kind: Destination['kind'];
  destination_id: string | null;
  identity_secret: string | null;
  created_at: number;
  deleted_at: number | null;
};

/** Faces in the header of the widget's panel. */
const maxFaces = 3;

export class Channels {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly settings: Settings,
  ) {}

  /** All channels, by number, each with the name of its destination. */
  list(): { channel: LiveChatChannel; destination: string }[] {
    const rows = this.sql
      .exec<ChannelRow>('SELECT * FROM channels WHERE deleted_at IS NULL ORDER BY length(number), number')
      .toArray();
    const ids = rows.map((row) => row.destination_id ?? '');
    const names = { agent: namesOf(this.sql, 'agents', ids), queue: namesOf(this.sql, 'queues', ids) };
    return rows.map((row) => ({
      channel: channelOf(row),
      destination:
        row.destination_kind === 'platform' ? '' : names[row.destination_kind](row.destination_id ?? ''),
    }));
  }

  get(id: string): LiveChatChannel | null {
    const row = this.row(id);
    return row && row.deleted_at === null ? channelOf(row) : null;
  }

  create(actor: Actor, input: LiveChatInput): Answer<LiveChatChannel> {
    const refusal = this.refuseDestination(input.destination);
    if (refusal) return refusal;
    const row: ChannelRow = {
      id: newId(),
      number: liveChatNumberOf(this.settings.takeLiveChatIndex()),
      config: JSON.stringify(input),
      destination_kind: input.destination.kind,
      destination_id: destinationId(input.destination),
      identity_secret: null,
      created_at: Date.now(),
      deleted_at: null,
    };
    this.sql.exec(
      'INSERT INTO channels VALUES (?, ?, ?, ?, ?, NULL, ?, NULL)',
      row.id,
      row.number,
      row.config,
      row.destination_kind,
      row.destination_id,
      row.created_at,
    );
    const channel = channelOf(row);
    this.audit.write(actor, 'channel.created', targetOf(channel), changesBetween({}, this.audited(input)));
    return { value: channel };
  }

  /** A changed destination applies to the next session; open ones stay where they are (CH-07). */
  change(actor: Actor, id: string, input: LiveChatInput): Answer<LiveChatChannel> {
    const before = this.get(id);
    if (!before) return refuse('not_found');
    const refusal = this.refuseDestination(input.destination);
    if (refusal) return refusal;
    const changes = changesBetween(this.audited(inputOf(before)), this.audited(input));
    this.sql.exec(
      'UPDATE channels SET config = ?, destination_kind = ?, destination_id = ? WHERE id = ?',
      JSON.stringify(input),
      input.destination.kind,
      destinationId(input.destination),
      id,
    );
    const after = this.get(id);
    if (!after) return refuse('not_found');
    this.audit.writeEdit(actor, 'channel.changed', targetOf(after), changes);
    return { value: after };
  }

  /**
   * Hides channels from everybody. The rows stay until their sessions are closed (`drop`), because closing
   * one still needs its channel's messages.
   */
  remove(actor: Actor, ids: readonly string[]): Answer<Record<string, never>> {
    const channels = ids.map((id) => this.get(id)).filter((channel) => channel !== null);
    if (channels.length < new Set(ids).size) return refuse('not_found');
    this.sql.exec(
      'UPDATE channels SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))',
      Date.now(),
      JSON.stringify(ids),
    );
    for (const channel of channels) {
      this.audit.write(
        actor,
        'channel.deleted',
        targetOf(channel),
        changesBetween(this.audited(inputOf(channel)), {}),
      );
    }
    return { value: {} };
  }

  /** Deletes a hidden channel for good. */
  drop(id: string): void {
    this.sql.exec('DELETE FROM channels WHERE id = ? AND deleted_at IS NOT NULL', id);
  }

  sealedIdentitySecret(id: string): string | null {
    return this.row(id)?.identity_secret ?? null;
  }

  /** Sets the sealed secret that signs visitors' identities, or takes it away. */
  setIdentitySecret(actor: Actor, id: string, sealed: string | null): Answer<Record<string, never>> {
    const before = this.get(id);
    if (!before) return refuse('not_found');
    this.sql.exec('UPDATE channels SET identity_secret = ? WHERE id = ?', sealed, id);
    this.audit.write(actor, 'channel.changed', targetOf(before), [
      {
        field: 'identitySecret',
        before: before.identitySecretSet ? 'set' : 'not set',
        after: sealed === null ? 'not set' : 'set',
      },
    ]);
    return { value: {} };
  }

  /** By channel number, as visitors know it. Deleted channels are unknown. */
  liveChat(number: string): LiveChatRouting | null {
    const row = this.sql
      .exec<ChannelRow>('SELECT * FROM channels WHERE number = ? AND deleted_at IS NULL', number)
      .toArray()[0];
    return row ? this.routing(row) : null;
  }

  /** By id. A deleted channel is answered, as disabled, for as long as its sessions are being closed. */
  liveChatById(id: string): LiveChatRouting | null {
    const row = this.row(id);
    return row ? this.routing(row) : null;
  }

  private routing(row: ChannelRow): LiveChatRouting {
    const deleted = row.deleted_at !== null;
    const channel = {
      ...channelOf(row),
      ...(deleted ? { enabled: false, status: 'disabled' as const } : {}),
    };
    const { queue, agent, answering } = this.resolve(row);
    return {
      channel,
      queue,
      agent,
      hours: this.settings.hours(),
      defaultAgent: this.settings.get().defaultAgent,
      faces: facesFor(channel, answering),
    };
  }

  /** The destination, and some of those who answer there: with a photo first. */
  private resolve(row: ChannelRow): Pick<LiveChatRouting, 'queue' | 'agent'> & { answering: AgentRef[] } {
    const id = row.destination_id;
    if (row.destination_kind === 'agent') {
      const agent = this.refs('WHERE id = ?', id)[0] ?? null;
      return { queue: null, agent, answering: agent ? [agent] : [] };
    }
    const queue = this.sql
      .exec<{ id: string; name: string; mode: PickupMode }>(
        'SELECT id, name, mode FROM queues WHERE id = ?',
        id,
      )
      .toArray()[0];
    const answering = this.refs(
      `WHERE id IN (${membersOf('?1')})
       ORDER BY photo IS NULL, name LIMIT ${maxFaces}`,
      id,
    );
    return { queue: queue ?? null, agent: null, answering };
  }

  private refs(where: string, bind: string | null): AgentRef[] {
    return this.sql
      .exec<AgentRef & Record<string, SqlStorageValue>>(
        `SELECT id, name, extension, photo FROM agents ${where}`,
        bind,
      )
      .toArray();
  }

  private row(id: string): ChannelRow | null {
    return this.sql.exec<ChannelRow>('SELECT * FROM channels WHERE id = ?', id).toArray()[0] ?? null;
  }

  /** Why messages cannot go there; null when they can. */
  refuseDestination(destination: Destination): Refusal | null {
    const field = 'destination';
    switch (destination.kind) {
      case 'platform':
        return refuse('invalid_input', {
          field,
          message: 'No third-party platform is connected yet. Choose an agent or a message queue.',
        });
      case 'queue': {
        const found = this.sql.exec('SELECT 1 FROM queues WHERE id = ?', destination.id).toArray();
        if (found.length > 0) return null;
        return refuse('invalid_input', {
          field,
          message: 'This message queue was deleted. Choose another one.',
        });
      }
      case 'agent': {
        const found = this.sql
          .exec('SELECT 1 FROM agents WHERE id = ? AND enabled = 1', destination.id)
          .toArray();
        if (found.length > 0) return null;
        return refuse('invalid_input', {
          field,
          message: 'This agent was deleted or disabled. Choose another one.',
        });
      }
    }
  }

  /** An input as the audit log shows it: the destination by its name. */
  private audited({ destination, ...rest }: LiveChatInput): object {
    if (destination.kind === 'platform') return { ...rest, destination: 'platform' };
    const kind = destination.kind === 'agent' ? 'agents' : 'queues';
    return { ...rest, destination: namesOf(this.sql, kind, [destination.id])(destination.id) };
  }
}

function channelOf(row: ChannelRow): LiveChatChannel {
  const config = JSON.parse(row.config) as LiveChatInput;
  return {
    // What channels of earlier versions lack.
    ...{ maxCalls: defaultMaxCalls },
    ...config,
    id: row.id,
    number: row.number,
    createdAt: row.created_at,
    status: config.enabled ? 'connected' : 'disabled',
    identitySecretSet: row.identity_secret !== null,
  };
}

function inputOf(channel: LiveChatChannel): LiveChatInput {
  const {
    id: _id,
    number: _number,
    createdAt: _createdAt,
    status: _status,
    identitySecretSet: _set,
    ...input
  } = channel;
  return input;
}

function destinationId(destination: Destination): string | null {
  return destination.kind === 'platform' ? null : destination.id;
}

function targetOf(channel: LiveChatChannel) {
  return { kind: 'channel', id: channel.id, name: channel.name };
}

/** No more of the agents than the channel shows of them anyway. */
function facesFor(channel: LiveChatChannel, agents: AgentRef[]): AgentRef[] {
  if (channel.agentDisplay === 'none') return [];
  return channel.agentDisplay === 'name' ? agents.map((agent) => ({ ...agent, photo: null })) : agents;
}
