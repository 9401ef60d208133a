/** The sound of one link of a call: a peer connection, and the rules of `core/callLink.ts` carried out on it. */
import {
  isConnected,
  onCandidate,
  onDescription,
  qualityOf,
  recovery,
  type LinkQuality,
} from '../../core/callLink.ts';
import {
  peerConfiguration,
  type CallCandidate,
  type CallDescription,
  type IceSetup,
} from '../../core/callProtocol.ts';

export interface LinkMessage {
  description?: CallDescription | undefined;
  candidates?: CallCandidate[] | undefined;
}

export interface LinkEvents {
  /** To the other end, over the edge. */
  send(message: LinkMessage): void;
  /** Whether the edge can be reached. */
  signalling(): boolean;
  /** Sound can come through, or cannot any more. */
  connected(on: boolean): void;
  quality(quality: LinkQuality): void;
  /** The other end's sound. */
  sound(stream: MediaStream): void;
  /** Nothing helped. */
  gaveUp(): void;
}

/** Candidates come in swarms; one frame takes many. */
const gatherMs = 60;
const lookMs = 1_000;
/** Looks between two measurements. */
const measureEvery = 2;

export class CallLink {
  readonly #peer: RTCPeerConnection;
  #makingOffer = false;
  #takingAnswer = false;
  #ignoredOffer = false;
  /** Candidates that came before a description. */
  #early: CallCandidate[] = [];
  #gathered: CallCandidate[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  /** By performance.now(); null when that is not so. */
  #offeredAt: number | null = null;
  #brokenAt: number | null = performance.now();
  #restartedAt = performance.now();
  #wasConnected = false;
  #looks = 0;
  #lost = 0;
  #received = 0;
  /** What the other end says is taken in one after the other. */
  #turn: Promise<void> = Promise.resolve();
  readonly #clock: ReturnType<typeof setInterval>;

  constructor(
    ice: IceSetup,
    microphone: MediaStream,
    private readonly events: LinkEvents,
  ) {
    const peer = new RTCPeerConnection(peerConfiguration(ice));
    this.#peer = peer;
    peer.addEventListener('negotiationneeded', () => void this.offer());
    peer.addEventListener('icecandidate', ({ candidate }) => candidate && this.gather(candidate));
    peer.addEventListener('iceconnectionstatechange', () => this.look());
    peer.addEventListener('track', ({ track, streams: [stream] }) =>
      this.events.sound(stream ?? new MediaStream([track])),
    );
    for (const track of microphone.getAudioTracks()) peer.addTrack(track, microphone);
    addEventListener('online', this.handleNetwork);
    this.#clock = setInterval(() => this.look(), lookMs);
  }

  /** Something of the other end. */
  receive(message: LinkMessage): void {
    this.#turn = this.#turn.then(() => this.take(message)).catch((error: unknown) => this.warn(error));
  }

