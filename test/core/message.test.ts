import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxTextLength, preview, textContent } from '../../core/message.ts';

const cleaned = (raw: string) => {
  const result = textContent(raw);
  return 'content' in result && result.content.kind === 'text' ? result.content : null;
};
const codeOf = (raw: string) => {
  const result = textContent(raw);
  return 'refusal' in result ? result.refusal.code : null;
};

describe('a text from outside', () => {
  it('[LC-18] keeps letters, emoji, line breaks and right-to-left scripts as they are', () => {
    for (const text of [
      'Grüße, 你好 👩‍👩‍👧',
      'two\nlines\tand a tab',
      'שלום עולם',
      'مرحبا',
      '<b>not bold</b> & "quoted"',
    ]) {
      expect(cleaned(text)?.text).toBe(text);
    }
  });

  it('[LC-18] loses control characters, broken surrogates and marks that reorder what is read', () => {
    expect(cleaned('a\u0000b\u0007c\u001b[31m')?.text).toBe('abc[31m');
    expect(cleaned('photo\u202egnp.exe')?.text).toBe('photognp.exe');
    expect(cleaned('x\u2066y\u2069z')?.text).toBe('xyz');
    expect(cleaned('broken \ud800 pair')?.text).toBe('broken \ufffd pair');
    expect(cleaned('line\r\nnext\rlast')?.text).toBe('line\nnext\nlast');
  });

  it('[LC-18] is refused when empty or too long, with a code for each', () => {
    for (const empty of ['', '   ', '\n\t', '\u0000', '\u202e\u202c'])
      expect(codeOf(empty)).toBe('message_empty');
    expect(codeOf('x'.repeat(maxTextLength))).toBeNull();
    expect(codeOf('x'.repeat(maxTextLength + 1))).toBe('message_too_long');
    expect(codeOf('x'.repeat(1_000_000))).toBe('message_too_long');
  });

  it('[LC-19] has its links found, only safe kinds, at the right places', () => {
    const content = cleaned(
      'See https://example.com/a?b=c, or write to help@example.com. Not javascript:alert(1)',
    );
    expect(content?.links?.map(({ start, end }) => content.text.slice(start, end))).toEqual([
      'https://example.com/a?b=c',
      'help@example.com',
    ]);
    expect(content?.links?.map(({ href }) => href)).toEqual([
      'https://example.com/a?b=c',
      'mailto:help@example.com',
    ]);
    expect(cleaned('www.example.com')?.links?.[0]?.href).toBe('https://www.example.com');
  });

  it('never throws, and cleaning twice is cleaning once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (raw) => {
        const once = cleaned(raw);
        if (once) expect(cleaned(once.text)).toEqual(once);
      }),
    );
  });

  it('is one line in a list', () => {
    expect(preview({ kind: 'text', text: 'two\n\n lines' })).toBe('two lines');
  });
});
