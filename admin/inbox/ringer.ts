/** The sound of calls: it rings for the agent, and tells a caller that it rings at the other end. */
import { mayNotify } from '../../core/notifications.ts';
import { callElsewhere, ringing } from '../data/calling.ts';
import type { Desk } from '../data/desk.ts';
import { dialler } from '../data/dialler.ts';
import { settingsNow } from '../data/notifications.ts';
import { phone } from '../data/phone.ts';
import { ringBack, ringTone } from './chime.ts';

const pauseMs = 3_000;

export class Ringer {
  #sounding: 'ring' | 'back' | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `sounds` says whether this is the one page that may. */
  constructor(
    private readonly desk: Desk,
    private readonly sounds: () => boolean,
  ) {}

  start(): void {
    this.desk.state.subscribe(() => this.listen());
    phone.state.subscribe(() => this.listen());
    dialler.state.subscribe(() => this.listen());
  }

  private listen(): void {
    const wanted = this.wanted();
    if (wanted === this.#sounding) return;
    this.#sounding = wanted;
    clearInterval(this.#timer);
    if (wanted === null) return;
    this.sound();
    this.#timer = setInterval(() => this.sound(), pauseMs);
  }

  private wanted(): 'ring' | 'back' | null {
    const { call } = phone.state.value;
    const dialled = dialler.state.value.call;
    if (call?.phase === 'ringing') return 'back';
    if (dialled?.phase === 'ringing' && !dialled.audible) return 'back';
    // Who talks, or is about to, sees the next call and need not hear it.
    if (call || dialled || phone.state.value.busy !== null) return null;
    const { value } = this.desk.state;
    if (callElsewhere(value, () => false)) return null;
    const audible = ringing(value).some(({ session }) =>
      mayNotify('sound', settingsNow(), 'available', {
        mine: session.route.agent?.id === value.agent,
        mentioned: false,
      }),
    );
    return audible ? 'ring' : null;
  }

  private sound(): void {
    if (this.#sounding === 'back') ringBack();
    else if (this.sounds()) ringTone(settingsNow().volume);
  }
}
