/** The agents' socket, and the images that they send. Both need a sign-in; the socket also our own origin. */
import { Hono } from 'hono';
import { isLiveChat, parseConversationName, parseSessionId, sessionId } from '../../core/address.ts';
import { problem } from '../../core/errors.ts';
import { inspectImage, maxImageBytes } from '../../core/image.ts';
import type { FileAnswer } from '../../core/protocol.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providers } from '../../core/providers/registry.ts';
import { isFromOwnPage, signedInOf } from '../access.ts';
import { channelOf, deskOf, workspaceOf, type Env } from '../env.ts';
import { handOver } from '../handover.ts';
import { problemResponse, readBytes } from '../http.ts';
import { messagingRouting } from '../routing.ts';
import { FileRefused, keepFile } from '../store/incoming.ts';
import { storeImage } from '../store/upload.ts';
import { signFile } from '../tokens.ts';

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

/** PUT /api/media?session=ID&name=photo.png: a file in the body, its ticket as the answer. */
desk.put('/api/media', async (c) => {
  if (!isFromOwnPage(c.req.raw)) return problemResponse(problem('origin_refused'));
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn) return problemResponse(problem('sign_in_required'));
  const session = sessionId.safeParse(c.req.query('session'));
  if (!session.success) return problemResponse(problem('invalid_input', { field: 'session' }));
  const refusal = await deskOf(c.env).mayWrite(signedIn.agent.id, session.data);
  if (refusal) return problemResponse(refusal);
  const { conversation } = parseSessionId(session.data);
  const name = c.req.query('name') ?? '';
  const { channel, number } = parseConversationName(conversation);
  if (!isLiveChat(number)) return storeFile(c.env, c.req.raw, conversation, channel, name);
  const bytes = await readBytes(c.req.raw, maxImageBytes);
  if (bytes === null) return problemResponse(problem('image_too_large'));
  const inspected = inspectImage(bytes);
  if ('refusal' in inspected) return problemResponse(inspected.refusal);
  return Response.json(await storeImage(c.env, { conversation, bytes, image: inspected.image, name }));
});

/** GET /api/senders: the numbers that the agent may start sessions from. */
desk.get('/api/senders', async (c) => {
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn) return problemResponse(problem('sign_in_required'));
  const senders = await workspaceOf(c.env).sendersOf(signedIn.agent.id);
  return Response.json({ senders }, { headers: { 'cache-control': 'no-store' } });
});

/** GET /api/sessions/:id/templates: the templates of the session's channel. */
desk.get('/api/sessions/:id/templates', async (c) => {
  const signedIn = await signedInOf(c.req.raw, c.env);
  if (!signedIn) return problemResponse(problem('sign_in_required'));
  const session = sessionId.safeParse(c.req.param('id'));
  if (!session.success) return problemResponse(problem('invalid_input', { field: 'session' }));
  const refusal = await deskOf(c.env).mayWrite(signedIn.agent.id, session.data);
  if (refusal) return problemResponse(refusal);
  const { channel } = parseConversationName(parseSessionId(session.data).conversation);
  return Response.json(await channelOf(c.env, channel).templates(), {
    headers: { 'cache-control': 'no-store' },
  });
});

/** A file for a provider's channel: any kind, within the provider's size. */
async function storeFile(
  env: Env,
  request: Request,
  conversation: string,
  channel: string,
  name: string,
): Promise<Response> {
  const routing = await messagingRouting(env, channel);
  const { body } = request;
  if (!routing) return problemResponse(problem('not_found'));
  if (!body) return problemResponse(problem('message_empty'));
  const length = Number(request.headers.get('content-length') ?? NaN);
  try {
    const file = await keepFile(env, {
      channel,
      body: body as ReadableStream<Uint8Array>,
      length: Number.isFinite(length) ? length : null,
      name,
      type: request.headers.get('content-type') ?? '',
      maxBytes: (providers[routing.provider] as Provider).limits.fileBytes,
    });
    const answer: FileAnswer = { upload: await signFile(env, { conversation, file }, Date.now()), file };
    return Response.json(answer);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return problemResponse(problem('file_too_large', { message: error.message }));
  }
}
