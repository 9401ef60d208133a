/**
 * An agent's end of a call: a Chromium page with a microphone that speaks after the rules of core/callLink.ts, led by a
 * desk's client in Node. Between both ends stands a path for the sound that tests can break (`udpPath.ts`).
 */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright-core';
import type { CallAsk, CallView, ToCall } from '../../core/callProtocol.ts';
import type { ToAgentFrame } from '../../core/protocol.ts';
import type { AgentClient } from './clients.ts';
import type { UdpPath } from './udpPath.ts';
import { until } from './until.ts';

/** What the ends say to each other. */
interface Words {
  description?: { type: 'offer' | 'answer'; sdp: string } | undefined;
  candidates?: unknown[] | undefined;
}

/** What the page of the agent's end offers. */
interface EndPage {
  hear(words: Words): Promise<void>;
  offer(): Promise<void>;
  close(): void;
  heard(): Promise<{ packets: number; energy: number }>;
}

declare global {
  interface Window {
    agentEnd: EndPage;
    sayToVisitor(words: Words): void;
  }
}

export class AgentPhone {
  /** The call as the edge told it last. */
  view: CallView | null = null;
  /** All that was said of calls, in order. */
  readonly views: CallView[] = [];
  end = randomUUID();
  /** Calls that have rung already. */
  private readonly rung = new Set<string>();
  private linked = '';
  private beating: NodeJS.Timeout | undefined;

  private constructor(
    readonly page: Page,
    private readonly desk: AgentClient,
    private readonly path: UdpPath | null,
  ) {
    desk.listeners.add(this.listen);
  }

  private readonly listen = (frame: ToAgentFrame): void => {
    if (frame.kind === 'call') void this.hear(frame.session, frame.call);
  };

  /** `url`: any page on a secure origin. */
  static async start(
    context: BrowserContext,
    url: string,
    desk: AgentClient,
    path: UdpPath | null = null,
  ): Promise<AgentPhone> {
    const page = await context.newPage();
    const phone = new AgentPhone(page, desk, path);
    await page.exposeFunction('sayToVisitor', (words: Words) => phone.say(words));
    await page.goto(url);
    return phone;
  }

  /** The session in which a call rings that was not answered here before. */
  async rings(): Promise<string> {
    const ringing = () =>
      [...this.desk.sessions.values()].find(
        ({ call }) => call?.phase === 'ringing' && call.from === 'customer' && !this.rung.has(call.id),
      );
    const session = await until(ringing, 'a call that rings', 20_000);
    this.rung.add(this.callOf(session.id));
    return session.id;
  }

  async answer(session: string): Promise<void> {
    await this.take(session, { kind: 'answer', call: this.callOf(session), end: this.end });
  }

  /** Takes the call, and never makes itself heard. */
  async answerSilently(session: string): Promise<void> {
    await this.desk.ask({
      kind: 'call',
      session,
      ask: { kind: 'answer', call: this.callOf(session), end: randomUUID() },
    });
  }

  async invite(session: string): Promise<void> {
    await this.take(session, { kind: 'start', call: randomUUID(), end: this.end });
  }

  async decline(session: string): Promise<void> {
    await this.desk.ask({ kind: 'call', session, ask: { kind: 'decline', call: this.callOf(session) } });
  }

  async hangUp(): Promise<void> {
    const { session, call } = this.now();
    await this.desk.ask({ kind: 'call', session, ask: { kind: 'hangUp', call } });
  }

  /** Resolves when sound has come in since this was called. */
  async hears(): Promise<void> {
    const before = await this.page.evaluate(() => window.agentEnd.heard());
    await until(
      async () => {
        const { packets, energy } = await this.page.evaluate(() => window.agentEnd.heard());
        return packets > before.packets && energy > before.energy;
      },
      'the visitor’s voice',
      30_000,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.beating);
    this.desk.listeners.delete(this.listen);
    await this.page.close();
  }

  private session = '';

  private now(): { session: string; call: string } {
    if (!this.view) throw new Error('There is no call.');
    return { session: this.session, call: this.view.id };
  }

  private callOf(session: string): string {
    const call = this.desk.sessions.get(session)?.call;
    if (!call) throw new Error('There is no call in this session.');
    return call.id;
  }

  private async take(session: string, ask: CallAsk): Promise<void> {
    this.session = session;
    await this.page.evaluate(openEnd);
    await this.desk.ask({ kind: 'call', session, ask });
    clearInterval(this.beating);
    this.beating = setInterval(() => {
      const { end } = this;
      this.desk.tell({
        kind: 'callNote',
        session,
        note: { kind: 'beat', call: ask.call, end, connected: true },
      });
    }, 1000);
  }

  private async hear(session: string, said: ToCall): Promise<void> {
    if (said.kind === 'state') {
      // What a beat is answered that crossed the end.
      if (!said.call) return;
      this.view = said.call;
      this.views.push(said.call);
      this.session = session;
      const { ends, phase } = said.call;
      if (phase === 'ended') {
        clearInterval(this.beating);
        if (this.linked) await this.page.evaluate(() => window.agentEnd.close());
        this.linked = '';
      } else if (ends.customer && ends.agent === this.end && ends.customer !== this.linked) {
        this.linked = ends.customer;
        await this.page.evaluate(() => window.agentEnd.offer());
      }
    }
    if (said.kind === 'rtc' && said.from === this.linked) {
      const { description, candidates } = said;
      // With a path between, only what goes through it arrives.
      const words = this.path
        ? { description: description && this.path.bare(description) }
        : { description, candidates };
      await this.page.evaluate((heard) => window.agentEnd.hear(heard), words);
    }
  }

  private async say(words: Words): Promise<void> {
    const { session, call } = this.now();
    const through = this.path ? await this.path.through(words) : words;
    const { end: from, linked: to } = this;
    this.desk.tell({
      kind: 'callNote',
      session,
      note: { kind: 'rtc', call, from, to, ...(through as { description?: never; candidates?: never }) },
    });
  }
}

/** Runs in the page. */
async function openEnd(): Promise<void> {
  let peer: RTCPeerConnection | null = null;
  const sound = new Audio();
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const describe = (): void => {
    const { type, sdp } = peer?.localDescription ?? {};
    if (sdp && (type === 'offer' || type === 'answer')) window.sayToVisitor({ description: { type, sdp } });
  };
  window.agentEnd = {
    async offer() {
      peer?.close();
      peer = new RTCPeerConnection();
      peer.ontrack = ({ streams }) => {
        sound.srcObject = streams[0] ?? null;
        void sound.play();
      };
      peer.onicecandidate = ({ candidate }) =>
        candidate && window.sayToVisitor({ candidates: [candidate.toJSON()] });
      for (const track of microphone.getTracks()) peer.addTrack(track, microphone);
      await peer.setLocalDescription();
      describe();
    },
    async hear({ description, candidates = [] }) {
      if (description) await peer?.setRemoteDescription(description);
      for (const candidate of candidates) await peer?.addIceCandidate(candidate as RTCIceCandidateInit);
      if (description?.type !== 'offer') return;
      await peer?.setLocalDescription();
      describe();
    },
    close: () => peer?.close(),
    async heard() {
      const all = [...((await peer?.getStats())?.values() ?? [])] as Record<string, unknown>[];
      const inbound = all.find(({ type }) => type === 'inbound-rtp');
      return {
        packets: Number(inbound?.['packetsReceived'] ?? 0),
        energy: Number(inbound?.['totalAudioEnergy'] ?? 0),
      };
    },
  };
}
