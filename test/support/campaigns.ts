/** Campaigns over the API, as the console makes them: a draft, its recipients, its file, and then it is saved. */
import type { CampaignInput } from '../../core/campaign.ts';
import {
  campaign,
  recipientsAnswer,
  type Campaign,
  type Recipient,
  type RecipientInput,
} from '../../core/campaignApi.ts';
import { recipientChunks } from '../../core/campaignCsv.ts';
import type { TestChannel } from './channels.ts';
import { until } from './until.ts';
import { ApiError, type ApiClient } from './workspace.ts';

export interface CampaignParts {
  recipients: RecipientInput[];
  file?: { name: string; type: string; bytes: Uint8Array };
  change?: Partial<CampaignInput>;
}

/** Sends a campaign now, unless `change` says otherwise. */
export async function sendCampaign(
  admin: ApiClient,
  { channel, number }: TestChannel,
  { recipients, file, change = {} }: CampaignParts,
): Promise<Campaign> {
  const draft = { name: 'Spring sale', channel: channel.id, number };
  const { id } = campaign.parse(await admin.call('POST', '/api/campaigns', draft));
  const columns = [...new Set(recipients.flatMap(({ values }) => Object.keys(values)))];
  const read = { read: recipients.length, columns, recipients, duplicates: [], faults: [] };
  for (const chunk of recipientChunks(read, 'list')) {
    await admin.call('POST', `/api/campaigns/${id}/recipients`, chunk);
  }
  if (file) {
    const answer = await fetch(`${admin.url}/api/campaigns/${id}/file?name=${file.name}`, {
      method: 'PUT',
      headers: { origin: admin.url, cookie: admin.cookie, 'content-type': file.type },
      body: Buffer.from(file.bytes),
    });
    if (!answer.ok) throw new ApiError(answer.status, await answer.json());
  }
  const input: CampaignInput = {
    ...draft,
    recipients: { kind: 'list' },
    content: { kind: 'text', text: 'Hello {{Name}}' },
    mode: { kind: 'direct' },
    windowDays: 7,
    send: { kind: 'now' },
    ...change,
  };
  return campaign.parse(await admin.call('PUT', `/api/campaigns/${id}`, input));
}

export async function readCampaign(admin: ApiClient, id: string): Promise<Campaign> {
  return campaign.parse(await admin.call('GET', `/api/campaigns/${id}`));
}

/** The campaign as soon as something holds of it. */
export function campaignThat(
  admin: ApiClient,
  id: string,
  holds: (one: Campaign) => boolean,
  what: string,
  timeoutMs = 60_000,
): Promise<Campaign> {
  return until(
    async () => {
      const now = await readCampaign(admin, id);
      return holds(now) ? now : null;
    },
    what,
    timeoutMs,
  );
}

export const completed = (admin: ApiClient, id: string): Promise<Campaign> =>
  campaignThat(admin, id, ({ status }) => status === 'completed', 'the campaign to be completed');

/** All of its recipients. */
export async function recipientsOf(admin: ApiClient, id: string): Promise<Recipient[]> {
  const all: Recipient[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `&after=${after}`;
    const page = recipientsAnswer.parse(
      await admin.call('GET', `/api/campaigns/${id}/recipients?limit=1000${query}`),
    );
    all.push(...page.recipients);
    after = page.next;
  } while (after !== null);
  return all;
}
