/** Providers' bad days: what becomes of messages that are refused, answered with rubbish, or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelDraft } from '../../core/channelApi.ts';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { BandwidthSimulator } from '../simulators/providers/bandwidth.ts';
import { goodDay, type ProviderSimulator } from '../simulators/providers/simulator.ts';
import type { TestChannel } from '../support/channels.ts';
import { startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { allSimulators } from '../support/simulators.ts';
import { until } from '../support/until.ts';

const simulators = allSimulators();
const names = [...simulators.keys()];
let gateway: Gateway;
const channels = new Map<string, TestChannel>();

beforeAll(async () => {
  gateway = await startGateway([...simulators.values()]);
  for (const [name, simulator] of simulators) channels.set(name, await gateway.add(simulator, { rate: 50 }));
});
afterAll(() => gateway.close());

const of = (provider: string) => ({
  simulator: simulators.get(provider) as ProviderSimulator,
  channel: channels.get(provider) as TestChannel,
});
let made = 0;

/** A session with a new customer. */
async function begin(provider: string): Promise<{ session: string; customer: string }> {
  const { simulator, channel } = of(provider);
  made += 1;
  const customer = provider === 'facebook' ? String(7_400_111_222_330_000 + made) : `+1704555${1000 + made}`;
  const text = `hello ${made}`;
  const heard = gateway.desk.hears(text);
  await simulator.customerSends({ from: customer, to: channel.number, text });
  return { session: await heard, customer };
}

/** An agent's message; `becomes` waits until the log says one of these. */
async function write(session: string, text: string) {
  const id = await gateway.desk.sendFrame(session, { text });
  const status = () => statusOf(gateway.desk.logOf(session).list, id);
  return {
    id,
    status,
    becomes: (...wanted: DeliveryStatus[]) =>
      until(
        () => {
          const now = status();
          return now !== null && wanted.includes(now) ? now : null;
        },
        `"${text}" to be ${wanted.join(' or ')}`,
        45_000,
      ),
  };
}

type Written = Awaited<ReturnType<typeof write>>;

/** Waits for a line about a send that did not work. Twilio is asked thrice first what became of the message. */
const triedInVain = (provider: string, since: number) =>
  until(
    async () =>
      (await gateway.events(of(provider).channel)).some(
        ({ kind, result, at }) => kind === 'send' && result !== 'ok' && at >= since,
      ),
    'the first try',
    40_000,
  );

const copiesOf = (provider: string, text: string) =>
  of(provider).simulator.accepted.filter((one) => one.text === text).length;
const unknownIn = async (provider: string) => (await gateway.row(of(provider).channel)).statistics.unknown;

/** All providers have their bad days at the same time, which is mostly waiting; each has one after the other. */
const inTurn = { concurrent: false };

/** Providers that give nothing by which a message can be found again whose answer was lost. */
const silent = ['apidaze', 'general', 'siptrunk'];

