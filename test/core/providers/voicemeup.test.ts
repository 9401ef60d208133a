import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../core/providers/events.ts';
import type { HttpAnswer, Outgoing } from '../../../core/providers/provider.ts';
import { voicemeup } from '../../../core/providers/voicemeup.ts';
import { pieces } from '../../../core/providers/voicemeup/pieces.ts';
import { answerOf, channelWith, fileNamed, messageOf, nearly, now, webhook } from './fixtures.ts';

const fields = { username: 'u', authToken: 't' };
const channel = channelWith(fields, { numbers: ['+14185550145'] });

const file = {
  sms_log_id: '5236238',
  sms_hash: 'c923a13e-811d-46d1-bd6f-c396c9a3c959',
  datetime: '2026-01-28 10:29:05',
  date: '2026-01-28',
  time: '10:29:02',
  direction: 'inbound',
  source_number: '14185550172',
  destination_number: '14185550145',
  client_did_id: '87289',
  message: '',
  attachment: 'https://clients.voicemeup.com/file/ce650cb8.mms.jpg',
  attachment_size: '93002',
  attachment_mime_type: 'image/jpeg',
  status: 'enabled',
  transmission_status: 'completed',
  datetime_transmission: '2026-01-28 10:29:02',
};
const page = {
  ...file,
  sms_hash: '0d4be0a4-6a7e-4f55-b0d0-2f6f8f4f8d11',
  message: 'Look',
  attachment: 'https://clients.voicemeup.com/file/ce650cb7.mms.html',
  attachment_mime_type: 'text/html',
};
const sms = {
  sms_hash: 'h-1',
  source_number: '14185550172',
  destination_number: '14185550145',
  message: 'Hi',
};

const parse = (body: unknown): InboundEvent[] => voicemeup.parse(webhook(JSON.stringify(body)), channel, now);

