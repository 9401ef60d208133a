import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonDict } from '../../../core/providers/apidaze/pythonDict.ts';

describe('a printed Python dictionary', () => {
  /** As Python's `repr` prints a text. */
  const printed = (text: string) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = text.replace(
      /[\\\n\r\t]/g,
      (char) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r' })[char] ?? '\\t',
    );
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  };

  it('[SMS-01] is read as it was', () => {
    const entries = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), { maxLength: 4 });
    fc.assert(
      fc.property(entries, (pairs) => {
        const source = `{${pairs.map(([key, value]) => `${printed(key)}: ${printed(value)}`).join(', ')}}`;
        expect(pythonDict(source)).toEqual(pairs);
      }),
      { numRuns: 500 },
    );
  });

  it('[SMS-01] may hold any escape, and is nothing else', () => {
    expect(pythonDict(String.raw`{'\x41\u00fc\U0001f642\101\n\q': '\\'}`)).toEqual([['Aü🙂A\n\\q', '\\']]);
    expect(pythonDict(String.raw`{'\Uffffffff': ''}`)).toEqual([[String.raw`\Uffffffff`, '']]);
    expect(pythonDict(' { } ')).toEqual([]);
    for (const source of [
      '',
      '[]',
      '{',
      "{'a'}",
      "{'a': 'b'",
      "{'a': 'b'} x",
      "{'a': 'b\\'}",
      "{'a': 'b' 'c': 'd'}",
    ]) {
      expect(pythonDict(source)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`{}'":,\\bu x\n`) }), (source) => {
        const read = pythonDict(source);
        expect(read === null || Array.isArray(read)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('[SMS-01] of 20 MB is read in the time of a few copies', () => {
    const value = 'A'.repeat(20_000_000);
    const started = performance.now();
    expect(pythonDict(`{'a.jpg': '${value}'}`)?.[0]?.[1]).toHaveLength(20_000_000);
    expect(pythonDict(`{'a.jpg': '${"\\'".repeat(200_000)}'}`)?.[0]?.[1]).toHaveLength(200_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
