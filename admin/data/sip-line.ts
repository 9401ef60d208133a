/**
 * One call through the PBX, from registering the extension until it is over: SIP over WebSocket by JsSIP (RFC 7118).
 * Fetched with the first call, as it is large.
 */
import { debug, UA, WebSocketInterface } from 'jssip';
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession';
import { isConnected, qualityOf, type LinkQuality } from '../../core/callLink.ts';
import { peerConfiguration } from '../../core/callProtocol.ts';
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
  /** Sound can come through again, or cannot any more and is being brought back. */
  connected(on: boolean): void;
  voice(stream: MediaStream): void;
  quality(quality: LinkQuality): void;
  ended(how: LineEnd): void;
}

/** How long to look for ways for the sound before the call goes out with those that were found, ms. */
const gatherMs = 800;
/** How long the PBX may take to answer a registration, ms. */
const registerMs = 12_000;
/** How long a network may take to mend, ms. */
const mendMs = 25_000;
/** How often that is tried, ms: the PBX may have missed an offer, or an offer its answer. */
const restartMs = 4_000;
const measureMs = 2_000;

export class SipLine {
  readonly #agent: UA;
  #session: RTCSession | null = null;
  #over = false;
  #registering: ReturnType<typeof setTimeout>;
  #measuring: ReturnType<typeof setInterval> | undefined;
  #mending: ReturnType<typeof setTimeout> | undefined;
  #restarting: ReturnType<typeof setInterval> | undefined;
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
      // Seconds; its own would be too slow for a call.
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 2,
    }));
    this.#registering = setTimeout(() => this.#end({ kind: 'unreachable' }), registerMs);
    agent.on('registered', () => this.#call());
    agent.on('registrationFailed', ({ response }) => {
      // A call goes on without, and the next connection registers again.
      if (this.#session) return;
      const { status_code: status } = (response ?? {}) as { status_code?: number };
      this.#end(status === undefined ? { kind: 'unreachable' } : { kind: 'notRegistered', status });
    });
    // While a call goes on, JsSIP connects again by itself.
    agent.on('disconnected', () => !this.#session && this.#end({ kind: 'unreachable' }));
    agent.on('connected', () => this.#mending !== undefined && this.#restart());
    agent.start();
  }

  hangUp(): void {
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
    let gathered: (() => void) | undefined;
    const session = this.#agent.call(sipTarget(this.number, this.pass.domain), {
      mediaStream: this.microphone,
      mediaConstraints: { audio: true, video: false },
      pcConfig: peerConfiguration(this.pass),
    });
    this.#session = session;
    this.#watch(session.connection);
    // Each offer looks for ways anew.
    session.on('icecandidate', ({ ready }) => {
      if (ready === gathered) return;
      gathered = ready;
      setTimeout(ready, gatherMs);
    });
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
      if ((originator as string) === 'remote') this.#end({ kind: 'refused', status });
      else this.#end({ kind: 'lost' });
    });
  }

  #watch(peer: RTCPeerConnection): void {
    peer.addEventListener('track', ({ track, streams: [stream] }) =>
      this.events.voice(stream ?? new MediaStream([track])),
    );
    peer.addEventListener('iceconnectionstatechange', () => this.#look(peer.iceConnectionState));
  }

  /** Another network: a way for the sound is looked for until there is one, or it has taken too long. */
  #look(ice: string): void {
    if (isConnected(ice) && this.#mending !== undefined) {
      this.#stopMending();
      this.events.connected(true);
    }
    if ((ice !== 'failed' && ice !== 'disconnected') || this.#mending !== undefined) return;
    this.#mending = setTimeout(() => this.#end({ kind: 'lost' }), mendMs);
    this.#restarting = setInterval(() => this.#restart(), restartMs);
    this.events.connected(false);
    this.#restart();
  }

  /** ICE is restarted by a new offer within the call, once the PBX can be reached: without it that would end the call. */
  #restart(): void {
    const session = this.#session;
    if (!session || !this.#agent.isConnected() || !session.isReadyToReOffer()) return;
    session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  #stopMending(): void {
    clearTimeout(this.#mending);
    clearInterval(this.#restarting);
    this.#mending = undefined;
  }

  /** An agent who hangs up has ended it before, so that what comes from here is what JsSIP could not bring back. */
  #ended({ originator }: EndEvent): void {
    if ((originator as string) === 'remote') this.#end({ kind: 'hungUp', by: 'customer' });
    else this.#end({ kind: 'lost' });
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
    this.#stopMending();
    clearInterval(this.#measuring);
    // Ends what is left, and takes the extension back.
    this.#agent.stop();
    this.events.ended(how);
  }
}
