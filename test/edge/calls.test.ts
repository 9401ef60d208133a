/** Lines of a channel, and a call that nobody says anything of any more, inside workerd. */
import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { conversationName } from '../../core/address.ts';
import { alwaysOpen } from '../../core/hours.ts';
import { Lines } from '../../edge/objects/channel/lines.ts';
import { makeAgent, makeChannel, setUp, type Console } from './console.ts';
import { sql } from './rows.ts';
import { Page } from './visitor.ts';

let admin: Console;
let agentId: string;
beforeAll(async () => {
  admin = await setUp();
  agentId = (await makeAgent(admin)).id;
});

describe('the lines of a channel', () => {
  it('[LC-05] are taken once by each call, given back once, and free by themselves after a minute', async () => {
    await runInDurableObject(env.CHANNEL.getByName('lines'), (_channel, state) => {
      const lines = new Lines(state.storage.sql);
      expect([lines.take('a', 2, 0), lines.take('a', 2, 1_000), lines.take('b', 2, 1_000)]).toEqual([
        true,
        true,
        true,
      ]);
      expect(lines.take('c', 2, 2_000)).toBe(false);
      lines.giveBack('a', 3_000);
      lines.giveBack('a', 3_000);
      expect(lines.take('c', 2, 4_000)).toBe(true);
      expect(lines.taken(4_000)).toBe(2);
      // What was said before the end and comes after it takes nothing.
      lines.hold('a', 5_000);
      expect(lines.take('a', 9, 5_000)).toBe(false);
      expect(lines.taken(5_000)).toBe(2);
      // `b` is held on, `c` is not heard of again.
      for (let at = 20_000; at <= 80_000; at += 20_000) lines.hold('b', at);
      expect(lines.taken(64_500)).toBe(1);
      expect(lines.take('d', 2, 64_500)).toBe(true);
      // A call that goes on counts again, though its line was lost.
      lines.hold('c', 65_000);
      expect(lines.taken(65_000)).toBe(3);
    });
  });
});

describe('a call that nobody says anything of any more', () => {
  it('[CALL-03] [CALL-04] ends by its timer with its record, and gives its line back', async () => {
    const channel = await makeChannel(
      admin,
      { kind: 'agent', id: agentId },
      { interaction: 'phoneAndChat', maxCalls: 1 },
    );
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    visitor.tell({ kind: 'call', id: 'r1', ask: { kind: 'start', call: 'lonely', end: 'e1' } });
    await visitor.next('done', ({ id }) => id === 'r1');
    const stub = env.SESSION.getByName(
      conversationName({ channel: channel.id, number: channel.number, customer: visitor.greeting.visitor }),
    );
    const taken = () =>
      runInDurableObject(env.CHANNEL.getByName(channel.id), (_channel, state) =>
        new Lines(state.storage.sql).taken(Date.now()),
      );
    expect(await taken()).toBe(1);
    visitor.close();

    for (const ms of [60_000, 61_000]) {
      await evictDurableObject(stub);
      const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + ms);
      await runInDurableObject(stub, (_session, state) => state.storage.setAlarm(1));
      await runDurableObjectAlarm(stub);
      clock.mockRestore();
    }
    const back = await Page.open(channel.number, visitor.greeting.token);
    const { events } = await back.welcome();
    expect(events.flatMap(({ body }) => (body.kind === 'call' ? [body] : []))).toMatchObject([
      { id: 'lonely', phase: 'started' },
      { id: 'lonely', phase: 'ended', outcome: 'missed' },
    ]);
    expect(await taken()).toBe(0);
    // The same call again is over, and does not begin anew.
    back.tell({ kind: 'call', id: 'r2', ask: { kind: 'start', call: 'lonely', end: 'e1' } });
    expect((await back.next('refused', ({ id }) => id === 'r2')).problem.code).toBe('call_over');
  });
});

describe('a call outside of business hours', () => {
  it('[LC-03] [LC-13] [GEN-06] is refused at once, and rings and opens nothing', async () => {
    const week = Array.from({ length: 7 }, () => []);
    await admin.ask('PUT', '/api/hours', { ...alwaysOpen('UTC'), week });
    const channel = await makeChannel(
      admin,
      { kind: 'agent', id: agentId },
      { interaction: 'phoneAndChat', maxCalls: 1 },
    );
    const visitor = await Page.open(channel.number);
    await visitor.welcome();
    const start = (id: string) =>
      visitor.tell({ kind: 'call', id, ask: { kind: 'start', call: id, end: 'e1' } });
    start('night');
    expect((await visitor.next('refused', ({ id }) => id === 'night')).problem.code).toBe('calls_closed');
    expect((await visitor.welcome()).open).toBe(false);
    expect(
      await runInDurableObject(env.CHANNEL.getByName(channel.id), (_channel, state) =>
        new Lines(state.storage.sql).taken(Date.now()),
      ),
    ).toBe(0);

    await admin.ask('PUT', '/api/hours', alwaysOpen('UTC'));
  });
});

describe('the secret of a TURN server', () => {
  it('[CALL-01] [GEN-09] is sealed at rest, and not in the audit log', async () => {
    const turn = { kind: 'coturn', urls: ['turn:turn.example.com'], secret: 'very secret' };
    await admin.ask('PUT', '/api/calls', { stun: [], turn });
    const [row] = await sql<{ value: string }>("SELECT value FROM settings WHERE key = 'calls'");
    expect(row?.value).toContain('turn.example.com');
    expect(row?.value).toMatch(/"secret":"v1\./);
    const audit = await admin.ask<{ entries: { action: string }[] }>('GET', '/api/audit');
    expect(audit.entries[0]?.action).toBe('calls.changed');
    expect(JSON.stringify([row, audit])).not.toContain('very secret');
    // Another kind of server has another secret.
    // What was kept before there was a choice says nothing of relays.
    await sql("UPDATE settings SET value = json_remove(value, '$.setup.relayOnly') WHERE key = 'calls'");
    expect(await admin.ask('GET', '/api/calls')).toMatchObject({ relayOnly: false, secretSet: true });
    const other = { kind: 'cloudflare', keyId: 'key-0123456789', secret: '' };
    const refused = await admin.call('PUT', '/api/calls', { stun: [], turn: other });
    expect(refused.body.error).toMatchObject({ code: 'invalid_input', field: 'turn.secret' });
  });
});
