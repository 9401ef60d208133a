/** Channels: what an admin edits of them, their event log, and live chat's embed code. For admins. */
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { embedEmailInput, type EmbedCode } from '../../core/api.ts';
import { deleteChannelsInput, draftInput, newChannelInput, type ChannelRow } from '../../core/channelApi.ts';
import { channelInput, type Channel } from '../../core/channel.ts';
import { problem } from '../../core/errors.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { channelOf, workspaceOf, type Env } from '../env.ts';
import { problemResponse, readJson, reply } from '../http.ts';
import { sendMail } from '../mailing.ts';
import { noStatistics, type ChannelStatistics } from '../objects/contracts.ts';
import { addressWarnings, publicUrlOf } from '../publicUrl.ts';
import { messagingRouting } from '../routing.ts';
import { mailKind } from '../store/mail.ts';
import { composeMail } from '../store/mailTemplate.ts';
import { channelObject } from './channelObject.ts';

export const channels = new Hono<ApiEnv>();

const timeRange = z.object({ from: z.coerce.number().optional(), to: z.coerce.number().optional() });

channels.use(require('admin'));

/** GET /api/channels?from=MS&to=MS: with what each channel itself has counted in that time. */
channels.get('/', async (c) => {
  const time = timeRange.safeParse(c.req.query());
  if (!time.success) {
    return problemResponse(
      problem('invalid_input', { field: 'from', message: 'Give from and to as milliseconds since 1970.' }),
    );
  }
  const listed = await workspaceOf(c.env).listChannels();
  const rows = await Promise.all(
    listed.map(async ({ channel, destination }) =>
      rowOf(channel, destination, await statisticsOf(c.env, channel.id, time.data)),
    ),
  );
  return c.json({ channels: rows });
});

/** POST /api/channels/drafts: the address to paste at the provider while the form is open (CH-03). */
channels.post('/drafts', async (c) => {
  const body = await readJson(c.req.raw, draftInput);
  if ('refusal' in body) return reply(body);
  const { id } = c.get('signedIn').agent;
  const base = await publicUrlOf(c.req.raw, c.env);
  return c.json(await workspaceOf(c.env).channelDraft(id, body.value.provider, base));
});

/** GET /api/channels/:id */
channels.get('/:id', async (c) => reply(await workspaceOf(c.env).channel(c.req.param('id'))));

/** POST /api/channels */
channels.post('/', async (c) => {
  const body = await readJson(c.req.raw, newChannelInput);
  if ('refusal' in body) return reply(body);
  const { draft = null } = body.value;
  const input = channelInput.parse(body.value);
  const created = await workspaceOf(c.env).createChannel(actorOf(c), input, draft);
  // Its address was known as an open form's: the first webhooks may come at once.
  if (draft !== null) messagingRouting.forget(draft);
  return reply(created);
});

/** POST /api/channels/delete: all of them or none. */
channels.post('/delete', async (c) => {
  const body = await readJson(c.req.raw, deleteChannelsInput);
  if ('refusal' in body) return reply(body);
  const { ids, endSessions } = body.value;
  const deleted = await workspaceOf(c.env).deleteChannels(actorOf(c), ids, endSessions);
  ids.forEach(messagingRouting.forget);
  return reply(deleted);
});

/** PATCH /api/channels/:id: the whole channel. */
channels.patch('/:id', async (c) => {
  const body = await readJson(c.req.raw, channelInput);
  if ('refusal' in body) return reply(body);
  const id = c.req.param('id');
  const changed = await workspaceOf(c.env).changeChannel(actorOf(c), id, body.value);
  messagingRouting.forget(id);
  return reply(changed);
});

/** POST /api/channels/:id/identity-secret: a new secret, shown this once. */
channels.post('/:id/identity-secret', async (c) =>
  reply(await workspaceOf(c.env).makeIdentitySecret(actorOf(c), c.req.param('id'))),
);

