/**
 * Message campaigns (CMP-01 … CMP-10): what a campaign is, and the rules of its status and of its recipients'
 * results. Its texts: `campaignText.ts`; files of recipients: `campaignCsv.ts`; the routes: `campaignApi.ts`.
 */
import * as z from 'zod';
import { numberTypes } from './contact.ts';
import { advance, type DeliveryStatus } from './delivery.ts';
import { businessHours } from './hours.ts';
import { promptOf, type SendError } from './sendError.ts';
import { templateInput } from './template.ts';

export const maxCampaigns = 10_000;
export const maxRecipients = 100_000;
/** Characters (UTF-16 code units) of a campaign's text (CMP-03); a provider may take fewer. */
export const maxCampaignText = 1600;
/** Bytes of a campaign's file (CMP-03); a provider may take fewer. */
export const maxCampaignFile = 100 * 1024 * 1024;

// ── What an admin edits ─────────────────────────────────────────────────────────────────────────────────

const text = z
  .string()
  .max(maxCampaignText, `Use at most ${maxCampaignText.toLocaleString('en')} characters.`);

/** Phonebooks are read when sending begins; lists are added by chunks (`campaignApi.ts`). */
export const recipientSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list') }),
  z.object({
    kind: z.literal('phonebooks'),
    phonebooks: z.array(z.string()).max(200),
    numberType: z.enum(numberTypes),
  }),
]);
export type RecipientSource = z.infer<typeof recipientSource>;

/** `{{Column}}` in a text, or in a value of the template, stands for what a recipient's row says there. */
export const campaignContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text }),
  /** The campaign's own file; the text may be empty. */
  z.object({ kind: z.literal('file'), text }),
  /** The header's file is the campaign's own, whatever `ticket` says. */
  z.object({ kind: z.literal('template'), template: templateInput }),
]);
export type CampaignContent = z.infer<typeof campaignContent>;

/** `direct` leaves no trace in the chat logs (CMP-05). */
export const sendMode = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sessions'),
    /** Where new sessions go; one that is open already stays where it is. */
    destination: z.object({ kind: z.enum(['agent', 'queue']), id: z.string().min(1, 'Choose where to.') }),
  }),
  z.object({ kind: z.literal('direct') }),
]);
export type SendMode = z.infer<typeof sendMode>;

export const sendTime = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('draft') }),
  z.object({ kind: z.literal('now') }),
  /** By the wall clock of a time zone; `schedule.ts` makes an instant of it. */
  z.object({
    kind: z.literal('at'),
    date: z.iso.date('Use a date such as 2026-12-24.'),
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Use a time such as 08:50.'),
    timeZone: businessHours.shape.timeZone,
  }),
]);
export type SendTime = z.infer<typeof sendTime>;

/** A draft may lack what sending needs: a name for it, a channel and a number it always has. */
export const campaignInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(120, 'Use at most 120 characters.'),
  channel: z.string().min(1, 'Choose a channel.'),
  /** One of the channel's numbers. */
  number: z.string().min(1, 'Choose a sender.'),
  recipients: recipientSource,
  content: campaignContent,
  mode: sendMode,
  /** Days after its message in which a customer's message counts as a reply (CMP-10). */
  windowDays: z.int().min(1, 'Use 1 to 30 days.').max(30, 'Use 1 to 30 days.'),
  send: sendTime,
});
export type CampaignInput = z.infer<typeof campaignInput>;

export const usualWindowDays = 7;

/** The file of an MMS, or of a template's header. */
export const campaignFile = z.object({
  name: z.string(),
  /** MIME type, by content. */
  type: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Pixels of an image, 0 while unknown. */
  width: z.number(),
  height: z.number(),
});
export type CampaignFile = z.infer<typeof campaignFile>;

// ── Status ──────────────────────────────────────────────────────────────────────────────────────────────

export const campaignStatus = z.enum([
  'draft',
  'scheduled',
  /** Another campaign is executing on its channel. */
  'pending',
  'executing',
  'retrying',
  'paused',
  'completed',
  'cancelled',
  /** Something that only a person can put right keeps it from going on; `stopReason` says what. */
  'stop',
]);
export type CampaignStatus = z.infer<typeof campaignStatus>;

/** What was decided about a campaign. That it is completed is never decided: it follows from the recipients. */
export type CampaignPhase = 'draft' | 'scheduled' | 'running' | 'paused' | 'cancelled' | 'stopped';

export function statusOf(of: {
  phase: CampaignPhase;
  /** The channel has let it go ahead. */
  hasTurn: boolean;
  /** It sends to recipients again who have failed before. */
  isRetry: boolean;
  /** Everybody is known whom it goes to, and nobody's result is open. */
  isDone: boolean;
}): CampaignStatus {
  switch (of.phase) {
    case 'stopped':
      return 'stop';
    case 'running':
      if (of.isDone) return 'completed';
      if (!of.hasTurn) return 'pending';
      return of.isRetry ? 'retrying' : 'executing';
    case 'draft':
    case 'scheduled':
    case 'paused':
    case 'cancelled':
      return of.phase;
  }
}

