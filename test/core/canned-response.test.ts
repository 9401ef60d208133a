import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cannedResponseInput,
  customerNames,
  fill,
  offered,
  placeholders,
  rank,
  shortcutBefore,
  type CannedResponse,
  type FillValues,
} from '../../core/cannedResponse.ts';
import { maxTextLength } from '../../core/message.ts';

const values: FillValues = {
  'customer.name': 'Dana Miller',
  'customer.firstName': 'Dana',
  'agent.name': 'Ada Agent',
  'workspace.name': 'Example Shop',
};
const nameless: FillValues = { ...values, 'customer.name': '', 'customer.firstName': '' };

const input = { shortcut: 'hours', title: '', text: 'We are open', shared: false };

/** The field and the words of the first thing that is wrong; null when all is well. */
function flawOf(change: Record<string, unknown>): [string, string] | null {
  const issue = cannedResponseInput.safeParse({ ...input, ...change }).error?.issues[0];
  return issue ? [issue.path.join('.'), issue.message] : null;
}

function made(shortcut: string, change: Partial<CannedResponse> = {}): CannedResponse {
  return {
    id: `${shortcut}-${change.shared ? 'all' : 'own'}`,
    title: '',
    text: 'x',
    shared: false,
    shortcut,
    ...change,
  };
}

describe('what is saved', () => {
  it('[AG-15] takes shortcuts of letters, digits, - and _, with or without the slash', () => {
    for (const shortcut of ['hours', 'Öffnungszeiten', 'a', '24-7_b', '営業時間', 'x'.repeat(32)]) {
      expect(flawOf({ shortcut }), shortcut).toBeNull();
    }
    expect(cannedResponseInput.parse({ ...input, shortcut: ' /hours ' }).shortcut).toBe('hours');
  });

  it('[AG-15] refuses other shortcuts with words at their field', () => {
    for (const shortcut of ['two words', 'a/b', '//a', 'a.b', '{{a}}', '😀']) {
      expect(flawOf({ shortcut }), shortcut).toEqual(['shortcut', expect.stringMatching(/letters, digits/)]);
    }
    expect(flawOf({ shortcut: ' ' })).toEqual(['shortcut', expect.stringMatching(/^Enter a shortcut/)]);
    expect(flawOf({ shortcut: 'x'.repeat(33) })).toEqual(['shortcut', expect.stringMatching(/32/)]);
  });

  it('[AG-15] keeps texts to what a message can carry, cleaned as messages are', () => {
    expect(flawOf({ text: 'x'.repeat(maxTextLength) })).toBeNull();
    expect(flawOf({ text: 'x'.repeat(maxTextLength + 1) })?.[0]).toBe('text');
    expect(flawOf({ text: ' \u202e\n' })).toEqual(['text', expect.stringMatching(/^Enter the text/)]);
    expect(cannedResponseInput.parse({ ...input, text: ' a\r\nb\u0000 ' }).text).toBe('a\nb');
  });

  it('[AG-15] refuses an unknown placeholder, names it, and lists those that there are', () => {
    expect(flawOf({ text: placeholders.map((name) => `{{${name}}} {{ ${name} }}`).join() })).toBeNull();
    for (const wrong of [
      '{{customer.nam}}',
      '{{}}',
      '{{Customer.name}}',
      '{{toString}}',
      '{{customer.name',
    ]) {
      const [field, words] = flawOf({ text: `Hello {{agent.name}} ${wrong}` }) ?? [];
      expect(field, wrong).toBe('text');
      expect(words, wrong).toContain(`${wrong} cannot be filled in`);
      for (const name of placeholders) expect(words).toContain(`{{${name}}}`);
    }
  });
});

