/**
 * The webhook gateway: from a request of a provider to stored messages, and the exact answer that this provider
 * expects. Order: the token, the size, the handshake, the signature over raw bytes, and only then the content.
 */
import { addressPart, conversationName } from '../core/address.ts';
import type { ReplayAnswer } from '../core/channelApi.ts';
import type { InboundEvent } from '../core/providers/events.ts';
import type { HttpReply, Provider, WebhookRequest } from '../core/providers/provider.ts';
import { providerOf, providers, type ProviderId } from '../core/providers/registry.ts';
import { tellDesk, toldOf } from './deskNotices.ts';
import { keepEnclosed } from './enclosed.ts';
import { channelOf, sessionOf, workspaceOf, type Env } from './env.ts';
import { hasTime, inTime } from './haste.ts';
import { readBytes } from './http.ts';
import type { KeptRequest, NewEvent } from './objects/channel/eventLog.ts';
import type { MessagingRouting } from './objects/contracts.ts';
import type { ConversationEvent, Taken } from './objects/session/inbound.ts';
import { messagingRouting } from './routing.ts';
import { readWebhookToken } from './webhookAddress.ts';
import { logEvent, type Context, type Origin } from './webhookLog.ts';
import { channelView } from './channelView.ts';

/** Bytes of a body beyond the limit that are read before it is refused. */
const drainedBytes = 16 * 1024 * 1024;

interface Outcome {
  reply: HttpReply;
  result: NewEvent['result'];
  summary: string;
  detail: string;
}

/** Answers a request to `/webhook/:provider/:token`; at once with "come again" while there is too much to do. */
export async function takeWebhook(
  env: Env,
  context: Context,
  request: Request,
  providerId: string,
  token: string,
): Promise<Response> {
  const provider = providerOf(providerId);
  if (provider && !hasTime(context)) return respond(provider.webhook.busy);
  // The same work whether the provider, the token or the channel is unknown: nothing is asked, nothing stored.
  const address = await readWebhookToken(env, provider?.id ?? 'none', token);
  if (!provider || !address) return notFound();
  let routing = await messagingRouting(env, address.id);
  // Saved or moved a moment ago, where this isolate has not seen it yet.
  if (routing && (routing.nonce !== address.nonce || !routing.saved)) {
    messagingRouting.forget(address.id);
    routing = await messagingRouting(env, address.id);
  }
  if (routing?.nonce !== address.nonce || routing.provider !== provider.id) return notFound();

  const { id } = routing;
  const started = Date.now();
  const { methods, maxBytes, busy } = provider.webhook;
  const channel = channelView(routing);
  const incoming = await readWebhook(request, maxBytes);
  const log = (entry: Omit<NewEvent, 'at' | 'kind' | 'latencyMs'>, origin?: Origin) =>
    logEvent(
      env,
      context,
      id,
      { at: started, kind: 'webhook', latencyMs: Date.now() - started, ...entry },
      origin,
    );
  if (incoming === null) {
    log({
      result: 'refused',
      summary: 'A webhook was larger than allowed',
      detail: `over ${maxBytes} bytes`,
    });
    return respond({ status: 413, headers: {}, body: null });
  }
  const greeting = provider.handshake?.(incoming, channel) ?? null;
  if (greeting) {
    const ok = greeting.status < 300;
    log({
      result: ok ? 'ok' : 'refused',
      summary: ok ? 'The provider verified the webhook address' : 'A verification with the wrong token',
      detail: '',
    });
    return respond(greeting);
  }
  if (!methods.includes(incoming.method as 'GET' | 'POST')) {
    log({ result: 'refused', summary: `${incoming.method} is not how messages come`, detail: '' });
    return respond({ status: 405, headers: { allow: methods.join(', ') }, body: null });
  }
  if (!routing.saved) return notFound();
  const verdict = await provider.verify(incoming, channel, started);
  if (!verdict.ok) {
    if (verdict.log !== null) {
      const line = { result: 'refused' as const, summary: verdict.log, detail: '' };
      log(line, { request: incoming, genuine: false });
    }
    return respond(verdict.reply);
  }
  if (!routing.enabled) {
    log({ result: 'ignored', summary: 'The channel is switched off', detail: '' });
    return respond(provider.webhook.accepted);
  }
  const outcome = await inTime<Outcome>(process(env, context, provider, routing, incoming), {
    reply: busy,
    result: 'failed',
    summary: 'A webhook could not be stored in time',
    detail: 'The provider was asked to send it again.',
  });
  const { result, summary, detail } = outcome;
  log({ result, summary, detail }, { request: incoming, genuine: true });
  return respond(outcome.reply);
}

