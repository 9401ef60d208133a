/**
 * Meta's signature of webhooks: `X-Hub-Signature-256: sha256=<hex>`, an HMAC of the raw body under the app's
 * secret. Source: Messenger Platform, "Webhooks", "Validate payloads".
 */
import { hmac, reply, sameText } from '../dialect.ts';
import type { Verdict, WebhookRequest } from '../provider.ts';

/** Checks the signature. Without a secret nothing is genuine. */
export async function verifySignature(request: WebhookRequest, appSecret: string): Promise<Verdict> {
  if (appSecret === '') return refuse(403, 'The channel has no App Secret to check the signature with.');
  const header = request.headers['x-hub-signature-256'];
  if (header === undefined) return refuse(401, 'The signature (X-Hub-Signature-256) is missing.');
  const [, given] = /^sha256=([0-9a-f]{64})$/.exec(header) ?? [];
  if (given === undefined) return refuse(403, 'The signature (X-Hub-Signature-256) has a wrong form.');
  if (sameText(given, await sign(appSecret, request.body))) return { ok: true };
  const escaped = escapedForm(request.body);
  if (escaped !== null && sameText(given, await sign(appSecret, escaped))) return { ok: true };
  return refuse(403, 'The signature is wrong. If this goes on, compare the App Secret with the one at Meta.');
}

/** Lower-case hex of the HMAC-SHA256 that Meta uses for signatures and for `appsecret_proof`. */
export async function sign(secret: string, bytes: Uint8Array): Promise<string> {
  const digest = await hmac('SHA-256', secret, bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The body with everything beyond ASCII written as `\uXXXX`, which Meta documents as what is signed; bodies
 * are normally posted in that form already. Null when there is nothing to escape, or it is not UTF-8.
 */
function escapedForm(body: Uint8Array): Uint8Array | null {
  if (!body.some((byte) => byte >= 0x80)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const escaped = text.replace(
      /[^\0-~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return new TextEncoder().encode(escaped);
  } catch {
    return null;
  }
}

function refuse(status: number, log: string): Verdict {
  return { ok: false, reply: reply(status, 'Forbidden'), log };
}
