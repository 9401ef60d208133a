import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newLiveChat, type LiveChatChannel } from '../../core/channel.ts';
import type { AuditEntry, EmbedCode } from '../../core/api.ts';
import type { ChannelRow } from '../../core/channelApi.ts';
import { workspaceOf } from '../../edge/env.ts';
import { Channel } from '../../edge/objects/channel.ts';
import { noStatistics } from '../../edge/objects/contracts.ts';
import { Desk } from '../../edge/objects/desk.ts';
import { addressWarnings } from '../../edge/publicUrl.ts';
import { Console, makeAgent, makeChannel, makeQueue, setUp, signInAs } from './console.ts';
import { bindings, recordNotices, sql } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});
afterEach(() => vi.restoreAllMocks());

const workspace = workspaceOf(bindings);
const rows = async () => (await boss.ask<{ channels: ChannelRow[] }>('GET', '/api/channels')).channels;
const remove = (ids: string[], endSessions = false) =>
  boss.call('POST', '/api/channels/delete', { ids, endSessions });
const destinationAgent = async () => ({ kind: 'agent', id: (await makeAgent(boss)).id }) as const;

describe('live chat channels', () => {
  it('[LC-04] numbers channels from LC00000 and never gives a number twice', async () => {
    const destination = await destinationAgent();
    const first = await makeChannel(boss, destination);
    const second = await makeChannel(boss, destination);
    expect([first.number, second.number]).toEqual(['LC00000', 'LC00001']);
    expect((await remove([second.id])).status).toBe(200);
    expect((await makeChannel(boss, destination)).number).toBe('LC00002');
    expect(await boss.call('GET', `/api/channels/${second.id}`)).toMatchObject({ status: 404 });
    expect(await workspace.liveChat('LC00001')).toBeNull();
    expect(await workspace.liveChatById(second.id)).toBeNull();
  });

  it('[LC-02] [LC-04] keeps what was sent, and changes it as a whole', async () => {
    const queue = await makeQueue(boss);
    const channel = await makeChannel(boss, await destinationAgent(), {
      domains: ['https://Shop.Example/cart', '*.shop.example'],
    });
    expect(channel).toMatchObject({
      status: 'connected',
      domains: ['shop.example', '*.shop.example'],
      identitySecretSet: false,
    });
    expect(await boss.ask('GET', `/api/channels/${channel.id}`)).toEqual(channel);
    const input = {
      ...newLiveChat({ kind: 'queue', id: queue.id }),
      name: 'Shop',
      domains: ['shop.example'],
      enabled: false,
    };
    const changed = await boss.ask<LiveChatChannel>('PATCH', `/api/channels/${channel.id}`, input);
    expect(changed).toEqual({ ...channel, ...input, status: 'disabled' });
    expect((await rows()).find(({ id }) => id === channel.id)).toEqual({
      id: channel.id,
      type: 'liveChat',
      provider: null,
      numbers: 1,
      cause: '',
      checkedAt: null,
      queued: 0,
      oldestQueuedAt: null,
      name: 'Shop',
      number: channel.number,
      status: 'disabled',
      destination: queue.name,
      activeSessions: 0,
      statistics: { total: 0, sent: 0, failed: 0, received: 0, segments: 0, unknown: 0 },
    });
    expect((await boss.call('PATCH', '/api/channels/gone', input)).status).toBe(404);
  });

  it('[LC-04] [CH-06] asks for a destination that is there; the platform has to be connected first', async () => {
    const disabled = await makeAgent(boss, { enabled: false });
    const cases = [
      { kind: 'queue', id: 'gone' },
      { kind: 'agent', id: 'gone' },
      { kind: 'agent', id: disabled.id },
      { kind: 'platform' },
    ] as const;
    for (const destination of cases) {
      const reply = await boss.call('POST', '/api/channels', {
        ...newLiveChat(destination),
        domains: ['shop.example'],
      });
      expect(reply).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_input', field: 'destination' } },
      });
    }
    const nested = await boss.call('POST', '/api/channels', {
      ...newLiveChat(await destinationAgent()),
      domains: [],
      preChat: { ...newLiveChat({ kind: 'platform' }).preChat, title: 'x'.repeat(81) },
    });
    expect(nested.body.error).toMatchObject({
      code: 'invalid_input',
      field: 'domains',
      message: 'Enter at least one website domain.',
    });
    const title = await boss.call('POST', '/api/channels', {
      ...newLiveChat(await destinationAgent()),
      domains: ['shop.example'],
      preChat: { ...newLiveChat({ kind: 'platform' }).preChat, title: 'x'.repeat(81) },
    });
    expect(title.body.error).toMatchObject({ field: 'preChat.title', message: 'Use at most 80 characters.' });
  });

  it('[CH-01] lists a channel whose object does not answer', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.spyOn(Channel.prototype, 'statistics').mockImplementation(() => {
      throw new Error('broken');
    });
    expect((await rows()).length).toBeGreaterThan(0);
    vi.spyOn(Channel.prototype, 'statistics').mockReturnValue({
      ...noStatistics,
      total: 5,
      sent: 4,
      failed: 1,
      received: 7,
      activeSessions: 2,
    });
    expect((await rows())[0]).toMatchObject({
      activeSessions: 2,
      statistics: { total: 5, sent: 4, failed: 1, received: 7 },
    });
  });

  it('[CH-15] asks before it deletes a channel with open sessions, and then closes them', async () => {
    const [busy, idle] = [
      await makeChannel(boss, await destinationAgent(), { name: 'Busy' }),
      await makeChannel(boss, await destinationAgent()),
    ];
    vi.spyOn(Desk.prototype, 'openSessions').mockImplementation((_kind, channel) =>
      channel === busy.id ? 4 : 0,
    );
    const refused = await remove([busy.id, idle.id]);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'in_use', details: ['Busy: 4'] } } });
    expect((await rows()).filter(({ id }) => [busy.id, idle.id].includes(id))).toHaveLength(2);

    // While sessions are being closed their channel is still known to them, but no longer to visitors.
    const seen: unknown[] = [];
    const ending = vi.spyOn(Desk.prototype, 'endAll').mockImplementation(async ({ channel }) => {
      // An object may only use what was made in its own context.
      const own = workspaceOf(bindings);
      const routing = await own.liveChatById(channel);
      seen.push(routing?.channel.enabled, await own.liveChat(routing?.channel.number ?? ''));
    });
    expect((await remove([busy.id, idle.id], true)).status).toBe(200);
    expect(ending.mock.calls.map(([filter]) => filter)).toEqual([{ channel: busy.id }, { channel: idle.id }]);
    expect(seen).toEqual([false, null, false, null]);
    expect(await sql('SELECT * FROM channels WHERE deleted_at IS NOT NULL')).toEqual([]);
    expect((await remove([busy.id], true)).status).toBe(404);
  });

  it('[CH-15] keeps a deleted channel for its sessions until they could be closed', async () => {
    const channel = await makeChannel(boss, await destinationAgent());
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.spyOn(Desk.prototype, 'endAll').mockImplementation(() => {
      throw new Error('away');
    });
    expect((await remove([channel.id])).status).toBe(200);
    expect(await workspace.liveChat(channel.number)).toBeNull();
    expect((await workspace.liveChatById(channel.id))?.channel.enabled).toBe(false);
    vi.restoreAllMocks();
    await makeQueue(boss);
    expect(await workspace.liveChatById(channel.id)).toBeNull();
  });
});

