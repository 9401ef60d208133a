/** What the widget calls: the loader, hello, the socket and uploads. Every one of them checks the origin. */
import { Hono, type Context } from 'hono';
import { conversationName } from '../../core/address.ts';
import { palettes } from '../../core/colour.ts';
import { problem, type Problem } from '../../core/errors.ts';
import { inspectImage, maxImageBytes } from '../../core/image.ts';
import { configMarker, type LoaderConfig } from '../../core/loader.ts';
import { isListedOrigin } from '../../core/origin.ts';
import {
  closeCodes,
  helloRequest,
  subprotocol,
  type HelloAnswer,
  type UploadAnswer,
  type WidgetConfig,
} from '../../core/protocol.ts';
import { workspaceOf, type Env } from '../env.ts';
import { clientAddress, problemResponse, readBytes, readJson } from '../http.ts';
import { handOver } from '../handover.ts';
import { takeForAddress, type LimitName } from '../limits.ts';
import type { LiveChatRouting } from '../objects/contracts.ts';
import { availabilityOf, liveChatRouting } from '../routing.ts';
import { asset } from '../store/assets.ts';
import { storeImage } from '../store/upload.ts';
import {
  newVisitor,
  signVisitor,
  verifyIdentity,
  verifyVisitor,
  visitorOfUser,
  type VisitorClaims,
} from '../tokens.ts';

export const visitor = new Hono<{ Bindings: Env }>();

/** GET /widget.js?channelNumber=LC00000: the loader with its channel's look written into it. */
visitor.get('/widget.js', async (c) => {
  const number = c.req.query('channelNumber') ?? c.req.query('channel') ?? '';
  const routing = await liveChatRouting(c.env, number);
  const script = await loaderScript(c.env, routing);
  return new Response(script, {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=60, stale-while-revalidate=600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    },
  });
});

/** GET /widget/…: the panel and its parts. Names carry a content hash, except the preview's page. */
visitor.get('/widget/*', async (c) => {
  const path = new URL(c.req.url).pathname;
  const found = await asset(c.env, path.slice(1));
  if (!found) return problemResponse(problem('not_found'));
  const hashed = /-[\w-]{8,}\.(js|json|css)$/.test(path);
  found.headers.set('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  found.headers.set('access-control-allow-origin', '*');
  found.headers.set('cross-origin-resource-policy', 'cross-origin');
  if (path.endsWith('.html')) found.headers.set('content-security-policy', previewPolicy);
  return found;
});

/** The preview is a page of ours that only our console may frame. */
const previewPolicy =
  "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

visitor.options('/visitor/*', (c) => {
  const headers = corsHeaders(c.req.header('origin') ?? null);
  headers.set('access-control-allow-methods', 'POST, PUT');
  headers.set('access-control-allow-headers', 'authorization, content-type');
  headers.set('access-control-max-age', '7200');
  return new Response(null, { status: 204, headers });
});

/** POST /visitor/hello */
visitor.post('/visitor/hello', async (c) => {
  const read = await readJson(c.req.raw, helloRequest);
  if ('refusal' in read) return refused(c, read.refusal);
  const { channelNumber, token, identity } = read.value;
  const admitted = await admit(c, channelNumber, 'addressHellos');
  if ('refusal' in admitted) return refused(c, admitted.refusal, admitted.waitMs);
  const { routing, origin } = admitted;
  const now = Date.now();

  const claims =
    identity === undefined
      ? await guestClaims(c.env, token, routing, origin, now)
      : await userClaims(c.env, identity, routing, origin, now);
  if ('refusal' in claims) return refused(c, claims.refusal);
  const session = c.env.SESSION.getByName(conversationOf(claims.claims));
  const answer: HelloAnswer = {
    token: await signVisitor(c.env, claims.claims, now),
    visitor: claims.claims.sub,
    config: widgetConfigOf(routing),
    availability: await availabilityOf(c.env, routing, now),
    // A visitor whose token is new has not written yet: no object is woken to say so.
    known: !claims.isNew && (await session.isKnown()),
  };
  return Response.json(answer, { headers: corsHeaders(origin) });
});

/** GET /visitor/socket?channelNumber=LC00000, upgraded; the token is the second subprotocol. */
visitor.get('/visitor/socket', async (c) => {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return problemResponse(problem('invalid_input', { message: 'Connect to this address by WebSocket.' }));
  }
  const admitted = await admit(c, c.req.query('channelNumber') ?? '', 'addressSockets');
  if ('refusal' in admitted) return problemResponse(admitted.refusal, admitted.waitMs);
  const [protocol, token] = (c.req.header('sec-websocket-protocol') ?? '')
    .split(',')
    .map((part) => part.trim());
  if (protocol !== subprotocol) {
    return problemResponse(problem('invalid_input', { message: `Ask for the subprotocol ${subprotocol}.` }));
  }
  const { routing, origin } = admitted;
  const checked = await verifyVisitor(
    c.env,
    token ?? '',
    { number: routing.channel.number, origin },
    Date.now(),
  );
  if ('refusal' in checked) return unauthorizedSocket(checked.refusal);
  return c.env.SESSION.getByName(conversationOf(checked.claims)).fetch(handOver(c.req.raw, checked.claims));
});