  /** Sends another microphone's sound from now on. */
  async useMicrophone(track: MediaStreamTrack): Promise<void> {
    for (const sender of this.#peer.getSenders()) await sender.replaceTrack(track);
  }

  /** The edge can be reached again: what was said meanwhile is lost. */
  signallingBack(): void {
    if (!this.#wasConnected || this.#offeredAt !== null) void this.restart();
  }

  close(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#gathering);
    removeEventListener('online', this.handleNetwork);
    this.#peer.close();
  }

  /** Another network: the browser notices a dead path only after a while. */
  private handleNetwork = () => {
    if (this.events.signalling()) void this.restart();
  };

  private async offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.#peer.setLocalDescription();
      this.#offeredAt = performance.now();
      this.sendDescription();
    } catch (error) {
      this.warn(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  private async take({ description, candidates = [] }: LinkMessage): Promise<void> {
    const peer = this.#peer;
    if (description) {
      const what = onDescription(description.type, {
        side: 'agent',
        makingOffer: this.#makingOffer,
        signaling: peer.signalingState,
        takingAnswer: this.#takingAnswer,
      });
      this.#ignoredOffer = description.type === 'offer' && what === 'ignore';
      if (what === 'take') await this.takeDescription(description);
    }
    for (const candidate of candidates) {
      const what = onCandidate({
        described: peer.remoteDescription !== null,
        ignoredOffer: this.#ignoredOffer,
      });
      if (what === 'keep') this.#early.push(candidate);
      else if (what === 'add') await this.addCandidate(candidate);
    }
  }

  private async takeDescription(description: CallDescription): Promise<void> {
    const peer = this.#peer;
    this.#takingAnswer = description.type === 'answer';
    try {
      await peer.setRemoteDescription(description);
    } finally {
      this.#takingAnswer = false;
    }
    this.#offeredAt = null;
    if (description.type === 'offer') {
      await peer.setLocalDescription();
      this.sendDescription();
    }
    for (const candidate of this.#early.splice(0)) await this.addCandidate(candidate);
  }

  private async addCandidate(candidate: CallCandidate): Promise<void> {
    // One that belongs to a description before a restart is of no use any more.
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate;
    await this.#peer
      .addIceCandidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment })
      .catch(() => undefined);
  }

  private sendDescription(): void {
    const { localDescription } = this.#peer;
    if (localDescription?.type !== 'offer' && localDescription?.type !== 'answer') return;
    this.events.send({ description: { type: localDescription.type, sdp: localDescription.sdp } });
  }

  private gather(candidate: RTCIceCandidate): void {
    const { candidate: text = '', sdpMid, sdpMLineIndex, usernameFragment } = candidate.toJSON();
    if (text === '') return;
    this.#gathered.push({
      candidate: text,
      sdpMid: sdpMid ?? null,
      sdpMLineIndex: sdpMLineIndex ?? null,
      usernameFragment: usernameFragment ?? null,
    });
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.events.send({ candidates: this.#gathered.splice(0) });
    }, gatherMs);
  }

  private look(): void {
    const now = performance.now();
    const ice = this.#peer.iceConnectionState;
    const connected = isConnected(ice);
    this.#brokenAt = connected ? null : (this.#brokenAt ?? now);
    if (connected !== this.#wasConnected) {
      this.#wasConnected = connected;
      this.events.connected(connected);
    }
    const what = recovery({
      ice,
      brokenMs: this.#brokenAt === null ? 0 : now - this.#brokenAt,
      restartedMs: now - this.#restartedAt,
      offerMs: this.#offeredAt === null ? null : now - this.#offeredAt,
      signalling: this.events.signalling(),
    });
    if (what === 'restart') void this.restart();
    if (what === 'giveUp') this.events.gaveUp();
    this.#looks += 1;
    if (connected && this.#looks % measureEvery === 0) void this.measure();
  }

  private async restart(): Promise<void> {
    const peer = this.#peer;
    this.#restartedAt = performance.now();
    this.#offeredAt = null;
    try {
      if (peer.signalingState === 'have-local-offer') await peer.setLocalDescription({ type: 'rollback' });
      peer.restartIce();
    } catch (error) {
      this.warn(error);
    }
  }

  private async measure(): Promise<void> {
    let rttMs: number | null = null;
    let jitterMs = 0;
    let [lost, received] = [this.#lost, this.#received];
    for (const stat of (await this.#peer.getStats()).values() as Iterable<RTCStats>) {
      if (stat.type === 'inbound-rtp') {
        const inbound = stat as RTCInboundRtpStreamStats;
        lost = inbound.packetsLost ?? lost;
        received = inbound.packetsReceived ?? received;
        jitterMs = (inbound.jitter ?? 0) * 1_000;
      } else if (stat.type === 'candidate-pair') {
        const pair = stat as RTCIceCandidatePairStats;
        if (pair.nominated && pair.currentRoundTripTime !== undefined)
          rttMs = pair.currentRoundTripTime * 1_000;
      }
    }
    const [newlyLost, newlyReceived] = [lost - this.#lost, received - this.#received];
    this.#lost = lost;
    this.#received = received;
    const loss = newlyLost > 0 ? newlyLost / (newlyLost + Math.max(0, newlyReceived)) : 0;
    this.events.quality(qualityOf({ rttMs, loss, jitterMs }));
  }

  private warn(error: unknown): void {
    if (this.#peer.signalingState !== 'closed') console.warn('The call could not negotiate', error);
  }
}
