import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { File } from '../../core/content.ts';
import {
  contentsOf,
  contextOf,
  fileComing,
  inboundText,
  maxInboundText,
  outgoingContent,
} from '../../core/exchange.ts';

const picture = { url: 'https://media.example.com/1', name: 'a.png', type: 'Image/PNG; charset=x' };
const place = { latitude: 52.5, longitude: 13.4, name: 'Shop' };
const contacts = [{ name: 'Help desk', phones: [{ number: '+14155550101' }] }];
const kept: File = {
  ...fileComing(picture),
  state: 'ready',
  size: 7,
  url: '/media/x/a.png?n=a.png&t=image%2Fpng&s=1',
  expiresAt: 9,
};

describe('what a customer sends', () => {
  it('[WA-02] is one message each of text with files, place and contacts', () => {
    const all = contentsOf({ text: 'Look', files: [picture], place, contacts, unsupported: 'poll' });
    expect(all.map(({ kind }) => kind)).toEqual(['files', 'location', 'contacts']);
    expect(all[0]).toMatchObject({ text: 'Look', files: [{ state: 'fetching', type: 'image/png' }] });
    expect(contentsOf({ text: 'Hi', files: [] })).toEqual([{ kind: 'text', text: 'Hi' }]);
  });

  it('[FB-02] says what it was when it cannot be shown, and is nothing when there is nothing', () => {
    expect(contentsOf({ text: '', files: [], unsupported: 'poll' })).toEqual([
      { kind: 'unsupported', what: 'poll' },
    ]);
    expect(contentsOf({ text: '', files: [] })).toEqual([]);
    expect(contentsOf({ text: '\u0000', files: [] })).toEqual([]);
  });

  it('takes 30 files of a message and no more', () => {
    const [content] = contentsOf({ text: '', files: Array.from({ length: 100 }, () => picture) });
    expect(content).toMatchObject({ kind: 'files' });
    expect(content?.kind === 'files' && content.files.length).toBe(30);
  });

  it('keeps emoji and combining marks, finds links, and shows that a long text was cut', () => {
    expect(inboundText('e\u0301 👩‍👩‍👧‍👦')).toEqual({ text: 'e\u0301 👩‍👩‍👧‍👦' });
    expect(inboundText('See https://example.com').links).toHaveLength(1);
    expect(inboundText('x'.repeat(maxInboundText)).text).toHaveLength(maxInboundText);
    expect(inboundText('x'.repeat(100_000)).text).toBe(`${'x'.repeat(maxInboundText)}… (shortened)`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(inboundText(inboundText(text).text).text).toBe(inboundText(text).text);
      }),
    );
  });

  it('keeps of its context what we know the message for', () => {
    const find = (id: string) => (id === 'known' ? 'm1' : null);
    expect(contextOf(undefined, find)).toBeUndefined();
    expect(contextOf({ replyTo: 'known', forwarded: true }, find)).toEqual({
      replyTo: 'm1',
      forwarded: true,
    });
    expect(contextOf({ replyTo: 'strange' }, find)).toBeUndefined();
    expect(contextOf({ replyTo: 'strange', payload: 'YES' }, find)).toEqual({ payload: 'YES' });
  });
});

describe('what we send', () => {
  const base = 'https://chat.example.com';

  it('[CH-10] names files by their links at our address', () => {
    expect(outgoingContent({ kind: 'files', text: 'Here', files: [kept] }, base)).toEqual({
      kind: 'files',
      text: 'Here',
      files: [{ url: `${base}${kept.url}`, name: 'a.png', type: 'image/png', size: 7 }],
    });
  });

  it('[WA-02] passes text, places and contacts on, and nothing that providers do not take', () => {
    expect(outgoingContent({ kind: 'text', text: 'Hi' }, base)).toEqual({ kind: 'text', text: 'Hi' });
    expect(outgoingContent({ kind: 'location', place }, base)).toEqual({ kind: 'location', place });
    expect(outgoingContent({ kind: 'contacts', contacts }, base)).toEqual({ kind: 'contacts', contacts });
    expect(outgoingContent({ kind: 'unsupported', what: 'poll' }, base)).toBeNull();
  });
});
