/** Channels and their embed code (LC-02, LC-04, LC-16). For admins. */
import { Hono } from 'hono';
import { deleteChannelsInput, embedEmailInput, type ChannelRow, type EmbedCode } from '../../core/api.ts';
import { channelInput, type Channel } from '../../core/channel.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf, type Env } from '../env.ts';
import { readJson, reply } from '../http.ts';
import { sendMail } from '../mailing.ts';
import type { ChannelStatistics } from '../objects/contracts.ts';
import { addressWarnings, publicUrlOf } from '../publicUrl.ts';
import { mailKind } from '../store/mail.ts';
import { composeMail } from '../store/mailTemplate.ts';

export const channels = new Hono<ApiEnv>();

channels.use(require('admin'));

/** GET /api/channels: with what each channel itself has counted. */
channels.get('/', async (c) => {
  const listed = await workspaceOf(c.env).listChannels();
  const rows = await Promise.all(
    listed.map(async ({ channel, destination }) =>
      rowOf(channel, destination, await statisticsOf(c.env, channel.id)),
    ),
  );
  return c.json({ channels: rows });
});

/** GET /api/channels/:id */
channels.get('/:id', async (c) => reply(await workspaceOf(c.env).channel(c.req.param('id'))));

/** POST /api/channels */
channels.post('/', async (c) => {
  const body = await readJson(c.req.raw, channelInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).createChannel(actorOf(c), body.value));
});

/** POST /api/channels/delete: all of them or none. */
channels.post('/delete', async (c) => {
  const body = await readJson(c.req.raw, deleteChannelsInput);
  if ('refusal' in body) return reply(body);
  const { ids, endSessions } = body.value;
  return reply(await workspaceOf(c.env).deleteChannels(actorOf(c), ids, endSessions));
});

/** PATCH /api/channels/:id: the whole channel. */
channels.patch('/:id', async (c) => {
  const body = await readJson(c.req.raw, channelInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeChannel(actorOf(c), c.req.param('id'), body.value));
});

/** POST /api/channels/:id/identity-secret: a new secret, shown this once. */
channels.post('/:id/identity-secret', async (c) =>
  reply(await workspaceOf(c.env).makeIdentitySecret(actorOf(c), c.req.param('id'))),
);

/** DELETE /api/channels/:id/identity-secret */
channels.delete('/:id/identity-secret', async (c) =>
  reply(await workspaceOf(c.env).deleteIdentitySecret(actorOf(c), c.req.param('id'))),
);

/** GET /api/channels/:id/embed */
channels.get('/:id/embed', async (c) => {
  const found = await workspaceOf(c.env).channel(c.req.param('id'));
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
  const found = await workspace.channel(c.req.param('id'));
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

/** A channel whose object cannot answer is listed with zeros: it must stay possible to look into it. */
async function statisticsOf(env: Env, id: string): Promise<ChannelStatistics> {
  try {
    return await env.CHANNEL.getByName(id).statistics();
  } catch (error) {
    console.error(JSON.stringify({ event: 'statistics.failed', channel: id, error: String(error) }));
    return { total: 0, sent: 0, failed: 0, received: 0, activeSessions: 0 };
  }
}

function rowOf(channel: Channel, destination: string, counted: ChannelStatistics): ChannelRow {
  const { id, type, name, number, status } = channel;
  const { activeSessions, total, sent, failed, received } = counted;
  return {
    id,
    type,
    name,
    number,
    status,
    destination,
    activeSessions,
    statistics: { total, sent, failed, received },
  };
}
