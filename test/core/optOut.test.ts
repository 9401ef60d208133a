import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { describe, expect, it } from 'vitest';
import { optOutReply, optOutWord } from '../../core/optOut.ts';

const keywords = {
  stop: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'UNSTOP'],
  help: ['HELP', 'INFO'],
} as const;
const all = Object.entries(keywords).flatMap(([word, said]) =>
  said.map((keyword) => [keyword, word] as const),
);

describe('a keyword', () => {
  it.each(all)('[CH-14] %s means %s, in any case and with punctuation after it', (keyword, word) => {
    const capitals = fc.array(fc.boolean(), { minLength: keyword.length, maxLength: keyword.length });
    const mixed = capitals.map((upper) =>
      [...keyword].map((char, index) => (upper[index] ? char : char.toLowerCase())).join(''),
    );
    const before = fc.constantFrom('', ' ', '\n\t');
    const after = fc.constantFrom('', '.', '!', ' !!', '…', ' ', '\r\n', '。', '?\n');
    fc.assert(
      fc.property(before, mixed, after, (head, said, tail) => {
        expect(optOutWord(head + said + tail)).toBe(word);
      }),
    );
  });

  it('[CH-14] may have more white space inside', () => {
    expect(optOutWord('Stop \n All')).toBe('stop');
  });

  it.each([
    'STOP please',
    'please STOP',
    'STOP ALL messages',
    'STOP START',
    'S T O P',
    '.STOP',
    'STOPP',
    'un stop',
    'the end',
    'endless',
    'Yes',
    '',
    '!!!',
    '🛑',
    'constructor',
  ])('[CH-14] is not in "%s"', (text) => {
    expect(optOutWord(text)).toBeNull();
  });

  it('[CH-14] is not in a message that has a further word', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/).filter((other) => other !== 'all');
    fc.assert(
      fc.property(fc.constantFrom(...all), word, fc.boolean(), ([keyword], other, isFirst) => {
        expect(optOutWord(isFirst ? `${other} ${keyword}` : `${keyword} ${other}`)).toBeNull();
      }),
    );
  });
});

describe('our answer to a keyword', () => {
  it('[CH-14] names who answers, says what holds now and how to change it', () => {
    expect(optOutReply('stop', 'Example Ltd')).toMatch(/^Example Ltd: .*no more messages.*START/);
    expect(optOutReply('start', 'Example Ltd')).toMatch(/^Example Ltd: .*again.*HELP.*STOP/);
    expect(optOutReply('help', 'Example Ltd')).toMatch(/^Example Ltd: .*STOP/);
    expect(optOutReply('help', ' ')).toMatch(/^Reply/);
  });

  it('[CH-14] is one segment beside a name of up to 60 characters, and no keyword itself', () => {
    for (const word of ['stop', 'start', 'help'] as const) {
      const answer = optOutReply(word, 'N'.repeat(60));
      const { segmentsCount, encodingName } = new SegmentedMessage(answer);
      expect({ segmentsCount, encodingName }).toEqual({ segmentsCount: 1, encodingName: 'GSM-7' });
      expect(optOutWord(optOutReply(word, ''))).toBeNull();
    }
  });
});
