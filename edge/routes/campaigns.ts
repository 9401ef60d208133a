/** Message campaigns (CMP-01 … CMP-10), for admins. What goes in and comes out: core/campaignApi.ts. */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { idsInput } from '../../core/api.ts';
import { campaignInput, maxCampaignFile } from '../../core/campaign.ts';
import {
  campaignsQuery,
  countQuery,
  newCampaignInput,
  recipientChunk,
  recipientsGone,
  recipientsQuery,
  retryInput,
  type Campaign,
} from '../../core/campaignApi.ts';
import { problem } from '../../core/errors.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providers } from '../../core/providers/registry.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { refuse, type Answer } from '../answer.ts';
import { campaignOf, channelOf, workspaceOf } from '../env.ts';
import { problemResponse, readJson, readQuery, reply } from '../http.ts';
import { campaignOfRow, fileIn, type CampaignDetail } from '../objects/campaign/record.ts';
import { messagingRouting } from '../routing.ts';
import { blobs } from '../store/blobs.ts';
import { newCampaignKey } from '../store/campaignFiles.ts';
import { FileRefused, storeFile } from '../store/incoming.ts';

export const campaigns = new Hono<ApiEnv>();

campaigns.use(require('admin'));

/** An object comes into being when it is asked: those of campaigns that are not there never are. */
const ofCampaign: MiddlewareHandler<ApiEnv, '/:id'> = async (c, next) => {
  const row = await workspaceOf(c.env).campaignRow(c.req.param('id'));
  return row ? next() : reply(refuse('not_found'));
};

const idOf = (c: Context<ApiEnv>) => c.req.param('id') ?? '';
const objectOf = (c: Context<ApiEnv>) => campaignOf(c.env, idOf(c));

/** GET /api/campaigns?status=&channel=&search=&from=&to=&after=&limit= */
campaigns.get('/', async (c) => {
  const query = readQuery(c.req.raw, campaignsQuery);
  return 'refusal' in query ? reply(query) : c.json(await workspaceOf(c.env).listCampaigns(query.value));
});

/** POST /api/campaigns: a draft. */
campaigns.post('/', async (c) => {
  const body = await readJson(c.req.raw, newCampaignInput);
  if ('refusal' in body) return reply(body);
  const made = await workspaceOf(c.env).changeCampaigns(actorOf(c), { kind: 'create', input: body.value });
  return 'refusal' in made ? reply(made) : whole(c, made.value?.id ?? '');
});

/** GET /api/campaigns/count?channel=&number=&phonebooks=&numberType=: whom phonebooks hold, before anything is saved. */
campaigns.get('/count', async (c) => {
  const query = readQuery(c.req.raw, countQuery);
  if ('refusal' in query) return reply(query);
  const { channel, number, phonebooks, numberType } = query.value;
  const workspace = workspaceOf(c.env);
  const found = await workspace.channel(channel);
  if ('refusal' in found) return reply(found);
  const optedOut = await channelOf(c.env, channel).optedOutOf(number);
  const asked = { channel, destination: null, phonebooks: { ids: phonebooks, numberType, optedOut } };
  const { counts } = await workspace.campaignSurroundings(asked);
  return counts ? c.json(counts) : reply(refuse('not_found', { field: 'phonebooks' }));
});

/** POST /api/campaigns/delete: all of them or none. */
campaigns.post('/delete', async (c) => {
  const body = await readJson(c.req.raw, idsInput);
  if ('refusal' in body) return reply(body);
  const { ids } = body.value;
  const deleted = await workspaceOf(c.env).changeCampaigns(actorOf(c), { kind: 'delete', ids });
  return 'refusal' in deleted ? reply(deleted) : c.json({});
});

/** GET /api/campaigns/:id */
campaigns.get('/:id', ofCampaign, (c) => whole(c, idOf(c)));

/** PUT /api/campaigns/:id: what the form says; `send` decides what becomes of it. */
campaigns.put('/:id', ofCampaign, async (c) => {
  const body = await readJson(c.req.raw, campaignInput);
  if ('refusal' in body) return reply(body);
  return answered(c, await objectOf(c).save(actorOf(c), body.value));
});

/** POST /api/campaigns/:id/recipients: a part of a list; the same one again changes nothing. */
campaigns.post('/:id/recipients', ofCampaign, async (c) => {
  const body = await readJson(c.req.raw, recipientChunk);
  return reply('refusal' in body ? body : await objectOf(c).addRecipients(body.value));
});

