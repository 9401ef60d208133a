/**
 * Signed links to files of messages (CH-10): the link says what the file is and ends with a MAC over all of it, so
 * that nobody can make one, and the expiry in the key makes it end. Live chat's images have no MAC: their keys are
 * unguessable and their type is in their name.
 */
import { sameText } from '../../core/providers/dialect.ts';
import type { Env } from '../env.ts';
import { base64url } from '../secrets.ts';

/** The path and query under which a stored file is served as `name` and `type`. */
export async function signedLink(env: Env, key: string, name: string, type: string): Promise<string> {
  const query = new URLSearchParams({ n: name, t: type, s: await signature(env, key, name, type) });
  return `/${key}?${query.toString()}`;
}

/** What a link says of its file; null when we have not signed it. */
export async function readLink(
  env: Env,
  key: string,
  query: URLSearchParams,
): Promise<{ name: string; type: string } | null> {
  const [name, type, given] = [query.get('n'), query.get('t'), query.get('s')];
  if (name === null || type === null || given === null) return null;
  return sameText(await signature(env, key, name, type), given) ? { name, type } : null;
}

async function signature(env: Env, key: string, name: string, type: string): Promise<string> {
  const encoder = new TextEncoder();
  const signing = await crypto.subtle.importKey(
    'raw',
    encoder.encode(env.PARLEY_SIGNING_KEY),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const mac = await crypto.subtle.sign('HMAC', signing, encoder.encode(`file|${key}|${type}|${name}`));
  return base64url(new Uint8Array(mac).slice(0, 16));
}