/** Takes a kept webhook in once more: it is verified with what the channel has now; what is known stays one. */
export async function replayWebhook(
  env: Env,
  context: Context,
  channelId: string,
  kept: KeptRequest,
): Promise<ReplayAnswer> {
  const routing = await workspaceOf(env).messagingRouting(channelId);
  if (!routing?.saved) return { result: 'failed', summary: 'The channel was deleted.' };
  const provider: Provider = providers[routing.provider];
  const request = { ...kept, body: Uint8Array.fromBase64(kept.body) };
  const received = Number(kept.headers['x-parley-received'] ?? Date.now());
  const verdict = await provider.verify(request, channelView(routing), received);
  // Credentials in a header are not kept: such a request counts as genuine only if it was when it came.
  const wasGenuine = kept.headers['x-parley-genuine'] === 'yes';
  if (!verdict.ok && !(verdict.log === null && wasGenuine)) {
    const why = verdict.log ?? 'The credentials that it came with were wrong.';
    return { result: 'refused', summary: `${why} Check the channel's credentials.` };
  }
  const started = Date.now();
  const outcome = await process(env, context, provider, routing, request);
  logEvent(env, context, routing.id, {
    at: started,
    kind: 'webhook',
    result: outcome.result,
    summary: `Replayed: ${outcome.summary}`,
    detail: outcome.detail,
    latencyMs: Date.now() - started,
  });
  const result = outcome.result === 'unknown' ? 'failed' : outcome.result;
  return { result, summary: outcome.summary };
}

// ── What a verified request does ────────────────────────────────────────────────────────────────────────

async function process(
  env: Env,
  context: Context,
  provider: Provider,
  routing: MessagingRouting,
  request: WebhookRequest,
): Promise<Outcome> {
  const { accepted, malformed, busy } = provider.webhook;
  try {
    const told = await takeAll(env, context, provider, routing, request, 0);
    const bad = told.notes.length > 0 && told.stored + told.duplicates === 0;
    const isMalformed = told.malformed && bad;
    return {
      reply: isMalformed ? malformed : accepted,
      result: bad ? (isMalformed ? 'refused' : 'ignored') : 'ok',
      summary: summaryOf(told),
      detail: told.notes.join('\n'),
    };
  } catch (error) {
    console.error(JSON.stringify({ event: 'webhook.failed', channel: routing.id, error: String(error) }));
    return {
      reply: busy,
      result: 'failed',
      summary: 'A webhook could not be stored',
      detail: 'The provider was asked to send it again.',
    };
  }
}

interface Told {
  stored: number;
  duplicates: number;
  malformed: boolean;
  kinds: string[];
  notes: string[];
}

async function takeAll(
  env: Env,
  context: Context,
  provider: Provider,
  routing: MessagingRouting,
  request: WebhookRequest,
  depth: number,
): Promise<Told> {
  const events = provider.parse(request, channelView(routing), Date.now());
  const told: Told = { stored: 0, duplicates: 0, malformed: false, kinds: [], notes: [] };
  const statuses = events.filter((event) => event.kind === 'status');
  const byConversation = await gather(env, routing, events, told);
  // All at once: they are different objects, and the provider waits for the slowest of them.
  const [known, ...taken] = await Promise.all([
    statuses.length > 0 ? channelOf(env, routing.id).delivered(statuses) : 0,
    ...[...byConversation].map(([conversation, list]) => store(env, context, conversation, list)),
  ]);
  count(told, taken.flat(), statuses.length, known);
  told.kinds.push(...[...byConversation.values()].flat().map(describe), ...statuses.map(describe));
  for (const event of events) {
    if (event.kind === 'ignored' || event.kind === 'malformed') told.notes.push(event.what);
    if (event.kind === 'malformed') told.malformed = true;
    if (event.kind === 'account' || event.kind === 'templatesChanged') told.notes.push(event.text);
    if (event.kind === 'account') await channelOf(env, routing.id).accountSays(event.text, event.health);
    if (event.kind === 'templatesChanged') await channelOf(env, routing.id).refreshTemplates();
    if (event.kind === 'elsewhere' && depth === 0) {
      merge(told, await takeElsewhere(env, context, provider, event.account, request));
    }
  }
  return told;
}

async function store(
  env: Env,
  context: Context,
  conversation: string,
  events: ConversationEvent[],
): Promise<Taken[]> {
  const { taken, letter } = await sessionOf(env, conversation).receive(events, toldOf(conversation));
  if (letter) tellDesk(env, context, conversation, letter);
  return taken;
}

/** One webhook URL for several pages or numbers of one app: they share its secret, so what it signed is theirs. */
async function takeElsewhere(
  env: Env,
  context: Context,
  provider: Provider,
  account: string,
  request: WebhookRequest,
): Promise<Told> {
  const nothing = { stored: 0, duplicates: 0, malformed: false, kinds: [] };
  const id = await workspaceOf(env).messagingByAccount(provider.id as ProviderId, account);
  const routing = id === null ? null : await messagingRouting(env, id);
  if (!routing?.enabled) return { ...nothing, notes: [`${account} is not a number of this workspace`] };
  const verdict = await provider.verify(request, channelView(routing), Date.now());
  if (!verdict.ok) return { ...nothing, notes: [`${account} belongs to a channel with another app secret`] };
  return takeAll(env, context, provider, routing, request, 1);
}

