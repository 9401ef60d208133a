/** The secret that a website signs its users' identities with (LC-22), sealed at rest. */
import type { Env } from '../../env.ts';
import { seal, unseal, type SealedPlace } from '../../seal.ts';
import { newSecret } from '../../secrets.ts';

export async function newIdentitySecret(
  env: Env,
  channel: string,
): Promise<{ secret: string; sealed: string }> {
  const secret = newSecret();
  return { secret, sealed: await seal(env.PARLEY_SEALING_KEY, placeOf(channel), secret) };
}

/** Null when there is none, and when it cannot be opened: no identity passes then, which the log explains. */
export async function openIdentitySecret(
  env: Env,
  channel: string,
  sealed: string | null,
): Promise<string | null> {
  if (sealed === null) return null;
  try {
    return await unseal(env.PARLEY_SEALING_KEY, placeOf(channel), sealed);
  } catch (error) {
    console.error(JSON.stringify({ event: 'unseal.failed', channel, error: String(error) }));
    return null;
  }
}

function placeOf(channel: string): SealedPlace {
  return { workspace: 'workspace', channel, field: 'identitySecret' };
}
