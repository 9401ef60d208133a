/** Each provider through its real webhook address, against its simulator: in, out, reports, refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { LogEvent } from '../../core/log.ts';
import type { ErrorCategory } from '../../core/sendError.ts';
import { fileAnswer } from '../../core/protocol.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { addChannel, providerUrls, rowOf, type TestChannel } from '../support/channels.ts';
import type { AgentClient } from '../support/clients.ts';
import { samplePng } from '../support/samplePicture.ts';
import { allSimulators } from '../support/simulators.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

interface Case {
  row: string;
  provider: string;
  /** Who writes to us, as the simulator takes it. */
  customer: string;
  /** How far a text gets that is delivered without trouble. */
  arrives: DeliveryStatus;
  /** A refusal for good, and one that is tried again; by the simulator's codes. */
  refused: { code: string; category: ErrorCategory };
  retried: string;
  /** The credential to get wrong, and what a webhook with a wrong signature is answered. */
  credential: string;
  forged: number | null;
}

const cases: Case[] = [
  {
    row: 'SMS-01',
    provider: 'apidaze',
    customer: '+14125550142',
    arrives: 'sent',
    refused: { code: 'number', category: 'invalid_phone_number' },
    retried: '429',
    credential: 'secret',
    forged: null,
  },
  {
    row: 'SMS-02',
    provider: 'bandwidth',
    customer: '+17045550187',
    arrives: 'delivered',
    refused: { code: 'from', category: 'invalid_parameter' },
    retried: 'HTTP 503',
    credential: 'clientSecret',
    forged: 401,
  },
  {
    row: 'SMS-03',
    provider: 'flowroute',
    customer: '+12065550123',
    arrives: 'delivered',
    refused: { code: 'number', category: 'invalid_phone_number' },
    retried: '429',
    credential: 'secretKey',
    forged: null,
  },
  {
    row: 'SMS-04',
    provider: 'siptrunk',
    customer: '+14105550143',
    arrives: 'sent',
    refused: { code: 'number', category: 'invalid_phone_number' },
    retried: '429',
    credential: 'secretKey',
    forged: null,
  },
  {
    row: 'SMS-05',
    provider: 'telnyx',
    customer: '+17045550187',
    arrives: 'delivered',
    refused: { code: '40310', category: 'invalid_phone_number' },
    retried: '10011',
    credential: 'apiKey',
    forged: 403,
  },
  {
    row: 'SMS-06',
    provider: 'twilio',
    customer: '+17045550187',
    arrives: 'delivered',
    refused: { code: '21211', category: 'invalid_phone_number' },
    retried: '20429',
    credential: 'authToken',
    forged: 403,
  },
  {
    row: 'SMS-07',
    provider: 'voicemeup',
    customer: '+14185550172',
    arrives: 'sent',
    refused: { code: 'invalid_destination_number', category: 'invalid_phone_number' },
    retried: '429',
    credential: 'authToken',
    forged: null,
  },
  {
    row: 'SMS-08',
    provider: 'general',
    customer: '+14155550101',
    arrives: 'sent',
    refused: { code: '10001', category: 'invalid_phone_number' },
    retried: '10006',
    credential: 'apiKey',
    forged: 400,
  },
  {
    row: 'FB-01',
    provider: 'facebook',
    customer: '7400111222333444',
    arrives: 'delivered',
    refused: { code: '100/2018001', category: 'invalid_parameter' },
    retried: '613',
    credential: 'accessToken',
    forged: 403,
  },
  {
    row: 'WA-01',
    provider: 'whatsapp',
    customer: '+15550001111',
    arrives: 'delivered',
    refused: { code: '131026', category: 'invalid_phone_number' },
    retried: '130429',
    credential: 'accessToken',
    forged: 403,
  },
];

const simulators = allSimulators();
let server: Server;
let admin: TestWorkspace;
let agent: TestAgent;
let desk: AgentClient;

beforeAll(async () => {
  await Promise.all([...simulators.values()].map((one) => one.start()));
  server = await startServer({ env: providerUrls([...simulators.values()]) });
  admin = await setUp(server);
  agent = await admin.agent();
  desk = agent.desk();
  await desk.connect();
});

afterAll(async () => {
  desk.close();
  await server.stop();
  await Promise.all([...simulators.values()].map((one) => one.close()));
});

/** What the log says last of how far a message has got. */
function reportOf(events: readonly LogEvent[], message: string) {
  return events.findLast(({ body }) => body.kind === 'status' && body.message === message)?.body ?? null;
}

function statusOf(events: readonly LogEvent[], message: string): DeliveryStatus | 'none' {
  const report = reportOf(events, message);
  return report?.kind === 'status' ? report.status : 'none';
}

/** All providers at the same time, as their channels wait for the pace of each; the tests of one follow each other. */
const inTurn = { concurrent: false };

