/** The small rules: marks, limits, languages, names, the pre-chat form. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conversationName,
  liveChatNumberOf,
  parseConversationName,
  parseSessionId,
  sessionId,
  sessionIdOf,
} from '../../core/address.ts';
import { newLiveChat } from '../../core/channel.ts';
import { matchLanguage, languages } from '../../core/language.ts';
import { take, type Bucket } from '../../core/limits.ts';
import { advanceMarks, noMarks } from '../../core/log.ts';
import { formDue, plainText, readAttributes, readForm } from '../../core/preChat.ts';
import { noSession } from '../../core/session.ts';

describe('delivered and read marks', () => {
  it('[LC-19] only rise, stay within the log, and what is read is delivered', () => {
    const step = fc.record({
      side: fc.constantFrom('customer' as const, 'agents' as const),
      delivered: fc.option(fc.integer({ min: -5, max: 200 }), { nil: undefined }),
      read: fc.option(fc.integer({ min: -5, max: 200 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 0, max: 100 }), (steps, lastSeq) => {
        let marks = noMarks;
        for (const { side, ...to } of steps) {
          const next = advanceMarks(marks, side, to, lastSeq);
          for (const one of ['customer', 'agents'] as const) {
            expect(next[one].read).toBeGreaterThanOrEqual(marks[one].read);
            expect(next[one].delivered).toBeGreaterThanOrEqual(
              Math.max(marks[one].delivered, next[one].read),
            );
            expect(next[one].delivered).toBeLessThanOrEqual(lastSeq);
          }
          marks = next;
        }
      }),
    );
  });
});

describe('a rate limit', () => {
  it('never lets more through than the burst and what came back since', () => {
    const allowance = { burst: 5, perSecond: 2 };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 80 }), (gaps) => {
        let bucket: Bucket | undefined;
        let now = 0;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          const result = take(bucket, allowance, now);
          bucket = result.bucket;
          if (result.waitMs === 0) passed += 1;
          else expect(take(bucket, allowance, now + result.waitMs).waitMs).toBe(0);
        }
        expect(passed).toBeLessThanOrEqual(allowance.burst + (now / 1000) * allowance.perSecond + 1e-6);
      }),
    );
  });

  it('takes nothing away when the clock is set back', () => {
    const { bucket } = take(undefined, { burst: 2, perSecond: 1 }, 10_000);
    expect(take(bucket, { burst: 2, perSecond: 1 }, 5_000)).toMatchObject({
      waitMs: 0,
      bucket: { tokens: 0, at: 10_000 },
    });
  });
});

describe('the widget’s language', () => {
  it('[LC-10] is the first of the visitor’s that it speaks, Chinese by its script, else English', () => {
    const cases: [string[], string][] = [
      [['de-AT', 'en'], 'de'],
      [['zh-TW'], 'zh-Hant'],
      [['zh-Hant-HK'], 'zh-Hant'],
      [['zh-CN'], 'zh-Hans'],
      [['zh'], 'zh-Hans'],
      [['pt-BR'], 'pt'],
      [['iw'], 'he'],
      [['xx', 'fr'], 'fr'],
      [['constructor', 'eo'], 'en'],
      [[], 'en'],
    ];
    for (const [wanted, found] of cases) expect(matchLanguage(wanted), wanted.join()).toBe(found);
    expect(Object.keys(languages)).toHaveLength(16);
  });
});

describe('names', () => {
  it('lead back to what they were made of', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9+_-]{1,40}$/);
    fc.assert(
      fc.property(
        part,
        part,
        part,
        fc.integer({ min: 1, max: 1000 }),
        (channel, number, customer, ordinal) => {
          const name = conversationName({ channel, number, customer });
          expect(parseConversationName(name)).toEqual({ channel, number, customer });
          const id = sessionIdOf(name, ordinal);
          expect(sessionId.safeParse(id).success).toBe(true);
          expect(parseSessionId(id)).toEqual({ conversation: name, ordinal });
        },
      ),
    );
    expect(() => conversationName({ channel: 'a.b', number: 'c', customer: 'd' })).toThrow();
    expect([0, 7, 123456].map(liveChatNumberOf)).toEqual(['LC00000', 'LC00007', 'LC123456']);
  });
});

describe('the pre-chat form', () => {
  const rules = {
    ...newLiveChat({ kind: 'queue', id: 'q' }),
    preChat: {
      enabled: true,
      title: '',
      subtitle: '',
      firstName: 'required' as const,
      lastName: 'off' as const,
      email: 'optional' as const,
      phone: 'optional' as const,
    },
    consent: {
      enabled: true,
      explicit: true,
      text: [[{ text: 'Our ' }, { text: 'terms', href: 'https://a.example' }]],
    },
  };

  it('[LC-11] is due until it is filled in, once, and not for a signed user who has said it all', () => {
    expect(formDue(rules, noSession)).toBe(true);
    const agreed = { ...noSession, consentAt: 1 };
    expect(formDue(rules, agreed)).toBe(true);
    expect(formDue(rules, { ...agreed, formAt: 1, profile: { firstName: 'Newcomer' } })).toBe(false);
    expect(formDue(rules, { ...agreed, profile: { firstName: 'Newcomer', userId: 'u' } })).toBe(false);
    expect(formDue({ ...rules, preChat: { ...rules.preChat, enabled: false } }, agreed)).toBe(false);
  });

  it('[LC-11] takes what the channel asks for, cleaned, and names the field that is wrong', () => {
    expect(readForm(rules, { firstName: ' Newcomer ', lastName: 'Dropped', email: '' }, true)).toEqual({
      profile: { firstName: 'Newcomer' },
    });
    expect(readForm(rules, { firstName: '' }, true)).toMatchObject({
      refusal: { code: 'profile_required', field: 'firstName' },
    });
    expect(readForm(rules, { firstName: 'Newcomer', email: 'newcomer@' }, true)).toMatchObject({
      refusal: { field: 'email' },
    });
    expect(readForm(rules, { firstName: 'Newcomer', phone: 'call me' }, true)).toMatchObject({
      refusal: { field: 'phone' },
    });
  });

  it('[LC-12] asks for consent where the channel wants it, and keeps the words that were agreed to', () => {
    expect(formDue({ ...rules, preChat: { ...rules.preChat, enabled: false } }, noSession)).toBe(true);
    expect(readForm(rules, { firstName: 'Newcomer' }, false)).toMatchObject({
      refusal: { code: 'consent_required' },
    });
    expect(plainText(rules.consent.text)).toBe('Our terms (https://a.example)');
  });

  it('[LC-22] takes short attributes of the page and drops the rest', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a${i}`, 'x']));
    expect(Object.keys(readAttributes(many))).toHaveLength(30);
    expect(readAttributes({ plan: 'pro', 'bad<name>': 'x', long: 'x'.repeat(501) })).toEqual({ plan: 'pro' });
  });
});
