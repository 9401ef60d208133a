/**
 * A visitor's page that only calls: it speaks the protocol with its own few lines, so that the inbox is proved against
 * something that shares no code with it. It lives on a site of its own, and knows its visitor again after a reload.
 */
import type { Page } from 'playwright-core';

export interface PhoneFacts {
  phase: string | null;
  outcome: string | null;
  agent: string | null;
  /** Of what comes in; 0 before the first link. */
  packets: number;
  energy: number;
  ice: string | null;
  /** The other end's ICE user name, which is a new one after a restart. */
  ufrag: string | null;
}

interface PagePhone {
  begin(): Promise<void>;
  answer(): Promise<void>;
  decline(): Promise<void>;
  hangUp(): Promise<void>;
  rejoin(): Promise<void>;
  facts(): Promise<PhoneFacts>;
}

/** Connects a page of the site to a channel. */
export async function visitorPhone(page: Page, url: string, channelNumber: string) {
  const run = (name: Exclude<keyof PagePhone, 'facts'>) =>
    page.evaluate((one) => (globalThis as unknown as { phone: PagePhone }).phone[one](), name);
  await page.evaluate(install, { url, channelNumber });
  return {
    page,
    begin: () => run('begin'),
    answer: () => run('answer'),
    decline: () => run('decline'),
    hangUp: () => run('hangUp'),
    rejoin: () => run('rejoin'),
    facts: () => page.evaluate(() => (globalThis as unknown as { phone: PagePhone }).phone.facts()),
  };
}

export type VisitorPhone = Awaited<ReturnType<typeof visitorPhone>>;

/** Runs in the page, so it may use nothing from here. */
async function install({ url, channelNumber }: { url: string; channelNumber: string }): Promise<void> {
  interface View {
    id: string;
    phase: string;
    outcome: string | null;
    agent: { name: string } | null;
    ends: { customer: string | null; agent: string | null };
  }
  interface Frame {
    kind: string;
    id?: string;
    problem?: { code: string };
    call?: {
      kind: string;
      call: View | string | null;
      servers?: RTCIceServer[];
      from?: string;
      to?: string;
      description?: RTCSessionDescriptionInit;
      candidates?: RTCIceCandidateInit[];
    };
  }
  const made = () => crypto.randomUUID();
  const greeting = await fetch(`${url}/visitor/hello`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channelNumber, token: sessionStorage.getItem('token') ?? undefined }),
  });
  const { token } = (await greeting.json()) as { token: string };
  sessionStorage.setItem('token', token);
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}/visitor/socket?channelNumber=${channelNumber}`,
    ['parley.v1', token],
  );
  const waiting = new Map<string, (frame: Frame) => void>();
  const end = made();
  let view: View | null = null;
  let servers: RTCIceServer[] | null = null;
  let peer: RTCPeerConnection | null = null;
  let linkedTo: string | null = null;
  let early: RTCIceCandidateInit[] = [];
  let microphone: MediaStream | null = null;
  let call = sessionStorage.getItem('call') ?? '';
  const sound = new Audio();

  const say = (frame: unknown) => socket.send(JSON.stringify(frame));
  const note = (more: object) => say({ kind: 'callNote', note: { call, ...more } });
  const ask = async (what: object) => {
    const id = made();
    const answer = new Promise<Frame>((resolve) => waiting.set(id, resolve));
    say({ kind: 'call', id, ask: { call, ...what } });
    const { kind, problem } = await answer;
    if (kind === 'refused') throw new Error(problem?.code);
  };
  const listen = async () => {
    microphone ??= await navigator.mediaDevices.getUserMedia({ audio: true });
    return microphone;
  };

  const link = async () => {
    const other = view?.ends.agent ?? null;
    if (!servers || other === null || view?.ends.customer !== end || other === linkedTo) return;
    linkedTo = other;
    peer?.close();
    early = [];
    const fresh = new RTCPeerConnection({ iceServers: servers });
    peer = fresh;
    fresh.onicecandidate = ({ candidate }) => {
      if (candidate) note({ kind: 'rtc', from: end, to: other, candidates: [candidate.toJSON()] });
    };
    fresh.ontrack = ({ streams: [stream] }) => {
      sound.srcObject = stream ?? null;
      void sound.play();
    };
  };

  let greeted = () => {};
  const welcome = new Promise<void>((resolve) => (greeted = resolve));
  let turn: Promise<void> = Promise.resolve();
  const receive = async ({ from, to, description, candidates = [] }: NonNullable<Frame['call']>) => {
    if (!peer || from !== linkedTo || to !== end) return;
    if (description) {
      await peer.setRemoteDescription(description);
      if (description.type === 'offer') {
        const stream = await listen();
        if (peer.getSenders().every(({ track }) => track === null))
          for (const track of stream.getTracks()) peer.addTrack(track, stream);
        await peer.setLocalDescription();
        note({ kind: 'rtc', from: end, to: from, description: peer.localDescription });
      }
      for (const candidate of early.splice(0)) await peer.addIceCandidate(candidate);
    }
    for (const candidate of candidates) {
      if (peer.remoteDescription) await peer.addIceCandidate(candidate).catch(() => undefined);
      else early.push(candidate);
    }
  };

  socket.onmessage = ({ data }: MessageEvent<string>) => {
    if (!data.startsWith('{')) return;
    const frame = JSON.parse(data) as Frame;
    if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
    if (frame.kind === 'welcome') greeted();
    const { call: body } = frame;
    if (frame.kind !== 'call' || !body) return;
    if (body.kind === 'ice') servers = body.servers ?? [];
    if (body.kind === 'state') view = body.call as View | null;
    if (body.kind === 'rtc') turn = turn.then(() => receive(body));
    else turn = turn.then(link);
  };
  await new Promise((resolve) => (socket.onopen = resolve));
  say({ kind: 'hello', after: 0, calls: true });
  await welcome;
  setInterval(() => {
    const connected = ['connected', 'completed'].includes(peer?.iceConnectionState ?? '');
    if (view && view.phase !== 'ended' && view.ends.customer === end) note({ kind: 'beat', end, connected });
  }, 1_000);

  const phone: PagePhone = {
    async begin() {
      await listen();
      call = made();
      sessionStorage.setItem('call', call);
      await ask({ kind: 'start', end });
    },
    async answer() {
      await listen();
      call = view?.id ?? '';
      sessionStorage.setItem('call', call);
      await ask({ kind: 'answer', end });
    },
    async decline() {
      call = view?.id ?? '';
      await ask({ kind: 'decline' });
    },
    hangUp: () => ask({ kind: 'hangUp' }),
    async rejoin() {
      await listen();
      await ask({ kind: 'join', end });
    },
    async facts() {
      const facts: PhoneFacts = {
        phase: view?.phase ?? null,
        outcome: view?.outcome ?? null,
        agent: view?.agent?.name ?? null,
        packets: 0,
        energy: 0,
        ice: peer?.iceConnectionState ?? null,
        ufrag: /a=ice-ufrag:(\S+)/.exec(peer?.remoteDescription?.sdp ?? '')?.[1] ?? null,
      };
      for (const stat of ((await peer?.getStats()) ?? new Map()).values() as Iterable<RTCStats>) {
        if (stat.type !== 'inbound-rtp') continue;
        const inbound = stat as RTCInboundRtpStreamStats;
        facts.packets = inbound.packetsReceived ?? 0;
        facts.energy = inbound.totalAudioEnergy ?? 0;
      }
      return facts;
    },
  };
  Object.assign(globalThis, { phone });
}