describe('a message from VoiceMeUp', () => {
  it('[SMS-07] with a file is read as a part, at no certain time', () => {
    expect(parse(file)).toEqual([
      {
        kind: 'message',
        id: file.sms_hash,
        at: null,
        number: '+14185550145',
        customer: '+14185550172',
        content: { text: '', files: [{ url: file.attachment, type: 'image/jpeg' }] },
        part: { key: '14185550172|14185550145|2026-01-28 10:29:02', withinMs: 60_000 },
      },
    ]);
  });

  it('[SMS-07] never shows the page around the text, and its parts have one key', () => {
    const [first] = parse(page);
    const [second] = parse(file);
    expect(first).toMatchObject({ content: { text: 'Look', files: [] } });
    expect(first).toHaveProperty('part', (second as { part?: object }).part);
    expect(parse({ ...page, message: '' })).toMatchObject([{ content: { text: '', files: [] }, part: {} }]);
    expect(parse({ ...page, attachment_mime_type: undefined })).toMatchObject([{ content: { files: [] } }]);
  });

  it('[SMS-07] needs only the numbers and a text, and is no part then', () => {
    const [event] = parse(sms);
    expect(event).toMatchObject({ kind: 'message', id: 'h-1', content: { text: 'Hi', files: [] } });
    expect(event).not.toHaveProperty('part');
    expect(parse({ ...sms, sms_hash: undefined, sms_log_id: 77 })).toMatchObject([{ id: '77' }]);
    expect(parse({ ...sms, sms_hash: undefined })).toMatchObject([{ kind: 'message', id: null }]);
  });

  it('[SMS-07] may come as a form, and with the older names', () => {
    const form = new URLSearchParams({ ...sms, message: 'Grüße 🙂', attachment_url: file.attachment });
    form.set('attachment_type', 'image/jpeg');
    expect(voicemeup.parse(webhook(form.toString()), channel, now)).toMatchObject([
      {
        kind: 'message',
        content: { text: 'Grüße 🙂', files: [{ url: file.attachment, type: 'image/jpeg' }] },
      },
    ]);
  });

  it('[SMS-07] that is not inbound is at most a status of ours', () => {
    const of = (transmission_status: string) =>
      parse({ ...file, direction: 'outbound', transmission_status })[0];
    expect(of('completed')).toMatchObject({ kind: 'status', id: file.sms_hash, status: 'sent' });
    for (const word of ['failed', 'Transmission error', 'rejected']) {
      expect(of(word)).toMatchObject({ kind: 'status', status: 'failed', error: { code: word } });
    }
    expect(of('pending')).toMatchObject({ kind: 'ignored' });
  });

  it('is ignored when it is not for this channel or empty', () => {
    expect(parse({ ...sms, destination_number: '14185550999' })).toMatchObject([{ kind: 'ignored' }]);
    expect(parse({ ...sms, message: '' })).toMatchObject([{ kind: 'ignored' }]);
  });

  it('is malformed without both numbers', () => {
    for (const body of [
      { ...sms, source_number: '' },
      { ...sms, source_number: '?' },
      { ...sms, destination_number: undefined },
      { ...sms, sms_hash: 'x'.repeat(256) },
      [],
      null,
    ]) {
      expect(parse(body)).toMatchObject([{ kind: 'malformed' }]);
    }
  });

  it('never makes the parser throw, whatever the JSON or the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(nearly([...Object.keys(file), '__proto__']), fc.jsonValue()), (json) => {
        for (const event of parse(json)) expect(event.kind).toMatch(/message|status|ignored|malformed/);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(voicemeup.parse(webhook(bytes), channel, now)).toMatchObject([{ kind: 'malformed' }]);
      }),
    );
  });

  it("[SMS-07] [CH-10] has its files fetched from VoiceMeUp's own hosts only", () => {
    const { url } = voicemeup.media.download(file.attachment, channel, false) ?? {};
    expect(url).toBe(file.attachment);
    expect(voicemeup.media.download(file.attachment, channel, false)?.headers).not.toHaveProperty(
      'authorization',
    );
    for (const link of [
      'http://clients.voicemeup.com/file/a.jpg',
      'https://clients.voicemeup.com.example.com/file/a.jpg',
      'https://clients.voicemeup.com:8443/file/a.jpg',
      'https://clients.voicemeup.com@example.com/file/a.jpg',
      'https://169.254.169.254/file/a.jpg',
      'file',
    ]) {
      expect(voicemeup.media.download(link, channel, false)).toBeNull();
    }
  });
});

