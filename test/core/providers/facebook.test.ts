import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facebook } from '../../../core/providers/facebook.ts';
import { FacebookSimulator } from '../../simulators/providers/facebook.ts';
import { channelOf, now, post, signedPost } from './meta.ts';

const simulator = new FacebookSimulator();
const page = simulator.pageId;
const psid = '7400111222333444';
const channel = channelOf(simulator.fields, [page]);
const party = { number: page, customer: psid };
const at = 1_790_000_000_987;

const parsed = (payload: unknown) => facebook.parse(signedPost(payload, simulator.appSecret), channel, now);
/** The events of one `messaging` element, as the sheet's examples write it. */
const received = (what: Record<string, unknown>, key = 'messaging') => {
  const event = { sender: { id: psid }, recipient: { id: page }, timestamp: at, ...what };
  return parsed({ object: 'page', entry: [{ id: page, time: at, [key]: [event] }] });
};
const contentOf = (message: Record<string, unknown>) => {
  const [event] = received({ message: { mid: 'm_A', ...message } });
  return event?.kind === 'message' ? { ...event.content, ...(event.context ?? {}) } : event;
};
const attached = (...attachments: unknown[]) => contentOf({ attachments });
const url = 'https://scontent.xx.fbcdn.net/v/t1.15752-9/1_n.jpg?oh=00_AfB&oe=6B0C1D2E';

