/**
 * The server is killed at random moments while two campaigns are sent, one with sessions and one without: nobody gets the
 * message twice, nobody is left out, and outcomes that nobody knows are counted as such (CMP-07).
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { settled, succeeded } from '../../core/campaign.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { VoicemeupSimulator } from '../simulators/providers/voicemeup.ts';
import { completed, readCampaign, recipientsOf, sendCampaign } from '../support/campaigns.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const kills = 6;
const recipientsEach = 300;
const simulators: ProviderSimulator[] = [new GeneralSimulator(), new VoicemeupSimulator()];
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway(simulators);
});
afterAll(() => gateway.close());

it('[CMP-07] survives 6 kills while 600 people are sent a campaign', { timeout: 240_000 }, async () => {
  const { admin, agent, server } = gateway;
  const queue = await admin.queue([agent]);
  const campaigns: { id: string; simulator: ProviderSimulator }[] = [];
  for (const [index, simulator] of simulators.entries()) {
    simulator.behave({ persistent: true, latencyMs: 20, reports: 'shuffled', reportsWithinMs: 300 });
    const channel = await gateway.add(simulator, { rate: 60 });
    const recipients = Array.from({ length: recipientsEach }, (_none, n) => ({
      number: `+1415${index}55${String(1000 + n)}`,
      values: { Name: `Person ${n}` },
    }));
    const destination = { kind: 'queue' as const, id: queue.id };
    const mode = index === 0 ? ({ kind: 'direct' } as const) : ({ kind: 'sessions', destination } as const);
    const { id } = await sendCampaign(admin, channel, { recipients, change: { mode } });
    campaigns.push({ id, simulator });
  }
  const progress = async () => {
    const now = await Promise.all(campaigns.map(({ id }) => readCampaign(admin, id)));
    return now.reduce((sum, { totals }) => sum + settled(totals), 0);
  };
  const total = simulators.length * recipientsEach;
  for (let kill = 0; kill < kills; kill += 1) {
    const wanted = Math.min(total * 0.9, (await progress()) + Math.random() * ((total * 1.4) / kills));
    await until(async () => (await progress()) >= wanted, `progress before kill ${kill}`, 60_000);
    await server.restart();
  }
  for (const { id, simulator } of campaigns) {
    await completed(admin, id).catch(async (error: unknown) => {
      const open = (await recipientsOf(admin, id)).filter(
        ({ result }) => result === 'waiting' || result === 'queued',
      );
      const { totals, status, stopReason } = await readCampaign(admin, id);
      throw new Error(
        `${String(error)} It is ${status}: ${JSON.stringify({ stopReason, totals, open: open.slice(0, 9) })}`,
      );
    });
    const people = await recipientsOf(admin, id);
    expect(people).toHaveLength(recipientsEach);
    for (const { number, result } of people) {
      const copies = simulator.accepted.filter(({ to }) => to === number).length;
      if (result === 'unknown') expect(copies, number).toBeLessThanOrEqual(1);
      else expect([number, result, copies]).toEqual([number, expect.stringMatching(/sent|delivered/), 1]);
    }
    const { totals } = await readCampaign(admin, id);
    expect(settled(totals)).toBe(recipientsEach);
    expect(succeeded(totals) + totals.unknown).toBe(recipientsEach);
    expect(totals.unknown).toBe(people.filter(({ result }) => result === 'unknown').length);
  }
});
