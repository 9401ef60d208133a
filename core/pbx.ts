/**
 * The company's telephone exchange (PBX), through which agents call customers' numbers from the inbox: SIP over WebSocket
 * (RFC 7118), what PBXs call a WebRTC trunk or WebRTC extensions. And what becomes of such a call.
 */
import * as z from 'zod';
import { isLoopbackHost } from './origin.ts';

const secure = 'Use a secure WebSocket address such as wss://pbx.example.com:8089/ws.';

/** Where the PBX takes SIP over WebSocket. Plain `ws:` only on the machine itself. */
const socketUrl = z
  .string()
  .trim()
  .max(300)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, hash } = new URL(text);
    const allowed = protocol === 'wss:' || (protocol === 'ws:' && isLoopbackHost(hostname));
    return allowed && username === '' && hash === '';
  }, secure);

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, 'Use a name such as pbx.example.com.');

/** PUT /api/pbx: null switches it off; agents' extensions stay. */
export const pbxInput = z.object({ server: z.object({ url: socketUrl, domain }).nullable() });
export type PbxInput = z.infer<typeof pbxInput>;

/** What may stand before the @ of a SIP address, unescaped (RFC 3261, 25.1). */
const user = z
  .string()
  .trim()
  .min(1, 'Enter the extension.')
  .max(64, 'Use at most 64 characters.')
  .regex(/^[A-Za-z0-9_.!~*'()&=+$,;?/-]+$/, 'Use letters and digits only, such as 1001.');

/** PUT /api/pbx/extensions/:agent: an agent's own. An empty password stays what it is. */
export const pbxExtensionInput = z.object({ user, password: z.string().max(200) });
export type PbxExtensionInput = z.infer<typeof pbxExtensionInput>;

/** GET /api/pbx. Passwords are never answered. */
export const pbxSettings = pbxInput.extend({
  extensions: z.array(z.object({ agent: z.string(), user: z.string() })),
});
export type PbxSettings = z.infer<typeof pbxSettings>;

/** What an agent's own page registers with. */
export const phonePass = z.object({
  url: z.string(),
  domain: z.string(),
  user: z.string(),
  password: z.string(),
  servers: z.array(
    z.object({
      urls: z.array(z.string()),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
});
export type PhonePass = z.infer<typeof phonePass>;

/** GET /api/me/phone. `pass` null: there is no PBX, or no extension of this agent, and their device's own phone dials. */
export const phoneAnswer = z.object({ pass: phonePass.nullable() });

/** The address to call: the number without what people write between digits. */
export function sipTarget(number: string, at: string): string {
  return `sip:${number.replace(/[^+\d*#]/g, '').replaceAll('#', '%23')}@${at}`;
}