/** Bad days that one provider stands for. */
const daysOf: Record<string, () => void> = {
  general() {
    it(
      '[CH-09] shows an unknown outcome after a broken connection, and sends again when asked to',
      inTurn,
      async () => {
        const { simulator } = of('general');
        const { session } = await begin('general');
        simulator.behave({ outage: 'reset' });
        const message = await write(session, 'into a broken connection');
        await message.becomes('unknown');
        simulator.behave({ outage: 'none' });
        expect(copiesOf('general', 'into a broken connection')).toBe(0);
        await gateway.desk.resend(session, message.id);
        await message.becomes('sent');
        expect(copiesOf('general', 'into a broken connection')).toBe(1);
      },
    );

    it(
      '[ERR-02] [CH-04] waits as long as Retry-After says, with everybody, and keeps the order',
      inTurn,
      async () => {
        const { simulator } = of('general');
        const [a, b] = [await begin('general'), await begin('general')];
        await (await write(a.session, 'first')).becomes('sent');
        simulator.behave({ refuse: ['10006', '10006', '10006'], retryAfterSeconds: 1 });
        const started = performance.now();
        const messages = [];
        for (const text of ['second', 'third', 'fourth', 'fifth'])
          messages.push(await write(a.session, text));
        messages.push(await write(b.session, 'of another customer'));
        for (const message of messages) await message.becomes('sent');
        const sent = simulator.accepted.filter(({ to }) => to === a.customer);
        expect(sent.map(({ text }) => text)).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
        // Three refusals, each of which asks for a second; of two messages that were under way together, it is one second.
        const waited = (sent[1]?.at ?? 0) - started;
        expect(waited).toBeGreaterThanOrEqual(2_000);
        expect(waited).toBeLessThan(6_000);
        const other = simulator.accepted.find(({ text }) => text === 'of another customer');
        expect((other?.at ?? 0) - started).toBeGreaterThanOrEqual(1_000);
        simulator.behave(goodDay);
      },
    );
  },

  siptrunk() {
    it(
      '[CH-09] gives up waiting for a provider that hangs, and goes on',
      { ...inTurn, timeout: 90_000 },
      async () => {
        const { simulator } = of('siptrunk');
        const { session } = await begin('siptrunk');
        simulator.behave({ outage: 'hang' });
        const message = await write(session, 'into the void');
        await message.becomes('unknown');
        simulator.behave({ outage: 'none' });
        await (await write(session, 'after the void')).becomes('sent');
        expect(copiesOf('siptrunk', 'into the void')).toBe(0);
      },
    );
  },

  whatsapp() {
    it(
      '[WA-06] [CH-04] backs off for one customer alone when the pair rate is exceeded',
      inTurn,
      async () => {
        const { simulator } = of('whatsapp');
        const [a, b] = [await begin('whatsapp'), await begin('whatsapp')];
        simulator.behave({ refuse: ['131056'] });
        const slow = [await write(a.session, 'too fast'), await write(a.session, 'behind it')];
        await until(() => simulator.behaviour.refuse.length === 0, 'the refusal');
        const quick = await write(b.session, 'to another pair');
        await quick.becomes('sent', 'delivered');
        expect(copiesOf('whatsapp', 'too fast')).toBe(0);
        for (const message of slow) await message.becomes('sent', 'delivered');
        const order = simulator.accepted.filter(({ to }) => to === a.customer).map(({ text }) => text);
        expect(order).toEqual(['too fast', 'behind it']);
      },
    );
  },

  bandwidth() {
    it(
      '[CH-09] [CH-04] loses and doubles nothing when address, rate and token change in flight',
      inTurn,
      async () => {
        const { simulator, channel } = of('bandwidth');
        const { session } = await begin('bandwidth');
        await gateway.change(channel, { rate: 20 });
        const texts = Array.from({ length: 40 }, (_, index) => `while all changes ${index}`);
        const messages = [];
        for (const text of texts) messages.push(await write(session, text));
        await until(() => copiesOf('bandwidth', texts[10] ?? '') === 1, 'the tenth');
        (simulator as BandwidthSimulator).expireTokens();
        const renewed = channelDraft.parse(
          await gateway.admin.call('POST', `/api/channels/${channel.channel.id}/webhook`),
        );
        await simulator.configure({ webhookUrl: renewed.webhooks[0]?.url ?? '', ...renewed.ours });
        await gateway.change(channel, { rate: 100, name: 'Another name' });
        await until(() => copiesOf('bandwidth', texts.at(-1) ?? '') > 0, 'the last one');
        // Reports that went to the old address are lost with it; those after the change come.
        for (const message of messages.slice(-5)) await message.becomes('sent', 'delivered');
        const sent = simulator.accepted
          .map(({ text }) => text)
          .filter((text) => text.startsWith('while all'));
        expect(sent).toEqual(texts);
      },
    );
  },
};

describe.concurrent.each(names)('%s', (provider) => {
  it(
    '[CH-09] never sends twice what was accepted without an answer, and finds out what became of it',
    inTurn,
    async () => {
      const { simulator } = of(provider);
      const { session } = await begin(provider);
      const before = await unknownIn(provider);
      simulator.behave({ swallow: 1 });
      const text = `swallowed by ${provider}`;
      const message = await write(session, text);
      const isSilent = silent.includes(provider);
      await (isSilent
        ? message.becomes('unknown')
        : message.becomes(provider === 'voicemeup' ? 'sent' : 'delivered'));
      // What comes later finds the queue moving on.
      await (await write(session, `after it by ${provider}`)).becomes('sent', 'delivered');
      expect(message.status() === 'unknown').toBe(isSilent);
      expect(copiesOf(provider, text)).toBe(1);
      await until(
        async () => (await unknownIn(provider)) === before + (isSilent ? 1 : 0),
        'the number of unknown outcomes',
      );
    },
  );

  it('[ERR-02] keeps messages over an outage with 503 and sends each once', inTurn, async () => {
    const { simulator } = of(provider);
    const { session } = await begin(provider);
    const started = Date.now();
    simulator.behave({ outage: '503' });
    const texts = [1, 2, 3].map((index) => `during the outage of ${provider}, ${index}`);
    const messages: Written[] = [];
    for (const text of texts) messages.push(await write(session, text));
    await triedInVain(provider, started);
    simulator.behave({ outage: 'none' });
    texts.push(`after the outage of ${provider}`);
    messages.push(await write(session, texts[3] ?? ''));
    for (const message of messages) await message.becomes('sent', 'delivered', 'unknown');
    const sent = simulator.accepted.map(({ text }) => text).filter((text) => texts.includes(text));
    const certain = texts.filter((_, index) => messages[index]?.status() !== 'unknown');
    // In order, each once; what was under way while the provider failed may have an unknown outcome.
    expect(sent).toEqual(texts.filter((text) => sent.includes(text)));
    for (const text of certain) expect(sent).toContain(text);
    expect(certain).toContain(texts[3]);
  });

  it('[ERR-01] does not take a web page for success', inTurn, async () => {
    const { simulator } = of(provider);
    const { session } = await begin(provider);
    const started = Date.now();
    simulator.behave({ outage: 'html' });
    const text = `answered with a page by ${provider}`;
    const message = await write(session, text);
    await triedInVain(provider, started);
    simulator.behave({ outage: 'none' });
    const ended = await message.becomes('failed', 'unknown', 'sent', 'delivered');
    // Whoever is asked again and has not got it gets it then, once.
    const copies = copiesOf(provider, text);
    expect(copies).toBe(ended === 'failed' || ended === 'unknown' ? 0 : 1);
  });

  daysOf[provider]?.();
});
