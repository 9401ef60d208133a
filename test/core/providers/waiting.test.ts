/** Refusals for the rate: how each provider asks to wait by its fact sheet, and that its adapter does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerOf } from '../../../core/providers/registry.ts';
import { FacebookSimulator } from '../../simulators/providers/facebook.ts';
import { goodDay, type Behaviour, type ProviderSimulator } from '../../simulators/providers/simulator.ts';
import { TelnyxSimulator } from '../../simulators/providers/telnyx.ts';
import { allSimulators } from '../../support/simulators.ts';
import { callSimulator, channelWith, messageOf, now } from './fixtures.ts';

interface Case {
  provider: string;
  /**
   * Refusals by the provider's codes, first the one that comes when messages come too fast. Each with the wait where
   * 30 s are asked for and where nothing is, ms; null: as the backoff has it.
   */
  refusals: [code: string, asked: number | null, unasked: number | null][];
}

const cases: Case[] = [
  { provider: 'apidaze', refusals: [['429', null, null]] },
  {
    provider: 'bandwidth',
    refusals: [
      ['rate_limit_exceeded', 30_000, 60_000],
      ['max-message-queue-size-exceeded', 30_000, 60_000],
      ['HTTP 503', null, null],
    ],
  },
  {
    provider: 'facebook',
    refusals: [
      ['613', 30_000, null],
      ['9/2018352', 30_000, null],
      ['1200', null, null],
    ],
  },
  {
    provider: 'flowroute',
    refusals: [
      ['429', 30_000, null],
      ['503', null, null],
    ],
  },
  {
    provider: 'general',
    refusals: [
      ['10006', 30_000, null],
      ['HTTP 429', 30_000, null],
      ['10007', null, null],
    ],
  },
  { provider: 'siptrunk', refusals: [['429', 30_000, null]] },
  {
    provider: 'telnyx',
    refusals: [
      ['10011', 30_000, null],
      ['40318', 30_000, 60_000],
      ['10007', null, null],
    ],
  },
  {
    provider: 'twilio',
    refusals: [
      ['20429', 30_000, null],
      ['21611', null, null],
    ],
  },
  {
    provider: 'voicemeup',
    refusals: [
      ['throttled', null, null],
      ['429', null, null],
    ],
  },
  {
    provider: 'whatsapp',
    refusals: [
      ['130429', 30_000, null],
      ['131056', 30_000, 4_000],
    ],
  },
];

const simulators = allSimulators();

beforeAll(() => Promise.all([...simulators.values()].map((one) => one.start())));
afterAll(() => Promise.all([...simulators.values()].map((one) => one.close())));

/** What becomes of a message on such a day, the answer being read at `at`. */
async function send(simulator: ProviderSimulator, day: Partial<Behaviour>, at = now) {
  simulator.behaviour = { ...goodDay, ...day };
  const adapter = providerOf(simulator.provider);
  if (!adapter) throw new Error(`there is no provider ${simulator.provider}`);
  const [from = ''] = simulator.numbers;
  const channel = channelWith(simulator.fields, { numbers: simulator.numbers });
  const message = messageOf('Hi', { from, lastInboundAt: now });
  const answer = await callSimulator(await adapter.compose(message, channel, now), simulator);
  return adapter.interpret(answer, message, at);
}

describe.each(cases)('a refusal by $provider', ({ provider, refusals }) => {
  const simulator = simulators.get(provider) as ProviderSimulator;

  it.each(refusals)('[ERR-02] with %s is waited for as long as it asks', async (code, asked, unasked) => {
    expect(await send(simulator, { refuse: [code], retryAfterSeconds: 30 })).toMatchObject({
      kind: 'refused',
      retry: { afterMs: asked },
    });
    expect(await send(simulator, { refuse: [code] })).toMatchObject({
      kind: 'refused',
      retry: { afterMs: unasked },
    });
  });

  it.each(refusals.slice(0, 1))(
    '[ERR-02] with %s asks for the same when messages really come too fast',
    async (_code, asked, unasked) => {
      for (const [retryAfterSeconds, afterMs] of [
        [30, asked],
        [null, unasked],
      ] as const) {
        expect(await send(simulator, { perSecond: 0, retryAfterSeconds })).toMatchObject({
          kind: 'refused',
          error: { category: 'too_many_requests' },
          retry: { scope: 'channel', afterMs },
        });
      }
    },
  );
});

describe('a refusal in other words', () => {
  it('[ERR-02] [SMS-05] may come from Telnyx in any of its headers', async () => {
    const telnyx = simulators.get('telnyx') as TelnyxSimulator;
    for (const asksBy of ['retry-after-ms', 'reset in seconds'] as const) {
      telnyx.asksBy = asksBy;
      expect(await send(telnyx, { refuse: ['10011'], retryAfterSeconds: 30 })).toMatchObject({
        retry: { afterMs: 30_000 },
      });
    }
    telnyx.asksBy = 'reset as a time';
    const before = Date.now();
    const result = await send(telnyx, { refuse: ['10011'], retryAfterSeconds: 30 }, before);
    const afterMs = result.kind === 'refused' ? (result.retry?.afterMs ?? 0) : 0;
    expect(afterMs).toBeGreaterThanOrEqual(30_000);
    expect(before + afterMs).toBeLessThanOrEqual(Date.now() + 31_000);
  });

  it('[ERR-02] [FB-01] may come from Messenger in the minutes of its usage header', async () => {
    const messenger = simulators.get('facebook') as FacebookSimulator;
    messenger.asksByUsage = true;
    expect(await send(messenger, { refuse: ['80006'], retryAfterSeconds: 120 })).toMatchObject({
      retry: { scope: 'channel', afterMs: 120_000 },
    });
  });
});
