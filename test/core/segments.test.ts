import fc from 'fast-check';
import { expect, it } from 'vitest';
import { segmentsOf } from '../../core/segments.ts';

const counts = (...texts: string[]) => texts.map((text) => segmentsOf(text).count);

it('[CH-13] counts 160 characters in one GSM-7 segment and 153 in each of several', () => {
  expect(segmentsOf('')).toEqual({ encoding: 'GSM-7', count: 0, left: 160 });
  expect(segmentsOf('Hello')).toEqual({ encoding: 'GSM-7', count: 1, left: 155 });
  expect(counts('x'.repeat(160), 'x'.repeat(161), 'x'.repeat(306), 'x'.repeat(307))).toEqual([1, 2, 2, 3]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (length) => {
      const expected = length <= 160 ? 1 : Math.ceil(length / 153);
      expect(segmentsOf('a'.repeat(length)).count).toBe(expected);
    }),
  );
});

it('[CH-13] counts 70 and 67 units once a character is not of GSM-7', () => {
  expect(segmentsOf('Grüße')).toMatchObject({ encoding: 'GSM-7', count: 1 });
  expect(segmentsOf('日本')).toEqual({ encoding: 'UCS-2', count: 1, left: 68 });
  expect(counts('ж'.repeat(70), 'ж'.repeat(71), 'ж'.repeat(134), 'ж'.repeat(135))).toEqual([1, 2, 2, 3]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1500 }), (length) => {
      const expected = length <= 70 ? 1 : Math.ceil(length / 67);
      expect(segmentsOf('ж'.repeat(length)).count).toBe(expected);
    }),
  );
});

it('[CH-13] counts what GSM-7 escapes twice, and never splits an escape or an emoji', () => {
  expect(segmentsOf('€')).toMatchObject({ encoding: 'GSM-7', left: 158 });
  expect(counts('€'.repeat(80), '€'.repeat(81))).toEqual([1, 2]);
  expect(counts('x'.repeat(152) + '€' + 'x'.repeat(100))).toEqual([2]);
  expect(counts('😀'.repeat(35), '😀'.repeat(36))).toEqual([1, 2]);
  // 67 units hold 33 pairs, not 33 and a half.
  expect(counts('😀'.repeat(66), '😀'.repeat(67))).toEqual([2, 3]);
});

it('[CH-13] never throws and never counts nothing, whatever the text is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }), (text) => {
      const { count, left } = segmentsOf(text);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(text.length);
      expect(left).toBeGreaterThanOrEqual(0);
    }),
  );
});