describe('filling in', () => {
  it('[AG-15] puts names where placeholders stand, and nothing of a name is a placeholder again', () => {
    const text =
      'Hi {{customer.firstName}}, {{ agent.name }} of {{workspace.name}} here for {{customer.name}}.';
    expect(fill(text, values)).toBe('Hi Dana, Ada Agent of Example Shop here for Dana Miller.');
    expect(fill('Hi {{customer.name}}', { ...values, 'customer.name': '{{agent.name}} $& $1' })).toBe(
      'Hi {{agent.name}} $& $1',
    );
  });

  it('[AG-15] leaves out a name that nobody knows, so that the sentence still reads', () => {
    const shown: [string, string][] = [
      ['Hello {{customer.firstName}}, how are you?', 'Hello, how are you?'],
      ['Thank you, {{customer.name}}!', 'Thank you!'],
      ['{{customer.firstName}}, thank you.', 'Thank you.'],
      ['Hello\n{{customer.firstName}},\n\nwe are open.\nBye {{customer.name}}', 'Hello\nWe are open.\nBye'],
      ['{{customer.name}}', ''],
    ];
    for (const [text, words] of shown) expect(fill(text, nameless)).toBe(words);
  });

  it('[AG-15] changes nothing but placeholders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const plain = text.replace(/[{}]/g, '').trim();
        expect(fill(plain, nameless)).toBe(plain);
        expect(fill(`${plain}|{{agent.name}}|`, values)).toBe(`${plain}|Ada Agent|`.trim());
      }),
    );
  });

  it('[AG-15] takes names only from what customers said of themselves', () => {
    expect(customerNames({ firstName: 'Dana', lastName: 'Miller' })).toEqual({
      'customer.name': 'Dana Miller',
      'customer.firstName': 'Dana',
    });
    // Providers that know one name put it whole into the first.
    expect(customerNames({ firstName: ' Dana \n Miller' })).toEqual({
      'customer.name': 'Dana Miller',
      'customer.firstName': 'Dana',
    });
    expect(customerNames({ firstName: 'Mary Ann', lastName: 'Miller' })['customer.firstName']).toBe(
      'Mary Ann',
    );
    expect(customerNames({ email: 'dana@example.com', phone: '+14155550123' })).toEqual({
      'customer.name': '',
      'customer.firstName': '',
    });
  });
});

describe('finding', () => {
  const all = [
    made('refund', { title: 'Money back', text: 'Within two hours' }),
    made('Hours', { text: 'We are open until six' }),
    made('address', { title: 'Where we are', text: 'Harbour 1' }),
    made('hours-weekend', { text: 'Closed' }),
  ];
  const found = (typed: string) => rank(all, typed).map(({ shortcut }) => shortcut);

  it('[AG-15] shows all by shortcut, then shortcuts that begin so, then words of titles and texts', () => {
    expect(found('')).toEqual(['address', 'Hours', 'hours-weekend', 'refund']);
    expect(found('ho')).toEqual(['Hours', 'hours-weekend', 'refund']);
    expect(found('HOURS')).toEqual(['Hours', 'hours-weekend', 'refund']);
    expect(found('har')).toEqual(['address']);
    expect(found('money two')).toEqual(['refund']);
    expect(found('ours')).toEqual([]);
    expect(found('(.*')).toEqual([]);
  });

  it('[AG-15] knows a shortcut that is being typed by its slash at the start or after a space', () => {
    const typedIn = (text: string, caret = text.length) => shortcutBefore(text, caret);
    expect(typedIn('/')).toEqual({ start: 0, typed: '' });
    expect(typedIn('Hi /ho')).toEqual({ start: 3, typed: 'ho' });
    expect(typedIn('Hi\n/ho')).toEqual({ start: 3, typed: 'ho' });
    expect(typedIn('/hours more', 3)).toEqual({ start: 0, typed: 'ho' });
    for (const text of [
      'and/or',
      '/ ',
      '/hours ',
      '//',
      'https://example.com',
      '/home/me',
      '',
      `/${'x'.repeat(33)}`,
    ]) {
      expect(typedIn(text), text).toBeNull();
    }
  });

  it('[AG-15] offers an own one before a shared one with the same shortcut', () => {
    const twice = [made('hours', { shared: true }), made('HOURS'), made('address', { shared: true })];
    expect(offered(twice).map(({ id }) => id)).toEqual(['HOURS-own', 'address-all']);
  });
});
