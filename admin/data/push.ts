/** This browser as a device that can be pushed to (AG-13): its permission and its subscription. */
import { deviceIdOf, type NotificationsAnswer } from '../../core/notifications.ts';
import { problem } from '../../core/errors.ts';
import type { Answer } from './api.ts';
import { addDevice, loadNotifications, removeDevice } from './notifications.ts';
import { Store } from './store.ts';

/** `missing`: this browser has no push (on an iPhone, until the app is on the home screen). */
export type PushPermission = NotificationPermission | 'missing';

export interface ThisDevice {
  permission: PushPermission;
  /** The id of this browser's subscription; null while it has none. */
  id: string | null;
}

export const thisDevice = new Store<ThisDevice>({ permission: permissionNow(), id: null });

/** Reads what the browser says now, and tells the server of a subscription that it does not know. */
export async function refreshPush(): Promise<void> {
  const subscription = await currentSubscription();
  await say(subscription);
  const answer = await loadNotifications();
  if (!subscription || 'problem' in answer) return;
  const { devices, publicKey } = answer.value;
  if (keyOf(subscription) !== publicKey) await subscribe(publicKey, subscription);
  else if (!devices.some(({ id }) => id === thisDevice.value.id)) await addDevice(subscription.toJSON());
}

/** Asks for permission where it has to, and subscribes. Call it from a click: browsers ask only then. */
export async function switchPushOn(publicKey: string): Promise<Answer<NotificationsAnswer>> {
  if (permissionNow() === 'missing') return refused('This browser cannot receive push notifications.');
  const permission = await Notification.requestPermission();
  thisDevice.set({ ...thisDevice.value, permission });
  if (permission !== 'granted') {
    return refused('Notifications are blocked. Allow them in the browser’s settings for this site.');
  }
  return subscribe(publicKey, await currentSubscription());
}

export async function switchPushOff(): Promise<void> {
  const { id } = thisDevice.value;
  await endPush();
  if (id !== null) await removeDevice(id);
}

/** Ends this browser's subscription, such as when nobody is signed in on it any more. */
export async function endPush(): Promise<void> {
  const subscription = await currentSubscription();
  await subscription?.unsubscribe().catch(() => undefined);
  await say(null);
}

async function subscribe(
  publicKey: string,
  before: PushSubscription | null,
): Promise<Answer<NotificationsAnswer>> {
  try {
    // One that was made for another key of ours is worth nothing.
    if (before && keyOf(before) !== publicKey) await before.unsubscribe();
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: publicKey,
    });
    await say(subscription);
    return await addDevice(subscription.toJSON());
  } catch {
    return refused('The browser’s push service did not answer. Try again in a moment.');
  }
}

async function say(subscription: PushSubscription | null): Promise<void> {
  const id = subscription === null ? null : await deviceIdOf(subscription.endpoint);
  thisDevice.set({ permission: permissionNow(), id });
}

async function currentSubscription(): Promise<PushSubscription | null> {
  if (permissionNow() === 'missing') return null;
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription().catch(() => null)) ?? null;
}

function permissionNow(): PushPermission {
  const able = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;
  return able ? Notification.permission : 'missing';
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function refused(message: string): { problem: ReturnType<typeof problem> } {
  return { problem: problem('unavailable', { message }) };
}
