/**
 * One call through the PBX, from registering the extension until it is over: SIP over WebSocket by JsSIP (RFC 7118).
 * Fetched with the first call, as it is large.
 */
import { debug, UA, WebSocketInterface } from 'jssip';
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession';
import { qualityOf, type LinkQuality } from '../../core/callLink.ts';
import { sipTarget, type PhonePass } from '../../core/pbx.ts';

/** Why a call is over. `status`: the final answer of the PBX, 0 when it gave none. */
export type LineEnd =
  | { kind: 'hungUp'; by: 'agent' | 'customer' }
  | { kind: 'refused'; status: number }
  | { kind: 'notRegistered'; status: number }
  /** The PBX cannot be reached. */
  | { kind: 'unreachable' }
  | { kind: 'lost' };

export interface LineEvents {
  /** It rings at the other end. `sound`: the network says so itself, to be heard. */
  ringing(sound: boolean): void;
  answered(): void;
  voice(stream: MediaStream): void;
  quality(quality: LinkQuality): void;
  ended(how: LineEnd): void;
}

/** How long to look for ways for the sound before the call goes out with those that were found, ms. */
const gatherMs = 800;
/** How long the PBX may take to answer a registration, ms. */
const registerMs = 12_000;
/** How long a network may take to mend, ms. */
const mendMs = 20_000;
const measureMs = 2_000;

export class SipLine {
  readonly #agent: UA;
  #session: RTCSession | null = null;
  #hungUp = false;
  #over = false;
  #registering: ReturnType<typeof setTimeout>;
  #measuring: ReturnType<typeof setInterval> | undefined;
  #mending: ReturnType<typeof setTimeout> | undefined;
  #heard = { received: 0, lost: 0 };

  constructor(
    private readonly pass: PhonePass,
    name: string,
    private readonly number: string,
    private readonly microphone: MediaStream,
    private readonly events: LineEvents,
  ) {
    debug.disable();
    const agent = (this.#agent = new UA({
      sockets: [new WebSocketInterface(pass.url)],
      uri: `sip:${pass.user}@${pass.domain}`,
      authorization_user: pass.user,
      password: pass.password,
      display_name: name,
      user_agent: 'Parley',
      register_expires: 300,
    }));
    this.#registering = setTimeout(() => this.#end({ kind: 'unreachable' }), registerMs);
    agent.on('registered', () => this.#call());
    agent.on('registrationFailed', ({ response }) => {
      const { status_code: status } = (response ?? {}) as { status_code?: number };
      this.#end(status === undefined ? { kind: 'unreachable' } : { kind: 'notRegistered', status });
    });
    // While a call goes on, JsSIP connects again by itself.
    agent.on('disconnected', () => !this.#session && this.#end({ kind: 'unreachable' }));
    agent.start();
  }

  hangUp(): void {
    this.#hungUp = true;
    if (this.#session && !this.#session.isEnded()) this.#session.terminate();
    this.#end({ kind: 'hungUp', by: 'agent' });
  }

  /** Sends another microphone's sound from now on. */
  async use(track: MediaStreamTrack): Promise<void> {
    const senders = this.#session?.connection.getSenders() ?? [];
    await Promise.all(senders.map((sender) => sender.replaceTrack(track)));
  }

  #call(): void {
    clearTimeout(this.#registering);
    // Registered anew in the course of a long call.
    if (this.#session || this.#over) return;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const session = this.#agent.call(sipTarget(this.number, this.pass.domain), {
      mediaStream: this.microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: { iceServers: this.pass.servers.map(iceServer) },
    });
    this.#session = session;
    this.#watch(session.connection);
    session.on('icecandidate', ({ ready }) => (gathering ??= setTimeout(ready, gatherMs)));
    session.on('progress', (event: unknown) => {
      const { response } = event as { response?: { body?: string | null } };
      this.events.ringing(Boolean(response?.body));
    });
    session.on('accepted', () => {
      this.#measuring = setInterval(() => void this.#measure(), measureMs);
      this.events.answered();
    });
    session.on('ended', (event) => this.#ended(event));
    session.on('failed', ({ message, originator }) => {
      const { status_code: status = 0 } = (message ?? {}) as { status_code?: number };
      if (this.#hungUp || (originator as string) === 'local') this.#end({ kind: 'hungUp', by: 'agent' });
      else this.#end({ kind: 'refused', status });
    });
  }

  #watch(peer: RTCPeerConnection): void {
    peer.addEventListener('track', ({ track, streams: [stream] }) =>
      this.events.voice(stream ?? new MediaStream([track])),
    );
    peer.addEventListener('iceconnectionstatechange', () => this.#look(peer.iceConnectionState));
  }

  /** Another network: ICE is restarted by a new offer within the call. */
  #look(ice: string): void {
    if (ice === 'connected' || ice === 'completed') {
      clearTimeout(this.#mending);
      this.#mending = undefined;
    }
    if ((ice !== 'failed' && ice !== 'disconnected') || this.#mending !== undefined) return;
    this.#mending = setTimeout(() => {
      this.#session?.terminate();
      this.#end({ kind: 'lost' });
    }, mendMs);
    if (this.#session?.isReadyToReOffer()) {
      this.#session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
    }
  }

  #ended({ originator }: EndEvent): void {
    const by = originator as string;
    if (by === 'system') this.#end({ kind: 'lost' });
    else this.#end({ kind: 'hungUp', by: by === 'remote' ? 'customer' : 'agent' });
  }

  async #measure(): Promise<void> {
    const peer = this.#session?.connection;
    if (!peer) return;
    let rttMs: number | null = null;
    let jitterMs = 0;
    let { received, lost } = this.#heard;
    for (const stat of (await peer.getStats()).values() as Iterable<RTCStats>) {
      if (stat.type === 'inbound-rtp') {
        const inbound = stat as RTCInboundRtpStreamStats;
        received = inbound.packetsReceived ?? received;
        lost = inbound.packetsLost ?? lost;
        jitterMs = (inbound.jitter ?? 0) * 1_000;
      } else if (stat.type === 'candidate-pair') {
        const { nominated, currentRoundTripTime: rtt } = stat as RTCIceCandidatePairStats;
        if (nominated && rtt !== undefined) rttMs = rtt * 1_000;
      }
    }
    const [got, missed] = [received - this.#heard.received, Math.max(0, lost - this.#heard.lost)];
    this.#heard = { received, lost };
    this.events.quality(qualityOf({ rttMs, jitterMs, loss: missed > 0 ? missed / (missed + got) : 0 }));
  }

  #end(how: LineEnd): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#registering);
    clearTimeout(this.#mending);
    clearInterval(this.#measuring);
    // Ends what is left, and takes the extension back.
    this.#agent.stop();
    this.events.ended(how);
  }
}

function iceServer({ urls, username, credential }: PhonePass['servers'][number]): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
