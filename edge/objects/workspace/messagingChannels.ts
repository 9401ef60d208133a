/** Channels of providers: what an admin edits, their numbers, their sealed credentials, and open forms. */
import type { AgentRef } from '../../../core/agent.ts';
import type { Destination } from '../../../core/destination.ts';
import { refuseFields, type MessagingChannel, type MessagingInput } from '../../../core/messagingChannel.ts';
import { addressOf } from '../../../core/providers/dialect.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { providers, type ProviderId } from '../../../core/providers/registry.ts';
import type { PickupMode } from '../../../core/queue.ts';
import { refuse, type Refusal } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import { newNonce } from '../../webhookAddress.ts';
import { changesBetween, type Actor, type Audit } from './audit.ts';
import { namesOf } from './names.ts';

type ChannelRow = {
  id: string;
  provider: ProviderId;
  config: string;
  nonce: string;
  created_at: number;
  deleted_at: number | null;
};

type NumberRow = {
  number: string;
  destination_kind: Destination['kind'];
  destination_id: string | null;
  starters: string;
};

/** What stands in `config`: all but the numbers and the secrets. */
type Config = Omit<MessagingInput, 'numbers' | 'provider'>;

/** A number with its destination resolved; exactly one of both unless it is the third-party platform. */
export interface RoutedNumber {
  number: string;
  queue: { id: string; name: string; mode: PickupMode } | null;
  agent: AgentRef | null;
}

/** A stored channel; its secrets are still sealed. */
export interface StoredChannel {
  id: string;
  provider: ProviderId;
  config: Config;
  nonce: string;
  createdAt: number;
  deleted: boolean;
  /** Sealed values by field name. */
  sealed: Record<string, string>;
}

export interface Draft {
  id: string;
  provider: ProviderId;
  nonce: string;
}

