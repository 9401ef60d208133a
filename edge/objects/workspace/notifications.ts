/**
 * Each agent's notifications (AG-13): their settings, and the devices that are pushed to. A device belongs to the
 * sign-in that it was added with and goes with it. The Desk is told who can be pushed to at all.
 */
import {
  defaultNotifications,
  notificationSettings,
  type NotificationsAnswer,
  type NotificationSettings,
  type PushDevice,
  type PushSubscriptionInput,
} from '../../../core/notifications.ts';
import { refuse, type Answer, type Refusal } from '../../answer.ts';
import type { Env } from '../../env.ts';
import { addressesOf } from '../../publicUrl.ts';
import type { DeskNotice, PushTargets } from '../contracts.ts';
import { patched, type Patch } from './patch.ts';
import type { Settings } from './settings.ts';
import { newVapid, openVapid, type SealedVapid } from './vapid.ts';

/** Devices of one agent; the one that was used least lately gives way. */
const maxDevices = 20;
/** A device that is pushed to often is written down at most this often. */
const usedEveryMs = 3_600_000;

type DeviceRow = {
  id: string;
  agent_id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
  label: string;
  origin: string;
  created_at: number;
  last_used_at: number | null;
};

export interface NewDevice {
  /** `deviceIdOf` its endpoint. */
  id: string;
  signIn: string;
  subscription: PushSubscriptionInput;
  label: string;
  /** Of the page that subscribed. */
  origin: string;
}

/** What an agent may change about their notifications. */
export type OwnChange =
  | { settings: Patch<NotificationSettings> }
  | { add: NewDevice }
  /** Id of a device. */
  | { remove: string };

/** What became of pushes: `used` devices have taken one at `at`, their push services know `gone` no longer. */
export interface PushReport {
  used: string[];
  gone: string[];
  /** Epoch ms. */
  at: number;
}

export class Notifications {
  constructor(
    private readonly sql: SqlStorage,
    private readonly env: Env,
    private readonly settings: Settings,
    private readonly notify: (notice: DeskNotice) => void,
  ) {}

  async of(agent: string): Promise<NotificationsAnswer> {
    const { publicKey } = await this.vapid();
    return { settings: this.settingsOf(agent), devices: this.devicesOf(agent), publicKey };
  }

  /** Refuses what is another agent's as if it did not exist. */
  change(agent: string, change: OwnChange): Answer<null> {
    if ('settings' in change) {
      const settings = patched(this.settingsOf(agent), change.settings);
      this.sql.exec(
        `INSERT INTO notification_settings VALUES (?1, ?2, 0)
         ON CONFLICT (agent_id) DO UPDATE SET settings = ?2`,
        agent,
        JSON.stringify(settings),
      );
    } else if ('remove' in change) {
      const gone = this.sql.exec(
        'DELETE FROM push_devices WHERE id = ? AND agent_id = ? RETURNING id',
        change.remove,
        agent,
      );
      if (gone.toArray().length === 0) return refuse('not_found');
    } else {
      const refusal = this.addDevice(agent, change.add);
      if (refusal) return refusal;
    }
    this.tell(agent);
    return { value: null };
  }

