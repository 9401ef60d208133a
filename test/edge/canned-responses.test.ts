import { beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../../core/agent.ts';
import type { AuditEntry } from '../../core/api.ts';
import { maxOwn, maxShared, type CannedResponse } from '../../core/cannedResponse.ts';
import { maxTextLength } from '../../core/message.ts';
import { Console, makeAgent, setUp, signInAs } from './console.ts';
import { sql } from './rows.ts';

const path = '/api/canned-responses';
const input = { shortcut: 'hours', title: 'Opening hours', text: 'We are open until six.', shared: false };
/** A hundred and more answers, each quick, one after the other. */
const many = { timeout: 60_000 };

let boss: Console;
let ada: Agent;
let first: Console;
let second: Console;
beforeAll(async () => {
  boss = await setUp();
  ada = await makeAgent(boss);
  first = await signInAs(ada);
  second = await signInAs(await makeAgent(boss));
});

const make = (by: Console, change: Record<string, unknown> = {}) =>
  by.ask<CannedResponse>('POST', path, { ...input, ...change });
const listOf = async (by: Console) =>
  (await by.ask<{ cannedResponses: CannedResponse[] }>('GET', path)).cannedResponses;
const idsOf = async (by: Console) => (await listOf(by)).map(({ id }) => id);

async function refusal(by: Console, method: string, at: string, change: Record<string, unknown> = {}) {
  const { status, body } = await by.call(
    method,
    at,
    method === 'DELETE' ? undefined : { ...input, ...change },
  );
  return { status, ...body.error };
}

async function audited(): Promise<AuditEntry[]> {
  const { entries } = await boss.ask<{ entries: AuditEntry[] }>('GET', '/api/audit');
  return entries.filter(({ action }) => action.startsWith('cannedResponse'));
}

describe('canned responses', () => {
  it('[AG-15] that are an agent’s own are seen and changed by nobody else, admins included', async () => {
    const own = await make(first, { shortcut: 'mine', text: 'Only I say this.' });
    expect(await idsOf(first)).toContain(own.id);
    for (const other of [second, boss]) {
      expect(await idsOf(other)).not.toContain(own.id);
      expect(await refusal(other, 'PATCH', `${path}/${own.id}`)).toMatchObject({ status: 404 });
      expect(await refusal(other, 'DELETE', `${path}/${own.id}`)).toMatchObject({ status: 404 });
    }
    expect((await listOf(first)).find(({ id }) => id === own.id)).toEqual(own);
    // Two agents may say the same by the same word.
    await make(second, { shortcut: 'MINE' });
    expect(JSON.stringify(await audited())).not.toContain('Only I say this.');
    await first.ask('PATCH', `${path}/${own.id}`, { ...input, shortcut: 'mine', text: 'Better.' });
    await first.ask('DELETE', `${path}/${own.id}`);
    expect(await idsOf(first)).not.toContain(own.id);
  });

  it('[AG-15] that everybody has are made, changed and deleted by admins alone, which is recorded', async () => {
    expect(await refusal(first, 'POST', path, { shared: true })).toMatchObject({
      status: 403,
      field: 'shared',
      message: expect.stringContaining('ask an admin'),
    });
    const shared = await make(boss, { shortcut: 'returns', shared: true });
    expect(await listOf(first)).toContainEqual(shared);
    expect(await refusal(first, 'PATCH', `${path}/${shared.id}`)).toMatchObject({ status: 403 });
    expect(await refusal(first, 'DELETE', `${path}/${shared.id}`)).toMatchObject({ status: 403 });
    const change = { ...input, shortcut: 'returns', text: 'Within 30 days.', shared: true };
    await boss.ask('PATCH', `${path}/${shared.id}`, change);
    expect(await listOf(second)).toContainEqual({ id: shared.id, ...change });
    await boss.ask('DELETE', `${path}/${shared.id}`);
    expect(await idsOf(first)).not.toContain(shared.id);
    const [deleted, changed, created] = await audited();
    expect([deleted?.action, changed?.action, created?.action]).toEqual([
      'cannedResponse.deleted',
      'cannedResponse.changed',
      'cannedResponse.created',
    ]);
    expect(changed?.changes).toEqual([{ field: 'text', before: input.text, after: 'Within 30 days.' }]);
    expect(created?.target).toEqual({ kind: 'cannedResponse', id: shared.id, name: 'returns' });
  });

  it('[AG-15] become everybody’s, and one’s own again, when an admin says so, but not by an agent', async () => {
    const own = await make(boss, { shortcut: 'share-me' });
    const at = `${path}/${own.id}`;
    await boss.ask('PATCH', at, { ...input, shortcut: 'share-me', shared: true });
    expect(await idsOf(first)).toContain(own.id);
    await boss.ask('PATCH', at, { ...input, shortcut: 'share-me' });
    expect(await idsOf(first)).not.toContain(own.id);
    expect(await idsOf(boss)).toContain(own.id);
    expect((await audited()).slice(0, 2).map(({ action }) => action)).toEqual([
      'cannedResponse.deleted',
      'cannedResponse.created',
    ]);
    const adas = await make(first, { shortcut: 'not-by-me' });
    const refused = await refusal(first, 'PATCH', `${path}/${adas.id}`, {
      shortcut: 'not-by-me',
      shared: true,
    });
    expect(refused).toMatchObject({ status: 403, field: 'shared' });
  });

  it('[AG-15] have a shortcut that is unique in what their agent sees, whatever its case', async () => {
    await make(boss, { shortcut: 'Address', shared: true });
    const own = await make(first, { shortcut: 'parcel' });
    for (const shortcut of ['address', 'PARCEL', '/Parcel']) {
      const refused = await refusal(first, 'POST', path, { shortcut });
      expect(refused, shortcut).toMatchObject({ status: 409, field: 'shortcut' });
      expect(refused.message).toContain('Choose another one.');
    }
    // Its own shortcut in another case is no conflict.
    await first.ask('PATCH', `${path}/${own.id}`, { ...input, shortcut: 'Parcel' });
    expect(await refusal(first, 'PATCH', `${path}/${own.id}`, { shortcut: 'ADDRESS' })).toMatchObject({
      status: 409,
    });
    // Admins do not hear of agents' own ones; the agent keeps it and can still change it.
    await make(boss, { shortcut: 'parcel', shared: true });
    await first.ask('PATCH', `${path}/${own.id}`, { ...input, shortcut: 'parcel', text: 'Still mine.' });
    const both = (await listOf(first)).filter(({ shortcut }) => shortcut.toLowerCase() === 'parcel');
    expect(both.map(({ shared }) => shared)).toEqual([false, true]);
  });

  it('[AG-15] say at their field what is wrong with them', async () => {
    const wrong: [Record<string, unknown>, string, RegExp][] = [
      [{ shortcut: 'two words' }, 'shortcut', /letters, digits/],
      [{ text: ' ' }, 'text', /Enter the text/],
      [{ text: 'x'.repeat(maxTextLength + 1) }, 'text', /at most 5000/],
      [
        { text: 'Hi {{customer.age}}' },
        'text',
        /\{\{customer\.age\}\} cannot be filled in\. Use .*agent\.name/,
      ],
      [{ title: 'x'.repeat(81) }, 'title', /at most 80/],
    ];
    for (const [change, field, words] of wrong) {
      const refused = await refusal(first, 'POST', path, { shortcut: 'fresh', ...change });
      expect(refused).toMatchObject({ status: 400, field, message: expect.stringMatching(words) });
    }
  });

  it('[AG-15] have a limit, of shared ones and of each agent’s own', many, async () => {
    const someone = await makeAgent(boss);
    const console = await signInAs(someone);
    const fillUp = (agent: string | null, count: number) =>
      sql(
        `INSERT INTO canned_responses
         SELECT ?1 || value, ?2, ?1 || value, '', 'x' FROM json_each(?3)`,
        `${agent ?? 'all'}-`,
        agent,
        JSON.stringify(Array.from({ length: count }, (_, index) => index)),
      );
    await fillUp(someone.id, maxOwn - 1);
    const last = await make(console, { shortcut: 'the-last' });
    expect(await refusal(console, 'POST', path, { shortcut: 'too-many' })).toMatchObject({
      status: 409,
      message: expect.stringMatching(/200 canned responses of your own.*Delete one/),
    });
    await console.ask('PATCH', `${path}/${last.id}`, { ...input, shortcut: 'still-changed' });
    const [{ count = 0 } = {}] = await sql<{ count: number }>(
      'SELECT count(*) AS count FROM canned_responses WHERE agent_id IS NULL',
    );
    await fillUp(null, maxShared - count);
    expect(await refusal(boss, 'POST', path, { shortcut: 'too-many', shared: true })).toMatchObject({
      status: 409,
      message: expect.stringMatching(/1000 canned responses for everybody/),
    });
    expect(await listOf(second)).toHaveLength(maxShared + 1);
    await sql('DELETE FROM canned_responses WHERE id LIKE ?', 'all-%');
  });

  it('[AG-15] go with their agent', async () => {
    const left = await makeAgent(boss);
    await make(await signInAs(left), { shortcut: 'bye' });
    await boss.ask('DELETE', `/api/agents/${left.id}`);
    expect(await sql('SELECT id FROM canned_responses WHERE agent_id = ?', left.id)).toEqual([]);
  });
});
