/**
 * The unguessable part of a channel's webhook URL (CH-03). It carries its own proof: a MAC over provider,
 * channel and nonce, so that an unknown token is refused without asking anybody, at a constant cost (CH-08), and
 * so that the address of a form that is still open works before the channel is saved.
 */
import { sameText } from '../core/providers/dialect.ts';
import type { ProviderChannel } from '../core/providers/provider.ts';
import type { Env } from './env.ts';
import { base64url } from './secrets.ts';

/** Lengths in characters: `newId`, a nonce of 48 random bits, a MAC of 128 bits. */
const idLength = 16;
const nonceLength = 8;
const macLength = 22;

/** A new nonce: another one makes another address, and the old address is dead. */
export function newNonce(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(6)));
}

export async function webhookToken(env: Env, provider: string, id: string, nonce: string): Promise<string> {
  return `${id}${nonce}${await proof(env, `webhook|${provider}|${id}|${nonce}`, macLength)}`;
}

/** The channel and nonce that a token of this provider stands for; null when it is not one of ours. */
export async function readWebhookToken(
  env: Env,
  provider: string,
  token: string,
): Promise<{ id: string; nonce: string } | null> {
  const known = proven.get(`${provider}|${token}`);
  if (known) return known;
  const id = token.slice(0, idLength);
  const nonce = token.slice(idLength, idLength + nonceLength);
  const expected = await webhookToken(env, provider, id, nonce);
  if (!sameText(expected, token)) return null;
  if (proven.size >= maxProven) proven.clear();
  proven.set(`${provider}|${token}`, { id, nonce });
  return { id, nonce };
}

/** Tokens that were proven before. Only right ones get in, so guessing learns nothing from it. */
const proven = new Map<string, { id: string; nonce: string }>();
const maxProven = 10_000;

/** What we make for the admin to paste at the provider; it changes with the nonce. */
export async function oursOf(env: Env, id: string, nonce: string): Promise<ProviderChannel['ours']> {
  const [verifyToken, user, password] = await Promise.all(
    ['verify', 'user', 'password'].map((use) => proof(env, `${use}|${id}|${nonce}`, 40)),
  );
  return {
    verifyToken: plain(verifyToken ?? '').slice(0, 16),
    user: `parley-${plain(user ?? '').slice(0, 8)}`,
    password: plain(password ?? '').slice(0, 24),
  };
}

/** Lower-case letters and digits only: people paste these into other companies' forms. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

async function proof(env: Env, text: string, length: number): Promise<string> {
  const encoder = new TextEncoder();
  const key = await signingKey(env.PARLEY_SIGNING_KEY);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))).slice(
    0,
    length,
  );
}

let known: { secret: string; key: CryptoKey } | null = null;

/** Imported once in an isolate: every webhook needs it. */
async function signingKey(secret: string): Promise<CryptoKey> {
  if (known?.secret === secret) return known.key;
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  known = { secret, key };
  return key;
}
