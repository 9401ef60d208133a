import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../core/providers/events.ts';
import { whatsapp } from '../../../core/providers/whatsapp.ts';
import { WhatsAppSimulator } from '../../simulators/providers/whatsapp.ts';
import { channelOf, now, post, signedPost } from './meta.ts';

const simulator = new WhatsAppSimulator();
const { appSecret } = simulator;
const number = '+15559871234';
const customer = '+15550001111';
const channel = channelOf(simulator.fields, [number]);

const parsed = (payload: unknown) => whatsapp.parse(signedPost(payload, appSecret), channel, now);
/** The events of one message, as the sheet's examples write it. */
const received = (message: Record<string, unknown>, more: Record<string, unknown> = {}): InboundEvent[] =>
  parsed(
    simulator.change('messages', {
      contacts: [{ profile: { name: 'Zoë Ågren' }, wa_id: '15550001111', user_id: 'US.7300112233445566' }],
      messages: [{ from: '15550001111', id: 'wamid.A', timestamp: '1790000000', ...message }],
      ...more,
    }),
  );
const contentOf = (message: Record<string, unknown>) => {
  const [event] = received(message);
  return event?.kind === 'message' ? { ...event.content, ...(event.context ?? {}) } : event;
};

describe('what customers send', () => {
  it('[WA-02] is a text with sender, name, time and the other ids of the sender', () => {
    expect(
      received({ type: 'text', text: { body: 'Grüezi 👋' }, from_user_id: 'US.7300112233445566' }),
    ).toEqual([
      {
        kind: 'message',
        id: 'wamid.A',
        at: 1_790_000_000_000,
        number,
        customer,
        aliases: ['US.7300112233445566'],
        name: 'Zoë Ågren',
        content: { text: 'Grüezi 👋', files: [] },
      },
    ]);
  });

  it.each([
    [
      'image',
      {
        id: '1003',
        mime_type: 'image/jpeg',
        caption: 'Look',
        sha256: 'x=',
        url: 'https://lookaside.fbsbx.com/x',
      },
      { text: 'Look', files: [{ id: '1003', type: 'image/jpeg' }] },
    ],
    ['video', { id: 1004, mime_type: 'video/mp4' }, { text: '', files: [{ id: '1004', type: 'video/mp4' }] }],
    [
      'audio',
      { id: '5', mime_type: 'audio/ogg; codecs=opus', voice: true },
      { text: '', files: [{ id: '5', type: 'audio/ogg', use: 'voice' }] },
    ],
    [
      'document',
      { id: '6', mime_type: 'application/pdf', filename: 'Offerte.pdf' },
      { text: '', files: [{ id: '6', type: 'application/pdf', name: 'Offerte.pdf' }] },
    ],
    [
      'sticker',
      { id: '7', mime_type: 'image/webp', animated: true },
      { text: '', files: [{ id: '7', type: 'image/webp', use: 'sticker' }] },
    ],
    ['image', { caption: 'It was here' }, { text: 'It was here', files: [], unsupported: 'image' }],
    [
      'location',
      { latitude: 47.37, longitude: '8.54', name: 'Shop', address: 'Main St 1' },
      {
        text: '',
        files: [],
        place: { latitude: 47.37, longitude: 8.54, name: 'Shop', address: 'Main St 1' },
      },
    ],
    [
      'contacts',
      [
        {
          name: { formatted_name: 'Ada Muster' },
          phones: [{ phone: '+1 555', type: 'CELL' }, { wa_id: '15550002222' }],
        },
        7,
      ],
      {
        text: '',
        files: [],
        contacts: [
          { name: 'Ada Muster', phones: [{ number: '+1 555', type: 'CELL' }, { number: '+15550002222' }] },
        ],
      },
    ],
    ['button', { payload: 'STOP_PROMO', text: 'Stop' }, { text: 'Stop', files: [], payload: 'STOP_PROMO' }],
    [
      'interactive',
      { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } },
      { text: 'Yes', files: [], payload: 'yes' },
    ],
    [
      'interactive',
      { type: 'list_reply', list_reply: { id: 'r1', title: 'Row' } },
      { text: 'Row', files: [], payload: 'r1' },
    ],
    [
      'interactive',
      { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{"size":"L","flow_token":"x"}' } },
      { text: 'size: L', files: [] },
    ],
    ['interactive', { type: 'nfm_reply', nfm_reply: { body: 'Sent' } }, { text: 'Sent', files: [] }],
    [
      'interactive',
      { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{bad' } },
      { text: 'Sent', files: [] },
    ],
    ['interactive', undefined, { text: '', files: [], unsupported: 'interactive' }],
    [
      'order',
      {
        text: 'Please',
        product_items: [{ product_retailer_id: 'SKU', quantity: 2, item_price: 5, currency: 'EUR' }],
      },
      { text: 'Please\n2 × SKU (5 EUR)', files: [] },
    ],
    ['unsupported', { type: 'poll' }, { text: '', files: [], unsupported: 'poll' }],
    ['hologram', { beam: true }, { text: '', files: [], unsupported: 'hologram' }],
    ['text', { body: 5 }, { text: '', files: [], unsupported: 'text' }],
  ])('[WA-02] understands %s %j', (type, value, expected) => {
    expect(contentOf({ type, [type]: value })).toEqual(expected);
  });

  it('[WA-02] keeps replies, forwards and where a customer came from', () => {
    const text = { type: 'text', text: { body: 'Hi' } };
    expect(contentOf({ ...text, context: { from: '1', id: 'wamid.T' } })).toMatchObject({
      replyTo: 'wamid.T',
    });
    expect(contentOf({ ...text, context: { frequently_forwarded: true } })).toMatchObject({
      forwarded: true,
    });
    expect(contentOf({ ...text, context: 'odd' })).toEqual({ text: 'Hi', files: [] });
    const ad = { source_type: 'ad', headline: 'Sale', source_url: 'https://example.com/ad' };
    expect(contentOf({ ...text, referral: ad })).toMatchObject({
      referral: { source: 'ad', title: 'Sale', url: 'https://example.com/ad' },
    });
    expect(contentOf({ ...text, referral: { source_url: 'javascript:alert(1)' } })).toMatchObject({
      referral: { source: 'ad' },
    });
  });

  it('[WA-02] knows reactions, and their end by an empty or missing emoji', () => {
    const react = (reaction: unknown) => received({ type: 'reaction', reaction })[0];
    expect(react({ message_id: 'wamid.T', emoji: '👍' })).toMatchObject({
      kind: 'reaction',
      message: 'wamid.T',
      emoji: '👍',
    });
    expect(react({ message_id: 'wamid.T', emoji: '' })).toMatchObject({ emoji: null });
    expect(react({ message_id: 'wamid.T' })).toMatchObject({ emoji: null });
    expect(react({})).toMatchObject({ kind: 'ignored' });
  });

  it('knows edits, revocations and customers who change their number or id', () => {
    const edit = { original_message_id: 'wamid.0', message: { type: 'text', text: { body: 'New' } } };
    expect(received({ type: 'edit', edit })[0]).toMatchObject({
      kind: 'edited',
      message: 'wamid.0',
      text: 'New',
    });
    expect(received({ type: 'revoke', revoke: { original_message_id: 'wamid.0' } })[0]).toMatchObject({
      kind: 'revoked',
      message: 'wamid.0',
    });
    const moved = received(
      { type: 'system', system: { type: 'user_changed_number', wa_id: '15550009999' } },
      { contacts: undefined },
    );
    expect(moved).toEqual([{ kind: 'moved', number, customer, to: '+15550009999' }]);
    const renamed = { type: 'user_changed_user_id', previous_user_id: 'US.1', user_id: 'US.2' };
    expect(received({ type: 'system', system: renamed })).toEqual([
      { kind: 'moved', number, customer: 'US.1', to: 'US.2' },
    ]);
    expect(received({ type: 'system', system: { type: 'customer_identity_changed' } })[0]).toMatchObject({
      kind: 'ignored',
    });
  });

  it.each([
    [{ from: undefined, from_user_id: 'US.7300112233445566' }, 'US.7300112233445566'],
    [{ from: '', from_user_id: 'US.7300112233445566' }, '+15550001111'],
    [{ from: 'US.7300112233445566' }, '+15550001111'],
    [{ from: undefined }, '+15550001111'],
    [{ from: '447700900123' }, '+447700900123'],
  ])('finds the customer by number or user id %j', (ids, expected) => {
    const known =
      ids.from === undefined && 'from_user_id' in ids
        ? [{ user_id: 'US.7300112233445566', profile: { username: '@zoe' } }]
        : [{ wa_id: '15550001111', user_id: 'US.7300112233445566', profile: { name: '' } }];
    expect(received({ type: 'text', text: { body: 'Hi' }, ...ids }, { contacts: known })[0]).toMatchObject({
      kind: 'message',
      customer: expected,
    });
  });

  it('does not give a message without a sender to anybody', () => {
    expect(
      received({ type: 'text', text: { body: 'Hi' }, from: undefined }, { contacts: [] })[0],
    ).toMatchObject({ kind: 'ignored' });
    expect(received({ type: 'text', text: { body: 'Hi' }, group_id: 'g' })[0]).toMatchObject({
      kind: 'ignored',
    });
  });

  it('loses nothing of a batch to one bad item', () => {
    const good = { from: '15550001111', timestamp: 1_790_000_000_000, type: 'text', text: { body: 'Hi' } };
    const messages = [null, { ...good, id: 'a' }, 'x', { id: 'no sender' }, { ...good, id: 'b' }];
    const value = simulator.change('messages', {
      messages,
      statuses: [{ id: 'wamid.T', status: 'sent' }, 4],
      contacts: 9,
    });
    const events = parsed({
      object: 'whatsapp_business_account',
      entry: [null, { id: 7 }, ...(value as { entry: unknown[] }).entry],
    });
    expect(events.filter(({ kind }) => kind === 'message').map((event) => 'id' in event && event.id)).toEqual(
      ['a', 'b'],
    );
    expect(events.find(({ kind }) => kind === 'message')).toMatchObject({ at: 1_790_000_000_000 });
    expect(events.filter(({ kind }) => kind === 'status')).toHaveLength(1);
  });

  it('[WA-01] passes on what is for another number of the same app, once per number', () => {
    const other = new WhatsAppSimulator('+15559870000', '108800000000009');
    const foreign = other.message(customer, { type: 'text', text: { body: 'Hi' } }) as { entry: unknown[] };
    const own = simulator.message(customer, { type: 'text', text: { body: 'Hi' } }) as { entry: unknown[] };
    const entry = [...foreign.entry, ...own.entry, ...foreign.entry];
    expect(parsed({ object: 'whatsapp_business_account', entry }).map(({ kind }) => kind)).toEqual([
      'elsewhere',
      'message',
    ]);
    expect(parsed(foreign)).toEqual([{ kind: 'elsewhere', account: '108800000000009' }]);
  });

  it('reads account news: templates, opt-outs, errors, messages of the WhatsApp Business app', () => {
    const event = (field: string, value: Record<string, unknown>) =>
      parsed(simulator.change(field, value))[0];
    const news = {
      event: 'PAUSED',
      message_template_id: 1387000000000004,
      message_template_name: 'order_ready',
      message_template_language: 'en-US',
      reason: 'NONE',
    };
    expect(event('message_template_status_update', news)).toEqual({
      kind: 'templatesChanged',
      text: 'Template order_ready en-US: PAUSED',
    });
    const preference = {
      wa_id: '15550001111',
      category: 'marketing_messages',
      value: 'stop',
      timestamp: 1790000000,
    };
    const optOut = { kind: 'optOut', out: true, scope: 'marketing', number, customer };
    expect(event('user_preferences', { user_preferences: [preference] })).toEqual(optOut);
    expect(event('user_preferences', { user_preferences: [{ ...preference, value: 'resume' }] })).toEqual({
      ...optOut,
      out: false,
    });
    expect(event('messages', { errors: [{ code: 131000, title: 'Wrong' }] })).toEqual({
      kind: 'account',
      text: 'WhatsApp reports error 131000: Wrong',
    });
    const echo = {
      from: '15559871234',
      to: '15550001111',
      id: 'wamid.E',
      timestamp: '1790000000',
      type: 'text',
      text: { body: 'From the app' },
    };
    expect(event('smb_message_echoes', { message_echoes: [echo] })).toMatchObject({
      kind: 'echo',
      id: 'wamid.E',
      number,
      customer,
      content: { text: 'From the app' },
    });
    expect(event('flows', {})).toMatchObject({ kind: 'ignored' });
  });

  it('says what it cannot read, and never throws', () => {
    expect(whatsapp.parse(post('not json'), channel, now)).toEqual([
      { kind: 'malformed', what: 'The body is not a JSON object.' },
    ]);
    expect(whatsapp.parse(post('[]'), channel, now)[0]?.kind).toBe('malformed');
    expect(parsed({ object: 'page', entry: [] })).toEqual([{ kind: 'ignored', what: 'object page' }]);
    expect(whatsapp.parse(post(`${'['.repeat(200_000)}`), channel, now)[0]?.kind).toBe('malformed');
    fc.assert(fc.property(fc.uint8Array(), (bytes) => whatsapp.parse(post(bytes), channel, now).length > 0));
    const entry = (value: unknown) => ({
      object: 'whatsapp_business_account',
      entry: [{ id: simulator.wabaId, changes: [value] }],
    });
    const type = fc.constantFrom(
      'text',
      'image',
      'location',
      'contacts',
      'interactive',
      'button',
      'order',
      'system',
      'edit',
      'reaction',
      'revoke',
      'unsupported',
    );
    fc.assert(
      fc.property(fc.json(), type, (json, kind) => {
        const any: unknown = JSON.parse(json);
        parsed(any);
        parsed(entry(any));
        const odd = {
          id: 'wamid.X',
          from: '15550001111',
          type: kind,
          [kind]: any,
          context: any,
          referral: any,
          errors: any,
        };
        const metadata = { phone_number_id: simulator.phoneNumberId };
        const value = {
          metadata,
          messages: [odd, any],
          statuses: [any, { id: 'x', status: 'failed', errors: [any] }],
          contacts: [any],
        };
        expect(parsed(entry({ field: 'messages', value })).length).toBeGreaterThan(0);
        parsed(entry({ field: 'messages', value: any }));
      }),
    );
  });
});
