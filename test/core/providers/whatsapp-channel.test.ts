import { afterEach, describe, expect, it } from 'vitest';
import type { OutgoingContent } from '../../../core/providers/provider.ts';
import { whatsapp } from '../../../core/providers/whatsapp.ts';
import { WhatsAppSimulator } from '../../simulators/providers/whatsapp.ts';
import { answer, call, channelOf, listen, outgoing } from './meta.ts';
import { Receiver } from './receiver.ts';

const simulator = new WhatsAppSimulator();
const number = '+15559871234';
const customer = '+15550001111';
const channel = channelOf(simulator.fields, [number]);
const picture = { url: 'https://files.example.com/a.jpg', name: 'a.jpg', type: 'image/jpeg', size: 1000 };

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

describe('the channel', () => {
  it('[WA-01] checks the form', () => {
    const wrong = (fields: Record<string, string>) =>
      whatsapp.validate?.({ ...simulator.fields, ...fields })?.field;
    expect(whatsapp.validate?.(simulator.fields)).toBeNull();
    expect(wrong({ phoneNumber: '15559871234' })).toBe('phoneNumber');
    expect(wrong({ phoneNumberId: '+15559871234' })).toBe('phoneNumberId');
    expect(wrong({ wabaId: 'abc' })).toBe('wabaId');
    expect(wrong({ version: '25' })).toBe('version');
    expect(whatsapp.form.filter(({ required }) => required).map(({ label }) => label)).toEqual([
      'Access Token',
      'App Secret',
      'Phone Number',
      'Phone Number ID',
      'WhatsApp Business Account ID',
    ]);
  });

  /** The first status that is not "connected", as the gateway asks. */
  const health = async (on: WhatsAppSimulator, fields = on.fields) => {
    const checked = channelOf(fields, on.numbers);
    for (const [index, request] of (await whatsapp.checks(checked, '')).entries()) {
      const result = whatsapp.judge(await call(request, on), index, '', checked);
      if (result.status !== 'connected') return result;
    }
    return { status: 'connected', cause: '' };
  };

  it('[CH-12] is connected only when token, number, account and subscription belong together', async () => {
    const own = await new WhatsAppSimulator().start();
    started.push(own);
    expect(await health(own)).toEqual({ status: 'connected', cause: '' });
    expect(await health(own, { ...own.fields, accessToken: 'x' })).toMatchObject({ status: 'unauthorized' });
    expect(await health(own, { ...own.fields, phoneNumberId: '5' })).toMatchObject({
      status: 'unauthorized',
    });
    expect(await health(own, { ...own.fields, wabaId: '5' })).toMatchObject({ status: 'unauthorized' });
    expect(await health(own, { ...own.fields, phoneNumber: '+15550000000' })).toMatchObject({
      cause: expect.stringContaining('+1 555-987-1234') as string,
    });
    own.subscribed = false;
    expect(await health(own)).toMatchObject({ cause: expect.stringContaining('subscribed') as string });
    own.behave({ outage: '503' });
    expect(await health(own)).toMatchObject({ status: 'unavailable' });
    own.behave({ outage: 'html' });
    expect(await health(own)).toMatchObject({ status: 'unknown' });
    expect(whatsapp.judge(null, 0, '', channel)).toMatchObject({ status: 'requestFailed' });
  });

  it('[WA-03] reads all pages of templates', async () => {
    const own = await new WhatsAppSimulator().start();
    started.push(own);
    own.templates = Array.from({ length: 230 }, (_, index) => ({
      id: String(index),
      name: `t${index}`,
      language: 'en',
      status: index % 2 === 0 ? 'APPROVED' : 'PAUSED',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hi' }],
    }));
    const rows: unknown[] = [];
    const { templates } = whatsapp;
    let cursor: string | null = null;
    do {
      const page: ReturnType<NonNullable<typeof templates>['interpret']> | undefined = templates?.interpret(
        await call(templates.request(channel, cursor), own),
      );
      if (!page || 'error' in page) throw new Error('no page');
      rows.push(...page.templates);
      ({ cursor } = page);
    } while (cursor !== null);
    expect(rows).toHaveLength(115);
    expect(templates?.interpret(answer(401, { error: { code: 190, message: 'dead' } }))).toMatchObject({
      error: { category: 'auth_failed' },
    });
    expect(templates?.interpret(answer(200, '<p>'))).toMatchObject({
      error: { category: 'service_unavailable' },
    });
  });

  it('[CH-10] fetches files by their id, with the token at that one host only', async () => {
    const own = await new WhatsAppSimulator().start();
    started.push(own);
    const { id } = own.keepMedia({ name: 'a.jpg', type: 'image/jpeg', bytes: Buffer.from('picture') });
    const { media } = whatsapp;
    const url = media.locate?.interpret(await call(media.locate.request(id, channel), own)) ?? '';
    expect(new URL(url).hostname).toBe('lookaside.fbsbx.com');
    const download = media.download(url, channel, false);
    expect(download && (await call(download, own))).toMatchObject({ status: 200, body: 'picture' });
    own.aheadMs = 301_000;
    expect(download && (await call(download, own))).toMatchObject({ status: 404 });
    expect(
      media.download('https://scontent.xx.fbcdn.net/v/a.jpg', channel, true)?.headers,
    ).not.toHaveProperty('authorization');
    for (const bad of [
      'http://lookaside.fbsbx.com/a',
      'https://lookaside.fbsbx.com.example.com/',
      'https://169.254.169.254/',
      'https://lookaside.fbsbx.com:8443/',
      'x',
    ]) {
      expect(media.download(bad, channel, false)).toBeNull();
    }
    expect(media.locate?.interpret(answer(400, { error: { code: 100 } }))).toBeNull();
  });
});