/** POST /api/campaigns/:id/recipients/delete */
campaigns.post('/:id/recipients/delete', ofCampaign, async (c) => {
  const body = await readJson(c.req.raw, recipientsGone);
  return reply('refusal' in body ? body : await objectOf(c).removeRecipients(body.value));
});

/** GET /api/campaigns/:id/recipients?search=&result=&after=&limit=: what became of each. */
campaigns.get('/:id/recipients', ofCampaign, async (c) => {
  const query = readQuery(c.req.raw, recipientsQuery);
  return 'refusal' in query ? reply(query) : c.json(await objectOf(c).recipientPage(query.value));
});

/** PUT /api/campaigns/:id/file?name=: stored as long as the campaign is. */
campaigns.put('/:id/file', ofCampaign, async (c) => {
  const refusal = await objectOf(c).refuseFile();
  if (refusal) return reply(refusal);
  const detail = await objectOf(c).detail();
  const { body } = c.req.raw;
  if ('refusal' in detail || !body)
    return problemResponse(problem('message_empty', { field: 'content.file' }));
  const routing = await messagingRouting(c.env, detail.value.input.channel);
  const provider: Provider | null = routing && providers[routing.provider];
  const length = Number(c.req.header('content-length') ?? NaN);
  try {
    const file = await storeFile(
      c.env,
      {
        body: body as ReadableStream<Uint8Array>,
        length: Number.isFinite(length) ? length : null,
        name: c.req.query('name') ?? '',
        type: c.req.header('content-type') ?? '',
        maxBytes: Math.min(maxCampaignFile, provider?.limits.fileBytes ?? maxCampaignFile),
      },
      (extension) => newCampaignKey(idOf(c), extension),
    );
    const kept = await objectOf(c).keepFile(file);
    return 'refusal' in kept ? reply(kept) : c.json(fileIn(file));
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return problemResponse(problem('file_too_large', { message: error.message, field: 'content.file' }));
  }
});

/** GET /api/campaigns/:id/file: for the preview, whose page may show what it gets but never run it. */
campaigns.get('/:id/file', ofCampaign, async (c) => {
  const file = await objectOf(c).keptFile();
  const blob = file && (await blobs(c.env).get(file.key, null));
  if (!file || !blob) return problemResponse(problem('not_found'));
  return new Response(blob.body, {
    headers: { 'content-type': file.type, 'content-length': String(blob.size), 'cache-control': 'private' },
  });
});

/** DELETE /api/campaigns/:id/file */
campaigns.delete('/:id/file', ofCampaign, async (c) => reply(await objectOf(c).keepFile(null)));

/** POST /api/campaigns/:id/pause */
campaigns.post('/:id/pause', ofCampaign, async (c) => answered(c, await objectOf(c).pause(actorOf(c))));

/** POST /api/campaigns/:id/resume */
campaigns.post('/:id/resume', ofCampaign, async (c) => answered(c, await objectOf(c).resume(actorOf(c))));

/** POST /api/campaigns/:id/cancel */
campaigns.post('/:id/cancel', ofCampaign, async (c) => answered(c, await objectOf(c).cancel(actorOf(c))));

/** POST /api/campaigns/:id/retry */
campaigns.post('/:id/retry', ofCampaign, async (c) => {
  const body = await readJson(c.req.raw, retryInput);
  if ('refusal' in body) return reply(body);
  return answered(c, await objectOf(c).retry(actorOf(c), body.value.unknown));
});

/** POST /api/campaigns/:id/duplicate */
campaigns.post('/:id/duplicate', ofCampaign, async (c) => {
  const detail = await objectOf(c).detail();
  if ('refusal' in detail) return reply(detail);
  const change = { kind: 'duplicate' as const, id: idOf(c), input: detail.value.input };
  const made = await workspaceOf(c.env).changeCampaigns(actorOf(c), change);
  return 'refusal' in made ? reply(made) : whole(c, made.value?.id ?? '');
});

async function whole(c: Context<ApiEnv>, id: string): Promise<Response> {
  return answered(c, await campaignOf(c.env, id).detail(), id);
}

/** What the campaign itself says, with the names that Workspace knows. */
async function answered(c: Context<ApiEnv>, answer: Answer<CampaignDetail>, id = idOf(c)): Promise<Response> {
  if ('refusal' in answer) return reply(answer);
  const row = await workspaceOf(c.env).campaignRow(id);
  if (!row) return reply(refuse('not_found'));
  const campaign: Campaign = campaignOfRow(row, answer.value);
  return c.json(campaign);
}
