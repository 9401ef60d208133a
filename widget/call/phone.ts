/**
 * The visitor's telephone while a call goes on: microphone, loudspeaker and the link to the agent's end. When the agent's
 * page is loaded anew it is another end, and gets another link.
 */
import { beatMs, type CallNote, type CallView, type IceSetup, type ToCall } from '../../core/callProtocol.ts';
import type { LinkQuality } from '../../core/callLink.ts';
import { Link } from './link.ts';
import { listDevices, openMicrophone, type Devices } from './microphone.ts';
import type { Failure } from './words.ts';

export interface PhoneEvents {
  note(note: CallNote): void;
  signalling(): boolean;
  onChange(): void;
  /** No sound comes through, and none will. */
  onGivenUp(): void;
}

export class Phone {
  muted = false;
  /** Whether the browser plays nothing until the visitor presses something. */
  hushed = false;
  /** What became of the microphone during the call. */
  problem: Failure | null = null;
  devices: Devices = { microphones: [], speakers: [] };
  ice: IceSetup = { servers: [] };
  readonly #sound = new Audio();
  readonly #ending = new AbortController();
  readonly #beating: ReturnType<typeof setInterval>;
  #link: Link | null = null;

  constructor(
    readonly call: string,
    readonly end: string,
    private microphone: MediaStream,
    private readonly events: PhoneEvents,
  ) {
    this.#beating = setInterval(() => this.#beat(), beatMs);
    this.#watch();
    const { signal } = this.#ending;
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#list(), { signal });
    addEventListener('online', () => this.#link?.connected || this.#link?.restart(), { signal });
    void this.#list();
  }

  get connected(): boolean {
    return this.#link?.connected ?? false;
  }

  get quality(): LinkQuality | null {
    return this.#link?.quality ?? null;
  }

  /** Ids of the devices in use; the standard one's may be empty. */
  get chosen(): { microphone: string; speaker: string } {
    const microphone = this.#track?.getSettings().deviceId ?? '';
    return { microphone, speaker: 'sinkId' in this.#sound ? this.#sound.sinkId : '' };
  }

  /** The call as the edge sees it: links this end with the agent's. */
  follow({ ends }: CallView): void {
    if (ends.customer !== this.end || ends.agent === null || ends.agent === this.#link?.other) return;
    const track = this.#track;
    if (!track) return;
    this.#link?.close();
    const { call, end: from } = this;
    const to = ends.agent;
    this.#link = new Link(to, this.ice, track, {
      say: (words) => this.events.note({ kind: 'rtc', call, from, to, ...words }),
      onVoice: (voice) => this.#play(voice),
      onChange: () => {
        this.#beat();
        this.events.onChange();
      },
      onGivenUp: () => this.events.onGivenUp(),
      signalling: () => this.events.signalling(),
    });
  }

  hear({ from, to, description, candidates }: Extract<ToCall, { kind: 'rtc' }>): void {
    if (to === this.end && from === this.#link?.other) this.#link.hear({ description, candidates });
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    if (this.#track) this.#track.enabled = !muted;
    this.events.onChange();
  }

  /** Speaks into another microphone; stays with the present one when that cannot be opened. */
  async useMicrophone(device: string): Promise<void> {
    const opened = await openMicrophone(device);
    if (this.#ending.signal.aborted) {
      if (typeof opened !== 'string') silence(opened);
      return;
    }
    this.problem = typeof opened === 'string' ? opened : null;
    if (typeof opened !== 'string') {
      silence(this.microphone);
      this.microphone = opened;
      this.#watch();
      if (this.#track) await this.#link?.replace(this.#track);
    }
    this.events.onChange();
  }

  async useSpeaker(device: string): Promise<void> {
    if ('setSinkId' in this.#sound) await this.#sound.setSinkId(device);
    this.events.onChange();
  }

  /** Plays what the browser has held back; to be called when the visitor presses something. */
  unhush(): void {
    this.#start();
  }

  close(): void {
    this.#ending.abort();
    clearInterval(this.#beating);
    this.#link?.close();
    this.#sound.srcObject = null;
    silence(this.microphone);
  }

  get #track(): MediaStreamTrack | undefined {
    return this.microphone.getAudioTracks()[0];
  }

  #play(voice: MediaStream): void {
    this.#sound.srcObject = voice;
    this.#start();
  }

  #start(): void {
    const heard = (hushed: boolean) => {
      this.hushed = hushed;
      this.events.onChange();
    };
    this.#sound.play().then(
      () => heard(false),
      // A play that another one overtakes is no refusal.
      (error: unknown) => error instanceof DOMException && error.name === 'NotAllowedError' && heard(true),
    );
  }

  /** Says that this end is there, and whether it hears anything. */
  #beat(): void {
    const { call, end, connected } = this;
    this.events.note({ kind: 'beat', call, end, connected });
  }

  /** A microphone that was pulled out makes way for the standard one. */
  #watch(): void {
    const track = this.#track;
    if (!track) return;
    track.enabled = !this.muted;
    track.addEventListener('ended', () => void this.useMicrophone(''), { signal: this.#ending.signal });
  }

  async #list(): Promise<void> {
    this.devices = await listDevices();
    this.events.onChange();
  }
}

/** Lets a microphone go. */
export function silence(microphone: MediaStream): void {
  for (const track of microphone.getTracks()) track.stop();
}
