/**
 * The GET by which Meta asks whether a callback URL is ours. It comes when the admin presses "Verify and save"
 * there, often before our own form is saved, and may be repeated for the life of the channel. So nothing but
 * the verify token is needed. Source: Messenger Platform, "Webhooks", "Verification requests".
 */
import { reply, sameText } from '../dialect.ts';
import type { HttpReply, ProviderChannel, WebhookRequest } from '../provider.ts';

const maxChallengeLength = 256;

/** Answers the GET; null for any other method. */
export function handshake(request: WebhookRequest, channel: ProviderChannel): HttpReply | null {
  if (request.method !== 'GET') return null;
  const query = new URLSearchParams(request.rawQuery);
  const mode = query.get('hub.mode');
  const token = query.get('hub.verify_token');
  const challenge = query.get('hub.challenge');
  if (mode === null || token === null || challenge === null || challenge.length > maxChallengeLength) {
    return reply(400, 'This address answers verification requests of Meta.');
  }
  const { verifyToken } = channel.ours;
  if (mode !== 'subscribe' || verifyToken === '' || !sameText(token, verifyToken)) {
    return reply(403, 'The verify token is wrong.');
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' },
    body: challenge,
  };
}
