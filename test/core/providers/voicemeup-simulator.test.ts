import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { voicemeup } from '../../../core/providers/voicemeup.ts';
import { goodDay } from '../../simulators/providers/simulator.ts';
import { VoicemeupSimulator } from '../../simulators/providers/voicemeup.ts';
import { callSimulator, channelWith, fileNamed, messageOf, now } from './fixtures.ts';
import { Receiver } from './receiver.ts';

describe('the VoiceMeUp adapter and its simulator', () => {
  const simulator = new VoicemeupSimulator();
  const receiver = new Receiver();
  const [number = ''] = simulator.numbers;
  const ours = (more: object = {}) =>
    channelWith({ ...simulator.fields, ...more }, { numbers: simulator.numbers });
  const send = async (message = messageOf('Hi', { from: number }), through = ours()) =>
    voicemeup.interpret(
      await callSimulator(await voicemeup.compose(message, through, now), simulator),
      message,
      now,
    );
  const events = () => receiver.requests.flatMap((request) => voicemeup.parse(request, ours(), now));

  beforeAll(async () => {
    await receiver.start();
    await simulator.start();
    await simulator.configure({ webhookUrl: receiver.webhookUrl });
  });
  afterAll(async () => {
    await simulator.close();
    await receiver.close();
  });
  afterEach(async () => {
    // Reports of one test must not take the answers of the next.
    await simulator.settled();
    simulator.behaviour = { ...goodDay };
    simulator.isSingleAnObject = false;
    simulator.mmsOrder = 'textFirst';
    simulator.webhookType = 'json';
    receiver.reset();
  });

  it('[SMS-07] understand each other about a long text with two files', async () => {
    const files = ['a.png', 'b.png'].map((name) => fileNamed(name, { url: receiver.serve(name, 1000) }));
    const whole = messageOf({ kind: 'files', text: 'long '.repeat(300), files }, { from: number });
    for (const part of voicemeup.split(whole)) {
      simulator.isSingleAnObject = !simulator.isSingleAnObject;
      const result = await send(part);
      expect(result).toEqual({
        kind: 'accepted',
        providerId: simulator.accepted.at(-1)?.id,
        status: 'sent',
      });
    }
    expect(simulator.accepted.map(({ text }) => text).join('')).toBe('long '.repeat(300));
    expect(simulator.accepted.map(({ media }) => media)).toEqual([[files[0]?.url], [], [files[1]?.url]]);
  });

  it('[SMS-07] understand each other about an answer that was lost', async () => {
    simulator.behave({ swallow: 1 });
    const lost = messageOf('Only once', { from: number });
    const before = simulator.accepted.length;
    await expect(send(lost)).rejects.toThrow();
    expect(await send({ ...lost, attempt: 1 })).toMatchObject({ kind: 'accepted', status: 'sent' });
    expect(simulator.accepted).toHaveLength(before + 1);
  });

  it('[SMS-07] understand each other about refusals', async () => {
    for (const [code, category] of [
      ['permission_refused', 'no_permission'],
      ['duplicate_entry', 'unknown'],
      ['invalid_destination_number', 'invalid_phone_number'],
      ['invalid_attachment', 'unsupported_media'],
      ['attachment_size', 'exceeds_size_limit'],
      ['destination_opt_out', 'recipient_opted_out'],
      ['missing_parameter', 'invalid_parameter'],
      ['throttled', 'too_many_requests'],
      ['503', 'service_unavailable'],
    ] as const) {
      simulator.behave({ refuse: [code] });
      expect(await send()).toMatchObject({ kind: 'refused', error: { category } });
    }
    expect(await send(undefined, ours({ authToken: 'wrong' }))).toMatchObject({
      error: { category: 'auth_failed' },
    });
    expect(await send(messageOf('Hi', { from: '+14185550199' }))).toMatchObject({
      error: { category: 'no_permission' },
    });
    simulator.behave({ outage: 'html' });
    expect(await send()).toMatchObject({ kind: 'unknown' });
  });

  it('[SMS-07] understand each other about an MMS in any order, as JSON and as a form', async () => {
    const bytes = Buffer.from('picture');
    const file = { name: 'a.png', type: 'image/png', bytes };
    for (const mmsOrder of ['textFirst', 'filesFirst'] as const) {
      for (const webhookType of ['json', 'form'] as const) {
        receiver.reset();
        Object.assign(simulator, { mmsOrder, webhookType });
        const message = { from: '+14185550172', to: number, text: 'Grüße 🙂', files: [file, file] };
        const deliveries = await simulator.customerSends(message);
        expect(deliveries.map(({ statuses }) => statuses)).toEqual([[200], [200], [200]]);
        const messages = events().filter((event) => event.kind === 'message');
        expect(new Set(messages.map(({ part }) => part?.key)).size).toBe(1);
        expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
        expect(messages.map(({ content }) => content.text).join('')).toBe('Grüße 🙂');
        const urls = messages.flatMap(({ content }) => content.files.map(({ url = '' }) => url));
        expect(urls).toHaveLength(2);
        const download = voicemeup.media.download(urls[0] ?? '', ours(), false);
        const answer = await fetch(`${simulator.url}${new URL(download?.url ?? '').pathname}`);
        expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
      }
    }
  });
});