describe('what the hot paths are told', () => {
  it('[LC-04] resolves an agent or a queue, with hours and the default agent', async () => {
    const agent = await makeAgent(boss, { photo: '/files/cccccccccccccccccccccccc.png' });
    const queue = await makeQueue(boss, { mode: 'auto', groups: ['all'] });
    const direct = await makeChannel(boss, { kind: 'agent', id: agent.id });
    const shared = await makeChannel(boss, { kind: 'queue', id: queue.id });
    const ref = { id: agent.id, name: agent.name, extension: agent.extension, photo: agent.photo };
    expect(await workspace.liveChat(direct.number)).toMatchObject({
      channel: direct,
      queue: null,
      agent: ref,
      hours: { timeZone: 'Europe/Berlin' },
      defaultAgent: { name: 'Support', photo: null },
      faces: [ref],
    });
    const routing = await workspace.liveChatById(shared.id);
    expect(routing).toMatchObject({ queue: { id: queue.id, name: queue.name, mode: 'auto' }, agent: null });
    // Those with a photo come first; never more than three.
    expect(routing?.faces).toHaveLength(3);
    expect(routing?.faces[0]).toEqual(ref);
    expect(await workspace.liveChat('LC99999')).toBeNull();
  });

  it('[LC-09] shows no more of the agents than the channel says', async () => {
    const agent = await makeAgent(boss, { photo: '/files/dddddddddddddddddddddddd.png' });
    const destination = { kind: 'agent', id: agent.id } as const;
    const facesWith = async (agentDisplay: LiveChatChannel['agentDisplay']) =>
      (await workspace.liveChat((await makeChannel(boss, destination, { agentDisplay })).number))?.faces;
    expect(await facesWith('none')).toEqual([]);
    expect(await facesWith('name')).toMatchObject([{ name: agent.name, photo: null }]);
    expect(await facesWith('nameAndPhoto')).toMatchObject([{ name: agent.name, photo: agent.photo }]);
  });

  it('[LC-02] answers a disabled channel as disabled', async () => {
    const channel = await makeChannel(boss, await destinationAgent(), { enabled: false });
    expect((await workspace.liveChat(channel.number))?.channel).toMatchObject({
      enabled: false,
      status: 'disabled',
    });
  });
});

