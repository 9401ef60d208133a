/** A session's events as people read them. */
import { describe, expect, it } from 'vitest';
import { chunked, chunkOf, systemText, textParts, timeline } from '../../admin/inbox/timeline.ts';
import { fromClock, toClock } from '../../admin/pages/clock.ts';
import { actionWords, fieldWords, valueWords } from '../../admin/pages/audit-words.ts';
import type { Author, EventBody, LogEvent } from '../../core/log.ts';

const robin = { id: 'r', name: 'Sales Agent', extension: '1001', photo: null };
const noon = new Date(2026, 10, 22, 12).getTime();
const at = (seq: number, when: number, body: EventBody): LogEvent => ({ seq, at: when, ordinal: 1, body });
let made = 0;
const says = (author: Author, text = 'x'): EventBody => {
  made += 1;
  return { kind: 'message', id: `m${made}`, author, content: { kind: 'text', text } };
};

describe('the timeline of a session', () => {
  it('[AG-03] groups messages by sender and minute, with days and system lines between', () => {
    const items = timeline(
      [
        at(1, noon, {
          kind: 'opened',
          ordinal: 1,
          route: { queue: { id: 'q', name: 'Sales' }, agent: null },
          source: null,
        }),
        at(2, noon, says({ kind: 'customer' })),
        at(3, noon + 30_000, says({ kind: 'customer' })),
        at(4, noon + 31_000, { kind: 'pickedUp', agent: robin }),
        at(5, noon + 32_000, says({ kind: 'agent', agent: robin })),
        at(6, noon + 200_000, says({ kind: 'agent', agent: robin })),
        at(7, noon + 86_400_000, says({ kind: 'customer' })),
      ],
      'r',
    );
    expect(items.map((item) => (item.kind === 'group' ? item.messages.length : item.kind))).toEqual([
      'day',
      'system',
      2,
      'system',
      1,
      1,
      'day',
      1,
    ]);
    expect(items[3]).toMatchObject({ text: 'You picked up this session' });
  });

  it('[AG-01] comes in chunks that are the same however much is loaded, and no group is longer than one', () => {
    const events = Array.from({ length: 200 }, (_, index) => at(index + 1, noon, says({ kind: 'customer' })));
    const whole = chunked(timeline(events, 'r'));
    const part = chunked(timeline(events.slice(90), 'r'));
    const messagesIn = (chunk: (typeof whole)[number]) =>
      chunk.items.flatMap((item) => (item.kind === 'group' ? item.messages.map(({ seq }) => seq) : []));
    expect(whole.flatMap(messagesIn)).toEqual(events.map(({ seq }) => seq));
    for (const chunk of whole) for (const seq of messagesIn(chunk)) expect(chunkOf(seq)).toBe(chunk.number);
    expect(part.slice(1).map(({ number }) => number)).toEqual(
      whole.slice(-part.length + 1).map(({ number }) => number),
    );
    expect(part.slice(1).map(messagesIn)).toEqual(whole.slice(-part.length + 1).map(messagesIn));
  });

  it('[AG-09] says who ended a session', () => {
    const closed = (by: Extract<EventBody, { kind: 'closed' }>['by']) =>
      systemText(at(1, noon, { kind: 'closed', by }), 'r');
    expect(closed({ kind: 'customer' })).toBe('The customer ended the chat');
    expect(closed({ kind: 'agent', agent: robin })).toBe('You ended the session');
    expect(closed({ kind: 'agent', agent: { ...robin, id: 'other' } })).toBe('Sales Agent ended the session');
    expect(closed({ kind: 'timeout' })).toContain('by itself');
  });

  it('[CH-14] says when a customer leaves and comes back, and shows nothing for what belongs to a message', () => {
    const out = (change: boolean, scope: 'all' | 'marketing' = 'all') =>
      systemText(at(1, noon, { kind: 'optOut', out: change, scope }), 'r');
    expect(out(true)).toBe('The customer has opted out of messages');
    expect(out(false)).toBe('The customer wants messages again');
    expect(out(true, 'marketing')).toContain('campaigns');
    const report = { kind: 'status', message: 'm', round: 1, status: 'sent', error: null } as const;
    const tomorrow = noon + 86_400_000;
    expect(timeline([at(1, noon, says({ kind: 'customer' })), at(2, tomorrow, report)], 'r')).toHaveLength(2);
    expect(timeline([at(1, noon, { kind: 'notice', text: 'They have moved.' })], 'r')[1]).toMatchObject({
      text: 'They have moved.',
    });
  });

  it('[LC-19] cuts a text at its links, and takes no link that a browser should not follow', () => {
    const text = 'See example.com now';
    expect(textParts(text, [{ start: 4, end: 15, href: 'https://example.com' }])).toEqual([
      { text: 'See ', href: null },
      { text: 'example.com', href: 'https://example.com' },
      { text: ' now', href: null },
    ]);
    expect(textParts(text, [{ start: 4, end: 15, href: 'javascript:alert(1)' }])).toEqual([
      { text, href: null },
    ]);
    expect(textParts(text, [{ start: 4, end: 99, href: 'https://example.com' }])).toEqual([
      { text, href: null },
    ]);
  });
});

describe('words of the console', () => {
  it('[GEN-06] shows minutes as a clock, where midnight as an end is the end of the day', () => {
    expect(toClock(9 * 60 + 5)).toBe('09:05');
    expect(toClock(24 * 60)).toBe('00:00');
    expect(fromClock('00:00', 'end')).toBe(24 * 60);
    expect(fromClock('00:00', 'start')).toBe(0);
  });

  it('[GEN-08] puts actions, fields and values of the audit log into words', () => {
    expect(actionWords('channel.changed')).toBe('changed the channel');
    expect(actionWords('password.linkMade')).toBe('made a password link for');
    expect(actionWords('robot.wentAway')).toBe('robot went away');
    expect(fieldWords('appearance.launcher.icon')).toBe('Appearance, launcher, icon');
    expect(valueWords([])).toBe('none');
    expect(valueWords(false)).toBe('off');
  });
});
