/** Calls through a TURN server alone, between the widget and the inbox, so that neither end learns where the other is. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTurn, type TurnSimulator } from '../simulators/turn.ts';
import { openConsole } from '../support/console.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const secret = 'the secret of the relay';
let stage: Stage;
let turn: TurnSimulator;

beforeAll(async () => {
  stage = await startStage();
  turn = await startTurn(secret);
});
afterAll(async () => {
  await stage.close();
  turn.close();
});

/** Keeps the page's peer connections where a test can ask them. */
function exposePeers(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    Object.assign(window, { peers });
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  });
}

/** What a page has heard so far, and the kinds of its own ends of the ways that it has found. */
function facts(page: Page): Promise<{ packets: number; energy: number; ways: string[] }> {
  return page.evaluate(async () => {
    const { peers } = window as unknown as { peers: RTCPeerConnection[] };
    const all = [...((await peers.at(-1)?.getStats())?.values() ?? [])] as Record<string, unknown>[];
    const inbound = all.find(({ type }) => type === 'inbound-rtp');
    const ways = all
      .filter(({ type }) => type === 'local-candidate')
      .map((way) => String(way['candidateType']));
    return {
      packets: Number(inbound?.['packetsReceived'] ?? 0),
      energy: Number(inbound?.['totalAudioEnergy'] ?? 0),
      ways: [...new Set(ways)],
    };
  });
}

async function hears(page: Page): Promise<void> {
  const before = await facts(page);
  await until(
    async () => {
      const { packets, energy } = await facts(page);
      return packets > before.packets && energy > before.energy;
    },
    'the other end’s voice',
    30_000,
  );
}

/** All candidates that the page tells the other end, in frames of candidates and inside of descriptions. */
function candidatesOf(page: Page): string[] {
  const told: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      told.push(...(String(payload).match(/candidate:\S+ \d [^"\\]*? typ \w+[^"\\]*/g) ?? []));
    }),
  );
  return told;
}

it('[CALL-01] [CALL-03] go through the TURN server alone, if an admin wants it so, and tell no other address', async () => {
  await stage.workspace.call('PUT', '/api/calls', {
    stun: [],
    turn: { kind: 'coturn', urls: [turn.url], secret },
    relayOnly: true,
  });
  const inbox = await openConsole(stage.browser, stage.server, stage.agent.api.cookie, '/inbox');
  await exposePeers(inbox.page);
  const told = candidatesOf(inbox.page);
  await inbox.page.reload();
  await inbox.page.getByRole('tab', { name: /Mine/ }).waitFor();
  let toldByVisitor: string[] = [];
  const widget = await stage.visit({ interaction: 'phoneAndChat' }, {}, (visitor) => {
    toldByVisitor = candidatesOf(visitor);
    return exposePeers(visitor);
  });
  const { page } = widget;
  await widget.open();
  await page.locator('parley-header .call').click();
  await inbox.page.getByRole('button', { name: 'Answer' }).click();
  await Promise.all([hears(inbox.page), hears(page)]);
  expect(turn).toMatchObject({ allocations: 2, refused: 0 });
  const before = turn.relayed;
  await Promise.all([hears(inbox.page), hears(page)]);
  expect(turn.relayed).toBeGreaterThan(before);
  for (const one of [inbox.page, page]) expect((await facts(one)).ways).toEqual(['relay']);
  for (const all of [told, toldByVisitor]) {
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((candidate) => !candidate.includes(' typ relay raddr 0.0.0.0 rport 0'))).toEqual([]);
  }

  // Another network: the new way leads through the relay as well.
  await inbox.page.evaluate(() => dispatchEvent(new Event('online')));
  await until(() => turn.allocations > 2, 'new ways through the relay');
  await Promise.all([hears(inbox.page), hears(page)]);
  expect((await facts(inbox.page)).ways).toEqual(['relay']);
  await inbox.page.getByRole('button', { name: 'Hang up' }).click();
  await inbox.close();
  await page.context().close();
});