/** Events for sessions by the session's name; customers with several addresses under one of them. */
async function gather(
  env: Env,
  routing: MessagingRouting,
  events: readonly InboundEvent[],
  told: Told,
): Promise<Map<string, ConversationEvent[]>> {
  const gathered = new Map<string, ConversationEvent[]>();
  for (const event of events) {
    if (!isForSession(event)) continue;
    const customer = await customerOf(env, routing.id, event);
    let name: string;
    try {
      name = conversationName({
        channel: routing.id,
        number: addressPart(event.number),
        customer: addressPart(customer),
      });
    } catch {
      told.notes.push('The sender has no usable address');
      continue;
    }
    gathered.set(name, [...(gathered.get(name) ?? []), await keepEnclosed(env, routing, event)]);
  }
  return gathered;
}

function isForSession(event: InboundEvent): event is ConversationEvent {
  return [
    'message',
    'echo',
    'watermark',
    'reaction',
    'edited',
    'revoked',
    'arrival',
    'moved',
    'optOut',
  ].includes(event.kind);
}

/** The one address of customers who have several. Remembered for a while, as every webhook asks. */
async function customerOf(env: Env, channel: string, event: ConversationEvent): Promise<string> {
  const aliases =
    event.kind === 'moved' ? [event.to] : 'aliases' in event && event.aliases ? event.aliases : [];
  const isOpaque = !/^\+?\d+$/.test(event.customer);
  if (aliases.length === 0 && !isOpaque) return event.customer;
  const key = [channel, event.customer, ...aliases].join('|');
  const known = knownCustomers.get(key);
  if (known !== undefined) return known;
  const customer = await channelOf(env, channel).customerOf(event.customer, aliases);
  if (knownCustomers.size > 10_000) knownCustomers.clear();
  knownCustomers.set(key, customer);
  return customer;
}
const knownCustomers = new Map<string, string>();

function count(told: Told, taken: readonly Taken[], statuses: number, known: number): void {
  for (const one of taken) {
    if (one === 'stored') told.stored += 1;
    else if (one === 'duplicate') told.duplicates += 1;
    else told.notes.push('About a message or a conversation that is not known here');
  }
  told.stored += known;
  // Reports of messages that are not known yet are kept for when they are.
  told.duplicates += statuses - known;
}

function merge(into: Told, more: Told): void {
  into.stored += more.stored;
  into.duplicates += more.duplicates;
  into.malformed ||= more.malformed;
  into.kinds.push(...more.kinds);
  into.notes.push(...more.notes);
}

// ── Words for the event log ─────────────────────────────────────────────────────────────────────────────

function describe(event: ConversationEvent | Extract<InboundEvent, { kind: 'status' }>): string {
  switch (event.kind) {
    case 'message':
      return `Message from ${event.customer} to ${event.number}`;
    case 'status':
      return `Report: ${event.status}`;
    case 'watermark':
      return `Report: ${event.status} by ${event.customer}`;
    case 'echo':
      return `Sent to ${event.customer} from elsewhere`;
    case 'reaction':
      return `Reaction from ${event.customer}`;
    case 'edited':
    case 'revoked':
      return `${event.customer} changed a message`;
    case 'arrival':
      return `${event.customer} came by ${event.referral.title ?? 'a link'}`;
    case 'moved':
      return `${event.customer} is ${event.to} now`;
    case 'optOut':
      return `${event.customer} ${event.out ? 'opted out' : 'opted in'}`;
  }
}

function summaryOf({ kinds, duplicates, stored, notes }: Told): string {
  const [first, ...more] = kinds;
  if (first === undefined) return notes[0] ?? 'Nothing to do';
  const repeated = stored === 0 && duplicates > 0 && first.startsWith('Message') ? ' (known already)' : '';
  return `${first}${more.length > 0 ? ` and ${more.length} more` : ''}${repeated}`;
}

// ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────

async function readWebhook(request: Request, maxBytes: number): Promise<WebhookRequest | null> {
  const body = await readBytes(request, maxBytes, drainedBytes);
  if (body === null) return null;
  const mark = request.url.indexOf('?');
  return {
    method: request.method,
    rawQuery: mark < 0 ? '' : (request.url.slice(mark + 1).split('#')[0] ?? ''),
    headers: Object.fromEntries(request.headers),
    body,
  };
}

function respond({ status, headers, body }: HttpReply): Response {
  return new Response(body, { status, headers: { ...headers, 'cache-control': 'no-store' } });
}

function notFound(): Response {
  return respond({ status: 404, headers: {}, body: null });
}
