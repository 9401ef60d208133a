/**
 * What an agent wants to be told of and how (AG-13): the settings of their account, the devices that are pushed
 * to, and the one rule that decides.
 */
import * as z from 'zod';
import type { Presence } from './agent.ts';
import { callText } from './callRecord.ts';
import { nameOf } from './customer.ts';
import type { InboxSession } from './protocol.ts';

export const tone = z.enum(['chime', 'knock', 'drop']);
export type Tone = z.infer<typeof tone>;

/** `mine`: sessions that the agent holds; `mentions`: only where a colleague names them. */
export const notifyAbout = z.enum(['all', 'mine', 'mentions']);
export type NotifyAbout = z.infer<typeof notifyAbout>;

export const notificationSettings = z.object({
  /** Notifications of the browser, and push to devices. */
  notifications: z.boolean(),
  sound: z.boolean(),
  tone,
  /** Per cent. */
  volume: z.number().int().min(0).max(100),
  about: notifyAbout,
  /** Notifications say who wrote, not what. */
  hideText: z.boolean(),
});
export type NotificationSettings = z.infer<typeof notificationSettings>;

export const defaultNotifications: NotificationSettings = {
  notifications: true,
  sound: true,
  tone: 'chime',
  volume: 60,
  about: 'all',
  hideText: false,
};

export type Way = 'sound' | 'notification' | 'push';

/** What happened, from the agent's point of view. */
export interface Occasion {
  /** The session is theirs, and not only waiting in a queue of theirs. */
  mine: boolean;
  mentioned: boolean;
}

/** Whether an agent may be told in this way. Do Not Disturb silences everything, Off Work silences devices. */
export function mayNotify(
  way: Way,
  settings: NotificationSettings,
  presence: Presence,
  { mine, mentioned }: Occasion,
): boolean {
  if (presence === 'doNotDisturb' || (way === 'push' && presence === 'offWork')) return false;
  if (!(way === 'sound' ? settings.sound : settings.notifications)) return false;
  return mentioned || settings.about === 'all' || (settings.about === 'mine' && mine);
}

/** What a mention says: not the note, which may be about the customer. */
export const mentionText = 'A note mentions you';

/** Title and line of a notification about a message or call of a session. */
export function notificationText(
  session: Pick<InboxSession, 'contact' | 'customer' | 'lastMessage' | 'call'>,
  hideText: boolean,
): { title: string; body: string } {
  const { lastMessage, call } = session;
  // That somebody calls is no text to hide.
  if (call?.phase === 'ringing' && call.from === 'customer')
    return { title: nameOf(session), body: callText };
  return { title: nameOf(session), body: hideText || !lastMessage ? 'New message' : lastMessage.preview };
}

// ── Devices ─────────────────────────────────────────────────────────────────────────────────────────────

const bytes = (length: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));

/** A browser's PushSubscription; `p256dh` is a point of 65 bytes, `auth` 16 bytes, both base64url. */
export const pushSubscriptionInput = z.object({
  endpoint: z.url({ protocol: /^https$/, error: 'A push service has an HTTPS address.' }).max(2000),
  keys: z.object({ p256dh: bytes(87), auth: bytes(22) }),
});
export type PushSubscriptionInput = z.infer<typeof pushSubscriptionInput>;

/** A device's id follows from its endpoint, so that a browser finds itself in a list that names no endpoints. */
export async function deviceIdOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(digest).subarray(0, 16), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

export const pushDevice = z.object({
  id: z.string(),
  /** Such as "Chrome on Android". */
  label: z.string(),
  createdAt: z.number(),
  /** When something was pushed to it last; null before the first time. */
  lastUsedAt: z.number().nullable(),
});
export type PushDevice = z.infer<typeof pushDevice>;

/** GET /api/me/notifications. `publicKey` is what browsers subscribe with (VAPID), base64url. */
export const notificationsAnswer = z.object({
  settings: notificationSettings,
  devices: z.array(pushDevice),
  publicKey: z.string(),
});
export type NotificationsAnswer = z.infer<typeof notificationsAnswer>;