describe('the identity secret', () => {
  it('[GEN-09] is shown once, sealed at rest, and never sent or written down again', async () => {
    const channel = await makeChannel(boss, await destinationAgent());
    const path = `/api/channels/${channel.id}`;
    expect(await workspace.identitySecret(channel.id)).toBeNull();
    const { secret } = await boss.ask<{ secret: string }>('POST', `${path}/identity-secret`, {});
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await workspace.identitySecret(channel.id)).toBe(secret);
    const read = await boss.ask<LiveChatChannel>('GET', path);
    expect(read.identitySecretSet).toBe(true);
    const [row] = await sql<{ identity_secret: string }>('SELECT * FROM channels WHERE id = ?', channel.id);
    expect(row?.identity_secret).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    const stored = JSON.stringify([row, read, await sql('SELECT * FROM audit')]);
    expect(stored).not.toContain(secret);

    const again = await boss.ask<{ secret: string }>('POST', `${path}/identity-secret`, {});
    expect(again.secret).not.toBe(secret);
    await boss.ask('DELETE', `${path}/identity-secret`);
    expect(await workspace.identitySecret(channel.id)).toBeNull();
    const { entries } = await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    expect(entries.slice(0, 3).map(({ action, changes }) => [action, changes])).toEqual([
      ['channel.changed', [{ field: 'identitySecret', before: 'set', after: 'not set' }]],
      ['channel.changed', [{ field: 'identitySecret', before: 'set', after: 'set' }]],
      ['channel.changed', [{ field: 'identitySecret', before: 'not set', after: 'set' }]],
    ]);
    expect((await boss.call('POST', '/api/channels/gone/identity-secret', {})).status).toBe(404);
  });

  it('[GEN-09] opens only in the channel it was made for', async () => {
    const [one, two] = [
      await makeChannel(boss, await destinationAgent()),
      await makeChannel(boss, await destinationAgent()),
    ];
    await boss.ask('POST', `/api/channels/${one.id}/identity-secret`, {});
    await sql(
      'UPDATE channels SET identity_secret = (SELECT identity_secret FROM channels WHERE id = ?) WHERE id = ?',
      one.id,
      two.id,
    );
    const log = vi.spyOn(console, 'error').mockReturnValue(undefined);
    expect(await workspace.identitySecret(two.id)).toBeNull();
    expect(log).toHaveBeenCalledOnce();
  });
});

describe('the embed code', () => {
  it('[LC-16] is one script tag with the address and the channel number', async () => {
    const channel = await makeChannel(boss, await destinationAgent(), {
      domains: ['shop.example', '*.example.org'],
    });
    const embed = () => boss.ask<EmbedCode>('GET', `/api/channels/${channel.id}/embed`);
    expect(await embed()).toEqual({
      code: `<script src="https://chat.example.com/widget.js?channelNumber=${channel.number}" async></script>`,
      domains: ['shop.example', '*.example.org'],
      mail: false,
      warnings: [],
    });
    await boss.ask('PATCH', '/api/settings', { publicUrls: ['http://live_chat.example.net:8080/'] });
    const other = await embed();
    expect(other.code).toContain('src="http://live_chat.example.net:8080/widget.js?');
    expect(other.warnings).toHaveLength(2);
    await boss.ask('PATCH', '/api/settings', { publicUrls: [] });
    expect((await boss.call('GET', '/api/channels/gone/embed')).status).toBe(404);
  });

  it('[CH-03] warns about addresses that websites or providers will refuse', () => {
    expect(addressWarnings('https://chat.example.com')).toEqual([]);
    expect(addressWarnings('http://chat.example.com').join()).toContain('HTTPS');
    expect(addressWarnings('https://my_chat.example.com').join()).toContain('underscore');
    for (const local of ['http://localhost:8787', 'http://127.0.0.1:8787']) {
      expect(addressWarnings(local).join()).toContain('this computer only');
      expect(addressWarnings(local).join()).not.toContain('HTTPS');
    }
  });

  it('[LC-16] says so when no mail can be sent', async () => {
    const channel = await makeChannel(boss, await destinationAgent());
    const reply = await boss.call('POST', `/api/channels/${channel.id}/embed/email`, {
      to: 'web@example.com',
    });
    expect(reply).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    const bad = await boss.call('POST', `/api/channels/${channel.id}/embed/email`, { to: 'web' });
    expect(bad.body.error).toMatchObject({ code: 'invalid_input', field: 'to' });
  });
});

describe('who may see channels', () => {
  it('[GEN-03] agents learn nothing of channels, and nothing is told to the Desk about them', async () => {
    const agent = await signInAs(await makeAgent(boss));
    const notices = recordNotices();
    const channel = await makeChannel(boss, {
      kind: 'agent',
      id: (await boss.ask<{ id: string }>('GET', '/api/me')).id,
    });
    expect(notices).toEqual([]);
    expect((await agent.call('GET', `/api/channels/${channel.id}`)).status).toBe(403);
  });
});
