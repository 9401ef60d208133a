/** Messages as they stand after everything that a log says about them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content, File } from '../../core/content.ts';
import { messagesOf, type Message } from '../../core/conversation.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { EventBody, LogEvent } from '../../core/log.ts';
import { sendErrorOf } from '../../core/sendError.ts';

const agent = { id: 'a', name: 'Sales Agent', extension: '1001', photo: null };
const log = (bodies: readonly EventBody[]): LogEvent[] =>
  bodies.map((body, index) => ({ seq: index + 1, at: 1_000 + index, ordinal: 1, body }));
const says = (content: Content, id = 'm'): EventBody => ({
  kind: 'message',
  id,
  author: { kind: 'customer' },
  content,
});
const answer: EventBody = {
  kind: 'message',
  id: 'm',
  author: { kind: 'agent', agent },
  content: { kind: 'text', text: 'An answer' },
};
const status = (state: DeliveryStatus, round = 1): EventBody => ({
  kind: 'status',
  message: 'm',
  round,
  status: state,
  error: state === 'failed' || state === 'unknown' ? sendErrorOf('unknown', { code: state }) : null,
});
const file = (name: string, state: File['state'] = 'fetching'): File => ({
  state,
  name,
  type: 'image/png',
  size: state === 'ready' ? 64 : 0,
  url: state === 'ready' ? `/media/${name}` : '',
  width: 8,
  height: 8,
  expiresAt: state === 'ready' ? 9_000 : 0,
});
const after = (...bodies: EventBody[]): Message => {
  const message = messagesOf(log(bodies)).get('m');
  if (!message) throw new Error('the message is not there');
  return message;
};

describe('the messages of a log', () => {
  it('[CH-10] takes files in as they are fetched, and those that come later', () => {
    const message = after(
      says({ kind: 'files', text: 'Two pictures', files: [file('one'), file('two')] }),
      { kind: 'file', message: 'm', index: 1, file: file('two', 'ready') },
      { kind: 'file', message: 'm', index: 0, file: { ...file('one', 'failed'), problem: 'It is gone.' } },
      { kind: 'file', message: 'm', index: 2, file: file('three') },
    );
    expect(message.content).toMatchObject({
      text: 'Two pictures',
      files: [{ state: 'failed', problem: 'It is gone.' }, { state: 'ready' }, { state: 'fetching' }],
    });
  });

  it('joins a text and files that come as two parts, whichever is first', () => {
    const files = { kind: 'files', text: 'My receipt', files: [file('one')] };
    expect(
      after(says({ kind: 'text', text: 'My receipt' }), {
        kind: 'file',
        message: 'm',
        index: 0,
        file: file('one'),
      }).content,
    ).toEqual(files);
    expect(
      after(says({ kind: 'files', text: '', files: [file('one')] }), {
        kind: 'text',
        message: 'm',
        text: 'My receipt',
      }).content,
    ).toEqual(files);
  });

  it('[FB-02] keeps what was said before each edit, and the links of the newest text only', () => {
    const links = [{ start: 0, end: 11, href: 'https://example.com' }];
    const message = after(
      says({ kind: 'text', text: 'example.com', links }),
      { kind: 'edited', message: 'm', text: 'second' },
      { kind: 'edited', message: 'm', text: 'third' },
    );
    expect(message.content).toEqual({ kind: 'text', text: 'third' });
    expect(message.earlier).toEqual(['example.com', 'second']);
  });

  it('[WA-02] takes reactions and deletions in, and reactions back', () => {
    const heart: EventBody = { kind: 'reaction', message: 'm', emoji: '❤️' };
    expect(after(answer, heart).reaction).toBe('❤️');
    expect(after(answer, heart, { ...heart, emoji: null }).reaction).toBeNull();
    expect(after(answer, { kind: 'revoked', message: 'm' }).revoked).toBe(true);
  });

  it('[CH-09] ends in the same state whatever the order of the reports of a round', () => {
    const reports = fc.array(
      fc.constantFrom<DeliveryStatus>('queued', 'sent', 'delivered', 'read', 'failed', 'unknown'),
      { minLength: 1, maxLength: 8 },
    );
    const shuffled = reports.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const first = after(answer, ...one.map((state) => status(state)));
        expect(after(answer, ...other.map((state) => status(state))).delivery).toEqual(first.delivery);
      }),
    );
  });

  it('[ERR-02] starts over when a message is sent again, and heeds no more what comes of the try before', () => {
    const resent: EventBody = { kind: 'resent', message: 'm', round: 2, agent };
    expect(after(answer, status('failed'), resent).delivery).toEqual({
      round: 2,
      status: 'queued',
      error: null,
    });
    expect(after(answer, status('failed'), resent, status('unknown'), status('sent', 2)).delivery).toEqual({
      round: 2,
      status: 'sent',
      error: null,
    });
  });

  it('leaves out what is said about a message that is not loaded', () => {
    expect(messagesOf(log([status('sent'), says({ kind: 'text', text: 'x' }, 'other')])).has('m')).toBe(
      false,
    );
  });
});
