/** Campaigns in words: their status, their recipients' results, and what saving one is going to do. Pure. */
import type { CampaignStatus, RecipientResult } from '../../core/campaign.ts';
import type { ImportCounts } from '../../core/campaignApi.ts';

export const statusWords: Record<CampaignStatus, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  pending: 'Pending',
  executing: 'Executing',
  retrying: 'Retrying',
  paused: 'Paused',
  completed: 'Completed',
  cancelled: 'Cancelled',
  stop: 'Stopped',
};

export const statusTones: Record<CampaignStatus, 'good' | 'warning' | 'bad' | 'info' | 'off'> = {
  draft: 'off',
  scheduled: 'info',
  pending: 'info',
  executing: 'info',
  retrying: 'info',
  paused: 'warning',
  completed: 'good',
  cancelled: 'off',
  stop: 'bad',
};

/** Reports of delivery come in for a while when all has been sent. */
const livelyMs = 60_000;

/** Whether its figures may change at any moment (`now` in epoch ms), so that it is looked at often. */
export function isLively(
  { status, changedAt }: { status: CampaignStatus; changedAt: number },
  now: number,
): boolean {
  const isUnderWay = status === 'pending' || status === 'executing' || status === 'retrying';
  return isUnderWay || now - changedAt < livelyMs;
}

export const resultWords: Record<RecipientResult, string> = {
  waiting: 'Waiting',
  queued: 'Being sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Failed',
  unknown: 'Outcome unknown',
  optedOut: 'Opted out',
  cancelled: 'Cancelled',
};

export const resultTones: Record<RecipientResult, 'good' | 'warning' | 'bad' | 'info' | 'off'> = {
  waiting: 'off',
  queued: 'info',
  sent: 'good',
  delivered: 'good',
  read: 'good',
  failed: 'bad',
  unknown: 'warning',
  optedOut: 'off',
  cancelled: 'off',
};

const count = new Intl.NumberFormat('en');

/** Such as 1 person, 1,240 people. */
export function people(number: number): string {
  return number === 1 ? '1 person' : `${count.format(number)} people`;
}

/** Such as 1,240 recipients, 3 duplicates left out, 1 invalid, 2 opted out. */
export function countWords({ imported, duplicate, invalid, optedOut }: ImportCounts): string {
  return [
    imported === 1 ? '1 recipient' : `${count.format(imported)} recipients`,
    ...(duplicate > 0 ? [`${count.format(duplicate)} duplicate`] : []),
    ...(invalid > 0 ? [`${count.format(invalid)} invalid`] : []),
    ...(optedOut > 0 ? [`${count.format(optedOut)} opted out`] : []),
  ].join(', ');
}

/** A time span, rounded to what one plans by, such as "about 2 minutes". */
export function durationWords(seconds: number): string {
  const about = (number: number, unit: string) => `about ${number} ${unit}${number === 1 ? '' : 's'}`;
  if (seconds < 45) return 'less than a minute';
  if (seconds < 90 * 60) return about(Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 36 * 3600) return about(Math.round(seconds / 3600), 'hour');
  return about(Math.round(seconds / 86_400), 'day');
}

/** Messages a second as a phrase, such as "at 10 a second", "one every 2 seconds". */
export function paceWords(ratePerSecond: number): string {
  if (ratePerSecond >= 1) return `at ${count.format(ratePerSecond)} a second`;
  return `one every ${count.format(Number((1 / ratePerSecond).toFixed(1)))} seconds`;
}

/** An epoch ms by the wall clock of a time zone, such as "24 Dec 2026, 08:50". */
export function momentWords(at: number, timeZone: string, language?: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
}

export interface Plan {
  recipients: number;
  ratePerSecond: number;
  /** SMS segments of a text as it is written; 0 where there are none. */
  segments: number;
  send: { kind: 'draft' } | { kind: 'now' } | { kind: 'at'; at: number; timeZone: string };
  /** The name of the queue or agent; null without sessions. */
  destination: string | null;
}

/** What saving is going to do, in whole sentences. */
export function planWords(plan: Plan, language?: string): string {
  const { recipients, segments, send, destination } = plan;
  const whom = people(recipients);
  const pace = `${paceWords(plan.ratePerSecond)}: ${durationWords(recipients / plan.ratePerSecond)}`;
  const costs =
    segments > 1
      ? ` Each message is ${segments} SMS segments long, ${count.format(recipients * segments)} in all.`
      : '';
  const sessions =
    destination === null
      ? ' No sessions are opened.'
      : ` Each opens a session for ${destination}, unless one is open already.`;
  if (recipients === 0) return 'There are no recipients yet.';
  if (send.kind === 'draft') return `Nothing is sent. The draft has ${whom} as recipients.`;
  const when =
    send.kind === 'now'
      ? `Sends to ${whom} now, ${pace}.`
      : `Sends to ${whom} on ${momentWords(send.at, send.timeZone, language)} (${send.timeZone}), ${pace}.`;
  return when + costs + sessions;
}