describe('a conversation with the simulator', () => {
  const connect = async () => {
    const meta = await new WhatsAppSimulator().start();
    const webhook = await listen(whatsapp, channelOf(meta.fields, meta.numbers));
    started.push(meta, webhook);
    await meta.configure({ webhookUrl: webhook.url, verifyToken: 'abcd1234efgh5678' });
    const send = async (content: OutgoingContent, more = {}) => {
      const message = outgoing(content, { lastInboundAt: Date.now(), ...more });
      return whatsapp.interpret(
        await call(await whatsapp.compose(message, channel, Date.now()), meta),
        message,
        Date.now(),
      );
    };
    const statuses = () => webhook.events.flatMap((event) => (event.kind === 'status' ? [event.status] : []));
    return { meta, webhook, send, statuses };
  };

  it('[WA-01] refuses a wrong verify token to Meta', async () => {
    const { meta, webhook } = await connect();
    await expect(meta.configure({ webhookUrl: webhook.url, verifyToken: 'wrong' })).rejects.toThrow('403');
  });

  it('[WA-02] carries text and files in, text and files out, and all statuses', async () => {
    const { meta, webhook, send, statuses } = await connect();
    const files = [{ name: 'a.jpg', type: 'image/jpeg', bytes: Buffer.from('x') }];
    const deliveries = await meta.customerSends({
      from: customer,
      to: number,
      text: 'Look: "Grüezi" / 👋',
      files,
    });
    expect(deliveries.map((delivery) => delivery.statuses)).toEqual([[200]]);
    expect(webhook.events[0]).toMatchObject({
      kind: 'message',
      customer,
      number,
      name: 'Zoë Ågren',
      content: { text: 'Look: "Grüezi" / 👋' },
    });
    const result = await send({ kind: 'text', text: 'Yes' });
    expect(result).toMatchObject({ kind: 'accepted', customer });
    await expect.poll(() => statuses()).toEqual(['sent', 'delivered']);
    await meta.customerReads(meta.accepted[0]?.id ?? '');
    expect(statuses()).toEqual(['sent', 'delivered', 'read']);
    expect(webhook.events.at(-1)).toMatchObject({ ref: 'ref-01J9Z', id: meta.accepted[0]?.id });
    expect(await send({ kind: 'files', text: 'Here', files: [picture] })).toMatchObject({ kind: 'accepted' });
    expect(meta.accepted[1]).toMatchObject({ text: 'Here', media: [picture.url] });
    expect(webhook.refusals).toEqual([]);
  });

  it('[WA-02] hears of a customer without a number by the user id', async () => {
    const { meta, webhook, send, statuses } = await connect();
    const user = 'US.7300112233445566';
    await meta.customerSends({ from: user, to: number, text: 'Hi' });
    expect(await send({ kind: 'text', text: 'Yes' }, { to: user })).toMatchObject({ kind: 'accepted' });
    await expect.poll(() => statuses()).toEqual(['sent', 'delivered']);
    meta.behave({ fate: { failed: '131050' } });
    await send({ kind: 'text', text: 'Sale' }, { to: user });
    await expect
      .poll(() => webhook.events.slice(-2))
      .toMatchObject([
        { kind: 'status', status: 'failed', error: { category: 'recipient_opted_out' } },
        { kind: 'optOut', out: true, scope: 'marketing', customer: user },
      ]);
  });

  it('[WA-02] [CH-10] hears of a link that does not tell its length by a failed status', async () => {
    const { meta, webhook, send } = await connect();
    const receiver = new Receiver();
    await receiver.start();
    started.push(receiver);
    await meta.customerSends({ from: customer, to: number, text: 'Hi' });
    const files = [{ ...picture, url: receiver.serve('a.png', 1000) }];
    expect(await send({ kind: 'files', text: '', files })).toMatchObject({ kind: 'accepted' });
    await expect
      .poll(() => webhook.events.at(-1))
      .toMatchObject({
        kind: 'status',
        status: 'failed',
        error: { category: 'unsupported_media', code: '131053' },
      });
  });

  it('[WA-04] hears of a closed window by a failed status only', async () => {
    const { webhook, send } = await connect();
    expect(await send({ kind: 'text', text: 'Anybody?' })).toMatchObject({ kind: 'accepted' });
    await expect
      .poll(() => webhook.events.at(-1))
      .toMatchObject({
        kind: 'status',
        status: 'failed',
        error: { category: 'window_closed' },
      });
  });

  it('[ERR-01] passes refusals, limits, outages and wrong credentials on', async () => {
    const { meta, send } = await connect();
    meta.behave({ refuse: ['131026', '131000', 'HTTP 502'] });
    const text = { kind: 'text', text: 'Hi' } as const;
    expect(await send(text)).toMatchObject({ error: { category: 'invalid_phone_number' }, retry: null });
    expect(await send(text)).toMatchObject({
      error: { category: 'service_unavailable' },
      retry: { tries: 3 },
    });
    expect(await send(text)).toMatchObject({ error: { code: 'HTTP 502' }, retry: { scope: 'channel' } });
    meta.behave({ perSecond: 0, retryAfterSeconds: 2 });
    expect(await send(text)).toMatchObject({ error: { code: '130429' }, retry: { afterMs: 2000 } });
    meta.behave({ perSecond: null });
    meta.accessToken = 'another token';
    expect(await send(text)).toMatchObject({ error: { category: 'auth_failed' }, retry: null });
    expect(meta.accepted).toEqual([]);
  });

  it('[WA-01] understands bodies with raw accents whose escaped form was signed', async () => {
    const { meta, webhook } = await connect();
    meta.rawUnicode = true;
    const [delivery] = await meta.customerSends({ from: customer, to: number, text: 'Grüezi 👋' });
    expect(delivery?.statuses).toEqual([200]);
    expect(webhook.events[0]).toMatchObject({ content: { text: 'Grüezi 👋' } });
  });

  it('has forged webhooks refused', async () => {
    const { meta, webhook } = await connect();
    meta.appSecret = 'not the secret';
    meta.attempts = 4;
    const [delivery] = await meta.customerSends({ from: customer, to: number, text: 'Hi' });
    expect(delivery?.statuses).toEqual([403, 403, 403, 403]);
    expect(webhook.events).toEqual([]);
  });
});
