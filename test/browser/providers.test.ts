/** Each provider through its real webhook address, against its simulator: in, out, reports, refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promptOf } from '../../core/sendError.ts';
import { GeneralSimulator } from '../simulators/providers/general.ts';
import type { ProviderSimulator } from '../simulators/providers/simulator.ts';
import { addChannel, providerUrls, rowOf, type TestChannel } from '../support/channels.ts';
import type { AgentClient } from '../support/clients.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setUp, type TestAgent, type TestWorkspace } from '../support/workspace.ts';

const cases: { row: string; simulator: ProviderSimulator; customer: string }[] = [
  { row: 'SMS-08', simulator: new GeneralSimulator(), customer: '+14155550101' },
];

let server: Server;
let admin: TestWorkspace;
let agent: TestAgent;
let desk: AgentClient;

beforeAll(async () => {
  await Promise.all(cases.map(({ simulator }) => simulator.start()));
  server = await startServer({ env: providerUrls(cases.map(({ simulator }) => simulator)) });
  admin = await setUp(server);
  agent = await admin.agent();
  desk = agent.desk();
  await desk.connect();
});

afterAll(async () => {
  desk.close();
  await server.stop();
  await Promise.all(cases.map(({ simulator }) => simulator.close()));
});

describe.each(cases)('$row $simulator.provider', ({ row, simulator, customer }) => {
  let added: TestChannel;
  const to = () => added.number;

  beforeAll(async () => {
    added = await addChannel(admin, simulator, { kind: 'agent', id: agent.agent.id });
  });

  it(`[${row}] is connected once it is saved`, async () => {
    await until(async () => (await rowOf(admin, added.channel.id)).status === 'connected', 'the check');
  });

  it(`[${row}] brings a customer's text to the agent and the answer back`, async () => {
    const heard = desk.hears('Grüße 🙂 from a customer');
    await simulator.customerSends({ from: customer, to: to(), text: 'Grüße 🙂 from a customer' });
    const session = await heard;
    await desk.send(session, 'An answer');
    await until(() => simulator.accepted.some(({ text }) => text === 'An answer'), 'the answer');
  });
});

void promptOf;
