/** Agents' notifications in the Workspace: whose they are, what ends a device, and what the Desk hears of it. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  defaultNotifications,
  deviceIdOf,
  type NotificationsAnswer,
  type PushDevice,
} from '../../core/notifications.ts';
import { agentPassword, makeAgent, setUp, signInAs, type Console } from './console.ts';
import { bindings, recordNotices, sql } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});

let made = 0;

/** What a browser would hand over; the push service is never called here. */
function subscription() {
  made += 1;
  const random = (length: number) =>
    crypto.getRandomValues(new Uint8Array(length)).toBase64({ alphabet: 'base64url', omitPadding: true });
  return {
    endpoint: `https://push.example.com/send/${made}`,
    keys: { p256dh: random(65), auth: random(16) },
  };
}

/** Adds a device and answers it. */
async function add(by: Console, input = subscription()): Promise<PushDevice> {
  const { devices } = await by.ask<NotificationsAnswer>('PUT', '/api/me/devices', input);
  const id = await deviceIdOf(input.endpoint);
  const added = devices.find((one) => one.id === id);
  if (!added) throw new Error('no device was added');
  return added;
}
const read = (by: Console) => by.ask<NotificationsAnswer>('GET', '/api/me/notifications');
const devicesOf = async (by: Console) => (await read(by)).devices.map(({ id }) => id);

describe('settings of notifications', () => {
  it('[AG-13] are each agent’s own, and kept in the account', async () => {
    const ada = await makeAgent(boss);
    const adas = await signInAs(ada);
    const bens = await signInAs(await makeAgent(boss));
    expect((await read(adas)).settings).toEqual(defaultNotifications);
    await adas.ask('PATCH', '/api/me/notifications', { sound: false, about: 'mine', volume: 20 });
    const changed = { ...defaultNotifications, sound: false, about: 'mine', volume: 20 };
    expect((await read(await signInAs(ada))).settings).toEqual(changed);
    expect((await read(bens)).settings).toEqual(defaultNotifications);
  });

  it('[AG-13] refuse what is none of them', async () => {
    for (const bad of [
      { volume: 101 },
      { volume: 0.5 },
      { tone: 'siren' },
      { about: 'some' },
      { sound: 1 },
    ]) {
      expect((await boss.call('PATCH', '/api/me/notifications', bad)).status).toBe(400);
    }
  });
});

