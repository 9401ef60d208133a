/** The servers by which the two ends of a call find each other, made for each call and never shipped before. */
import type { IceServer } from '../core/callProtocol.ts';
import {
  cloudflareServers,
  coturnCredentials,
  credentialSeconds,
  type CallSettingsInput,
} from '../core/callSettings.ts';
import type { Env } from './env.ts';
import { standInOf } from './outbound.ts';

const cloudflare = 'https://rtc.live.cloudflare.com';
const timeoutMs = 5_000;

/**
 * For one end of a call; `user` names it to the TURN server. Throws when Cloudflare does not answer with servers.
 * `setup` has its secret in plain text.
 */
export async function iceServers(
  env: Env,
  setup: CallSettingsInput,
  user: string,
  now: number,
): Promise<IceServer[]> {
  const stun: IceServer[] = setup.stun.length > 0 ? [{ urls: setup.stun }] : [];
  const { turn } = setup;
  switch (turn.kind) {
    case 'none':
      return stun;
    case 'static':
      return [...stun, { urls: turn.urls, username: turn.username, credential: turn.secret }];
    case 'coturn':
      return [...stun, { urls: turn.urls, ...(await coturnCredentials(turn.secret, user, now)) }];
    case 'cloudflare':
      return [...stun, ...(await askCloudflare(env, turn.keyId, turn.secret))];
  }
}

/** The same without TURN where that fails: most calls need none, and the log says why. */
export async function iceServersOrStun(
  env: Env,
  setup: CallSettingsInput,
  user: string,
  now: number,
): Promise<IceServer[]> {
  try {
    return await iceServers(env, setup, user, now);
  } catch (error) {
    console.error(JSON.stringify({ event: 'turn.failed', error: String(error) }));
    return iceServers(env, { ...setup, turn: { kind: 'none' } }, user, now);
  }
}

async function askCloudflare(env: Env, keyId: string, token: string): Promise<IceServer[]> {
  const base = (standInOf(env, 'cloudflareTurn') ?? cloudflare).replace(/\/$/, '');
  const response = await fetch(`${base}/v1/turn/keys/${keyId}/credentials/generate-ice-servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ttl: credentialSeconds }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`Cloudflare answered ${response.status}`);
  return cloudflareServers(await response.json());
}
