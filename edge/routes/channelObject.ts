/** What a channel's own object knows and does: checks, test messages, the event log, templates. For admins. */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { testMessageInput } from '../../core/channelApi.ts';
import type { ApiEnv } from '../access.ts';
import { channelOf, workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';
import { replayWebhook } from '../intake.ts';

export const channelObject = new Hono<ApiEnv>();

/** An object comes into being when it is asked: those of channels that are not there never are. */
const ofChannel: MiddlewareHandler<ApiEnv, '/:id'> = async (c, next) => {
  const found = await workspaceOf(c.env).channel(c.req.param('id'));
  return 'refusal' in found ? reply(found) : next();
};

const objectOf = (c: Context<ApiEnv>) => channelOf(c.env, idOf(c));
const idOf = (c: Context<ApiEnv>) => c.req.param('id') ?? '';

/** POST /api/channels/:id/check: asks the provider now (CH-12). */
channelObject.post('/check', ofChannel, async (c) => c.json(await objectOf(c).check()));

/** POST /api/channels/:id/test: "Send test message" (CH-16). */
channelObject.post('/test', ofChannel, async (c) => {
  const body = await readJson(c.req.raw, testMessageInput);
  return reply('refusal' in body ? body : await objectOf(c).sendTest(body.value));
});

/** GET /api/channels/:id/events?before=ID: the event log, newest first. */
channelObject.get('/events', ofChannel, async (c) => {
  const before = Number(c.req.query('before'));
  return c.json(await objectOf(c).eventPage(Number.isInteger(before) && before > 0 ? before : null));
});

/** POST /api/channels/:id/events/:event/replay: does once more what a line of the log tells of. */
channelObject.post('/events/:event/replay', ofChannel, async (c) => {
  const kept = await objectOf(c).replay(Number(c.req.param('event')));
  if ('refusal' in kept) return reply(kept);
  if (kept.value.kind === 'sent') return c.json(kept.value.answer);
  return c.json(await replayWebhook(c.env, c.executionCtx, idOf(c), kept.value.request));
});

/** GET /api/channels/:id/templates */
channelObject.get('/templates', ofChannel, async (c) => c.json(await objectOf(c).templates()));

/** POST /api/channels/:id/templates/refresh: reads them from the provider now (WA-03). */
channelObject.post('/templates/refresh', ofChannel, async (c) =>
  c.json(await objectOf(c).refreshTemplates()),
);
