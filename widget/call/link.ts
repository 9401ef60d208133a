/**
 * The sound between two ends of a call: one peer connection, carried out after the rules of core/callLink.ts. The
 * agent's end offers first, so that this one waits for an offer and may make one later, when the network changes.
 */
import {
  peerConfiguration,
  type CallCandidate,
  type CallDescription,
  type IceSetup,
} from '../../core/callProtocol.ts';
import {
  isConnected,
  onCandidate,
  onDescription,
  qualityOf,
  recovery,
  type LinkQuality,
} from '../../core/callLink.ts';

/** What one end says to the other. */
export interface LinkWords {
  description?: CallDescription | undefined;
  candidates?: CallCandidate[] | undefined;
}

export interface LinkEvents {
  say(words: LinkWords): void;
  /** The other end's voice. */
  onVoice(voice: MediaStream): void;
  /** Connected, broken, better, worse. */
  onChange(): void;
  /** No sound came through for too long. */
  onGivenUp(): void;
  /** Whether the socket to the edge is open. */
  signalling(): boolean;
}

/** Candidates that are found within this time travel together. */
const gatherMs = 60;
const lookMs = 1000;

export class Link {
  connected = false;
  /** Null until there is something to tell it by. */
  quality: LinkQuality | null = null;
  readonly #peer: RTCPeerConnection;
  #sender: RTCRtpSender | null = null;
  #turn: Promise<void> = Promise.resolve();
  #makingOffer = false;
  #takingAnswer = false;
  #ignoredOffer = false;
  #waiting: CallCandidate[] = [];
  #found: CallCandidate[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  readonly #looking: ReturnType<typeof setInterval>;
  #brokenAt = Date.now();
  #restartedAt = Date.now();
  #offeredAt: number | null = null;
  #heard = { received: 0, lost: 0 };

  constructor(
    /** The other end's id. */
    readonly other: string,
    ice: IceSetup,
    private track: MediaStreamTrack,
    private readonly events: LinkEvents,
  ) {
    const peer = (this.#peer = new RTCPeerConnection(peerConfiguration(ice)));
    peer.ontrack = ({ track: voice, streams }) => events.onVoice(streams[0] ?? new MediaStream([voice]));
    peer.onicecandidate = ({ candidate }) => candidate && this.#gather(candidate);
    peer.oniceconnectionstatechange = () => this.#look();
    this.#looking = setInterval(() => {
      this.#look();
      void this.#measure();
    }, lookMs);
  }

  /** What the other end says. */
  hear({ description, candidates = [] }: LinkWords): void {
    this.#then(async () => {
      if (description) await this.#take(description);
      for (const candidate of candidates) await this.#add(candidate);
    });
  }

  /** Sends another microphone's sound from now on. */
  async replace(track: MediaStreamTrack): Promise<void> {
    this.track = track;
    await this.#sender?.replaceTrack(track);
  }

  /** Looks for another way, because the network is not the one it was. */
  restart(): void {
    this.#restartedAt = Date.now();
    this.#then(async () => {
      // Before the first offer there is nothing to restart.
      if (!this.#peer.remoteDescription) return;
      if (this.#peer.signalingState === 'have-local-offer') {
        await this.#peer.setLocalDescription({ type: 'rollback' });
      }
      this.#peer.restartIce();
      this.#makingOffer = true;
      try {
        await this.#peer.setLocalDescription();
      } finally {
        this.#makingOffer = false;
      }
      this.#offeredAt = Date.now();
      this.#describe();
    });
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#gathering);
    this.#peer.close();
  }

  async #take(description: CallDescription): Promise<void> {
    const peer = this.#peer;
    const what = onDescription(description.type, {
      side: 'customer',
      makingOffer: this.#makingOffer,
      signaling: peer.signalingState,
      takingAnswer: this.#takingAnswer,
    });
    const isOffer = description.type === 'offer';
    this.#ignoredOffer = isOffer && what === 'ignore';
    if (what === 'ignore') return;
    this.#takingAnswer = !isOffer;
    this.#offeredAt = null;
    try {
      await peer.setRemoteDescription(description);
    } finally {
      this.#takingAnswer = false;
    }
    for (const candidate of this.#waiting.splice(0)) await peer.addIceCandidate(candidateInit(candidate));
    if (!isOffer) return;
    // Taken after the offer, the microphone goes into the line that the offer opens.
    this.#sender ??= peer.addTrack(this.track, new MediaStream([this.track]));
    await peer.setLocalDescription();
    this.#describe();
  }

  async #add(candidate: CallCandidate): Promise<void> {
    const described = this.#peer.remoteDescription !== null;
    switch (onCandidate({ described, ignoredOffer: this.#ignoredOffer })) {
      case 'keep':
        this.#waiting.push(candidate);
        return;
      case 'add':
        return this.#peer.addIceCandidate(candidateInit(candidate));
      case 'drop':
        return;
    }
  }

  #describe(): void {
    const { type, sdp } = this.#peer.localDescription ?? {};
    if (sdp && (type === 'offer' || type === 'answer')) this.events.say({ description: { type, sdp } });
  }

  #gather({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): void {
    this.#found.push({ candidate, sdpMid, sdpMLineIndex, usernameFragment });
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.events.say({ candidates: this.#found.splice(0) });
    }, gatherMs);
  }

  #look(): void {
    const { iceConnectionState: ice } = this.#peer;
    const connected = isConnected(ice);
    if (connected !== this.connected) {
      this.connected = connected;
      this.#brokenAt = Date.now();
      this.events.onChange();
    }
    const now = Date.now();
    const what = recovery({
      ice,
      brokenMs: connected ? 0 : now - this.#brokenAt,
      restartedMs: now - this.#restartedAt,
      offerMs: this.#offeredAt === null ? null : now - this.#offeredAt,
      signalling: this.events.signalling(),
    });
    if (what === 'restart') this.restart();
    if (what === 'giveUp') this.events.onGivenUp();
  }

  /** How it sounds here, by what came in since the last look. */
  async #measure(): Promise<void> {
    if (!this.connected) return;
    let [received, lost, jitterMs] = [0, 0, 0];
    let rttMs: number | null = null;
    for (const entry of (await this.#peer.getStats()).values() as Iterable<Record<string, unknown>>) {
      const number = (name: string) => (typeof entry[name] === 'number' ? entry[name] : 0);
      if (entry['type'] === 'inbound-rtp') {
        [received, lost] = [number('packetsReceived'), number('packetsLost')];
        jitterMs = number('jitter') * 1000;
      }
      if (entry['type'] === 'candidate-pair' && entry['nominated'] && entry['state'] === 'succeeded') {
        rttMs = number('currentRoundTripTime') * 1000;
      }
    }
    const [got, missed] = [received - this.#heard.received, Math.max(0, lost - this.#heard.lost)];
    this.#heard = { received, lost };
    // Without a packet in a second there is nothing that could be good.
    const loss = got + missed > 0 ? missed / (got + missed) : 1;
    const quality = qualityOf({ rttMs, loss, jitterMs });
    if (quality === this.quality) return;
    this.quality = quality;
    this.events.onChange();
  }

  /** One thing after the other; what fails shows in the link's state, and is mended or given up there. */
  #then(what: () => Promise<void>): void {
    this.#turn = this.#turn.then(what).catch((error: unknown) => {
      if (this.#peer.signalingState !== 'closed') console.warn(`Parley: call: ${String(error)}`);
    });
  }
}

/** Browsers take nothing that is there and undefined, which frames may hold. */
function candidateInit(of: CallCandidate): RTCIceCandidateInit {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = of;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
