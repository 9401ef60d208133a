/**
 * Contacts as CSV (GEN-07): what is exported can be imported again. A header line names the columns; each type of
 * number has its own, with a count from the second one on (`Mobile`, `Mobile 2`).
 */
import type { CountryCode } from 'libphonenumber-js';
import Papa from 'papaparse';
import { contactInput, emptyContact, numberTypeNames, numberTypes } from './contact.ts';
import type { Contact, ContactInput, ContactNumber, NumberType } from './contact.ts';
import { phoneNumber } from './phone.ts';

/** Largest file, bytes (guide, "Import from CSV file"). */
export const maxCsvBytes = 50 * 1024 * 1024;

/** A row that cannot be taken, by its number as spreadsheets count (the header is row 1). */
export interface CsvFault {
  row: number;
  column: string;
  message: string;
}

export interface CsvContacts {
  contacts: ContactInput[];
  faults: CsvFault[];
  /** Columns that nothing is known to do with. */
  ignored: string[];
}

type Field = 'name' | 'firstName' | 'lastName' | 'company' | 'email' | 'note' | 'phonebooks';

const fieldNames: Record<string, Field> = {
  name: 'name',
  'full name': 'name',
  'contact name': 'name',
  'display name': 'name',
  'first name': 'firstName',
  'given name': 'firstName',
  'last name': 'lastName',
  'family name': 'lastName',
  surname: 'lastName',
  company: 'company',
  organization: 'company',
  organisation: 'company',
  email: 'email',
  'e-mail': 'email',
  'email address': 'email',
  'e-mail address': 'email',
  note: 'note',
  notes: 'note',
  remark: 'note',
  phonebook: 'phonebooks',
  phonebooks: 'phonebooks',
};

const numberNames: Record<string, NumberType> = {
  ...Object.fromEntries(numberTypes.map((type) => [numberTypeNames[type].toLowerCase(), type])),
  work: 'business',
  cell: 'mobile',
  'mobile phone': 'mobile',
  number: 'other',
  phone: 'other',
  telephone: 'other',
};

/**
 * Reads a CSV file with a header line. Numbers without a + are read as ones of `country` (ISO 3166), and are faults
 * when that is null. `phonebookOf` gives the id of a phonebook by its name; unknown names are faults.
 */
export function contactsFromCsv(
  text: string,
  country: CountryCode | null,
  phonebookOf: (name: string) => string | undefined,
): CsvContacts {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''));
  const header = (data[0] ?? []).map((name) => name.trim());
  const columns = header.map(columnOf);
  const found: CsvContacts = {
    contacts: [],
    faults: [],
    ignored: header.filter((name, index) => name !== '' && columns[index] === null),
  };
  if (!columns.some((column) => column?.kind === 'number' || column?.kind === 'field')) {
    const message = 'The first line names no column that is known, such as Name, Mobile or Number.';
    return { ...found, faults: [{ row: 1, column: '', message }] };
  }
  for (const [index, cells] of data.entries()) {
    if (index === 0 || cells.every((cell) => cell.trim() === '')) continue;
    const read = rowOf(cells, header, columns, country, phonebookOf);
    if ('contact' in read) found.contacts.push(read.contact);
    else found.faults.push({ row: index + 1, ...read });
  }
  return found;
}

/** All contacts as one CSV text with a header line, in the columns that they need. */
export function contactsToCsv(contacts: readonly Contact[], phonebookName: (id: string) => string): string {
  const counts = new Map<NumberType, number>();
  for (const { numbers } of contacts) {
    for (const type of numberTypes) {
      const count = numbers.filter((one) => one.type === type).length;
      counts.set(type, Math.max(counts.get(type) ?? 0, count));
    }
  }
  const slots = numberTypes.flatMap((type) =>
    Array.from({ length: counts.get(type) ?? 0 }, (_none, index) => ({ type, index })),
  );
  const header = ['Name', 'Company', 'E-mail', 'Note', 'Phonebooks', ...slots.map(slotName)];
  const rows = contacts.map(({ name, company, email, note, numbers, phonebooks }) => [
    ...[name, company, email, note, phonebooks.map(phonebookName).join('; ')].map(asText),
    ...slots.map(({ type, index }) => numbers.filter((one) => one.type === type)[index]?.number ?? ''),
  ]);
  return Papa.unparse({ fields: header, data: rows }, { newline: '\r\n' });
}

type Column = { kind: 'field'; field: Field } | { kind: 'number'; type: NumberType } | null;

function columnOf(name: string): Column {
  const plain = name.toLowerCase().replace(/\s+/g, ' ');
  const field = fieldNames[plain];
  if (field) return { kind: 'field', field };
  const type = numberNames[plain.replace(/ (number|phone)(?= \d+$|$)/, '').replace(/ \d+$/, '')];
  return type ? { kind: 'number', type } : null;
}

type Fault = { column: string; message: string };

function rowOf(
  cells: readonly string[],
  header: readonly string[],
  columns: readonly Column[],
  country: CountryCode | null,
  phonebookOf: (name: string) => string | undefined,
): { contact: ContactInput } | Fault {
  const said: Partial<Record<Field, string>> = {};
  const numbers: ContactNumber[] = [];
  for (const [index, column] of columns.entries()) {
    const cell = plainText((cells[index] ?? '').trim());
    if (column === null || cell === '') continue;
    if (column.kind === 'field') {
      said[column.field] = cell;
      continue;
    }
    const number = phoneNumber(cell, country ?? undefined);
    if (number === null) {
      const message = cell.startsWith('+')
        ? `There is no number ${cell}. Check the country code and the digits.`
        : `${cell} is not a number. Write it with + and its country code, or choose a country.`;
      return { column: header[index] ?? '', message };
    }
    if (!numbers.some((one) => one.number === number)) numbers.push({ type: column.type, number });
  }
  const phonebooks: string[] = [];
  for (const name of (said.phonebooks ?? '').split(';').map((one) => one.trim())) {
    if (name === '') continue;
    const id = phonebookOf(name);
    if (id === undefined)
      return { column: 'Phonebooks', message: `There is no phonebook ${name}. Add it first.` };
    phonebooks.push(id);
  }
  const name = said.name ?? [said.firstName, said.lastName].filter(Boolean).join(' ');
  const parsed = contactInput.safeParse({
    ...emptyContact,
    // Lists of numbers alone are common: the number is a name then.
    name: name || (said.company ?? numbers[0]?.number ?? ''),
    company: said.company ?? '',
    email: said.email ?? '',
    note: said.note ?? '',
    numbers,
    phonebooks,
  });
  if (parsed.success) return { contact: parsed.data };
  const issue = parsed.error.issues[0];
  return { column: String(issue?.path[0] ?? ''), message: issue?.message ?? 'This row cannot be read.' };
}

function slotName({ type, index }: { type: NumberType; index: number }): string {
  return index === 0 ? numberTypeNames[type] : `${numberTypeNames[type]} ${index + 1}`;
}

/** Spreadsheets run what starts like a formula: an apostrophe makes it text, and is taken off again on import. */
export function asText(cell: string): string {
  return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before `asText`. */
export function plainText(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
