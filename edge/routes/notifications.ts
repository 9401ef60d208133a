/** One's own notifications (AG-13): settings, and the devices that are pushed to. Nobody sees another's. */
import { Hono, type Context } from 'hono';
import { deviceIdOf, notificationSettings, pushSubscriptionInput } from '../../core/notifications.ts';
import { require, type ApiEnv } from '../access.ts';
import { refuse } from '../answer.ts';
import { deviceLabel } from '../deviceLabel.ts';
import { pusherOf, workspaceOf } from '../env.ts';
import { readJson, reply } from '../http.ts';
import type { OwnChange } from '../objects/workspace/notifications.ts';
import { isPushAddress } from '../pushAddress.ts';

export const notifications = new Hono<ApiEnv>();

/** GET /api/me/notifications */
notifications.get('/me/notifications', require('agent'), async (c) =>
  c.json(await workspaceOf(c.env).notificationsOf(c.get('signedIn').agent.id)),
);

/** PATCH /api/me/notifications */
notifications.patch('/me/notifications', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, notificationSettings.partial());
  return 'refusal' in body ? reply(body) : change(c, { settings: body.value });
});

/** PUT /api/me/devices: this browser is pushed to from now on, as long as its sign-in lasts. */
notifications.put('/me/devices', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, pushSubscriptionInput);
  if ('refusal' in body) return reply(body);
  if (!isPushAddress(body.value.endpoint)) {
    return reply(refuse('invalid_input', { field: 'endpoint', message: 'This push service is not public.' }));
  }
  return change(c, {
    add: {
      id: await deviceIdOf(body.value.endpoint),
      signIn: c.get('signedIn').signIn,
      subscription: body.value,
      label: deviceLabel(c.req.header('user-agent') ?? null),
      origin: c.req.header('origin') ?? new URL(c.req.url).origin,
    },
  });
});

/** DELETE /api/me/devices/:id */
notifications.delete('/me/devices/:id', require('agent'), (c) => change(c, { remove: c.req.param('id') }));

/** POST /api/me/devices/:id/test: what a push looks like, and whether it comes. */
notifications.post('/me/devices/:id/test', require('agent'), async (c) => {
  const { agent } = c.get('signedIn');
  const device = c.req.param('id');
  const { devices } = await workspaceOf(c.env).notificationsOf(agent.id);
  if (!devices.some(({ id }) => id === device)) return reply(refuse('not_found'));
  const body = 'Push works on this device.';
  const message = { title: 'Parley', body, session: null, unread: null, at: Date.now() };
  await pusherOf(c.env).push([{ agent: agent.id, device, message }]);
  return c.json({});
});

async function change(c: Context<ApiEnv>, own: OwnChange): Promise<Response> {
  return reply(await workspaceOf(c.env).changeNotifications(c.get('signedIn').agent.id, own));
}
