/**
 * Credentials at rest (GEN-09): AES-256-GCM under a key derived with HKDF from PARLEY_SEALING_KEY. What is
 * sealed says which key sealed it and opens only in the place it was sealed for, so that a value copied
 * into another channel's row is worthless there.
 */
import { base64url, digest } from './secrets.ts';

/** Where a sealed value belongs. */
export interface SealedPlace {
  workspace: string;
  channel: string;
  field: string;
}

const version = 'v1';
const ivBytes = 12;

/** Seals a text: `v1.<key id>.<iv and ciphertext, base64url>`. */
export async function seal(keys: string, place: SealedPlace, text: string): Promise<string> {
  const [secret] = keyring(keys);
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: placeBytes(place) },
    await sealingKey(secret),
    new TextEncoder().encode(text),
  );
  const box = new Uint8Array(ivBytes + ciphertext.byteLength);
  box.set(iv);
  box.set(new Uint8Array(ciphertext), ivBytes);
  return [version, await keyId(secret), base64url(box)].join('.');
}

/** The sealed text. Throws when no key of the ring sealed it, it was changed, or it belongs elsewhere. */
export async function unseal(keys: string, place: SealedPlace, sealed: string): Promise<string> {
  const [sealedVersion, kid, box] = sealed.split('.');
  if (sealedVersion !== version || !kid || !box) throw new Error('not a sealed value');
  for (const secret of keyring(keys)) {
    if ((await keyId(secret)) !== kid) continue;
    const bytes = Uint8Array.fromBase64(box, { alphabet: 'base64url' });
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes.slice(0, ivBytes), additionalData: placeBytes(place) },
      await sealingKey(secret),
      bytes.slice(ivBytes),
    );
    return new TextDecoder().decode(text);
  }
  throw new Error(`no sealing key ${kid}: put the old key after the new one in PARLEY_SEALING_KEY`);
}

/** Keys separated by commas; the first one seals, all of them open, so that a key can be rotated. */
function keyring(keys: string): [string, ...string[]] {
  const [first, ...rest] = keys
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (first === undefined) throw new Error('PARLEY_SEALING_KEY is empty');
  return [first, ...rest];
}

async function keyId(secret: string): Promise<string> {
  return (await digest(`parley key id ${secret}`)).slice(0, 8);
}

async function sealingKey(secret: string): Promise<CryptoKey> {
  const material = Uint8Array.fromBase64(secret, { alphabet: 'base64url' });
  if (material.length < 32) throw new Error('PARLEY_SEALING_KEY needs 32 bytes in base64url');
  const master = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(0),
      info: new TextEncoder().encode('parley sealing v1'),
    },
    master,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function placeBytes({ workspace, channel, field }: SealedPlace): Uint8Array {
  return new TextEncoder().encode(`${workspace}|${channel}|${field}`);
}