describe('what people send', () => {
  it('[FB-02] is a text with its id, time and sender, whose name is not told', () => {
    expect(received({ message: { mid: 'm_A', text: 'Do you deliver on Sundays?' } })).toEqual([
      {
        kind: 'message',
        id: 'm_A',
        at,
        content: { text: 'Do you deliver on Sundays?', files: [] },
        ...party,
      },
    ]);
    expect(received({ timestamp: '1790000000', message: { mid: 'm_A', text: 'Hi' } })[0]).toMatchObject({
      at: 1_790_000_000_000,
    });
  });

  it('[FB-02] is images, video, audio and files, several at once and with text', () => {
    const all = ['image', 'video', 'audio', 'file'].map((type) => ({ type, payload: { url } }));
    expect(contentOf({ text: 'Look', attachments: all })).toEqual({
      text: 'Look',
      files: [{ url }, { url }, { url }, { url }],
    });
    expect(attached({ type: 'image', payload: {} })).toEqual({ text: '', files: [], unsupported: 'image' });
  });

  it('[FB-02] is stickers, each once, and the thumbs-up as what it means', () => {
    const sticker = { type: 'sticker', payload: { url, sticker_id: '144884852352448' } };
    expect(attached(sticker)).toEqual({ text: '', files: [{ url, use: 'sticker' }] });
    expect(attached({ type: 'image', payload: { url } }, sticker)).toEqual({
      text: '',
      files: [{ url, use: 'sticker' }],
    });
    expect(attached({ type: 'image', payload: { url, sticker_id: 144884852352448 } })).toEqual({
      text: '',
      files: [{ url, use: 'sticker' }],
    });
    expect(attached({ type: 'sticker', payload: { url, sticker_id: 369239263222822 } })).toEqual({
      text: '👍',
      files: [],
    });
  });

  it('[FB-02] is a location', () => {
    const payload = { coordinates: { lat: 47.1, long: 8.5 } };
    expect(attached({ type: 'location', title: 'Pinned', url: 'https://example.com', payload })).toEqual({
      text: '',
      files: [],
      place: { latitude: 47.1, longitude: 8.5, name: 'Pinned' },
    });
  });

  it('shows links, posts, products and bookings as text, and fetches none of them', () => {
    const link = 'https://example.com/menu';
    expect(
      contentOf({
        text: link,
        attachments: [{ type: 'fallback', payload: { url: link, title: 'Our menu' } }],
      }),
    ).toEqual({
      text: `${link}\nOur menu`,
      files: [],
    });
    expect(attached({ type: 'fallback', payload: null, title: 'Menu', url: link })).toEqual({
      text: `Menu\n${link}`,
      files: [],
    });
    expect(attached({ type: 'fallback', payload: null })).toMatchObject({ unsupported: 'fallback' });
    expect(attached({ type: 'reel', payload: { url: link, title: 'Reel' } })).toEqual({
      text: `Reel\n${link}`,
      files: [],
    });
    expect(attached({ type: 'fallback', payload: { url: 'javascript:alert(1)', title: 'x' } })).toEqual({
      text: 'x',
      files: [],
    });
    const elements = [{ id: 1, title: 'Shoe', subtitle: 'Blue' }];
    expect(attached({ type: 'template', payload: { product: { elements } } })).toEqual({
      text: 'Shoe – Blue',
      files: [],
    });
    const booking = { status: 'confirmed', start_time: 1_790_000_000, end_time: 1_790_003_600 };
    expect(attached({ type: 'appointment_booking', payload: booking })).toMatchObject({
      text: 'Appointment, confirmed, 2026-09-21 14:13 UTC – 2026-09-21 15:13 UTC',
    });
  });

  it('says so where there is nothing to show', () => {
    expect(contentOf({})).toEqual({ text: '', files: [], unsupported: 'message' });
    expect(contentOf({ commands: [{ name: 'flights' }] })).toEqual({ text: '/flights', files: [] });
  });

  it('[FB-02] keeps quick replies, quotes and ads', () => {
    expect(contentOf({ text: 'Green', quick_reply: { payload: 'PICK_GREEN' } })).toEqual({
      text: 'Green',
      files: [],
      payload: 'PICK_GREEN',
    });
    expect(contentOf({ text: 'Yes', reply_to: { mid: 'm_Q' } })).toMatchObject({ replyTo: 'm_Q' });
    const referral = {
      source: 'ADS',
      type: 'OPEN_THREAD',
      ad_id: '6',
      ads_context_data: { ad_title: 'Sale' },
    };
    expect(contentOf({ text: 'Hi', referral })).toMatchObject({ referral: { source: 'ADS', title: 'Sale' } });
    expect(contentOf({ text: 'Hi', referral: { product: { id: '77' } } })).toMatchObject({
      referral: { source: 'product', title: '77' },
    });
  });

  it('[FB-02] knows postbacks, with or without an id', () => {
    const postback = { mid: 'm_P', title: 'Get started', payload: 'GET_STARTED' };
    expect(received({ postback })).toEqual([
      {
        kind: 'message',
        id: 'm_P',
        at,
        content: { text: 'Get started', files: [] },
        context: { payload: 'GET_STARTED' },
        ...party,
      },
    ]);
    const [old] = received({ postback: { ...postback, mid: undefined } });
    expect(old).toMatchObject({ id: `postback:${psid}:${at}:GET_STARTED` });
    expect(received({ postback: { title: 'Tap' } }, 'standby')[0]).toMatchObject({
      content: { text: 'Tap' },
    });
  });

  it('[FB-04] knows who comes back by a link, and leaves ads to the message that follows', () => {
    const referral = { ref: 'newsletter', source: 'SHORTLINK', type: 'OPEN_THREAD' };
    expect(received({ referral })).toEqual([
      {
        kind: 'arrival',
        id: `arrival:${psid}:${at}:newsletter`,
        referral: { source: 'SHORTLINK', title: 'newsletter' },
        at,
        ...party,
      },
    ]);
    expect(received({ referral: { ...referral, source: 'ADS' } })).toEqual([
      { kind: 'ignored', what: 'arrival by newsletter' },
    ]);
  });

  it('[FB-02] knows reactions and their end', () => {
    const reaction = { reaction: 'love', emoji: '❤', action: 'react', mid: 'm_R' };
    expect(received({ reaction })[0]).toMatchObject({
      kind: 'reaction',
      message: 'm_R',
      emoji: '❤',
      ...party,
    });
    expect(received({ reaction: { ...reaction, emoji: undefined } })[0]).toMatchObject({ emoji: '❤' });
    expect(received({ reaction: { mid: 'm_R', action: 'unreact' } })[0]).toMatchObject({ emoji: null });
    const [first, second] = [reaction, { ...reaction, action: 'unreact' }].map(
      (one) => received({ reaction: one })[0],
    );
    expect(first && 'id' in first && first.id).not.toBe(second && 'id' in second && second.id);
  });

  it('[FB-02] knows edits and deletions', () => {
    const message_edit = { mid: 'm_E', text: 'Sundays and Mondays?', num_edit: '1' };
    expect(received({ message_edit })[0]).toEqual({
      kind: 'edited',
      id: `1:${at}:m_E`,
      message: 'm_E',
      text: 'Sundays and Mondays?',
      at,
      ...party,
    });
    expect(received({ message: { mid: 'm_D', is_deleted: true } })[0]).toMatchObject({
      kind: 'revoked',
      message: 'm_D',
    });
  });
});

