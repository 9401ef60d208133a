/** The key pair that push services know this deployment by (RFC 8292); the private half is sealed at rest. */
import type { Env } from '../../env.ts';
import { seal, unseal, type SealedPlace } from '../../seal.ts';
import { base64url } from '../../secrets.ts';

export interface SealedVapid {
  /** An uncompressed P-256 point, base64url: what browsers subscribe with. */
  publicKey: string;
  sealed: string;
}

export interface Vapid {
  publicKey: string;
  /** The private number, base64url. */
  privateKey: string;
}

const place: SealedPlace = { workspace: 'workspace', channel: '', field: 'vapid' };

export async function newVapid(env: Env): Promise<SealedVapid> {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const point = (await crypto.subtle.exportKey('raw', pair.publicKey)) as ArrayBuffer;
  const { d = '' } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  return {
    publicKey: base64url(new Uint8Array(point)),
    sealed: await seal(env.PARLEY_SEALING_KEY, place, d),
  };
}

/** Null when it cannot be opened, which the log explains: with another sealing key, devices have to subscribe anew. */
export async function openVapid(env: Env, { publicKey, sealed }: SealedVapid): Promise<Vapid | null> {
  try {
    return { publicKey, privateKey: await unseal(env.PARLEY_SEALING_KEY, place, sealed) };
  } catch (error) {
    console.error(JSON.stringify({ event: 'unseal.failed', field: 'vapid', error: String(error) }));
    return null;
  }
}
