/**
 * What the routes of campaigns take and answer, for both ends. All of them are for admins; refusals name the field
 * by its path in the input (`content.text`, `content.template.body.1`, `send.time`, `mode.destination`).
 *
 *   GET    /api/campaigns?status=&channel=&search=&from=MS&to=MS&after=NEXT&limit=N   CampaignsAnswer   newest first
 *   POST   /api/campaigns                      newCampaignInput → Campaign   a draft; 409 conflict above maxCampaigns
 *   GET    /api/campaigns/count?channel=&number=&phonebooks=ID,ID&numberType=   ImportCounts   before anything is saved
 *   POST   /api/campaigns/delete               idsInput → {}   409 conflict names those that are being sent; all or none
 *   GET    /api/campaigns/:id                  Campaign
 *   PUT    /api/campaigns/:id                  campaignInput → Campaign   `send` decides: draft, scheduled, or sent now
 *   POST   /api/campaigns/:id/recipients       recipientChunk → RecipientsAdded   the same chunk twice is one
 *   POST   /api/campaigns/:id/recipients/delete  recipientsGone → RecipientsAdded   of a draft or scheduled campaign
 *   GET    /api/campaigns/:id/recipients?search=&result=&after=NEXT&limit=N   RecipientsAnswer   in the order they came
 *   PUT    /api/campaigns/:id/file?name=photo.png  the bytes → CampaignFile   in place of the one before
 *   GET    /api/campaigns/:id/file             the bytes
 *   DELETE /api/campaigns/:id/file             → {}
 *   POST   /api/campaigns/:id/pause            → Campaign   409 conflict where isPossible says no
 *   POST   /api/campaigns/:id/resume           → Campaign   (the same), also of one that has stopped
 *   POST   /api/campaigns/:id/cancel           → Campaign   (the same)
 *   POST   /api/campaigns/:id/retry            retryInput → Campaign   the failed, and the unknown if asked for
 *   POST   /api/campaigns/:id/duplicate        → Campaign   a draft with the same recipients, content and file
 *
 * A form makes its draft first (POST), adds recipients in chunks (`recipientChunks` of campaignCsv.ts makes them) and
 * the file, and saves last (PUT). What sending needs is checked when `send` is not `draft`.
 */
import * as z from 'zod';
import {
  campaignFile,
  campaignInput,
  campaignStatus,
  campaignTotals,
  maxRecipients,
  recipientResult,
} from './campaign.ts';
import { numberTypes } from './contact.ts';
import { sendError } from './sendError.ts';

/** Campaigns and recipients on one page of their lists. */
export const campaignsPage = 50;
export const recipientsPage = 100;
/** Most rows of one chunk, and most characters of all of it as JSON. */
export const chunkRows = 500;
export const chunkLength = 200_000;
/** Faults that are kept with a campaign; all are counted. */
export const maxFaults = 1_000;
/** Columns of a list beside `Number`, and characters of a name and of a value. */
export const maxColumns = 50;
export const maxColumnName = 60;
export const maxValue = 1_000;

// ── Campaigns ───────────────────────────────────────────────────────────────────────────────────────────

/** What a draft starts with; everything else is as `PUT` says later. */
export const newCampaignInput = campaignInput.pick({ name: true, channel: true, number: true });
export type NewCampaignInput = z.infer<typeof newCampaignInput>;

/** All that was read is one of these: read = imported + duplicate + invalid + optedOut (CMP-02). */
export const importCounts = z.object({
  read: z.number(),
  imported: z.number(),
  duplicate: z.number(),
  invalid: z.number(),
  optedOut: z.number(),
});
export type ImportCounts = z.infer<typeof importCounts>;

/** A row that cannot be taken, by its number as spreadsheets count (the header is row 1). */
export const recipientFault = z.object({ row: z.int().min(0), message: z.string().max(500) });
export type RecipientFault = z.infer<typeof recipientFault>;

const named = z.object({ id: z.string(), name: z.string() });

/** A line of the list. */
export const campaignRow = z.object({
  id: z.string(),
  name: z.string(),
  /** Named as it is now; of a deleted channel as it was, with `gone`. */
  channel: named.extend({ type: z.enum(['sms', 'whatsapp']), gone: z.boolean() }),
  number: z.string(),
  /** Names of the phonebooks; null where recipients were put in or imported. */
  phonebooks: z.array(z.string()).nullable(),
  status: campaignStatus,
  /** Why it has stopped, and what to do; empty otherwise. */
  stopReason: z.string(),
  /** When sending begins, or began; epoch ms, null for drafts. */
  sendAt: z.number().nullable(),
  /** The time zone that it was scheduled in; null where it was not. */
  timeZone: z.string().nullable(),
  /** Where its sessions go; null without sessions. */
  destination: named.extend({ kind: z.enum(['agent', 'queue']) }).nullable(),
  totals: campaignTotals,
  createdAt: z.number(),
  changedAt: z.number(),
});
export type CampaignRow = z.infer<typeof campaignRow>;

