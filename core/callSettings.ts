/** How calls find their way through networks: what an admin sets, and the credentials that follow from it. */
import * as z from 'zod';
import type { IceServer } from './callProtocol.ts';

const host = String.raw`(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?`;
const stunUrl = z
  .string()
  .trim()
  .max(200)
  .regex(new RegExp(`^stuns?:${host}$`), 'Use an address such as stun:stun.example.com:3478.');
const turnUrl = z
  .string()
  .trim()
  .max(200)
  .regex(
    new RegExp(String.raw`^turns?:${host}(\?transport=(udp|tcp))?$`),
    'Use an address such as turn:turn.example.com:3478 or turns:turn.example.com:443?transport=tcp.',
  );
const turnUrls = z.array(turnUrl).min(1, 'Enter at least one address.').max(10);
/** Left empty, it stays what it is. */
const secret = z.string().trim().max(500);

/** Who relays sound where two networks do not let each other through. */
export const turn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** One user name and password for everybody. */
  z.object({
    kind: z.literal('static'),
    urls: turnUrls,
    username: z.string().trim().min(1, 'Enter the user name.').max(200),
    secret,
  }),
  /** coturn with `use-auth-secret`: credentials that end by themselves. */
  z.object({ kind: z.literal('coturn'), urls: turnUrls, secret }),
  /** Cloudflare Realtime TURN: the id of a TURN key, and its API token. */
  z.object({
    kind: z.literal('cloudflare'),
    keyId: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{8,100}$/, 'Paste the TURN key ID.'),
    secret,
  }),
]);
export type Turn = z.infer<typeof turn>;

const setup = z.object({
  stun: z.array(stunUrl).max(10),
  turn,
  /** Whether sound goes through the TURN server always, so that neither end learns the other's network address. */
  relayOnly: z.boolean().default(false),
});

export const callSettingsInput = setup.refine((input) => !input.relayOnly || input.turn.kind !== 'none', {
  path: ['relayOnly'],
  message: 'This needs a TURN server: enter one under Relay, or switch this off.',
});
export type CallSettingsInput = z.infer<typeof callSettingsInput>;

/** GET and PUT /api/calls. Secrets are never answered, only whether there is one. */
export const callSettings = setup.extend({ secretSet: z.boolean() });
export type CallSettings = z.infer<typeof callSettings>;

export const defaultCallSettings: CallSettingsInput = {
  stun: ['stun:stun.cloudflare.com:3478'],
  turn: { kind: 'none' },
  relayOnly: false,
};

/** POST /api/calls/test: what a call would be given now. */
export const iceAnswer = z.object({
  servers: z.array(
    z.object({
      urls: z.array(z.string()),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
});

/** How long credentials hold, seconds. No call is longer, and Cloudflare allows 48 hours. */
export const credentialSeconds = 24 * 3600;

/**
 * Credentials by the REST API for TURN (draft-uberti-behave-turn-rest-00), as coturn's `use-auth-secret` checks them:
 * the user name is when they end (epoch seconds) and who has them, the password its HMAC-SHA1 under the secret in base64.
 */
export async function coturnCredentials(
  secretText: string,
  user: string,
  now: number,
): Promise<{ username: string; credential: string }> {
  const username = `${Math.floor(now / 1000) + credentialSeconds}:${user}`;
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey(
    'raw',
    bytes.encode(secretText),
    { name: 'HMAC', hash: 'SHA-1' },
    false,
    ['sign'],
  );
  const mac = await crypto.subtle.sign('HMAC', key, bytes.encode(username));
  return { username, credential: btoa(String.fromCharCode(...new Uint8Array(mac))) };
}

const cloudflareAnswer = z.object({ iceServers: z.array(iceAnswer.shape.servers.element) });

/** The servers in Cloudflare's answer, without port 53, which browsers refuse and wait for. Throws on another answer. */
export function cloudflareServers(answer: unknown): IceServer[] {
  return cloudflareAnswer.parse(answer).iceServers.flatMap(({ urls, username, credential }) => {
    const usable = urls.filter((url) => !/:53(\?|$)/.test(url));
    if (usable.length === 0) return [];
    return [
      {
        urls: usable,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      },
    ];
  });
}
