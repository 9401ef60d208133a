/** The small pieces that every route shares: reading a body, answering a problem, knowing the client. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as z from 'zod';
import { problem, type Problem, type ProblemCode } from '../core/errors.ts';
import { refuse, type Answer } from './answer.ts';
import type { Env } from './env.ts';

const maxJsonBytes = 256 * 1024;

const statuses: Record<ProblemCode, ContentfulStatusCode> = {
  invalid_input: 400,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
  conflict: 409,
  draft_unknown: 409,
  provider_silent: 502,
  in_use: 409,
  last_admin: 409,

  setup_needed: 503,
  setup_done: 409,
  sign_in_required: 401,
  sign_in_failed: 401,
  password_wrong: 400,
  password_weak: 400,
  link_expired: 404,
  forbidden: 403,
  origin_refused: 403,

  channel_unknown: 404,
  channel_disabled: 403,
  domain_not_listed: 403,
  token_invalid: 401,
  token_expired: 401,
  identity_missing: 400,
  identity_invalid: 401,
  profile_required: 400,
  consent_required: 400,
  session_limit: 429,

  frame_invalid: 400,
  message_empty: 400,
  message_too_long: 413,
  images_not_allowed: 403,
  image_type: 415,
  image_damaged: 422,
  image_too_large: 413,
  media_unknown: 404,
  file_too_large: 413,
  file_type: 415,
  not_sendable: 400,
  not_resendable: 409,
  opted_out: 409,
  window_closed: 409,
  template_unknown: 404,

  session_closed: 409,
  session_not_yours: 403,
  picked_up_by_other: 409,
  pickup_disabled: 409,
  not_in_queue: 409,
  transfer_nowhere: 409,
  transfer_unknown: 404,
  platform_missing: 409,
  start_not_permitted: 403,
  start_taken: 409,
  start_channel: 400,
  number_invalid: 400,
  note_empty: 400,

  calls_off: 403,
  calls_closed: 403,
  call_busy: 429,
  call_running: 409,
  call_taken: 409,
  call_over: 409,
  visitor_away: 409,
  visitor_unable: 409,
};

/** The HTTP status that goes with a problem. */
export function statusOf(code: ProblemCode): ContentfulStatusCode {
  return statuses[code];
}

/** `{ error: Problem }` with its status; `waitMs` becomes Retry-After (whole seconds, rounded up). */
export function problemResponse(found: Problem, waitMs?: number): Response {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (waitMs !== undefined) headers['retry-after'] = String(Math.ceil(waitMs / 1000));
  return Response.json({ error: found }, { status: statusOf(found.code), headers });
}

/** The value as JSON, or the refusal with its status. */
export function reply(answer: Answer<unknown>): Response {
  return 'refusal' in answer ? problemResponse(answer.refusal, answer.waitMs) : Response.json(answer.value);
}

/** The last resort of every route: says nothing of the inside to the client, and everything to the log. */
export function onError(error: Error, c: Context): Response {
  console.error(
    JSON.stringify({
      event: 'request.failed',
      method: c.req.method,
      path: c.req.path,
      error: String(error),
      stack: error.stack,
    }),
  );
  return Response.json({ error: problem('unavailable') }, { status: 500 });
}

/** The body as the schema gives it. Refuses what is not JSON, more than 256 KB, or not of the schema. */
export async function readJson<S extends z.core.$ZodType>(
  request: Request,
  schema: S,
): Promise<Answer<z.output<S>>> {
  if (!isJson(request)) {
    return refuse('invalid_input', { message: 'Send the request as JSON (content-type application/json).' });
  }
  const bytes = await readBytes(request, maxJsonBytes);
  if (bytes === null) return refuse('too_large');
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return refuse('invalid_input', { message: 'The request is not valid JSON.' });
  }
  const parsed = z.safeParse(schema, body);
  return parsed.success ? { value: parsed.data } : { refusal: inputProblem(parsed.error) };
}

/** The address's query as the schema gives it; of a name that stands there twice the last one counts. */
export function readQuery<S extends z.core.$ZodType>(request: Request, schema: S): Answer<z.output<S>> {
  const parsed = z.safeParse(schema, Object.fromEntries(new URL(request.url).searchParams));
  return parsed.success ? { value: parsed.data } : { refusal: inputProblem(parsed.error) };
}

export function isJson(request: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '');
}

/** The first thing wrong with an input, with the path of its field, such as `preChat.title`. */
function inputProblem(error: z.core.$ZodError): Problem {
  const issue = error.issues[0];
  if (!issue) return problem('invalid_input');
  const field = issue.path.map(String).join('.');
  return problem('invalid_input', { message: issue.message, ...(field ? { field } : {}) });
}

/**
 * The body's bytes, null when there are more than `max`. What was not announced is counted as it arrives. Of a body that is too large `drain` bytes more are read and thrown away: a client that is
 * cut off while it writes sees a broken connection and never the refusal.
 */
export async function readBytes(
  request: Request | Response,
  max: number,
  drain = 0,
): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > max + drain) {
    await request.body?.cancel();
    return null;
  }
  const announced = request.headers.get('content-length');
  // The runtime lets nobody send more than they announced. (An answer may be compressed, and announce that.)
  if (request instanceof Request && announced !== null && Number(announced) <= max) {
    return new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.length;
      if (size > max + drain) return null;
      if (size <= max) chunks.push(chunk);
    }
  }
  if (size > max) return null;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * The client's IP address, null when nothing trustworthy says it. On Cloudflare the platform's own header;
 * self-hosted the header that the trusted proxy appends to (its last entry: earlier ones are the client's
 * own words), else the peer of the TCP connection as workerd saw it.
 */
export function clientAddress(request: Request, env: Env): string | null {
  if (env.PARLEY_PLATFORM === 'cloudflare') return request.headers.get('cf-connecting-ip');
  const header = env.PARLEY_CLIENT_ADDRESS_HEADER;
  if (header) return request.headers.get(header)?.split(',').at(-1)?.trim() || null;
  const peer = request.cf?.['clientIp'];
  return typeof peer === 'string' ? withoutPort(peer) : null;
}

function withoutPort(peer: string): string {
  const bracketed = /^\[(.+)\](:\d+)?$/.exec(peer);
  if (bracketed?.[1]) return bracketed[1];
  return /^[^:]+:\d+$/.test(peer) ? peer.slice(0, peer.lastIndexOf(':')) : peer;
}

/** Headers for answers that are data, never pages: not sniffed, framed, cached or read by other sites. */
export function setApiHeaders(headers: Headers): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('referrer-policy', 'no-referrer');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
}
