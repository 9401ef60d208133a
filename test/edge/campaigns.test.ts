/** Campaigns inside workerd, where the clock can be moved: what is kept, refused, scheduled and sent. */
import { exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../core/api.ts';
import type { CampaignInput } from '../../core/campaign.ts';
import type {
  Campaign,
  CampaignsAnswer,
  ImportCounts,
  RecipientChunk,
  RecipientsAdded,
  RecipientsAnswer,
} from '../../core/campaignApi.ts';
import { emptyContact, type Phonebook } from '../../core/contact.ts';
import type { MessagingChannel } from '../../core/messagingChannel.ts';
import {
  addChannel,
  another,
  channelObjectOf,
  chunk,
  fresh,
  later,
  objectOf,
  ring,
} from './campaignStage.ts';
import { makeQueue, setUp, type Console } from './console.ts';
import { bindings } from './rows.ts';

const dayMs = 86_400_000;
const number = '+14155550102';
/** One red pixel. */
const png = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
);

let boss: Console;
let channel: MessagingChannel;
/** What the provider was asked to send, in order. */
let sent: { to: string; text: string; media: string[] }[] = [];

beforeAll(async () => {
  boss = await setUp();
  channel = await addChannel(boss, 'Texts', number, 100);
});
beforeEach(() => {
  sent = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.endsWith('/send') && typeof init?.body === 'string') {
      const said = JSON.parse(init.body) as { to: string; text?: string; media_urls?: string[] };
      sent.push({ to: said.to, text: said.text ?? '', media: said.media_urls ?? [] });
    }
    return Promise.resolve(Response.json({ data: { id: crypto.randomUUID() } }));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const input = (change: Partial<CampaignInput> = {}): CampaignInput => ({
  name: 'Sale',
  channel: channel.id,
  number,
  recipients: { kind: 'list' },
  content: { kind: 'text', text: 'Hello {{Name}}' },
  mode: { kind: 'direct' },
  windowDays: 7,
  send: { kind: 'draft' },
  ...change,
});
const draft = (name = 'Sale', by = channel) =>
  boss.ask<Campaign>('POST', '/api/campaigns', {
    name,
    channel: by.id,
    number: by.numbers[0]?.number ?? '',
  });
const at = (id: string, more = '') => `/api/campaigns/${id}${more}`;
const add = (id: string, numbers: readonly string[], change: Partial<RecipientChunk> = {}) =>
  boss.ask<RecipientsAdded>('POST', at(id, '/recipients'), chunk(numbers, change));
const read = (id: string) => boss.ask<Campaign>('GET', at(id));
const people = (id: string, query = '') => boss.ask<RecipientsAnswer>('GET', at(id, `/recipients${query}`));
const save = (id: string, change: Partial<CampaignInput>) => boss.ask<Campaign>('PUT', at(id), input(change));
const send = (id: string, change: Partial<CampaignInput> = {}) =>
  save(id, { send: { kind: 'now' }, ...change });
const becomes = (id: string, status: Campaign['status']) =>
  vi.waitUntil(async () => (await read(id)).status === status, { timeout: 10_000, interval: 50 });

describe('recipients', () => {
  it('[CMP-01] [CMP-02] are added in chunks, each once, and their counts add up', async () => {
    const { id } = await draft();
    const [first, second, third, out] = fresh(4) as [string, string, string, string];
    await bindings.CHANNEL.getByName(channel.id).setOptOut(number, out, true, 'marketing');
    const faults = [{ row: 7, message: 'There is no number in this row.' }];
    const once = await add(id, [first, second, out], { faults, duplicates: 2 });
    expect(once.counts).toEqual({ read: 6, imported: 2, duplicate: 2, invalid: 1, optedOut: 1 });
    expect(await add(id, [first, second, out], { faults, duplicates: 2 })).toEqual(once);
    const { counts, columns } = await add(id, [second, third], { chunk: 1, columns: ['Name', 'City'] });
    expect(counts).toEqual({ read: 8, imported: 3, duplicate: 3, invalid: 1, optedOut: 1 });
    expect(columns).toEqual(['Number', 'Name', 'City']);
    expect((await read(id)).faults).toEqual(faults);
    const gone = await boss.ask<RecipientsAdded>('POST', at(id, '/recipients/delete'), { numbers: [first] });
    expect(gone.counts).toMatchObject({ read: 7, imported: 2 });
    const all = await boss.ask<RecipientsAdded>('POST', at(id, '/recipients/delete'), { all: true });
    expect(all.counts).toEqual({ read: 0, imported: 0, duplicate: 0, invalid: 0, optedOut: 0 });
  });

  it('[CMP-08] are listed with the names of contacts, in pages, by parts of number and name', async () => {
    const { id } = await draft();
    const numbers = fresh(5);
    await boss.ask('POST', '/api/contacts', {
      ...emptyContact,
      name: 'Grace Hopper',
      numbers: [{ type: 'mobile', number: numbers[4] }],
    });
    await add(id, numbers.slice(0, 4));
    await add(id, numbers.slice(4), { chunk: 1, recipients: [{ number: numbers[4] ?? '', values: {} }] });
    const page = await people(id, '?limit=3');
    expect(page).toMatchObject({ total: 5, recipients: [{ number: numbers[0], name: 'Person 0' }, {}, {}] });
    const rest = await people(id, `?limit=3&after=${page.next}`);
    expect([rest.recipients.at(-1)?.name, rest.next]).toEqual(['Grace Hopper', null]);
    expect((await people(id, '?search=hopper')).recipients).toHaveLength(1);
    expect((await people(id, `?search=${numbers[1]?.slice(-5)}`)).recipients).toHaveLength(1);
    expect((await people(id, '?result=sent,failed')).total).toBe(0);
  });

  it('[CMP-01] are counted and taken out of phonebooks as they are when sending begins', async () => {
    const book = await boss.ask<Phonebook>('POST', '/api/phonebooks', { name: 'VIP' });
    const [mobile, second, business] = fresh(3) as [string, string, string];
    const contact = (name: string, numbers: [string, string][]) =>
      boss.ask('POST', '/api/contacts', {
        ...emptyContact,
        name,
        company: 'Navy',
        phonebooks: [book.id],
        numbers: numbers.map(([type, one]) => ({ type, number: one })),
      });
    await contact('Ada', [['mobile', mobile]]);
    await contact('Bob', [['business', business]]);
    const query = `channel=${channel.id}&number=${encodeURIComponent(number)}&phonebooks=${book.id}`;
    const counts = await boss.ask<ImportCounts>('GET', `/api/campaigns/count?${query}&numberType=mobile`);
    expect(counts).toEqual({ read: 2, imported: 1, duplicate: 0, invalid: 1, optedOut: 0 });
    const { id } = await draft();
    const recipients = { kind: 'phonebooks' as const, phonebooks: [book.id], numberType: 'mobile' as const };
    const content = { kind: 'text' as const, text: 'Hi {{Name}} of {{Company}}' };
    const saved = await save(id, { recipients, content });
    expect(saved).toMatchObject({ phonebooks: ['VIP'], totals: { total: 1, waiting: 1 }, counts });
    await contact('Cem', [
      ['mobile', second],
      ['home', mobile],
    ]);
    await send(id, { recipients, content });
    await becomes(id, 'completed');
    expect(sent.map(({ to, text }) => [to, text])).toEqual([
      [mobile, 'Hi Ada of Navy'],
      [second, 'Hi Cem of Navy'],
    ]);
    expect(await read(id)).toMatchObject({
      totals: { total: 2, sent: 2 },
      counts: { read: 3, imported: 2, duplicate: 0, invalid: 1, optedOut: 0 },
      faults: [{ message: 'Bob has no number of this type.' }],
    });
  });
});

describe('a campaign', () => {
  it('[CMP-03] [CMP-04] is refused with the field that is wrong, and stays as it was', async () => {
    const { id } = await draft('Careful');
    const refused = async (change: Partial<CampaignInput>) =>
      (await boss.call('PUT', at(id), input({ send: { kind: 'now' }, ...change }))).body.error.field;
    expect(await refused({})).toBe('recipients');
    await add(id, fresh(1));
    expect(await refused({ content: { kind: 'text', text: ' ' } })).toBe('content.text');
    expect(await refused({ content: { kind: 'text', text: 'x'.repeat(1601) } })).toBe('content.text');
    expect(await refused({ content: { kind: 'file', text: '' } })).toBe('content.file');
    expect(await refused({ channel: 'gone' })).toBe('channel');
    expect(await refused({ number: '+14155550199' })).toBe('number');
    expect(await refused({ windowDays: 31 })).toBe('windowDays');
    const destination = { kind: 'queue' as const, id: 'gone' };
    expect(await refused({ mode: { kind: 'sessions', destination } })).toBe('mode.destination');
    const time = { kind: 'at' as const, date: '2020-02-29', time: '08:50', timeZone: 'Europe/Berlin' };
    expect(await refused({ send: time })).toBe('send.time');
    expect(await refused({ send: { ...time, timeZone: 'Mars/Base' } })).toBe('send.timeZone');
    expect(await read(id)).toMatchObject({ status: 'draft', name: 'Careful', sendAt: null });
    expect(sent).toEqual([]);
  });

  it('[CMP-06] waits for its turn while another one is sent on its channel, in the order of send times', async () => {
    const { by: slow, form: by } = await another(boss, 0.01);
    const ids: string[] = [];
    for (const name of ['One', 'Two', 'Three']) {
      const { id } = await draft(name, slow);
      await add(id, fresh(3));
      ids.push(id);
    }
    const [one, two, three] = ids as [string, string, string];
    expect((await send(one, { ...by, name: 'One' })).status).toBe('executing');
    await vi.waitUntil(async () => (await read(one)).totals.sent === 1, { timeout: 10_000 });
    expect((await send(two, by)).status).toBe('pending');
    expect((await send(three, by)).status).toBe('pending');
    const cannot = await boss.call('POST', '/api/campaigns/delete', { ids: [one] });
    expect(cannot).toMatchObject({ status: 409, body: { error: { details: ['One'] } } });
    expect((await boss.ask<Campaign>('POST', at(one, '/pause'))).status).toBe('paused');
    await becomes(two, 'executing');
    expect((await boss.ask<Campaign>('POST', at(one, '/resume'))).status).toBe('pending');
    const cancelled = await boss.ask<Campaign>('POST', at(two, '/cancel'));
    expect(cancelled).toMatchObject({ status: 'cancelled', totals: { queued: 0, waiting: 0, cancelled: 3 } });
    // It was to be sent before the third.
    await becomes(one, 'executing');
    expect((await read(three)).status).toBe('pending');
    const { id } = await boss.ask<Campaign>('POST', at(two, '/duplicate'));
    await vi.waitUntil(async () => (await read(id)).totals.waiting === 3);
    expect(await read(id)).toMatchObject({ status: 'draft', name: 'Sale (copy)', counts: { read: 3 } });
    for (const other of [one, three]) await boss.ask('POST', at(other, '/cancel'));
    // What had not left by then never does.
    expect((await read(one)).totals).toMatchObject({ sent: 1, cancelled: 2 });
    expect(sent).toHaveLength(1);
  });

  it('[CMP-08] sends to those again who have failed, and to nobody else', async () => {
    const { id } = await draft();
    const [good, bad, gone] = fresh(3) as [string, string, string];
    await bindings.CHANNEL.getByName(channel.id).setOptOut(number, gone, true, 'all');
    await add(id, [good, bad]);
    await add(id, [gone], { chunk: 1 });
    let refuses = true;
    vi.mocked(globalThis.fetch).mockImplementation((_url, init) => {
      const body = JSON.parse(String(init?.body ?? '{}')) as { to?: string; text: string };
      if (body.to !== undefined) sent.push({ to: body.to, text: body.text, media: [] });
      const error = { errors: [{ code: '10001', title: 'Invalid Phone Number' }] };
      return Promise.resolve(
        refuses && body.to === bad
          ? Response.json(error, { status: 400 })
          : Response.json({ data: { id: crypto.randomUUID() } }),
      );
    });
    await send(id);
    await becomes(id, 'completed');
    expect(await read(id)).toMatchObject({ totals: { total: 3, sent: 1, failed: 1, optedOut: 1 } });
    const [failed] = (await people(id, '?result=failed')).recipients;
    expect(failed).toMatchObject({ number: bad, error: { code: '10001' } });
    refuses = false;
    await boss.ask('POST', at(id, '/retry'), { unknown: false });
    await becomes(id, 'completed');
    expect(await read(id)).toMatchObject({ totals: { total: 3, sent: 2, failed: 0, optedOut: 1 } });
    expect(sent.map(({ to }) => to)).toEqual([good, bad, bad]);
    const nothing = await boss.call('POST', at(id, '/retry'), { unknown: true });
    expect(nothing.status).toBe(409);
  });

  it('[CMP-08] [GEN-08] is found in the list by status, channel, name and time, and audited', async () => {
    const queue = await makeQueue(boss, { name: 'Campaign answers' });
    const { id } = await draft('Needle in a list');
    await add(id, fresh(1));
    const destination = { kind: 'queue' as const, id: queue.id };
    await send(id, { name: 'Needle in a list', mode: { kind: 'sessions', destination } });
    await becomes(id, 'completed');
    const find = async (query: string) =>
      (await boss.ask<CampaignsAnswer>('GET', `/api/campaigns?${query}`)).campaigns.map((one) => one.id);
    await vi.waitUntil(async () => (await find('search=needle&status=completed')).includes(id));
    expect(await find('search=NEEDLE&status=draft,scheduled')).toEqual([]);
    expect(await find(`search=needle&channel=${channel.id}`)).toEqual([id]);
    expect(await find('search=needle&channel=other')).toEqual([]);
    expect(await find(`search=needle&from=${Date.now() + dayMs}`)).toEqual([]);
    const all = await boss.ask<CampaignsAnswer>('GET', '/api/campaigns?limit=2');
    expect(all.campaigns).toHaveLength(2);
    expect(await find(`limit=2&after=${all.next}`)).not.toContain(all.campaigns[0]?.id);
    const [row] = (await boss.ask<CampaignsAnswer>('GET', '/api/campaigns?search=needle')).campaigns;
    expect(row).toMatchObject({
      channel: { name: 'Texts', gone: false },
      destination: { kind: 'queue', name: 'Campaign answers' },
      totals: { total: 1, sent: 1 },
    });
    const { entries } = await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
    const about = entries.filter(({ target }) => target?.id === id).map(({ action }) => action);
    expect(about).toEqual(['campaign.sent', 'campaign.created']);
  });

  it('[CMP-06] keeps its channel from being deleted while it still wants to send', async () => {
    const { id, name } = await draft('Holds on');
    const remove = () => boss.call('POST', '/api/channels/delete', { ids: [channel.id], endSessions: true });
    expect(await remove()).toMatchObject({
      status: 409,
      body: { error: { code: 'in_use', details: expect.arrayContaining([name]) as string[] } },
    });
    const { campaigns } = await boss.ask<CampaignsAnswer>(
      'GET',
      '/api/campaigns?status=draft,scheduled,paused,stop',
    );
    await boss.ask('POST', '/api/campaigns/delete', { ids: campaigns.map((one) => one.id) });
    expect((await remove()).status).toBe(200);
    expect((await boss.call('GET', at(id))).status).toBe(404);
  });
});

// By channels of their own, which keep the time that they have seen, and after all others.
describe('days later, a campaign', () => {
  it('[CMP-04] [CMP-06] waits for its time, can be changed till then, and is sent once', async () => {
    const { by, form } = await another(boss);
    const { id } = await draft('Later', by);
    const [person] = fresh(1) as [string];
    await add(id, [person]);
    const date = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);
    const time = (days: number) => ({
      kind: 'at' as const,
      date: date(days),
      time: '12:00',
      timeZone: 'UTC',
    });
    const scheduled = await save(id, { ...form, send: time(5) });
    expect(scheduled).toMatchObject({ status: 'scheduled', timeZone: 'UTC' });
    const moved = await save(id, { ...form, send: time(10), content: { kind: 'text', text: 'Moved' } });
    expect(moved.sendAt).toBe(Date.parse(`${date(10)}T12:00:00Z`));
    await later(6 * dayMs, () => ring(objectOf(id)));
    expect(sent).toEqual([]);
    await later(11 * dayMs, async () => {
      await ring(objectOf(id));
      await becomes(id, 'completed');
      await ring(objectOf(id));
    });
    expect(sent).toEqual([{ to: person, text: 'Moved', media: [] }]);
    expect((await boss.call('PUT', at(id), input())).status).toBe(409);
  });

  it('[CMP-03] keeps its file until it is sent, however late, and links to a copy that expires', async () => {
    const { by, form } = await another(boss);
    const { id } = await draft('Picture', by);
    await add(id, fresh(1));
    const put = await boss.call('PUT', at(id, '/file?name=sale.png'), png, { 'content-type': 'image/png' });
    expect(put).toMatchObject({ status: 200, body: { name: 'sale.png', type: 'image/png', width: 1 } });
    const time = { date: new Date(Date.now() + 10 * dayMs).toISOString().slice(0, 10), time: '00:00' };
    await save(id, {
      ...form,
      content: { kind: 'file', text: '' },
      send: { kind: 'at', ...time, timeZone: 'UTC' },
    });
    await later(11 * dayMs, async () => {
      await ring(channelObjectOf(by.id));
      await ring(objectOf(id));
      await becomes(id, 'completed');
      const [link] = sent[0]?.media ?? [];
      const served = await exports.default.fetch(link ?? '');
      expect(new Uint8Array(await served.arrayBuffer())).toEqual(png);
    });
    const copy = await boss.ask<Campaign>('POST', at(id, '/duplicate'));
    await vi.waitUntil(async () => (await read(copy.id)).file !== null);
    await boss.ask('POST', '/api/campaigns/delete', { ids: [id] });
    expect((await boss.call('GET', at(id))).status).toBe(404);
    const owners = async () => {
      const { objects } = await (bindings.MEDIA as R2Bucket).list({ prefix: 'campaigns/' });
      return objects.map(({ key }) => key.split('/')[1]).join();
    };
    await vi.waitUntil(async () => (await owners()) === copy.id);
    expect((await boss.call('GET', at(copy.id, '/file'))).status).toBe(200);
    await boss.ask('DELETE', at(copy.id, '/file'));
    expect(await owners()).toBe('');
  });

  it('[CMP-06] stops when its channel is switched off, and goes on when told to', async () => {
    const { by, form } = await another(boss);
    const { id } = await draft('Stops', by);
    await add(id, fresh(1));
    const date = new Date(Date.now() + dayMs).toISOString().slice(0, 10);
    await save(id, { ...form, send: { kind: 'at', date, time: '23:59', timeZone: 'UTC' } });
    const { id: _id, createdAt: _at, secretsSet: _set, webhookUrl: _url, ...config } = by;
    const { apiKey: _key, secret: _secret, ...fields } = config.fields;
    const change = (enabled: boolean) =>
      boss.ask('PATCH', `/api/channels/${by.id}`, { ...config, fields, enabled });
    await change(false);
    await later(3 * dayMs, async () => {
      await ring(objectOf(id));
      await becomes(id, 'stop');
    });
    expect((await read(id)).stopReason).toContain('switched off');
    await change(true);
    await later(4 * dayMs, async () => {
      await boss.ask('POST', at(id, '/resume'));
      await becomes(id, 'completed');
    });
    expect(sent).toHaveLength(1);
  });
});