/** DELETE /api/channels/:id/identity-secret */
channels.delete('/:id/identity-secret', async (c) =>
  reply(await workspaceOf(c.env).deleteIdentitySecret(actorOf(c), c.req.param('id'))),
);

/** GET /api/channels/:id/webhook */
channels.get('/:id/webhook', (c) => webhookOf(c, false));

/** POST /api/channels/:id/webhook: a new address; the old one is dead at once. */
channels.post('/:id/webhook', (c) => webhookOf(c, true));

/** What its own object knows and does stands in `channelObject.ts`. */
channels.route('/:id', channelObject);

/** GET /api/channels/:id/embed */
channels.get('/:id/embed', async (c) => {
  const found = await workspaceOf(c.env).liveChatChannel(c.req.param('id'));
  if ('refusal' in found) return reply(found);
  const publicUrl = await publicUrlOf(c.req.raw, c.env);
  const embed: EmbedCode = {
    code: scriptTag(publicUrl, found.value.number),
    domains: found.value.domains,
    mail: mailKind(c.env) !== 'none',
    warnings: addressWarnings(publicUrl),
  };
  return c.json(embed);
});

/** POST /api/channels/:id/embed/email: sends the instructions to whoever runs the website. */
channels.post('/:id/embed/email', async (c) => {
  const body = await readJson(c.req.raw, embedEmailInput);
  if ('refusal' in body) return reply(body);
  const workspace = workspaceOf(c.env);
  const found = await workspace.liveChatChannel(c.req.param('id'));
  if ('refusal' in found) return reply(found);
  const channel = found.value;
  const { workspaceName, embedEmail } = await workspace.getSettings();
  const values = {
    company: workspaceName,
    code: scriptTag(await publicUrlOf(c.req.raw, c.env), channel.number),
    domain: channel.domains.join(', '),
  };
  const sent = await sendMail(c.env, composeMail(embedEmail, values, body.value.to));
  if ('refusal' in sent) return reply(sent);
  const target = { kind: 'channel', id: channel.id, name: channel.name };
  await workspace.writeAudit(actorOf(c), 'channel.instructionsMailed', target, body.value.to);
  return c.json({});
});

function scriptTag(publicUrl: string, number: string): string {
  return `<script src="${publicUrl}/widget.js?channelNumber=${number}" async></script>`;
}

async function webhookOf(c: Context<ApiEnv>, renew: boolean): Promise<Response> {
  const base = await publicUrlOf(c.req.raw, c.env);
  const id = c.req.param('id') ?? '';
  const answer = await workspaceOf(c.env).channelWebhook(actorOf(c), id, base, renew);
  if (renew) messagingRouting.forget(id);
  return reply(answer);
}

/** A channel whose object cannot answer is listed with zeros: it must stay possible to look into it. */
async function statisticsOf(
  env: Env,
  id: string,
  time: { from?: number | undefined; to?: number | undefined },
): Promise<ChannelStatistics> {
  try {
    return await channelOf(env, id).statistics(time.from ?? null, time.to ?? null);
  } catch (error) {
    console.error(JSON.stringify({ event: 'statistics.failed', channel: id, error: String(error) }));
    return noStatistics;
  }
}

function rowOf(channel: Channel, destination: string, counted: ChannelStatistics): ChannelRow {
  const { id, type, name } = channel;
  const { activeSessions, queued, oldestQueuedAt, health, ...statistics } = counted;
  const common = { id, type, name, destination, activeSessions, queued, oldestQueuedAt, statistics };
  if (channel.type === 'liveChat') {
    const { number, status } = channel;
    return { ...common, provider: null, number, numbers: 1, status, cause: '', checkedAt: null };
  }
  return {
    ...common,
    provider: channel.provider,
    number: channel.numbers[0]?.number ?? '',
    numbers: channel.numbers.length,
    status: channel.enabled ? (health?.status ?? 'unchecked') : 'disabled',
    cause: channel.enabled ? (health?.cause ?? '') : '',
    checkedAt: health?.at ?? null,
  };
}
