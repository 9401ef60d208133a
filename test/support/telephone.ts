/** Whoever is at the other end of a PBX's line: a Chromium page that answers offers of media, and speaks and listens. */
import type { BrowserContext, Page } from 'playwright-core';
import { until } from './until.ts';

interface LinePage {
  answer(offer: string): Promise<string>;
  heard(): Promise<{ packets: number; energy: number }>;
}

declare global {
  interface Window {
    line: LinePage;
  }
}

export class Telephone {
  private constructor(private readonly page: Page) {}

  /** `url`: any page on a secure origin. */
  static async start(context: BrowserContext, url: string): Promise<Telephone> {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(openLine);
    return new Telephone(page);
  }

  /** The answer to an offer, whole, with the ways that were found. */
  readonly answer = (offer: string): Promise<string> =>
    this.page.evaluate((sdp) => window.line.answer(sdp), offer);

  /** Resolves when sound has come in since this was called. */
  async hears(): Promise<void> {
    const heard = () => this.page.evaluate(() => window.line.heard());
    const before = await heard();
    await until(
      async () => {
        const { packets, energy } = await heard();
        return packets > before.packets && energy > before.energy;
      },
      'the agent’s voice',
      30_000,
    );
  }
}

/** Runs in the page. */
async function openLine(): Promise<void> {
  let peer: RTCPeerConnection | null = null;
  /** The `o=` of the call's offers, but for its version: another offer of the same call goes to the same peer. */
  let origin = '';
  const sound = new Audio();
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  window.line = {
    async answer(sdp) {
      const offered = /^o=\S+ \S+/m.exec(sdp)?.[0] ?? '';
      const isNew = peer === null || offered !== origin;
      origin = offered;
      if (isNew) peer?.close();
      const one = peer && !isNew ? peer : (peer = new RTCPeerConnection());
      const gathered = new Promise<void>((done) => {
        one.onicecandidate = ({ candidate }) => candidate === null && done();
      });
      one.ontrack = ({ track, streams }) => {
        sound.srcObject = streams[0] ?? new MediaStream([track]);
        void sound.play();
      };
      await one.setRemoteDescription({ type: 'offer', sdp });
      if (isNew) for (const track of microphone.getTracks()) one.addTrack(track, microphone);
      await one.setLocalDescription();
      await gathered;
      return one.localDescription?.sdp ?? '';
    },
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