describe('a message to VoiceMeUp', () => {
  it('[SMS-07] goes as a form that holds the credentials, with numbers in digits', async () => {
    const request = await voicemeup.compose(messageOf('Grüße & 🙂'), channel, now);
    expect(request.url).toBe('https://clients.voicemeup.com/api/v1.1/json/queue_sms');
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(request.body ?? ''))).toEqual({
      username: 'u',
      auth_token: 't',
      source_number: '19195550142',
      destination_number: '17045550187',
      message: 'Grüße & 🙂',
    });
    const picture = messageOf({ kind: 'files', text: '', files: [fileNamed('a.jpg')] });
    const body = new URLSearchParams((await voicemeup.compose(picture, channel, now)).body ?? '');
    expect(body.get('attachment')).toBe('https://gw.example.com/m/a.jpg');
    expect(body.has('message')).toBe(false);
  });

  it('[SMS-07] goes to the base URL of the form, which has to be public and HTTPS', async () => {
    const baseUrl = 'https://dev-clients.voicemeup.com/api/v1.1/json';
    const request = await voicemeup.compose(messageOf('x'), channelWith({ ...fields, baseUrl }), now);
    expect(request.url).toBe(`${baseUrl}/queue_sms`);
    expect(voicemeup.validate?.({ ...fields, baseUrl })).toBeNull();
    expect(voicemeup.validate?.(fields)).toBeNull();
    for (const bad of [
      'http://clients.voicemeup.com/',
      'https://10.0.0.1/',
      'https://example.com/?a=1',
      'x',
    ]) {
      expect(voicemeup.validate?.({ ...fields, baseUrl: bad })).toMatchObject({ field: 'baseUrl' });
    }
    expect(voicemeup.origins({ fields: { baseUrl: 'https://sms.example.com/api' } })).toContain(
      'https://sms.example.com',
    );
  });

  it('[SMS-07] goes as several, one file and 1000 characters each, the text first', () => {
    const files = ['a.jpg', 'b.jpg'].map((name) => fileNamed(name));
    const text = 'word '.repeat(250);
    const parts = voicemeup.split(messageOf({ kind: 'files', text, files }));
    expect(parts.map(({ ref }) => ref)).toEqual(['msg_01', 'msg_01-2', 'msg_01-3']);
    expect(parts.map(({ content }) => content)).toEqual([
      { kind: 'files', text: 'word '.repeat(200), files: [files[0]] },
      { kind: 'text', text: 'word '.repeat(50) },
      { kind: 'files', text: '', files: [files[1]] },
    ]);
    expect(voicemeup.split(messageOf('Hi'))).toEqual([messageOf('Hi')]);
  });

  it('[SMS-07] loses nothing of its text, and no character is cut', () => {
    const character = fc.constantFrom('a', ' ', '\n', 'ü', '🙂', '👩🏽‍🚀', 'e\u0301', '한', '🏴󠁧󠁢󠁳󠁣󠁴󠁿');
    const text = fc.array(character, { maxLength: 120 }).map((all) => all.join(''));
    const charactersOf = (of: string) => [...new Intl.Segmenter().segment(of)].map(({ segment }) => segment);
    fc.assert(
      fc.property(text, fc.integer({ min: 16, max: 40 }), (whole, length) => {
        const parts = pieces(whole, length);
        expect(parts.join('')).toBe(whole);
        expect(parts.flatMap(charactersOf)).toEqual(charactersOf(whole));
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(length);
        expect(parts.slice(0, -1).every((part) => part.length > 0)).toBe(true);
      }),
    );
    const zalgo = `🙂${'\u0301'.repeat(50)}`;
    expect(pieces(zalgo, 10).join('')).toBe(zalgo);
    expect(pieces('🙂🙂', 3)).toEqual(['🙂', '🙂']);
  });

  it('[CH-11] is refused beforehand when it can never go, as far as the admin allows', () => {
    const of = (more: object) => messageOf({ kind: 'files', text: '', files: [fileNamed('a', more)] });
    const any = { fields: { ...fields, fileLimit: 'any' } };
    const category = (message: Outgoing, through?: typeof any) =>
      voicemeup.admit(message, now, through)?.category;
    expect(category(of({ size: 1_000_000 }))).toBeUndefined();
    expect(category(of({ size: 1_000_001 }))).toBe('exceeds_size_limit');
    expect(category(of({ type: 'application/pdf' }))).toBe('unsupported_media');
    expect(category(of({ type: 'application/pdf', size: 99_000_000 }), any)).toBeUndefined();
    expect(category(of({ size: 100_000_001 }), any)).toBe('exceeds_size_limit');
    expect(category(messageOf('x'.repeat(5000)))).toBeUndefined();
    expect(category(messageOf('x'.repeat(5001)))).toBe('invalid_parameter');
  });
});

