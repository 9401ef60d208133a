import { describe, expect, it } from 'vitest';
import type { OutgoingContent, OutgoingFile, OutgoingTemplate } from '../../../core/providers/provider.ts';
import { whatsapp } from '../../../core/providers/whatsapp.ts';
import { WhatsAppSimulator } from '../../simulators/providers/whatsapp.ts';
import { answer, channelOf, hour, now, outgoing, signedPost } from './meta.ts';

const simulator = new WhatsAppSimulator();
const number = '+15559871234';
const customer = '+15550001111';
const channel = channelOf(simulator.fields, [number]);

const statusOf = (status: Record<string, unknown>) => {
  const statuses = [{ id: 'wamid.T', timestamp: '1790000600', ...status }];
  return whatsapp.parse(
    signedPost(simulator.change('messages', { statuses }), simulator.appSecret),
    channel,
    now,
  );
};
const picture: OutgoingFile = {
  url: 'https://files.example.com/a.jpg',
  name: 'a.jpg',
  type: 'image/jpeg',
  size: 1000,
};
const file = (type: string, size = 1000): OutgoingFile => ({ ...picture, name: 'file', type, size });

describe('statuses', () => {
  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
  ])('[WA-02] %s is %s', (theirs, ours) => {
    expect(statusOf({ status: theirs, biz_opaque_callback_data: 'ref-01J9Z' })).toEqual([
      { kind: 'status', id: 'wamid.T', ref: 'ref-01J9Z', status: ours, error: null, at: 1_790_000_600_000 },
    ]);
  });

  it('[WA-02] failed comes with its reason, and stopped marketing is recorded', () => {
    const errors = [{ code: 131050, title: 'T', message: 'M', error_data: { details: 'Stopped' } }];
    expect(statusOf({ status: 'failed', recipient_id: '15550001111', errors })).toEqual([
      {
        kind: 'status',
        id: 'wamid.T',
        ref: null,
        status: 'failed',
        at: 1_790_000_600_000,
        error: {
          category: 'recipient_opted_out',
          code: '131050',
          text: 'M Stopped',
          hint: expect.any(String) as string,
        },
      },
      { kind: 'optOut', out: true, scope: 'marketing', number, customer },
    ]);
    expect(statusOf({ status: 'failed' })[0]).toMatchObject({ error: { category: 'unknown' } });
  });

  it.each(['deleted', 'warning', 'teleported'])('%s changes nothing', (status) => {
    expect(statusOf({ status })).toEqual([{ kind: 'ignored', what: `status ${status}` }]);
  });
});

describe('what may go', () => {
  const text = { kind: 'text', text: 'Hi' } as const;
  const template: OutgoingContent = {
    kind: 'template',
    template: { name: 'a', language: 'en', header: null, body: [], buttons: [] },
  };

  it('[WA-04] is anything within 24 hours of the customer, then templates only', () => {
    const admit = (ms: number | null, content: OutgoingContent) =>
      whatsapp.admit(outgoing(content, { lastInboundAt: ms === null ? null : now - ms }), now)?.category ??
      null;
    expect(admit(24 * hour, text)).toBeNull();
    expect(admit(24 * hour + 1, text)).toBe('window_closed');
    expect(admit(null, text)).toBe('window_closed');
    expect(admit(null, template)).toBeNull();
    expect(whatsapp.windows).toEqual({ freeMs: 24 * hour, humanMs: 24 * hour });
  });

  it('[WA-06] has 80 messages a second, 4096 characters and 100 MB', () => {
    expect(whatsapp.rate).toBe(80);
    const admit = (content: OutgoingContent) => whatsapp.admit(outgoing(content), now)?.category ?? null;
    expect(admit({ kind: 'text', text: 'x'.repeat(4096) })).toBeNull();
    expect(admit({ kind: 'text', text: 'x'.repeat(4097) })).toBe('invalid_parameter');
    const one = (size: number): OutgoingContent => ({
      kind: 'files',
      text: '',
      files: [file('application/pdf', size)],
    });
    expect(admit(one(100 * 1024 * 1024))).toBeNull();
    expect(admit(one(100 * 1024 * 1024 + 1))).toBe('exceeds_size_limit');
    expect(admit({ kind: 'files', text: '', files: Array.from({ length: 11 }, () => picture) })).toBe(
      'unsupported_media',
    );
  });
});