describe.concurrent.each(cases)('$provider', (test) => {
  const { row, provider, customer } = test;
  const simulator = simulators.get(provider) as ProviderSimulator;
  /** Whether the provider can be asked without sending anything. */
  const asked = !['siptrunk', 'voicemeup'].includes(provider);
  let added: TestChannel;
  let session: string;
  const reached = (message: string, status: DeliveryStatus) =>
    until(() => statusOf(desk.logOf(session).list, message) === status, `${provider}: ${status}`, 30_000);

  beforeAll(async () => {
    added = await addChannel(admin, simulator, { kind: 'agent', id: agent.agent.id });
  });

  it(`[${row}] [CH-12] says on saving whether the provider accepts it`, inTurn, async () => {
    const expected = asked ? 'connected' : 'unchecked';
    await until(async () => (await rowOf(admin, added.channel.id)).status === expected, 'the check');
  });

  it(`[${row}] [CH-08] brings a customer's text to the agent, once`, inTurn, async () => {
    const text = `Grüße 🙂 to ${provider}`;
    const heard = desk.hears(text);
    simulator.behave({ duplicates: true });
    const deliveries = await simulator.customerSends({ from: customer, to: added.number, text });
    simulator.behave({ duplicates: false });
    session = await heard;
    expect(deliveries.every(({ statuses }) => (statuses.at(-1) ?? 0) < 300)).toBe(true);
    await desk.catchUp(session);
    expect(desk.logOf(session).texts).toEqual([text]);
  });

  it(`[${row}] [CH-09] takes the answer to the customer and says how far it got`, inTurn, async () => {
    const id = await desk.sendFrame(session, { text: `An answer – from ${provider}` });
    await until(
      () => simulator.accepted.some(({ text }) => text === `An answer – from ${provider}`),
      'the answer',
    );
    await reached(id, test.arrives);
  });

  it(`[${row}] [CH-10] fetches a customer's picture and keeps it`, inTurn, async () => {
    const bytes = samplePng();
    await simulator.customerSends({
      from: customer,
      to: added.number,
      text: 'My receipt',
      files: [{ name: 'receipt.png', type: 'image/png', bytes }],
    });
    const ready = () =>
      desk
        .logOf(session)
        .list.flatMap(({ body }) => (body.kind === 'file' && body.file.state === 'ready' ? [body.file] : []));
    await until(() => ready().length === 1, 'the picture', 20_000);
    const [file] = ready();
    expect(file).toMatchObject({ type: 'image/png', size: bytes.length });
    const answer = await fetch(`${server.url}${file?.url}`);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it(`[${row}] [CH-10] sends an agent's picture as a link that the provider can fetch`, inTurn, async () => {
    const bytes = samplePng();
    const upload = await fetch(
      `${server.url}/api/media?session=${encodeURIComponent(session)}&name=chair.png`,
      {
        method: 'PUT',
        headers: { cookie: agent.api.cookie, origin: server.url, 'content-type': 'image/png' },
        body: new Uint8Array(bytes),
      },
    );
    const { upload: ticket } = fileAnswer.parse(await upload.json());
    const before = simulator.accepted.length;
    const id = await desk.sendFrame(session, { uploads: [ticket], text: '' });
    await until(
      () => simulator.accepted.slice(before).some(({ media }) => media.length === 1),
      'the picture',
    );
    const link = simulator.accepted.slice(before).flatMap(({ media }) => media)[0] ?? '';
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetch(link, { method });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      await answer.arrayBuffer();
    }
    expect((await fetch(link.replace(/s=.{4}/, 's=AAAA'))).status).toBe(404);
    await reached(id, test.arrives);
    expect(reportOf(desk.logOf(session).list, id)).toMatchObject({ error: null });
  });

  it(
    `[${row}] [ERR-01] says why the provider refused a message, and sends it again when asked`,
    inTurn,
    async () => {
      simulator.behave({ refuse: [test.refused.code] });
      const id = await desk.sendFrame(session, { text: `Refused by ${provider}` });
      await reached(id, 'failed');
      expect(reportOf(desk.logOf(session).list, id)).toMatchObject({
        error: { category: test.refused.category },
      });
      await desk.resend(session, id);
      await reached(id, test.arrives);
    },
  );

  it(`[${row}] [ERR-02] tries again when the provider is too busy`, inTurn, async () => {
    simulator.behave({ refuse: [test.retried], retryAfterSeconds: 1 });
    const id = await desk.sendFrame(session, { text: `Busy at ${provider}` });
    await reached(id, test.arrives);
    simulator.behave({ retryAfterSeconds: null });
    const copies = simulator.accepted.filter(({ text }) => text === `Busy at ${provider}`);
    expect(copies).toHaveLength(1);
  });

  it(
    `[${row}] [CH-12] notices wrong credentials, and refuses what is not signed with them`,
    inTurn,
    async () => {
      const change = (value: string) =>
        admin.call('PATCH', `/api/channels/${added.channel.id}`, {
          ...inputOf(added),
          fields: { ...added.channel.fields, [test.credential]: value },
        });
      const right = simulator.fields[test.credential] ?? '';
      await change(right.startsWith('KEY') ? `${right}x` : [...right].reverse().join(''));
      const isNow = (status: string) =>
        until(async () => (await rowOf(admin, added.channel.id)).status === status, `"${status}"`);
      // Where the provider cannot be asked, the next message with the new credentials tells.
      let tries = 0;
      const write = async () => {
        const id = await desk.sendFrame(session, { text: `Let in or not by ${provider}, ${++tries}` });
        await until(() => statusOf(desk.logOf(session).list, id) !== 'none', 'a status');
        return statusOf(desk.logOf(session).list, id);
      };
      if (!asked) await until(async () => (await write()) === 'failed', 'a refused message');
      await isNow('unauthorized');
      await change(right);
      if (!asked) await until(async () => (await write()) === 'sent', 'a message that is taken');
      await isNow('connected');
      if (test.forged !== null) {
        const forged = await fetch(added.channel.webhookUrl.split('#')[0] ?? '', {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
            'x-signature-256': `sha256=${'0'.repeat(64)}`,
            'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
          },
          body: '{}',
        });
        expect(forged.status).toBe(test.forged);
      }
    },
  );
});

function inputOf({ channel }: TestChannel): object {
  const { id: _id, createdAt: _createdAt, secretsSet: _set, webhookUrl: _url, ...input } = channel;
  return input;
}