  /** All that pushing to these agents needs. */
  async targets(agents: string[]): Promise<PushTargets> {
    const vapid = await openVapid(this.env, await this.vapid());
    if (!vapid) return { vapid: null, devices: [] };
    const rows = this.sql.exec<DeviceRow>(
      `SELECT push_devices.* FROM push_devices JOIN agents ON agents.id = agent_id
       WHERE enabled = 1 AND agent_id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(agents),
    );
    const publicUrl = addressesOf(this.settings.get().publicUrls, this.env)[0];
    return {
      vapid,
      devices: rows.toArray().map(({ id, agent_id, endpoint, p256dh, auth, origin }) => ({
        id,
        agent: agent_id,
        subscription: { endpoint, keys: { p256dh, auth } },
        contact: publicUrl?.startsWith('https:') ? publicUrl : origin,
      })),
    };
  }

  report({ used, gone, at }: PushReport): void {
    this.sql.exec(
      `UPDATE push_devices SET last_used_at = ?1 WHERE COALESCE(last_used_at, 0) < ?1 - ?2
         AND id IN (SELECT value FROM json_each(?3))`,
      at,
      usedEveryMs,
      JSON.stringify(used),
    );
    const owners = this.sql
      .exec<{ agent_id: string }>(
        'DELETE FROM push_devices WHERE id IN (SELECT value FROM json_each(?)) RETURNING agent_id',
        JSON.stringify(gone),
      )
      .toArray();
    for (const agent of new Set(owners.map((row) => row.agent_id))) this.tell(agent);
  }

  /** Sign-ins of an agent have ended, and devices with them. */
  signedOut(agent: string): void {
    const row = this.sql
      .exec<{ told: number }>('SELECT told FROM notification_settings WHERE agent_id = ?', agent)
      .toArray()[0];
    if (row && row.told !== this.devicesOf(agent).length) this.tell(agent);
  }

  /** Tells the Desk what it has to know to decide who is pushed to. */
  private tell(agent: string): void {
    const devices = this.devicesOf(agent).length;
    this.sql.exec(
      `INSERT INTO notification_settings VALUES (?1, '{}', ?2)
       ON CONFLICT (agent_id) DO UPDATE SET told = ?2`,
      agent,
      devices,
    );
    this.notify({ kind: 'notifications', agent, settings: this.settingsOf(agent), devices });
  }

  /**
   * Adds a device, or gives a known one to this agent and sign-in. Only the browser itself knows the keys of its
   * subscription, so nobody takes a device over by its address.
   */
  private addDevice(agent: string, { id, signIn, subscription, label, origin }: NewDevice): Refusal | null {
    const { endpoint, keys } = subscription;
    const before = this.sql.exec<DeviceRow>('SELECT * FROM push_devices WHERE id = ?', id).toArray()[0];
    if (before && (before.p256dh !== keys.p256dh || before.auth !== keys.auth)) {
      return refuse('conflict', { message: 'This browser is subscribed already. Switch push off and on.' });
    }
    const isOwn = before?.agent_id === agent;
    this.sql.exec(
      'INSERT OR REPLACE INTO push_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      agent,
      signIn,
      endpoint,
      keys.p256dh,
      keys.auth,
      label,
      origin,
      isOwn ? before.created_at : Date.now(),
      isOwn ? before.last_used_at : null,
    );
    this.sql.exec(
      `DELETE FROM push_devices WHERE agent_id = ?1 AND id NOT IN (SELECT id FROM push_devices
         WHERE agent_id = ?1 ORDER BY id = ?2 DESC, COALESCE(last_used_at, created_at) DESC LIMIT ?3)`,
      agent,
      id,
      maxDevices,
    );
    if (before && !isOwn) this.tell(before.agent_id);
    return null;
  }

  private settingsOf(agent: string): NotificationSettings {
    const row = this.sql
      .exec<{ settings: string }>('SELECT settings FROM notification_settings WHERE agent_id = ?', agent)
      .toArray()[0];
    return row
      ? notificationSettings.parse({ ...defaultNotifications, ...(JSON.parse(row.settings) as object) })
      : defaultNotifications;
  }

  private devicesOf(agent: string): PushDevice[] {
    return this.sql
      .exec<DeviceRow>('SELECT * FROM push_devices WHERE agent_id = ? ORDER BY created_at', agent)
      .toArray()
      .map(({ id, label, created_at, last_used_at }) => ({
        id,
        label,
        createdAt: created_at,
        lastUsedAt: last_used_at,
      }));
  }

  /** The deployment's key pair, made when it is asked for first. */
  private async vapid(): Promise<SealedVapid> {
    return this.settings.vapid() ?? this.settings.keepVapid(await newVapid(this.env));
  }
}
