/**
 * Recipients as CSV (CMP-01, CMP-02): a column `Number`, and others that texts may use. Each row that is not empty is a
 * recipient, a duplicate of one before, or a fault with its reason: nothing is lost silently.
 */
import type { CountryCode } from 'libphonenumber-js';
import Papa from 'papaparse';
import { failedReason, maxRecipients } from './campaign.ts';
import {
  chunkLength,
  chunkRows,
  maxColumnName,
  maxColumns,
  maxValue,
  type Recipient,
  type RecipientChunk,
  type RecipientFault,
  type RecipientInput,
} from './campaignApi.ts';
import { sameColumn } from './campaignText.ts';
import { asText, maxCsvBytes, plainText } from './contactCsv.ts';
import { phoneNumber } from './phone.ts';

/** Most characters of a file's name (CMP-01). */
const maxFileName = 126;

export interface CsvRecipients {
  /** Rows that are not empty: read = recipients + duplicates + faults. */
  read: number;
  /** Beside `Number`, in the order of the file. */
  columns: string[];
  recipients: RecipientInput[];
  /** Rows whose number stood in the file before, by their number as spreadsheets count. */
  duplicates: number[];
  faults: RecipientFault[];
}

/** Why a file is not even looked into; null when it is. */
export function refuseFile({ name, size }: { name: string; size: number }): string | null {
  if (name.length > maxFileName) return 'The name of the file is too long. Use at most 126 characters.';
  if (!/\.csv$/i.test(name)) return 'Choose a CSV file: its name ends with .csv.';
  return size >= maxCsvBytes ? 'The file is not smaller than 50 MB. Split it and import the parts.' : null;
}

/** Reads a CSV text with a header line. Numbers without a + are read as ones of `country`, where one is given. */
export function recipientsFromCsv(text: string, country: CountryCode | null): CsvRecipients {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''));
  const header = (data[0] ?? []).map((name) => name.trim());
  const found: CsvRecipients = { read: 0, columns: [], recipients: [], duplicates: [], faults: [] };
  const rows = [...data.entries()].filter(
    ([index, cells]) => index > 0 && cells.some((cell) => cell.trim() !== ''),
  );
  found.read = rows.length;
  const numberAt = header.findIndex((name) => sameColumn(name, 'Number'));
  const columns = columnsOf(header, numberAt);
  const wrong = headerFault(numberAt, columns);
  if (wrong !== null) {
    found.faults = rows.map(([index]) => ({ row: index + 1, message: wrong }));
    return found;
  }
  found.columns = columns.map(({ name }) => name);
  const seen = new Set<string>();
  for (const [index, cells] of rows) {
    const row = index + 1;
    const read = rowOf(cells, numberAt, columns, country);
    if ('message' in read) found.faults.push({ row, message: read.message });
    else if (seen.has(read.number)) found.duplicates.push(row);
    else if (seen.size >= maxRecipients) found.faults.push({ row, message: tooMany });
    else {
      seen.add(read.number);
      found.recipients.push(read);
    }
  }
  return found;
}

const tooMany = `A campaign has at most ${maxRecipients.toLocaleString('en')} recipients. Make another one for these.`;

interface Column {
  name: string;
  at: number;
}

/** The columns with a name of their own. */
function columnsOf(header: readonly string[], numberAt: number): Column[] {
  const columns: Column[] = [];
  header.forEach((name, at) => {
    if (name === '' || at === numberAt || columns.some((one) => sameColumn(one.name, name))) return;
    columns.push({ name, at });
  });
  return columns;
}

/** What is wrong with the first line, so that no row can be taken; null when nothing is. */
function headerFault(numberAt: number, columns: readonly Column[]): string | null {
  if (numberAt < 0)
    return 'The first line names no column Number. Name the column with the phone numbers so.';
  if (columns.length > maxColumns) return `There are more than ${maxColumns} columns. Leave some out.`;
  const wrong = columns.find(({ name }) => name.length > maxColumnName || /[{}]/.test(name));
  if (!wrong) return null;
  return `Give the column ${wrong.name.slice(0, maxColumnName)} a name of at most ${maxColumnName} characters without braces.`;
}

function rowOf(
  cells: readonly string[],
  numberAt: number,
  columns: readonly Column[],
  country: CountryCode | null,
): RecipientInput | { message: string } {
  const cell = (at: number) => plainText((cells[at] ?? '').trim());
  const written = cell(numberAt);
  if (written === '') return { message: 'There is no number in this row.' };
  const number = phoneNumber(written, country ?? undefined);
  if (number === null) {
    const shown = written.slice(0, 40);
    return {
      message: written.startsWith('+')
        ? `There is no number ${shown}. Check the country code and the digits.`
        : `${shown} is not a number. Write it with + and its country code, or choose a country.`,
    };
  }
  const values: Record<string, string> = {};
  for (const { name, at } of columns) {
    const value = cell(at);
    if (value.length > maxValue) {
      return { message: `The text in the column ${name} has more than ${maxValue} characters.` };
    }
    if (value !== '') values[name] = value;
  }
  return { number, values };
}

/** All that was read, in parts that one call can take. `list` names the file, or what was put in by hand. */
export function recipientChunks(read: CsvRecipients, list: string): RecipientChunk[] {
  const { columns, recipients, faults, duplicates } = read;
  const chunks: RecipientChunk[] = [];
  const fresh = (): RecipientChunk => {
    const chunk = { list, chunk: chunks.length, columns, recipients: [], duplicates: 0, faults: [] };
    chunks.push(chunk);
    return chunk;
  };
  let last = fresh();
  let length = 0;
  const take = (size: number, isFull: boolean): RecipientChunk => {
    if (isFull || length + size > chunkLength) {
      last = fresh();
      length = 0;
    }
    length += size;
    return last;
  };
  last.duplicates = duplicates.length;
  for (const one of recipients) {
    take(JSON.stringify(one).length, last.recipients.length >= chunkRows).recipients.push(one);
  }
  for (const one of faults)
    take(JSON.stringify(one).length, last.faults.length >= chunkRows).faults.push(one);
  return chunks;
}

/** The results of a campaign's recipients as CSV, each with the words that the page uses for it. */
export function resultsToCsv(
  recipients: readonly Recipient[],
  wordOf: (result: Recipient['result']) => string,
): string {
  const rows = recipients.map(({ number, name, result, error, replied, at }) => [
    number,
    asText(name),
    wordOf(result),
    asText(failedReason(error)),
    replied ? 'Yes' : 'No',
    at === null ? '' : new Date(at).toISOString(),
  ]);
  const fields = ['Number', 'Name', 'Result', 'Failed reason', 'Replied', 'Time'];
  return Papa.unparse({ fields, data: rows }, { newline: '\r\n' });
}