describe('devices', () => {
  it('[AG-13] are seen and removed by their own agent only, and never show their address', async () => {
    const adas = await signInAs(await makeAgent(boss));
    const bens = await signInAs(await makeAgent(boss));
    const device = await add(adas);
    expect(Object.keys(device).sort()).toEqual(['createdAt', 'id', 'label', 'lastUsedAt']);
    expect(await devicesOf(bens)).toEqual([]);
    for (const stranger of [bens, boss]) {
      expect((await stranger.call('DELETE', `/api/me/devices/${device.id}`)).status).toBe(404);
      expect((await stranger.call('POST', `/api/me/devices/${device.id}/test`, {})).status).toBe(404);
    }
    expect(await devicesOf(adas)).toEqual([device.id]);
    await adas.ask('DELETE', `/api/me/devices/${device.id}`);
    expect(await devicesOf(adas)).toEqual([]);
  });

  it('[AG-13] are named by their browser', async () => {
    const adas = await signInAs(await makeAgent(boss));
    const label = async (agent: string) => {
      const headers = { 'user-agent': agent };
      const reply = await adas.call<NotificationsAnswer>('PUT', '/api/me/devices', subscription(), headers);
      return reply.body.devices.at(-1)?.label;
    };
    expect(
      await label(
        'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      ),
    ).toBe('Chrome on Android');
    expect(await label('')).toBe('A browser');
  });

  it('[AG-13] are known again by their subscription, and change hands with the browser', async () => {
    const adas = await signInAs(await makeAgent(boss));
    const bens = await signInAs(await makeAgent(boss));
    const shared = subscription();
    const device = await add(adas, shared);
    expect(await add(adas, shared)).toMatchObject({ id: device.id, createdAt: device.createdAt });
    const forged = { ...shared, keys: subscription().keys };
    expect((await bens.call('PUT', '/api/me/devices', forged)).status).toBe(409);
    expect(await devicesOf(adas)).toEqual([device.id]);
    await add(bens, shared);
    expect(await devicesOf(adas)).toEqual([]);
    expect(await devicesOf(bens)).toHaveLength(1);
  });

  it('[AG-13] live at public addresses only', async () => {
    for (const endpoint of [
      'https://localhost/1',
      'https://127.0.0.1/1',
      'https://[::1]/1',
      'https://10.0.0.8/1',
      'https://169.254.169.254/latest',
      'https://push.internal/1',
      'https://push.example.com:8443/1',
      'https://user:secret@push.example.com/1',
      'http://push.example.com/1',
    ]) {
      const reply = await boss.call('PUT', '/api/me/devices', { ...subscription(), endpoint });
      expect([endpoint, reply.status]).toEqual([endpoint, 400]);
    }
  });

  it('[AG-13] are 20 at most: the one that was used least lately gives way', async () => {
    const adas = await signInAs(await makeAgent(boss));
    const first = await add(adas);
    const second = await add(adas);
    await sql('UPDATE push_devices SET last_used_at = ? WHERE id = ?', Date.now() + 60_000, first.id);
    for (let count = 0; count < 19; count += 1) await add(adas);
    const left = await devicesOf(adas);
    expect(left).toHaveLength(20);
    expect(left).toContain(first.id);
    expect(left).not.toContain(second.id);
  });

  it('[AG-13] [GEN-02] end with the sign-in that added them, however that ends', async () => {
    const ends: Record<string, (by: Console, agent: { id: string; email: string }) => Promise<unknown>> = {
      'signing out': (by) => by.ask('POST', '/api/sign-out', {}),
      'signing out everywhere': (by) => by.ask('POST', '/api/sign-out-everywhere', {}),
      'being signed out': (_by, { id }) => boss.ask('POST', `/api/agents/${id}/sign-out`, {}),
      'being disabled': (_by, { id }) => boss.ask('PATCH', `/api/agents/${id}`, { enabled: false }),
      'being deleted': (_by, { id }) => boss.ask('DELETE', `/api/agents/${id}`),
      'a new password elsewhere': async (_by, agent) =>
        (await signInAs(agent)).ask('POST', '/api/me/password', {
          current: agentPassword,
          password: 'four other unlikely words',
        }),
    };
    for (const [what, end] of Object.entries(ends)) {
      const agent = await makeAgent(boss);
      const by = await signInAs(agent);
      const device = await add(by);
      const notices = recordNotices();
      await end(by, agent);
      const rows = await sql('SELECT * FROM push_devices WHERE id = ?', device.id);
      expect([what, rows]).toEqual([what, []]);
      if (what === 'being deleted') continue;
      const heard = notices.filter((notice) => notice.kind === 'notifications' && notice.agent === agent.id);
      expect([what, heard.at(-1)]).toMatchObject([what, { devices: 0 }]);
    }
  });

  it('[AG-13] are told to the Desk by their number, with the settings', async () => {
    const agent = await makeAgent(boss);
    const by = await signInAs(agent);
    const notices = recordNotices();
    await add(by);
    await by.ask('PATCH', '/api/me/notifications', { hideText: true });
    expect(notices).toMatchObject([
      { kind: 'notifications', agent: agent.id, devices: 1, settings: defaultNotifications },
      { kind: 'notifications', agent: agent.id, devices: 1, settings: { hideText: true } },
    ]);
    const rows = await runInDurableObject(bindings.DESK.getByName('desk'), (_desk, state) =>
      state.storage.sql
        .exec<{ devices: number }>('SELECT devices FROM notifications WHERE agent = ?', agent.id)
        .toArray(),
    );
    expect(rows).toEqual([{ devices: 1 }]);
  });
});

describe('the key pair', () => {
  it('[AG-13] is made once, also for many at once, and its private half is sealed', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => read(boss)));
    const keys = new Set(answers.map(({ publicKey }) => publicKey));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^B[\w-]{86}$/);
    const [row] = await sql<{ value: string }>(`SELECT value FROM settings WHERE key = 'vapid'`);
    expect(JSON.parse(row?.value ?? '')).toEqual({
      publicKey: [...keys][0],
      sealed: expect.stringMatching(/^v1\./) as unknown,
    });
  });
});
