/** What the other end of a call says, out of the chosen speaker. */
import { chooseSpeaker, soundDevices } from './sound.ts';

export class Speaker {
  readonly #audio = new Audio();

  /** `silent` hears whether the browser wants a press before it plays. */
  constructor(private readonly silent: (on: boolean) => void) {
    this.#audio.autoplay = true;
  }

  use(stream: MediaStream): void {
    this.#audio.srcObject = stream;
    const { speaker } = soundDevices.value;
    if (speaker !== '') void this.through(speaker);
    this.play();
  }

  play(): void {
    this.#audio.play().then(
      () => this.silent(false),
      (error: unknown) => this.silent(error instanceof DOMException && error.name === 'NotAllowedError'),
    );
  }

  /** One that is not there any more leaves the system's. */
  async through(speaker: string): Promise<void> {
    const { setSinkId } = this.#audio as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    await setSinkId?.call(this.#audio, speaker).catch(() => undefined);
  }

  stop(): void {
    this.#audio.pause();
    this.#audio.srcObject = null;
  }
}

/** Chooses a speaker for this call and those to come. */
export function playThrough(speaker: Speaker, id: string): Promise<void> {
  chooseSpeaker(id);
  return speaker.through(id);
}
