/** What a campaign is and what was decided about it: one row, which all parts of its object share. */
import {
  noTotals,
  statusOf,
  type CampaignFile,
  type CampaignInput,
  type CampaignPhase,
  type CampaignStatus,
  type CampaignTotals,
} from '../../../core/campaign.ts';
import type { Campaign, CampaignRow, ImportCounts } from '../../../core/campaignApi.ts';
import { ownColumns } from '../../../core/campaignText.ts';
import type { File } from '../../../core/content.ts';
import type { CampaignMade, CampaignSummary } from '../contracts.ts';

/** A file with where its bytes are. */
export type KeptFile = CampaignFile & { key: string };

/** Where more recipients come from, and how far they are taken in. */
export type Taking = { from: 'campaign'; id: string; after: number } | { from: 'phonebooks'; after: number };

export interface CampaignRecord {
  id: string;
  createdAt: number;
  changedAt: number;
  input: CampaignInput;
  /** As they were called when it was saved. */
  names: { channel: string; type: 'sms' | 'whatsapp'; destination: string };
  phase: CampaignPhase;
  /** What keeps it from going on, and what to do; empty when nothing does. */
  stopReason: string;
  /** Epoch ms; null for drafts. */
  sendAt: number | null;
  /** Whether the channel knows that it wants to send, and lets it. */
  turn: 'none' | 'waits' | 'goes';
  /** Its place among those that wait, epoch ms. */
  turnAt: number;
  isRetry: boolean;
  /** It was cancelled, and what had not left was taken out of the channel's queue. */
  withdrawn: boolean;
  taking: Taking | null;
  /** Of phonebooks as they were when it was saved, until they are read. */
  estimate: ImportCounts | null;
  /** Beside those that every recipient has. */
  columns: string[];
  read: number;
  duplicate: number;
  invalid: number;
  file: KeptFile | null;
  /** The copy of it that messages link to. */
  shared: File | null;
  completedAt: number | null;
  /** It was deleted, and lets go of everything. */
  gone: boolean;
  /** Rises with every change. */
  rev: number;
  /** Acts of people that the audit log was told of. */
  acts: number;
}

export function newRecord({ id, at, input, channel, copyOf }: CampaignMade): CampaignRecord {
  return {
    id,
    createdAt: at,
    changedAt: at,
    input,
    names: { channel: channel.name, type: channel.type, destination: '' },
    phase: 'draft',
    stopReason: '',
    sendAt: null,
    turn: 'none',
    turnAt: 0,
    isRetry: false,
    withdrawn: false,
    taking: copyOf === null ? null : { from: 'campaign', id: copyOf, after: 0 },
    estimate: null,
    columns: [],
    read: 0,
    duplicate: 0,
    invalid: 0,
    file: null,
    shared: null,
    completedAt: null,
    gone: false,
    rev: 1,
    acts: 0,
  };
}

/** Whether phonebooks are still to be read: what is in the table is no part of it then. */
export function isUnread({ input, phase, taking }: CampaignRecord): boolean {
  if (input.recipients.kind !== 'phonebooks') return false;
  return phase === 'draft' || phase === 'scheduled' || (taking?.from === 'phonebooks' && taking.after === 0);
}

/** Nobody is missing, and nobody's result is open. */
export function isDone({ taking }: CampaignRecord, { waiting, queued }: CampaignTotals): boolean {
  return taking === null && waiting + queued === 0;
}

export function statusIn(record: CampaignRecord, totals: CampaignTotals): CampaignStatus {
  const { phase, turn, isRetry } = record;
  return statusOf({ phase, hasTurn: turn === 'goes', isRetry, isDone: isDone(record, totals) });
}

/** Recipients as people see them: of phonebooks that are not read yet those who are expected. */
export function totalsIn(record: CampaignRecord, totals: CampaignTotals): CampaignTotals {
  if (!isUnread(record)) return totals;
  const expected = record.estimate?.imported ?? 0;
  return { ...noTotals, total: expected, waiting: expected };
}

/** `screened`: recipients who had opted out before anything was sent. */
export function countsIn(record: CampaignRecord, totals: CampaignTotals, screened: number): ImportCounts {
  if (isUnread(record)) {
    return record.estimate ?? { read: 0, imported: 0, duplicate: 0, invalid: 0, optedOut: 0 };
  }
  const { read, duplicate, invalid } = record;
  return { read, imported: totals.total - screened, duplicate, invalid, optedOut: screened };
}

/** What Workspace's list shows. */
export function summaryIn(record: CampaignRecord, totals: CampaignTotals): CampaignSummary {
  const { input, names, stopReason, sendAt, changedAt } = record;
  const { mode, recipients, send } = input;
  return {
    name: input.name,
    channel: { id: input.channel, name: names.channel, type: names.type },
    number: input.number,
    phonebooks: recipients.kind === 'phonebooks' ? recipients.phonebooks : null,
    status: statusIn(record, totals),
    stopReason,
    sendAt,
    timeZone: send.kind === 'at' ? send.timeZone : null,
    destination: mode.kind === 'sessions' ? { ...mode.destination, name: names.destination } : null,
    totals: totalsIn(record, totals),
    changedAt,
  };
}

/** What its page shows beside the line of the list. */
export type CampaignDetail = Omit<Campaign, 'id' | 'createdAt' | 'channel' | 'phonebooks' | 'destination'>;

/** A campaign as its page gets it: names as Workspace knows them now, everything else as the campaign itself does. */
export function campaignOfRow(row: CampaignRow, detail: CampaignDetail): Campaign {
  return { ...row, ...detail };
}

export function detailIn(
  record: CampaignRecord,
  totals: CampaignTotals,
  more: { screened: number; faults: Campaign['faults'] },
): CampaignDetail {
  const {
    name,
    number,
    status,
    stopReason,
    sendAt,
    timeZone,
    totals: shown,
    changedAt,
  } = summaryIn(record, totals);
  const { input, file, columns, completedAt } = record;
  return {
    name,
    number,
    status,
    stopReason,
    sendAt,
    timeZone,
    totals: shown,
    changedAt,
    input,
    file: file && fileIn(file),
    columns: [...ownColumns, ...columns],
    counts: countsIn(record, totals, more.screened),
    faults: more.faults,
    completedAt,
  };
}

/** A file without where it is. */
export function fileIn({ name, type, size, width, height }: KeptFile): CampaignFile {
  return { name, type, size, width, height };
}