export type CampaignAction = 'edit' | 'pause' | 'resume' | 'cancel' | 'retry' | 'delete' | 'duplicate';

const possible: Record<CampaignAction, readonly CampaignStatus[]> = {
  edit: ['draft', 'scheduled'],
  pause: ['pending', 'executing', 'retrying'],
  resume: ['paused', 'stop'],
  cancel: ['scheduled', 'pending', 'executing', 'retrying', 'paused', 'stop'],
  retry: ['completed'],
  delete: ['draft', 'scheduled', 'paused', 'completed', 'cancelled', 'stop'],
  duplicate: campaignStatus.options,
};

/** Whether an action is possible in a status. Retrying also needs somebody to retry. */
export function isPossible(action: CampaignAction, status: CampaignStatus): boolean {
  return possible[action].includes(status);
}

// ── Recipients ──────────────────────────────────────────────────────────────────────────────────────────

export const recipientResult = z.enum([
  /** Its turn has not come. */
  'waiting',
  /** With the channel's queue. */
  'queued',
  'sent',
  'delivered',
  'read',
  'failed',
  /** It may or may not have left. */
  'unknown',
  /** Wants no messages, so none was sent. */
  'optedOut',
  /** The campaign was cancelled before. */
  'cancelled',
]);
export type RecipientResult = z.infer<typeof recipientResult>;

/** Recipients by their result, and of all of them: how many there are, and how many wrote after their message. */
export const campaignTotals = z.object({
  total: z.number(),
  waiting: z.number(),
  queued: z.number(),
  sent: z.number(),
  delivered: z.number(),
  read: z.number(),
  failed: z.number(),
  unknown: z.number(),
  optedOut: z.number(),
  cancelled: z.number(),
  replied: z.number(),
});
export type CampaignTotals = z.infer<typeof campaignTotals>;

export const noTotals: CampaignTotals = {
  total: 0,
  waiting: 0,
  queued: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  unknown: 0,
  optedOut: 0,
  cancelled: 0,
  replied: 0,
};

/** Those whose message has left as far as anybody knows. */
export function succeeded({ sent, delivered, read }: CampaignTotals): number {
  return sent + delivered + read;
}

/** Those of whom nothing more has to be done, of all: the progress of a campaign. */
export function settled({ total, waiting, queued }: CampaignTotals): number {
  return total - waiting - queued;
}

/** The part of those reached who wrote (0 to 1); null while nobody is reached. Unknown outcomes count as reached. */
export function responseRate(totals: CampaignTotals): number | null {
  const reached = succeeded(totals) + totals.unknown;
  return reached === 0 ? null : Math.min(1, totals.replied / reached);
}

/** How far a recipient's message has got: which try of the campaign, and which round of it (agents can resend). */
export interface Progress {
  result: RecipientResult;
  attempt: number;
  round: number;
  error: SendError | null;
}

/** What the channel says of one try. */
export interface ProgressReport {
  attempt: number;
  round: number;
  status: DeliveryStatus;
  error: SendError | null;
  /** The queue is done with it, though the provider may still say "queued". */
  left: boolean;
}

/**
 * Where a recipient stands after one more report: forward only, in any order of the reports, as often as they
 * come. A later try or round starts over; of earlier ones only that the message arrived after all still counts.
 */
export function progressed(before: Progress, report: ProgressReport): Progress {
  const { attempt, round, error } = report;
  const status = report.left && report.status === 'queued' ? 'sent' : report.status;
  const age = attempt - before.attempt || round - before.round;
  const arrived = status === 'delivered' || status === 'read';
  // Of what waits for its turn nothing is under way that could be reported; what was cancelled may have left before.
  const isOld = age < 0 || (age === 0 && before.result === 'waiting');
  if (isOld && !arrived) return before;
  const isWithdrawn = age === 0 && before.result === 'cancelled';
  if (isWithdrawn && (status === 'queued' || status === 'failed')) return before;
  const known = statusIn(before.result);
  const startsOver = age > 0 && known !== 'delivered' && known !== 'read';
  const after = startsOver ? status : advance(known, status);
  if (age <= 0 && after === known) return before;
  const isOptOut = after === 'failed' && error?.category === 'recipient_opted_out';
  return {
    result: isOptOut ? 'optedOut' : after,
    attempt: Math.max(before.attempt, attempt),
    round: age > 0 ? round : before.round,
    error: after === 'failed' || after === 'unknown' ? error : null,
  };
}

/** A result as a status of delivery. */
function statusIn(result: RecipientResult): DeliveryStatus {
  if (result === 'waiting' || result === 'cancelled') return 'queued';
  return result === 'optedOut' ? 'failed' : result;
}

/** Why a recipient's message failed, with the provider's code; empty when it did not. */
export function failedReason(error: SendError | null): string {
  if (!error) return '';
  const said = [error.code, error.text].filter(Boolean).join(' ');
  return [promptOf(error.category), said && `(${said})`, error.hint].filter(Boolean).join(' ');
}
