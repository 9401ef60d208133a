/** Signed tokens: a visitor's, an upload's, and the identity that a website signs for its user. */
import { SignJWT, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import type { CustomerProfile } from '../core/log.ts';
import { file, media } from '../core/content.ts';
import { problem, type Problem } from '../core/errors.ts';
import type { Env } from './env.ts';

/** A visitor token lives this long after the last hello; each hello renews it. */
const visitorLifetimeMs = 90 * 86_400_000;
const uploadLifetimeMs = 3_600_000;
/** Clocks of websites may be this far off ours, seconds. */
const clockTolerance = 60;

const visitorClaims = z.object({
  sub: z.string(),
  channel: z.string(),
  number: z.string(),
  origin: z.string(),
  /** Set for visitors whose website has signed who they are. */
  identity: z
    .object({
      userId: z.string(),
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      email: z.string().optional(),
      phone: z.string().optional(),
    })
    .optional(),
});
export type VisitorClaims = z.infer<typeof visitorClaims>;

export function signVisitor(env: Env, claims: VisitorClaims, now: number): Promise<string> {
  return sign(env, 'visitor', claims, visitorLifetimeMs, now);
}

/** The claims of a visitor token of this channel and origin, or why it is none. */
export async function verifyVisitor(
  env: Env,
  token: string,
  expected: { number: string; origin: string },
  now: number,
): Promise<{ claims: VisitorClaims } | { refusal: Problem }> {
  try {
    const { payload } = await verify(token, signingKey(env), 'visitor', now);
    const claims = visitorClaims.parse(payload);
    if (claims.number !== expected.number || claims.origin !== expected.origin) {
      return { refusal: problem('token_invalid') };
    }
    return { claims };
  } catch (error) {
    return { refusal: problem(error instanceof errors.JWTExpired ? 'token_expired' : 'token_invalid') };
  }
}

const uploadClaims = z.object({ conversation: z.string(), media });
export type UploadClaims = z.infer<typeof uploadClaims>;

/** A ticket to send an uploaded file with, in its own conversation only. */
export function signUpload(env: Env, claims: UploadClaims, now: number): Promise<string> {
  return sign(env, 'upload', claims, uploadLifetimeMs, now);
}

/** The file that a ticket of this conversation stands for; null when the ticket is no good. */
export async function verifyUpload(env: Env, ticket: string, conversation: string, now: number) {
  try {
    const { payload } = await verify(ticket, signingKey(env), 'upload', now);
    const claims = uploadClaims.parse(payload);
    return claims.conversation === conversation ? claims.media : null;
  } catch {
    return null;
  }
}

const fileClaims = z.object({ conversation: z.string(), file });

/** A ticket to send a file with through a provider, in its own conversation only. */
export function signFile(env: Env, claims: z.infer<typeof fileClaims>, now: number): Promise<string> {
  return sign(env, 'file', claims, uploadLifetimeMs, now);
}

/** The file that a ticket of this conversation stands for; null when the ticket is no good. */
export async function verifyFile(env: Env, ticket: string, conversation: string, now: number) {
  try {
    const { payload } = await verify(ticket, signingKey(env), 'file', now);
    const claims = fileClaims.parse(payload);
    return claims.conversation === conversation ? claims.file : null;
  } catch {
    return null;
  }
}

const identityClaims = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  name: z.string().max(160).optional(),
  email: z.email().max(254).optional(),
  phone: z.string().max(30).optional(),
});

/**
 * Who a website says its user is: an HS256 token with `sub` and `exp`, signed with the channel's identity
 * secret. Anything less is refused: a bad signature never makes somebody a guest in disguise.
 */
export async function verifyIdentity(
  secret: string,
  token: string,
  now: number,
): Promise<{ identity: CustomerProfile & { userId: string } } | { refusal: Problem }> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      currentDate: new Date(now),
      clockTolerance,
    });
    const { sub, name, email, phone } = identityClaims.parse(payload);
    const [firstName, ...rest] = (name ?? '').trim().split(/\s+/);
    return {
      identity: {
        userId: sub,
        ...(firstName ? { firstName } : {}),
        ...(rest.length > 0 ? { lastName: rest.join(' ') } : {}),
        ...(email ? { email } : {}),
        ...(phone ? { phone } : {}),
      },
    };
  } catch {
    return { refusal: problem('identity_invalid') };
  }
}

/** The visitor id of a signed user: the same on every device, and not to be guessed from the user's id. */
export async function visitorOfUser(env: Env, channel: string, userId: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    signingKey(env),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const digest = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`user|${channel}|${userId}`));
  return `u${base64url(new Uint8Array(digest).slice(0, 16))}`;
}

/** A new visitor id with 128 random bits. */
export function newVisitor(): string {
  return `v${base64url(crypto.getRandomValues(new Uint8Array(16)))}`;
}

function sign(env: Env, audience: string, claims: Record<string, unknown>, lifetimeMs: number, now: number) {
  const issued = new Date(now);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(new Date(now + lifetimeMs))
    .sign(signingKey(env));
}

function verify(token: string, key: Uint8Array, audience: string, now: number) {
  return jwtVerify(token, key, { algorithms: ['HS256'], audience, currentDate: new Date(now) });
}

function signingKey(env: Env): Uint8Array {
  return new TextEncoder().encode(env.PARLEY_SIGNING_KEY);
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}