/** PUT /visitor/media?channelNumber=LC00000&name=photo.png: an image in the body, its ticket as the answer. */
visitor.put('/visitor/media', async (c) => {
  const admitted = await admit(c, c.req.query('channelNumber') ?? '', 'addressUploads');
  if ('refusal' in admitted) return refused(c, admitted.refusal, admitted.waitMs);
  const { routing, origin } = admitted;
  const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const checked = await verifyVisitor(c.env, token, { number: routing.channel.number, origin }, Date.now());
  if ('refusal' in checked) return refused(c, checked.refusal);
  if (routing.channel.supports !== 'textAndImage') return refused(c, problem('images_not_allowed'));
  const bytes = await readBytes(c.req.raw, maxImageBytes);
  if (bytes === null) return refused(c, problem('image_too_large'));
  const inspected = inspectImage(bytes);
  if ('refusal' in inspected) return refused(c, inspected.refusal);
  const upload: UploadAnswer = await storeImage(c.env, {
    conversation: conversationOf(checked.claims),
    bytes,
    image: inspected.image,
    name: c.req.query('name') ?? '',
  });
  return Response.json(upload, { headers: corsHeaders(origin) });
});

/**
 * A socket that opens only to close with the reason: a page cannot read the status of a refused handshake, and
 * would try the same token again and again.
 */
function unauthorizedSocket(refusal: Problem): Response {
  const pair = new WebSocketPair();
  pair[1].accept();
  pair[1].close(closeCodes.unauthorized, refusal.code);
  return new Response(null, {
    status: 101,
    webSocket: pair[0],
    headers: { 'sec-websocket-protocol': subprotocol },
  });
}

// ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────

type VisitorContext = Context<{ Bindings: Env }>;
type Admission = { routing: LiveChatRouting; origin: string } | { refusal: Problem; waitMs?: number };

/** The channel and the page's origin, if the channel is there, switched on and lists that origin. */
async function admit(c: VisitorContext, number: string, limit: LimitName): Promise<Admission> {
  const waitMs = takeForAddress(c.env, limit, clientAddress(c.req.raw, c.env), Date.now());
  if (waitMs > 0) return { refusal: problem('too_many_requests'), waitMs };
  const routing = await liveChatRouting(c.env, number);
  if (!routing) return { refusal: problem('channel_unknown') };
  const origin = c.req.header('origin') ?? null;
  if (origin === null || !isListedOrigin(origin, routing.channel.domains)) {
    return { refusal: problem('domain_not_listed') };
  }
  if (!routing.channel.enabled) return { refusal: problem('channel_disabled') };
  return { routing, origin };
}

type Claimed = { claims: VisitorClaims; isNew: boolean } | { refusal: Problem };