export class MessagingChannels {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
  ) {}

  // ── Forms that are open ───────────────────────────────────────────────────────────────────────────────

  /** The agent's open form for a provider: the same one until it is saved, so that its URL is not lost. */
  draft(agent: string, provider: ProviderId): Draft {
    const known = this.sql
      .exec<{ id: string; nonce: string }>(
        'SELECT id, nonce FROM channel_drafts WHERE agent_id = ? AND provider = ?',
        agent,
        provider,
      )
      .toArray()[0];
    if (known) return { ...known, provider };
    const draft = { id: newId(), nonce: newNonce(), provider };
    this.sql.exec(
      'INSERT INTO channel_drafts VALUES (?, ?, ?, ?, ?)',
      draft.id,
      agent,
      provider,
      draft.nonce,
      Date.now(),
    );
    return draft;
  }

  draftById(id: string): Draft | null {
    return (
      this.sql
        .exec<{ id: string; provider: ProviderId; nonce: string }>(
          'SELECT id, provider, nonce FROM channel_drafts WHERE id = ?',
          id,
        )
        .toArray()[0] ?? null
    );
  }

  // ── Stored channels ───────────────────────────────────────────────────────────────────────────────────

  ids(): string[] {
    return this.sql
      .exec<{ id: string }>('SELECT id FROM messaging_channels WHERE deleted_at IS NULL ORDER BY created_at')
      .toArray()
      .map(({ id }) => id);
  }

  /** By id; deleted ones too, until their sessions are closed. */
  stored(id: string): StoredChannel | null {
    const row = this.sql.exec<ChannelRow>('SELECT * FROM messaging_channels WHERE id = ?', id).toArray()[0];
    if (!row) return null;
    const secrets = this.sql
      .exec<{ field: string; sealed: string }>(
        'SELECT field, sealed FROM messaging_secrets WHERE channel_id = ?',
        id,
      )
      .toArray();
    return {
      id: row.id,
      provider: row.provider,
      config: JSON.parse(row.config) as Config,
      nonce: row.nonce,
      createdAt: row.created_at,
      deleted: row.deleted_at !== null,
      sealed: Object.fromEntries(secrets.map(({ field, sealed }) => [field, sealed])),
    };
  }

  /** As an admin's browser gets it. */
  view(stored: StoredChannel, webhookUrl: string): MessagingChannel {
    const { id, provider, config, createdAt, sealed } = stored;
    return {
      ...config,
      provider,
      numbers: this.numbers(id),
      id,
      createdAt,
      secretsSet: Object.keys(sealed),
      webhookUrl: `${webhookUrl}${(providers[provider] as Provider).webhookFragment}`,
    };
  }

  /** The channel of a provider whose form names this account (Page ID, phone number ID); null when none does. */
  idByAccount(provider: ProviderId, account: string): string | null {
    const found = this.sql
      .exec<{ id: string }>(
        `SELECT c.id FROM messaging_channels c, json_each(c.config, '$.fields') f
         WHERE c.provider = ? AND c.deleted_at IS NULL AND f.value = ? ORDER BY c.created_at LIMIT 1`,
        provider,
        account,
      )
      .toArray()[0];
    return found?.id ?? null;
  }

  /** The channel's numbers with their destinations resolved. */
  routed(id: string): RoutedNumber[] {
    return this.numberRows(id).map(({ number, destination_kind, destination_id }) => {
      if (destination_kind === 'agent') {
        const agent = this.sql
          .exec<AgentRef & Record<string, SqlStorageValue>>(
            'SELECT id, name, extension, photo FROM agents WHERE id = ?',
            destination_id,
          )
          .toArray()[0];
        return { number, queue: null, agent: agent ?? null };
      }
      const queue = this.sql
        .exec<{ id: string; name: string; mode: PickupMode }>(
          'SELECT id, name, mode FROM queues WHERE id = ?',
          destination_id,
        )
        .toArray()[0];
      return { number, queue: queue ?? null, agent: null };
    });
  }

  /** The name of where the first number's messages go; empty for the third-party platform. */
  destinationName(id: string): string {
    const first = this.numberRows(id)[0];
    if (!first || first.destination_kind === 'platform') return '';
    const kind = first.destination_kind === 'agent' ? 'agents' : 'queues';
    const destination = first.destination_id ?? '';
    return namesOf(this.sql, kind, [destination])(destination);
  }

  /**
   * Why an input cannot be saved; null when it can. `fields` are all values of the form as they will be, with the
   * secrets that stay.
   */
  refuse(
    id: string,
    input: MessagingInput,
    fields: Record<string, string>,
    refuseDestination: (destination: Destination) => Refusal | null,
  ): Refusal | null {
    const wrong = refuseFields(providers[input.provider], fields);
    if (wrong) return refuse('invalid_input', wrong);
    for (const [index, { number, destination }] of input.numbers.entries()) {
      const refusal = refuseDestination(destination);
      if (refusal) return at(refusal, `numbers.${index}.destination`);
      const other = this.otherWith(id, number);
      if (other !== null) {
        return refuse('conflict', {
          field: `numbers.${index}.number`,
          message: `This number belongs to the channel ${other} already.`,
        });
      }
    }
    return null;
  }

  /** Takes a draft over, or makes a channel of its own id when there is none. */
  create(
    actor: Actor,
    id: string,
    nonce: string,
    input: MessagingInput,
    sealed: Record<string, string>,
  ): void {
    const { provider, numbers, ...config } = input;
    this.sql.exec(
      'INSERT INTO messaging_channels VALUES (?, ?, ?, ?, ?, NULL)',
      id,
      provider,
      JSON.stringify(config),
      nonce,
      Date.now(),
    );
    this.writeNumbers(id, numbers);
    this.writeSecrets(id, sealed);
    this.sql.exec('DELETE FROM channel_drafts WHERE id = ?', id);
    this.audit.write(
      actor,
      'channel.created',
      { kind: 'channel', id, name: input.name },
      changesBetween({}, this.audited(input, Object.keys(sealed))),
    );
  }

  /** `sealed` has the secrets that change; an empty value takes one away. */
  change(actor: Actor, before: StoredChannel, input: MessagingInput, sealed: Record<string, string>): void {
    const { provider, numbers, ...config } = input;
    const was = this.audited({ ...before.config, provider, numbers: this.numbers(before.id) }, []);
    this.sql.exec('UPDATE messaging_channels SET config = ? WHERE id = ?', JSON.stringify(config), before.id);
    this.writeNumbers(before.id, numbers);
    this.writeSecrets(before.id, sealed);
    this.audit.writeEdit(
      actor,
      'channel.changed',
      { kind: 'channel', id: before.id, name: input.name },
      changesBetween(was, this.audited(input, Object.keys(sealed))),
    );
  }

  /** Another address; webhooks to the old one are refused from now on. */
  changeNonce(actor: Actor, channel: StoredChannel): string {
    const nonce = newNonce();
    this.sql.exec('UPDATE messaging_channels SET nonce = ? WHERE id = ?', nonce, channel.id);
    this.audit.write(
      actor,
      'channel.changed',
      { kind: 'channel', id: channel.id, name: channel.config.name },
      [{ field: 'webhookUrl', before: 'old', after: 'new' }],
    );
    return nonce;
  }

  /** Hides a channel; its rows stay until its sessions are closed (`drop`). */
  remove(actor: Actor, channel: StoredChannel): void {
    this.sql.exec('UPDATE messaging_channels SET deleted_at = ? WHERE id = ?', Date.now(), channel.id);
    this.audit.write(
      actor,
      'channel.deleted',
      { kind: 'channel', id: channel.id, name: channel.config.name },
      changesBetween(
        this.audited(
          { ...channel.config, provider: channel.provider, numbers: this.numbers(channel.id) },
          [],
        ),
        {},
      ),
    );
  }

  drop(id: string): void {
    this.sql.exec('DELETE FROM messaging_channels WHERE id = ? AND deleted_at IS NOT NULL', id);
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────

  private numberRows(id: string): NumberRow[] {
    return this.sql
      .exec<NumberRow>('SELECT * FROM messaging_numbers WHERE channel_id = ? ORDER BY position', id)
      .toArray();
  }

  private numbers(id: string): MessagingInput['numbers'] {
    return this.numberRows(id).map(({ number, destination_kind, destination_id, starters }) => ({
      number,
      destination:
        destination_kind === 'platform'
          ? { kind: destination_kind }
          : { kind: destination_kind, id: destination_id ?? '' },
      starters: JSON.parse(starters) as MessagingInput['numbers'][number]['starters'],
    }));
  }

  private otherWith(id: string, number: string): string | null {
    const wanted = addressOf(number);
    const rows = this.sql
      .exec<{ name: string }>(
        `SELECT c.config ->> 'name' AS name FROM messaging_numbers n JOIN messaging_channels c ON c.id = n.channel_id
         WHERE n.address = ? AND c.id <> ? AND c.deleted_at IS NULL LIMIT 1`,
        wanted,
        id,
      )
      .toArray();
    return rows[0]?.name ?? null;
  }

  private writeNumbers(id: string, numbers: MessagingInput['numbers']): void {
    this.sql.exec('DELETE FROM messaging_numbers WHERE channel_id = ?', id);
    numbers.forEach(({ number, destination, starters }, position) =>
      this.sql.exec(
        'INSERT INTO messaging_numbers VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        number,
        addressOf(number),
        position,
        destination.kind,
        destination.kind === 'platform' ? null : destination.id,
        JSON.stringify(starters),
      ),
    );
  }

  private writeSecrets(id: string, sealed: Record<string, string>): void {
    for (const [field, value] of Object.entries(sealed)) {
      if (value === '') {
        this.sql.exec('DELETE FROM messaging_secrets WHERE channel_id = ? AND field = ?', id, field);
      } else {
        this.sql.exec('INSERT OR REPLACE INTO messaging_secrets VALUES (?, ?, ?)', id, field, value);
      }
    }
  }

  /** As the audit log shows it: destinations by name, of secrets only that they were given. */
  private audited(input: Config & Pick<MessagingInput, 'provider' | 'numbers'>, secrets: string[]): object {
    const { numbers, ...rest } = input;
    return {
      ...rest,
      numbers: numbers.map(({ number, destination }) => {
        if (destination.kind === 'platform') return `${number} → platform`;
        const kind = destination.kind === 'agent' ? 'agents' : 'queues';
        return `${number} → ${namesOf(this.sql, kind, [destination.id])(destination.id)}`;
      }),
      ...Object.fromEntries(secrets.map((field) => [`secrets.${field}`, 'given'])),
    };
  }
}

function at(refusal: Refusal, field: string): Refusal {
  return { ...refusal, refusal: { ...refusal.refusal, field } };
}
