import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addressOfPart,
  addressPart,
  conversationName,
  isLiveChat,
  parseConversationName,
} from '../../core/address.ts';

const address = fc.oneof(
  fc.stringMatching(/^\+[1-9]\d{6,14}$/),
  fc.stringMatching(/^[A-Za-z0-9 _.+-]{1,30}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.stringMatching(/^LC\d{5,9}$/),
);

it('reads every address back from the part of a name that it becomes', () => {
  fc.assert(
    fc.property(address, (text) => {
      expect(addressOfPart(addressPart(text))).toBe(text);
    }),
  );
});

it('never writes two addresses alike', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      expect(addressPart(a) === addressPart(b)).toBe(a === b);
    }),
  );
  expect(addressPart('a_b')).not.toBe(addressPart('a b'));
  expect(addressPart('_0020')).not.toBe(addressPart(' '));
});

it('makes parts that a name can hold and that are never a live chat number', () => {
  fc.assert(
    fc.property(address, address, (number, customer) => {
      const parts = { channel: 'Ab_1', number: addressPart(number), customer: addressPart(customer) };
      expect(parseConversationName(conversationName(parts))).toEqual(parts);
      expect(isLiveChat(parts.number)).toBe(false);
    }),
  );
});

it('leaves phone numbers as they are, and refuses what does not fit', () => {
  expect(addressPart('+14155550101')).toBe('+14155550101');
  expect(addressPart('US.13491208655302741918')).toBe('US_002e13491208655302741918');
  expect(() => addressPart('')).toThrow('not an address');
  expect(() => addressPart('x'.repeat(181))).toThrow('not an address');
  expect(() => addressPart('.'.repeat(40))).toThrow('not an address');
});