describe('the call', () => {
  const compose = async (content: OutgoingContent, more = {}) => {
    const request = await whatsapp.compose(outgoing(content, more), channel, now);
    return { ...request, body: JSON.parse(request.body ?? '') as Record<string, unknown> };
  };
  const common = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: customer,
    biz_opaque_callback_data: 'ref-01J9Z',
  };

  it('[WA-02] posts a text with our reference to the Phone Number ID', async () => {
    expect(await compose({ kind: 'text', text: 'Hi' }, { replyTo: 'wamid.Q' })).toEqual({
      method: 'POST',
      url: 'https://graph.facebook.com/v25.0/108800000000002/messages',
      headers: {
        authorization: `Bearer ${simulator.accessToken}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: {
        ...common,
        context: { message_id: 'wamid.Q' },
        type: 'text',
        text: { body: 'Hi', preview_url: false },
      },
    });
  });

  it('uses the version of the form, and addresses customers without a number by their user id', async () => {
    const other = channelOf({ ...simulator.fields, version: 'v26.0' }, [number]);
    const text = outgoing({ kind: 'text', text: 'Hi' }, { to: 'US.7300112233445566' });
    const request = await whatsapp.compose(text, other, now);
    expect(request.url).toContain('/v26.0/');
    expect(JSON.parse(request.body ?? '')).toMatchObject({ recipient: 'US.7300112233445566' });
    expect(JSON.parse(request.body ?? '')).not.toHaveProperty('to');
  });

  it.each([
    [picture, 'image', { link: picture.url, caption: 'Look' }],
    [file('image/png', 5_000_001), 'document', { link: picture.url, filename: 'file', caption: 'Look' }],
    [file('image/gif'), 'document', { link: picture.url, filename: 'file', caption: 'Look' }],
    [file('video/mp4', 16_000_000), 'video', { link: picture.url, caption: 'Look' }],
    [file('video/quicktime'), 'document', { link: picture.url, filename: 'file', caption: 'Look' }],
    [file('application/pdf'), 'document', { link: picture.url, filename: 'file', caption: 'Look' }],
  ])('[WA-02] [WA-06] sends %j as %s', async (one, type, part) => {
    const content = { kind: 'files', text: 'Look', files: [one] } as const;
    expect((await compose({ ...content, files: [one] })).body).toEqual({ ...common, type, [type]: part });
  });

  it('[WA-02] sends places and contact cards', async () => {
    const place = { latitude: 47.37, longitude: 8.54, name: 'Shop' };
    expect((await compose({ kind: 'location', place })).body).toEqual({
      ...common,
      type: 'location',
      location: place,
    });
    const contacts = [{ name: 'Ada', phones: [{ number: '+15550002222', type: 'WORK' }] }];
    expect((await compose({ kind: 'contacts', contacts })).body).toMatchObject({
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Ada' }, phones: [{ phone: '+15550002222', type: 'WORK' }] }],
    });
  });

  it('[WA-05] sends a template as the sheet writes it', async () => {
    const template: OutgoingTemplate = {
      name: 'order_ready',
      language: 'en_US',
      header: { kind: 'image', file: picture },
      body: [
        { name: 'first_name', text: 'Zoë' },
        { name: 'order_no', text: 'A-17' },
      ],
      buttons: [
        { index: 0, kind: 'url', value: 'A-17' },
        { index: 1, kind: 'quickReply', value: 'STOP_PROMO' },
        { index: 2, kind: 'copyCode', value: 'WELCOME5' },
      ],
    };
    expect((await compose({ kind: 'template', template }, { lastInboundAt: null })).body).toEqual({
      ...common,
      type: 'template',
      template: {
        name: 'order_ready',
        language: { code: 'en_US' },
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { link: picture.url } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', parameter_name: 'first_name', text: 'Zoë' },
              { type: 'text', parameter_name: 'order_no', text: 'A-17' },
            ],
          },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'A-17' }] },
          {
            type: 'button',
            sub_type: 'quick_reply',
            index: '1',
            parameters: [{ type: 'payload', payload: 'STOP_PROMO' }],
          },
          {
            type: 'button',
            sub_type: 'copy_code',
            index: '2',
            parameters: [{ type: 'coupon_code', coupon_code: 'WELCOME5' }],
          },
        ],
      },
    });
    const bare = { ...template, header: null, body: [], buttons: [] };
    expect((await compose({ kind: 'template', template: bare })).body).toMatchObject({
      template: { components: [] },
    });
    const positional = { ...bare, body: [{ name: null, text: 'x' }] };
    expect((await compose({ kind: 'template', template: positional })).body).toMatchObject({
      template: { components: [{ type: 'body', parameters: [{ type: 'text', text: 'x' }] }] },
    });
  });

  it('[WA-02] makes one message of each file, with the text where it can stand', () => {
    const parts = (text: string, files: OutgoingFile[]) =>
      whatsapp
        .split(outgoing({ kind: 'files', text, files }, { replyTo: 'wamid.Q' }))
        .map(({ ref, replyTo, content }) => [
          ref,
          replyTo,
          content.kind,
          'text' in content ? content.text.length : 0,
        ]);
    expect(parts('Look', [picture, picture])).toEqual([
      ['ref-01J9Z', 'wamid.Q', 'files', 4],
      ['ref-01J9Z-2', null, 'files', 0],
    ]);
    expect(parts('Listen', [file('audio/ogg')])).toEqual([
      ['ref-01J9Z', 'wamid.Q', 'text', 6],
      ['ref-01J9Z-2', null, 'files', 0],
    ]);
    expect(parts('x'.repeat(1025), [picture])[0]).toEqual(['ref-01J9Z', 'wamid.Q', 'text', 1025]);
    expect(parts('', [file('audio/ogg')])).toHaveLength(1);
  });
});

describe('the answer', () => {
  const interpret = (status: number, body: unknown, headers = {}, attempt = 0) =>
    whatsapp.interpret(
      answer(status, body, headers),
      outgoing({ kind: 'text', text: 'Hi' }, { attempt }),
      now,
    );
  const error = (code: number, details = '') => ({
    error: { message: `(#${code}) Meta says`, type: 'OAuthException', code, error_data: { details } },
  });

  it('of 200 means accepted, and tells the address that the customer really has', () => {
    const accepted = {
      messaging_product: 'whatsapp',
      contacts: [{ input: '+5511987654321', wa_id: '551187654321' }],
      messages: [{ id: 'wamid.T', message_status: 'accepted' }],
    };
    expect(interpret(200, accepted)).toEqual({
      kind: 'accepted',
      providerId: 'wamid.T',
      status: 'queued',
      customer: '+551187654321',
    });
    expect(interpret(200, { ...accepted, contacts: [{ user_id: 'US.1' }] })).toMatchObject({
      customer: 'US.1',
    });
    expect(interpret(200, { messages: [{ id: 'wamid.T' }] })).toEqual({
      kind: 'accepted',
      providerId: 'wamid.T',
      status: 'queued',
    });
  });

  it('leaves open what is no answer of Meta, and what a gateway stopped waiting for', () => {
    expect(interpret(200, '<!doctype html><p>It works.')).toMatchObject({ kind: 'unknown' });
    expect(interpret(200, '')).toMatchObject({ kind: 'unknown' });
    expect(interpret(200, { success: true })).toMatchObject({ kind: 'unknown' });
    expect(interpret(504, '<h1>Gateway Timeout')).toMatchObject({ kind: 'unknown' });
  });

  const channelWaits = { scope: 'channel', afterMs: null };
  const once = { scope: 'recipient', afterMs: null, tries: 2 };
  it.each([
    [[0, 190], 'auth_failed', null],
    [[3, 10, 131005, 200, 230, 299], 'no_permission', null],
    [[368, 130497, 131031, 131063], 'no_permission', null],
    [[131037, 131042, 131044, 131045, 133000, 133005, 133006, 133010, 133015, 134011], 'no_permission', null],
    [[33, 100, 131008, 131009, 135000, 131035, 131036, 131062, 137000], 'invalid_parameter', null],
    [[4, 80007, 130429], 'too_many_requests', channelWaits],
    [[131056], 'too_many_requests', { scope: 'recipient', afterMs: 4000 }],
    [[131048, 131064, 133016], 'too_many_requests', null],
    [[1, 2, 131016, 133004], 'service_unavailable', channelWaits],
    [[131057], 'service_unavailable', { scope: 'channel', afterMs: 60_000 }],
    [[131000], 'service_unavailable', { scope: 'recipient', afterMs: null, tries: 3 }],
    [[131026, 131021, 131030], 'invalid_phone_number', null],
    [[131047], 'window_closed', null],
    [[131051, 131055], 'unsupported_media', null],
    [[131052, 131053], 'unsupported_media', once],
    [
      [132000, 132001, 132005, 132007, 132008, 132012, 132018, 132015, 132016, 132068, 132069],
      'template_error',
      null,
    ],
    [[134100, 134101, 134102], 'template_error', null],
    [[131050], 'recipient_opted_out', null],
    [[131049, 130472, 1026, 131014, 999999], 'unknown', null],
  ])('[ERR-01] [ERR-02] %j is %s', (codes, category, retry) => {
    for (const code of codes) {
      expect(interpret(400, error(code, 'details'))).toMatchObject({
        kind: 'refused',
        error: { category, code: String(code), text: `(#${code}) Meta says details` },
        retry,
      });
      const [status] = statusOf({ status: 'failed', errors: [{ code, title: 'T', details: 'old place' }] });
      expect(status).toMatchObject({ error: { category, code: String(code), text: 'T old place' } });
    }
  });

  it('[ERR-01] knows a size limit by its details', () => {
    expect(interpret(400, error(131053, 'Media file size too big.'))).toMatchObject({
      error: { category: 'exceeds_size_limit' },
      retry: null,
    });
  });

  it('[WA-06] [ERR-02] waits longer and longer for one customer, and as told by Retry-After', () => {
    const wait = (attempt: number) => {
      const result = interpret(400, error(131056), {}, attempt);
      return result.kind === 'refused' ? result.retry?.afterMs : null;
    };
    expect([0, 1, 2, 9].map(wait)).toEqual([4000, 16_000, 64_000, 3_600_000]);
    expect(interpret(400, error(130429), { 'retry-after': '7' })).toMatchObject({
      retry: { scope: 'channel', afterMs: 7000 },
    });
    expect(interpret(429, 'slow down', { 'retry-after': '3' })).toMatchObject({
      error: { category: 'too_many_requests' },
      retry: { afterMs: 3000 },
    });
  });

  it('[ERR-02] tries again after a 5xx, and not after any other status without an error', () => {
    expect(interpret(503, 'unavailable')).toMatchObject({
      kind: 'refused',
      error: { category: 'service_unavailable' },
      retry: channelWaits,
    });
    expect(interpret(500, error(999999))).toMatchObject({
      error: { category: 'service_unavailable' },
      retry: channelWaits,
    });
    expect(interpret(404, '<h1>')).toMatchObject({
      kind: 'refused',
      error: { category: 'unknown' },
      retry: null,
    });
    expect(interpret(401, '')).toMatchObject({
      kind: 'refused',
      error: { category: 'auth_failed' },
      retry: null,
    });
  });

  it('repeats no token that Meta quotes', () => {
    const quoted = { error: { message: 'Malformed access token EAAGsecret123', code: 190 } };
    expect(JSON.stringify(interpret(401, quoted))).not.toContain('secret123');
  });
});