describe('an answer of VoiceMeUp', () => {
  const details = (status: string, message: unknown) => ({
    response_details: { response_status: status, response_messages: { message } },
  });
  const interpret = (answer: HttpAnswer, attempt = 0) =>
    voicemeup.interpret(answer, messageOf('Hi', { attempt }), now);
  const queued = { code: 'queued_sms_hash', _content: 'c3efc8a3' };

  it('[SMS-07] of success has the id in an array or in a single object', () => {
    for (const message of [[queued], queued, [{ code: 'notice', _content: 'x' }, queued]]) {
      expect(interpret(answerOf(200, details('success', message)))).toEqual({
        kind: 'accepted',
        providerId: 'c3efc8a3',
        status: 'sent',
      });
    }
    expect(interpret(answerOf(200, { response_details: { response_status: 'success' } }))).toMatchObject({
      kind: 'accepted',
      providerId: null,
    });
  });

  it.each([
    ['permission_refused', 'permission_refused', 'no_permission'],
    ['duplicate_entry', 'SMS already queued', 'unknown'],
    ['invalid_token', 'x', 'auth_failed'],
    ['e1', 'Authentication failed', 'auth_failed'],
    ['e1', 'Unknown username', 'auth_failed'],
    ['login', 'x', 'auth_failed'],
    ['invalid_source_number', 'x', 'invalid_phone_number'],
    ['e2', 'The destination is wrong', 'invalid_phone_number'],
    ['attachment_size', 'x', 'exceeds_size_limit'],
    ['e3', 'File too large', 'exceeds_size_limit'],
    ['invalid_attachment', 'x', 'unsupported_media'],
    ['e3', 'Bad mime type', 'unsupported_media'],
    ['e4', 'The recipient has opted out', 'recipient_opted_out'],
    ['destination_blacklisted', 'x', 'recipient_opted_out'],
    ['e4', 'STOP was received', 'recipient_opted_out'],
    ['missing_field', 'x', 'invalid_parameter'],
    ['e5', 'A profile is required', 'invalid_parameter'],
    ['sms_limit', 'x', 'too_many_requests'],
    ['e6', 'Too many messages', 'too_many_requests'],
    ['e7', 'Nobody knows', 'unknown'],
  ])('[ERR-01] [SMS-07] with code %s "%s" under HTTP 200 means %s', (code, content, category) => {
    for (const message of [[{ code, _content: content }], { code, _content: content }]) {
      const again = category === 'too_many_requests' ? { scope: 'channel', afterMs: null } : null;
      expect(interpret(answerOf(200, details('error', message)))).toMatchObject({
        kind: 'refused',
        error: { category, code },
        retry: again,
      });
    }
  });

  it.each([
    [401, 'auth_failed', false],
    [403, 'no_permission', false],
    [400, 'invalid_parameter', false],
    [404, 'invalid_parameter', false],
    [422, 'invalid_parameter', false],
    [418, 'unknown', false],
    [429, 'too_many_requests', true],
    [500, 'service_unavailable', true],
    [504, 'service_unavailable', true],
  ])('[ERR-01] [ERR-02] [SMS-07] of HTTP %i means %s', (status, category, again) => {
    const result = interpret(answerOf(status, '', { 'retry-after': '4' }));
    expect(result).toMatchObject({ kind: 'refused', error: { category, code: String(status) } });
    expect(result).toHaveProperty('retry', again ? { scope: 'channel', afterMs: 4000 } : null);
  });

  it('[SMS-07] that calls a repeat a duplicate means that the first one was sent', () => {
    const duplicate = answerOf(
      200,
      details('error', { code: 'duplicate_entry', _content: 'SMS already queued' }),
    );
    expect(interpret(duplicate)).toMatchObject({
      kind: 'refused',
      error: { category: 'unknown', text: 'duplicate_entry: SMS already queued' },
      retry: null,
    });
    expect(interpret(duplicate, 1)).toEqual({ kind: 'accepted', providerId: null, status: 'sent' });
    expect(voicemeup.repeatable).toBe(true);
  });

  it('[SMS-07] that cannot be read under HTTP 200 is neither sent nor failed', () => {
    for (const body of ['<!doctype html><p>Hi', '', '{}', { response_details: 'success' }]) {
      expect(interpret(answerOf(200, body))).toMatchObject({ kind: 'unknown' });
    }
  });

  it('[CH-16] is kept without credentials', () => {
    const echo = { code: 'e8', _content: 'Bad request: username=u&auth_token=abc123&message=x' };
    expect(JSON.stringify(interpret(answerOf(200, details('error', echo))))).not.toContain('abc123');
  });
});
