/**
 * The server is killed at random moments while customers and an agent write over all ten providers: nothing that
 * was accepted is lost or doubled, and nothing goes out twice.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import type { TestChannel } from '../support/channels.ts';
import { allSimulators } from '../support/simulators.ts';
import { until } from '../support/until.ts';

const kills = 30;
const customersEach = 4;
/** In each direction: with ten channels 2,000 in and 2,000 out. */
const messagesEach = 50;

const simulators = [...allSimulators().values()];
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway(simulators);
});
afterAll(() => gateway.close());

/** A small seeded generator, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

interface Talk {
  simulator: ProviderSimulator;
  channel: TestChannel;
  customer: string;
  session: string;
  sentIn: string[];
  /** Texts of the agent's messages by their ids. */
  sentOut: Map<string, string>;
}

const addressOf = (provider: string, index: number) =>
  provider === 'facebook' ? `74001112223300${index}0` : `+1704555019${index}`;

async function begin(simulator: ProviderSimulator): Promise<Talk[]> {
  simulator.behave({ persistent: true, latencyMs: 20, reports: 'shuffled', reportsWithinMs: 300 });
  const channel = await gateway.add(simulator, { rate: 100 });
  return Promise.all(
    Array.from({ length: customersEach }, async (_, index) => {
      const customer = addressOf(simulator.provider, index);
      const text = `hello from ${index} by ${simulator.provider}`;
      const heard = gateway.desk.hears(text);
      await simulator.customerSends({ from: customer, to: channel.number, text });
      const session = await heard;
      return { simulator, channel, customer, session, sentIn: [text], sentOut: new Map<string, string>() };
    }),
  );
}

it(
  '[CH-08] [CH-09] survives 30 kills during 2,000 messages in and 2,000 out over ten providers',
  { timeout: 420_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const next = random(seed);
    const { desk, server } = gateway;
    const talks: Talk[] = [];
    for (const simulator of simulators) talks.push(...(await begin(simulator)));

    let progress = 0;
    const writing = talks.flatMap((talk, index) => [
      (async () => {
        for (let i = 0; i < messagesEach; i += 1) {
          const text = `in ${index} ${i}`;
          await talk.simulator.customerSends({ from: talk.customer, to: talk.channel.number, text });
          talk.sentIn.push(text);
          progress += 1;
        }
      })(),
      (async () => {
        for (let i = 0; i < messagesEach; i += 1) {
          const text = `out ${index} ${i}`;
          talk.sentOut.set(await desk.sendFrame(talk.session, { text }), text);
          progress += 1;
        }
      })(),
    ]);
    const total = talks.length * messagesEach * 2;
    for (let kill = 0; kill < kills; kill += 1) {
      const wanted = Math.min(total, progress + 20 + Math.floor((next() * total * 1.6) / kills));
      await until(() => progress >= wanted, `progress before kill ${kill} (seed ${seed})`, 60_000);
      await server.restart();
    }
    await Promise.all(writing);

    const ended = (status: DeliveryStatus | null) => status !== null && status !== 'queued';
    const behind = () =>
      talks.find(
        ({ session }) => desk.logOf(session).lastSeq < (desk.sessions.get(session)?.seq ?? Infinity),
      );
    const waiting = () =>
      talks.flatMap(({ session, sentOut, simulator }) =>
        [...sentOut].flatMap(([id, text]) =>
          ended(statusOf(desk.logOf(session).list, id)) ? [] : [`${simulator.provider}: ${text}`],
        ),
      );
    // Twilio is asked for 21 s what became of a message, and what follows to the same customer waits for that.
    await until(() => !behind() && waiting().length === 0, `all to be sent (seed ${seed})`, 150_000).catch(
      (error: unknown) => {
        throw new Error(`${String(error)} Waiting: ${waiting().slice(0, 20).join(', ')}`);
      },
    );

    let unknown = 0;
    for (const { simulator, session, sentIn, sentOut } of talks) {
      const { list, texts } = desk.logOf(session);
      const what = `${simulator.provider}, seed ${seed}`;
      expect(
        list.map(({ seq }) => seq),
        `gaps: ${what}`,
      ).toEqual(list.map((_, index) => (list[0]?.seq ?? 0) + index));
      const inbound = texts.filter((text) => !text.startsWith('out '));
      expect(inbound, `in: ${what}`).toEqual(sentIn);
      for (const [id, text] of sentOut) {
        const status = statusOf(list, id);
        const copies = simulator.accepted.filter((one) => one.text === text).length;
        expect(copies, `${text} (${status}) by ${what}`).toBeLessThanOrEqual(1);
        if (status === 'unknown') unknown += 1;
        else
          expect([status, copies], `${text} by ${what}`).toEqual([
            expect.stringMatching(/sent|delivered/),
            1,
          ]);
      }
      expect(texts.filter((text) => text.startsWith('out '))).toEqual([...sentOut.values()]);
    }
    const channels = [...new Set(talks.map(({ channel }) => channel))];
    const sums = async () => {
      const rows = await Promise.all(channels.map((channel) => gateway.row(channel)));
      const sum = (key: 'received' | 'sent' | 'failed' | 'unknown') =>
        rows.reduce((all, { statistics }) => all + statistics[key], 0);
      return { received: sum('received'), sent: sum('sent'), failed: sum('failed'), unknown: sum('unknown') };
    };
    const each = talks.length * messagesEach;
    const expected = { received: each + talks.length, sent: each, failed: 0, unknown };
    // Conversations are counted in their pauses.
    const counted = async () => (await sums()).received === expected.received;
    await until(counted, 'the statistics', 60_000).catch(() => null);
    expect(await sums(), `statistics, seed ${seed}`).toEqual(expected);
  },
);
