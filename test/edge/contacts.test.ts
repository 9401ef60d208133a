import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyContact, type Contact, type ContactInput, type Phonebook } from '../../core/contact.ts';
import type { ContactsAnswer, DuplicatesAnswer, ImportAnswer } from '../../core/contactApi.ts';
import { type Console, makeAgent, setUp, signInAs } from './console.ts';
import { recordNotices } from './rows.ts';

let boss: Console;
let agent: Console;
beforeAll(async () => {
  boss = await setUp();
  agent = await signInAs(await makeAgent(boss));
});
afterEach(() => vi.restoreAllMocks());

let next = 0;
/** A number that no other test has. */
const freshNumber = () => `+1415555${String(1000 + next++)}`;
const make = (input: Partial<ContactInput>, by = agent) =>
  by.ask<Contact>('POST', '/api/contacts', { ...emptyContact, ...input });
const mobile = (number: string): ContactInput['numbers'] => [{ type: 'mobile', number }];
const find = async (query: Record<string, string>, by = agent) =>
  by.ask<ContactsAnswer>('GET', `/api/contacts?${new URLSearchParams(query)}`);
const names = async (query: Record<string, string>) => (await find(query)).contacts.map(({ name }) => name);

describe('contacts', () => {
  it('[GEN-07] are made, read, changed by agents, and deleted by admins', async () => {
    const number = freshNumber();
    const made = await make({ name: 'Ada Lovelace', company: 'Engines', numbers: mobile(number) });
    expect(await agent.ask('GET', `/api/contacts/${made.id}`)).toEqual(made);
    const { id, createdAt, changedAt: _before, ...input } = made;
    const changed = await agent.ask<Contact>('PUT', `/api/contacts/${id}`, { ...input, company: '' });
    expect(changed).toMatchObject({ id, createdAt, name: 'Ada Lovelace', company: '' });
    expect((await agent.call('POST', '/api/contacts/delete', { ids: [id] })).status).toBe(403);
    await boss.ask('POST', '/api/contacts/delete', { ids: [id, 'gone'] });
    expect((await agent.call('GET', `/api/contacts/${id}`)).status).toBe(404);
    expect((await agent.call('PUT', `/api/contacts/${id}`, input)).status).toBe(404);
  });

  it('[GEN-07] refuse what is not right, naming the field', async () => {
    const cases: [Partial<ContactInput>, string][] = [
      [{ name: '' }, 'name'],
      [{ name: 'Ada', email: 'ada' }, 'email'],
      [{ name: 'Ada', numbers: mobile('0415 555') }, 'numbers.0.number'],
      [{ name: 'Ada', phonebooks: ['gone'] }, 'phonebooks'],
    ];
    for (const [input, field] of cases) {
      const reply = await agent.call('POST', '/api/contacts', { ...emptyContact, ...input });
      expect(reply.body.error.field).toBe(field);
    }
    expect((await agent.call('GET', '/api/contacts?limit=5000')).body.error.field).toBe('limit');
  });

  it('[GEN-07] are found by parts of name, company, e-mail, note and number', async () => {
    const number = freshNumber();
    await make({
      name: 'Zoë Brontë',
      company: 'Haworth Mills',
      email: 'zoe@haworth.example',
      note: 'Prefers mornings',
      numbers: mobile(number),
    });
    const national = `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;
    for (const search of [
      'zoe',
      'BRONTE',
      'zo mil',
      'haworth.example',
      'morn',
      number,
      number.slice(-4),
      national,
    ]) {
      expect(await names({ search }), search).toContain('Zoë Brontë');
    }
    for (const search of ['zoe nobody', 'ronte', 'OR', 'zoe" NOT "x', "zoe' --x"]) {
      expect(await names({ search }), search).not.toContain('Zoë Brontë');
    }
    // Nothing but signs asks for nothing.
    expect(await names({ search: '"' })).toEqual(await names({}));
  });

  it('[GEN-07] are listed by name in pages without a gap or a double', async () => {
    const book = await boss.ask<Phonebook>('POST', '/api/phonebooks', { name: 'Paging' });
    const made = ['b', 'B', 'a', 'c', 'b', 'É', 'z'];
    for (const name of made) await make({ name, phonebooks: [book.id] });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: ContactsAnswer = await find({
        phonebook: book.id,
        limit: '2',
        ...(after === null ? {} : { after }),
      });
      expect(page.total).toBe(made.length);
      seen.push(...page.contacts.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(new Set(seen).size).toBe(made.length);
    expect((await names({ phonebook: book.id })).join('').toLowerCase()).toBe('abbbcéz');
    expect((await find({ phonebook: book.id, after: 'nonsense' })).contacts).toHaveLength(made.length);
  });

  it('[AG-06] tell the Desk whom a number leads to, the first of several', async () => {
    const number = freshNumber();
    const notices = recordNotices();
    const first = await make({ name: 'First', numbers: mobile(number) });
    const second = await make({ name: 'Second', numbers: mobile(number) });
    await boss.ask('POST', '/api/contacts/delete', { ids: [first.id] });
    await boss.ask('POST', '/api/contacts/delete', { ids: [second.id] });
    const told = notices.flatMap((one) => (one.kind === 'contacts' ? one.names : []));
    expect(told.map(({ key, contact }) => [key, contact?.name ?? null])).toEqual([
      [number, 'First'],
      [number, 'First'],
      [number, 'Second'],
      [number, null],
    ]);
  });

  it('[GEN-08] leave their traces in the audit log, without what people said of themselves', async () => {
    const made = await make({ name: 'Grace', email: 'grace@secret.example' });
    const { id, createdAt: _made, changedAt: _changed, ...input } = made;
    await agent.ask('PUT', `/api/contacts/${id}`, { ...input, email: 'other@secret.example' });
    const { entries } = await boss.ask<{ entries: { action: string; target: { id: string } | null }[] }>(
      'GET',
      '/api/audit',
    );
    const own = entries.filter(({ target }) => target?.id === id);
    expect(own.map(({ action }) => action)).toEqual(['contact.changed', 'contact.created']);
    expect(JSON.stringify(own)).not.toContain('secret.example');
  });
});

describe('phonebooks', () => {
  it('[GEN-07] are made and changed by admins; deleting one keeps its contacts', async () => {
    expect((await agent.call('POST', '/api/phonebooks', { name: 'VIP' })).status).toBe(403);
    const book = await boss.ask<Phonebook>('POST', '/api/phonebooks', { name: 'VIP' });
    expect((await boss.call('POST', '/api/phonebooks', { name: 'vip' })).body.error).toMatchObject({
      code: 'conflict',
      field: 'name',
    });
    const member = await make({ name: 'Member', phonebooks: [book.id] });
    const renamed = await boss.ask<Phonebook>('PATCH', `/api/phonebooks/${book.id}`, { name: 'Best' });
    expect(renamed).toEqual({ id: book.id, name: 'Best', contacts: 1 });
    const { phonebooks } = await agent.ask<{ phonebooks: Phonebook[] }>('GET', '/api/phonebooks');
    expect(phonebooks).toContainEqual(renamed);
    await boss.ask('DELETE', `/api/phonebooks/${book.id}`);
    expect(await agent.ask<Contact>('GET', `/api/contacts/${member.id}`)).toMatchObject({ phonebooks: [] });
    expect((await boss.call('DELETE', `/api/phonebooks/${book.id}`)).status).toBe(404);
  });
});

describe('duplicates', () => {
  it('[GEN-07] are found by what they share, and merged into one', async () => {
    const [number, other] = [freshNumber(), freshNumber()];
    const one = await make({ name: 'Alan Turing', numbers: mobile(number), email: 'alan@example.com' });
    const two = await make({
      name: 'A. Turing',
      email: 'ALAN@example.com',
      numbers: [...mobile(number), ...mobile(other)],
    });
    const { groups } = await boss.ask<DuplicatesAnswer>('GET', '/api/contacts/duplicates');
    const group = groups.filter(({ contacts }) => contacts.some(({ id }) => id === one.id));
    expect(group.map(({ contacts }) => contacts.map(({ id }) => id))).toEqual([[one.id, two.id]]);
    const merged = await boss.ask<Contact>('POST', '/api/contacts/merge', {
      into: two.id,
      from: [one.id, two.id],
    });
    expect(merged).toMatchObject({ id: two.id, name: 'A. Turing', createdAt: two.createdAt });
    expect(merged.numbers.map((each) => each.number).sort()).toEqual([number, other].sort());
    expect((await agent.call('GET', `/api/contacts/${one.id}`)).status).toBe(404);
    const again = await boss.call('POST', '/api/contacts/merge', { into: two.id, from: [one.id] });
    expect(again.status).toBe(404);
  });
});

describe('import', () => {
  it('[GEN-07] makes, updates or skips, as was chosen', async () => {
    const [known, fresh] = [freshNumber(), freshNumber()];
    const kept = await make({ name: 'Known', company: 'Kept', numbers: mobile(known) });
    const rows: ContactInput[] = [
      { ...emptyContact, name: 'Renamed', email: 'known@example.com', numbers: mobile(known) },
      { ...emptyContact, name: 'Fresh', numbers: mobile(fresh) },
    ];
    const load = (whenKnown: string) =>
      boss.ask<ImportAnswer>('POST', '/api/contacts/import', { rows, whenKnown });
    expect(await load('skip')).toEqual({ created: 1, updated: 0, skipped: 1 });
    expect(await load('update')).toEqual({ created: 0, updated: 1, skipped: 1 });
    expect(await agent.ask('GET', `/api/contacts/${kept.id}`)).toMatchObject({
      name: 'Renamed',
      company: 'Kept',
      email: 'known@example.com',
    });
    expect(await load('update')).toEqual({ created: 0, updated: 0, skipped: 2 });
    expect(await load('add')).toEqual({ created: 2, updated: 0, skipped: 0 });
  });

  it('[GEN-07] takes all rows of a part or none', async () => {
    const rows = [
      { ...emptyContact, name: 'Good row' },
      { ...emptyContact, name: 'Bad row', phonebooks: ['gone'] },
    ];
    const reply = await boss.call('POST', '/api/contacts/import', { rows, whenKnown: 'skip' });
    expect(reply.body.error.field).toBe('phonebooks');
    expect(await names({ search: 'good row' })).toEqual([]);
    const many = Array.from({ length: 201 }, () => rows[0]);
    expect((await boss.call('POST', '/api/contacts/import', { rows: many, whenKnown: 'skip' })).status).toBe(
      400,
    );
  });
});
