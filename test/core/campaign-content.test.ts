import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CampaignContent, CampaignInput } from '../../core/campaign.ts';
import { chunkLength, chunkRows, recipientChunk, type Recipient } from '../../core/campaignApi.ts';
import { refuseSending, type CampaignFacts } from '../../core/campaignCheck.ts';
import { recipientChunks, recipientsFromCsv, refuseFile, resultsToCsv } from '../../core/campaignCsv.ts';
import { messageFor } from '../../core/campaignText.ts';
import { sendErrorOf } from '../../core/sendError.ts';
import type { Template } from '../../core/template.ts';

const someone = { number: '+14155550101', name: 'Ada Lovelace', values: { City: 'London', Code: '7' } };
const none = { template: null, file: null };

describe('a file of recipients', () => {
  it('[CMP-01] [CMP-02] gives numbers with their columns, and says of each other row why it is none', () => {
    const text = [
      '\uFEFFName;Number;City',
      'Ada;+1 (415) 555-0101;"London; Soho"',
      ';;',
      'Bob;0415 555;',
      'Eve;+14155550101;Rome',
      'Joe;;Oslo',
      'Kim;+15;Bonn',
      "'=Sum;+14155550103;'-1",
    ].join('\r\n');
    const read = recipientsFromCsv(text, null);
    expect(read).toMatchObject({ read: 6, columns: ['Name', 'City'], duplicates: [5] });
    expect(read.recipients).toEqual([
      { number: '+14155550101', values: { Name: 'Ada', City: 'London; Soho' } },
      { number: '+14155550103', values: { Name: '=Sum', City: '-1' } },
    ]);
    expect(read.faults.map(({ row, message }) => [row, message.slice(0, 20)])).toEqual([
      [4, '0415 555 is not a nu'],
      [6, 'There is no number i'],
      [7, 'There is no number +'],
    ]);
    expect(recipientsFromCsv('number\n(415) 555-0101', 'US').recipients).toEqual([
      { number: '+14155550101', values: {} },
    ]);
  });

  it('[CMP-02] loses no row, whatever stands in it', () => {
    const cell = fc.oneof(
      fc.constantFrom('', '+14155550101', '+14155550102', '4155550103', 'no', ' '),
      fc.string({ maxLength: 8 }),
      fc.integer({ min: 0, max: 9999 }).map((n) => `+1415555${String(n).padStart(4, '0')}`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 40 }), fc.boolean(), (rows, named) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = [[named ? 'Number' : 'Phone', 'City'], ...rows].map((row) => row.map(quote).join(','));
        const filled = rows.filter((row) => row.some((text) => text.trim() !== '')).length;
        const { read, recipients, duplicates, faults } = recipientsFromCsv(lines.join('\n'), null);
        expect(read).toBe(filled);
        expect(recipients.length + duplicates.length + faults.length).toBe(filled);
        expect(new Set(recipients.map(({ number }) => number)).size).toBe(recipients.length);
      }),
    );
  });

  it('[CMP-01] travels in chunks that one call can take, with all of it', () => {
    const rows = Array.from({ length: 2_345 }, (_none, n) => `+1415${5_550_000 + n},${'x'.repeat(n % 900)}`);
    const wrong = Array.from({ length: 1_200 }, () => 'nobody,y');
    const read = recipientsFromCsv(['Number,Text', ...rows, ...wrong, rows[0]].join('\n'), null);
    const chunks = recipientChunks(read, 'file-1').map((chunk) => recipientChunk.parse(chunk));
    expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_chunk, index) => index));
    expect(chunks.flatMap(({ recipients }) => recipients)).toEqual(read.recipients);
    expect(chunks.flatMap(({ faults }) => faults)).toEqual(read.faults);
    expect(chunks.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(1);
    for (const chunk of chunks) {
      expect(chunk.recipients.length).toBeLessThanOrEqual(chunkRows);
      expect(JSON.stringify(chunk).length).toBeLessThan(chunkLength + 10_000);
    }
  });

  it('[CMP-01] is refused by its name and size before it is read', () => {
    expect(refuseFile({ name: 'people.csv', size: 50 * 1024 * 1024 - 1 })).toBeNull();
    expect(refuseFile({ name: 'people.csv', size: 50 * 1024 * 1024 })).toContain('50 MB');
    expect(refuseFile({ name: `${'x'.repeat(122)}.csv`, size: 1 })).toBeNull();
    expect(refuseFile({ name: `${'x'.repeat(123)}.csv`, size: 1 })).toContain('too long');
    expect(refuseFile({ name: 'people.xlsx', size: 1 })).toContain('CSV');
  });

  it('[CMP-08] of results has reasons with the provider’s code, and no formula', () => {
    const row: Recipient = {
      number: '+14155550101',
      name: '=cmd()',
      result: 'failed',
      error: sendErrorOf('unknown', { code: 30003, text: 'Unreachable handset' }),
      replied: false,
      at: 0,
    };
    expect(resultsToCsv([row], (result) => result).split('\r\n')[1]).toBe(
      "+14155550101,'=cmd(),failed,Failed to send (30003 Unreachable handset),No,1970-01-01T00:00:00.000Z",
    );
  });
});

