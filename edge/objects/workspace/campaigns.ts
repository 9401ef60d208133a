/**
 * The list of campaigns (CMP-08): what each campaign's own object has last told of itself, so that a page of it costs
 * one call. Making and deleting begin here, and the campaigns hear of it through the outbox.
 */
import {
  isPossible,
  maxCampaigns,
  noTotals,
  usualWindowDays,
  type CampaignInput,
} from '../../../core/campaign.ts';
import type {
  CampaignRow,
  CampaignsAnswer,
  CampaignsQuery,
  NewCampaignInput,
} from '../../../core/campaignApi.ts';
import { refuse, type Answer } from '../../answer.ts';
import { newId } from '../../secrets.ts';
import type { CampaignMade, CampaignSummary, CampaignTold } from '../contracts.ts';
import type { Actor, Audit } from './audit.ts';
import type { MessagingChannels } from './messagingChannels.ts';
import { namesOf } from './names.ts';

export type CampaignsChange =
  | { kind: 'create'; input: NewCampaignInput }
  /** A draft with what `input` says, and with the recipients and the file of campaign `id`. */
  | { kind: 'duplicate'; id: string; input: CampaignInput }
  | { kind: 'delete'; ids: string[] };

type ListRow = { id: string; summary: string; created_at: number };

const emptyDraft: Omit<CampaignInput, keyof NewCampaignInput> = {
  recipients: { kind: 'list' },
  content: { kind: 'text', text: '' },
  mode: { kind: 'direct' },
  windowDays: usualWindowDays,
  send: { kind: 'draft' },
};

export class Campaigns {
  constructor(
    private readonly sql: SqlStorage,
    private readonly audit: Audit,
    private readonly channels: MessagingChannels,
    private readonly tell: (letter: { campaignMade: CampaignMade } | { campaignGone: string }) => void,
  ) {}

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────

  /** The newest first. */
  page({ status, channel, search, from, to, after, limit }: CampaignsQuery): CampaignsAnswer {
    const where = ['deleted_at IS NULL'];
    const binds: SqlStorageValue[] = [];
    const only = (condition: string, value: SqlStorageValue) => {
      where.push(condition);
      binds.push(value);
    };
    if (status.length > 0) only('status IN (SELECT value FROM json_each(?))', JSON.stringify(status));
    if (channel !== null) only('channel_id = ?', channel);
    if (search !== '') only('INSTR(LOWER(name), LOWER(?)) > 0', search);
    if (from !== null) only('send_at >= ?', from);
    if (to !== null) only('send_at < ?', to);
    const total = this.sql
      .exec<{ n: number }>(`SELECT COUNT(*) AS n FROM campaigns WHERE ${where.join(' AND ')}`, ...binds)
      .one().n;
    if (after !== null) only('row < ?', Number(after) || 0);
    const rows = this.sql
      .exec<ListRow & { row: number }>(
        `SELECT row, id, summary, created_at FROM campaigns WHERE ${where.join(' AND ')}
         ORDER BY row DESC LIMIT ?`,
        ...binds,
        limit + 1,
      )
      .toArray();
    const shown = rows.slice(0, limit);
    return {
      campaigns: shown.map((row) => this.rowOf(row)),
      next: rows.length > limit ? String(shown.at(-1)?.row) : null,
      total,
    };
  }

  row(id: string): CampaignRow | null {
    const [row] = this.sql
      .exec<ListRow>('SELECT id, summary, created_at FROM campaigns WHERE id = ? AND deleted_at IS NULL', id)
      .toArray();
    return row ? this.rowOf(row) : null;
  }

  /** Names of the campaigns that still want to send by these channels. */
  using(channels: readonly string[]): string[] {
    return this.sql
      .exec<{ name: string }>(
        `SELECT name FROM campaigns WHERE channel_id IN (SELECT value FROM json_each(?))
           AND deleted_at IS NULL AND status NOT IN ('completed', 'cancelled') ORDER BY name`,
        JSON.stringify(channels),
      )
      .toArray()
      .map(({ name }) => name);
  }

  // ── Changing ──────────────────────────────────────────────────────────────────────────────────────────

  apply(actor: Actor, change: CampaignsChange): Answer<CampaignRow | null> {
    switch (change.kind) {
      case 'create':
        return this.make(actor, { ...emptyDraft, ...change.input }, null);
      case 'duplicate': {
        const name = `${change.input.name.slice(0, 113)} (copy)`;
        return this.make(actor, { ...change.input, name, send: { kind: 'draft' } }, change.id);
      }
      case 'delete':
        return this.remove(actor, change.ids);
    }
  }