/** A guest keeps the conversation of a valid token; any other token is told so, never silently replaced. */
async function guestClaims(
  env: Env,
  token: string | undefined,
  routing: LiveChatRouting,
  origin: string,
  now: number,
): Promise<Claimed> {
  const { id: channel, number } = routing.channel;
  if (token === undefined) {
    return { claims: { sub: newVisitor(), channel, number, origin }, isNew: true };
  }
  const checked = await verifyVisitor(env, token, { number, origin }, now);
  return 'refusal' in checked ? checked : { claims: checked.claims, isNew: false };
}

/** A user whom the website has signed has one conversation, on every device. */
async function userClaims(
  env: Env,
  identity: string,
  routing: LiveChatRouting,
  origin: string,
  now: number,
): Promise<Claimed> {
  if (identity === '') return { refusal: problem('identity_missing') };
  const { id: channel, number } = routing.channel;
  const secret = await workspaceOf(env).identitySecret(channel);
  if (secret === null) {
    return {
      refusal: problem('identity_invalid', {
        message: 'This channel has no identity secret. Generate one in the channel and sign with it.',
      }),
    };
  }
  const checked = await verifyIdentity(secret, identity, now);
  if ('refusal' in checked) return checked;
  const sub = await visitorOfUser(env, channel, checked.identity.userId);
  return { claims: { sub, channel, number, origin, identity: checked.identity }, isNew: false };
}

function conversationOf({ channel, number, sub }: VisitorClaims): string {
  return conversationName({ channel, number, customer: sub });
}

// ── What they get ────────────────────────────────────────────────────────────────────────────────────────

function refused(c: VisitorContext, refusal: Problem, waitMs?: number): Response {
  const response = problemResponse(refusal, waitMs);
  for (const [name, value] of corsHeaders(c.req.header('origin') ?? null)) response.headers.set(name, value);
  return response;
}

/** Every origin may read the answer, which is a refusal unless it is listed; no cookie is ever involved. */
function corsHeaders(origin: string | null): Headers {
  const headers = new Headers({
    vary: 'Origin',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  if (origin !== null) headers.set('access-control-allow-origin', origin);
  return headers;
}

function widgetConfigOf({ channel, faces, defaultAgent }: LiveChatRouting): WidgetConfig {
  const { appearance, preChat, consent } = channel;
  const { enabled: asks, ...form } = preChat;
  const shown = channel.agentDisplay === 'none' || faces.length === 0 ? [defaultAgent] : faces;
  return {
    channelNumber: channel.number,
    interaction: channel.interaction,
    images: channel.supports === 'textAndImage',
    language: channel.language,
    preChat: asks ? form : null,
    consent: consent.enabled ? { text: consent.text, explicit: consent.explicit } : null,
    title: appearance.title,
    welcome: appearance.welcome,
    logo: appearance.logo,
    faces: shown.map(({ name, photo }) => ({ name, photo: channel.agentDisplay === 'name' ? null : photo })),
  };
}

/** The built loader with its configuration, or a script that says in the page's console what is wrong. */
async function loaderScript(env: Env, routing: LiveChatRouting | null): Promise<string> {
  if (!routing) return warning(problem('channel_unknown'));
  if (!routing.channel.enabled) return warning(problem('channel_disabled'));
  const [loader, manifest] = await Promise.all([
    asset(env, 'widget/widget.js'),
    asset(env, 'widget/manifest.json'),
  ]);
  if (!loader || !manifest) throw new Error('the widget is not built');
  const { appearance, domains, language, number } = routing.channel;
  const config: LoaderConfig = {
    channelNumber: number,
    domains,
    language,
    theme: appearance.theme,
    launcher: appearance.launcher,
    position: appearance.position,
    offset: appearance.offset,
    palette: palettes(appearance.accent),
    panel: (await manifest.json<{ panel: string }>()).panel,
  };
  const marker = new RegExp(`(["'\`])${configMarker}\\1`);
  return (await loader.text()).replace(marker, () => JSON.stringify(config));
}

function warning(refusal: Problem): string {
  return `console.warn(${JSON.stringify(`Parley: ${refusal.message}`)});`;
}
