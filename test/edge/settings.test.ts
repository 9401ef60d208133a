import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry, HoursAnswer, Settings } from '../../core/api.ts';
import { alwaysOpen } from '../../core/hours.ts';
import { workspaceOf } from '../../edge/env.ts';
import { type Console, setUp } from './console.ts';
import { bindings } from './rows.ts';

let boss: Console;
beforeAll(async () => {
  boss = await setUp();
});

const lastEntry = async () => (await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit')).entries[0];

describe('business hours', () => {
  it('[GEN-06] keeps weekly periods, a time zone and holidays, and says what is now', async () => {
    const closed = { ...alwaysOpen('Asia/Tokyo'), week: [[], [], [], [], [], [], []] };
    expect(await boss.ask<HoursAnswer>('PUT', '/api/hours', closed)).toEqual({
      hours: closed,
      now: 'closed',
      opensAt: null,
    });
    const holidays = [{ name: 'Always', from: '2020-01-01', to: '2099-12-31', yearly: false }];
    const away = await boss.ask<HoursAnswer>('PUT', '/api/hours', { ...alwaysOpen('UTC'), holidays });
    expect(away.now).toBe('holiday');
    const open = await boss.ask<HoursAnswer>('PUT', '/api/hours', alwaysOpen('America/New_York'));
    expect(open).toEqual({ hours: alwaysOpen('America/New_York'), now: 'open', opensAt: null });
    expect(await boss.ask('GET', '/api/hours')).toEqual(open);
    expect(await lastEntry()).toMatchObject({
      action: 'hours.changed',
      changes: [{ field: 'timeZone', before: 'UTC', after: 'America/New_York' }, { field: 'holidays' }],
    });
  });

  it('[GEN-06] names the period or holiday that is not right', async () => {
    const hours = alwaysOpen('UTC');
    const cases: [object, string][] = [
      [{ ...hours, timeZone: 'Nowhere' }, 'timeZone'],
      [{ ...hours, week: hours.week.slice(1) }, 'week'],
      [{ ...hours, week: [[{ from: 600, to: 540 }], ...hours.week.slice(1)] }, 'week.0.0.to'],
      [
        { ...hours, holidays: [{ name: 'X', from: '2026-02-30', to: '2026-03-01', yearly: false }] },
        'holidays.0.from',
      ],
    ];
    for (const [input, field] of cases) {
      const reply = await boss.call('PUT', '/api/hours', input);
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'invalid_input', field } } });
    }
  });
});

describe('settings', () => {
  it('[GEN-08] changes what is sent, says how mail goes, and writes each field down', async () => {
    const before = await boss.ask<Settings>('GET', '/api/settings');
    expect(before).toMatchObject({
      workspaceName: 'Example Shop',
      publicUrls: [],
      mail: 'none',
      mailFrom: null,
    });
    expect(before.embedEmail.body).toContain('{{code}}');
    const defaultAgent = { name: 'The team', photo: null };
    const after = await boss.ask<Settings>('PATCH', '/api/settings', {
      defaultAgent,
      publicUrls: ['https://chat.example.net/'],
    });
    expect(after).toEqual({ ...before, defaultAgent, publicUrls: ['https://chat.example.net'] });
    expect(await workspaceOf(bindings).publicUrl()).toBe('https://chat.example.net');
    expect(await lastEntry()).toMatchObject({
      action: 'settings.changed',
      changes: [
        { field: 'publicUrls', before: [], after: ['https://chat.example.net'] },
        { field: 'defaultAgent.name', before: 'Support', after: 'The team' },
      ],
    });
  });

  it('[CH-03] takes addresses only, without path, user or another scheme', async () => {
    for (const url of [
      'https://chat.example.net/path',
      'https://user@chat.example.net',
      'ftp://chat.example.net',
      'chat',
    ]) {
      const reply = await boss.call('PATCH', '/api/settings', { publicUrls: [url] });
      expect([url, reply.status, reply.body.error.code]).toEqual([url, 400, 'invalid_input']);
      expect(reply.body.error.field).toMatch(/^publicUrls/);
    }
  });

  it('[LC-16] keeps the code in the mail template', async () => {
    const reply = await boss.call('PATCH', '/api/settings', {
      embedEmail: { subject: 'Hello', body: 'No code here' },
    });
    expect(reply.body.error).toMatchObject({ code: 'invalid_input', field: 'embedEmail.body' });
    expect((await boss.call('POST', '/api/settings/test-email', { to: 'web@example.com' })).status).toBe(503);
  });
});

describe('the audit log', () => {
  it('[GEN-08] is read page by page, newest first, each entry once', async () => {
    for (let n = 0; n < 60; n++) await boss.ask('PATCH', '/api/settings', { workspaceName: `Name ${n}` });
    const seen: AuditEntry[] = [];
    let complete = false;
    for (let pages = 0; !complete && pages < 10; pages++) {
      const oldest = seen.at(-1);
      const query = oldest ? `?before=${oldest.id}` : '';
      const page = await boss.ask<{ entries: AuditEntry[]; complete: boolean }>('GET', `/api/audit${query}`);
      expect(page.entries.length).toBe(page.complete ? page.entries.length : 50);
      seen.push(...page.entries);
      complete = page.complete;
    }
    const ids = seen.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
    expect(seen.at(-1)?.action).toBe('workspace.setUp');
    expect(seen[0]).toMatchObject({
      changes: [{ field: 'workspaceName', before: 'Name 58', after: 'Name 59' }],
    });
    expect((await boss.call('GET', '/api/audit?before=x')).body.error.field).toBe('before');
  });
});
