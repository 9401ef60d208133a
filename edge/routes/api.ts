/** The console's HTTP API, put together. What goes in and what comes out: the table in core/api.ts. */
import { Hono } from 'hono';
import { problem } from '../../core/errors.ts';
import { refuseForeignChanges, type ApiEnv } from '../access.ts';
import { onError, problemResponse, setApiHeaders } from '../http.ts';
import { agents } from './agents.ts';
import { audit } from './audit.ts';
import { auth } from './auth.ts';
import { calls } from './calls.ts';
import { campaigns } from './campaigns.ts';
import { cannedResponses } from './cannedResponses.ts';
import { channels } from './channels.ts';
import { contacts } from './contacts.ts';
import { files } from './files.ts';
import { groups } from './groups.ts';
import { labels } from './labels.ts';
import { notifications } from './notifications.ts';
import { pbx } from './pbx.ts';
import { phonebooks } from './phonebooks.ts';
import { queues } from './queues.ts';
import { settings } from './settings.ts';
import { setup } from './setup.ts';

export const api = new Hono<ApiEnv>();

api.onError(onError);
api.use(async (c, next) => {
  await next();
  setApiHeaders(c.res.headers);
});
api.use(refuseForeignChanges);

api.route('/', setup); //            /state /setup
api.route('/', auth); //             /sign-in /sign-out… /password-link /me /colleagues
api.route('/', settings); //         /hours /settings
api.route('/', notifications); //    /me/notifications /me/devices
api.route('/', pbx); //              /pbx /me/phone
api.route('/agents', agents);
api.route('/groups', groups);
api.route('/queues', queues);
api.route('/labels', labels);
api.route('/canned-responses', cannedResponses);
api.route('/contacts', contacts);
api.route('/phonebooks', phonebooks);
api.route('/calls', calls);
api.route('/channels', channels);
api.route('/campaigns', campaigns);
api.route('/audit', audit);
api.route('/files', files);
api.all('*', () => problemResponse(problem('not_found')));
