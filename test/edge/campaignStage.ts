/** What tests of campaigns inside workerd share: channels to send by, chunks, and a clock that can be moved. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';
import type { CampaignInput } from '../../core/campaign.ts';
import type { RecipientChunk } from '../../core/campaignApi.ts';
import type { MessagingChannel } from '../../core/messagingChannel.ts';
import { makeAgent, origin, type Console } from './console.ts';
import { bindings } from './rows.ts';

let channels = 0;
/** Another channel, where its clock or its rate is another; and what a campaign by it says. */
export async function another(
  boss: Console,
  rate = 100,
): Promise<{ by: MessagingChannel; form: Partial<CampaignInput> }> {
  channels += 1;
  const own = `+1415555${2000 + channels}`;
  const by = await addChannel(boss, `Channel ${channels}`, own, rate);
  return { by, form: { channel: by.id, number: own } };
}

/** A channel with one number; `rate` messages a second. */
export async function addChannel(
  boss: Console,
  name: string,
  own: string,
  rate: number,
): Promise<MessagingChannel> {
  const agent = await makeAgent(boss);
  const destination = { kind: 'agent', id: agent.id };
  return boss.ask('POST', '/api/channels', {
    type: 'sms',
    provider: 'general',
    name,
    enabled: true,
    rate,
    timeoutDays: null,
    fields: {
      apiKey: 'key',
      secret: 'a secret that signs',
      sendUrl: 'https://sms.example.com/send',
      verifyUrl: 'https://sms.example.com/verify',
    },
    webhookBase: origin,
    numbers: [{ number: own, destination, starters: { agents: [], groups: [] } }],
  });
}

let made = 0;
/** Numbers that no other test has. */
export const fresh = (count: number) =>
  Array.from({ length: count }, () => `+1415556${String(1000 + made++).padStart(4, '0')}`);

export const chunk = (numbers: readonly string[], change: Partial<RecipientChunk> = {}): RecipientChunk => ({
  list: 'list',
  chunk: 0,
  columns: ['Name'],
  recipients: numbers.map((one, index) => ({ number: one, values: { Name: `Person ${index}` } })),
  duplicates: 0,
  faults: [],
  ...change,
});
/** Lets an object's alarm ring now. */
export async function ring(stub: DurableObjectStub<undefined>): Promise<void> {
  await runInDurableObject(stub, (_instance, state) => state.storage.setAlarm(1));
  await runDurableObjectAlarm(stub);
}
export const objectOf = (id: string) =>
  bindings.CAMPAIGN.getByName(id) as unknown as DurableObjectStub<undefined>;
export const channelObjectOf = (id: string) =>
  bindings.CHANNEL.getByName(id) as unknown as DurableObjectStub<undefined>;

/** Does something as if it were `ms` later. */
export async function later<T>(ms: number, what: () => Promise<T>): Promise<T> {
  const now = Date.now();
  const started = performance.now();
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + ms + (performance.now() - started));
  try {
    return await what();
  } finally {
    clock.mockRestore();
  }
}
