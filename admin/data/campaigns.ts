/** Campaigns as an admin plans, sends and follows them (CMP-01 … CMP-10). */
import * as z from 'zod';
import {
  campaign,
  campaignsAnswer,
  importCounts,
  recipientsAdded,
  recipientsAnswer,
  type Campaign,
  type CampaignRow,
  type CountQuery,
  type ImportCounts,
  type NewCampaignInput,
  type Recipient,
  type RecipientChunk,
  type RecipientsAdded,
  type RecipientsGone,
} from '../../core/campaignApi.ts';
import { campaignFile, type CampaignFile, type CampaignInput } from '../../core/campaign.ts';
import { call, nothing, upload, type Answer, type Upload } from './api.ts';
import { allRows, pageOf, queryOf, type ListPage, type PageWanted } from './pages.ts';

export interface CampaignsWanted extends PageWanted {
  /** Several with commas between. */
  status?: string;
  channel?: string;
  search?: string;
  from?: number | null;
  to?: number | null;
}

export interface RecipientsWanted extends PageWanted {
  search?: string;
  /** Several with commas between. */
  result?: string;
}

/** Most of one call. */
export const mostCampaigns = 200;
export const mostRecipients = 1_000;

const at = (id: string) => `/api/campaigns/${encodeURIComponent(id)}`;

export const listCampaigns = async (wanted: CampaignsWanted): Promise<Answer<ListPage<CampaignRow>>> =>
  pageOf(await call('GET', `/api/campaigns?${queryOf(wanted)}`, campaignsAnswer), 'campaigns');
export const readCampaign = (id: string): Promise<Answer<Campaign>> => call('GET', at(id), campaign);
/** A draft. */
export const createCampaign = (input: NewCampaignInput): Promise<Answer<Campaign>> =>
  call('POST', '/api/campaigns', campaign, input);
/** `send` of the input decides what becomes of it. */
export const changeCampaign = (id: string, input: CampaignInput): Promise<Answer<Campaign>> =>
  call('PUT', at(id), campaign, input);
export const deleteCampaigns = (ids: string[]): Promise<Answer<unknown>> =>
  call('POST', '/api/campaigns/delete', nothing, { ids });

export const pauseCampaign = (id: string): Promise<Answer<Campaign>> =>
  call('POST', `${at(id)}/pause`, campaign, {});
export const resumeCampaign = (id: string): Promise<Answer<Campaign>> =>
  call('POST', `${at(id)}/resume`, campaign, {});
export const cancelCampaign = (id: string): Promise<Answer<Campaign>> =>
  call('POST', `${at(id)}/cancel`, campaign, {});
/** `unknown`: those too whose outcome is unknown, who may get the message twice then. */
export const retryCampaign = (id: string, unknown: boolean): Promise<Answer<Campaign>> =>
  call('POST', `${at(id)}/retry`, campaign, { unknown });
/** A new draft of the same. */
export const duplicateCampaign = (id: string): Promise<Answer<Campaign>> =>
  call('POST', `${at(id)}/duplicate`, campaign, {});

// ── Recipients ──────────────────────────────────────────────────────────────────────────────────────────

/** How many the contacts of these phonebooks make. */
export const countPhonebooks = (query: Omit<CountQuery, 'phonebooks'> & { phonebooks: readonly string[] }) =>
  call(
    'GET',
    `/api/campaigns/count?${queryOf({ ...query, phonebooks: query.phonebooks.join(',') })}`,
    importCounts,
  ) satisfies Promise<Answer<ImportCounts>>;
/** The same chunk twice is one. */
export const addRecipients = (id: string, chunk: RecipientChunk): Promise<Answer<RecipientsAdded>> =>
  call('POST', `${at(id)}/recipients`, recipientsAdded, chunk);
export const removeRecipients = (id: string, gone: RecipientsGone): Promise<Answer<RecipientsAdded>> =>
  call('POST', `${at(id)}/recipients/delete`, recipientsAdded, gone);
export const listRecipients = async (
  id: string,
  wanted: RecipientsWanted,
): Promise<Answer<ListPage<Recipient>>> =>
  pageOf(await call('GET', `${at(id)}/recipients?${queryOf(wanted)}`, recipientsAnswer), 'recipients');
/** All recipients that match. */
export const allRecipients = (id: string, wanted: RecipientsWanted): Promise<Answer<Recipient[]>> =>
  allRows((part) => listRecipients(id, { ...wanted, ...part }), mostRecipients);

// ── The file of an MMS, or of a template's header ───────────────────────────────────────────────────────

export const fileUrl = (id: string) => `${at(id)}/file`;
/** In place of the one before. */
export const storeFile = (
  id: string,
  file: File,
  onProgress: (share: number) => void,
): Upload<CampaignFile> =>
  upload(`${fileUrl(id)}?${queryOf({ name: file.name })}`, file, campaignFile, onProgress);
export const dropFile = (id: string): Promise<Answer<unknown>> => call('DELETE', fileUrl(id), z.object({}));
