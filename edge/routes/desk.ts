/** The agents' socket, and the images that they send. Both need a sign-in; the socket also our own origin. */
import { Hono } from 'hono';
import { parseSessionId, sessionId } from '../../core/address.ts';
import { problem } from '../../core/errors.ts';
import { inspectImage, maxImageBytes } from '../../core/image.ts';
import { isFromOwnPage, signedInOf } from '../access.ts';
import { deskOf, type Env } from '../env.ts';
import { handOver } from '../handover.ts';
import { problemResponse, readBytes } from '../http.ts';
import { storeImage } from '../store/upload.ts';

export const desk = new Hono<{ Bindings: Env }>();

/** GET /desk, upgraded. Cookies travel with a foreign page's sockets too, so the origin has to be ours. */
desk.get('/desk', async (c) => {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return problemResponse(problem('invalid_input', { message: 'Connect to this address by WebSocket.' }));
  }
  if (!isFromOwnPage(c.req.raw)) return problemResponse(problem('origin_refused'));
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn) return problemResponse(problem('sign_in_required'));
  return deskOf(c.env).fetch(handOver(c.req.raw, signedIn));
});

/** PUT /api/media?session=ID&name=photo.png: an image in the body, its ticket as the answer. */
desk.put('/api/media', async (c) => {
  if (!isFromOwnPage(c.req.raw)) return problemResponse(problem('origin_refused'));
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn) return problemResponse(problem('sign_in_required'));
  const session = sessionId.safeParse(c.req.query('session'));
  if (!session.success) return problemResponse(problem('invalid_input', { field: 'session' }));
  const refusal = await deskOf(c.env).mayWrite(signedIn.agent.id, session.data);
  if (refusal) return problemResponse(refusal);
  const bytes = await readBytes(c.req.raw, maxImageBytes);
  if (bytes === null) return problemResponse(problem('image_too_large'));
  const inspected = inspectImage(bytes);
  if ('refusal' in inspected) return problemResponse(inspected.refusal);
  const { conversation } = parseSessionId(session.data);
  const name = c.req.query('name') ?? '';
  return Response.json(await storeImage(c.env, { conversation, bytes, image: inspected.image, name }));
});
