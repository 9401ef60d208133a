/** The Worker: every route, and every class of object. Nothing else. */
import { Hono } from 'hono';
import { problem } from '../core/errors.ts';
import type { Env } from './env.ts';
import { onError, problemResponse } from './http.ts';
import { api } from './routes/api.ts';
import { desk } from './routes/desk.ts';
import { guides } from './routes/guides.ts';
import { media } from './routes/media.ts';
import { pages } from './routes/pages.ts';
import { requireSetup } from './routes/setup.ts';
import { visitor } from './routes/visitor.ts';
import { webhook } from './routes/webhook.ts';

const app = new Hono<{ Bindings: Env }>();

app.onError(onError);
app.get('/health', (c) => c.json({ status: 'ok' }));
app.route('/', webhook); //        /webhook/*                         providers
app.use(requireSetup); //          503 until there is an admin, except for the setup page
app.route('/', visitor); //        /widget.js /widget/* /visitor/*    the widget
app.route('/', desk); //           /desk /api/media                   the inbox, live
app.route('/api', api); //         /api/*                             the console
app.route('/', media); //          /media/* /files/*                  images, photos, logos
app.route('/', guides); //         /guides/*                          how to set channels up
app.route('/', pages); //          everything else                    the app
app.notFound(() => problemResponse(problem('not_found')));

export default app;

export { Archive } from './objects/archive.ts';
export { Campaign } from './objects/campaign.ts';
export { Channel } from './objects/channel.ts';
export { Desk } from './objects/desk.ts';
export { Pusher } from './objects/pusher.ts';
export { Sender } from './objects/sender.ts';
export { Session } from './objects/session.ts';
export { Workspace } from './objects/workspace.ts';
