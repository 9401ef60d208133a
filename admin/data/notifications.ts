/** How this agent wants to be notified, as their account says; the tabs of one browser tell each other of changes. */
import {
  defaultNotifications,
  notificationsAnswer,
  type NotificationSettings,
  type NotificationsAnswer,
} from '../../core/notifications.ts';
import { call, nothing, type Answer } from './api.ts';
import { Store } from './store.ts';

/** Null until the server has said. */
export const notifications = new Store<NotificationsAnswer | null>(null);

const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('parley.notifications');
tabs?.addEventListener('message', () => void loadNotifications());

/** The settings that count now. */
export function settingsNow(): NotificationSettings {
  return notifications.value?.settings ?? defaultNotifications;
}

export async function loadNotifications(): Promise<Answer<NotificationsAnswer>> {
  return take(await call('GET', '/api/me/notifications', notificationsAnswer));
}

/** Shows a change at once, and takes it back when the server refuses it. */
export async function changeNotifications(
  change: Partial<NotificationSettings>,
): Promise<Answer<NotificationsAnswer>> {
  const before = notifications.value;
  if (before) notifications.set({ ...before, settings: { ...before.settings, ...change } });
  const answer = take(await call('PATCH', '/api/me/notifications', notificationsAnswer, change));
  if ('problem' in answer) notifications.set(before);
  else tabs?.postMessage('changed');
  return answer;
}

export async function addDevice(subscription: PushSubscriptionJSON): Promise<Answer<NotificationsAnswer>> {
  const { endpoint, keys } = subscription;
  return take(await call('PUT', '/api/me/devices', notificationsAnswer, { endpoint, keys }));
}

export async function removeDevice(id: string): Promise<Answer<NotificationsAnswer>> {
  return take(await call('DELETE', `/api/me/devices/${encodeURIComponent(id)}`, notificationsAnswer));
}

/** Pushes a test to one of the agent's devices. */
export function testDevice(id: string): Promise<Answer<unknown>> {
  return call('POST', `/api/me/devices/${encodeURIComponent(id)}/test`, nothing, {});
}

function take(answer: Answer<NotificationsAnswer>): Answer<NotificationsAnswer> {
  if ('value' in answer) notifications.set(answer.value);
  return answer;
}
