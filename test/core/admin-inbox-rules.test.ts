/** What may be written in a session, and what leaves for the edge. */
import { describe, expect, it } from 'vitest';
import { sendingOf } from '../../admin/data/sending.ts';
import { rulesOf, sizeWords, timeLeft, writingOf } from '../../admin/inbox/rules.ts';
import { noMarks } from '../../core/log.ts';
import type { InboxSession } from '../../core/protocol.ts';

const hour = 3_600_000;
const now = 100 * 24 * hour;

function session(
  type: InboxSession['channel']['type'],
  provider: string | null,
  change: Partial<InboxSession> = {},
): InboxSession {
  return {
    id: 'a',
    channel: { id: 'c', type, provider, name: 'Shop', number: '1' },
    customer: { name: 'Mia Example', profile: {}, address: '+15550001111', photo: null },
    status: 'open',
    route: { queue: null, agent: null },
    openedAt: 1,
    lastActivityAt: 1,
    lastMessage: null,
    seq: 1,
    inbound: 0,
    marks: noMarks,
    source: null,
    consentAt: null,
    lastInboundAt: null,
    optedOut: false,
    unread: 0,
    archived: false,
    pickup: null,
    ...change,
  };
}

const whatsapp = (lastInboundAt: number | null) =>
  writingOf(session('whatsapp', 'whatsapp', { lastInboundAt }), now);
const messenger = (lastInboundAt: number | null) =>
  writingOf(session('facebook', 'facebook', { lastInboundAt }), now);

describe('what may be written', () => {
  it('[CH-11] has the limits of the channel: images in live chat, files of a size elsewhere', () => {
    expect(rulesOf(session('liveChat', null))).toMatchObject({ imagesOnly: true, segments: false });
    expect(rulesOf(session('sms', 'twilio'))).toMatchObject({
      imagesOnly: false,
      segments: true,
      replies: false,
    });
    expect(rulesOf(session('whatsapp', 'whatsapp'))).toMatchObject({
      fileBytes: 100 * 1024 * 1024,
      templates: true,
      replies: true,
    });
    expect(rulesOf(session('facebook', 'facebook'))).toMatchObject({ templates: false, places: false });
  });

  it('[WA-04] ends 24 hours after the customer last wrote, to the millisecond, and then takes templates', () => {
    expect(whatsapp(now - 23.5 * hour)).toMatchObject({ kind: 'window', leftMs: hour / 2, soon: true });
    expect(whatsapp(now - 23 * hour)).toMatchObject({ kind: 'window', soon: false });
    expect(whatsapp(now - 24 * hour + 1)).toMatchObject({ kind: 'window', leftMs: 1 });
    expect(whatsapp(now - 24 * hour)).toMatchObject({ kind: 'refused', template: true });
    expect(whatsapp(null)).toMatchObject({ kind: 'refused', template: true });
  });

  it('[FB-04] ends 7 days after the person last wrote', () => {
    expect(messenger(now - hour)).toMatchObject({ kind: 'window', soon: false });
    expect(messenger(now - 6.99 * 24 * hour)).toMatchObject({ kind: 'window', soon: true });
    expect(messenger(now - 7 * 24 * hour)).toMatchObject({ kind: 'refused', template: false });
  });

  it('[CH-14] is nothing to a customer who opted out, nor in a closed session; SMS has no time', () => {
    expect(writingOf(session('sms', 'twilio'), now)).toEqual({ kind: 'free' });
    expect(writingOf(session('sms', 'twilio', { optedOut: true }), now)).toMatchObject({ kind: 'refused' });
    expect(writingOf(session('liveChat', null, { status: 'closed' }), now)).toMatchObject({
      kind: 'refused',
    });
  });

  it('[WA-04] says times and sizes in words', () => {
    expect([59_000, 60_000, 90 * 60_000, 47 * hour, 48 * hour].map(timeLeft)).toEqual([
      'Less than a minute',
      '1 min',
      '1 h 30 min',
      '47 h 0 min',
      '2 days',
    ]);
    expect([12, 2048, 5_000_000, 25 * 1024 * 1024].map(sizeWords)).toEqual([
      '12 B',
      '2 KB',
      '4.8 MB',
      '25 MB',
    ]);
  });
});

describe('what leaves', () => {
  const file = (ticket: string | null) => ({ file: new Blob(['x']), name: 'x', ticket });

  it('[AG-12] carries texts, files with their words, places, and what it answers', () => {
    expect(sendingOf({ kind: 'text', text: 'Hi' }, null)).toEqual({ text: 'Hi' });
    expect(sendingOf({ kind: 'files', text: '', files: [file('one'), file('two')] }, 'm')).toEqual({
      uploads: ['one', 'two'],
      replyTo: 'm',
    });
    expect(sendingOf({ kind: 'files', text: 'Hi', files: [file('one')] }, null)).toEqual({
      uploads: ['one'],
      text: 'Hi',
    });
    const place = { latitude: 1, longitude: 2 };
    expect(sendingOf({ kind: 'place', place }, null)).toEqual({ place });
  });

  it('[WA-05] puts the ticket of the uploaded file into the template’s header', () => {
    const input = { id: 't', header: { kind: 'file' as const, ticket: 'local' }, body: {}, buttons: {} };
    const shown = { name: 't', language: 'en', body: 'b', footer: '', buttons: [] };
    expect(sendingOf({ kind: 'template', input, shown, files: [file('real')] }, null)).toEqual({
      template: { ...input, header: { kind: 'file', ticket: 'real' } },
    });
    const plain = { ...input, header: null };
    expect(sendingOf({ kind: 'template', input: plain, shown, files: [] }, null)).toEqual({
      template: plain,
    });
  });
});
