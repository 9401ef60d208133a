/** Campaigns through the real server to simulated providers: what recipients get, agents see, and admins read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tabOf } from '../../admin/data/sessions.ts';
import { responseRate } from '../../core/campaign.ts';
import type { InboxSession } from '../../core/protocol.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import { TelnyxSimulator } from '../simulators/providers/telnyx.ts';
import { TwilioSimulator } from '../simulators/providers/twilio.ts';
import { WhatsAppSimulator } from '../simulators/providers/whatsapp.ts';
import { campaignThat, completed, recipientsOf, sendCampaign } from '../support/campaigns.ts';
import type { TestChannel } from '../support/channels.ts';
import { startGateway, statusOf, type Gateway } from '../support/gateway.ts';
import { inboxTemplates } from '../support/inboxTemplates.ts';
import { samplePng } from '../support/samplePicture.ts';
import { until } from '../support/until.ts';

const general = new GeneralSimulator();
const twilio = new TwilioSimulator();
const telnyx = new TelnyxSimulator();
const whatsapp = new WhatsAppSimulator();
whatsapp.templates = inboxTemplates;
let gateway: Gateway;
let queue: string;
let byGeneral: TestChannel;
let byTwilio: TestChannel;

beforeAll(async () => {
  gateway = await startGateway([general, telnyx, twilio, whatsapp]);
  byGeneral = await gateway.add(general, { rate: 50 });
  byTwilio = await gateway.add(twilio, { rate: 50 });
  queue = (await gateway.admin.queue([gateway.agent])).id;
});
afterAll(() => gateway.close());

let made = 0;
const people = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({
    number: `+1704555${String(5000 + (made += 1))}`,
    values: { Name: `Person ${index}`, City: index === 0 ? 'Rome, Italy' : '' },
  }));
const sessionOf = (customer: string, number: string): InboxSession | undefined =>
  [...gateway.desk.sessions.values()].find(
    (one) => one.customer.address === customer && one.channel.number === number,
  );
const textsTo = ({ simulator }: TestChannel, to: string) =>
  simulator.accepted.filter((one) => one.to === to).map(({ text }) => text);

describe.concurrent('a campaign', () => {
  it('[CMP-05] [CMP-10] [CMP-03] without sessions leaves no trace in the chat logs, and counts replies', async () => {
    const { admin } = gateway;
    const recipients = people(3);
    const [first] = recipients.map(({ number }) => number) as [string];
    const text = 'Hi {{name}}! {{City}}🎉';
    const { id, status } = await sendCampaign(admin, byGeneral, {
      recipients,
      change: { content: { kind: 'text', text } },
    });
    expect(status).toBe('executing');
    const { totals } = await completed(admin, id);
    expect(totals).toMatchObject({ total: 3, sent: 3, replied: 0 });
    expect(recipients.map(({ number }) => textsTo(byGeneral, number))).toEqual([
      ['Hi Person 0! Rome, Italy🎉'],
      ['Hi Person 1! 🎉'],
      ['Hi Person 2! 🎉'],
    ]);
    expect(sessionOf(first, byGeneral.number)).toBeUndefined();
    const heard = gateway.desk.hears('Tell me more');
    await general.customerSends({ from: first, to: byGeneral.number, text: 'Tell me more' });
    const session = await heard;
    expect(gateway.desk.sessions.get(session)?.campaign).toBeNull();
    expect(gateway.desk.logOf(session).texts).toEqual(['Tell me more']);
    await general.customerSends({ from: first, to: byGeneral.number, text: 'Hello?' });
    const replied = await campaignThat(admin, id, (one) => one.totals.replied > 0, 'the reply');
    expect(responseRate(replied.totals)).toBeCloseTo(1 / 3);
    const who = (await recipientsOf(admin, id)).filter((one) => one.replied).map(({ number }) => number);
    expect(who).toEqual([first]);
  });

  it('[AG-11] [CMP-05] with sessions opens them for a queue, uses those that are open, and gets the answers', async () => {
    const { admin, desk } = gateway;
    const recipients = people(3);
    const [known, fresh, shut] = recipients.map(({ number }) => number) as [string, string, string];
    const opened = desk.hears('I was here before');
    await twilio.customerSends({ from: known, to: byTwilio.number, text: 'I was here before' });
    const own = await opened;
    const destination = { kind: 'queue' as const, id: queue };
    const { id } = await sendCampaign(admin, byTwilio, {
      recipients,
      change: { mode: { kind: 'sessions', destination } },
    });
    const done = await campaignThat(admin, id, ({ totals }) => totals.delivered === 3, 'all to be delivered');
    expect(done).toMatchObject({ status: 'completed', destination: { kind: 'queue', id: queue } });
    const session = await until(() => sessionOf(fresh, byTwilio.number), 'the new session');
    expect(session).toMatchObject({
      campaign: { id, name: 'Spring sale' },
      route: { queue: { id: queue }, agent: null },
      lastMessage: { from: 'campaign', preview: 'Hello Person 1' },
    });
    expect(tabOf(session)).toBe('campaigns');
    const log = await desk.read(session.id);
    const message = log.flatMap(({ body }) => (body.kind === 'message' ? [body] : []))[0];
    expect(message?.author).toEqual({ kind: 'campaign', campaign: { id, name: 'Spring sale' } });
    await until(() => statusOf(desk.logOf(session.id).list, message?.id ?? '') === 'delivered', 'its mark');
    // The one that was open stays where it is.
    await until(() => desk.logOf(own).texts.length > 1, 'the message of the campaign');
    expect(desk.logOf(own).texts).toEqual(['I was here before', 'Hello Person 0']);
    expect(desk.sessions.get(own)).toMatchObject({ campaign: null, route: { queue: null } });
    const answered = desk.hears('Yes please');
    await twilio.customerSends({ from: fresh, to: byTwilio.number, text: 'Yes please' });
    expect(await answered).toBe(session.id);
    const after = desk.sessions.get(session.id);
    expect(after).toMatchObject({ unread: 1, inbound: 1 });
    expect(after && tabOf(after)).toBe('campaigns');
    await desk.pickUp(session.id);
    await desk.send(session.id, 'Here you are');
    await until(() => textsTo(byTwilio, fresh).includes('Here you are'), 'the answer');
    await campaignThat(admin, id, ({ totals }) => totals.replied === 1, 'the reply');
    // Whoever opts out afterwards is left out of the next one.
    await twilio.customerSends({ from: shut, to: byTwilio.number, text: 'STOP' });
    await until(() => sessionOf(shut, byTwilio.number)?.optedOut, 'the opt-out');
    const next = await sendCampaign(admin, byTwilio, {
      recipients: recipients.slice(1),
      change: { mode: { kind: 'sessions', destination } },
    });
    expect((await completed(admin, next.id)).totals).toMatchObject({ total: 2, optedOut: 1 });
    expect(textsTo(byTwilio, shut)).toEqual(['Hello Person 2']);
  });

  it('[CMP-03] sends a file as MMS that the provider can fetch', async () => {
    const recipients = people(2);
    const file = { name: 'sale.png', type: 'image/png', bytes: samplePng() };
    const { id } = await sendCampaign(gateway.admin, byTwilio, {
      recipients,
      file,
      change: { content: { kind: 'file', text: 'Look, {{Name}}' } },
    });
    await campaignThat(gateway.admin, id, ({ totals }) => totals.delivered === 2, 'both to be delivered');
    const sent = twilio.accepted.filter(({ to }) => recipients.some(({ number }) => number === to));
    expect(sent.map(({ text, media }) => [text, media.length])).toEqual([
      ['Look, Person 0', 1],
      ['Look, Person 1', 1],
    ]);
    const [url] = sent[0]?.media ?? [];
    const answer = await fetch(url ?? '');
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(samplePng());
  });

  it('[CMP-03] [WA-05] sends a WhatsApp template with its media and variables', async () => {
    const { admin } = gateway;
    const channel = await gateway.add(whatsapp, { rate: 50 });
    await admin.call('POST', `/api/channels/${channel.channel.id}/templates/refresh`);
    const recipients = people(2);
    const template = {
      id: '2',
      header: { kind: 'file' as const, ticket: '' },
      body: { first_name: '{{Name}} ({{Number}})' },
      buttons: {},
    };
    const { id } = await sendCampaign(admin, channel, {
      recipients,
      file: { name: 'lamp.png', type: 'image/png', bytes: samplePng() },
      change: {
        content: { kind: 'template', template },
        mode: { kind: 'sessions', destination: { kind: 'queue', id: queue } },
      },
    });
    await campaignThat(admin, id, ({ totals }) => totals.delivered === 2, 'both to be delivered');
    const [first] = recipients.map(({ number }) => number) as [string];
    const session = await until(() => sessionOf(first, channel.number), 'the session');
    const [, message] = await gateway.desk.read(session.id);
    expect(message?.body).toMatchObject({
      content: { kind: 'template', template: { body: `Hallo Person 0 (${first}), neue Lampen!` } },
    });
    expect(whatsapp.accepted).toHaveLength(2);
  });

  it('[CMP-09] lets an agent’s answer through before the rest of it', async () => {
    const own = await gateway.add(telnyx, { rate: 4 });
    const recipients = people(24);
    const [caller] = people(1).map(({ number }) => number) as [string];
    const { id } = await sendCampaign(gateway.admin, own, { recipients });
    const numbers = new Set(recipients.map(({ number }) => number));
    const left = () => telnyx.accepted.filter(({ to }) => numbers.has(to)).length;
    const session = gateway.desk.hears('Quick question');
    await telnyx.customerSends({ from: caller, to: own.number, text: 'Quick question' });
    const open = await session;
    await until(() => left() >= 4, 'the campaign to be under way');
    await gateway.desk.send(open, 'Quick answer');
    await until(() => textsTo(own, caller).includes('Quick answer'), 'the answer');
    const before = left();
    await completed(gateway.admin, id);
    // What was with a lane already leaves before it: a second of the rate at most.
    expect(before).toBeLessThan(recipients.length - 8);
    expect(left()).toBe(recipients.length);
  });
});