  private make(actor: Actor, input: CampaignInput, copyOf: string | null): Answer<CampaignRow> {
    const { n } = this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM campaigns').one();
    if (n >= maxCampaigns) {
      const most = maxCampaigns.toLocaleString('en');
      return refuse('conflict', {
        message: `There are ${most} campaigns already. Delete some that are over.`,
      });
    }
    const stored = this.channels.stored(input.channel);
    // A copy may be of a campaign whose channel is gone: its form asks for another one.
    if (copyOf === null) {
      if (!stored || stored.deleted) {
        return refuse('invalid_input', {
          field: 'channel',
          message: 'This channel was deleted. Choose another one.',
        });
      }
      if (stored.config.type === 'facebook') {
        const message = 'Campaigns go by SMS and WhatsApp only. Choose another channel.';
        return refuse('invalid_input', { field: 'channel', message });
      }
      if (!this.channels.routed(input.channel).some(({ number }) => number === input.number)) {
        const message = 'This channel does not have this number. Choose another one.';
        return refuse('invalid_input', { field: 'number', message });
      }
    }
    const type = stored?.config.type === 'whatsapp' ? ('whatsapp' as const) : ('sms' as const);
    const channel = { name: stored?.config.name ?? '', type };
    const at = Date.now();
    const id = newId();
    const summary: CampaignSummary = {
      name: input.name,
      channel: { id: input.channel, ...channel },
      number: input.number,
      phonebooks: input.recipients.kind === 'phonebooks' ? input.recipients.phonebooks : null,
      status: 'draft',
      stopReason: '',
      sendAt: null,
      timeZone: null,
      destination: input.mode.kind === 'sessions' ? { ...input.mode.destination, name: '' } : null,
      totals: noTotals,
      changedAt: at,
    };
    this.sql.exec(
      `INSERT INTO campaigns (id, name, channel_id, status, send_at, summary, rev, acts, created_at)
       VALUES (?, ?, ?, 'draft', NULL, ?, 0, 0, ?)`,
      id,
      input.name,
      input.channel,
      JSON.stringify(summary),
      at,
    );
    this.tell({ campaignMade: { id, at, input, channel, copyOf } });
    this.audit.write(actor, 'campaign.created', targetOf(id, input.name));
    const made = this.row(id);
    return made ? { value: made } : refuse('not_found');
  }

  /** What a campaign tells of itself; what is known already changes nothing. */
  told({ id, rev, summary, act }: CampaignTold): void {
    const [row] = this.sql
      .exec<{ rev: number; acts: number; deleted_at: number | null }>(
        'SELECT rev, acts, deleted_at FROM campaigns WHERE id = ?',
        id,
      )
      .toArray();
    if (!row) return;
    if (act && act.number > row.acts) {
      this.sql.exec('UPDATE campaigns SET acts = ? WHERE id = ?', act.number, id);
      const quiet = act.action === 'campaign.changed' && act.changes.length === 0;
      if (!quiet) this.audit.write(act.actor, act.action, targetOf(id, summary.name), act.changes);
    }
    if (rev <= row.rev) return;
    this.sql.exec(
      'UPDATE campaigns SET name = ?, channel_id = ?, status = ?, send_at = ?, summary = ?, rev = ? WHERE id = ?',
      summary.name,
      summary.channel.id,
      summary.status,
      summary.sendAt,
      JSON.stringify(summary),
      rev,
      id,
    );
  }

  /** All of them or none. Those that are not there any more are passed over. */
  private remove(actor: Actor, ids: readonly string[]): Answer<null> {
    const rows = [...new Set(ids)].map((id) => this.row(id)).filter((row) => row !== null);
    const busy = rows.filter(({ status }) => !isPossible('delete', status));
    if (busy.length > 0) {
      return refuse('conflict', {
        message: 'Campaigns that are being sent cannot be deleted. Pause or cancel them first.',
        details: busy.map(({ name }) => name),
      });
    }
    for (const { id, name } of rows) {
      this.sql.exec('UPDATE campaigns SET deleted_at = ? WHERE id = ?', Date.now(), id);
      this.tell({ campaignGone: id });
      this.audit.write(actor, 'campaign.deleted', targetOf(id, name));
    }
    return { value: null };
  }

  /** Its own object has let go of everything. */
  drop(id: string): void {
    this.sql.exec('DELETE FROM campaigns WHERE id = ? AND deleted_at IS NOT NULL', id);
  }

  /** With names as they are now. */
  private rowOf({ id, summary, created_at }: ListRow): CampaignRow {
    const told = JSON.parse(summary) as CampaignSummary;
    const { channel, phonebooks, destination } = told;
    const stored = this.channels.stored(channel.id);
    const isHere = stored !== null && !stored.deleted;
    const kind = destination?.kind === 'agent' ? 'agents' : 'queues';
    const nameOf = destination ? namesOf(this.sql, kind, [destination.id]) : null;
    const named = destination && nameOf?.(destination.id);
    return {
      ...told,
      id,
      channel: { ...channel, name: isHere ? stored.config.name : channel.name, gone: !isHere },
      phonebooks: phonebooks && this.phonebookNames(phonebooks),
      destination: destination && {
        ...destination,
        name: named && named !== destination.id ? named : destination.name,
      },
      createdAt: created_at,
    };
  }

  private phonebookNames(ids: readonly string[]): string[] {
    return this.sql
      .exec<{ name: string }>(
        'SELECT name FROM phonebooks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY name',
        JSON.stringify(ids),
      )
      .toArray()
      .map(({ name }) => name);
  }
}

function targetOf(id: string, name: string) {
  return { kind: 'campaign', id, name };
}
