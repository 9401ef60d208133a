import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contactInput,
  emptyContact,
  keysOf,
  mergeContacts,
  numberTypes,
  withCustomer,
  type Contact,
  type ContactInput,
} from '../../core/contact.ts';
import { contactsFromCsv, contactsToCsv } from '../../core/contactCsv.ts';
import { customerKey, nameOf } from '../../core/customer.ts';

const ada: ContactInput = {
  ...emptyContact,
  name: 'Ada Lovelace',
  company: 'Engines Ltd',
  numbers: [{ type: 'mobile', number: '+14155550101' }],
};
const none = () => undefined;

describe('what a contact may be', () => {
  const problemOf = (change: object) => {
    const parsed = contactInput.safeParse({ ...ada, ...change });
    const issue = parsed.error?.issues[0];
    return issue && `${issue.path.join('.')}: ${issue.message}`;
  };

  it('[GEN-07] writes numbers in E.164 and refuses what is no number', () => {
    const input = contactInput.parse({ ...ada, numbers: [{ type: 'home', number: ' +49 (30) 901820 ' }] });
    expect(input.numbers).toEqual([{ type: 'home', number: '+4930901820' }]);
    const number = (text: string) => problemOf({ numbers: [{ type: 'other', number: text }] });
    expect(number('030 901820')).toMatch(/^numbers\.0\.number: Write the number with \+/);
    expect(number('+999123')).toMatch(/^numbers\.0\.number: There is no such number/);
    expect(number('')).toMatch(/^numbers\.0\.number/);
    expect(problemOf({ numbers: [{ type: 'pager', number: '+14155550101' }] })).toMatch(/^numbers\.0\.type/);
  });

  it('[GEN-07] names the field that is wrong', () => {
    expect(problemOf({ name: '  ' })).toBe('name: Enter a name.');
    expect(problemOf({ name: 'x'.repeat(121) })).toBe('name: Use at most 120 characters.');
    expect(problemOf({ email: 'ada@' })).toMatch(/^email: .*e-mail/);
    expect(problemOf({ email: '' })).toBeUndefined();
    const many = Array.from({ length: 21 }, (_none, n) => ({ type: 'other', number: `+1415555${1000 + n}` }));
    expect(problemOf({ numbers: many })).toBe('numbers: A contact has at most 20 numbers.');
  });
});

describe('how a customer is found', () => {
  it('[AG-06] is by number on every channel, else by channel and address', () => {
    expect(customerKey('sms1', '+14155550101')).toBe(customerKey('wa1', '+14155550101'));
    expect(customerKey('page1', '7001')).not.toBe(customerKey('page2', '7001'));
    const bySms = withCustomer(emptyContact, { id: 'sms1', type: 'sms' }, '+14155550101');
    expect(bySms.numbers).toEqual([{ type: 'mobile', number: '+14155550101' }]);
    expect(withCustomer(bySms, { id: 'wa1', type: 'whatsapp' }, '+14155550101')).toEqual(bySms);
    const byPage = withCustomer(emptyContact, { id: 'page1', type: 'facebook' }, '7001');
    expect(keysOf(byPage)).toEqual([customerKey('page1', '7001')]);
    const shortCode = withCustomer(emptyContact, { id: 'sms1', type: 'sms' }, '72345');
    expect(keysOf(shortCode)).toEqual([customerKey('sms1', '72345')]);
  });

  it('[AG-06] is the name of the contact that shows', () => {
    const customer = { name: '+14155550101' };
    expect(nameOf({ customer, contact: { name: 'Ada' } })).toBe('Ada');
    expect(nameOf({ customer, contact: null })).toBe('+14155550101');
    expect(nameOf({ customer })).toBe('+14155550101');
  });
});

describe('merging', () => {
  it('[GEN-07] keeps what the first says, fills gaps, and loses no number', () => {
    const other: ContactInput = {
      name: 'A. Lovelace',
      company: 'Somewhere',
      email: 'ada@example.com',
      note: 'Writes programs',
      numbers: [
        { type: 'home', number: '+14155550101' },
        { type: 'home', number: '+14155550102' },
      ],
      accounts: [{ channel: 'page1', address: '7001' }],
      phonebooks: ['vip'],
    };
    expect(mergeContacts(ada, [other, ada])).toEqual({
      name: 'Ada Lovelace',
      company: 'Engines Ltd',
      email: 'ada@example.com',
      note: 'Writes programs',
      numbers: [
        { type: 'mobile', number: '+14155550101' },
        { type: 'home', number: '+14155550102' },
      ],
      accounts: [{ channel: 'page1', address: '7001' }],
      phonebooks: ['vip'],
    });
  });
});