export const campaign = campaignRow.extend({
  /** As it was last saved. */
  input: campaignInput,
  file: campaignFile.nullable(),
  /** Names that `{{…}}` may use: `Number`, `Name`, and the columns of its lists. */
  columns: z.array(z.string()),
  counts: importCounts,
  /** The first `maxFaults` of the rows that are invalid. */
  faults: z.array(recipientFault),
  /** When everybody's result was in, epoch ms. */
  completedAt: z.number().nullable(),
});
export type Campaign = z.infer<typeof campaign>;

const ids = z.string().transform((list) => list.split(',').filter((one) => one !== ''));
const time = z.coerce.number().int().nullable().default(null);

/** What of the list is asked for; all of it is in the address. Times are of sending. */
export const campaignsQuery = z.object({
  /** Several with commas between. */
  status: ids.pipe(z.array(campaignStatus)).default([]),
  channel: z.string().nullable().default(null),
  /** Parts of the name. */
  search: z.string().trim().max(200, 'Search for at most 200 characters.').default(''),
  from: time,
  to: time,
  /** `next` of the page before. */
  after: z.string().max(200).nullable().default(null),
  limit: z.coerce.number().int().min(1).max(200).default(campaignsPage),
});
export type CampaignsQuery = z.infer<typeof campaignsQuery>;

export const campaignsAnswer = z.object({
  campaigns: z.array(campaignRow),
  next: z.string().nullable(),
  total: z.number(),
});
export type CampaignsAnswer = z.infer<typeof campaignsAnswer>;

export const countQuery = z.object({
  channel: z.string().min(1, 'Choose a channel.'),
  number: z.string().min(1, 'Choose a sender.'),
  phonebooks: ids,
  numberType: z.enum(numberTypes),
});
export type CountQuery = z.infer<typeof countQuery>;

/** `unknown`: also those whose outcome is unknown, who may get the message twice then. */
export const retryInput = z.object({ unknown: z.boolean() });

// ── Recipients ──────────────────────────────────────────────────────────────────────────────────────────

export const recipientInput = z.object({
  /** E.164. */
  number: z.string().regex(/^\+\d{7,15}$/, 'Write the number with + and its country code.'),
  /** By column, without `Number`; what is empty may be left out. */
  values: z.record(z.string().max(maxColumnName), z.string().max(maxValue)),
});
export type RecipientInput = z.infer<typeof recipientInput>;

/** A part of what was read, or of what was put in by hand. */
export const recipientChunk = z.object({
  /** Made by the page, one for each file or entry. */
  list: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** Counts from 0. */
  chunk: z.int().min(0).max(maxRecipients),
  columns: z.array(z.string().min(1).max(maxColumnName)).max(maxColumns),
  recipients: z.array(recipientInput).max(chunkRows),
  /** Rows whose number stood in the list before. */
  duplicates: z.int().min(0).max(10_000_000),
  faults: z.array(recipientFault).max(chunkRows),
});
export type RecipientChunk = z.infer<typeof recipientChunk>;

/** Some by their numbers, or all. What is gone counts as never read. */
export const recipientsGone = z.union([
  z.object({ numbers: z.array(z.string()).min(1).max(1_000) }),
  z.object({ all: z.literal(true) }),
]);
export type RecipientsGone = z.infer<typeof recipientsGone>;

/** How many a draft has now. */
export const recipientsAdded = z.object({ counts: importCounts, columns: z.array(z.string()) });
export type RecipientsAdded = z.infer<typeof recipientsAdded>;

export const recipient = z.object({
  number: z.string(),
  /** The contact's name, else what the list says under `Name`; empty when neither does. */
  name: z.string(),
  result: recipientResult,
  /** Why it failed; `failedReason` puts it in words. */
  error: z.nullable(sendError),
  replied: z.boolean(),
  /** When its result was last heard of, epoch ms; null before. */
  at: z.number().nullable(),
});
export type Recipient = z.infer<typeof recipient>;

export const recipientsQuery = z.object({
  /** The beginning or end of a number, or a part of a name. */
  search: z.string().trim().max(200, 'Search for at most 200 characters.').default(''),
  /** Several with commas between. */
  result: ids.pipe(z.array(recipientResult)).default([]),
  after: z.string().max(200).nullable().default(null),
  limit: z.coerce.number().int().min(1).max(1_000).default(recipientsPage),
});
export type RecipientsQuery = z.infer<typeof recipientsQuery>;

export const recipientsAnswer = z.object({
  recipients: z.array(recipient),
  next: z.string().nullable(),
  total: z.number(),
});
export type RecipientsAnswer = z.infer<typeof recipientsAnswer>;