describe('what comes back of our own', () => {
  const echo = (message: Record<string, unknown>) =>
    received({
      sender: { id: page },
      recipient: { id: psid },
      message: { is_echo: true, mid: 'm_O', text: 'Yes', ...message },
    });

  it('is the proof that a message went out, whoever is faster', () => {
    expect(echo({ metadata: 'parley:ref-01J9Z' })).toEqual([
      { kind: 'status', id: 'm_O', ref: 'ref-01J9Z', status: 'sent', error: null, at },
    ]);
  });

  it('is an echo where an employee or another app wrote it', () => {
    const expected = { kind: 'echo', id: 'm_O', at, content: { text: 'Yes', files: [] }, ...party };
    expect(echo({ app_id: 26390203743090 })).toEqual([expected]);
    expect(echo({ metadata: 'of another app' })).toEqual([expected]);
  });

  it('is delivered by name and up to a mark, and read up to and with a mark', () => {
    expect(received({ delivery: { mids: ['m_1', 'm_2'], watermark: 1_790_000_005_000 } })).toEqual([
      { kind: 'status', id: 'm_1', ref: null, status: 'delivered', error: null, at },
      { kind: 'status', id: 'm_2', ref: null, status: 'delivered', error: null, at },
      { kind: 'watermark', status: 'delivered', before: 1_790_000_005_000, ...party },
    ]);
    expect(received({ read: { watermark: '1790000009000' } })).toEqual([
      { kind: 'watermark', status: 'read', before: 1_790_000_009_001, ...party },
    ]);
  });
});

describe('what is for somebody else', () => {
  it('[FB-01] goes to the channel of the other page, once per page', () => {
    const message = {
      sender: { id: psid },
      recipient: { id: '555' },
      timestamp: at,
      message: { mid: 'm_A', text: 'Hi' },
    };
    const entry = (id: string) => ({ id, messaging: [message] });
    const events = parsed({ object: 'page', entry: [entry('555'), entry(page), entry('555'), entry('666')] });
    expect(events.map((event) => (event.kind === 'elsewhere' ? event.account : event.kind))).toEqual([
      'message',
      '555',
      '666',
    ]);
  });

  it('is ignored by name where nobody needs it', () => {
    const [ig] = parsed({ object: 'instagram', entry: [] });
    expect(ig).toEqual({ kind: 'ignored', what: 'object instagram' });
    expect(parsed({ object: 'page', entry: [{ id: page, changes: [{ field: 'feed' }] }] })).toEqual([
      { kind: 'ignored', what: 'field feed' },
    ]);
    expect(received({ sender: { id: page }, reaction: { mid: 'm_R', emoji: '❤' } })[0]?.kind).toBe('ignored');
    expect(received({ optin: { ref: 'x' } })).toEqual([{ kind: 'ignored', what: 'optin' }]);
    expect(received({ referral: { ref: 'newsletter' } })).toEqual([
      { kind: 'ignored', what: 'arrival by newsletter' },
    ]);
    expect(received({ sender: { user_ref: 'x' }, message: { mid: 'm_A', text: 'Hi' } })[0]?.kind).toBe(
      'ignored',
    );
    expect(received({ sender: undefined, policy_enforcement: { action: 'block', reason: 'Spam' } })).toEqual([
      { kind: 'account', text: 'Meta enforces a policy on the page: block. Spam', health: 'unknown' },
    ]);
  });

  it('loses nothing of a batch to one bad item', () => {
    const good = { sender: { id: psid }, timestamp: at, message: { mid: 'm_A', text: 'Hi' } };
    const entry = [null, 5, { id: page, messaging: [null, { message: 7 }, good], standby: 'x' }];
    expect(parsed({ object: 'page', entry }).filter(({ kind }) => kind === 'message')).toHaveLength(1);
  });

  it('never throws', () => {
    expect(facebook.parse(post('<html>'), channel, now)).toEqual([
      { kind: 'malformed', what: 'The body is not a JSON object.' },
    ]);
    fc.assert(fc.property(fc.uint8Array(), (bytes) => facebook.parse(post(bytes), channel, now).length > 0));
    const kind = fc.constantFrom(
      'message',
      'message_edit',
      'reaction',
      'postback',
      'referral',
      'read',
      'delivery',
      'policy_enforcement',
    );
    fc.assert(
      fc.property(fc.json(), kind, (json, key) => {
        const any: unknown = JSON.parse(json);
        parsed(any);
        const odd = {
          mid: 'm_X',
          attachments: [any, { type: 'image', payload: any }],
          referral: any,
          commands: any,
        };
        expect(received({ [key]: odd }).length).toBeGreaterThan(0);
        expect(received({ [key]: any, sender: any }).length).toBeGreaterThan(0);
      }),
    );
  });
});