describe('CSV', () => {
  it('[GEN-07] reads what spreadsheets and other systems export', () => {
    const read = contactsFromCsv(
      '\uFEFFFirst Name;Last Name;Company;E-mail Address;Work Phone;Mobile;Mobile 2;Shoe size\r\n' +
        'Ada;Lovelace;Engines;ada@example.com;+14155550101;(415) 555-0102;;38\r\n' +
        '\r\n' +
        ';;Acme;;;;+44 20 7946 0958;\r\n',
      'US',
      none,
    );
    expect(read.faults).toEqual([]);
    expect(read.ignored).toEqual(['Shoe size']);
    expect(read.contacts).toEqual([
      {
        ...emptyContact,
        name: 'Ada Lovelace',
        company: 'Engines',
        email: 'ada@example.com',
        numbers: [
          { type: 'business', number: '+14155550101' },
          { type: 'mobile', number: '+14155550102' },
        ],
      },
      {
        ...emptyContact,
        name: 'Acme',
        company: 'Acme',
        numbers: [{ type: 'mobile', number: '+442079460958' }],
      },
    ]);
  });

  it('[GEN-07] reads a list of numbers alone', () => {
    const { contacts } = contactsFromCsv('Number\n+12025550101\n+12025550102\n', null, none);
    expect(contacts.map(({ name }) => name)).toEqual(['+12025550101', '+12025550102']);
  });

  it('[GEN-07] says for each bad row which column is wrong, and takes the others', () => {
    const read = contactsFromCsv(
      'Name,Mobile,E-mail,Phonebooks\nAda,555-0101,,\nBob,+14155550102,bob@,\nCleo,,,Nowhere\nDan,+14155550104,,VIP\n,,,\n',
      null,
      (name) => (name === 'VIP' ? 'vip' : undefined),
    );
    expect(read.contacts.map(({ name, phonebooks }) => [name, phonebooks])).toEqual([['Dan', ['vip']]]);
    expect(read.faults.map(({ row, column }) => [row, column])).toEqual([
      [2, 'Mobile'],
      [3, 'email'],
      [4, 'Phonebooks'],
    ]);
    expect(read.faults[2]?.message).toBe('There is no phonebook Nowhere. Add it first.');
  });

  it('[GEN-07] says what is missing in a file without a header', () => {
    for (const text of ['', '\n', 'a,b\n1,2\n', '\u0000\u0001']) {
      const read = contactsFromCsv(text, null, none);
      expect(read.contacts).toEqual([]);
      expect(read.faults).toMatchObject([{ row: 1 }]);
    }
  });

  it('[GEN-07] writes no cell that a spreadsheet would run', () => {
    const evil = { ...ada, name: '=HYPERLINK("http://evil.example")', company: '@SUM(1)', note: '-1+1' };
    const csv = contactsToCsv([{ ...evil, id: '1', createdAt: 0, changedAt: 0 }], String);
    const cells = csv.split('\r\n')[1] ?? '';
    expect(cells).toMatch(/^"'=HYPERLINK/);
    expect(cells).toContain(",'@SUM(1)");
    expect(cells).toContain(",'-1+1");
    expect(cells).toContain(',+14155550101');
    expect(contactsFromCsv(csv, null, none).contacts).toEqual([evil]);
  });

  it('[GEN-07] gives back on import what was exported, whatever it says', () => {
    const word = fc
      .string({ maxLength: 40, unit: 'grapheme' })
      .map((text) => text.trim())
      .filter((text) => contactInput.shape.company.safeParse(text).data === text);
    const numbers = fc.uniqueArray(
      fc.record({
        type: fc.constantFrom(...numberTypes),
        number: fc.integer({ min: 0, max: 9_999 }).map((n) => `+1415555${String(n).padStart(4, '0')}`),
      }),
      { maxLength: 6, selector: ({ number }) => number },
    );
    const input: fc.Arbitrary<ContactInput> = fc.record({
      name: word.filter(Boolean),
      company: word,
      email: fc.constantFrom('', 'ada@example.com'),
      note: word,
      numbers: numbers.map((list) =>
        // One order of types in a file: that of the columns.
        [...list].sort((a, b) => numberTypes.indexOf(a.type) - numberTypes.indexOf(b.type)),
      ),
      accounts: fc.constant([]),
      phonebooks: fc.constantFrom([], ['vip'], ['vip', 'press']),
    });
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 5 }), (inputs) => {
        const contacts: Contact[] = inputs.map((one) => ({ ...one, id: '1', createdAt: 0, changedAt: 0 }));
        const csv = contactsToCsv(contacts, (id) => id.toUpperCase());
        const read = contactsFromCsv(csv, null, (name) => name.toLowerCase());
        expect(read.faults).toEqual([]);
        expect(read.contacts).toEqual(inputs);
      }),
    );
  });
});
