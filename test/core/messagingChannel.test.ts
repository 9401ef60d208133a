import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isShown,
  messagingInput,
  numberProblem,
  refuseFields,
  type MessagingInput,
} from '../../core/messagingChannel.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { providerIds, providers, type ProviderId } from '../../core/providers/registry.ts';

const provider = (id: ProviderId): Provider => providers[id];
const twilio = {
  accountSid: 'AC7d1e5a9b3c4f8062d7e1a5b9c3f40682',
  authToken: '3f9c1b7de2a84056b1c0d9e8f7a6b5c4',
};

function input(change: Partial<MessagingInput> = {}): MessagingInput {
  const destination = { kind: 'queue' as const, id: 'q' };
  const starters = { agents: [], groups: [] };
  return {
    type: 'sms',
    provider: 'twilio',
    name: 'Shop',
    enabled: true,
    rate: 1,
    timeoutDays: null,
    fields: twilio,
    webhookBase: 'https://chat.example.com',
    numbers: [{ number: '+14155550102', destination, starters }],
    ...change,
  };
}
/** Where the schema sees a fault, as paths with dots. */
const faults = (change: Partial<Record<keyof MessagingInput, unknown>>) => {
  const read = messagingInput.safeParse({ ...input(), ...change });
  return read.success ? [] : read.error.issues.map(({ path }) => path.join('.'));
};
const numbered = (...numbers: string[]) =>
  numbers.map((number) => ({ ...input().numbers[0], number }) as MessagingInput['numbers'][number]);

describe('numbers', () => {
  it('[CH-06] are E.164, short codes, or sender IDs of 3 to 11 characters where the provider has them', () => {
    const good = ['+14155550102', '+493012345678', '12345', 'Shop', 'My Shop 24', 'ABC', 'ABCDEFGHIJK'];
    for (const number of good) expect(numberProblem(number, provider('twilio')), number).toBeNull();
    const bad = [
      '14155550102',
      '+1415',
      '+0123456789',
      '4155550102',
      'AB',
      'ABCDEFGHIJKL',
      'Shöp',
      'a-b',
      '+1 415 555 0102',
    ];
    for (const number of bad) expect(numberProblem(number, provider('twilio')), number).toMatch(/sender ID/);
  });

  it('[CH-06] say nothing of sender IDs where the provider has none', () => {
    for (const id of providerIds) {
      const { numbers } = provider(id);
      if (numbers.kind !== 'many' || numbers.alphanumeric) continue;
      expect(numberProblem('MyShop', provider(id)), id).toMatch(/^Use the full number/);
      expect(numberProblem('MyShop', provider(id)), id).not.toMatch(/sender ID/);
    }
  });

  it('[FB-01] [WA-01] are the Page ID, or one phone number', () => {
    expect(numberProblem('100200300400500', provider('facebook'))).toBeNull();
    expect(numberProblem('Example Page', provider('facebook'))).toMatch(/Page ID/);
    expect(numberProblem('+15559871234', provider('whatsapp'))).toBeNull();
    expect(numberProblem('Shop', provider('whatsapp'))).toMatch(/country code/);
  });

  it('never throws, whatever somebody types', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...providerIds), (text, id) => {
        const problem = numberProblem(text, provider(id));
        expect(problem === null || problem.length > 0).toBe(true);
      }),
    );
  });
});

describe('the form', () => {
  it('[CH-02] names the first field that is missing, for every provider', () => {
    for (const id of providerIds) {
      const { form } = provider(id);
      const initial = Object.fromEntries(
        form.flatMap(({ name, initial: value }) => (value ? [[name, value]] : [])),
      );
      const first = form.find((field) => field.required && isShown(field, initial) && !initial[field.name]);
      expect(refuseFields(provider(id), initial), id).toEqual({
        field: `fields.${first?.name}`,
        message: `Enter the ${first?.label}.`,
      });
    }
  });

  it('[SMS-02] asks for the fields of the chosen way to sign in only', () => {
    const bandwidth = provider('bandwidth');
    const common = { applicationId: '5e0c7a4b-91d2-4f36-8a1e-3b7d6c2f0e94', accountId: '5001234' };
    const oauth = { ...common, auth: 'oauth', clientId: 'c', clientSecret: 's' };
    const basic = { ...common, auth: 'basic', username: 'u', password: 'p' };
    expect(refuseFields(bandwidth, oauth)).toBeNull();
    expect(refuseFields(bandwidth, basic)).toBeNull();
    expect(refuseFields(bandwidth, { ...oauth, auth: 'basic' })?.field).toBe('fields.username');
    expect(refuseFields(bandwidth, { ...basic, auth: 'oauth' })?.field).toBe('fields.clientId');
    expect(refuseFields(bandwidth, { ...basic, auth: 'magic' })).toEqual({
      field: 'fields.auth',
      message: 'Choose one of the list.',
    });
  });

  it("[SMS-08] passes on what the provider's own check finds", () => {
    const general = { apiKey: 'k', sendUrl: 'http://sms.example.com/' };
    expect(refuseFields(provider('general'), general)?.field).toBe('fields.sendUrl');
    expect(refuseFields(provider('general'), { ...general, sendUrl: 'https://127.0.0.1/' })?.field).toBe(
      'fields.sendUrl',
    );
    expect(refuseFields(provider('general'), { ...general, sendUrl: 'https://sms.example.com/' })).toBeNull();
  });
});

describe('an input', () => {
  it('[CH-02] [CH-04] [CH-05] has each fault at its field', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ name: ' ' })).toEqual(['name']);
    expect(faults({ rate: 0 })).toEqual(['rate']);
    expect(faults({ rate: 1001 })).toEqual(['rate']);
    expect(faults({ rate: 0.2 })).toEqual([]);
    expect(faults({ timeoutDays: 0 })).toEqual(['timeoutDays']);
    expect(faults({ timeoutDays: 1.5 })).toEqual(['timeoutDays']);
    expect(faults({ type: 'whatsapp' })).toEqual(['type']);
    expect(faults({ fields: { ...twilio, other: 'x' } })).toEqual(['fields.other']);
    expect(faults({ webhookBase: 'ftp://chat.example.com' })).toEqual(['webhookBase']);
    expect(faults({ numbers: [] })).toEqual(['numbers']);
  });

  it('[CH-06] takes each number once, and one only where a channel has one', () => {
    expect(faults({ numbers: numbered('+14155550102', 'AB') })).toEqual(['numbers.1.number']);
    expect(faults({ numbers: numbered('+14155550102', '+14155550102') })).toEqual(['numbers.1.number']);
    const facebook = { type: 'facebook', provider: 'facebook', fields: {} } as const;
    expect(faults({ ...facebook, numbers: numbered('100200300') })).toEqual([]);
    expect(faults({ ...facebook, numbers: numbered('100200300', '100200301') })).toEqual([
      'numbers.1.number',
    ]);
  });
});
