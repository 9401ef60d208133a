/** Desk's copy of who there is, who is in which queue, and how each agent's presence is set. */
import { agentRef, presence, type AgentRef, type Presence, type Role } from '../../../core/agent.ts';
import {
  defaultNotifications,
  notificationSettings,
  type NotificationSettings,
} from '../../../core/notifications.ts';
import type { PickupMode } from '../../../core/queue.ts';

export const staffSchema = `
  CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    ref TEXT NOT NULL,
    role TEXT NOT NULL,
    enabled INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE presence (agent TEXT PRIMARY KEY, presence TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE queues (id TEXT PRIMARY KEY, name TEXT NOT NULL, mode TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE members (queue TEXT NOT NULL, agent TEXT NOT NULL, PRIMARY KEY (queue, agent)) WITHOUT ROWID;
  CREATE INDEX members_agent ON members (agent);
`;

/** A later step: how agents want to be notified, and how many devices of theirs can be pushed to. */
export const notificationsSchema = `
  CREATE TABLE notifications (
    agent TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    devices INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

export interface StaffMember {
  ref: AgentRef;
  role: Role;
  enabled: boolean;
}

export class Staff {
  private readonly agents = new Map<string, StaffMember>();
  private readonly presences = new Map<string, Presence>();
  private readonly modes = new Map<string, PickupMode>();
  private readonly queueNames = new Map<string, string>();
  private readonly settings = new Map<string, NotificationSettings>();
  /** Agents who have a device to push to. */
  private readonly reachable = new Set<string>();
  private readonly members = new Map<string, Set<string>>();

  constructor(private readonly sql: SqlStorage) {
    for (const row of sql.exec<{ id: string; ref: string; role: Role; enabled: number }>(
      'SELECT * FROM agents',
    )) {
      const ref = agentRef.parse(JSON.parse(row.ref));
      this.agents.set(row.id, { ref, role: row.role, enabled: row.enabled === 1 });
    }
    for (const row of sql.exec<{ agent: string; presence: string }>('SELECT * FROM presence')) {
      this.presences.set(row.agent, presence.parse(row.presence));
    }
    for (const row of sql.exec<NotificationsRow>('SELECT * FROM notifications')) {
      this.rememberNotifications(row.agent, JSON.parse(row.settings), row.devices);
    }
    for (const row of sql.exec<{ id: string; name: string; mode: PickupMode }>('SELECT * FROM queues')) {
      this.modes.set(row.id, row.mode);
      this.queueNames.set(row.id, row.name);
    }
  }

  agent(id: string): StaffMember | null {
    return this.agents.get(id) ?? null;
  }

  agentIds(): string[] {
    return [...this.agents.keys()];
  }

  putAgent({ ref, role, enabled }: StaffMember): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO agents VALUES (?, ?, ?, ?)',
      ref.id,
      JSON.stringify(ref),
      role,
      enabled ? 1 : 0,
    );
    this.agents.set(ref.id, { ref, role, enabled });
  }

  dropAgent(id: string): void {
    this.sql.exec('DELETE FROM agents WHERE id = ?', id);
    this.sql.exec('DELETE FROM presence WHERE agent = ?', id);
    this.sql.exec('DELETE FROM notifications WHERE agent = ?', id);
    this.agents.delete(id);
    this.presences.delete(id);
    this.settings.delete(id);
    this.reachable.delete(id);
  }

  /** Available until the agent says otherwise. */
  presence(agent: string): Presence {
    return this.presences.get(agent) ?? 'available';
  }

  setPresence(agent: string, to: Presence): void {
    this.sql.exec('INSERT OR REPLACE INTO presence VALUES (?, ?)', agent, to);
    this.presences.set(agent, to);
  }

  notifications(agent: string): NotificationSettings {
    return this.settings.get(agent) ?? defaultNotifications;
  }

  putNotifications(agent: string, settings: NotificationSettings, devices: number): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO notifications VALUES (?, ?, ?)',
      agent,
      JSON.stringify(settings),
      devices,
    );
    this.rememberNotifications(agent, settings, devices);
  }

  /** Who of these agents has a device to push to. */
  withDevices(among: Iterable<string>): string[] {
    return [...among].filter((agent) => this.reachable.has(agent));
  }

  mode(queue: string | null): PickupMode | null {
    return queue === null ? null : (this.modes.get(queue) ?? null);
  }

  /** A queue as sessions name it; null when there is none. */
  queue(id: string): { id: string; name: string } | null {
    const name = this.queueNames.get(id);
    return name === undefined ? null : { id, name };
  }

  isMember(queue: string | null, agent: string): boolean {
    return queue !== null && this.membersOf(queue).has(agent);
  }

  membersOf(queue: string): ReadonlySet<string> {
    let members = this.members.get(queue);
    if (!members) {
      const rows = this.sql.exec<{ agent: string }>('SELECT agent FROM members WHERE queue = ?', queue);
      members = new Set(rows.toArray().map((row) => row.agent));
      this.members.set(queue, members);
    }
    return members;
  }

  queuesOf(agent: string): string[] {
    return this.sql
      .exec<{ queue: string }>('SELECT queue FROM members WHERE agent = ?', agent)
      .toArray()
      .map((row) => row.queue);
  }

  /** Answers who came and who went. */
  putQueue(queue: { id: string; name: string; mode: PickupMode; agents: string[] }): {
    added: string[];
    removed: string[];
  } {
    const before = this.membersOf(queue.id);
    const after = new Set(queue.agents);
    this.sql.exec('INSERT OR REPLACE INTO queues VALUES (?, ?, ?)', queue.id, queue.name, queue.mode);
    this.sql.exec('DELETE FROM members WHERE queue = ?', queue.id);
    this.sql.exec(
      'INSERT OR IGNORE INTO members SELECT ?, value FROM json_each(?)',
      queue.id,
      JSON.stringify(queue.agents),
    );
    this.modes.set(queue.id, queue.mode);
    this.queueNames.set(queue.id, queue.name);
    this.members.set(queue.id, after);
    return {
      added: [...after].filter((agent) => !before.has(agent)),
      removed: [...before].filter((agent) => !after.has(agent)),
    };
  }

  dropQueue(id: string): void {
    this.sql.exec('DELETE FROM queues WHERE id = ?', id);
    this.sql.exec('DELETE FROM members WHERE queue = ?', id);
    this.modes.delete(id);
    this.queueNames.delete(id);
    this.members.delete(id);
  }

  private rememberNotifications(agent: string, settings: unknown, devices: number): void {
    this.settings.set(agent, notificationSettings.parse(settings));
    if (devices > 0) this.reachable.add(agent);
    else this.reachable.delete(agent);
  }
}

type NotificationsRow = { agent: string; settings: string; devices: number };
