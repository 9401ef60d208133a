/** Business hours (GEN-06) and settings. For admins. */
import { Hono } from 'hono';
import {
  embedEmailInput,
  settingsInput,
  type HoursAnswer,
  type Settings,
  type SettingsInput,
} from '../../core/api.ts';
import { businessHours, hoursState, nextOpening, type BusinessHours } from '../../core/hours.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf, type Env } from '../env.ts';
import { readJson, reply } from '../http.ts';
import { sendMail } from '../mailing.ts';
import { mailFrom, mailKind } from '../store/mail.ts';

export const settings = new Hono<ApiEnv>();

settings.use('/hours', require('admin'));
settings.use('/settings/*', require('admin'));

/** GET /api/hours: and whether that means open right now. */
settings.get('/hours', async (c) => c.json(hoursAnswer(await workspaceOf(c.env).hours())));

/** PUT /api/hours */
settings.put('/hours', async (c) => {
  const body = await readJson(c.req.raw, businessHours);
  if ('refusal' in body) return reply(body);
  await workspaceOf(c.env).changeHours(actorOf(c), body.value);
  return c.json(hoursAnswer(body.value));
});

/** GET /api/settings */
settings.get('/settings', async (c) => c.json(withMail(await workspaceOf(c.env).getSettings(), c.env)));

/** PATCH /api/settings */
settings.patch('/settings', async (c) => {
  const body = await readJson(c.req.raw, settingsInput.partial());
  if ('refusal' in body) return reply(body);
  const changed = await workspaceOf(c.env).changeSettings(actorOf(c), body.value);
  return 'refusal' in changed ? reply(changed) : c.json(withMail(changed.value, c.env));
});

/** POST /api/settings/test-email: shows whether the deployment's mail settings work. */
settings.post('/settings/test-email', async (c) => {
  const body = await readJson(c.req.raw, embedEmailInput);
  if ('refusal' in body) return reply(body);
  const { to } = body.value;
  const text = 'This is a test mail from Parley. Sending mail works.';
  const sent = await sendMail(c.env, { to, subject: 'Test mail from Parley', text, html: `<p>${text}</p>` });
  if ('refusal' in sent) return reply(sent);
  await workspaceOf(c.env).writeAudit(actorOf(c), 'settings.testMailed', null, to);
  return c.json({});
});

function hoursAnswer(hours: BusinessHours): HoursAnswer {
  const now = Date.now();
  return { hours, now: hoursState(hours, now), opensAt: nextOpening(hours, now) };
}

function withMail(input: SettingsInput, env: Env): Settings {
  return { ...input, mail: mailKind(env), mailFrom: mailFrom(env) };
}