describe('a campaign’s content', () => {
  it('[CMP-03] has what the recipient’s row says in place of its columns', () => {
    const text = 'Hi {{name}}, {{ City }} waits. {{Nothing}}Code {{CODE}} for {{Number}} 🎉';
    expect(messageFor({ kind: 'text', text }, someone, none)).toMatchObject({
      outgoing: { kind: 'text', text: 'Hi Ada Lovelace, London waits. Code 7 for +14155550101 🎉' },
    });
    const own = { ...someone, values: { Name: 'Countess' } };
    expect(messageFor({ kind: 'text', text: '{{Name}}' }, own, none)).toMatchObject({
      outgoing: { text: 'Countess' },
    });
    expect(messageFor({ kind: 'text', text: '{{Nothing}}' }, someone, none)).toMatchObject({
      refusal: { code: 'message_empty', field: 'content.text' },
    });
  });

  it('[CMP-03] never takes a value for another placeholder', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const recipient = { ...someone, values: { City: `{{Code}}${value}`, Code: 'secret' } };
        const made = messageFor({ kind: 'text', text: 'a {{City}}' }, recipient, none);
        expect(JSON.stringify(made)).not.toContain('secret');
      }),
    );
  });
});

const template: Template = {
  id: 't1',
  name: 'sale',
  language: 'en',
  category: 'marketing',
  parameterFormat: 'positional',
  header: { kind: 'image', example: '' },
  body: { text: 'Hello {{1}}!', variables: [{ name: '1', example: 'Ada' }] },
  footer: '',
  buttons: [],
  unsendable: null,
};
const file = { name: 'a.png', type: 'image/png', size: 1000, width: 1, height: 1 };
const facts: CampaignFacts = {
  channel: { provider: 'general', enabled: true, fields: {}, numbers: ['+14155550102'] },
  template: null,
  file: null,
  columns: ['City'],
  recipients: 1,
  longest: someone,
  destinationFound: true,
};
const sms: CampaignInput = {
  name: 'Sale',
  channel: 'c1',
  number: '+14155550102',
  recipients: { kind: 'list' },
  content: { kind: 'text', text: 'Hello {{City}}' },
  mode: { kind: 'direct' },
  windowDays: 7,
  send: { kind: 'now' },
};
const byTemplate = (body: string): CampaignContent => ({
  kind: 'template',
  template: { id: 't1', header: { kind: 'file', ticket: '' }, body: { '1': body }, buttons: {} },
});

describe('sending', () => {
  const now = Date.UTC(2026, 10, 29, 12);
  const refused = (change: Partial<CampaignInput>, known: Partial<CampaignFacts> = {}) =>
    refuseSending({ ...sms, ...change }, { ...facts, ...known }, now)?.field ?? null;
  const whatsapp = { channel: { ...facts.channel, provider: 'whatsapp' }, template, file } as CampaignFacts;

  it('[CMP-03] [CMP-04] is refused with the field that keeps it from going', () => {
    expect(refused({})).toBeNull();
    expect(refused({}, { channel: null })).toBe('channel');
    expect(refused({ number: '+14155550199' })).toBe('number');
    expect(refused({}, { recipients: 0 })).toBe('recipients');
    expect(refused({ content: { kind: 'text', text: '' } })).toBe('content.text');
    expect(refused({ content: { kind: 'text', text: '{{Town}}' } })).toBe('content.text');
    expect(refused({ content: { kind: 'file', text: '' } })).toBe('content.file');
    expect(refused({ content: byTemplate('x') })).toBe('content');
    expect(refused({}, { destinationFound: false })).toBe('mode.destination');
    const at = { kind: 'at', date: '2026-11-29', time: '11:59', timeZone: 'UTC' } as const;
    expect(refused({ send: at })).toBe('send.time');
    expect(refused({ send: { ...at, time: '12:00' } })).toBeNull();
  });

  it('[CMP-03] knows what the longest values of a list make of a text', () => {
    const longest = { ...someone, values: { City: 'x'.repeat(1_000) } };
    const text = `${'y'.repeat(700)}{{City}}`;
    expect(refused({ content: { kind: 'text', text } })).toBeNull();
    expect(refused({ content: { kind: 'text', text } }, { longest })).toBe('content.text');
  });

  it('[CMP-03] by WhatsApp takes a template with its media and variables', () => {
    expect(refused({ content: byTemplate('{{Name}}') }, whatsapp)).toBeNull();
    expect(refused({}, whatsapp)).toBe('content');
    expect(refused({ content: byTemplate('') }, whatsapp)).toBe('content.template.body.1');
    expect(refused({ content: byTemplate('{{Town}}') }, whatsapp)).toBe('content.template.body.1');
    expect(refused({ content: byTemplate('x') }, { ...whatsapp, file: null })).toBe(
      'content.template.header',
    );
    expect(refused({ content: byTemplate('x') }, { ...whatsapp, template: null })).toBe(
      'content.template.id',
    );
  });
});
